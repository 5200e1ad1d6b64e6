"""A turn's replies as TwiML, one case each. Numbers are read from the floor, texts from the languages.

Built with the twilio package's classes, never by joining strings; control characters, which the package lets
through and which break XML, are stripped (twilio.md 8, row 34).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, assert_never

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from callflows.actions import (
    Ask,
    Connect,
    DialClient,
    DialOther,
    Hangup,
    JoinRoom,
    Record,
    Reject,
    Reply,
    Ring,
    Say,
    Screen,
)
from callflows.contact import Contact
from callflows.languages import Language, language
from callflows.steps.transfer import TransferStep
from callflows.turn import Turn
from ivr import rooms
from ivr.links import Links
from routing.floor import Floor
from routing.numbers import spoken

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response />'
UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
RECORD_SILENCE = 5  # seconds without a word end a voicemail
CLIENT_RINGS = 30  # seconds

# What a recogniser may expect: from a province (the caller's first) and a language to names, best first.
Hints = Callable[[str, str], Sequence[str]]
MOST_HINTS, LONGEST_HINT = 500, 100  # twilio.md 4.2
HINTS_TOGETHER = 12_000  # characters: the document stays far below 64 kB


def no_hints(province: str, code: str) -> Sequence[str]:
    return ()


def render(turn: Turn, floor: Floor, number: int, links: Links, hints: Hints = no_hints) -> str:
    """The document that answers this turn's webhook. `number` is the turn's."""
    response = VoiceResponse()
    for reply in turn.replies:
        add(response, reply, turn, floor, number, links, hints)
    return str(response)


def add(response: Any, reply: Reply, turn: Turn, floor: Floor, number: int, links: Links, hints: Hints) -> None:
    contact = turn.contact
    match reply:
        case Say():
            speak(response, said_in(reply, turn, floor), (reply,), turn, floor)
        case Ring():
            ring(response, reply, turn, floor, number, links)
        case Screen():
            screen(response, reply, turn, floor, number, links)
        case Connect():
            pass  # the document ends: Twilio bridges the two
        case Ask():
            ask(response, reply, turn, floor, number, links, hints)
        case Record(seconds):
            record(
                response,
                seconds,
                links.to("recorded", contact, number),
                links.to("recording", contact, number),
            )
        case DialOther(step, seconds):
            dial(response, "fellback", other_number(step, turn, floor), seconds, contact, number, links)
        case DialClient(matter, promise):
            dial(response, "called", number_of(matter, promise, floor), CLIENT_RINGS, contact, number, links)
        case JoinRoom():
            rooms.join(response, reply, contact, number, links)
        case Hangup():
            response.hangup()
        case Reject():
            response.reject()
        case _:
            assert_never(reply)


def said_in(reply: Say, turn: Turn, floor: Floor) -> Language:
    """Prompts for a technician's ear are in the technician's language, all others in the client's."""
    ring, contact = turn.contact.hunt.ring, turn.contact
    if reply.language:
        return language(reply.language)
    if reply.technician:
        return technician_speech(floor, reply.technician, contact.language)
    if reply.prompt.startswith(("screening_", "technician_", "errand_")):
        listens = ring.technician if ring else contact.technician or (contact.hunt.tried or ("",))[-1]
        return technician_speech(floor, listens, contact.language) if listens else language(contact.language)
    return language(contact.language)


def technician_speech(floor: Floor, technician: str, otherwise: str) -> Language:
    standing = floor.standings.get(technician)
    spoken = standing.technician.languages if standing else ()
    return language(spoken[0] if spoken else otherwise)


def speak(verb: Any, speech: Language, sentences: Iterable[Say], turn: Turn, floor: Floor) -> None:
    for one in sentences:
        spoken_in = language(one.language) if one.language else speech
        params = one.params
        if "number" not in params and turn.version.wants_number(one.prompt, spoken_in):
            # Numbers are no part of an action: the one that a sentence names is the client's.
            params = {"number": spoken(turn.contact.number or floor.number), **params}
        text = UNSPEAKABLE.sub(" ", turn.version.text(one.prompt, spoken_in, params))
        verb.say(text, voice=spoken_in.voice, language=spoken_in.speech)


