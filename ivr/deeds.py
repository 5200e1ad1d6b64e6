"""Deeds: what needs Twilio's API, run as jobs, one case each; never inside a webhook.

A text is never sent twice: `ivr/sending.py`.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from callflows.events import CallOver, Event, RecordingStored, TextSent, TimerFired
from callflows.languages import language
from callflows.parts.swarming import INVITATION
from db.changes import ASK_LEG, CALL, CALL_OF, CANCEL, ERRAND, HANG_UP, MOVE, MOVE_TECHNICIAN, RECORDING, TEXT
from db.contacts import has_open_contacts, list_quiet, save_asked
from db.deeds import (
    Deed,
    add_sweep,
    claim_deed,
    find_timer,
    save_deed_due,
    save_deed_end,
    save_timer_fired,
    take_deed,
)
from db.desk import Desk
from db.jobs import TryAgain
from db.lanes import wake_forgotten
from db.matters import close_quiet_matters
from db.writing import TELL, WRITE
from ivr.calls import Calls, begin_errand, begin_wanted, contact_of, read_contact
from ivr.client import Api, TwilioBusy, TwilioRefused, TwilioSilent
from ivr.files import FileLinks
from ivr.links import Links
from ivr.parse import FINAL
from ivr.sending import FATE_KNOWN_WITHIN, Outgoing, Sending
from ivr.swarm import Legs
from ivr.telling import tell
from ivr.writing import Post, Writing
from routing.addresses import as_read

log = structlog.get_logger()

QUIET = timedelta(minutes=5)
QUIET_MATTER = timedelta(days=7)
SWEEP_EVERY = timedelta(seconds=60)
SWEEP_AT_ONCE = 50
FORGOTTEN = timedelta(minutes=2)  # a text that should have gone by then
MOST_TRIES = 8
ROOM_CHECK = "room_check"


@dataclass(frozen=True, slots=True)
class Deeds:
    """The job process's hands. `clock` gives the instant of each turn, `calls_per_second` is the account's.
    `files`: links to what came with texts; `supervisor`: the number that hears of what nobody did, if there is one;
    `post`: by which letters go out; `holder`: by which a lane knows that this process lives (db/lanes.py)."""

    desk: Desk
    clock: Callable[[], datetime]
    api: Api
    links: Links
    calls_per_second: float = 1.0
    files: FileLinks | None = None
    supervisor: str = ""
    post: Post | None = None
    holder: int | None = None

    async def tell(self, contact: str, event: Event, key: str) -> None:
        await tell(self.desk, self.clock, contact, event, key)

    # Timers.

    async def fire(self, timer_id: int, tries: int) -> None:
        async with self.desk.pool.acquire() as connection:
            timer = await find_timer(connection, timer_id)
        if timer is None or timer.fired_at is not None:
            return
        now = self.clock()
        if timer.due_at > now:
            raise TryAgain("early", (timer.due_at - now).total_seconds())
        if timer.kind.startswith(ERRAND):
            await begin_errand(self.desk, self.clock, timer, timer.kind.removeprefix(ERRAND))
        elif timer.kind.startswith(CALL_OF):
            await begin_wanted(self.desk, self.clock, timer, timer.kind.removeprefix(CALL_OF))
        else:
            contact = timer.subject.removeprefix("contact:")
            await self.tell(contact, TimerFired(leg="", timer=timer.kind), f"TimerFired:{timer_id}")
        async with self.desk.pool.acquire() as connection:
            await save_timer_fired(connection, timer_id, now)

    # Deeds.

    async def do(self, deed_id: int, tries: int) -> None:
        async with self.desk.pool.acquire() as connection:
            deed, editions = await take_deed(connection, deed_id)
        if deed is None:
            return
        await self.desk.follow(editions)
        writing = Writing(self.desk, self.clock, self.api, self.links, self.files, self.post, self.holder)
        if deed.has_ended:
            await writing.go_on(deed)
            return
        now = self.clock()
        if deed.due_at > now:
            raise TryAgain("early", (deed.due_at - now).total_seconds())
        kinds: dict[str, Callable[[Deed], Awaitable[None]]] = {
            TEXT: self.text,
            RECORDING: self.recording,
            **dict.fromkeys((WRITE, TELL), writing.do),
            CALL: Calls(self.desk, self.clock, self.api, self.links, self.calls_per_second).ring_out,
            **dict.fromkeys(
                (CANCEL, MOVE, MOVE_TECHNICIAN, ASK_LEG, HANG_UP),
                Legs(self.desk, self.clock, self.api, self.links).do,
            ),
        }
        try:
            await kinds[deed.kind](deed)
        except TwilioBusy as busy:
            # Else it was only looked for, and what was tried before is still unknown; of texts Sending has seen to it.
            if deed.state == "due" and deed.kind != TEXT:
                async with self.desk.pool.acquire() as connection:
                    await save_deed_due(connection, deed_id)
            raise TryAgain(str(busy)) from busy
        except TwilioSilent as silent:
            raise TryAgain(str(silent), FATE_KNOWN_WITHIN.total_seconds()) from silent

    async def text(self, deed: Deed) -> None:
        """Send a technician a text, exactly once."""
        contact = deed.subject.removeprefix("contact:")
        to, sender, body = await self.written(contact, deed)
        if not to:
            if deed.body["technician"]:
                await self.end(deed, "refused", None, "the technician is no longer in the directory")
            else:
                await self.save_end(deed, "refused", None, "no supervisor has a number")
            return
        if deed.state == "due" and deed.body["prompt"] == INVITATION and not await self.may_ring(deed):
            await self.save_end(deed, "refused", None, "their telephone has rung, or will not ring any more")
            return
        sending = Sending(self.desk, self.clock, self.api, self.links)
        try:
            sent = await sending.send(deed, sender, Outgoing(to, sender, body))
        except TwilioRefused as refused:
            await self.end(deed, "refused", None, str(refused))
            return
        await self.end(deed, "done", sent.sid, sent.status, sent.error)

    async def may_ring(self, deed: Deed) -> bool:
        """Whether the helper's telephone will ring, or rings and nobody has picked up."""
        kept = await read_contact(self.desk, contact_of(deed))
        swarm = kept.contact.swarm if kept else None
        legs = [one for one in swarm.helpers if one.technician == deed.body["technician"]] if swarm else []
        return bool(legs) and legs[-1].rings and legs[-1].state != "screening"

    async def written(self, contact: str, deed: Deed) -> tuple[str, str, str]:
        """(to, from, body): numbers and the contact's latest facts are read now, not when it was asked for."""
        async with self.desk.pool.acquire() as connection:
            row = await connection.fetchrow(
                """
                SELECT line, CASE direction WHEN 'outbound' THEN to_number ELSE from_number END AS peer, matter, memory
                FROM contacts WHERE contact = $1
                """,
                contact,
            )
        technician = self.desk.directory.technician(deed.body["technician"]) if deed.body["technician"] else None
        phone = technician.phone if technician else self.supervisor if not deed.body["technician"] else ""
        if row is None or not phone:
            return "", "", ""
        speech = language(technician.languages[0] if technician and technician.languages else "en")
        memory = json.loads(row["memory"])
        about = "about_voicemail" if memory.get("message") else deed.body["params"].get("about") or "about_no_message"
        params = {
            **deed.body["params"],
            "matter": str(row["matter"] or ""),
            "number": as_read(memory.get("number") or row["peer"]),
            "about": speech.text(about),
        }
        return phone, row["line"], speech.text(deed.body["prompt"], params)

    async def save_end(self, deed: Deed, state: str, sid: str | None, outcome: str) -> bool:
        """False if it had ended before."""
        async with self.desk.pool.acquire() as connection:
            return await save_deed_end(
                connection, deed.deed, state=state, provider_sid=sid, outcome=outcome, now=self.clock()
            )

    async def end(self, deed: Deed, state: str, sid: str | None, outcome: str, error: str = "") -> None:
        """And the contact is told what became of its text. `error`: of what Twilio took, and what did not arrive."""
        if await self.save_end(deed, state, sid, outcome):
            status = outcome if state == "done" else "refused"
            why = error if state == "done" else outcome
            await tell_text(self.desk, self.clock, deed, status, why, sid=sid or "", first=True)

    async def recording(self, deed: Deed) -> None:
        """The sound's callback never came: ask for what was recorded on the call."""
        contact = deed.subject.removeprefix("contact:")
        async with self.desk.pool.acquire() as connection:
            call_sid = await connection.fetchval("SELECT provider_sid FROM contacts WHERE contact = $1", contact)
        for sid, url, seconds in await self.api.recordings(call_sid):
            event = RecordingStored(leg=call_sid, status="completed", recording=sid, url=url, seconds=seconds)
            await self.tell(contact, event, f"RecordingStored:{sid}:completed")
            async with self.desk.pool.acquire() as connection:
                await save_deed_end(
                    connection, deed.deed, state="done", provider_sid=sid, outcome="found", now=self.clock()
                )
            return
        if deed.tries + 1 >= MOST_TRIES:
            async with self.desk.pool.acquire() as connection:
                await save_deed_end(
                    connection,
                    deed.deed,
                    state="refused",
                    provider_sid=None,
                    outcome="absent",
                    now=self.clock(),
                )
            return
        async with self.desk.pool.acquire() as connection:
            await claim_deed(connection, deed.deed, self.clock())
        raise TryAgain("the recording is not there yet")

    # The sweeper, which comes last.

    async def sweep(self, _: int, tries: int) -> None:
        """Ask Twilio about every contact that has been quiet for 5 minutes; what is over is closed. Matters in which
        nothing has happened for a week are closed as well (DESIGN 5, "Matters")."""
        now = self.clock()
        async with self.desk.pool.acquire() as connection:
            if closed := await close_quiet_matters(connection, now - QUIET_MATTER, now):
                log.info("matters_closed", matters=closed)
            await wake_forgotten(connection, now - FORGOTTEN, now)
            quiet = await list_quiet(connection, now - QUIET, SWEEP_AT_ONCE)
            busy = await has_open_contacts(connection)
        for contact, call_sid in quiet:
            try:
                status = await self.api.call_status(call_sid)
            except (TwilioBusy, TwilioSilent, TwilioRefused) as error:
                log.warning("sweep_unanswered", contact=contact, why=str(error))
                continue
            async with self.desk.pool.acquire() as connection:
                await save_asked(connection, contact, now)
            if status is None or status in FINAL:
                event = CallOver(leg=call_sid, status=status or "unknown", source="asked")
                await self.tell(contact, event, f"CallOver:{call_sid}")
            else:
                await self.check_room(contact, now)
        # With nobody on the line there is nothing to ask, and a call that comes now is not quiet for a while.
        raise TryAgain("the next round", (SWEEP_EVERY if busy else QUIET).total_seconds())

    async def check_room(self, contact: str, now: datetime) -> None:
        """The reports of a swarm's helpers may be lost as well; their legs are asked about."""
        kept = await read_contact(self.desk, contact)
        swarm = kept.contact.swarm if kept else None
        if swarm and (swarm.inside or swarm.ringing):
            await self.tell(contact, TimerFired(leg="", timer=ROOM_CHECK), f"TimerFired:sweep:{now.isoformat()}")


async def tell_text(
    desk: Desk,
    clock: Callable[[], datetime],
    deed: Deed,
    status: str,
    detail: str = "",
    *,
    sid: str = "",
    first: bool = False,
) -> None:
    """What became of a notice, told to its contact; each status once. `first`: nothing was known before."""
    event = TextSent(sid, deed.body["technician"], deed.body["prompt"], status, detail, first=first)
    contact = deed.subject.removeprefix("contact:")
    await tell(desk, clock, contact, event, f"TextSent:{deed.deed}:{status}")


async def begin_sweeping(desk: Desk, now: datetime) -> None:
    """One round waits at a time, however many job processes start."""
    async with desk.pool.acquire() as connection:
        await add_sweep(connection, now, now)
