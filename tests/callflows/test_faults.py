"""Something of ours broke: what we answer depends on who asked (DESIGN 5, "Faults")."""

import pytest

from callflows.actions import DialOther, Free, Hangup, MakePromise, Record, Reply, Say
from callflows.contact import Stage
from callflows.events import (
    Asker,
    CallArrived,
    CallerStayed,
    CallOver,
    ClientPickedUp,
    DialEnded,
    Event,
    FallbackEnded,
    Faulted,
    RecordingEnded,
)
from routing.directory import Line
from tests.builders import CALLER, FALLBACK, LINE, fallback_line, floor, unknown_floor, version
from tests.callflows.call import CALL, Call, changes_of

STAGES: tuple[Stage, ...] = ("new", "hunting", "returning", "recording", "fallback", "over")
APOLOGY_AND_TONE: list[Reply] = [Say("apology"), Say("apology_voicemail"), Record(180)]


def fault(asker: Asker = "caller", *, gone: bool = False) -> Faulted:
    return Faulted(CALL, asker, "11200", CALLER, gone=gone)


def in_stage(stage: Stage, *, fallback: bool) -> Call:
    """A call that has come as far as this; with a fallback number when asked for or needed."""
    line = fallback_line() if fallback or stage == "fallback" else Line(LINE)
    call = Call(floor(line=line), version(hours="" if stage == "recording" else "24/7"))
    if stage != "new":
        call.arrives()
    if stage == "returning":
        call.talks()
    if stage == "fallback":
        call.takes(fault())
    if stage == "over":
        call.over()
    assert call.contact.stage == stage
    return call


@pytest.mark.parametrize("fallback", [False, True])
@pytest.mark.parametrize("stage", STAGES)
def test_a_technicians_leg_is_hung_up_and_the_call_goes_on(stage: Stage, fallback: bool) -> None:
    call = in_stage(stage, fallback=fallback)
    before = call.contact
    turn = call.takes(fault("technician"))
    assert turn.replies == (Say("technician_fault"), Hangup())
    assert (call.contact.stage, call.contact.hunt, turn.changes) == (stage, before.hunt, ())
    assert (turn.story[-1].kind, turn.story[-1].detail) == ("flow_error", {"code": "11200", "asker": "technician"})


@pytest.mark.parametrize("stage", ["new", "hunting", "returning", "recording"])
def test_a_caller_hears_an_apology_and_reaches_the_lines_fallback_number(stage: Stage) -> None:
    call = in_stage(stage, fallback=True)
    assert call.takes(fault()).replies == (Say("apology"), DialOther())
    assert call.contact.stage == "fallback"


@pytest.mark.parametrize("stage", ["new", "hunting", "returning", "recording"])
def test_without_a_fallback_number_a_caller_reaches_voicemail(stage: Stage) -> None:
    call = in_stage(stage, fallback=False)
    assert list(call.takes(fault()).replies) == APOLOGY_AND_TONE
    assert (call.contact.stage, bool(call.contact.due)) == ("recording", True)


def test_when_the_fallback_breaks_too_a_caller_reaches_voicemail() -> None:
    call = in_stage("fallback", fallback=True)
    assert list(call.takes(fault()).replies) == APOLOGY_AND_TONE


def test_a_call_that_is_over_is_only_hung_up() -> None:
    call = in_stage("over", fallback=True)
    before = call.contact
    turn = call.takes(fault())
    assert (turn.replies[-1], turn.changes, call.contact) == (Hangup(), (), before)


@pytest.mark.parametrize("stage", ["new", "hunting", "returning", "recording", "fallback"])
def test_a_fault_that_nobody_hears_any_more_closes_the_call(stage: Stage) -> None:
    """The first request with a final CallStatus closes a contact (DESIGN 5, "Busy and free")."""
    call = in_stage(stage, fallback=False)
    assert call.takes(fault(gone=True)).replies == ()
    assert call.contact.is_over
    assert len(call.story("ended")) == 1


# A fault may be the first thing that is kept of a call.


def test_a_call_that_began_with_a_fault_knows_its_line_and_its_language() -> None:
    call = Call(unknown_floor(line=Line(LINE, languages=("fr",), fallback=FALLBACK)))
    call.takes(fault())
    assert (call.contact.line, call.contact.language) == (LINE, "fr")
    assert [one.kind for one in call.turns[0].story][:2] == ["received", "flow_error"]


def test_a_call_that_began_with_a_fault_keeps_its_version() -> None:
    call = Call(floor())
    call.takes(fault())
    assert (call.contact.flow, call.contact.version) == ("main", 7)


