"""The webhooks. Each is: refuse what is not Twilio's, parse, take a turn, answer; no REST call in between."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import structlog
from quart import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from callflows.contact import Contact
from callflows.events import Asker
from callflows.turn import Turn
from db.desk import Desk
from db.incoming import Incoming
from db.pool import AWAY
from db.turns import Taken, UnknownContact, take_turn
from ivr import faults, parse, rooms
from ivr.links import Handed, Links, read_handed
from ivr.signature import Signatures
from ivr.twiml import render
from ivr.within import within
from routing.directory import Line
from routing.floor import Floor
from routing.numbers import caller_number

log = structlog.get_logger()

LARGEST_BODY = 64 * 1024
# The caller hears nothing meanwhile, and after 4 s our own URLs have Twilio ask again (`ivr.links.ANSWER`): a turn and
# the turn for its fault end before that.
TURN_SECONDS = 3.0
FAULT_SECONDS = 0.8

FORM = "application/x-www-form-urlencoded"
TWIML = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Place:
    """One webhook. `asker` None: a report, whose answer nobody hears."""

    reader: parse.Reader
    asker: Asker | None


PLACES: dict[str, Place] = {
    "incoming": Place(parse.incoming, "caller"),
    "status": Place(parse.status, None),
    "fallback": Place(parse.fallback, "caller"),
    "dialed": Place(parse.dialed, "caller"),
    "screen": Place(parse.screen, "technician"),
    "key": Place(parse.key, "technician"),
    "leg": Place(parse.leg, None),
    "called": Place(parse.called, "technician"),
    "client": Place(parse.client, None),
    "pressed": Place(parse.pressed, "caller"),
    "stayed": Place(parse.stayed, "caller"),
    "recorded": Place(parse.recorded, "caller"),
    "recording": Place(parse.recording, None),
    "fellback": Place(parse.fellback, "caller"),
    "moved": Place(rooms.moved, "caller"),
    "joining": Place(rooms.joining, "technician"),
    "room": Place(rooms.room, None),
    "left": Place(rooms.left, "caller"),
}


class Refused(Exception):
    """A request that gets no answer of ours: its status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What the webhooks need; made once by the composition root. `clock` gives the instant of a turn."""

    desk: Desk
    clock: Callable[[], datetime]
    links: Links
    signatures: Signatures

    def blueprint(self) -> Blueprint:
        made = Blueprint("voice", __name__, url_prefix="/voice")
        for name, place in PLACES.items():
            made.add_url_rule(f"/{name}", name, self.view(name, place), methods=["POST"])
        made.add_url_rule("/wait", "wait", self.wait_view(), methods=["POST"])
        return made

    def wait_view(self) -> Any:
        """Where somebody alone in a room hears music: neither a turn nor the database has a part in it."""

        async def wait() -> Response:
            try:
                await read_signed(self.signatures)
            except Refused as refused:
                log.warning("webhook_refused", place="wait", status=refused.status, why=refused.why)
                return refuse(refused)
            return Response(rooms.waiting(self.links), 200, content_type=TWIML)

        return wait

    def view(self, name: str, place: Place) -> Any:
        async def webhook() -> Response:
            try:
                form, query = await read_signed(self.signatures)
            except Refused as refused:
                log.warning("webhook_refused", place=name, status=refused.status, why=refused.why)
                return refuse(refused)
            return await self.answer(name, place, form, query)

        return webhook

    async def answer(self, name: str, place: Place, form: Mapping[str, str], query: dict[str, str]) -> Response:
        sid = form.get("CallSid", "")
        structlog.contextvars.bind_contextvars(call_sid=sid, place=name)
        try:
            handed = read_handed(query)
            arrived = place.reader(form, handed)
        except (parse.BadRequest, ValueError) as error:
            log.warning("webhook_refused", status=400, why=str(error))
            return refuse(Refused(400, str(error)))
        finally:
            structlog.contextvars.unbind_contextvars("call_sid", "place")
        if arrived is None:
            return Response("", 204)
        asker = parse.asked_by(form, handed, place.asker) if place.asker else None
        try:
            reply = await self.reply(arrived, asker, form, handed)
        except Refused as refused:
            return refuse(refused)
        return Response("", 204) if asker is None else Response(reply, 200, content_type=TWIML)

    async def reply(
        self, arrived: Incoming, asker: Asker | None, form: Mapping[str, str], handed: Handed | None
    ) -> str:
        """A turn's document; if the turn breaks, a turn of its own for the fault; if that breaks, a fixed answer."""
        try:
            return (await self.turn(arrived, TURN_SECONDS)).reply
        except UnknownContact as error:
            log.warning("contact_unknown", contact=arrived.contact, why=str(error))
            broken: Exception = error
        except Exception as error:  # the caller hears a voice, whatever breaks
            log.exception("turn_failed", contact=arrived.contact, event_kind=type(arrived.event).__name__)
            broken = error
        if asker is None:
            # Nobody listens, so Twilio may come again: a report that was not kept is not acknowledged. One for a
            # contact that we don't know would never be.
            if isinstance(broken, UnknownContact):
                return ""
            raise Refused(503, "this report could not be kept; send it again") from broken
        if not isinstance(broken, (*AWAY, UnknownContact)):
            try:
                code, key, during = type(broken).__name__, f"Faulted:{arrived.key}", type(arrived.event).__name__
                faulted = parse.faulted(form, handed, asker, code, key, during)
                return (await self.turn(faulted, FAULT_SECONDS)).reply
            except Exception:
                log.exception("fault_turn_failed", contact=arrived.contact)
        return self.last_resort(arrived, asker, handed, form)

    async def turn(self, arrived: Incoming, seconds: float) -> Taken:
        def document(turn: Turn, floor: Floor, number: int) -> str:
            return render(turn, floor, number, self.links, self.desk.hints)

        taken = await within(seconds, take_turn(self.desk, arrived, self.clock(), document))
        if taken.turn is None:
            log.info("webhook_repeated", contact=arrived.contact, key=arrived.key)
        return taken

    def last_resort(self, arrived: Incoming, asker: Asker, handed: Handed | None, form: Mapping[str, str]) -> str:
        """Nothing can be kept now; what is said needs neither a turn nor the database."""
        number = form.get("From", "") if asker == "technician" else form.get("To", "")
        line = self.desk.directory.line(number) or Line(number)
        known = bool(caller_number(form.get("From", "")))
        blank = Contact(arrived.contact, line=line.line, language=(*line.languages, "en")[0], known_number=known)
        contact = handed.contact if handed else blank
        if type(arrived.event).__name__ == "RecordingEnded":
            return faults.goodbye(contact)
        return faults.answer(
            asker,
            contact=replace(contact, line=line.line),
            number=handed.number if handed else 0,
            line=line,
            links=self.links,
            again=self.signatures.url(request.scope),
        )


