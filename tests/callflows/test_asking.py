"""Whose number we don't know, or whose number several share, is asked who they are: shortly, and never in circles."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.actions import Ask, RememberPlace, Say
from callflows.events import CallerPressed, CallerSaid, CallerStayed
from routing.directory import Client, Line, Municipality
from routing.places import Found
from tests.builders import (
    BARNWELL,
    CALLER,
    CLARA,
    LINE,
    NORTH,
    TABER,
    TRIO,
    floor,
    matter,
    pod,
    standing,
    unknown_floor,
)
from tests.callflows.anything import PLACES, answers, found
from tests.callflows.call import CALL, Call, changes_of, question_of
from tests.often import often

PODS = {**pod(), "north": NORTH}
BILINGUAL = Line(LINE, languages=("fr", "en"))
PEOPLE = [standing(key, languages=("en", "fr")) for key in TRIO]
SURE = (Found("4802019", 100),)
DOUBTFUL = (Found("4802019", 96),)
SEVERAL = (Found("4802022", 90), Found("4802019", 88), Found("4802001", 60))
NOBODY_KNOWS = (Found("0000000", 100),)


def stranger(caller: str = CALLER, *, trusted: bool = True, **facts: Any) -> Call:
    """Somebody whom no client's entry names calls; Ana, Ben and Cho speak both languages."""
    usual: dict[str, Any] = {"municipalities": PLACES, "pods": PODS, "number": caller}
    call = Call(unknown_floor(*PEOPLE, **{**usual, **facts}))
    call.arrives(caller, trusted=trusted)
    return call


def means(call: Call, places: tuple[Found, ...], words: str = "I mean that one") -> Call:
    """They say something that may mean these places."""
    call.floor = replace(call.floor, found=places)
    call.says(words)
    call.floor = replace(call.floor, found=())
    return call


def known(call: Call) -> tuple[str, str, str]:
    return call.contact.municipality, call.contact.pod, call.rung


def the_ask(call: Call) -> Ask:
    return next(one for one in call.replies if isinstance(one, Ask))


# The language.


@pytest.mark.parametrize(("languages", "asked"), [(("en",), "place"), ((), "place"), (("fr", "en"), "language")])
def test_only_a_line_of_several_languages_asks_for_one(languages: tuple[str, ...], asked: str) -> None:
    assert question_of(stranger(line=Line(LINE, languages=languages))) == asked


def test_each_language_is_offered_in_itself_for_four_seconds() -> None:
    ask = the_ask(stranger(line=BILINGUAL))
    assert ask.says == (Say("language_key", {"key": "1"}, "fr"), Say("language_key", {"key": "2"}, "en"))
    assert (ask.seconds, ask.keys, ask.speech) == (4, 1, False)


def test_a_client_whose_number_is_shared_is_not_asked_for_a_language() -> None:
    call = Call(floor(callers=(CLARA, Client("b", "B", (CALLER,), ("4802022",), "fr")), line=BILINGUAL))
    call.arrives()
    assert question_of(call) == "client"


@pytest.mark.parametrize(
    ("answer", "spoken"),
    [
        (CallerPressed(CALL, "1"), "fr"),
        (CallerPressed(CALL, "2"), "en"),
        (CallerPressed(CALL, "3"), "fr"),
        (CallerPressed(CALL, "*"), "fr"),
        (CallerSaid(CALL, "English"), "fr"),
        (CallerStayed(CALL), "fr"),
    ],
    ids=["the first", "the second", "no such key", "a star", "words", "silence"],
)
def test_without_a_right_key_the_lines_first_language_is_spoken(answer: Any, spoken: str) -> None:
    call = stranger(line=BILINGUAL)
    call.takes(answer)
    assert (call.contact.language, question_of(call)) == (spoken, "place")


@pytest.mark.parametrize(("key", "spoken"), [("1", "en"), ("", "fr")])
def test_a_chosen_language_stays_and_an_unchosen_one_is_the_municipalitys(key: str, spoken: str) -> None:
    call = stranger(line=Line(LINE, languages=("en", "fr")))
    call.answers(key) if key else call.stays_silent()
    means(call, SURE)  # Barnwell, which speaks French first
    assert (call.contact.language, call.rung) == (spoken, "ana")


@pytest.mark.parametrize("facts", [{}, {"nearby": ("4802022",)}, {"line": BILINGUAL}])
def test_a_stranger_is_told_whom_they_have_reached_once_and_in_their_language(facts: dict[str, Any]) -> None:
    call = stranger(**facts)
    if question_of(call) == "language":
        call.answers("2")
    assert (call.said[0], call.contact.language) == ("greeting", "en")
    call.stays_silent()
    assert "greeting" not in call.said


# Where the number may be from.


