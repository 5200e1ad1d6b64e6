"""A contact's story in plain words: every kind, result, reason and code has a sentence."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from callflows.actions import HappeningKind
from callflows.contact import OUTCOMES
from callflows.languages import languages
from podline import sentences
from podline.telling import Names, lines, tell
from routing.eligible import Refusal
from routing.hunt import RingResult
from routing.strategies import STRATEGIES

CALLFLOWS = Path(__file__).resolve().parents[2] / "callflows"
START = datetime(2026, 11, 3, 23, 0, 3, tzinfo=UTC)
ROW: dict[str, Any] = {
    "contact": "q7nm2x4kabcd",
    "channel": "voice",
    "from_number": "+14035550120",
    "line": "+15875550100",
    "municipality": "4802022",
    "pod": "taber",
    "client": "clara",
    "language": "en",
    "matter": 12,
    "started_at": START,
}
NAMES = Names(
    technicians={"ana": "Ana Ferreira", "ben": "Ben Oduya", "cho": "Cho Min-seo"},
    clients={"clara": "Clara Whitfield"},
    municipalities={"4802022": "Taber"},
    pods={"taber": "Taber"},
    lines={"+15875550100": "Support"},
    zone="America/Edmonton",
)


def event(kind: str, technician: str = "", after: float = 0, **detail: Any) -> dict[str, Any]:
    return {
        "at": START + timedelta(seconds=after),
        "kind": kind,
        "technician": technician,
        "leg_sid": "",
        "detail": detail,
    }


def sentence(kind: str, technician: str = "", row: dict[str, Any] | None = None, **detail: Any) -> str:
    (told,) = tell(row or ROW, [event(kind, technician, **detail)], NAMES)
    (said,) = told.happened
    return said


def test_a_whole_story() -> None:
    due = (START + timedelta(hours=19)).isoformat()
    events = [
        event("received", line="+15875550100"),
        event("ring_started", "ana", ring=1),
        event("ring_ended", "ana", 20, ring=1, result="no_answer", rang=20, seconds=20),
        event("skipped", "ben", 20, reason="on_call"),
        event("ring_started", "cho", 20, ring=2),
        event("pressed", "cho", 51, key="1"),
        event("ring_ended", "cho", 311, ring=2, result="accepted", rang=25, seconds=31, talked=260, key="1"),
        event("voicemail_left", "", 400, seconds=12),
        event("promise_made", "ben", 400, due_at=due, promise="callback"),
        event("ended", "", 400, outcome="answered", why="the caller hung up"),
        event("text_status", "ben", 90_000, status="delivered"),
    ]
    reasons = [
        (1, START, "CallArrived", [{"code": "known_number", "technician": "", "detail": "1 client(s)"}]),
        (
            2,
            START + timedelta(seconds=20),
            "DialEnded",
            [{"code": "left_out", "technician": "ben", "detail": "on_call"}],
        ),
        (3, START + timedelta(seconds=30), "LegEnded", [{"code": "nothing_to_do", "technician": "", "detail": "x"}]),
        (4, START + timedelta(seconds=40), "LegEnded", []),
    ]
    assert list(lines(ROW, events, NAMES, reasons)) == [
        "Contact q7nm2x4kabcd, Tue 3 Nov 2026. Times are those of America/Edmonton.",
        "16:00:03 Clara Whitfield of Taber called Support (English).",
        "           because: the number is known (1 client(s)), and its municipality belongs to pod Taber",
        "16:00:23 Rang Ana Ferreira 20 s: no answer.",
        "         Skipped Ben Oduya: on a call.",
        "           because: Ben Oduya was left out: on a call",
        "16:00:33   because: this asked for nothing (x)",
        "16:00:54 Cho Min-seo pressed 1 and took the call.",
        "16:05:14 Cho Min-seo took it after 31 s and talked for 4 min 20 s.",
        "16:06:43 They left a voicemail of 12 s.",
        "         Promised by Ben Oduya: a call back by Wed 11:00.",
        "         Ended: answered (the caller hung up).",
        "Wed 4 Nov 2026 17:00:03 The text to Ben Oduya was delivered.",
    ]


def test_a_ring_under_way_is_told() -> None:
    assert sentence("ring_started", "ana", ring=1) == "Ana Ferreira's telephone began to ring."


@pytest.mark.parametrize("kind", get_args(HappeningKind))
def test_every_kind_has_words_with_and_without_detail(kind: str) -> None:
    full = {"due_at": START.isoformat(), "matter": 12, "words": "hello", "why": "x", "seconds": 3, "key": "1"}
    for technician in ("", "ana"):
        details: tuple[dict[str, Any], ...] = ({}, full)
        for detail in details:
            said = sentence(kind, technician, **detail)
            assert "no words yet" not in said
            assert "{" not in said and said.endswith((".", "”.", ")."))


@pytest.mark.parametrize("result", get_args(RingResult))
def test_every_result_of_a_ring_has_words(result: str) -> None:
    said = sentence("ring_ended", "ana", result=result, rang=20, seconds=31, talked=61, key="3")
    assert "Ana Ferreira" in said
    assert result in sentences.RING_RESULTS


@pytest.mark.parametrize("reason", get_args(Refusal))
def test_every_reason_for_skipping_has_words(reason: str) -> None:
    assert sentence("skipped", "ben", reason=reason) == f"Skipped Ben Oduya: {sentences.REFUSALS[reason]}."


def test_every_outcome_strategy_and_language_has_words() -> None:
    assert set(OUTCOMES) == set(sentences.OUTCOMES)
    assert set(STRATEGIES) <= set(sentences.ORDERS)
    assert set(languages()) == set(sentences.LANGUAGES)


def used(pattern: str) -> set[str]:
    """What the steps' own code names."""
    return {found for path in CALLFLOWS.rglob("*.py") for found in re.findall(pattern, path.read_text())}


