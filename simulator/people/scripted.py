"""A service that answers from a table of pages, and a stage with such a service, an exchange and its story.
For trying out what Twilio does with a document, and for this simulator's own tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from simulator.asgi import AsgiTransport
from simulator.calls.legs import Leg
from simulator.clock import VirtualClock
from simulator.exchange import Exchange, Number
from simulator.people.story import Run, Story, StoryHandset
from simulator.switches import Switches
from simulator.webhooks.webhooks import Request

BASE = "https://desk.example"
START = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
LINE, CALLER, FIRST, SECOND = "+15875550100", "+14035550199", "+14035550111", "+14035550112"


@dataclass(frozen=True)
class Reply:
    body: str = ""
    status: int = 200
    content_type: str = "text/xml; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


Page = str | Reply | Callable[[dict[str, str]], str | Reply]


def twiml(verbs: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'


@dataclass
class Script:
    """`pages` holds, by path, verbs (wrapped in <Response>), a Reply, or what to make of the parameters. A
    page that is not there answers 204, as a status callback wants it."""

    pages: dict[str, Page] = field(default_factory=dict)
    scopes: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        self.scopes.append(scope)
        self.bodies.append(body)
        given = dict(parse_qsl((scope["query_string"] or b"").decode(), keep_blank_values=True))
        given |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        page = self.pages.get(scope["path"], Reply(status=204))
        answer = page(given) if callable(page) else page
        if isinstance(answer, str):
            answer = Reply(twiml(answer))
        headers = [("content-type", answer.content_type), *answer.headers]
        raw = [(name.encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body.encode()})


class Stage:
    """One line with its scripted service, a caller and two people who may be rung."""

    def __init__(self, run: Run, switches: Switches | None = None, *, strict: bool = True) -> None:
        self.run = run
        self.script = Script()
        self.clock = VirtualClock(START)
        self.exchange = Exchange(self.clock, send=AsgiTransport(self.script), switches=switches, strict=strict)
        self.line: Number = self.exchange.add_number(LINE, voice_url=f"{BASE}/voice")
        self.story = Story(self.exchange, run)
        self.caller: StoryHandset = self.story.phone(CALLER, "Cora")
        self.first: StoryHandset = self.story.phone(FIRST, "Ana")
        self.second: StoryHandset = self.story.phone(SECOND, "Ben")

    def page(self, path: str, page: Page) -> None:
        self.script.pages[path] = page

    def plays(self, verbs: str, after: str = "<Hangup/>") -> None:
        """The line answers with these verbs, and /after with those."""
        self.page("/voice", verbs)
        self.page("/after", after)

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.exchange.requests if request.path == path]

    def told(self, path: str) -> dict[str, str]:
        """The parameters of the last request to that path."""
        requests = self.asked(path)
        assert requests, f"{path} was never requested"
        return requests[-1].params

    def child(self, index: int = -1) -> Leg:
        return [leg for leg in self.exchange.legs.values() if leg.direction == "outbound-dial"][index]

    def passes(self, seconds: float) -> None:
        self.run(self.clock.passes(seconds))

    def settles(self) -> None:
        self.run(self.clock.settle())
