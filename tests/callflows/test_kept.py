"""Events, actions and versions in the form in which they are kept with a turn."""

import json
from datetime import datetime

import pytest
from hypothesis import given

from callflows import actions, events, text_actions
from callflows.events import KINDS, Event, is_gone
from callflows.text_events import TechnicianAsked
from callflows.version import Times, Version
from routing.floor import Shift
from routing.hours import Week
from tests.builders import NOW, ZONE
from tests.callflows.any_text import letters, text_events
from tests.callflows.anything import errands
from tests.callflows.anything import events as any_event


@given(any_event() | errands() | text_events() | letters())
def test_an_event_is_read_as_it_was_kept(event: Event) -> None:
    assert events.from_json(json.loads(json.dumps(events.to_json(event)))) == event


def test_every_event_can_be_read() -> None:
    assert set(KINDS.values()) == set(Event.__args__)


def test_a_field_of_tomorrow_is_passed_over() -> None:
    kept = {"event": "CallerStayed", "leg": "CA0", "mood": "fine"}
    assert events.from_json(kept) == events.CallerStayed("CA0")


def test_who_has_gone_is_gone() -> None:
    assert is_gone(events.CallerStayed("CA0", gone=True))
    assert not is_gone(events.CallerStayed("CA0"))
    assert not is_gone(events.LegPickedUp("CA1", 1))


@pytest.mark.parametrize(
    ("action", "kept"),
    [
        (
            actions.Say("greeting"),
            {"action": "Say", "prompt": "greeting", "params": {}, "language": "", "technician": ""},
        ),
        (actions.Hangup(), {"action": "Hangup"}),
        (actions.DialClient(12), {"action": "DialClient", "matter": 12, "promise": 0}),
        (actions.Reserve("ana"), {"action": "Reserve", "technician": "ana"}),
        (
            actions.MakePromise("ana", NOW),
            {"action": "MakePromise", "owner": "ana", "due_at": NOW, "kind": "call_back"},
        ),
        (
            text_actions.RelayText("ana", ("SM1", "SM2"), note="stand_in"),
            {
                "action": "RelayText",
                "technician": "ana",
                "legs": ("SM1", "SM2"),
                "by": "",
                "words": "",
                "note": "stand_in",
            },
        ),
        (
            text_actions.SendText((("text_later", {"due": "noon"}),)),
            {"action": "SendText", "prompts": (("text_later", {"due": "noon"}),), "due_at": None, "last": False},
        ),
        (
            text_actions.SendOn("contact", TechnicianAsked("SM1", "ana", "join")),
            {
                "action": "SendOn",
                "contact": "contact",
                "event": {"leg": "SM1", "technician": "ana", "verb": "join", "words": ""},
                "line": "",
                "peer": "",
            },
        ),
        (
            actions.Screen("ana", (actions.Say("screening_keys"),), 5),
            {
                "action": "Screen",
                "technician": "ana",
                "whisper": ({"prompt": "screening_keys", "params": {}, "language": "", "technician": ""},),
                "seconds": 5,
                "ring": 0,
            },
        ),
    ],
)
def test_an_action_is_kept_under_its_name(action: actions.Action, kept: dict[str, str | datetime]) -> None:
    assert actions.to_json(action) == kept


def test_a_version_without_times_has_the_designs() -> None:
    times = Version("main", 1).times
    assert times == Times()
    assert (times.ring, times.hunt_rings, times.hunt) == (15, 6, 120)
    assert (times.screening_wrong_keys, times.sound_missing) == (25, 120)


def test_a_document_sets_the_times_that_it_names() -> None:
    document = {"times": {"ring": "20", "a time of tomorrow": 3}}
    assert Version("main", 1, document).times == Times(ring=20)


def test_only_people_with_hours_have_a_shift() -> None:
    hours = {"ana": {"hours": "Mon 08:00-12:00", "timezone": ZONE}, "ben": {"hours": "", "timezone": ZONE}, "cho": {}}
    assert Version("main", 1, hours=hours).shifts == {"ana": Shift(Week.read("Mon 08:00-12:00"), ZONE)}
