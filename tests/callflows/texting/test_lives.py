"""Every event at every time of a conversation in writing, and every two of them."""

from dataclasses import replace
from typing import get_args

import pytest

from callflows.advance import advance
from callflows.contact import Contact, Stage
from callflows.events import Event, TextSent, TimerFired
from callflows.reading import shipped_document
from callflows.text_events import CallMissed, TechnicianAsked, TechnicianWrote, TextArrived
from callflows.turn import epoch_ms
from routing.floor import Conversation, Floor
from tests.builders import CALLER, LINE, NOW, PHONE, TABER, floor, matter, said, standing, unknown_floor
from tests.callflows.any_contact import SPOKEN
from tests.callflows.any_text import TIMERS, WRITTEN, may_come, texts_version
from tests.callflows.anything import CLIENTS, OLGA, PEOPLE, PLACES
from tests.callflows.correspondence import Correspondence, text_version
from tests.callflows.text_rules import check_text_turn


def text(words: str, sender: str = CALLER, files: int = 0) -> TextArrived:
    return TextArrived("SM1", sender, LINE, words, files)


HELLO = text("The printer is on fire")
WROTE = TechnicianWrote("SM7", "ana", "I am on it", 0, 12, "clara", TABER.municipality, "south", "en")
MISSED = CallMissed("", "contact-0", 12, "clara", TABER.municipality, "south", "en")
THEIRS = Conversation(12, "ana", "theirs", LINE, CALLER, "clara", TABER.municipality, "south", "en", relayed=True)

KNOWN = floor(matter=matter(12, "ben"), peer=CALLER)
NEW = floor(peer=CALLER)
SHARED = floor(callers=(CLIENTS["clara"], OLGA), peer=CALLER)
STRANGE = unknown_floor(municipalities=PLACES, peer=CALLER)
UNSTAFFED = floor(*(standing(key, presence=said("off")) for key in ("ana", "ben", "cho")), peer=CALLER)
ASKED = floor(peer=CALLER, recent_calls=1)  # at a line whose flow asks
DESK = floor(peer=PHONE, number=PHONE, calling="ana", callers=(), conversations=(THEIRS,), clients=CLIENTS)
MACHINE = floor(peer="12345", number="")

# What has happened so far, and the floor on which it happened.
LIVES: dict[str, tuple[Floor, list[Event]]] = {
    "before it began": (KNOWN, []),
    "when it was given to the owner": (KNOWN, [HELLO]),
    "when a new matter was given": (NEW, [HELLO]),
    "when it was answered": (KNOWN, [HELLO, WROTE]),
    "while two read it": (KNOWN, [HELLO, TechnicianAsked("", "cho", "join")]),
    "while one wants quiet": (
        KNOWN,
        [HELLO, TechnicianAsked("", "cho", "join"), TechnicianAsked("", "cho", "mute")],
    ),
    "while nobody is at work": (UNSTAFFED, [HELLO]),
    "while a stranger is asked where from": (STRANGE, [HELLO]),
    "when a stranger was not understood": (STRANGE, [HELLO, text("nowhere")]),
    "while they say who they are": (SHARED, [HELLO]),
    "while a step asks": (ASKED, [HELLO]),
    "when a step asks again": (ASKED, [HELLO, text("Hello?")]),
    "when they want no more": (KNOWN, [HELLO, text("Arrêt")]),
    "when they want none and words wait": (UNSTAFFED, [HELLO, text("Arrêt")]),
    "when a technician closed it": (KNOWN, [HELLO, TechnicianAsked("", "ben", "close")]),
    "when nobody is there to be answered": (MACHINE, [text("Your code is 1234", "12345")]),
    "when we began it": (KNOWN, [WROTE]),
    "after a missed call": (KNOWN, [MISSED]),
    "while a technician writes to us": (DESK, [text("?", PHONE)]),
}

KINDS: list[Event] = [
    *(text(words) for words in ("Hello?", "call me", "Taber", "1", "2", "yes", "", "STOP", "ARRÊT", "START", "aide")),
    *(text("", sender, files=1) for sender in ("12345", "whatsapp:+14035550120", LINE)),
    *(
        text(words, PHONE)
        for words in ("?", "#12 ok", "ok", "take #12", "owner #12 ben", "call #12", "tkae #12", "off")
    ),
    *(replace(WROTE, technician=key) for key in ("ana", "gone")),
    *(
        TechnicianAsked("", key, verb)
        for key in ("ana", "cho", "gone")
        for verb in ("take", "join", "given", "mute", "close", "swarm")
    ),
    *(replace(MISSED, due=due) for due in (0, 1_793_732_400)),
    *(
        TextSent("SM9", technician, "", status, code, 1, to_client=bool(to_client), asked_at=epoch_ms(NOW))
        for technician, to_client in (("", True), ("ana", True), ("ana", False))
        for status, code in (("sent", ""), ("delivered", ""), ("failed", "21610"), ("undelivered", "30006"))
    ),
    *(TimerFired("", timer) for timer in TIMERS),
]


def lived(life: str) -> Correspondence:
    facts, happened = LIVES[life]
    shipped = text_version(shipped_document("texts"), *PEOPLE)
    made = Correspondence(texts_version() if facts is ASKED else shipped, facts)
    for event in happened:
        made.takes(event)
    return made


def possible(contact: Contact) -> list[Event]:
    return [event for event in KINDS if may_come(contact, event)]


def checked(made: Correspondence, contact: Contact, event: Event) -> Contact:
    turn = advance(made.version, contact, event, made.floor)
    check_text_turn(contact, event, made.floor, turn)
    return turn.contact


def test_every_stage_is_lived_through() -> None:
    stages = {lived(life).contact.stage for life in LIVES}
    assert stages == set(WRITTEN)
    assert stages | set(SPOKEN) == set(get_args(Stage))


@pytest.mark.parametrize("life", LIVES)
def test_every_event_may_come_at_every_time(life: str) -> None:
    made = lived(life)
    for event in possible(made.contact):
        checked(made, made.contact, event)


@pytest.mark.parametrize("life", LIVES)
def test_every_two_events_may_come_at_every_time(life: str) -> None:
    made = lived(life)
    after = (checked(made, made.contact, first) for first in possible(made.contact))
    for between in dict.fromkeys(after):  # many an event changes nothing
        for second in possible(between):
            checked(made, between, second)
