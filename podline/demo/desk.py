"""What the service kept, read through its JSON API; every difference from what a scene tells is one sentence."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

KEPT_WITHIN = 10.0  # seconds in which the last callback of a call must have arrived
LOOKS = 0.1


class Otherwise(AssertionError):
    """A scene did not end as told."""


@dataclass(frozen=True)
class Kept:
    """One contact as the API shows it, with its events. Every method raises Otherwise."""

    contact: Mapping[str, Any]
    who: str

    @property
    def events(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.contact["events"]
        return found

    @property
    def owner(self) -> str | None:
        owner: str | None = self.contact["owner"]
        return owner

    def of_kind(self, kind: str) -> list[Mapping[str, Any]]:
        return [one for one in self.events if one["kind"] == kind]

    def ended_as(self, outcome: str, *, owner: str | None = None) -> None:
        self._is("outcome", self.contact["outcome"], outcome)
        if owner is not None:
            self._is("owner", self.owner, owner)

    def rang(self, *rings: tuple[str, str]) -> None:
        """Who was rung, in order, and how each ring ended."""
        ended = [(one["technician"], one["detail"]["result"]) for one in self.of_kind("ring_ended")]
        self._is("rings", ended, list(rings))

    def left_out(self, **reasons: str) -> None:
        """Who was passed over, and why."""
        skipped = {one["technician"]: one["detail"]["reason"] for one in self.of_kind("skipped")}
        self._is("technicians left out", skipped, reasons)

    def _is(self, what: str, found: object, told: object) -> None:
        if found != told:
            raise Otherwise(f"{self.who}: {what} should be {told}, but the service kept {found}")


class Desk:
    """The service's API, asked with the demo's own token."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=10, trust_env=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def kept(self, call_sid: str, who: str, when: Callable[[Kept], bool] | None = None) -> Kept:
        """The contact of a call once it is closed (or `when` holds), which takes as long as its last callback."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + KEPT_WITHIN
        while True:
            found = (await self._get("/contacts", call_sid=call_sid))["contacts"]
            kept = [Kept(one, who) for one in found]
            if kept and kept[0].contact["state"] == "closed" and (when is None or when(kept[0])):
                return kept[0]
            if loop.time() > ends:
                state = f"its contact is {kept[0].contact['state']}" if kept else "the service knows no such call"
                raise Otherwise(f"{who}: {KEPT_WITHIN:.0f} s after the call {state}")
            await asyncio.sleep(LOOKS)

    async def contacts(self, since: datetime) -> list[Mapping[str, Any]]:
        """Those that began at or after that instant, the earliest first."""
        found: list[Mapping[str, Any]] = (await self._get("/contacts", since=since.isoformat()))["contacts"]
        return found[::-1]

    async def closed(self, since: datetime) -> list[Mapping[str, Any]]:
        """The same once all of them are closed, or when that takes too long."""
        ends = asyncio.get_running_loop().time() + KEPT_WITHIN
        while True:
            found = await self.contacts(since)
            if all(one["state"] == "closed" for one in found) or asyncio.get_running_loop().time() > ends:
                return found
            await asyncio.sleep(LOOKS)

    async def promise(self, kept: Kept) -> Mapping[str, Any]:
        """The open promise that a contact made, with its matter's owner as `matter_owner`."""
        matters = (await self._get("/matters", state="open"))["matters"]
        for matter in matters:
            for promise in matter["promises"]:
                if promise["contact"] == kept.contact["id"] and promise["kept_at"] is None:
                    return {**promise, "matter_owner": matter["owner"]}
        raise Otherwise(f"{kept.who}: no open matter holds a promise from this call")

    async def _get(self, path: str, **query: str) -> Any:
        answer = await self._client.get(path, params=query)
        if answer.status_code != 200:
            raise Otherwise(f"the API answered {path} with status {answer.status_code}: {answer.text.strip()[:200]}")
        return answer.json()
