"""A client who writes "call me": the number that is promised a call is the one in their words, if they name one."""

from dataclasses import replace

import pytest

from callflows.actions import MakePromise
from callflows.languages import language
from callflows.text_actions import SendText
from callflows.turn import Turn
from routing.floor import Floor
from tests.builders import CALLER, CLARA, LINE, floor, matter, standing
from tests.callflows.correspondence import Correspondence, text_version

CELL = "+17805550123"


def asked(words: str, facts: Floor | None = None) -> Correspondence:
    known = facts or floor(matter=matter(12, "ben"))
    made = Correspondence(text_version({}), replace(known, peer=known.peer or CALLER))
    made.writes(words)
    return made


def promised(turn: Turn) -> bool:
    return bool([one for one in turn.changes if isinstance(one, MakePromise) and one.kind == "call_back"])


def told(turn: Turn) -> list[str]:
    texts = [one for one in turn.changes if isinstance(one, SendText)]
    return [prompt for one in texts for prompt, _ in one.prompts]


@pytest.mark.parametrize(
    "words",
    [
        "call me at 780 555 0123",
        "Call me on my cell 780-555-0123, please. It is about roll 4012.",
        "Appelez-moi au 780 555-0123",
        "My cell is (780) 555\u20110123: please phone me there by 2026-11-05 at 10:30",
        f"{LINE} was busy. Call me at 1.780.555.0123",
        "Rappelez-moi : 7805550123. Matter 12, invoice 1234567.",
    ],
)
def test_the_number_in_the_words_is_promised_and_named(words: str) -> None:
    made = asked(words)
    turn = made.turns[-1]
    assert promised(turn)
    assert made.contact.number == CELL
    assert told(turn) == ["text_call_back_at"]
    assert "number_in_words" in [one.code for one in turn.reasons]
    assert made.floor.callers[0].phones == CLARA.phones


@pytest.mark.parametrize(
    "words",
    [
        "call me",
        f"call me at {CALLER}",
        "call me at 780 555 0123 or 403 555 0199",
        "call me at 780 555 0123, not at 555-0199",
        "call me at 780 555 012",
        "call me at 555-0123",
        "call me at 780 555 0123 ext. 4",
        "call me at 911",
        "call me at 9-1-1",
        "call me at 611",
        "call me at 1-900-555-0123",
        "call me at +33 1 42 68 53 00",
        "call me at +1 876 555 0123",
        f"call me, I have called {LINE} twice",
    ],
)
def test_no_number_or_not_one_plain_one_is_the_number_that_wrote(words: str) -> None:
    made = asked(words)
    assert promised(made.turns[-1])
    assert made.contact.number == ""
    assert told(made.turns[-1]) == ["text_call_back"]


def test_a_number_without_the_asking_is_none_to_call() -> None:
    for words in ("My cell is 780 555 0123", "Do not call me at 780 555 0123"):
        assert not promised(asked(words).turns[-1])


def test_a_colleagues_number_is_not_the_clients() -> None:
    known = standing("ana")
    ana = replace(known, technician=replace(known.technician, phone=CELL))
    facts = replace(floor(matter=matter(12, "ben")), standings={**floor().standings, "ana": ana})
    assert asked("Ana wrote from 780 555 0123, please call me", facts).contact.number == ""


@pytest.mark.parametrize(("words", "number"), [("call me at 780 555 0123", CELL), ("call me", CLARA.phones[0])])
def test_who_writes_from_no_telephone_is_called_at_the_number_they_name_else_at_their_first(
    words: str, number: str
) -> None:
    facts = floor(matter=matter(12, "ben"), peer="messenger:700800", number="")
    made = asked(words, facts)
    assert (promised(made.turns[-1]), made.contact.number) == (True, number)


def test_a_stranger_without_a_telephone_may_name_one() -> None:
    made = asked("Hello", floor(matter=matter(12, "ben"), peer="messenger:700800", number=""))
    made.contact = replace(made.contact, client="")
    made.floor = replace(made.floor, callers=(), clients={})
    assert not promised(made.writes("call me"))
    assert promised(made.writes("call me at 780 555 0123"))


def test_the_next_call_back_is_to_where_they_write_from_again() -> None:
    made = asked("call me at 780 555 0123")
    made.floor = replace(made.floor, matters=(matter(12, "ben"),))
    assert promised(made.writes("Please call me again"))
    assert made.contact.number == ""


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_acknowledgement_names_number_and_time(code: str) -> None:
    said = language(code).text("text_call_back_at", {"number": "(780) 555-0123", "due": "11:00"})
    assert "(780) 555-0123" in said
    assert "11:00" in said