@pytest.mark.parametrize(
    ("facts", "asked", "options"),
    [
        ({}, "place", ()),
        ({"nearby": ("4802022",)}, "from", ("4802022",)),
        ({"nearby": ("4802022", "4802019")}, "from", ("4802022", "4802019")),
        ({"seen": ("4802019",), "nearby": ("4802022",)}, "from", ("4802019",)),
        ({"nearby": ("0000000",)}, "place", ()),
        ({"seen": ("0000000", "4802022")}, "from", ("4802022",)),
    ],
    ids=[
        "nothing is known of the number",
        "its exchange is of one municipality",
        "its exchange is of two",
        "who called before is asked about that",
        "a place that left the directory is no guess",
        "nor is it among others",
    ],
)
def test_a_guess_is_asked_before_the_open_question_of(
    facts: dict[str, Any], asked: str, options: tuple[str, ...]
) -> None:
    call = stranger(**facts)
    assert call.contact.asked
    assert (question_of(call), call.contact.asked.options) == (asked, options)


def test_nine_guesses_are_too_many_for_keys() -> None:
    places = {str(number): replace(TABER, municipality=str(number)) for number in range(9)}
    assert question_of(stranger(municipalities=places, nearby=tuple(places))) == "place"
    assert question_of(stranger(municipalities=places, nearby=tuple(places)[:8])) == "from"


@pytest.mark.parametrize(
    ("answer", "asked", "place"),
    [
        (CallerPressed(CALL, "1"), "", "4802022"),
        (CallerSaid(CALL, "Yes, that's right"), "", "4802022"),
        (CallerSaid(CALL, "Taber"), "", "4802022"),
        (CallerPressed(CALL, "2"), "place", ""),
        (CallerPressed(CALL, "9"), "place", ""),
        (CallerPressed(CALL, "5"), "place", ""),
        (CallerSaid(CALL, "No, I am not"), "place", ""),
        (CallerSaid(CALL, "Who?"), "place", ""),
        (CallerStayed(CALL), "place", ""),
    ],
)
def test_a_guess_is_taken_at_a_yes_and_dropped_at_anything_else(answer: Any, asked: str, place: str) -> None:
    call = stranger(nearby=("4802022",))
    call.takes(answer)
    assert (question_of(call), call.contact.municipality, call.rung) == (asked, place, "ana" if place else "")
    assert call.contact.failed == 0, "a wrong guess is our failure, not theirs"


def test_one_of_two_guesses_is_chosen_by_its_key_or_its_name() -> None:
    by_key = stranger(nearby=("4802022", "4802019"))
    by_key.answers("2")
    by_name = stranger(nearby=("4802022", "4802019"))
    by_name.says("Barnwell")
    assert known(by_key) == known(by_name) == ("4802019", "south", "ana")


# The municipality by its name.


def test_the_first_try_takes_words_or_keys_the_second_keys_alone() -> None:
    call = stranger()
    first = the_ask(call)
    assert (first.keys, first.speech, first.places, first.province) == (0, True, True, "AB")
    call.stays_silent()
    second = the_ask(call)
    assert (question_of(call), second.keys, second.speech, second.places) == ("place", 0, False, False)


@pytest.mark.parametrize(
    ("places", "asked", "options"),
    [
        (SURE, "", ()),
        (DOUBTFUL, "confirm", ("4802019",)),
        (SEVERAL, "confirm", ("4802022", "4802019")),
        ((), "place", ()),
        (NOBODY_KNOWS, "place", ()),
    ],
    ids=["the very name", "something near it", "several near it", "nothing", "a place that left the directory"],
)
@pytest.mark.parametrize("keyed", [False, True])
def test_what_was_said_or_keyed_is_believed_confirmed_or_asked_again(
    places: tuple[Found, ...], asked: str, options: tuple[str, ...], keyed: bool
) -> None:
    call = stranger()
    call.floor = replace(call.floor, found=places)
    call.answers("22769355") if keyed else call.says("Barnwell")
    assert question_of(call) == asked
    if options:
        assert call.contact.asked
        assert call.contact.asked.options == options
    assert known(call) == (("4802019", "south", "ana") if not asked else ("", "", ""))


@pytest.mark.parametrize(("confidence", "asked"), [(1.0, ""), (0.4, ""), (0.39, "confirm"), (0.0, "confirm")])
def test_even_the_very_name_is_confirmed_when_the_recogniser_doubts_it(confidence: float, asked: str) -> None:
    call = stranger(found=SURE)
    call.takes(CallerSaid(CALL, "Barnwell", confidence=confidence))
    assert question_of(call) == asked


