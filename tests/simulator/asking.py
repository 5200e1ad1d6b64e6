"""Asks the REST API of a stage, as a service would."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import httpx

from simulator.asgi import Asgi
from simulator.people.scripted import BASE, FIRST, LINE, Stage


@dataclass
class Rest:
    stage: Stage
    api: Asgi
    auth: tuple[str, str]

    def __call__(self, method: str, path: str, **form: Any) -> httpx.Response:
        token = base64.b64encode(":".join(self.auth).encode()).decode()
        account = f"https://api.twilio.com/2010-04-01/Accounts/{self.stage.exchange.account_sid}"

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.api)) as client:
                return await client.request(
                    method,
                    account + path,
                    data=form if method == "POST" else None,
                    params=form if method == "GET" else None,
                    headers={"Authorization": f"Basic {token}"},
                )

        answer: httpx.Response = self.stage.run(asked())
        return answer

    def calls(self, to: str = FIRST, **form: Any) -> dict[str, Any]:
        answer = self("POST", "/Calls.json", **({"To": to, "From": LINE, "Url": f"{BASE}/out"} | form))
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body
