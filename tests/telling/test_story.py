"""A contact's story in plain words: every kind, result, reason and code has a sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from telling.names import Names
from telling.story import lines, tell
from telling.words import words

ENGLISH = words()
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
    "flow": "main",
    "flow_version": 3,
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
TABERS = {"4802022": "the Town of Taber", "4802021": "the Municipal District of Taber"}


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
        "Contact q7nm2x4kabcd, Tue 3 Nov 2026, by version 3 of the flow main. Times are those of America/Edmonton.",
        "16:00:03 Clara Whitfield of Taber called Support (English).",
        "           because: the number is in one client's entry alone, and their municipality belongs to pod Taber",
        "16:00:23 Rang Ana Ferreira 20 s: no answer.",
        "         Skipped Ben Oduya: on a call.",
        "           because: Ben Oduya was left out: on a call",
        "16:00:33   because: this asked for nothing (x)",
        "16:00:54 Cho Min-seo pressed 1 and took the call.",
        "16:05:14 Cho Min-seo took it after 31 s and talked for 4 min 20 s.",
        "16:06:43 They left a voicemail of 12 s.",
        "         Promised by Ben Oduya: a call back by Wed 11:00.",
        "         Ended: answered (the caller hung up).",
        "Wed 4 Nov 2026 17:00:03 Ben Oduya was sent a text from us (delivered).",
    ]


def test_a_ring_under_way_is_told() -> None:
    assert sentence("ring_started", "ana", ring=1) == "Ana Ferreira's telephone began to ring."


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
        ({}, {"promised_in": "x"}, "A call back to Clara Whitfield of Taber was due: the promise of matter #12."),
        (
            {},
            {"promised_in": "x", "wanted_by": "ana"},
            "Ana Ferreira was to talk with Clara Whitfield of Taber about matter #12.",
        ),
        (
            {"client": None, "municipality": None, "to_number": "+14035550177"},
            {"promised_in": "x"},
            "A call back to (403) 555-0177 was due: the promise of matter #12.",
        ),
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
        (
            "place_doubtful",
            "",
            "4802022 97;4802021 97;4801018 80",
            "that may be the Town of Taber or the Municipal District of Taber, so they were asked which",
        ),
        ("place_doubtful", "", "4802022 82", "that is much like the Town of Taber, so they were asked whether it is"),
        ("place_doubtful", "", "", "that is much like a place that is not known, so they were asked whether it is"),
        ("place_named", "", "4802021", "that is the very name of the Municipal District of Taber, and of no other"),
        (
            "seen_before",
            "",
            "4802021;9",
            "callers from this number have named the Municipal District of Taber or 9 before",
        ),
        ("shared_number", "", "2 client(s), 1 municipality(ies)", "2 clients of one municipality share the number"),
        ("shared_number", "", "2 client(s), 3 municipality(ies)", "2 clients of 3 municipalities share the number"),
        ("shared_number", "", "1 client(s), 2 municipality(ies)", "the number's client works for 2 municipalities"),
        ("shared_number", "", "", "several clients share the number"),
        (
            "last_talked_first",
            "ana",
            "2026-10-20T15:00:00+00:00",
            "Ana Ferreira talked with them last, on Tue 20 Oct 2026 09:00, and comes before the pod",
        ),
        ("last_talked_first", "ana", "", "Ana Ferreira talked with them last, and comes before the pod"),
        (
            "callback_tomorrow",
            "",
            "2026-11-04T15:30:00+00:00",
            "the client's office was closed, so the next try waits until Wed 08:30",
        ),
        ("loop", "", "", "the call came from one of our own lines: a forwarding loop"),
        ("of_tomorrow", "ana", "x", "a reason that has no words yet: of_tomorrow Ana Ferreira x"),
    ],
)
def test_reasons(code: str, technician: str, detail: str, said: str) -> None:
    names = replace(NAMES, municipalities=TABERS)
    kept = [(1, START, "x", [{"code": code, "technician": technician, "detail": detail}])]
    (told,) = tell(ROW, [], names, kept)
    assert told.why == (said,)


def test_a_far_promise_names_its_day() -> None:
    due = (START + timedelta(days=12)).isoformat()
    assert sentence("promise_made", "ana", due_at=due, promise="voicemail") == (
        "Promised by Ana Ferreira: an answer to the voicemail by Sun 15 Nov 2026 16:00."
    )


def test_keys_and_kinds_that_nobody_knows_are_named() -> None:
    assert sentence("owner_changed", "zoe") == "zoe became the owner."
    assert sentence("eclipse") == "Something happened that has no words yet: eclipse."


def story(*events: dict[str, Any], **changes: Any) -> list[str]:
    return [one for told in tell({**ROW, **changes}, events, NAMES) for one in told.happened]


def test_a_question_with_many_options_is_told_once() -> None:
    prompts = ("ask_option", "ask_option", "ask_none")
    assert story(*(event("prompted", prompt=one) for one in prompts)) == [
        "They were asked which of several municipalities it is."
    ]


def test_a_key_of_the_menu_takes_no_call() -> None:
    told = story(
        event("identified", "ana", by="technician"),
        event("prompted", prompt="menu_hello"),
        event("prompted", prompt="menu_caller"),
        event("pressed", "ana", 5, key="1"),
        event("prompted", "", 5, prompt="menu_matter"),
        event("prompted", "", 5, prompt="menu_matter_keys"),
        event("pressed", "ana", 9, key="2"),
        event("matter_closed", "ana", 9, matter=12),
        event("promise_kept", "ana", 9, matter=12, how="closed"),
    )
    assert told == [
        "They were known by their own telephone.",
        "They heard the technicians' menu.",
        "Ana Ferreira pressed 1 to act on their last contact.",
        "They heard what they can do about a matter.",
        "Ana Ferreira pressed 2 to close the matter.",
        "Ana Ferreira closed matter #12.",
        "The promise of matter #12 ended with it.",
    ]


def test_a_call_of_ours() -> None:
    told = story(
        event("received", promised_in="abc"),
        event("ring_started", "ana", ring=1),
        event("ring_ended", "ana", 20, ring=1, result="canceled", rang=20),
        event("ring_started", "ben", 20, ring=2),
        event("pressed", "ben", 25, key="1"),
        event("client_called", "ben", 60, result="no_answer"),
        event("prompted", "", 60, prompt="errand_again"),
        event("pressed", "ben", 65, key="1"),
        event("client_called", "ben", 90, result="reached"),
        event("prompted", "", 90, prompt="errand_reached"),
        event("pressed", "ben", 95, key="2"),
        event("ring_ended", "ben", 95, ring=2, result="accepted", seconds=5, talked=70),
        direction="outbound",
    )
    assert told == [
        "A call back to Clara Whitfield of Taber was due: the promise of matter #12.",
        "Rang Ana Ferreira 20 s: the call ended before it was taken.",
        "Ben Oduya pressed 1 and took the call.",
        "Ben Oduya called the client: no answer.",
        "The technician heard that the client did not answer, and could try again.",
        "Ben Oduya pressed 1 to call the client once more.",
        "Ben Oduya called the client, and the call was answered.",
        "The technician was asked whether they had talked, or met a voicemail.",
        "Ben Oduya pressed 2: it was only a voicemail.",
        "Ben Oduya took it after 5 s, and was on it for 1 min 10 s.",
    ]


def test_a_number_keyed_in_is_told_without_it() -> None:
    assert sentence("pressed", key="10 digits") == "The caller keyed in 10 digits."
