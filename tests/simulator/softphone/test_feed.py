"""What the pages are told, without a browser: on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from simulator.people.scripted import BASE, CALLER, FIRST, LINE, Reply, Stage
from simulator.people.story import Run
from simulator.rest.app import RestApi
from simulator.softphone.deeds import Deeds, NotDone, typed_number
from simulator.softphone.feed import WITHHELD, Feed
from simulator.softphone.people import Person
from simulator.softphone.rest_log import RestLog
from tests.simulator.asking import Rest

PEOPLE = (Person("Cora", CALLER, note="Taber"), Person("Ana", FIRST, "technician", "fr", "Prairie"))


@pytest.fixture
def feed(stage: Stage) -> Feed:
    return Feed(stage.exchange, PEOPLE)


@pytest.fixture
def deeds(stage: Stage, feed: Feed) -> Callable[..., dict[str, Any]]:
    made = Deeds(stage.exchange, feed)

    async def does(name: str, given: dict[str, Any]) -> dict[str, Any]:
        answer = made.all[name](given)
        await stage.clock.settle()
        return answer

    return lambda name, **given: stage.run(does(name, {"as" if key == "by" else key: v for key, v in given.items()}))


def told(feed: Feed, what: str) -> list[dict[str, Any]]:
    return [item for item in feed.snapshot() if item["what"] == what]


def lines(feed: Feed) -> list[tuple[str, str]]:
    return [(item["kind"], item["text"]) for item in told(feed, "line")]


def test_the_people_are_there_before_anybody_calls(feed: Feed) -> None:
    assert [(one["id"], one["kind"], one["note"]) for one in told(feed, "phone")] == [
        (CALLER, "caller", "Taber"),
        (FIRST, "technician", "Prairie"),
        (WITHHELD, "other", ""),
    ]


def test_a_call_from_its_first_moment_to_its_last(
    stage: Stage, feed: Feed, deeds: Callable[..., dict[str, Any]]
) -> None:
    stage.plays(
        '<Gather numDigits="1" action="/after" language="fr-CA">'
        '<Say language="fr-CA" voice="alice">Allô.</Say></Gather>',
        after=f"<Dial><Number>{FIRST}</Number></Dial>",
    )
    sid = deeds("dial", by=CALLER, line=LINE)["call"]
    stage.passes(1)
    [call] = told(feed, "call")
    assert (call["phone"], call["dialled"], call["status"], call["over"]) == (CALLER, True, "in-progress", False)
    assert call["asks"] == {"keys": True, "words": False, "language": "fr-CA"}
    [said] = told(feed, "line")
    assert (said["language"], said["voice"], said["over"], said["cut"]) == ("fr-CA", "alice", True, False)

    assert deeds("press", call=sid, key="1") == {"heard": True}
    rung = next(item for item in told(feed, "call") if item["phone"] == FIRST)
    assert (rung["dialled"], rung["status"], rung["from"]) == (False, "ringing", CALLER)
    deeds("answer", call=rung["id"])
    assert [item["with"] for item in told(feed, "call")] == [["Ana"], ["Cora"]]
    deeds("say", call=rung["id"], words="Hello")
    deeds("hang-up", call=sid)
    assert lines(feed) == [
        ("speech", "Allô."),
        ("pressed", "1"),
        ("ringback", ""),
        ("screening", ""),
        ("spoke", "Hello"),
        ("talk", "Ana: Hello"),
        ("ended", "completed"),
        ("ended", "completed"),
    ]
    assert all(item["over"] for item in told(feed, "call"))
    assert [item["path"] for item in told(feed, "webhook")] == ["/voice", "/after"]


def test_a_sentence_that_a_key_interrupts_is_told_as_cut(
    stage: Stage, feed: Feed, deeds: Callable[..., dict[str, Any]]
) -> None:
    stage.plays('<Gather numDigits="1" action="/after"><Say>A sentence of some length.</Say></Gather>')
    sid = deeds("dial", by=CALLER, line=LINE)["call"]
    assert [(item["over"], item["cut"]) for item in told(feed, "line")] == [(False, False)]
    deeds("press", call=sid, key="1")
    assert [(item["over"], item["cut"]) for item in told(feed, "line") if item["kind"] == "speech"] == [(True, True)]


def test_a_page_gets_all_and_then_only_what_changes(stage: Stage, feed: Feed) -> None:
    async def looks_on() -> list[list[dict[str, Any]]]:
        following = feed.follows()
        parts = [await anext(following)]
        stage.exchange.texted(LINE, CALLER, "Hello")
        parts.append(await anext(following))
        asyncio.get_running_loop().call_soon(feed.close)
        return [*parts, *[part async for part in following]]

    first, second = stage.run(looks_on())
    assert [item["what"] for item in first] == ["phone", "phone", "phone"]
    assert [(item["what"], item["body"], item["to"]) for item in second] == [("text", "Hello", CALLER)]


def test_the_oldest_is_forgotten(feed: Feed, stage: Stage) -> None:
    async def texts() -> None:
        for number in range(310):
            stage.exchange.texted(LINE, CALLER, str(number))

    stage.run(texts())
    kept = [item["body"] for item in told(feed, "text")]
    assert (len(kept), kept[0], kept[-1]) == (300, "10", "309")


def test_what_the_service_fails_at_is_an_alert(stage: Stage, feed: Feed, deeds: Callable[..., dict[str, Any]]) -> None:
    stage.page("/voice", Reply(status=500))
    sid = deeds("dial", by=WITHHELD, line=LINE)["call"]
    [alert] = told(feed, "alert")
    assert (alert["code"], alert["message"], alert["path"], alert["call"]) == (11200, "HTTP status 500", "/voice", sid)
    assert told(feed, "call")[0]["from"] == "anonymous"


# 2.5: "Unknown verb, unknown attribute, wrong case … schema warning 12200, logged, not an HTTP failure".
def test_an_alert_stands_beside_the_request_that_caused_it(staged: Callable[..., Stage]) -> None:
    stage = staged(strict=False)
    feed = Feed(stage.exchange, PEOPLE)
    stage.line.voice_method = "GET"
    stage.plays(
        f'<say>Wrong</say><Dial callerId="+14035559999" action="/after"><Number byoc="BY1">{FIRST}</Number></Dial>'
        f'<Dial callerId="+14035559999" action="/after">{FIRST}</Dial>',
        after="<Hangup/>",
    )
    stage.caller.dials(stage.line).has_ended()
    [voice, _] = told(feed, "webhook")
    assert [(one["code"], one["of"], one["message"]) for one in told(feed, "alert")] == [
        (12200, voice["id"], "<say> is unknown; it is spelt <Say>"),
        (12200, voice["id"], "<Number byoc> is not played yet"),
        (13214, voice["id"], f"Dial: invalid callerId: {FIRST} from +14035559999"),
    ]


# 7.1: what a REST request asks and this Twilio does not play.
def test_an_alert_of_a_rest_request_stands_beside_it(staged: Callable[..., Stage], run: Run) -> None:
    stage = staged(strict=False)
    feed = Feed(stage.exchange, PEOPLE)
    stage.plays("<Pause length='9'/>")
    stage.caller.dials(stage.line)
    rest = Rest(stage, RestApi(stage.exchange), (stage.exchange.account_sid, stage.exchange.auth_token))
    logged = replace(rest, api=RestLog(rest.api, stage.exchange, feed))
    assert logged("POST", "/Calls.json", To=FIRST, From=LINE, Url=f"{BASE}/out", Byoc="BY1").status_code == 201
    [asked] = told(feed, "rest")
    assert [(one["code"], one["of"]) for one in told(feed, "alert")] == [(12200, asked["id"])]


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("dial", {"by": CALLER, "line": "+15875550109"}, "line"),
        ("dial", {"by": "withheld-9", "line": LINE}, "phone"),
        ("dial", {"by": LINE, "line": LINE}, "own"),
        ("dial", {"by": "12", "line": LINE}, "number"),
        ("dial", {"line": LINE}, "missing"),
        ("dial", {"by": 4, "line": LINE}, "missing"),
        ("hang-up", {"call": "CA1"}, "over"),
        ("text", {"by": WITHHELD, "line": LINE, "body": "Hello"}, "withheld"),
        ("text", {"by": CALLER, "line": LINE, "body": "x" * 1601}, "long"),
        ("text", {"by": CALLER, "line": LINE, "body": ""}, "missing"),
        ("text", {"by": CALLER, "line": LINE, "files": [{"type": "image/png", "content": "Ä"}]}, "files"),
        ("text", {"by": CALLER, "line": LINE, "files": [{"type": "picture", "content": ""}]}, "files"),
        ("text", {"by": CALLER, "line": LINE, "files": [["image/png", ""]]}, "files"),
        ("text", {"by": CALLER, "line": LINE, "files": [{"type": "image/png", "content": ""}] * 11}, "files"),
        (
            "text",
            {"by": CALLER, "line": LINE, "files": [{"type": "image/png", "content": "AAAA" * 1_700_000}]},
            "large",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(
    deeds: Callable[..., dict[str, Any]], name: str, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(NotDone) as refused:
        deeds(name, **given)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


def test_a_phone_does_one_thing_at_a_time(stage: Stage, deeds: Callable[..., dict[str, Any]]) -> None:
    stage.plays(f"<Dial><Number>{FIRST}</Number></Dial>")
    sid = deeds("dial", by=CALLER, line=LINE)["call"]
    rung = stage.child().sid
    for code, name, given in (
        ("busy", "dial", {"by": CALLER, "line": LINE}),
        ("rings", "answer", {"call": sid}),
        ("unanswered", "say", {"call": rung, "words": "Hello"}),
        ("unanswered", "press", {"call": rung, "key": "1"}),
        ("key", "press", {"call": sid, "key": "x"}),
    ):
        with pytest.raises(NotDone) as refused:
            deeds(name, **given)
        assert refused.value.code == code
    deeds("reject", call=rung)
    assert stage.child().status == "busy"


@pytest.mark.parametrize("typed", ["403 555 0199", "(403) 555-0199", "1 403 555 0199", "+1 403.555.0199"])
def test_numbers_as_people_write_them(typed: str) -> None:
    assert typed_number(typed) == "+14035550199"


def test_a_line_is_never_somebodys_phone(run: Run, stage: Stage, deeds: Callable[..., dict[str, Any]]) -> None:
    """Each telephone that rings is told, even one of nobody; the account's own lines are not."""
    stage.plays("<Dial><Number>+17805550123</Number></Dial>")
    stage.exchange.add_number("+15875550101", voice_url=f"{BASE}/voice")
    deeds("dial", by="780 555 0188", line=LINE)
    feed = Feed(stage.exchange, PEOPLE)
    assert LINE not in [item["id"] for item in told(feed, "phone")]
