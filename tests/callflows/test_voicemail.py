"""Nobody took the call: a message, and a promise that somebody owns and that has a due time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from callflows.actions import (
    Ask,
    FetchRecording,
    Hangup,
    KeepSound,
    MakePromise,
    OpenMatter,
    Record,
    Say,
    SetTimer,
    Text,
)
from callflows.events import CallOver, Event, RecordingEnded, RecordingStored, TextSent, TimerFired
from callflows.text_actions import SendOn
from tests.builders import CALLER, LINE, NOW, TABER, floor, local, matter, said, standing, unknown_floor, version
from tests.callflows.call import CALL, Call, changes_of

SPOKEN = RecordingEnded(CALL, 8, "RE1")
SPOKEN_AND_GONE = RecordingEnded(CALL, 8, "RE1", gone=True)
CLICK = RecordingEnded(CALL, 1, "RE1")
ABSENT = RecordingEnded(CALL, None)
STORED = RecordingStored(CALL, "completed", "RE1", "https://api.twilio.com/RE1", 8)
OVER = CallOver(CALL, "completed")
SOUND = TimerFired(CALL, "sound")
TWO_HOURS = NOW + timedelta(hours=2)


def at_the_tone(call: Call | None = None, *, caller: str = CALLER) -> Call:
    """Nobody is on shift; Ben's comes next, at noon."""
    hours = {"ana": "Tue 18:00-23:00", "ben": "Tue 12:00-17:00", "cho": "Sun 08:00-09:00"}
    call = call or Call(floor(), version(own_hours=hours))
    call.arrives(caller)
    while call.contact.stage == "asking":
        call.stays_silent()
    assert call.replies[-1] == Record(180)
    return call


def withheld() -> Call:
    return at_the_tone(Call(unknown_floor()), caller="")


def owned(call: Call) -> list[str]:
    return [one.owner for one in changes_of(call, MakePromise)]


def timers(call: Call, name: str) -> list[SetTimer]:
    return [one for one in changes_of(call, SetTimer) if one.timer == name]


# The owner and the due time.


def test_the_next_on_shift_owns_the_promise_and_is_told_at_once() -> None:
    call = at_the_tone()
    assert call.said == ["greeting_name", "voicemail", "callback_offer", "voicemail_tone"]
    turn = call.takes(SPOKEN)
    who = {"who": "Taber, Clara Whitfield", "due": "Tuesday at 12:00 p.m.", "about": "about_no_message"}
    *changes, followed = turn.changes
    assert isinstance(followed, SendOn), "a text that they can answer"
    assert tuple(changes) == (
        OpenMatter("ben"),
        MakePromise("ben", TWO_HOURS),
        SetTimer("promise_reminder", TWO_HOURS - timedelta(minutes=30)),
        SetTimer("promise_due", TWO_HOURS),
        SetTimer("promise_overdue", TWO_HOURS + timedelta(minutes=15)),
        Text("ben", "owner_notice", who, delay=0),
        SetTimer("sound", NOW + timedelta(minutes=2)),
    )
    assert turn.replies == (Say("voicemail_thanks", {"due": "Tuesday at 12:00 p.m."}), Hangup())
    assert (call.contact.outcome, call.contact.owner) == ("voicemail", "ben")
    assert [one.kind for one in turn.story] == [
        "voicemail_left",
        "owner_changed",
        "promise_made",
        "prompted",
        "ended",
    ]


def test_the_matters_owner_owns_its_promises_and_no_second_matter_is_opened() -> None:
    call = at_the_tone(Call(floor(matter=matter(12, "cho")), version(hours="Sun 01:00-02:00")))
    call.takes(SPOKEN)
    assert (owned(call), changes_of(call, OpenMatter), call.contact.matter) == (["cho"], [], 12)


