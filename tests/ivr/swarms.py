"""A swarm's deeds on a real database, and a Twilio of a few lines: what it is asked, and what is told of that."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from callflows.actions import CallOut
from callflows.contact import Contact, contact_id, to_json
from db.changes import begin_deed
from db.deeds import find_deed
from db.desk import Desk
from db.jobs import TryAgain
from db.pool import Pool
from db.rows import Rows
from ivr.deeds import Deeds
from ivr.links import Links
from routing.swarm import Helper, Swarm
from tests.world import LINE

NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
CALL, LEG = "CA" + "0" * 32, "CA" + "9" * 32
ID = contact_id(CALL)
MS = int(NOW.timestamp() * 1000)
ANA = Helper(1, "ana", MS)
WAITING = Contact(
    ID, stage="waiting", flow="main", version=1, line=LINE, language="en", swarm=Swarm(1, MS, (ANA,)), swarms=1
)

RING = CallOut("ana", 1, 20)

# What Twilio answers: a word, or what is raised instead.
Answer = str | Exception | None


@dataclass
class Twilio:
    """`answers`: by method, the next one first; the last one is given again and again. `asked`: all that was asked."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def _answer(self, method: str, what: Any, usual: Answer) -> Any:
        self.asked.append((method, what))
        left = self.answers.get(method) or [usual]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def call(self, **how: Any) -> Any:
        return self._answer("call", how, LEG)

    async def list_calls(self, *, to: str, sender: str, since: datetime) -> list[tuple[str, str]]:
        sid = self._answer("list", to, None)
        return [(sid, "ringing")] if sid else []

    async def call_status(self, sid: str) -> Any:
        return self._answer("status", sid, "ringing")

    async def cancel(self, sid: str) -> Any:
        return self._answer("cancel", sid, "canceled")

    async def move(self, sid: str, url: str, fallback_url: str = "") -> None:
        self._answer("move", (sid, url), None)

    async def hang_up(self, sid: str) -> None:
        self._answer("hang_up", sid, None)


@dataclass
class House:
    pool: Pool
    desk: Desk
    twilio: Twilio
    now: datetime = NOW

    @property
    def deeds(self) -> Deeds:
        return Deeds(self.desk, lambda: self.now, self.twilio, Links("https://desk.example"), 10.0)  # type: ignore[arg-type]  # all that these deeds use of it

    async def keep(self, contact: Contact) -> None:
        await self.pool.execute(
            """
            INSERT INTO contacts (contact, provider_sid, channel, direction, from_number, to_number, line, flow,
                flow_version, language, state, started_at, turn, memory, touched_at)
            VALUES ($1, $2, 'voice', 'inbound', '+14035550120', $3, $3, 'main', 1, 'en', 'open', $4, 1, $5, $4)
            ON CONFLICT (contact) DO UPDATE SET memory = excluded.memory
            """,
            ID,
            CALL,
            LINE,
            NOW,
            json.dumps(to_json(contact)),
        )

    async def ask_for(self, action: Any) -> int:
        """The deed that a turn with this action keeps."""
        rows = Rows(self.now)
        begin_deed(action, Contact(ID), rows)
        async with self.pool.acquire() as connection:
            await rows.add(connection)
        return int(await self.pool.fetchval("SELECT max(deed) FROM deeds"))

    async def did(self, deed: int) -> str:
        """Its state after one try; how long until the next one if it must be tried again."""
        try:
            await self.deeds.do(deed, 0)
        except TryAgain as again:
            return f"again in {again.seconds}"
        return await self.state(deed)

    async def state(self, deed: int) -> str:
        async with self.pool.acquire() as connection:
            found = await find_deed(connection, deed)
        assert found is not None
        return found.state

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """The events that the contact was told, each with its fields."""
        rows = await self.pool.fetch("SELECT event FROM turns WHERE subject = $1 ORDER BY turn", "contact:" + ID)
        events = [json.loads(row["event"]) for row in rows]
        return [(one.pop("event"), one) for one in events]

    async def kinds(self) -> list[str]:
        return [kind for kind, _ in await self.told()]


async def rung(house: House, *answers: Answer) -> int:
    """Ana's ring, tried once."""
    house.twilio.answers["call"] = list(answers) or [LEG]
    deed = await house.ask_for(RING)
    await house.did(deed)
    house.twilio.asked.clear()
    return deed
