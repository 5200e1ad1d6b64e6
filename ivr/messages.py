"""Texts in, and Twilio's reports on those that we sent. A text is kept and answered with an empty document: whatever
follows from it is a deed. A report's URL carries our deed's id, so a lost answer is no lost text. What can't be kept
while the database is away waits in the spool."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from quart import Blueprint, Response, request

from callflows.text_events import TextArrived
from db.deeds import Deed, save_deed_end
from db.desk import Desk
from db.incoming import Incoming
from db.jobs import DEED, enqueue
from db.messages import Message, save_message_status
from db.spool import Entry, Spool
from db.texts import find_text, save_text_end
from db.turns import take_turn
from db.writing import WRITE
from ivr.client import UNSENT
from ivr.deeds import tell_text
from ivr.files import unfit
from ivr.parse import BadRequest, need
from ivr.routes import TWIML, Refused, log, read_signed, refuse
from ivr.segments import clean, parts
from ivr.signature import Signatures
from ivr.spooled import Spooling
from ivr.writing import tell_written
from routing.addresses import read_address

NO_NEWS = {"sending"}  # between two others that are told
NO_NEWS_OF_OURS = {"sending", "sent"}  # on its way to a technician: that it arrived is told, or that it did not
MOST_FILES = 10  # of one message (twilio.md 6.1)
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a text of ours: Twilio's status, and its error if it did not arrive."""

    deed: int
    sid: str
    said: str
    error: str = ""


def blueprint(signatures: Signatures, desk: Desk, clock: Callable[[], datetime], spool: Spool) -> Blueprint:
    """No REST call is made here."""
    made = Blueprint("messages", __name__, url_prefix="/messages")
    spooling = Spooling(spool, clock)

    @made.post("/incoming")
    @made.post("/fallback", endpoint="fallback")
    async def incoming() -> Response:
        """A text; Twilio asks the second address with the same text when the first did not answer."""
        try:
            form, _ = await read_signed(signatures)
            arrived = read_text(form)
        except Refused as refused:
            return told_off(refused)
        except BadRequest as error:
            return told_off(Refused(400, str(error)))
        if await spooling.takes(entry_of_text(arrived, form, clock()), lambda: take_text(desk, clock, arrived)):
            return Response(NOTHING, 200, content_type=TWIML)
        return refuse(Refused(503, "this text could not be kept; send it again"))

    @made.post("/status")
    async def status() -> Response:
        try:
            form, query = await read_signed(signatures)
            told = {**form, "d": query.get("d", "")}
            report = read_report(told)
        except Refused as refused:
            return told_off(refused)
        except BadRequest as error:
            return told_off(Refused(400, str(error)))
        if await spooling.takes(entry_of_report(report, told, clock()), lambda: take_report(desk, clock, report)):
            return Response("", 204)
        return refuse(Refused(503, "this report could not be kept; send it again"))

    return made


def told_off(refused: Refused) -> Response:
    log.warning("webhook_refused", place=request.path, status=refused.status, why=refused.why)
    return refuse(refused)


def read_text(form: Mapping[str, str]) -> Incoming:
    """Twilio's form (twilio.md 6.1) as an event. Its contact is looked for later: by the two addresses."""
    sid, sender, line = need(form, "MessageSid"), need(form, "From"), need(form, "To")
    files = files_in(form)
    event = TextArrived(
        leg=sid,
        sender=str(read_address(sender)),
        line=line,
        body=words_in(form),
        files=len(files),
        opt_out=form.get("OptOutType", ""),
        in_service=bool(form.get("MessagingServiceSid")),
        unfit=unfit([kind for _, kind in files]),
    )
    number = read_address(line).number or line  # whatsapp:+1… is written to the same line
    ours = line if number != line else ""
    return Incoming("", sid, f"TextArrived:{sid}", event, caller=sender, line=number, files=files, ours=ours)


def words_in(form: Mapping[str, str]) -> str:
    """What was written; without words the place or the button that another channel tells of (twilio.md 6.1)."""
    place = ", ".join(form[name] for name in ("Label", "Address", "Latitude", "Longitude") if form.get(name))
    return clean(form.get("Body", "") or form.get("ButtonText", "") or place)


def files_in(form: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    told = form.get("NumMedia", "0") or "0"
    if not re.fullmatch("[0-9]{1,4}", told):
        raise BadRequest("the parameter NumMedia is not a number")
    places = range(min(int(told), MOST_FILES))
    named = ((form.get(f"MediaUrl{place}", ""), form.get(f"MediaContentType{place}", "")) for place in places)
    return tuple((url, kind) for url, kind in named if url)


def entry_of_text(arrived: Incoming, form: Mapping[str, str], now: datetime) -> Entry:
    """As it waits in the spool: behind the texts of the same conversation."""
    sender = arrived.event.sender if isinstance(arrived.event, TextArrived) else arrived.caller
    return Entry(arrived.key, "text", f"{arrived.line} {sender}", now, form)


async def take_text(desk: Desk, clock: Callable[[], datetime], arrived: Incoming) -> None:
    await take_turn(desk, arrived, clock(), lambda turn, floor, number: NOTHING)


def read_report(form: Mapping[str, str]) -> Report:
    """Twilio's form (twilio.md 6.4), and `d` of our own URL."""
    deed = need(form, "d")
    if not re.fullmatch("[0-9]{1,18}", deed):
        raise BadRequest("the parameter d is not a number of a text")
    said = need(form, "MessageStatus")
    return Report(int(deed), need(form, "MessageSid"), said, form.get("ErrorCode", "") if said in UNSENT else "")


def entry_of_report(report: Report, form: Mapping[str, str], now: datetime) -> Entry:
    key = f"TextSent:{report.deed}:{report.sid}:{report.said}:{report.error}"
    return Entry(key, "report", f"deed {report.deed}", now, form)


async def take_report(desk: Desk, clock: Callable[[], datetime], report: Report) -> None:
    """The text's status is kept, and its contact told. Taken again, it changes nothing."""
    async with desk.pool.acquire() as connection:
        text = await find_text(connection, report.deed)
        if text is None:
            log.warning("deed_unknown", deed=report.deed)
            return
        deed, message, said, sid = text.deed, text.message, report.said, report.sid
        news, ended, now = False, False, clock()
        # The callback was faster than the answer, or the answer was lost: it was sent, and by us.
        if message is None:
            ended = not deed.has_ended and await save_deed_end(
                connection, deed.deed, state="done", provider_sid=sid, outcome=said, now=now
            )
        elif is_last_part(message):
            ending = await save_text_end(
                connection, text, said, state="done", outcome=said, sid=sid, error=report.error, now=now
            )
            ended, news = ending.is_first, ending.is_news
            if ended and ending.behind:  # it waits for a fate that nobody knew
                await enqueue(connection, DEED, ending.behind, now, now)
        else:
            news = await save_message_status(connection, message.message, said, sid=sid, error=report.error)
    if deed.kind != WRITE:
        await tell_text(desk, clock, deed, said, report.error, sid=sid, first=ended)
    elif message and (ended or ((news or message.status == said) and is_news(deed, said))):
        await tell_written(desk, clock, text, sid, said, report.error, first=ended)


def is_news(deed: Deed, said: str) -> bool:
    """Whether the story is told of it; what it is, the message itself knows in any case."""
    to_technician = "legs" in deed.body or "lines" in deed.body
    return said not in (NO_NEWS_OF_OURS if to_technician else NO_NEWS)


def is_last_part(message: Message) -> bool:
    """A long text goes in several messages, and a report on one of them says nothing of the others."""
    return len(parts(clean(message.body))) == 1
