"""Every verb of the table does what it says, and a scene in which it is said wrongly does not happen as written."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from simulator.people.scripted import LINE, Page, Stage
from simulator.scenes import OWN, Play, Step, Verb, Vocabulary
from simulator.scenes.forms import Form
from simulator.scenes.verbs import VERBS
from simulator.texts.messages import Draft
from tests.simulator.scenes.telling import played, written


async def is_sent(play: Play, step: Step) -> None:
    play.exchange.messages.send(Draft(play.hand(step).telephone.number or "", LINE, step.values["words"]))
    await play.clock.settle()


async def is_held(play: Play, step: Step) -> None:
    one = play.hand(step).leg.participant
    assert one is not None
    one.room.holds(one, "silence")
    await play.clock.settle()


# What a service would do by REST.
SERVICE = Vocabulary(
    (
        Verb(Form("is sent WORDS"), "service", "", is_sent),
        Verb(Form("is held"), "service", "", is_held),
    ),
    (),
)
CALLED = ("cora dials", "ana rings")
TALKING = (*CALLED, "ana accepts")
ROOM: dict[str, Page] = {"/voice": "<Dial><Conference>room</Conference></Dial>"}
QUEUE: dict[str, Page] = {"/voice": "<Enqueue>queue</Enqueue>"}
SILENCE: dict[str, Page] = {"/voice": "<Say>Hello.</Say><Pause length='9'/><Say>Goodbye.</Say>"}
LINE_CALLS: dict[str, Page] = {"/voice": f'<Dial callerId="{LINE}">+14035550111</Dial>'}


def mirrored(given: dict[str, str]) -> str:
    return f"<Message>{given['Body']} ({given.get('MediaContentType0', 'no files')})</Message>"


MIRROR: dict[str, Page] = {"/text": mirrored}


@dataclass(frozen=True)
class Case:
    """`good` happens as written; `bad` does not, and `why` says so."""

    form: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    why: str
    pages: dict[str, Page] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.form


CASES = (
    Case(
        "dials [NUMBER] [forwarded from NUMBER]", ("cora dials", 'cora hears "welcome"'), ("cora dials ana",), "none of"
    ),
    Case(
        "dials [NUMBER] [forwarded from NUMBER]",
        ("cora dials +1 587 555 0101 forwarded from ben", 'cora hears "the other line"'),
        ("cora dials +1 587 555 0101", 'cora hears "welcome"'),
        'does not hear "welcome"',
    ),
    Case("answers", (*CALLED, "ana answers", 'ana hears "press 1"'), ("ana answers",), "cannot answer"),
    Case("rejects", (*CALLED, "ana rejects", 'cora hears "nobody is free"'), ("ana rejects",), "cannot reject"),
    Case("accepts", (*TALKING, "cora talks with ana"), ("cora dials", "ana accepts"), "never in a call"),
    Case(
        "declines", (*CALLED, "ana declines", 'cora hears "nobody"'), ("cora dials", "ana declines"), "never in a call"
    ),
    Case("asks for help", (*CALLED, "ana asks for help", "ana is done"), ("ana asks for help",), "never in a call"),
    Case(
        "presses KEYS [at once]", (*CALLED, "ana answers", "ana presses 2", "ana is done"), ("ana presses 2",), "never"
    ),
    Case(
        "presses KEYS [at once]",
        (*CALLED, "cora presses 5 at once"),
        (*TALKING, "cora presses 5"),
        "cannot give the key 5: nobody asked",
    ),
    Case(
        "says WORDS",
        (*TALKING, 'cora says "The bridge is out."', 'ana hears "bridge is out"'),
        (*TALKING, "cora hangs up", "cora says Hello"),
        'cannot give "Hello": the call is over',
    ),
    Case(
        "speaks [for TIME]",
        (*CALLED, "ana rejects", "cora speaks for 20", "cora stays silent", 'cora hears "thank you"'),
        ("cora dials", "cora hangs up", "cora speaks"),
        "cannot give a message",
    ),
    Case(
        "stays silent",
        (*CALLED, "ana answers", "ana stays silent", "ana is done"),
        (*TALKING, "ana stays silent"),
        "stayed silent for 120 s and nothing came of it",
    ),
    Case("hangs up", (*TALKING, "cora hangs up", "ana is done"), (*TALKING, "cora hangs up", "cora hangs up"), "over"),
    Case(
        "texts WORDS [with FILES] [to NUMBER]",
        ('cora texts "Call me" with roof.jpg and plan.pdf to the line', 'cora got a text with "Call me (image/jpeg)"'),
        ("nemo texts Hello",),
        "cannot send a text",
        MIRROR,
    ),
    Case(
        "sends FILES [to NUMBER]",
        ("cora sends roof.png", "cora got a text with (image/png)"),
        ("nemo sends roof.png to the line",),
        "cannot send a text",
        MIRROR,
    ),
    Case("is busy", ("ana is busy", "cora dials", 'cora hears "nobody"'), ("ana is busy", *CALLED), "does not ring"),
    Case(
        "is unreachable",
        ("ana is unreachable", "cora dials", 'cora hears "nobody"'),
        ("ana is unreachable", *CALLED),
        "does not ring",
    ),
    Case(
        "has voicemail [after TIME]",
        ("ana has voicemail after 5", *CALLED, 'ana hears "press 1"'),
        ("ana has voicemail after 5 seconds", "cora dials", "ana rings for 20"),
        "was answered while it should have rung out",
    ),
    Case(
        "forwards to NUMBER",
        ("ana forwards to +1 587 555 0101", "cora dials", "wait 3", 'ana hears "press 1"', "ana is done"),
        ("ana forwards to +1 587 555 0101", "cora dials", "ana rings for 20"),
        "does not ring within 30 s",
    ),
    Case(
        "is a landline",
        ("ana is a landline", "ana is sent Hello", "wait 20", "ana got no text"),
        ("ana is a landline", "ana is sent Hello", "ana got a text"),
        "got no text",
    ),
    Case(
        "loses texts",
        ("ana loses texts", "ana is sent Hello", "wait 20", "ana got no text"),
        ("ana loses texts", "ana is sent Hello", "ana got a text"),
        "got no text",
    ),
    Case("is well", ("ana is busy", "ana is well", *CALLED), ("ana is well", "ana is busy", *CALLED), "does not ring"),
    Case(
        "rings [within TIME] [from NUMBER]", ("cora dials", "ana rings within 5"), ("ana rings within 5",), "within 5 s"
    ),
    Case(
        "rings [within TIME] [from NUMBER]",
        ("cora dials", "ana rings from cora within 9 s"),
        ("cora dials", "ana rings from the line"),
        f"rings from +14035550199, not from {LINE}",
    ),
    Case(
        "rings for TIME",
        ("cora dials", "ana rings for 20"),
        ("cora dials", "ana rings for 9"),
        "rang for 20 s, not for 9",
    ),
    Case(
        "does not ring [for TIME]",
        ("ana does not ring for 9",),
        ("cora dials", "ana does not ring for 9"),
        "should not",
    ),
    Case(
        "hears WORDS [within TIME]",
        ("cora dials", "cora hears Welcome to"),
        ("cora dials", "cora hears nonsense"),
        "not hear",
    ),
    Case(
        "hears WORDS [within TIME]",
        (*CALLED, 'cora hears "nobody" within 40'),
        (*CALLED, 'cora hears "nobody" within 5'),
        "within 5 s",
    ),
    Case(
        "does not hear WORDS",
        (*CALLED, "cora does not hear nobody"),
        (*CALLED, "cora does not hear welcome"),
        'should not have heard "welcome"',
    ),
    Case(
        "heard no silence longer than TIME",
        ("cora dials", "cora is done", "cora heard no silence longer than 9"),
        ("cora dials", "cora is done", "cora heard no silence longer than 8"),
        "heard silence for 9 s",
        SILENCE,
    ),
    Case(
        "heard a beep",
        (*CALLED, "ana rejects", "cora speaks for 5", "cora heard a beep"),
        (*TALKING, "cora heard a beep"),
        "should have heard a beep",
    ),
    Case(
        "heard no beep",
        (*TALKING, "cora heard no beep"),
        (*CALLED, "ana rejects", "cora speaks for 5", "cora heard no beep"),
        "but heard 1",
    ),
    Case(
        "talks with PERSON [within TIME]", (*TALKING, "ana talks with cora"), (*CALLED, "ana talks with cora"), "is not"
    ),
    Case(
        "is in a room with PEOPLE [within TIME]",
        ("cora dials", "ana dials", "ben dials", "cora is in a room with ben and ana"),
        ("cora dials", "ana dials", "ben dials", "cora is in a room with ana"),
        "is not in a conference with Ana",
        ROOM,
    ),
    Case(
        "is alone [within TIME]",
        ("cora dials", "cora is alone"),
        ("cora dials", "ana dials", "cora is alone"),
        "not",
        ROOM,
    ),
    Case(
        "has left the room [within TIME]",
        ("cora dials", "cora is alone", "cora hangs up", "cora has left the room"),
        ("cora dials", "cora is alone", "cora has left the room within 5"),
        "is still in the conference room",
        ROOM,
    ),
    Case(
        "is on hold [within TIME]",
        ("cora dials", "ana dials", "cora is in a room with ana", "cora is held", "cora is on hold"),
        ("cora dials", "ana dials", "cora is on hold"),
        "is not on hold",
        ROOM,
    ),
    Case(
        "waits in a queue [within TIME]",
        ("cora dials", "cora waits in a queue"),
        ("ana waits in a queue",),
        "no queue",
        QUEUE,
    ),
    Case(
        "is still on the line",
        ("cora dials", "cora is still on the line"),
        (*TALKING, "cora hangs up", "cora is still on the line"),
        "should",
    ),
    Case(
        "is done [within TIME]",
        (*TALKING, "cora hangs up", "ana is done"),
        ("cora dials", "cora is done within 5"),
        "still",
    ),
    Case(
        "got a text [with WORDS] [within TIME]",
        ('ana is sent "Please call Taber."', "ana got a text with call taber", "ana got a text"),
        ('ana is sent "Please call Taber."', "ana got a text with Canmore within 5"),
        'got no text containing "Canmore" within 5 s',
    ),
    Case(
        "got one text [with WORDS]",
        ('ana is sent "Please call."', "wait 5", 'ana is sent "Thank you."', "wait 5", "ana got one text with thank"),
        ('ana is sent "Please call."', "wait 5", 'ana is sent "Thank you."', "wait 5", "ana got one text"),
        "should have got 1 text(s)",
    ),
    Case(
        "got no text [with WORDS]",
        ('ana is sent "Please call."', "wait 5", "ana got no text with Canmore"),
        ('ana is sent "Please call."', "wait 5", "ana got no text"),
        "should have got no such text",
    ),
    Case(
        "wait TIME",
        ("cora dials", "wait 3 s", "ana rings within 0"),
        ("cora dials", "wait 30 s", "ana rings"),
        "not ring",
    ),
    Case(
        "until MOMENT",
        ("until 9:30", "until Tuesday 9:00"),
        ("until 2026-11-01 9:00",),
        "it is 2026-11-02 09:00 already",
    ),
    Case(
        "requests to PATH are refused [TIMES]",
        ("requests to /key are refused once", *TALKING),
        ("requests to /voice are refused always", "cora dials", "cora hears welcome"),
        "it heard \"We're sorry",
    ),
    Case(
        "requests to PATH take TIME [TIMES]",
        (
            "requests to /voice take 9 s",
            "cora dials",
            "wait 8",
            "cora does not hear welcome",
            "wait 3",
            "cora hears welcome",
        ),
        ("requests to /voice take 20 s always", "cora dials", "cora hears welcome"),
        "it heard \"We're sorry",
    ),
    Case(
        "requests to PATH get status STATUS [TIMES]",
        ("requests to /thanks get status 500", "cora dials"),
        ("requests to /voice get status 404 always", "cora dials", "cora hears welcome"),
        "it heard \"We're sorry",
    ),
    Case(
        "switch SWITCH to VALUE",
        ("switch unanswered_parent_final to canceled", "cora dials", "ana rings", "cora hangs up"),
        ("switch withheld_form to keypad", "nemo dials", "ana rings from the line"),
        "rings from +266696687",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_does_what_it_says(case: Case, stage: Stage) -> None:
    ending = played(stage, written(*case.good), case.pages, vocabulary=SERVICE + OWN)
    assert ending.as_written, f"{ending.why}\n{ending.board}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_fails_as_it_should(case: Case, stage: Stage) -> None:
    ending = played(stage, written(*case.bad), case.pages, vocabulary=SERVICE + OWN)
    number = len(case.bad)
    assert ending.why.startswith(f"step {number}, “{case.bad[-1]}”: "), ending.why
    assert case.why in ending.why


def test_no_verb_is_left_out() -> None:
    assert {case.form for case in CASES} == {str(verb.form) for verb in VERBS}