def test_without_a_pod_whoever_of_all_has_been_idle_longest_owns_it() -> None:
    people = [standing(key, last_talked_at=NOW - timedelta(hours=ago)) for key, ago in (("ana", 1), ("ben", 3))]
    call = at_the_tone(Call(unknown_floor(*people)))
    call.takes(SPOKEN)
    assert owned(call) == ["ben"]


def test_without_any_technician_nothing_is_promised_and_the_story_says_so() -> None:
    call = at_the_tone(Call(unknown_floor(standings={})))
    assert call.said == ["voicemail_nobody"]
    call.takes(SPOKEN)
    assert (owned(call), call.contact.promised, call.said) == ([], False, ["goodbye"])
    assert call.story("flow_error")[0].detail["reason"].startswith("no technician")


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({}, "2026-11-03 12:00"),
        ({"at": local("2026-11-03 15:30")}, "2026-11-04 09:30"),
        ({"at": local("2026-11-06 16:00")}, "2026-11-09 10:00"),
        ({"at": local("2026-11-08 12:00")}, "2026-11-09 10:30"),
        ({"at": local("2026-11-10 16:00"), "holidays": {local("2026-11-11 12:00").date()}}, "2026-11-12 10:00"),
        ({"hours": "Mon-Fri 10:30-12:00"}, "2026-11-04 11:00"),
    ],
    ids=["today", "over the night", "over the week-end", "on a Sunday", "over a holiday", "in the town's own hours"],
)
def test_the_promise_is_due_two_business_hours_later(facts: dict[str, Any], due: str) -> None:
    taber = replace(TABER, hours=facts.pop("hours", ""))
    call = at_the_tone(Call(floor(municipalities={"4802022": taber}, **facts), version(hours="")))
    call.takes(SPOKEN)
    assert changes_of(call, MakePromise)[0].due_at == local(due)


def test_a_time_a_week_away_is_told_with_its_date() -> None:
    """An office that opens on Tuesday mornings alone: the second of its hours is next week's."""
    taber = replace(TABER, hours="Tue 08:00-11:00")
    call = at_the_tone(Call(floor(municipalities={"4802022": taber}), version(hours="")))
    offer = call.replies[1]
    assert isinstance(offer, Ask)
    assert offer.says[0] == Say("voicemail", {"due": "Tuesday, November 10, at 9:00 a.m."})


def test_the_time_is_the_clients_own() -> None:
    eastern = replace(TABER, timezone="America/St_Johns")
    call = at_the_tone(Call(floor(municipalities={"4802022": eastern}), version(hours="")))
    offer = call.replies[1]
    assert isinstance(offer, Ask)
    assert offer.says[0] == Say("voicemail", {"due": "Tuesday at 3:30 p.m."})


def test_the_time_said_aloud_is_the_time_promised() -> None:
    call = at_the_tone()
    call.passes(175)
    call.takes(SPOKEN)
    assert changes_of(call, MakePromise)[0].due_at == TWO_HOURS
    assert call.contact.due == int(TWO_HOURS.timestamp())


def test_the_flow_sets_minutes_and_length() -> None:
    call = Call(floor(), version(hours="", promise_minutes=30, voicemail=60))
    call.arrives()
    assert call.replies[-1] == Record(60)
    assert datetime.fromtimestamp(call.contact.due, UTC) == NOW + timedelta(minutes=30)


# What was said, and by whom: outcome, promise, and the prompt on the way out.