def ask(response: Any, reply: Ask, turn: Turn, floor: Floor, number: int, links: Links, hints: Hints) -> None:
    """A Gather with a way on below it: silence comes back as a request of its own, or hears what follows."""
    contact = turn.contact
    told = reply.says[0] if reply.says else None
    speech = said_in(told, turn, floor) if told and not told.language else language(contact.language)
    keys: dict[str, Any] = {"num_digits": reply.keys, "finish_on_key": ""} if reply.keys else {"finish_on_key": "#"}
    if reply.speech:
        said = [*reply.hints, *(hints(reply.province, contact.language) if reply.places else ())]
        keys |= {"input": "dtmf speech", "speech_timeout": "auto", "language": speech.speech}
        if expected := within_limits(said):
            keys["hints"] = expected
    gather = Gather(timeout=reply.seconds, action=links.to("pressed", contact, number), **keys)
    speak(gather, speech, reply.says, turn, floor)
    if reply.music:
        gather.play(links.music(reply.music))
    response.append(gather)
    if not reply.go_on:
        response.redirect(links.to("stayed", contact, number))


def within_limits(said: Iterable[str]) -> str:
    """As one attribute: commas part them, so none holds one."""
    kept: list[str] = []
    length = 0
    for one in dict.fromkeys(" ".join(UNSPEAKABLE.sub(" ", each).replace(",", " ").split()) for each in said):
        length += len(one) + 1
        if len(kept) == MOST_HINTS or length > HINTS_TOGETHER:
            break
        if one and len(one) <= LONGEST_HINT:
            kept.append(one)
    return ",".join(kept)


def screen(response: Any, reply: Screen, turn: Turn, floor: Floor, number: int, links: Links) -> None:
    """No key hangs up: a screening document that simply ends bridges the caller."""
    contact = turn.contact
    action = links.to("key", contact, number, reply.ring)
    gather = Gather(num_digits=1, timeout=reply.seconds, finish_on_key="", action=action)
    speak(gather, technician_speech(floor, reply.technician, contact.language), reply.whisper, turn, floor)
    response.append(gather)
    response.hangup()


def dial(response: Any, place: str, whom: str, seconds: int, contact: Contact, number: int, links: Links) -> None:
    """Connect with somebody who is screened by nobody; that they picked up is told, and what came of it asked for."""
    call = Dial(action=links.to(place, contact, number), caller_id=contact.line, timeout=seconds)
    call.number(whom, status_callback=links.to("client", contact, number), status_callback_event="answered")
    response.append(call)


def other_number(step: str, turn: Turn, floor: Floor) -> str:
    """The number that a step of the contact's flow connects with, else the line's fallback."""
    found = turn.version.body.steps.get(step)
    return found.dialed if isinstance(found, TransferStep) else floor.line.fallback


def number_of(matter: int, promise: int, floor: Floor) -> str:
    """Where the client of a matter is called: as promised, else where they called from."""
    agenda = floor.agenda
    items = (*agenda.promises, *((agenda.last,) if agenda.last else ())) if agenda else ()
    theirs = sorted((one for one in items if one.matter == matter), key=lambda one: one.promise != promise)
    return next((one.number for one in theirs if one.number), floor.number)


def ring(response: Any, reply: Ring, turn: Turn, floor: Floor, number: int, links: Links) -> None:
    contact = turn.contact
    attributes: dict[str, Any] = {"answer_on_bridge": True} if reply.silent else {}
    dial = Dial(
        action=links.to("dialed", contact, number),
        caller_id=contact.line,
        timeout=reply.seconds,
        **attributes,
    )
    dial.number(
        floor.standings[reply.technician].technician.phone,
        url=links.to("screen", contact, number),
        status_callback=links.to("leg", contact, number),
        status_callback_event="answered completed",
    )
    response.append(dial)


def record(response: Any, seconds: int, action: str, stored: str) -> None:
    response.record(
        action=action,
        max_length=seconds,
        timeout=RECORD_SILENCE,
        finish_on_key="#",
        recording_status_callback=stored,
        recording_status_callback_event="completed absent",
    )
    # When nothing was recorded, Twilio may fall through instead of asking for the action (twilio.md 5.7).
    response.redirect(action)
