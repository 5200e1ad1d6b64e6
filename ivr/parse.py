"""Twilio's form and our query string become an event; nothing past this file knows Twilio's field names.

Each reader has the shape (form, handed) -> Incoming. The event's key is the same for every delivery of one
event: the leg, the place, and the number of the turn that handed out the URL (twilio.md 2.3).
"""

from collections.abc import Callable, Mapping

from callflows.contact import contact_id
from callflows.events import (
    Asker,
    CallArrived,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    CallOver,
    ClientCalled,
    ClientPickedUp,
    DialEnded,
    Event,
    FallbackEnded,
    Faulted,
    KeyPressed,
    LegEnded,
    LegPickedUp,
    RecordingEnded,
    RecordingStored,
)
from db.incoming import Incoming
from ivr.links import Handed
from routing.numbers import caller_number

Form = Mapping[str, str]
Reader = Callable[[Form, Handed | None], Incoming | None]

FINAL = frozenset({"completed", "canceled", "busy", "failed", "no-answer"})
LONGEST_ANSWER = 500  # characters of recognised speech


class BadRequest(ValueError):
    """Signed, but not what this route takes; the sentence goes to the log and to whoever asked."""


def need(form: Form, name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise BadRequest(f"the parameter {name} is missing")
    return value


def gone(form: Form) -> bool:
    """The leg that asks is already over: the answer will be thrown away."""
    return form.get("CallStatus", "") in FINAL


def whole(form: Form, name: str) -> int | None:
    """A count of seconds; None if Twilio left it out."""
    text = form.get(name, "")
    try:
        return int(float(text)) if text else None
    except ValueError as error:
        raise BadRequest(f"the parameter {name} is not a number") from error


def flag(form: Form, name: str) -> bool | None:
    text = form.get(name, "").lower()
    return None if text not in ("true", "false") else text == "true"


def first(form: Form, event: Event, key: str) -> Incoming:
    """An event that may be the first of its contact: it brings the numbers along."""
    sid = form.get("ParentCallSid") or need(form, "CallSid")
    return Incoming(
        contact=contact_id(sid),
        provider_sid=sid,
        key=key,
        event=event,
        caller=form.get("From", ""),
        line=form.get("To", ""),
    )


def later(form: Form, handed: Handed | None, event: Event, key: str = "") -> Incoming:
    """An event at a URL that we handed out."""
    if handed is None:
        raise BadRequest("this address is only for URLs that we handed out")
    sid = need(form, "CallSid")
    return Incoming(
        contact=handed.contact.contact,
        provider_sid=form.get("ParentCallSid") or sid,
        key=key or f"{type(event).__name__}:{handed.number}:{sid}",
        event=event,
        caller=form.get("From", ""),
        line=form.get("To", ""),
        handed=handed.contact,
    )


def ring_of(handed: Handed | None) -> int:
    """The ring that the URL names, else the one that its contact's hunt was at."""
    if handed is None:
        return 0
    ring = handed.contact.hunt.ring
    return handed.ring or (ring.number if ring else 0)


def incoming(form: Form, handed: Handed | None) -> Incoming:
    sid, line = need(form, "CallSid"), need(form, "To")
    event = CallArrived(
        leg=sid,
        caller=caller_number(form.get("From", "")) or "",
        line=line,
        forwarded_from=caller_number(form.get("ForwardedFrom", "")) or "",
        gone=gone(form),
        trusted=trusted(form),
    )
    return first(form, event, f"CallArrived:{sid}")


def trusted(form: Form) -> bool:
    """Whether the caller may have the number that they show (twilio.md 1.1, StirVerstat; decision 0008)."""
    said = form.get("StirVerstat", "")
    return not said.startswith(("TN-Validation-Failed", "TN-Validation-Passed-C"))


def status(form: Form, handed: Handed | None) -> Incoming | None:
    """The number's own status callback; only its last word matters."""
    sid, said = need(form, "CallSid"), need(form, "CallStatus")
    if said not in FINAL or form.get("ParentCallSid"):
        return None
    return first(form, CallOver(leg=sid, status=said), f"CallOver:{sid}")


def screen(form: Form, handed: Handed | None) -> Incoming:
    return later(form, handed, LegPickedUp(leg=need(form, "CallSid"), ring=ring_of(handed)))


def key(form: Form, handed: Handed | None) -> Incoming:
    event = KeyPressed(leg=need(form, "CallSid"), ring=ring_of(handed), digits=form.get("Digits", ""))
    return later(form, handed, event)


def leg(form: Form, handed: Handed | None) -> Incoming | None:
    """A technician's leg; only its last word matters, what came before is known from the screening."""
    sid, said = need(form, "CallSid"), need(form, "CallStatus")
    if said not in FINAL:
        return None
    event = LegEnded(leg=sid, ring=ring_of(handed), status=said, duration=whole(form, "CallDuration"))
    return later(form, handed, event, f"LegEnded:{sid}")


def dialed(form: Form, handed: Handed | None) -> Incoming:
    event = DialEnded(
        leg=form.get("DialCallSid", ""),
        ring=ring_of(handed),
        status=need(form, "DialCallStatus"),
        bridged=flag(form, "DialBridged"),
        duration=whole(form, "DialCallDuration"),
        gone=gone(form),
    )
    return later(form, handed, event)


def pressed(form: Form, handed: Handed | None) -> Incoming:
    """Keys or words; neither (an empty result may come here too) is silence."""
    sid, digits = need(form, "CallSid"), form.get("Digits", "")
    said = form.get("SpeechResult", "").strip()[:LONGEST_ANSWER]
    event: CallerPressed | CallerSaid | CallerStayed
    if digits:
        event = CallerPressed(sid, digits, gone(form))
    elif said:
        event = CallerSaid(sid, said, gone(form), confidence(form))
    else:
        event = CallerStayed(sid, gone(form))
    return later(form, handed, event, after_question(handed, sid))


def confidence(form: Form) -> float:
    """The recogniser's own, which may be missing (twilio.md 1.3)."""
    try:
        return min(max(float(form.get("Confidence", "") or 1.0), 0.0), 1.0)
    except ValueError:
        return 1.0


def stayed(form: Form, handed: Handed | None) -> Incoming:
    sid = need(form, "CallSid")
    return later(form, handed, CallerStayed(sid, gone(form)), after_question(handed, sid))


def after_question(handed: Handed | None, sid: str) -> str:
    """A question is answered once: by a key, or by silence."""
    return f"Answered:{handed.number if handed else 0}:{sid}"


def client(form: Form, handed: Handed | None) -> Incoming | None:
    """The leg of a client whom a technician calls; that it was picked up is all that matters."""
    sid, said = need(form, "CallSid"), need(form, "CallStatus")
    if said not in ("in-progress", "answered"):
        return None
    return later(form, handed, ClientPickedUp(leg=sid), f"ClientPickedUp:{sid}")


def called(form: Form, handed: Handed | None) -> Incoming:
    """A technician's call to a client is over."""
    event = ClientCalled(
        leg=form.get("DialCallSid", ""),
        status=need(form, "DialCallStatus"),
        bridged=flag(form, "DialBridged"),
        gone=gone(form),
    )
    return later(form, handed, event)


def recorded(form: Form, handed: Handed | None) -> Incoming:
    event = RecordingEnded(
        leg=need(form, "CallSid"),
        seconds=whole(form, "RecordingDuration"),
        recording=form.get("RecordingSid", ""),
        gone=gone(form) or form.get("Digits") == "hangup",
    )
    return later(form, handed, event)


def recording(form: Form, handed: Handed | None) -> Incoming | None:
    said, sid = need(form, "RecordingStatus"), need(form, "RecordingSid")
    if said == "in-progress":
        return None
    event = RecordingStored(
        leg=need(form, "CallSid"),
        status=said,
        recording=sid,
        url=form.get("RecordingUrl", ""),
        seconds=whole(form, "RecordingDuration"),
    )
    return later(form, handed, event, f"RecordingStored:{sid}:{said}")


def fellback(form: Form, handed: Handed | None) -> Incoming:
    event = FallbackEnded(
        leg=need(form, "CallSid"),
        status=need(form, "DialCallStatus"),
        bridged=flag(form, "DialBridged"),
        gone=gone(form),
    )
    return later(form, handed, event)


def asked_by(form: Form, handed: Handed | None, place: Asker) -> Asker:
    """Who listens to the answer: at a caller's place it may be a technician whom we called, or a client who waits for
    a helper, as far as the URL knows."""
    who = asker(form) if place == "caller" else place
    return "waiting" if who == "caller" and handed and handed.contact.stage == "waiting" else who


def asker(form: Form) -> Asker:
    """Whose leg asks: a technician's (we dialled it, inside a Dial or by REST) or the caller's."""
    ours = form.get("Direction", "").startswith("outbound")
    return "technician" if form.get("ParentCallSid") or ours else "caller"


def fallback(form: Form, handed: Handed | None) -> Incoming:
    """Twilio could not get or use an answer of ours (twilio.md 2.4)."""
    sid, code = need(form, "CallSid"), form.get("ErrorCode", "") or "unknown"
    event_key = f"Faulted:{sid}:{code}:{form.get('ErrorUrl', '')[:200]}"
    return faulted(form, handed, asked_by(form, handed, "caller"), code, event_key)


def faulted(
    form: Form,
    handed: Handed | None,
    who: Asker,
    code: str,
    event_key: str,
    during: str = "",
) -> Incoming:
    """Something broke while this request waited for an answer."""
    event = Faulted(
        leg=need(form, "CallSid"),
        asker=who,
        code=code,
        caller=(caller_number(form.get("From", "")) or "") if who != "technician" else "",
        during=during,
        gone=gone(form),
    )
    if handed is not None:
        return later(form, handed, event, event_key)
    return first(form, event, event_key)