ENDINGS: list[tuple[str, bool, Event, str, str, str]] = [
    ("a message", True, SPOKEN, "voicemail", "voicemail", "voicemail_thanks"),
    ("a message, and gone", True, SPOKEN_AND_GONE, "voicemail", "voicemail", ""),
    ("a click", True, CLICK, "callback", "callback", "voicemail_thanks"),
    ("nothing", True, ABSENT, "callback", "callback", "voicemail_thanks"),
    ("nothing, and gone", True, RecordingEnded(CALL, None, gone=True), "callback", "callback", ""),
    ("gone without a report", True, OVER, "callback", "callback", ""),
    ("just two seconds", True, RecordingEnded(CALL, 2, "RE1"), "voicemail", "voicemail", "voicemail_thanks"),
    ("a message without a number", False, SPOKEN, "voicemail", "voicemail", "voicemail_thanks"),
    ("a message without a number, and gone", False, SPOKEN_AND_GONE, "voicemail", "voicemail", ""),
    ("nothing without a number", False, ABSENT, "abandoned", "", "goodbye"),
    ("a click without a number", False, CLICK, "abandoned", "", "goodbye"),
    ("nothing without a number, and gone", False, RecordingEnded(CALL, None, gone=True), "abandoned", "", ""),
    ("gone without a number or a report", False, OVER, "abandoned", "", ""),
]


@pytest.mark.parametrize(
    ("known", "event", "outcome", "promised", "said"), [row[1:] for row in ENDINGS], ids=[row[0] for row in ENDINGS]
)
def test_every_ending_has_its_outcome_and_its_promise(
    known: bool, event: Event, outcome: str, promised: str, said: str
) -> None:
    call = at_the_tone() if known else withheld()
    call.takes(event)
    assert (call.contact.stage, call.contact.outcome) == ("over", outcome)
    assert [one.detail["promise"] for one in call.story("promise_made")] == ([promised] if promised else [])
    assert len(owned(call)) == bool(promised)
    assert call.said == ([said] if said else [])


def test_a_text_about_a_call_without_a_message_waits_for_one() -> None:
    call = at_the_tone()
    call.takes(OVER)
    assert [one.delay for one in changes_of(call, Text)] == [10]


@pytest.mark.parametrize(
    ("spoken", "who", "due"),
    [
        (("fr", "en"), "Taber, Clara Whitfield", "mardi à 12 h"),
        ((), "Taber, Clara Whitfield", "Tuesday at 12:00 p.m."),
    ],
)
def test_the_owner_reads_their_own_language(spoken: tuple[str, ...], who: str, due: str) -> None:
    call = at_the_tone(Call(floor(standing("ana", languages=spoken)), version("ana", hours="")))
    call.takes(SPOKEN)
    assert [one.params for one in changes_of(call, Text)] == [{"who": who, "due": due, "about": "about_no_message"}]


def test_an_unknown_caller_is_named_as_such() -> None:
    call = at_the_tone(Call(unknown_floor()))
    assert call.said == ["voicemail_unknown", "callback_offer", "voicemail_tone_unknown"]
    call.takes(SPOKEN)
    assert changes_of(call, Text)[0].params["who"] == "Caller not known"


def test_an_owner_who_is_not_on_this_floor_is_told_in_the_clients_language() -> None:
    call = at_the_tone(Call(floor("ana", matter=matter(12, "zoe")), version("ana", hours="")))
    call.takes(SPOKEN)
    assert changes_of(call, Text)[0].params["due"] == "Tuesday at 12:00 p.m."


# Twilio's two reports of one recording, and the caller's hanging up, come in any order.


@pytest.mark.parametrize("events", list(permutations((SPOKEN_AND_GONE, STORED, OVER))))
@pytest.mark.parametrize("known", [True, False])
def test_the_reports_may_come_in_any_order(events: tuple[Event, ...], known: bool) -> None:
    call = at_the_tone() if known else withheld()
    for event in events:
        call.takes(event)
    assert call.contact.outcome == "voicemail"
    assert len(call.story("voicemail_left")) == len(owned(call)) == len(call.story("ended")) == 1
    assert len(changes_of(call, Text)) == len(changes_of(call, OpenMatter)) == 1
    assert changes_of(call, KeepSound) == [KeepSound("RE1", "https://api.twilio.com/RE1", 8)]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("event", [STORED, RecordingStored(CALL, "completed", "RE1", "", 8)])
