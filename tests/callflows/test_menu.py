"""A technician calls a line: what they may do about their last contact and their promises, and on or off duty."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callflows.actions import (
    CloseMatter,
    DialClient,
    Hangup,
    KeepNote,
    KeepOpen,
    KeepPromises,
    MakePromise,
    Occupy,
    Record,
    RememberPlace,
    RememberTalk,
    SetPresence,
)
from callflows.events import (
    CallArrived,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    CallOver,
    Event,
    Faulted,
    RecordingEnded,
    RecordingStored,
)
from routing.floor import Agenda, Reservation
from tests.builders import CALLER, CLARA, LINE, NOW, PHONE, TABER, floor, said, standing
from tests.callflows.anything import PLACES
from tests.callflows.call import CALL, Call, changes_of, question_of
from tests.callflows.menus import (
    BUSY_DAY,
    CLARAS,
    NO_ANSWER,
    OVER,
    PICKED_UP,
    PROMISED,
    REACHED,
    STORED,
    asked,
    done,
    freed,
    menu,
)

# Who gets the menu.


def test_a_technician_who_calls_hears_the_menu_and_is_on_a_call_meanwhile() -> None:
    call = menu()
    assert (call.contact.stage, call.contact.technician, asked(call)) == ("menu", "ana", "menu")
    assert call.last.changes == (Occupy("ana"),)
    assert call.everybody_rung == []


@pytest.mark.parametrize(
    ("arrives", "facts"),
    [
        (CallArrived(CALL, PHONE, LINE, trusted=False), {}),
        (CallArrived(CALL, CALLER, LINE, forwarded_from=PHONE), {"number": CALLER}),
        (CallArrived(CALL, PHONE, LINE), {"calling": ""}),
        (CallArrived(CALL, PHONE, LINE), {"calling": "gone"}),
        (CallArrived(CALL, "", LINE), {"number": ""}),
    ],
    ids=[
        "a number that may be borrowed",
        "somebody else's call that was forwarded",
        "no technician of ours",
        "a technician no longer in the directory",
        "a withheld number",
    ],
)
def test_nobody_else_gets_the_menu(arrives: CallArrived, facts: dict[str, Any]) -> None:
    call = Call(floor(**{"number": PHONE, "calling": "ana", "agenda": BUSY_DAY, **facts}))
    call.takes(arrives)
    assert (call.contact.stage, call.contact.technician) == ("hunting", "")
    assert changes_of(call, Occupy) == []
    assert call.rung == ("ben" if call.floor.calling == "ana" else "ana")


def test_a_technician_who_is_rung_and_calls_is_a_loop_and_no_menu() -> None:
    held = Reservation("another", "ringing", NOW + timedelta(seconds=9))
    call = menu(standings={"ana": standing("ana", reservation=held)})
    assert (call.contact.is_over, changes_of(call, Occupy)) == (True, [])


def test_many_calls_from_one_telephone_get_no_menu_either() -> None:
    call = menu(recent_calls=10)
    assert call.contact.stage == "recording"


def test_the_menu_is_in_the_technicians_language() -> None:
    call = menu(standings={"ana": standing("ana", languages=("fr", "en"))})
    assert call.contact.language == "fr"


# What is offered, and each key.


@pytest.mark.parametrize(
    ("agenda", "offers"),
    [
        (None, ["menu_off_duty", "menu_caller"]),
        (Agenda(), ["menu_off_duty", "menu_caller"]),
        (Agenda(CLARAS), ["menu_last", "menu_call_back", "menu_off_duty", "menu_caller"]),
        (Agenda(None, (PROMISED,)), ["menu_promises", "menu_off_duty", "menu_caller"]),
        (BUSY_DAY, ["menu_last", "menu_call_back", "menu_promises", "menu_off_duty", "menu_caller"]),
    ],
)
def test_only_what_there_is_to_do_is_offered(agenda: Agenda | None, offers: list[str]) -> None:
    assert menu(agenda=agenda).said == ["menu_hello", *offers]


@pytest.mark.parametrize(
    ("keys", "agenda", "where", "number"),
    [
        ("1", BUSY_DAY, "matter", 12),
        ("3", BUSY_DAY, "promises", 0),
        ("31", BUSY_DAY, "matter", 12),
        ("32", BUSY_DAY, "matter", 9),
        ("33", BUSY_DAY, "menu", 0),
        ("39", BUSY_DAY, "menu", 0),
        ("3-", BUSY_DAY, "menu", 0),
        ("19", BUSY_DAY, "menu", 0),
        ("1-", BUSY_DAY, "menu", 0),
        ("11R", BUSY_DAY, "matter", 12),
        ("1", Agenda(), "menu", 0),
        ("2", Agenda(), "menu", 0),
        ("3", Agenda(CLARAS), "menu", 0),
        ("7", BUSY_DAY, "menu", 0),
        ("-", BUSY_DAY, "menu", 0),
    ],
)
def test_each_key_leads_somewhere(keys: str, agenda: Agenda, where: str, number: int) -> None:
    call = menu(keys, agenda=agenda)
    assert (asked(call), call.contact.matter, call.contact.is_over) == (where, number, False)


@pytest.mark.parametrize("keys", ["---", "777", "-7#", "1----", "3----"])
def test_whoever_chooses_nothing_three_times_hears_goodbye(keys: str) -> None:
    call = menu(keys)
    assert (call.contact.is_over, call.replies[-1], freed(call), done(call)) == (True, Hangup(), True, [])
    assert call.contact.outcome == "auto_replied"


def test_words_are_no_choice() -> None:
    call = menu()
    call.takes(CallerSaid(CALL, "my last contact"))
    assert (asked(call), call.contact.matter) == ("menu", 0)


# A matter: a note, close, keep open.


def test_a_note_is_recorded_and_its_sound_is_kept_with_the_matter() -> None:
    call = menu("11")
    assert call.replies[-1] == Record(120)
    call.takes(RecordingEnded(CALL, 20, "RE1"))
    assert [(one.technician, one.detail["matter"]) for one in call.story("note")] == [("ana", 12)]
    call.takes(STORED)
    assert changes_of(call, KeepNote) == [KeepNote("ana", 12, "RE1", "https://api.twilio.com/RE1", 20)]
    assert changes_of(call, MakePromise) == []


@pytest.mark.parametrize("order", [(STORED, OVER), (OVER, STORED)])
def test_a_technician_may_hang_up_after_the_note(order: tuple[Event, ...]) -> None:
    call = menu("11")
    call.takes(RecordingEnded(CALL, 20, "RE1", gone=True))
    for event in order:
        call.takes(event)
    assert (len(changes_of(call, KeepNote)), len(call.story("note")), freed(call)) == (1, 1, True)
    assert (changes_of(call, MakePromise), call.contact.outcome) == ([], "auto_replied")


@pytest.mark.parametrize("seconds", [None, 0, 1])
def test_a_slip_of_the_hand_is_no_note(seconds: int | None) -> None:
    call = menu("11")
    call.takes(RecordingEnded(CALL, seconds, "RE1"))
    call.takes(RecordingStored(CALL, "completed", "RE1", "https://api.twilio.com/RE1", seconds))
    assert (call.story("note"), changes_of(call, KeepNote), asked(call)) == ([], [], "matter")


def test_a_matter_that_is_closed_has_kept_what_was_promised() -> None:
    call = menu("12")
    assert changes_of(call, CloseMatter, KeepPromises) == [KeepPromises((1,), "ana"), CloseMatter(12)]
    assert (call.contact.is_over, call.replies[-1], freed(call)) == (True, Hangup(), True)
    assert [one.detail for one in call.story("matter_closed")] == [{"matter": 12}]


def test_a_matter_is_kept_open() -> None:
    call = menu("13")
    assert changes_of(call, KeepOpen, CloseMatter, KeepPromises) == [KeepOpen(12)]
    assert (call.contact.is_over, freed(call)) == (True, True)


def test_a_promise_is_acted_on_like_any_matter() -> None:
    assert changes_of(menu("323"), KeepOpen) == [KeepOpen(9)]
    assert changes_of(menu("312"), KeepPromises) == [KeepPromises((1,), "ana")]


# Calling back.


@pytest.mark.parametrize(("keys", "promise"), [("2", 0), ("14", 0), ("314", 1)])
def test_the_client_is_called_about_that_matter(keys: str, promise: int) -> None:
    call = menu(keys)
    assert (call.replies[-1], call.contact.matter) == (DialClient(12, promise), 12)
    assert (call.contact.client, call.contact.municipality, call.contact.pod) == ("clara", "4802022", "south")


def test_of_two_promises_in_one_matter_the_chosen_one_is_called_at_its_own_number() -> None:
    second = replace(PROMISED, promise=3, number="+14035550199", due_at=NOW + timedelta(hours=3))
    call = menu("324", agenda=Agenda(CLARAS, (PROMISED, second)))
    assert call.replies[-1] == DialClient(12, 3)
    call.takes(NO_ANSWER)
    call.answers("1")
    assert call.replies[-1] == DialClient(12, 3)


def test_whoever_goes_on_as_a_caller_lends_their_telephone_to_no_town() -> None:
    call = menu("0", number=PHONE, nearby=(TABER.municipality,))
    call.answers("1")
    assert (call.contact.municipality, changes_of(call, RememberPlace)) == (TABER.municipality, [])


def test_without_a_number_nobody_is_called() -> None:
    call = menu("324")
    assert (asked(call), "menu_no_number" in call.said) == ("matter", True)


@pytest.mark.parametrize("answer", [CallerPressed(CALL, "1"), CallerStayed(CALL), CallerPressed(CALL, "5")])
def test_a_call_back_in_which_they_talked_keeps_the_promise(answer: Event) -> None:
    call = menu("2")
    for event in (PICKED_UP, REACHED, answer):
        call.takes(event)
    assert changes_of(call, KeepPromises, RememberTalk) == [RememberTalk("ana"), KeepPromises((1,), "ana")]
    assert asked(call) == "menu"


@pytest.mark.parametrize(
    ("happened", "talked"),
    [
        ([PICKED_UP, REACHED, CallerPressed(CALL, "2")], False),
        ([NO_ANSWER, CallerPressed(CALL, "2")], False),
        ([NO_ANSWER, CallerStayed(CALL)], False),
        ([NO_ANSWER, CallerPressed(CALL, "1"), PICKED_UP, REACHED, CallerPressed(CALL, "1")], True),
    ],
    ids=["only a voicemail", "no answer", "no answer, and silence", "once more, and reached"],
)
def test_only_a_talk_keeps_the_promise(happened: list[Event], talked: bool) -> None:
    call = menu("2")
    for event in happened:
        call.takes(event)
    assert (len(changes_of(call, KeepPromises)) == 1, asked(call)) == (talked, "menu")


@pytest.mark.parametrize(
    ("happened", "talked"),
    [
        ([], False),
        ([PICKED_UP], True),
        ([PICKED_UP, replace(REACHED, gone=True)], True),
        ([replace(NO_ANSWER, gone=True)], False),
        ([PICKED_UP, REACHED], True),
        ([NO_ANSWER], False),
        ([PICKED_UP, REACHED, CallerPressed(CALL, "2")], False),
    ],
    ids=[
        "while the client's telephone rings",
        "while they talk",
        "while they talk, and the dial's own word comes first",
        "before anybody answers",
        "when asked whether they talked",
        "when asked whether to try again",
        "after it was a voicemail",
    ],
)
def test_the_technician_may_hang_up_at_any_moment(happened: list[Event], talked: bool) -> None:
    call = menu("2")
    for event in (*happened, OVER):
        call.takes(event)
    assert (len(changes_of(call, KeepPromises)) == 1, freed(call)) == (talked, True)
    assert call.contact.outcome == ("answered" if talked else "auto_replied")


# On and off duty.


@pytest.mark.parametrize(
    ("presence", "state"),
    [(None, "off"), (said("available"), "off"), (said("off"), "available"), (said("away"), "available")],
)
def test_four_changes_between_on_and_off_duty(presence: Any, state: str) -> None:
    call = menu("4", standings={"ana": standing("ana", presence=presence)})
    assert [(one.technician, one.state) for one in changes_of(call, SetPresence)] == [("ana", state)]
    assert (call.contact.is_over, freed(call)) == (True, True)


def test_whoever_went_on_duty_is_rung_by_the_next_call() -> None:
    people = {key: standing(key, presence=said("off")) for key in ("ana", "ben", "cho")}
    call = menu("4", standings=people)
    following = Call(replace(call.floor, calling="", callers=(CLARA,), number=CALLER, matters=()), call.version)
    following.arrives()
    assert following.rung == "ana"


# On as a caller.


def test_zero_goes_on_as_a_caller_who_is_asked_like_everybody() -> None:
    call = menu("0", municipalities=PLACES, pods={})
    assert (question_of(call), call.contact.technician) == ("place", "ana")


def test_a_technician_who_is_a_client_too_goes_on_as_that_client_and_is_not_rung() -> None:
    call = menu("0", callers=(replace(CLARA, phones=(PHONE,)),), matters=())
    assert (call.contact.client, call.rung) == ("clara", "ben")
    call.over()
    assert freed(call)


def test_a_technician_who_asked_for_help_and_got_none_is_promised_a_call_like_everybody() -> None:
    call = menu("0", callers=(replace(CLARA, phones=(PHONE,)),), matters=())
    while call.rung:
        call.unanswered()
    call.takes(RecordingEnded(CALL, 20, "RE1"))
    call.takes(STORED)
    assert (call.contact.outcome, call.contact.promised, freed(call)) == ("voicemail", True, True)
    assert changes_of(call, KeepNote) == []


# Freed at the end, whatever happens.


@pytest.mark.parametrize("keys", ["", "-", "1", "3", "31", "11", "11R", "12", "13", "2", "4", "0", "---", "19"])
@pytest.mark.parametrize("ending", [OVER, CallOver(CALL, "completed", "asked"), CallerStayed(CALL, gone=True)])
def test_whatever_the_technician_did_they_are_given_back(keys: str, ending: Event) -> None:
    call = menu(keys)
    call.takes(ending)
    assert (call.contact.is_over, freed(call)) == (True, True)
    assert len(call.story("ended")) == 1


def test_a_fault_of_ours_takes_a_message_and_gives_the_technician_back() -> None:
    call = menu("1")
    call.takes(Faulted(CALL, "caller", "11200", PHONE))
    assert call.replies[-1] == Record(180)
    call.over()
    assert freed(call)
