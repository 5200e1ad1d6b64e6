"""People who write to a desk with a real database; nobody sends anything, and what should be sent is only looked at."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from callflows.events import Event, TimerFired
from callflows.events import from_json as event_from
from callflows.text_events import BEGINS, TechnicianAsked, TextArrived
from callflows.turn import Turn
from db.desk import Desk
from db.incoming import Incoming
from db.turns import take_turn
from routing.addresses import read_address
from tests.world import LINE

NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
CLARA, DALE, ANA, BEN = "+14035550120", "+14035550121", "+14035550111", "+14035550112"


@dataclass
class Correspondents:
    """`told`: the events for other contacts that have been passed on."""

    desk: Desk
    now: datetime = NOW
    count: int = 0
    told: set[int] = field(default_factory=set)

    async def writes(
        self, words: str, peer: str = CLARA, line: str = LINE, sid: str = "", files: tuple[tuple[str, str], ...] = ()
    ) -> Turn | None:
        """What is answered to a repeat is no turn."""
        self.count += 1
        sid = sid or f"SM{self.count:032}"
        number = read_address(line).number or line
        event = TextArrived(sid, str(read_address(peer)), line, words, len(files))
        return await self.takes(Incoming("", sid, f"TextArrived:{sid}", event, peer, number, files=files))

    async def takes(self, incoming: Incoming) -> Turn | None:
        return (await take_turn(self.desk, incoming, self.now, lambda turn, floor, number: "<Response/>")).turn

    async def asks(self, contact: str, technician: str, verb: Any) -> Turn | None:
        self.count += 1
        event = TechnicianAsked("", technician, verb)
        return await self.takes(Incoming(contact, "", f"asked:{self.count}", event))

    async def fires(self, contact: str, timer: str) -> Turn | None:
        self.count += 1
        return await self.takes(Incoming(contact, "", f"timer:{self.count}", TimerFired("", timer)))

    async def passes_on(self) -> None:
        """What one contact has for another, as its deed does."""
        for row in await self.desk.pool.fetch("SELECT deed, body FROM deeds WHERE kind = 'tell' ORDER BY deed"):
            if row["deed"] not in self.told:
                self.told.add(row["deed"])
                body = json.loads(row["body"])
                event: Event = event_from(body["event"])
                contact = "" if isinstance(event, BEGINS) else body["contact"]
                key = f"SendOn:{row['deed']}"
                await self.takes(Incoming(contact, "", key, event, body["peer"], body["line"]))

    def passes(self, **time: int) -> None:
        self.now += timedelta(**time)

    async def contacts(self) -> list[tuple[str, str, str]]:
        """(contact, the other side, state), the oldest first."""
        rows = await self.desk.pool.fetch(
            "SELECT contact, from_number, to_number, direction, state FROM contacts ORDER BY started_at, contact"
        )
        ends = [row["to_number"] if row["direction"] == "outbound" else row["from_number"] for row in rows]
        return [(row["contact"], end, row["state"]) for row, end in zip(rows, ends, strict=True)]

    async def out(self) -> list[tuple[str, str, str]]:
        """(to whom, technician, words) of what was asked to be sent."""
        rows = await self.desk.pool.fetch(
            "SELECT party, technician, body FROM messages WHERE direction = 'out' ORDER BY message"
        )
        return [(row["party"], row["technician"], row["body"]) for row in rows]
