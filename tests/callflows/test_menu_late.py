"""What comes late, or after something else was done, in the technicians' menu."""

from typing import Any

import pytest

from callflows.actions import FetchRecording, KeepNote, KeepPromises, MakePromise, OpenMatter, RememberTalk
from callflows.events import CallerPressed, RecordingEnded
from tests.builders import PHONE, TABER
from tests.callflows.call import CALL, changes_of
from tests.callflows.menus import OVER, PICKED_UP, REACHED, STORED, freed, menu


def test_a_sound_that_comes_before_the_notes_end_is_kept() -> None:
    call = menu("11")
    call.takes(STORED)
    call.takes(RecordingEnded(CALL, 20, "RE1"))
    assert (len(changes_of(call, KeepNote)), len(call.story("note"))) == (1, 1)


def test_a_client_who_picked_up_is_told_after_the_technician_hung_up() -> None:
    call = menu("2")
    call.takes(OVER)
    call.takes(PICKED_UP)
    assert (len(changes_of(call, KeepPromises)), call.contact.outcome, freed(call)) == (1, "answered", True)


def test_a_voicemail_is_no_talk_though_its_pick_up_is_told_late() -> None:
    call = menu("2")
    for event in (REACHED, CallerPressed(CALL, "2"), PICKED_UP, OVER):
        call.takes(event)
    assert (changes_of(call, KeepPromises), call.contact.outcome) == ([], "auto_replied")


def test_a_client_who_picked_up_is_told_after_the_technician_went_on_as_a_caller() -> None:
    call = menu("2")
    for event in (REACHED, CallerPressed(CALL, "2"), CallerPressed(CALL, "0"), PICKED_UP, OVER):
        call.takes(event)
    assert call.contact.outcome != "answered"


@pytest.mark.parametrize("ending", [[], [OVER]])
def test_a_notes_sound_that_never_came_is_asked_for(ending: list[Any]) -> None:
    call = menu("11R")
    for event in ending:
        call.takes(event)
    call.fires("sound")
    assert changes_of(call, FetchRecording) == [FetchRecording()]


@pytest.mark.parametrize("keys", ["", "3", "32"])
def test_a_call_back_is_one_talk_whatever_the_technician_does_next(keys: str) -> None:
    call = menu("2")
    for event in (PICKED_UP, REACHED, CallerPressed(CALL, "1")):
        call.takes(event)
    for key in keys:
        call.answers(key)
    call.over()
    told = changes_of(call, OpenMatter, RememberTalk, KeepPromises)
    assert told == [RememberTalk("ana"), KeepPromises((1,), "ana")]


@pytest.mark.parametrize("keys", ["9", "932", "--"], ids=["back in the menu", "at another matter", "silent"])
def test_a_notes_sound_is_kept_with_its_own_matter(keys: str) -> None:
    """The sound is told seconds later, when the technician may have gone on."""
    call = menu("11R")
    for key in keys:
        call.stays_silent() if key == "-" else call.answers(key)
    call.takes(STORED)
    assert [one.matter for one in changes_of(call, KeepNote)] == [12]


@pytest.mark.parametrize("over", [False, True])
def test_a_note_never_becomes_a_voicemail_of_whoever_went_on_as_a_caller(over: bool) -> None:
    call = menu("11R90")
    if over:
        call.over()
    call.takes(STORED)
    assert (call.contact.message, changes_of(call, MakePromise)) == (False, [])
    assert [one.matter for one in changes_of(call, KeepNote)] == [12]


@pytest.mark.parametrize("keys", ["190", "3190"])
def test_whoever_looked_at_a_clients_matter_does_not_go_on_as_that_client(keys: str) -> None:
    call = menu(keys, number=PHONE, nearby=(TABER.municipality,))
    call.answers("1")  # yes, calling from Taber
    assert (call.contact.municipality, call.contact.client, call.contact.matter) == ("4802022", "", 0)


def test_a_note_is_told_whichever_of_twilios_reports_comes_first() -> None:
    call = menu("11")
    for event in (OVER, RecordingEnded(CALL, 20, "RE1", gone=True), STORED):
        call.takes(event)
    assert (len(changes_of(call, KeepNote)), len(call.story("note"))) == (1, 1)
