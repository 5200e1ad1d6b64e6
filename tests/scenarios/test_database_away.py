"""PostgreSQL is away while people write: each of their texts is kept, and taken up once and in order afterwards."""

import asyncio
import sqlite3
from typing import Any
from urllib.parse import urlencode

import pytest

from db.spool import Counts, Spool
from db.turns import take_turn
from ivr import messages
from ivr.spooled import LOOKS_EVERY
from ivr.writing import tell_written
from simulator.people.story import StoryClock, StoryHandset
from simulator.webhooks.signing import signature
from tests.dealing import but
from tests.scenarios.outages import CLARA, DALE, SOON, Outage, dale, outage, spool_of, words, world
from tests.scenarios.test_replay import replay
from tests.scenarios.test_strange_texts import form
from tests.world import BASE, TOKEN, World

__all__ = ["dale", "outage", "world"]

ADDRESSES = [f"{BASE}/messages/incoming", f"{BASE}/messages/fallback"]


def test_texts_of_an_outage_arrive_once_and_in_order(
    world: World, outage: Outage, caller: StoryHandset, first: StoryHandset, clock: StoryClock, line: str
) -> None:
    outage.begins()
    said = [f"Word {number}." for number in range(5)]
    for one in said:
        caller.sends_text(line, one)
        clock.passes(seconds=20)
    first.got_no_text()
    outage.is_over()
    for one in said:
        first.got_text(one, within=SOON)
    assert words(world, CLARA) == said
    assert [one.body for one in caller.texts] == [], "nobody was told to send it again"
    assert spool_of(world).count() == Counts()


