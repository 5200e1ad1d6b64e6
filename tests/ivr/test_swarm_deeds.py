"""A swarm's deeds on a real database, and a Twilio of a few lines: what it is asked, and what is told of that."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callflows.actions import AskLeg, CallOut, CancelRing, Change, HangUpLeg, MoveClient
from callflows.contact import Contact, contact_id, to_json
from db.changes import begin_deed
from db.deeds import claim_deed, find_deed
from db.desk import Desk
from db.importing import import_directory
from db.jobs import TryAgain
from db.pool import Pool, open_pool
from db.snapshot import Snapshots
from ivr.client import TwilioAway, TwilioBusy, TwilioRefused, TwilioSilent
from ivr.deeds import Deeds
from ivr.links import Links, read_handed
from routing.swarm import Helper, Swarm
from tests.ivr.test_links import query
from tests.world import DIRECTORY, LINE, write_directory

NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
CALL, LEG = "CA" + "0" * 32, "CA" + "9" * 32
ID = contact_id(CALL)
MS = int(NOW.timestamp() * 1000)
ANA = Helper(1, "ana", MS)
WAITING = Contact(
    ID, stage="waiting", flow="main", version=1, line=LINE, language="en", swarm=Swarm(1, MS, (ANA,)), swarms=1
)

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

    async def move(self, sid: str, url: str) -> None:
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
        async with self.pool.acquire() as connection:
            await begin_deed(connection, action, Contact(ID), self.now)
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


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    pool = await open_pool(database_url)
    async with pool.acquire() as connection:
        await import_directory(connection, write_directory(tmp_path / "directory", DIRECTORY), now=NOW)
    desk = Desk(pool, Snapshots(tmp_path))
    await desk.refresh()
    made = House(pool, desk, Twilio())
    await made.keep(WAITING)
    yield made
    await pool.close()


RING = CallOut("ana", 1, 20)


async def rung(house: House, *answers: Answer) -> int:
    """Ana's ring, tried once."""
    house.twilio.answers["call"] = list(answers) or [LEG]
    deed = await house.ask_for(RING)
    await house.did(deed)
    house.twilio.asked.clear()
    return deed


# Ringing.


async def test_a_helpers_leg_is_asked_for_with_its_ring_in_every_url(house: House) -> None:
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "done"
    ((_, how),) = house.twilio.asked
    for name in ("url", "fallback_url", "status_callback"):
        handed = read_handed(query(how[name]))
        assert handed is not None
        assert handed.ring == 1
    assert (how["to"], how["sender"], how["seconds"]) == ("+14035550111", LINE, 20)
    ((kind, event),) = await house.told()
    assert (kind, event["leg"], event["ring"]) == ("RingPlaced", LEG, 1)


@pytest.mark.parametrize(
    ("swarm", "why"),
    [
        (Swarm(1, MS, (replace(ANA, state="gone"),)), "their ring is over"),
        (Swarm(1, MS, (ANA, Helper(2, "ben", MS, "taken"))), "somebody has accepted"),
        (None, "the swarm is closed"),
    ],
)
async def test_a_ring_that_nobody_wants_any_more_never_begins(house: House, swarm: Swarm | None, why: str) -> None:
    await house.keep(replace(WAITING, swarm=swarm))
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "refused"
    assert house.twilio.asked == []


async def test_without_a_connection_the_ring_never_begins_and_the_swarm_is_told(house: House) -> None:
    house.twilio.answers["call"] = [TwilioAway("nobody there"), LEG]
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "refused"
    ((kind, event),) = await house.told()
    assert (kind, event["unknown"]) == ("RingUnplaced", False)
    assert await house.did(deed) == "refused"
    assert len(house.twilio.asked) == 1


async def test_too_many_requests_are_no_reason_to_tell_anybody(house: House) -> None:
    house.twilio.answers["call"] = [TwilioBusy("429"), LEG]
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "again in None"
    assert (await house.state(deed), await house.kinds()) == ("due", [])
    assert await house.did(deed) == "done"


async def test_a_refused_number_has_failed(house: House) -> None:
    await rung(house, TwilioRefused(400, 21211, "no such number"))
    ((kind, event),) = await house.told()
    assert (kind, event["status"]) == ("LegEnded", "failed")


async def test_a_leg_of_unknown_fate_is_told_once_and_looked_up_after_a_minute(house: House) -> None:
    house.twilio.answers |= {"call": [TwilioSilent("500")], "list": [LEG]}
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "again in 60.0"
    house.now += timedelta(seconds=20)
    assert await house.did(deed) == "again in 40.0"  # woken too early: nothing is asked
    assert [method for method, _ in house.twilio.asked] == ["call"]
    assert await house.kinds() == ["RingUnplaced"]
    house.now += timedelta(seconds=40)
    assert await house.did(deed) == "done"
    assert [method for method, _ in house.twilio.asked] == ["call", "list", "status"]
    assert await house.kinds() == ["RingUnplaced", "RingPlaced"]


