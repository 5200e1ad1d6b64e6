"""Texts in, and Twilio's reports on those that we sent. A text is kept and answered with an empty document: whatever
follows from it is a deed. A report's URL carries our deed's id, so a lost answer is no lost text."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from quart import Blueprint, Response, request

from callflows.text_events import TextArrived
from db.deeds import Deed, find_deed, save_deed_end
from db.desk import Desk
from db.incoming import Incoming
from db.messages import find_message, save_message_status
from db.pool import Connection
from db.turns import take_turn
from db.writing import WRITE
from ivr.deeds import tell_text
from ivr.parse import BadRequest, need
from ivr.routes import TURN_SECONDS, TWIML, Refused, log, read_signed, refuse
from ivr.segments import clean, parts
from ivr.signature import Signatures
from ivr.writing import tell_written
from routing.addresses import read_address

UNSENT = {"failed", "undelivered"}
NO_NEWS = {"sending"}  # between two others that are told
NO_NEWS_OF_OURS = {"sending", "sent"}  # on its way to a technician: that it arrived is told, or that it did not
MOST_FILES = 10  # of one message (twilio.md 6.1)
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def blueprint(signatures: Signatures, desk: Desk, clock: Callable[[], datetime]) -> Blueprint:
    """No REST call is made here."""
    made = Blueprint("messages", __name__, url_prefix="/messages")

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
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await take_turn(desk, arrived, clock(), lambda turn, floor, number: NOTHING)
        except Exception:  # Twilio comes again, here or at the other address: what was not kept is not acknowledged
            log.exception("turn_failed", key=arrived.key, event_kind="TextArrived")
            return refuse(Refused(503, "this text could not be kept; send it again"))
        return Response(NOTHING, 200, content_type=TWIML)

    @made.post("/status")
    async def status() -> Response:
        try:
            form, query = await read_signed(signatures)
            deed_id, sid, said = _needed(form, query)
        except Refused as refused:
            return told_off(refused)
        detail = form.get("ErrorCode", "") if said in UNSENT else ""
        async with desk.pool.acquire() as connection:
            deed = await find_deed(connection, deed_id)
            if deed is None:
                log.warning("deed_unknown", deed=deed_id)
                return Response("", 204)
            # The callback was faster than the answer, or the answer was lost: it was sent, and by us.
            if await is_last_part(connection, deed):
                await save_deed_end(connection, deed_id, state="done", provider_sid=sid, outcome=said, now=clock())
            news = deed.kind == WRITE and await save_message_status(
                connection, deed.body["message"], said, sid=sid, error=detail
            )
        if deed.kind != WRITE:
            await tell_text(desk, clock, deed, said, detail)
        elif news and is_news(deed, said):
            await tell_written(desk, clock, deed, sid, said, detail)
        return Response("", 204)

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
        body=clean(form.get("Body", "")),
        files=len(files),
        opt_out=form.get("OptOutType", ""),
    )
    number = read_address(line).number or line  # whatsapp:+1… is written to the same line
    return Incoming("", sid, f"TextArrived:{sid}", event, caller=sender, line=number, files=files)


def files_in(form: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    told = form.get("NumMedia", "0") or "0"
    if not told.isdigit():
        raise BadRequest("the parameter NumMedia is not a number")
    places = range(min(int(told), MOST_FILES))
    named = ((form.get(f"MediaUrl{place}", ""), form.get(f"MediaContentType{place}", "")) for place in places)
    return tuple((url, kind) for url, kind in named if url)


def is_news(deed: Deed, said: str) -> bool:
    """Whether the story is told of it; what it is, the message itself knows in any case."""
    to_technician = "legs" in deed.body or "lines" in deed.body
    return said not in (NO_NEWS_OF_OURS if to_technician else NO_NEWS)


async def is_last_part(connection: Connection, deed: Deed) -> bool:
    """A long text goes in several messages, and a report on one of them says nothing of the others."""
    message = await find_message(connection, deed.body["message"]) if deed.kind == WRITE else None
    return message is None or len(parts(clean(message.body))) == 1


def _needed(form: Mapping[str, str], query: Mapping[str, str]) -> tuple[int, str, str]:
    deed = query.get("d", "")
    sid, said = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not (deed.isdigit() and sid and said):
        raise Refused(400, "the parameters d, MessageSid and MessageStatus are needed")
    return int(deed), sid, said