def test_every_code_that_a_step_gives_as_its_reason_has_words() -> None:
    codes = used(r'because\(\s*"(\w+)"') | used(r'because\(\s*"\w+" if \w+ else "(\w+)"')
    assert len(codes) > 10
    assert codes <= set(sentences.REASONS)


def test_every_prompt_that_a_caller_may_hear_has_words() -> None:
    prompts = (
        used(r'turn\.say\(\s*"(\w+)"') | used(r'tell\("prompted", prompt="(\w+)"') | used(r'else "(voicemail\w*)"')
    )
    assert len(prompts) > 10
    assert {f"prompted_{one}" for one in prompts} <= set(sentences.SENTENCES)


def test_every_text_to_a_technician_has_words() -> None:
    assert used(r'Text\(\w+, "(\w+)"') <= set(sentences.TEXTS)


@pytest.mark.parametrize(
    ("changes", "detail", "said"),
    [
        ({"client": None}, {}, "Somebody of Taber called Support from (403) 555-0120 (English)."),
        ({"municipality": None}, {}, "Clara Whitfield called Support (English)."),
        ({"client": None, "municipality": None}, {}, "(403) 555-0120 called Support."),
        (
            {"client": None, "municipality": None},
            {"withheld": True},
            "Somebody with a withheld number called Support.",
        ),
        ({"channel": "text"}, {}, "Clara Whitfield of Taber wrote to Support (English)."),
        ({"channel": "email", "language": "fr"}, {}, "Clara Whitfield of Taber sent an e-mail to Support (French)."),
        ({"line": "+15875550199"}, {}, "Clara Whitfield of Taber called (587) 555-0199 (English)."),
    ],
)
def test_who_it_was(changes: dict[str, Any], detail: dict[str, Any], said: str) -> None:
    assert sentence("received", row={**ROW, **changes}, **detail) == said


@pytest.mark.parametrize(
    ("code", "technician", "detail", "said"),
    [
        (
            "next_in_order",
            "ana",
            "longest_idle",
            "Ana Ferreira was next: pod Taber is rung whoever was idle longest first",
        ),
        ("loop", "", "", "the call came from one of our own lines: a forwarding loop"),
        ("of_tomorrow", "ana", "x", "a reason that has no words yet: of_tomorrow Ana Ferreira x"),
    ],
)
def test_reasons(code: str, technician: str, detail: str, said: str) -> None:
    kept = [(1, START, "x", [{"code": code, "technician": technician, "detail": detail}])]
    (told,) = tell(ROW, [], NAMES, kept)
    assert told.why == (said,)


def test_a_far_promise_names_its_day() -> None:
    due = (START + timedelta(days=12)).isoformat()
    assert sentence("promise_made", "ana", due_at=due, promise="voicemail") == (
        "Promised by Ana Ferreira: an answer to the voicemail by Sun 15 Nov 2026 16:00."
    )


def test_keys_and_kinds_that_nobody_knows_are_named() -> None:
    assert sentence("owner_changed", "zoe") == "zoe became the owner."
    assert sentence("eclipse") == "Something happened that has no words yet: eclipse."