async def test_a_leg_of_unknown_fate_that_twilio_does_not_know_is_over(house: House) -> None:
    deed = await rung(house, TwilioSilent("500"))
    house.now += timedelta(seconds=60)
    assert await house.did(deed) == "refused"
    assert (await house.told())[-1][1]["status"] == "canceled"
    assert [method for method, _ in house.twilio.asked] == ["list"]


@pytest.mark.parametrize("busy", [TwilioBusy("429"), TwilioAway("nobody there")])
async def test_a_lookup_that_fails_does_not_ring_a_second_time(house: House, busy: Exception) -> None:
    deed = await rung(house, TwilioSilent("500"))
    house.now += timedelta(seconds=60)
    house.twilio.answers["list"] = [busy, LEG]
    assert (await house.did(deed)).startswith("again")
    assert await house.state(deed) == "tried"
    assert await house.did(deed) == "done"
    assert "call" not in [method for method, _ in house.twilio.asked]


# Canceling.


@pytest.mark.parametrize("queued", [True, False])
async def test_a_ring_that_waits_for_its_turn_is_withdrawn_without_asking_twilio(house: House, queued: bool) -> None:
    deed = await house.ask_for(RING)
    assert await house.did(await house.ask_for(CancelRing(1, queued))) == "done"
    assert await house.did(deed) == "refused"
    assert house.twilio.asked == []
    ((kind, event),) = await house.told()
    assert (kind, event["ring"], event["status"]) == ("LegEnded", 1, "canceled")


async def test_whoever_claims_a_ring_first_has_it(house: House) -> None:
    """The withdrawal and the claim are each one statement on the same row."""
    deed = await house.ask_for(RING)
    async with house.pool.acquire() as connection:
        assert await claim_deed(connection, deed, NOW)
    assert await house.did(await house.ask_for(CancelRing(1))) == "again in 1"
    assert await house.state(deed) == "tried"


async def test_a_ringing_leg_is_canceled(house: House) -> None:
    await rung(house)
    assert await house.did(await house.ask_for(CancelRing(1))) == "done"
    assert house.twilio.asked == [("cancel", LEG)]
    assert await house.kinds() == ["RingPlaced", "LegEnded"]


@pytest.mark.parametrize(
    ("status", "asked"), [("queued", ["status", "cancel"]), ("ringing", ["status"]), ("in-progress", ["status"])]
)
async def test_only_what_is_queued_may_be_meant(house: House, status: str, asked: list[str]) -> None:
    await rung(house)
    house.twilio.answers["status"] = [status]
    assert await house.did(await house.ask_for(CancelRing(1, queued=True))) == "done"
    assert [method for method, _ in house.twilio.asked] == asked
    assert await house.kinds() == (["RingPlaced", "LegEnded"] if status == "queued" else ["RingPlaced"])


async def test_a_leg_that_was_picked_up_goes_on(house: House) -> None:
    await rung(house)
    house.twilio.answers["cancel"] = ["in-progress"]
    assert await house.did(await house.ask_for(CancelRing(1))) == "done"
    assert await house.kinds() == ["RingPlaced"]


async def test_whether_there_is_a_leg_to_cancel_is_waited_for(house: House) -> None:
    ring = await rung(house, TwilioSilent("500"))
    deed = await house.ask_for(CancelRing(1))
    waits = [await house.did(deed) for _ in range(3)]
    assert waits == ["again in 1", "again in 2", "again in 4"]
    house.now += timedelta(seconds=60)
    house.twilio.answers["list"] = [LEG]
    await house.did(ring)
    assert await house.did(deed) == "done"
    assert ("cancel", LEG) in house.twilio.asked


async def test_nothing_is_tried_for_ever(house: House) -> None:
    await rung(house)
    house.twilio.answers["cancel"] = [TwilioAway("nobody there")]
    deed = await house.ask_for(CancelRing(1))
    waits = [await house.did(deed) for _ in range(10)]
    assert waits == [*(f"again in {seconds}" for seconds in (1, 2, 4, 8, 8, 8, 8, 8, 8)), "refused"]


# Moving the client.

TAKEN = replace(ANA, state="taken", leg=LEG)
ACCEPTED = replace(WAITING, swarm=Swarm(1, MS, (TAKEN,), moving=True))


