"""A desk with a real database whose texts go out to a carrier of a few lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from db.deeds import find_deed
from db.jobs import TryAgain
from db.messages import Message, find_message
from ivr.client import Sent
from ivr.links import Links
from ivr.writing import Writing
from tests.db.correspondents import ANA, Correspondents


@dataclass
class Carrier:
    """`trouble`: what is raised at the next messages instead of taking them, None for none; `taken` all that Twilio
    has, whether its answer reached us or not."""

    trouble: list[Exception | None] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    count: int = 0
    lost: bool = False

    async def send_text(
        self, *, to: str, sender: str, body: str, status_callback: str, files: Sequence[str] = ()
    ) -> Sent:
        self.asked += 1
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is None or self.lost:
            self.count += 1
            sent = {"to": to, "from": sender, "body": body, "url": status_callback, "files": tuple(files)}
            self.taken.append({"sid": f"SMout{self.count}", **sent})
        if trouble is not None:
            raise trouble
        return Sent(self.taken[-1]["sid"], body, "queued")

    async def list_texts(self, *, to: str, sender: str) -> list[Sent]:
        mine = (one for one in reversed(self.taken) if (one["to"], one["from"]) == (to, sender))
        return [Sent(one["sid"], one["body"], "sent") for one in mine]

    @property
    def bodies(self) -> list[str]:
        return [one["body"] for one in self.taken]


@dataclass
class Office:
    people: Correspondents
    carrier: Carrier = field(default_factory=Carrier)
    contact: str = ""

    @property
    def writing(self) -> Writing:
        links = Links("https://desk.example")
        return Writing(self.people.desk, lambda: self.people.now, self.carrier, links)  # type: ignore[arg-type]  # all that texts use of it

    async def deeds(self, state: str = "due") -> list[int]:
        rows = await self.people.desk.pool.fetch(
            "SELECT deed FROM deeds WHERE kind = 'write' AND state = $1 ORDER BY deed", state
        )
        return [row["deed"] for row in rows]

    async def did(self, deed: int) -> str:
        """Its state after one try; how long until the next one if it must be tried again."""
        async with self.people.desk.pool.acquire() as connection:
            found = await find_deed(connection, deed)
        assert found is not None
        try:
            await self.writing.do(found)
        except TryAgain as again:
            return f"again in {again.seconds}"
        return (await self.fate(deed))[0]

    async def fate(self, deed: int) -> tuple[str, str | None]:
        row = await self.people.desk.pool.fetchrow("SELECT state, outcome FROM deeds WHERE deed = $1", deed)
        assert row is not None
        return row["state"], row["outcome"]

    async def message(self, deed: int) -> Message:
        async with self.people.desk.pool.acquire() as connection:
            kept = await find_deed(connection, deed)
            assert kept is not None
            message = await find_message(connection, kept.body["message"])
        assert message is not None
        return message

    async def everything_goes(self) -> None:
        """Until nothing is due any more, as time passes."""
        for _ in range(60):
            left = [*await self.deeds("due"), *await self.deeds("tried")]
            if not left:
                return
            for deed in left:
                await self.did(deed)
            self.people.passes(seconds=5)
        raise AssertionError("texts that never go")

    async def answers(self, words: str, technician: str = ANA) -> None:
        await self.people.writes(f"#1 {words}", technician)
        await self.people.passes_on()

    async def told(self, status: str) -> list[dict[str, Any]]:
        rows = await self.people.desk.pool.fetch(
            "SELECT detail FROM events WHERE kind IN ('text_out', 'text_status') AND detail ->> 'status' = $1", status
        )
        return [dict(row) for row in rows]
