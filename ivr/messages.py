"""Twilio's reports on texts that we sent. The URL carries our deed's id, so a lost answer is no lost text."""

from collections.abc import Callable
from datetime import datetime

from quart import Blueprint, Response, request

from db.deeds import find_deed, save_deed_end
from db.desk import Desk
from ivr.deeds import tell_text
from ivr.routes import Refused, log, read_signed, refuse
from ivr.signature import Signatures

UNSENT = {"failed", "undelivered"}


def blueprint(signatures: Signatures, desk: Desk, clock: Callable[[], datetime]) -> Blueprint:
    """The contact is told what became of its text; no REST call is made here."""
    made = Blueprint("messages", __name__, url_prefix="/messages")

    @made.post("/status")
    async def status() -> Response:
        try:
            form, query = await read_signed(signatures)
            deed_id, sid, said = _needed(form, query)
        except Refused as refused:
            log.warning("webhook_refused", place=request.path, status=refused.status, why=refused.why)
            return refuse(refused)
        async with desk.pool.acquire() as connection:
            deed = await find_deed(connection, deed_id)
            if deed is None:
                log.warning("deed_unknown", deed=deed_id)
                return Response("", 204)
            # The callback was faster than the answer, or the answer was lost: it was sent, and by us.
            await save_deed_end(connection, deed_id, state="done", provider_sid=sid, outcome=said, now=clock())
        detail = form.get("ErrorCode", "") if said in UNSENT else ""
        await tell_text(desk, clock, deed, said, detail)
        return Response("", 204)

    return made


def _needed(form: dict[str, str], query: dict[str, str]) -> tuple[int, str, str]:
    deed = query.get("d", "")
    sid, said = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not (deed.isdigit() and sid and said):
        raise Refused(400, "the parameters d, MessageSid and MessageStatus are needed")
    return int(deed), sid, said