async def read_signed(signatures: Signatures) -> tuple[dict[str, str], dict[str, str]]:
    """The form and the query of a request that Twilio signed; Refused for every other one."""
    signature = request.headers.get("X-Twilio-Signature", "")
    if not signature:
        raise Refused(403, "it has no X-Twilio-Signature")
    if (request.content_length or 0) > LARGEST_BODY:
        raise Refused(413, f"the body has {request.content_length} bytes, more than {LARGEST_BODY}")
    given = await request.get_data(as_text=False)
    body = given if isinstance(given, bytes) else given.encode()
    if len(body) > LARGEST_BODY:
        raise Refused(413, f"the body has more than {LARGEST_BODY} bytes")
    if request.mimetype != FORM:
        raise Refused(415, f"the content type is {request.mimetype or 'missing'}, not {FORM}")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=500)
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused(400, "the body is not a form in UTF-8") from error
    form = dict(pairs)
    signed = form if len(form) == len(pairs) else MultiDict(pairs)
    if not signatures.hold(request.scope, signed, signature):
        raise Refused(403, f"the signature does not fit; parameters: {', '.join(sorted(form))}")
    query = parse_qsl(bytes(request.query_string).decode("latin-1"), keep_blank_values=True)
    return form, dict(query)


def refuse(refused: Refused) -> Response:
    """403 with nothing in it; every other refusal says what was wrong."""
    text = "" if refused.status == 403 else refused.why + "\n"
    return Response(text, refused.status, content_type="text/plain; charset=utf-8")
