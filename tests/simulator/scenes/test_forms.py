"""Sentences: what a form takes, and what stands for what in it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from simulator.scenes import OWN
from simulator.scenes.forms import KINDS, Form
from simulator.scenes.moments import next_moment
from simulator.scenes.switching import read_switch


@pytest.mark.parametrize(
    ("sentence", "who", "values"),
    [
        ("ana rings", "ana", {}),
        ("Ana rings", "Ana", {}),
        ("ana   RINGS   within 20", "ana", {"within": 20}),
        ("ana rings within 2 minutes from the line", "ana", {"within": 120, "from": "the line"}),
        ("ana rings from cora within 1.5 s", "ana", {"within": 1.5, "from": "cora"}),
        ("ana rings from +1 (587) 555-0100", "ana", {"from": "+15875550100"}),
        ("ana rings for 1 hour", "ana", {"time": 3600}),
        ("cora hears your team", "cora", {"words": "your team"}),
        ("cora hears: your team", "cora", {"words": "your team"}),
        ("cora hears your team within 60 s", "cora", {"words": "your team", "within": 60}),
        ('cora hears "call within 60 s"', "cora", {"words": "call within 60 s"}),
        ('cora hears "call within 60 s" within 5 min', "cora", {"words": "call within 60 s", "within": 300}),
        ("cora hears « votre équipe »", "cora", {"words": "votre équipe"}),
        ("cora hears “your team”", "cora", {"words": "your team"}),
        ('cora says "Hello: it\'s me"', "cora", {"words": "Hello: it's me"}),
        ("cora dials", "cora", {}),
        ("cora dials +1 587 555 0100", "cora", {"number": "+15875550100"}),
        ("cora dials forwarded from ben", "cora", {"forwarded from": "ben"}),
        ("cora dials +15875550100 forwarded from ben", "cora", {"number": "+15875550100", "forwarded from": "ben"}),
        ("cora presses 1 2 3 #", "cora", {"keys": "123#"}),
        ("cora presses 5 at once", "cora", {"keys": "5", "at once": True}),
        ("cora texts Hello", "cora", {"words": "Hello"}),
        ('cora texts "go to the office" to the line', "cora", {"words": "go to the office", "to": "the line"}),
        (
            "cora texts it is this one with roof.jpg, plan.pdf and roll.csv",
            "cora",
            {"words": "it is this one", "with": ("roof.jpg", "plan.pdf", "roll.csv")},
        ),
        ("cora texts I go with Ana.", "cora", {"words": "I go with Ana."}),
        ("cora sends roof.jpg to the line", "cora", {"files": ("roof.jpg",), "to": "the line"}),
        ("cora is in a room with ana", "cora", {"people": ("ana",)}),
        ("cora is in a room with ana, ben, and cho", "cora", {"people": ("ana", "ben", "cho")}),
        ("ana got a text with call back within 9", "ana", {"with": "call back", "within": 9}),
        ("wait 5", "", {"time": 5}),
        ("wait: 5 minutes", "", {"time": 300}),
        ("until 17:00", "", {"moment": "17:00"}),
        ("until Tuesday 9:00", "", {"moment": "tuesday 9:00"}),
        ("requests to /voice take 20 s 3 times", "", {"path": "/voice", "time": 20, "times": 3}),
        ("requests to /voice are refused", "", {"path": "/voice"}),
        ("requests to /voice get status 503 always", "", {"path": "/voice", "status": 503, "times": 0}),
        ("switch lost_share to 0.5", "", {"switch": "lost_share", "value": "0.5"}),
        (
            'switch rest_error to "timeout after the effect"',
            "",
            {"switch": "rest_error", "value": "timeout after the effect"},
        ),
    ],
)
def test_a_sentence_is_read(sentence: str, who: str, values: dict[str, Any]) -> None:
    step = OWN.read(1, sentence)
    assert (step.who, dict(step.values)) == (who, values)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("ana rigns", "did you mean `rings`?"),
        ("ana does not rign", "did you mean `does not ring`?"),
        ("ana rings within soon", "write `ana rings [within TIME] [from NUMBER]`. TIME is `20`"),
        ("cora rings for ages", "write `cora rings for TIME`"),
        ("cora presses", "write `cora presses KEYS [at once]`. KEYS is"),
        ("cora presses one", "write `cora presses KEYS"),
        ("wait a bit", "write `wait TIME`"),
        ("until noon", "MOMENT is `17:00`"),
        ("cora is in a room", "`is in a room with`"),
        ("rings", "write `ana rings [within TIME]"),
        ("hello", "begin with a person and a verb"),
        ("switch ringing_evnet to missing", "did you mean `ringing_event`?"),
        ("switch ringing_event to sometimes", "`ringing_event` is `sent` or `missing`, not `sometimes`."),
        ("switch lost_share to half", "`lost_share` is a number, not `half`."),
    ],
)
def test_a_slip_is_told_with_what_to_write(sentence: str, said: str) -> None:
    with pytest.raises(ValueError) as raised:
        OWN.read(1, sentence)
    assert said in str(raised.value)


def test_no_form_takes_what_another_means() -> None:
    """An example of each, made of the form itself."""
    like = dict.fromkeys(KINDS, "ben") | {"TIME": "5", "KEYS": "1", "PATH": "/voice", "STATUS": "500", "TIMES": "twice"}
    like |= {"MOMENT": "9:00", "FILES": "roof.jpg", "SWITCH": "lost_share", "VALUE": "1"}
    for verb in OWN.verbs:
        sentence = f"ana {verb.form}" if verb.has_person else str(verb.form)
        step = OWN.read(1, re.sub(r"[A-Z]{2,}", lambda kind: like[kind[0]], re.sub(r"[\[\]]", "", sentence)))
        assert step.verb is verb
        assert Form(str(verb.form)).kinds == verb.form.kinds


NOON = datetime(2026, 11, 3, 12, 0, tzinfo=ZoneInfo("America/Edmonton"))  # a Tuesday


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("17:00", 3, 17),
        ("9:00", 4, 9),
        ("12:00", 4, 12),
        ("tuesday 17:00", 3, 17),
        ("tuesday 9:00", 10, 9),
        ("monday 9:00", 9, 9),
        ("2026-11-20 9:00", 20, 9),
        ("2026-11-01 9:00", 1, 9),
    ],
)
def test_the_next_such_moment(text: str, day: int, hour: int) -> None:
    assert next_moment(text, NOON) == NOON.replace(day=day, hour=hour)


def test_a_time_that_no_day_has() -> None:
    with pytest.raises(ValueError, match="hour"):
        next_moment("25:00", NOON)


def test_switches_take_what_they_are() -> None:
    assert read_switch("lost_share", "0.25") == 0.25
    assert read_switch("rest_error_times", "3") == 3
    assert read_switch("ringing_event", "missing") == "missing"
