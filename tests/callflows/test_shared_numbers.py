"""A number that several clients share, or a client of several municipalities: at most two questions, then on."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.actions import Ask, RememberPlace
from routing.directory import Client
from routing.floor import OpenMatter
from tests.builders import CALLER, CLARA, NORTH, TRIO, floor, matter, pod, standing
from tests.callflows.anything import PLACES, answers
from tests.callflows.call import Call, changes_of, question_of
from tests.often import often

OWEN = Client("owen", "Owen Blood", (CALLER,), ("4802022",), "fr")
BRIEF = Client("brief", "Bernadette Brief", (CALLER,), ("4802019",))
BRUNO = Client("bruno", "Bruno Barn", (CALLER,), ("4802019",))
WANDA = Client("wanda", "Wanda Two-Towns", (CALLER,), ("4802022", "4802019"))
NORA = Client("nora", "Nora North", (CALLER,), ("4802001",))


def shared(*callers: Client, **facts: Any) -> Call:
    """One of these calls; Ana, Ben and Cho speak both languages."""
    people = [standing(key, languages=("en", "fr")) for key in TRIO]
    call = Call(floor(*people, callers=callers, municipalities=PLACES, pods={**pod(), "north": NORTH}, **facts))
    call.arrives()
    return call


SHARED: list[tuple[str, tuple[Client, ...], str, tuple[str, str, str, str]]] = [
    ("a client of two municipalities", (WANDA,), "2", ("wanda", "4802019", "south", "ana")),
    ("two people at a town hall", (CLARA, OWEN), "2", ("owen", "4802022", "south", "ana")),
    ("two people of two municipalities", (CLARA, BRIEF), "2", ("brief", "4802019", "south", "ana")),
    ("a municipality, then one of its people", (CLARA, OWEN, BRIEF), "12", ("owen", "4802022", "south", "ana")),
    ("the second question is not always needed", (CLARA, OWEN, BRIEF), "2", ("brief", "4802019", "south", "ana")),
    ("by the second try", (CLARA, OWEN), "-1", ("clara", "4802022", "south", "ana")),
    ("a municipality by the second try: no third", (CLARA, OWEN, BRIEF), "-1", ("", "4802022", "south", "ana")),
    ("none of the people", (CLARA, OWEN), "9", ("", "4802022", "south", "ana")),
    ("silence, twice", (CLARA, OWEN), "--", ("", "4802022", "south", "ana")),
    ("wrong keys, twice", (CLARA, OWEN), "57", ("", "4802022", "south", "ana")),
    ("none of the municipalities, all of one pod", (CLARA, BRIEF), "9", ("", "", "south", "ana")),
    ("none of the municipalities, of two pods", (CLARA, NORA), "9", ("", "", "", "")),
    ("nobody of the chosen municipality", (CLARA, BRIEF, BRUNO), "29", ("", "4802019", "south", "ana")),
    ("another pod's municipality", (CLARA, NORA), "2", ("nora", "4802001", "north", "")),
]


@pytest.mark.parametrize(("callers", "keys", "settled"), [row[1:] for row in SHARED], ids=[row[0] for row in SHARED])
def test_whoever_shares_a_number_is_asked_and_else_goes_on_with_what_they_share(
    callers: tuple[Client, ...], keys: str, settled: tuple[str, ...]
) -> None:
    """`-` is silence."""
    call = shared(*callers)
    for key in keys:
        assert question_of(call)
        call.stays_silent() if key == "-" else call.answers(key)
    assert question_of(call) == "", "at most as many questions as these"
    contact = call.contact
    assert (contact.client, contact.municipality, contact.pod, call.rung) == settled
    assert (contact.stage == "recording") == (not call.rung)


@pytest.mark.parametrize(
    ("callers", "words", "client", "municipality"),
    [
        ((CLARA, OWEN), "It's Owen speaking", "owen", "4802022"),
        ((CLARA, OWEN), "Whitfield", "clara", "4802022"),
        ((CLARA, BRIEF), "Barnwell", "brief", "4802019"),
        ((CLARA, OWEN), "none of them", "", "4802022"),
    ],
)
def test_they_may_say_who_they_are(callers: tuple[Client, ...], words: str, client: str, municipality: str) -> None:
    call = shared(*callers)
    call.says(words)
    assert (call.contact.client, call.contact.municipality, call.rung) == (client, municipality, "ana")


def test_only_the_first_try_takes_words() -> None:
    call = shared(CLARA, OWEN)
    assert isinstance(first := call.replies[-1], Ask)
    call.stays_silent()
    assert isinstance(second := call.replies[-1], Ask)
    assert (first.speech, second.speech) == (True, False)


def test_the_one_who_was_chosen_has_their_own_matter_language_and_preferences() -> None:
    choosy = replace(OWEN, wanted=("cho",), unwanted=("ben",))
    call = shared(CLARA, choosy, matters=(matter(12, "ben"), matter(11, "ana", client="owen")))
    call.answers("2")
    assert (call.contact.matter, call.contact.language, call.rung) == (11, "fr", "ana")
    call.unanswered()
    assert (call.rung, call.skipped) == ("cho", [])


def test_nine_people_at_one_number_are_too_many_to_list() -> None:
    people = tuple(replace(CLARA, client=f"clara-{number}", language="en") for number in range(9))
    call = shared(*people)
    assert (question_of(call), call.contact.municipality, call.contact.client, call.rung) == ("", "4802022", "", "ana")


@settings(deadline=None, max_examples=often(60))
@given(
    st.lists(answers, min_size=6, max_size=6),
    st.lists(st.sampled_from([CLARA, OWEN, BRIEF, BRUNO, WANDA, NORA]), min_size=1, unique=True).map(tuple),
)
def test_no_answers_send_a_shared_number_in_circles(answered: list[Any], callers: tuple[Client, ...]) -> None:
    call = shared(*callers)
    asked = 0
    for event in answered:
        if not question_of(call):
            break
        asked += 1
        call.takes(event)
    assert asked <= 3
    assert call.contact.stage in ("hunting", "recording")
    assert call.contact.client in ("", *(one.client for one in callers))


def test_a_number_that_stands_in_a_clients_entry_is_not_remembered_beside_it() -> None:
    call = shared(WANDA)
    call.answers("2")
    assert (call.contact.municipality, changes_of(call, RememberPlace)) == ("4802019", [])


def test_whoever_shares_a_number_is_asked_at_most_twice_in_all() -> None:
    call = shared(CLARA, OWEN, BRIEF)
    call.answers("1")
    call.stays_silent()
    assert (question_of(call), call.contact.municipality, call.rung) == ("", "4802022", "ana")


def test_nobody_is_greeted_twice() -> None:
    call = shared(CLARA, OWEN, BRIEF)
    assert call.said[0] == "greeting"
    call.answers("1")
    assert question_of(call) == "client"
    assert "greeting" not in call.said


@pytest.mark.parametrize("place", ["4802022", ""])
def test_a_client_of_a_shared_number_meets_the_owner_of_their_own_matter(place: str) -> None:
    """Somebody unknown at this number has a matter too."""
    strangers = OpenMatter(14, "cho", (), "", place)
    call = shared(CLARA, OWEN, matters=(strangers, matter(12, "ben")))
    call.answers("1")
    assert (call.contact.client, call.contact.matter, call.rung) == ("clara", 12, "ben")


def test_a_chosen_municipality_brings_its_language_also_without_a_person() -> None:
    call = shared(CLARA, BRIEF, BRUNO)
    call.answers("2")
    call.answers("9")
    assert (call.contact.municipality, call.contact.language) == ("4802019", "fr")