@pytest.mark.parametrize(
    ("answer", "asked", "place"),
    [
        (CallerPressed(CALL, "1"), "", "4802022"),
        (CallerPressed(CALL, "2"), "", "4802019"),
        (CallerSaid(CALL, "The second one, Barnwell"), "", "4802019"),
        (CallerPressed(CALL, "3"), "place", ""),
        (CallerPressed(CALL, "9"), "place", ""),
        (CallerSaid(CALL, "neither"), "place", ""),
        (CallerSaid(CALL, "Taber or Barnwell"), "place", ""),
        (CallerStayed(CALL), "place", ""),
    ],
)
def test_one_of_several_is_chosen_or_the_name_is_asked_for_again(answer: Any, asked: str, place: str) -> None:
    call = means(stranger(), SEVERAL)
    call.takes(answer)
    assert (question_of(call), call.contact.municipality) == (asked, place)
    assert call.contact.failed == (not place)


@pytest.mark.parametrize("doubted", [False, True])
def test_two_failures_are_voicemail_of_the_whole_desk(doubted: bool) -> None:
    call = stranger()
    for _ in range(2):
        if doubted:
            means(call, DOUBTFUL)
            call.answers("2")
        else:
            means(call, ())
    assert (call.contact.stage, call.contact.pod, call.contact.client) == ("recording", "", "")
    assert call.everybody_rung == []
    call.over()
    assert (call.contact.outcome, call.contact.owner) == ("callback", "ana")
    assert "not_identified" in [one.code for turn in call.turns for one in turn.reasons]


def test_a_municipality_without_a_pod_is_voicemail_of_the_whole_desk() -> None:
    call = means(stranger(municipalities={**PLACES, "4802019": replace(BARNWELL, pod="")}), SURE)
    assert (call.contact.stage, call.contact.municipality, call.contact.pod) == ("recording", "4802019", "")


def test_who_is_known_by_place_meets_the_numbers_open_matter_and_its_owner_first() -> None:
    call = means(stranger(matters=(matter(12, "cho", client="", place="4802019"),)), SURE)
    assert (call.contact.matter, call.rung) == (12, "cho")


def test_a_caller_who_hangs_up_while_being_asked_abandoned_the_call() -> None:
    call = stranger()
    call.over()
    assert (call.contact.outcome, call.contact.promised) == ("abandoned", False)


# A bounded number of questions, whatever is answered.


@settings(deadline=None, max_examples=often(80))
@given(
    st.lists(st.tuples(answers, found), min_size=12, max_size=12),
    st.sampled_from([("en",), ("fr", "en")]),
    st.lists(st.sampled_from([*PLACES, "0000000"]), max_size=3, unique=True).map(tuple),
)
def test_a_stranger_is_asked_at_most_six_questions(
    answered: list[tuple[Any, tuple[Found, ...]]], languages: tuple[str, ...], nearby: tuple[str, ...]
) -> None:
    """The language, a guess, and twice the name and its confirmation."""
    call = stranger(line=Line(LINE, languages=languages), nearby=nearby)
    asked = 0
    for event, places in answered:
        if not question_of(call):
            break
        asked += 1
        call.floor = replace(call.floor, found=places)
        call.takes(event)
    assert asked <= 6
    assert call.contact.stage in ("hunting", "recording")


# Withheld numbers, and what is remembered.


@pytest.mark.parametrize(
    ("caller", "trusted", "remembered"),
    [(CALLER, True, ["4802019"]), (CALLER, False, []), ("", True, [])],
    ids=["a number of their own", "a number that may be borrowed", "a withheld number"],
)
def test_only_a_number_that_is_surely_theirs_is_remembered(caller: str, trusted: bool, remembered: list[str]) -> None:
    call = means(stranger(caller, trusted=trusted), SURE)
    assert (call.rung, call.contact.known_number) == ("ana", bool(caller))
    assert [one.municipality for one in changes_of(call, RememberPlace)] == remembered


def test_who_names_a_place_again_is_remembered_again() -> None:
    call = stranger(seen=("4802019",))
    call.answers("1")
    assert changes_of(call, RememberPlace) == [RememberPlace("4802019")]


WILTON = Municipality("4713041", "Wilton No. 472", "", "RM", "SK", "America/Regina", ("en",), "south")
THE_PAS = Municipality("4621045", "The Pas", "Le Pas", "T", "MB", "America/Winnipeg", ("fr",), "south")


@pytest.mark.parametrize(("place", "words", "language"), [(WILTON, "Wilton No. 472", "en"), (THE_PAS, "Le Pas", "fr")])
def test_a_name_that_holds_a_no_is_still_that_name(place: Municipality, words: str, language: str) -> None:
    places = {place.municipality: place, "4802022": TABER}
    call = stranger(municipalities=places, nearby=tuple(places), line=Line(LINE, languages=(language,)))
    call.says(words)
    assert call.contact.municipality == place.municipality