@pytest.mark.parametrize(
    ("contact", "moved"),
    [
        (ACCEPTED, True),
        (replace(ACCEPTED, stage="conferring"), False),
        (replace(ACCEPTED, swarm=Swarm(1, MS, (TAKEN,))), False),
        (replace(ACCEPTED, swarm=Swarm(1, MS, (replace(TAKEN, state="gone"),), moving=True)), False),
        (replace(WAITING, stage="conferring", swarm=Swarm(1, MS, (replace(TAKEN, state="gone"),))), True),
        (replace(WAITING, stage="conferring", swarm=None), True),
        (replace(WAITING, stage="recording", swarm=None), False),
        (replace(ACCEPTED, stage="over"), False),
    ],
    ids=[
        "a helper is there",
        "the loop was faster",
        "nobody asked for it any more",
        "the helper has left already",
        "alone in the room",
        "alone, the swarm closed",
        "leaves a message",
        "over",
    ],
)
async def test_the_client_is_moved_if_it_is_still_wanted(house: House, contact: Contact, moved: bool) -> None:
    await house.keep(contact)
    assert await house.did(await house.ask_for(MoveClient())) == "done"
    assert [sid for _, (sid, _) in house.twilio.asked] == ([CALL] if moved else [])
    for _, (_, url) in house.twilio.asked:
        handed = read_handed(query(url))
        assert handed is not None
        assert "/voice/moved?" in url
        assert (handed.number, handed.contact.stage) == (1, contact.stage)


@pytest.mark.parametrize("error", [TwilioAway("nobody there"), TwilioBusy("429"), TwilioSilent("500")])
async def test_a_move_is_tried_again_soon_while_it_is_wanted(house: House, error: Exception) -> None:
    await house.keep(ACCEPTED)
    house.twilio.answers["move"] = [error]
    deed = await house.ask_for(MoveClient())
    assert [await house.did(deed) for _ in range(3)] == ["again in 1", "again in 2", "again in 4"]
    await house.keep(replace(ACCEPTED, stage="conferring"))
    assert await house.did(deed) == "done"
    assert len(house.twilio.asked) == 3


@pytest.mark.parametrize("refused", [TwilioRefused(400, 21220, "not in progress"), TwilioRefused(404, 20404, "?")])
async def test_a_call_that_is_over_is_not_moved(house: House, refused: Exception) -> None:
    await house.keep(ACCEPTED)
    house.twilio.answers["move"] = [refused]
    assert await house.did(await house.ask_for(MoveClient())) == "refused"


# Asking about a leg, and ending it.


@pytest.mark.parametrize(
    ("status", "told"),
    [("in-progress", None), ("ringing", None), ("completed", "completed"), ("busy", "busy"), (None, "canceled")],
)
async def test_a_leg_that_is_over_is_told_as_its_own_report_would(
    house: House, status: str | None, told: str | None
) -> None:
    await rung(house)
    house.twilio.answers["status"] = [status]
    for _ in range(2):  # the same end is told once
        assert await house.did(await house.ask_for(AskLeg(1))) == "done"
    ended = [event["status"] for kind, event in await house.told() if kind == "LegEnded"]
    assert ended == ([told] if told else [])


async def test_a_leg_is_known_by_its_own_requests_too(house: House) -> None:
    await house.keep(ACCEPTED)
    assert await house.did(await house.ask_for(AskLeg(1))) == "done"
    assert house.twilio.asked == [("status", LEG)]


async def test_a_ring_that_has_not_begun_is_no_leg_to_ask_about(house: House) -> None:
    ring = await house.ask_for(RING)
    assert await house.did(await house.ask_for(AskLeg(1))) == "done"
    assert (house.twilio.asked, await house.state(ring)) == ([], "due")


async def test_a_leg_is_hung_up_when_it_is_time(house: House) -> None:
    await rung(house)
    deed = await house.ask_for(HangUpLeg(1, 10))
    assert await house.did(deed) == "again in 10.0"
    house.now += timedelta(seconds=10)
    assert await house.did(deed) == "done"
    assert house.twilio.asked == [("hang_up", LEG)]


async def test_a_leg_that_has_ended_by_itself_is_fine(house: House) -> None:
    await rung(house)
    house.twilio.answers["hang_up"] = [TwilioRefused(400, 21220, "not in progress")]
    assert await house.did(await house.ask_for(HangUpLeg(1))) == "refused"


@pytest.mark.parametrize("change", [CancelRing(7), HangUpLeg(7), AskLeg(7)])
async def test_a_ring_that_nobody_knows_is_nothing_to_do(house: House, change: Change) -> None:
    assert await house.did(await house.ask_for(change)) == "done"
    assert house.twilio.asked == []


# The sweeper.


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        (ACCEPTED, ["TimerFired"]),
        (WAITING, ["TimerFired"]),
        (replace(WAITING, swarm=Swarm(1, MS, (replace(ANA, state="gone"),))), []),
        (replace(WAITING, stage="hunting", swarm=None), []),
    ],
    ids=["with a helper inside", "while somebody rings", "with nobody", "without a swarm"],
)
async def test_a_quiet_swarm_is_looked_after(house: House, contact: Contact, told: list[str]) -> None:
    await house.keep(contact)
    house.now += timedelta(minutes=5)
    with pytest.raises(TryAgain):
        await house.deeds.sweep(0, 0)
    assert [kind for kind in await house.kinds() if kind == "TimerFired"] == told
    assert house.twilio.asked == [("status", CALL)]
    with pytest.raises(TryAgain):
        await house.deeds.sweep(0, 0)
    assert len(await house.kinds()) == len(told)