def test_the_sound_alone_is_enough(known: bool, event: RecordingStored) -> None:
    call = at_the_tone() if known else withheld()
    call.takes(OVER)
    call.takes(event)
    assert (call.contact.outcome, len(owned(call)), len(call.story("voicemail_left"))) == ("voicemail", 1, 1)


@pytest.mark.parametrize(
    "event",
    [
        RecordingStored(CALL, "absent", "RE1"),
        RecordingStored(CALL, "failed", "RE1", "https://api.twilio.com/RE1", 8),
        RecordingStored(CALL, "completed", "RE1", "https://api.twilio.com/RE1", 1),
        RecordingStored(CALL, "completed", "RE1", "https://api.twilio.com/RE1"),
    ],
)
def test_no_sound_is_kept_of_what_is_no_message(event: RecordingStored) -> None:
    call = at_the_tone()
    call.takes(OVER)
    call.takes(event)
    assert (call.contact.outcome, changes_of(call, KeepSound), call.contact.sound) == ("callback", [], False)


def test_the_sound_is_kept_once() -> None:
    call = at_the_tone()
    for event in (SPOKEN, STORED, STORED):
        call.takes(event)
    assert len(changes_of(call, KeepSound)) == 1


def test_the_sound_does_not_end_a_call_that_goes_on() -> None:
    call = at_the_tone()
    call.takes(STORED)
    assert (call.contact.stage, call.story("ended"), owned(call)) == ("recording", [], ["ben"])
    call.takes(SPOKEN)
    assert (call.contact.outcome, timers(call, "sound")) == ("voicemail", [])


# The timer, and the texts' fate.


def test_a_sound_that_never_came_is_asked_for() -> None:
    call = at_the_tone()
    call.takes(SPOKEN)
    assert call.takes(SOUND).changes == (FetchRecording(),)


@pytest.mark.parametrize("before", [(SPOKEN, STORED), (ABSENT,), (OVER,), ()])
def test_the_timer_asks_for_nothing_that_is_there_or_never_was(before: tuple[Event, ...]) -> None:
    call = at_the_tone()
    for event in before:
        call.takes(event)
    kept = call.contact
    turn = call.takes(SOUND)
    assert (turn.changes, turn.replies, call.contact) == ((), (), kept)


def test_a_timer_of_another_time_changes_nothing() -> None:
    call = at_the_tone()
    before = call.contact
    turn = call.takes(TimerFired(CALL, "a timer of yesterday"))
    assert (turn.changes, turn.replies, turn.story, call.contact) == ((), (), (), before)


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize(
    ("status", "first", "kind"),
    [
        ("accepted", True, "text_out"),
        ("queued", True, "text_out"),
        ("sent", True, "text_out"),
        ("sent", False, "text_status"),
        ("delivered", False, "text_status"),
        ("refused", True, "text_status"),
    ],
)
def test_what_became_of_a_text_is_told(over: bool, status: str, first: bool, kind: str) -> None:
    call = at_the_tone()
    if over:
        call.takes(OVER)
    detail = "21610" if status == "refused" else ""
    turn = call.takes(TextSent("SM1", "ben", "owner_notice", status, detail, first=first))
    (line,) = turn.story
    why = {"why": "21610"} if status == "refused" else {}
    assert (line.kind, line.technician, line.leg) == (kind, "ben", "SM1")
    assert line.detail == {"prompt": "owner_notice", "status": status, **why}
    assert (turn.changes, turn.replies) == ((), ())


def test_nothing_of_a_promise_names_a_number() -> None:
    call = at_the_tone()
    call.takes(SPOKEN)
    assert CALLER not in repr(call.changes)
    assert LINE not in repr(call.changes)


def test_a_promise_made_stays_made() -> None:
    call = at_the_tone()
    call.takes(OVER)
    call.stands("ben", presence=said("off"))
    call.takes(SPOKEN_AND_GONE)
    assert (owned(call), call.contact.owner) == (["ben"], "ben")
