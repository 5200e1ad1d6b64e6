"""The feed: everything that the page shows, as items (shown.py). A page that comes gets all of them, and then each
that is new or has changed. Several pages see the same."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from simulator.events import Alerted, Event, Heard, Joined, KeyPressed, Left, LegEnded, Spoke, TextSent
from simulator.people.telephones import Telephone
from simulator.softphone import shown
from simulator.softphone.people import Person
from simulator.softphone.shown import Item

if TYPE_CHECKING:
    from datetime import datetime

    from simulator.calls.legs import Leg
    from simulator.calls.sounds import Sound
    from simulator.exchange import Exchange
    from simulator.texts.media import Media
    from simulator.webhooks.webhooks import Request

LOOKS = 0.2  # seconds between two looks at what changes without an event, while a page is there
# How many of each are kept for a page that comes later.
KEPT = {"call": 60, "line": 1500, "text": 300, "webhook": 300, "rest": 300, "alert": 100}
WITHHELD = "withheld"
# Sounds of which the page needs no line: it sees them in the state of the call.
_STATES = ("turn", "conversation")


class Feed:
    """`people` get their telephones here; one telephone withholds its number, whoever holds it."""

    def __init__(self, exchange: Exchange, people: Sequence[Person]) -> None:
        self._exchange = exchange
        self._items: dict[str, dict[str | int, Item]] = {"phone": {}, **{what: {} for what in KEPT}}
        self._pages: set[asyncio.Queue[Item | None]] = set()
        self._numbers = count(1)
        self._open_lines: dict[int, tuple[Leg, datetime, str, str, Sound]] = {}
        self._asked: deque[tuple[int, Request]] = deque()  # webhooks without an answer so far
        self._seen = 0  # how many of the exchange's requests are told
        self.rest_in_hand: dict[int, str] = {}  # by their numbers, the paths of REST requests without an answer so far
        self._live: dict[str, Leg] = {}
        self.phones: dict[str, Telephone] = {}
        self.files: dict[str, Media] = {}  # of texts
        self._people: dict[str, Person] = {}
        for person in people:
            self._adds(exchange.phone(person.number, person.name), person)
        self._adds(exchange.phone(None, "Withheld number"), None, WITHHELD)
        exchange.watch(self._watches)

    # -- for the pages

    def snapshot(self) -> list[Item]:
        self.looks()
        return [item for kept in self._items.values() for item in kept.values()]

    async def follows(self) -> AsyncIterator[list[Item]]:
        """First all there is, then what is new, until close()."""
        with self._page() as page:
            yield self.snapshot()
            while True:
                try:
                    items = [await asyncio.wait_for(page.get(), LOOKS)]
                except TimeoutError:
                    self.looks()
                    continue
                while not page.empty():
                    items.append(page.get_nowait())
                if None in items:
                    return
                yield [item for item in items if item is not None]

    def close(self) -> None:
        for page in self._pages:
            page.put_nowait(None)

    @contextmanager
    def _page(self) -> Iterator[asyncio.Queue[Item | None]]:
        page: asyncio.Queue[Item | None] = asyncio.Queue()
        self._pages.add(page)
        try:
            yield page
        finally:
            self._pages.discard(page)

    def tells(self, item: Item) -> None:
        """Nothing if the pages know it already."""
        kept = self._items[item["what"]]
        if kept.get(item["id"]) == item:
            return
        kept[item["id"]] = item
        if len(kept) > KEPT.get(item["what"], len(kept)):
            kept.pop(next(iter(kept)))
        for page in self._pages:
            page.put_nowait(item)

    def number(self) -> int:
        return next(self._numbers)

    def key(self, telephone: Telephone) -> str:
        """By which the pages know a telephone; one that they have not seen yet is told."""
        for key, known in self.phones.items():
            if known is telephone:
                return key
        return self._adds(telephone, None)

    def _adds(self, telephone: Telephone, person: Person | None, key: str = "") -> str:
        key = key or telephone.number or f"{WITHHELD}-{len(self.phones)}"
        self.phones[key] = telephone
        if person is not None:
            self._people[key] = person
        self.tells(shown.phone(key, telephone, self._people.get(key)))
        return key

    # -- at the exchange

    def _watches(self, event: Event) -> None:
        if isinstance(event, TextSent):
            self.files |= {one.sid: one for one in event.files}
            self.tells(shown.text(self.number(), event))
        elif isinstance(event, Alerted):
            self._numbers_requests()
            self.tells(shown.alert(self.number(), event, self._cause(event)))
        elif event.leg is not None:
            self._on_leg(event, event.leg)
        asyncio.get_running_loop().call_soon(self.looks)

    def _on_leg(self, event: Event, leg: Leg) -> None:
        self._live[leg.sid] = leg
        self._tells_call(leg)
        match event:
            case Heard(at, _, kind, text) if kind not in _STATES:
                who = _speaker(leg, text) if kind == "talk" else ""
                self._tells_line(leg, at, kind, f"{who}: {text}" if who and text else text or who, leg.sounds[-1])
            case KeyPressed(at, _, key):
                self._tells_line(leg, at, "pressed", key)
            case Spoke(at, _, text):
                self._tells_line(leg, at, "spoke", text)
            case Joined(at, _, room):
                self._tells_line(leg, at, "joined", room)
            case Left(at, _, room):
                self._tells_line(leg, at, "left", room)
            case LegEnded(at, _, status):
                self._tells_line(leg, at, "ended", status)

    def _tells_line(self, leg: Leg, at: datetime, kind: str, text: str = "", sound: Sound | None = None) -> None:
        number = self.number()
        self.tells(shown.line(number, leg, at, kind, text, sound))
        if sound is not None:
            self._open_lines[number] = leg, at, kind, text, sound

    def looks(self) -> None:
        """At everything that changes without an event of its own."""
        for sid, leg in list(self._live.items()):
            self._tells_call(leg)
            if leg.is_over:
                del self._live[sid]
        for number, (leg, at, kind, text, sound) in list(self._open_lines.items()):
            item = shown.line(number, leg, at, kind, text, sound)
            if item["over"]:
                del self._open_lines[number]
                self.tells(item)
        self._numbers_requests()
        for number, request in list(self._asked):
            self.tells(shown.webhook(number, request))
            if request.answered_at is not None:
                self._asked.remove((number, request))

    def _numbers_requests(self) -> None:
        for request in self._exchange.requests[self._seen :]:
            self._asked.append((self.number(), request))
            self.tells(shown.webhook(*self._asked[-1]))
            self._seen += 1

    def _cause(self, alert: Alerted) -> int:
        """The latest request of its leg for its URL, whatever the query; without a URL that REST request in hand which
        it may be about, or the latest request of its leg."""
        sid = alert.leg.sid if alert.leg else ""
        said = [*self._items["webhook"].values(), *self._items["rest"].values()]
        of_leg = [item for item in said if sid in ("", item["call"])]
        if alert.url:
            found = [item["id"] for item in of_leg if _bare(item["url"]) == _bare(alert.url)]
            return max(found, default=0)
        in_hand = [one for one, path in self.rest_in_hand.items() if not of_leg or not sid or sid in path]
        return max([*in_hand, *(item["id"] for item in of_leg if sid)], default=0)

    def _tells_call(self, leg: Leg) -> None:
        if leg.phone is not None and (leg.phone.has_person or leg.direction != "inbound"):
            self.tells(shown.call(self._exchange, leg, self.key(leg.phone)))


def _bare(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _speaker(leg: Leg, text: str) -> str:
    """Who of those whom this leg hears has just said that; a coach is not heard by all whom they hear."""
    heard = leg.participant.voices if leg.participant else leg.company
    said = [other for other in heard if other.speech is not None and other.speech.text == text]
    return shown.named(said[0]) if said else ""