@pytest.mark.parametrize(("caller", "outcome"), [(CALLER, "callback"), ("", "abandoned")])
def test_a_caller_who_met_a_fault_first_is_called_back(caller: str, outcome: str) -> None:
    call = Call(unknown_floor())
    call.takes(Faulted(CALL, "caller", "11200", caller))
    call.over()
    assert call.contact.outcome == outcome
    assert len(changes_of(call, MakePromise)) == (outcome == "callback")


# The ring that was going on.


@pytest.mark.parametrize(
    ("keys", "gone", "result"),
    [
        ("", False, "no_answer"),
        ("", True, "canceled"),
        ("up", False, "not_screened"),
        ("up", True, "canceled"),
        ("1", False, "accepted"),
        ("1", True, "accepted"),
        ("2", False, "declined"),
    ],
)
def test_a_fault_of_the_callers_leg_ends_the_ring(keys: str, gone: bool, result: str) -> None:
    call = in_stage("hunting", fallback=False)
    if keys:
        call.picks_up()
    if keys in ("1", "2"):
        call.presses(keys)
    call.takes(fault(gone=gone))
    assert call.results == [("ana", result)]
    assert [one.technician for one in changes_of(call, Free)] == ["ana"]
    assert call.contact.hunt.ring is None


UNPLACED: list[Event] = [
    DialEnded("CA1", 1, "no-answer", False),
    DialEnded("CA9", 9, "completed", True),
    CallerStayed(CALL),
]


@pytest.mark.parametrize("event", UNPLACED)
def test_a_request_that_cannot_be_placed_ends_the_ring_and_takes_a_message(event: Event) -> None:
    """The caller's own leg asks, so whatever it was doing is over (ring 1 is; ring 2 was going on)."""
    call = in_stage("hunting", fallback=False)
    call.unanswered()
    assert list(call.takes(event).replies) == APOLOGY_AND_TONE
    call.over()
    assert [technician for technician, _ in call.results] == ["ana", "ben"]
    assert [one.technician for one in changes_of(call, Free)] == ["ana", "ben"]


# What came of the fallback number.


@pytest.mark.parametrize(
    ("status", "bridged", "gone", "outcome"),
    [
        ("completed", True, False, "answered"),
        ("completed", True, True, "answered"),
        ("completed", None, False, "answered"),
        ("completed", None, True, "answered"),
        ("completed", False, True, "abandoned"),
        ("no-answer", None, True, "abandoned"),
    ],
)
def test_whoever_talked_with_the_fallback_number_was_answered(
    status: str, bridged: bool | None, gone: bool, outcome: str
) -> None:
    call = in_stage("fallback", fallback=True)
    turn = call.takes(FallbackEnded(CALL, status, bridged, gone=gone))
    assert (call.contact.stage, call.contact.outcome) == ("over", outcome)
    assert turn.replies == (() if gone else (Say("goodbye"), Hangup()))


@pytest.mark.parametrize(("status", "bridged"), [("no-answer", False), ("busy", None), ("completed", False)])
def test_when_the_fallback_number_does_not_answer_a_message_is_taken(status: str, bridged: bool | None) -> None:
    call = in_stage("fallback", fallback=True)
    assert list(call.takes(FallbackEnded(CALL, status, bridged)).replies) == APOLOGY_AND_TONE
    call.takes(RecordingEnded(CALL, 8, "RE1"))
    assert call.contact.outcome == "voicemail"


@pytest.mark.parametrize("bridged", [True, False])
def test_a_fallback_that_was_dialled_without_a_turn_ends_the_ring(bridged: bool) -> None:
    """While no turn could be taken, a fixed answer dialled the fallback number in the middle of a hunt."""
    call = in_stage("hunting", fallback=True)
    call.takes(FallbackEnded(CALL, "completed", bridged))
    call.over()
    assert [technician for technician, _ in call.results] == ["ana"]
    assert call.contact.outcome == ("answered" if bridged else "callback")


def test_the_fallbacks_last_word_may_come_after_the_calls() -> None:
    call = in_stage("fallback", fallback=True)
    call.over()
    call.takes(FallbackEnded(CALL, "completed", True, gone=True))
    assert call.contact.outcome == "answered"
    assert len(call.story("ended")) == 1


@pytest.mark.parametrize("late", [False, True])
def test_a_fallback_number_that_picked_up_has_answered_though_its_dial_is_never_told(late: bool) -> None:
    """Twilio need not ask for the Dial's action once the caller has hung up."""
    call = Call(floor(line=fallback_line()))
    call.takes(CallArrived(CALL, CALLER, LINE))
    call.takes(Faulted(CALL, "caller", "11200"))
    events: list[Event] = [ClientPickedUp("CA9"), CallOver(CALL, "completed")]
    for event in reversed(events) if late else events:
        call.takes(event)
    assert call.contact.outcome == "answered"
