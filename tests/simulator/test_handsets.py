"""The handsets: what a story may say, and that it fails with the whole board in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from simulator import events
from simulator.asgi import AsgiTransport
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.people.handsets import Handset
from simulator.people.scripted import BASE, CALLER, FIRST, LINE, Script, Stage
from simulator.people.story import StoryHandset

ASK = f'<Say>Welcome to the desk.</Say><Dial timeout="15" action="/after"><Number url="/screen">{FIRST}</Number></Dial>'


@pytest.fixture
def desk(stage: Stage) -> Stage:
    stage.plays(ASK, '<Say>Nobody is free.</Say><Record action="/thanks"/>')
    stage.page("/screen", '<Gather numDigits="1" action="/key"><Say>Press 1.</Say></Gather><Hangup/>')
    stage.page("/key", lambda given: "" if given["Digits"] == "1" else "<Hangup/>")
    stage.page("/thanks", "<Say>Thank you.</Say>")
    return stage


def test_a_story_reads_as_it_happens(desk: Stage) -> None:
    caller, first, second = desk.caller, desk.first, desk.second
    caller.dials(desk.line).hears("Welcome").hears_not("Nobody is free")
    first.rings(within=30, from_=CALLER).answers().hears("Press 1").presses("1")
    caller.is_connected_to(first)
    second.does_not_ring()
    first.says("What can I do for you?")
    caller.hears("what can I do").says("The bridge is out.")
    first.hears("bridge is out").hangs_up()
    caller.hears("Nobody is free").speaks(seconds=8).hangs_up().has_ended()
    caller.heard_no_silence_longer_than(2)


def test_a_decline_and_a_voicemail(desk: Stage) -> None:
    desk.caller.dials(desk.line)
    desk.first.rings().declines().has_ended()
    desk.caller.hears("Nobody is free").speaks(4).presses("#").hears("Thank you.").is_ended()


def test_a_silent_answer_runs_into_the_hangup(desk: Stage) -> None:
    desk.caller.dials(desk.line)
    desk.first.rings().answers().stays_silent().has_ended()
    desk.caller.hears("Nobody is free").hangs_up()


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda desk: desk.second.rings(within=10), r"Ben \(\+14035550112\) does not ring within 10 s"),
        (lambda desk: desk.first.does_not_ring(), "should not ring, but 1 call"),
        (lambda desk: desk.first.rings(from_=LINE), "rings from .* not from"),
        (lambda desk: desk.first.rings(for_seconds=10), "rang for 20 s, not for 10 s"),
        (lambda desk: desk.second.answers(), "cannot answer: it does not ring"),
        (lambda desk: desk.second.rejects(), "cannot reject: it does not ring"),
        (lambda desk: desk.second.hangs_up(), "was never in a call"),
        (lambda desk: desk.caller.hears("goodbye", within=3), 'does not hear "goodbye"'),
        (lambda desk: desk.caller.hears_not("welcome"), "should not have heard"),
        (lambda desk: desk.first.rings().rejects().presses("1"), "cannot give the key 1: the call is over"),
        (lambda desk: desk.first.rings().answers().says("Taber"), 'cannot give "Taber": the call is over'),
        (lambda desk: desk.caller.is_connected_to(desk.first), "is not connected to Ana"),
        (lambda desk: desk.caller.has_ended(within=5), "is still in the call"),
        (lambda desk: desk.first.got_text("hello", within=5), "got no text"),
    ],
)
def test_a_failure_tells_the_whole_board(desk: Stage, act: Callable[[Stage], object], sentence: str) -> None:
    desk.caller.dials(desk.line).hears("Welcome")
    desk.passes(1)
    with pytest.raises(AssertionError, match=sentence) as failure:
        act(desk)
    told = str(failure.value)
    assert "Cora (+14035550199): " in told
    assert "Ana (+14035550111): " in told
    assert "Last webhooks:" in told
    assert "POST /voice" in told


def test_a_conference_of_three_as_a_story(stage: Stage) -> None:
    cora, ana, ben = stage.caller, stage.first, stage.second
    stage.page("/voice", "<Dial><Conference>desk-1</Conference></Dial>")
    cora.dials(stage.line).is_alone_in_room()
    ana.dials(stage.line).is_in_room_with(cora)
    ben.dials(stage.line).is_in_room_with(cora, ana).is_connected_to(cora)
    assert (ben.in_room, ben.room_mates, ben.in_queue) == ("desk-1", ["Cora", "Ana"], None)
    ana.speaks(seconds=4)
    ben.hangs_up().has_left_room()
    ana.is_in_room_with(cora)
    assert ben.in_room is None


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda cora, ana: cora.is_in_room_with(ana), "not in a conference with Ana .* alone, but with nobody"),
        (lambda cora, ana: ana.is_alone_in_room(), "not alone in a conference, but in None with nobody"),
        (lambda cora, ana: ana.dials(LINE) and ana.is_alone_in_room(), r"but in desk-1 with \['Cora'\]"),
        (lambda cora, ana: cora.has_left_room(), "still in the conference desk-1"),
        (lambda cora, ana: cora.is_on_hold(), "not on hold in a conference"),
    ],
)
def test_a_failure_tells_who_is_in_which_conference(
    stage: Stage, act: Callable[[StoryHandset, StoryHandset], object], sentence: str
) -> None:
    stage.page("/voice", "<Dial><Conference>desk-1</Conference></Dial>")
    stage.caller.dials(stage.line)
    with pytest.raises(AssertionError, match=sentence) as failure:
        act(stage.caller, stage.first)
    assert "the conference desk-1" in str(failure.value)


def test_an_hour_passes_at_once(desk: Stage) -> None:
    before = desk.clock.now()
    desk.story.clock.passes(minutes=59, seconds=60)
    assert (desk.clock.now() - before).total_seconds() == 3600


def test_does_not_ring_remembers_a_ring_that_nobody_spoke_of(desk: Stage) -> None:
    desk.caller.dials(desk.line)
    desk.story.clock.passes(seconds=60)
    with pytest.raises(AssertionError, match="should not ring"):
        desk.first.does_not_ring()


def test_the_same_number_is_the_same_phone(stage: Stage) -> None:
    assert stage.story.phone(FIRST) is stage.first
    assert stage.story.phone(None) is not stage.story.phone(None)


def test_a_number_that_nobody_holds_rings_and_is_never_answered(stage: Stage) -> None:
    stage.plays('<Say>Hold.</Say><Dial action="/after" timeout="10">+14035550177</Dial>')
    stage.caller.dials(stage.line).has_ended()
    assert stage.told("/after")["DialCallStatus"] == "no-answer"


def test_everything_that_happens_is_reported(desk: Stage) -> None:
    seen = list[events.Event]()
    desk.exchange.watch(seen.append)
    desk.caller.dials(desk.line)
    desk.first.rings().accepts().hangs_up()
    desk.caller.hangs_up()
    kinds = {type(event) for event in seen}
    assert kinds >= {
        events.LegRings, events.LegAnswered, events.Heard, events.KeyPressed, events.Bridged, events.LegEnded,
        events.WebhookSent, events.WebhookAnswered,
    }  # fmt: skip
    instants = [event.at for event in seen]
    assert instants == sorted(instants)


async def test_the_same_handsets_in_real_time() -> None:
    script = Script({"/voice": f"<Say>Hi.</Say><Dial>{FIRST}</Dial>"})
    exchange = Exchange(RealClock(), send=AsgiTransport(script), speech_rate=200)
    line = exchange.add_number(LINE, voice_url=f"{BASE}/voice")
    caller = Handset(exchange, exchange.phone(CALLER, "Cora"))
    first = Handset(exchange, exchange.phone(FIRST, "Ana"))
    async with asyncio.timeout(5):
        await caller.dials(line)
        await first.rings()
        await first.answers()
        await caller.is_connected_to(first)
        await caller.hangs_up()
        await first.has_ended()
    await exchange.clock.settle()