def test_the_story_says_so_and_the_contact_is_marked(
    world: World, outage: Outage, caller: StoryHandset, first: StoryHandset, clock: StoryClock, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll", within=SOON)
    assert world.desk.thread(CLARA)["degraded"] is False
    outage.begins()
    came = clock.now()
    caller.sends_text(line, "It is worse now")
    clock.passes(minutes=10)
    outage.is_over()
    first.got_text("It is worse now", within=SOON)
    first.sends_text(line, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)

    kept = world.desk.thread(CLARA)
    assert kept["degraded"] is True
    (late,) = [one for one in kept["events"] if one["kind"] == "degraded"]
    assert late["detail"]["came_at"] == came.replace(microsecond=0).isoformat()
    told = world.api("GET", f"/api/v1/contacts/{kept['contact']}").json()
    assert (told["degraded"], told["channel"]) == (True, "text")
    assert replay(world, "text") > 3, "from what was kept of each turn, the late one too, the same follows again"


def test_what_comes_meanwhile_is_acknowledged_and_is_one_row(world: World, outage: Outage, line: str) -> None:
    outage.begins()
    told = form("SM1", line)
    sent = {address: {"X-Twilio-Signature": signature(TOKEN, address, told.items())} for address in ADDRESSES}

    async def all_at_once() -> list[Any]:
        body = urlencode(told).encode()
        return list(await asyncio.gather(*(world._post(one, body, sent[one]) for one in ADDRESSES * 3)))

    answers = world.run(all_at_once())
    assert {(one.status_code, one.text[-11:]) for one in answers} == {(200, "<Response/>")}
    assert spool_of(world).count().waiting == 1
    assert 'podline_spooled{state="waiting"} 1.0' in world.api("GET", "/metrics").text
    outage.is_over()
    world.story.clock.passes(minutes=3)
    assert world.desk.query("SELECT count(*) AS kept FROM messages WHERE direction = 'in'")[0]["kept"] == 1


def test_after_the_first_nobody_waits_for_the_database(
    world: World, outage: Outage, clock: StoryClock, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def counts(*args: Any) -> Any:
        asked.append(args[1].key)
        return await take_turn(*args)

    monkeypatch.setattr(messages, "take_turn", counts)
    outage.begins()
    for number in range(30):
        assert world.post(ADDRESSES[0], form(f"SM{number}", line)).status_code == 200
    assert asked == ["TextArrived:SM0"]
    clock.passes(seconds=LOOKS_EVERY.total_seconds())
    for number in (30, 31):
        assert world.post(ADDRESSES[0], form(f"SM{number}", line, From=DALE)).status_code == 200
    assert asked == ["TextArrived:SM0", "TextArrived:SM30"], "one of them looks whether it is back"


def test_a_text_after_the_outage_does_not_overtake_one_of_the_outage(
    world: World, outage: Outage, caller: StoryHandset, dale: StoryHandset, first: StoryHandset, line: str
) -> None:
    outage.begins()
    caller.sends_text(line, "The first")
    outage.is_over(for_jobs=False)
    world.story.clock.passes(seconds=2)
    caller.sends_text(line, "The second")
    dale.sends_text(line, "Something else")
    world.story.clock.passes(seconds=5)
    taken = world.desk.query("SELECT body FROM messages WHERE direction = 'in'")
    assert [one["body"] for one in taken] == ["Something else"], "only who is behind another waits"
    world.run(world.rehearsal.begins_work())
    first.got_text("The first", within=SOON)
    assert words(world, CLARA) == ["The first", "The second"]


@pytest.mark.settled(
    because="of two copies at once the second one's turn is taken, and nothing has to wait",
    **but(webhook_duplicate="overlapping"),
)
@pytest.mark.parametrize("fate", ["kept", "lost"])
def test_a_turn_that_is_given_up_counts_once(
    world: World, caller: StoryHandset, first: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch, fate: str
) -> None:
    tried: list[str] = []

    async def given_up(*args: Any) -> Any:
        tried.append(args[1].key)
        if len(tried) == 1:
            if fate == "kept":
                await take_turn(*args)
            raise TimeoutError
        return await take_turn(*args)

    monkeypatch.setattr(messages, "take_turn", given_up)
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll", within=SOON)
    world.story.clock.passes(minutes=5)
    assert len(set(tried)) == 1 < len(tried)
    assert words(world, CLARA) == ["Our tax roll is broken"]
    assert world.desk.thread(CLARA)["degraded"] is (fate == "lost")
    assert len([one for one in first.texts if "Our tax roll" in one.body]) == 1
    assert not spool_of(world).has_waiting()


def test_a_technicians_answer_and_command_wait_as_well(
    world: World, outage: Outage, caller: StoryHandset, first: StoryHandset, clock: StoryClock, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll", within=SOON)
    outage.begins()
    first.sends_text(line, "#1 I am on it")
    first.sends_text(line, "close #1 done")
    clock.passes(minutes=1)
    caller.got_no_text()
    outage.is_over()
    caller.got_text("I am on it", within=SOON)
    clock.passes(minutes=3)
    assert world.desk.query("SELECT state FROM matters")[0]["state"] == "closed"


def test_many_texts_over_a_long_outage_are_no_flood(
    world: World, outage: Outage, caller: StoryHandset, first: StoryHandset, clock: StoryClock, line: str
) -> None:
    outage.begins()
    for number in range(14):
        caller.sends_text(line, f"Word {number}.")
        clock.passes(seconds=15)
    outage.is_over()
    first.got_text("Word 13.", within=SOON)
    clock.passes(minutes=3)
    given = [one.body for one in first.texts if "Word" in one.body]
    assert len(given) == 14, "each by itself"


# Reports.


def test_what_twilio_tells_meanwhile_is_known_afterwards(
    world: World, outage: Outage, caller: StoryHandset, first: StoryHandset, clock: StoryClock, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll", within=SOON)
    first.sends_text(line, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)
    clock.passes(minutes=5)
    (sent,) = world.desk.query(
        """
        SELECT deed, messages.provider_sid FROM messages
        JOIN deeds ON (deeds.body ->> 'message')::bigint = message
        WHERE party = 'client' AND messages.direction = 'out' AND messages.body = 'I am on it'
        """
    )
    outage.begins()
    url = f"{BASE}/messages/status?d={sent['deed']}"
    for status in ("delivered", "read", "read"):
        told = {"MessageSid": sent["provider_sid"], "MessageStatus": status}
        answer = world.post(url, told)
        assert (answer.status_code, answer.text) == (204, "")
    assert spool_of(world).count().waiting == 2
    outage.is_over()
    clock.passes(minutes=1)
    (known,) = world.desk.query("SELECT status FROM messages WHERE body = 'I am on it' AND party = 'client'")
    assert known["status"] == "read"
    events = world.desk.thread(CLARA)["events"]
    assert len([one for one in events if one["detail"].get("status") == "read"]) == 1
    assert not world.desk.thread(CLARA)["degraded"], "that a report comes late is nothing new"


def test_a_report_whose_taker_died_in_the_middle_is_told(
    world: World,
    caller: StoryHandset,
    first: StoryHandset,
    clock: StoryClock,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    died: list[str] = []

    async def dies_first(*args: Any, **named: Any) -> None:
        if not died:
            died.append(args[4])
            raise ConnectionError
        await tell_written(*args, **named)

    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll", within=SOON)
    clock.passes(minutes=5)
    (sent,) = world.desk.query(
        """
        SELECT deed, deeds.provider_sid AS sid FROM deeds
        JOIN messages ON (deeds.body ->> 'message')::bigint = message
        WHERE party = 'technician' AND messages.direction = 'out'
        """
    )
    monkeypatch.setattr(messages, "tell_written", dies_first)
    told = {"MessageSid": sent["sid"], "MessageStatus": "read"}
    assert world.post(f"{BASE}/messages/status?d={sent['deed']}", told).status_code == 204
    clock.passes(minutes=1)
    assert died == ["read"]
    events = world.desk.thread(CLARA)["events"]
    assert len([one for one in events if one["detail"].get("status") == "read"]) == 1


# When the spool can't be used either.


def test_what_nobody_can_keep_is_not_acknowledged(
    world: World, outage: Outage, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Spool, "put", is_full)
    outage.begins()
    for address in ADDRESSES:
        answer = world.post(address, form("SM1", line))
        assert (answer.status_code, answer.text) == (503, "this text could not be kept; send it again\n")
    told = {"MessageSid": "SM2", "MessageStatus": "sent"}
    assert world.post(f"{BASE}/messages/status?d=1", told).status_code == 503
    outage.is_over()


def test_what_is_not_twilios_or_lacks_something_is_refused_as_ever(world: World, outage: Outage, line: str) -> None:
    outage.begins()
    assert world.post(ADDRESSES[0], form("SM1", line), token="guessed").status_code == 403
    nameless = {name: value for name, value in form("SM1", line).items() if name != "From"}
    assert world.post(ADDRESSES[0], nameless).status_code == 400
    for lacks in ({"MessageSid": "SM2"}, {"MessageStatus": "sent"}):
        assert world.post(f"{BASE}/messages/status?d=1", lacks).status_code == 400
    whole = {"MessageSid": "SM2", "MessageStatus": "sent"}
    assert world.post(f"{BASE}/messages/status?d=x", whole).status_code == 400
    assert spool_of(world).count() == Counts()
    outage.is_over()
