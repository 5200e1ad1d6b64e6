"""Something of ours breaks: the caller always hears a voice, a technician's leg is always hung up."""

import asyncio
from typing import Any

import pytest

from callflows.events import CallArrived, RecordingEnded
from callflows.parts import arrival, fault, known, message, rings, screening, swarming
from callflows.steps import ring
from callflows.steps.identify import IdentifyStep
from callflows.steps.ring import RingStep
from callflows.steps.swarm import SwarmStep
from callflows.steps.voicemail import VoicemailStep
from db.incoming import Incoming
from db.turns import Taken, take_turn
from ivr import routes
from ivr.links import ANSWER
from simulator.people.story import StoryHandset
from tests.dealing import but
from tests.world import BASE, DIRECTORY, World

FALLBACK = "+14035550198"


def breaks(*args: Any, **options: Any) -> None:
    raise RuntimeError("this step is broken")


# Every function of a step that a webhook of the caller's leg reaches, and how to get there.
CALLER_STEPS = [
    (arrival, "on_arrived"),
    (IdentifyStep, "enter"),
    (known, "settle"),
    (ring, "greet"),
    (RingStep, "enter"),
    (ring, "go_on"),
    (ring, "choose"),
    (ring, "on_dial_ended"),
    (rings, "end"),
    (SwarmStep, "enter"),
    (swarming, "begin"),
    (VoicemailStep, "enter"),
]


@pytest.mark.parametrize(("step", "name"), CALLER_STEPS, ids=lambda value: getattr(value, "__name__", value))
def test_the_caller_hears_an_apology_and_leaves_a_message(
    world: World,
    caller: StoryHandset,
    first: StoryHandset,
    second: StoryHandset,
    third: StoryHandset,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    step: Any,
    name: str,
) -> None:
    monkeypatch.setattr(step, name, breaks)
    for phone in (first, second, third):
        phone.phone.is_busy()
    caller.dials(line).hears("something went wrong", within=60).hears("After the tone").speaks(6)
    caller.has_ended()
    if name != "end":  # without it no turn of this call can be taken at all; the caller is heard all the same
        assert "flow_error" in world.desk.kinds()
    held = world.desk.query("SELECT * FROM reservations WHERE expires_at > now() + interval '60 seconds'")
    assert held == []


@pytest.mark.parametrize("name", ["on_picked_up", "on_key", "whisper", "own"])
def test_a_technicians_leg_hears_a_sentence_and_is_hung_up(
    world: World,
    caller: StoryHandset,
    first: StoryHandset,
    second: StoryHandset,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    caller.dials(line)
    first.rings()
    with monkeypatch.context() as broken:
        broken.setattr(screening, name, breaks)
        first.answers()
        if not first.leg.is_over and name in ("on_key", "own"):
            first.presses("1")
        first.hears("Something went wrong").has_ended()
    assert caller.leg.bridged_with is None
    second.rings().accepts()
    caller.is_connected_to(second)


def test_even_the_answer_to_a_fault_may_break(
    world: World, caller: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "on_arrived", breaks)
    monkeypatch.setattr(fault, "on_faulted", breaks)
    caller.dials(line).hears("something went wrong").hears("After the tone").speaks(7).has_ended()
    contact = world.desk.contact()
    assert (contact["outcome"], contact["state"]) == ("voicemail", "closed")


def test_the_lines_fallback_number_is_dialled(worlds: Any, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = DIRECTORY["lines.csv"].replace(",en;fr,", ",en;fr,+1 403 555 0198")
    world: World = worlds(directory={**DIRECTORY, "lines.csv": lines})
    caller, desk = world.phones([("+14035550120", "Clara"), (FALLBACK, "Fallback")])
    monkeypatch.setattr(arrival, "on_arrived", breaks)
    caller.dials(line).hears("something went wrong")
    desk.rings(from_=line).answers()
    caller.is_connected_to(desk).hangs_up()
    assert world.desk.contact()["outcome"] == "answered"


def test_nobody_at_the_fallback_number_leaves_voicemail(
    worlds: Any, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = DIRECTORY["lines.csv"].replace(",en;fr,", ",en;fr,+1 403 555 0198")
    world: World = worlds(directory={**DIRECTORY, "lines.csv": lines})
    caller, desk = world.phones([("+14035550120", "Clara"), (FALLBACK, "Fallback")])
    monkeypatch.setattr(arrival, "on_arrived", breaks)
    caller.dials(line)
    desk.rings().rejects()
    caller.hears("After the tone").speaks(6).has_ended()
    assert world.desk.contact()["outcome"] == "voicemail"


def fallback(world: World, **form: str) -> str:
    sent = {
        "CallSid": "CA" + "7" * 32,
        "From": "+14035550120",
        "To": "+15875550100",
        "CallStatus": "in-progress",
        "Direction": "inbound",
        "ErrorCode": "11200",
        "ErrorUrl": f"{BASE}/voice/incoming",
        **form,
    }
    answer = world.post(f"{BASE}/voice/fallback", sent)
    assert answer.status_code == 200
    return answer.text


def test_the_fallback_url_answers_by_who_asks(world: World) -> None:
    caller = fallback(world)
    assert "<Record" in caller
    assert "went wrong" in caller
    inside_a_dial = fallback(world, CallSid="CA" + "6" * 32, ParentCallSid="CA" + "7" * 32, Direction="outbound-dial")
    by_rest = fallback(world, CallSid="CA" + "5" * 32, Direction="outbound-api")
    for technician in (inside_a_dial, by_rest):
        assert "<Hangup" in technician
        assert "<Record" not in technician
        assert "<Dial" not in technician


def test_the_database_is_away_and_the_caller_hears_a_voice(
    world: World, caller: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.routes.take_turn", away)
    caller.dials(line).hears("something went wrong").hears("After the tone")
    monkeypatch.undo()
    caller.speaks(7).hears("call you back").has_ended()
    assert world.desk.contact()["outcome"] == "voicemail"


async def away(*args: Any, **options: Any) -> None:
    raise ConnectionRefusedError("the database is away")


@pytest.mark.settled(because="it sends such a report again", **but(status_callback_order="lost"))
def test_a_report_that_could_not_be_kept_is_asked_for_again(
    world: World, caller: StoryHandset, first: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 204 would tell Twilio that we have it; our URLs ask for a repeat of every failure (decision 0007)."""
    caller.dials(line)
    first.rings().declines()
    world.story.clock.passes(seconds=6)  # Twilio's reports may take their time
    report = next(one for one in world.exchange.requests if "/voice/leg" in one.url)
    with monkeypatch.context() as broken:
        broken.setattr("ivr.routes.take_turn", away)
        for url, form in (
            (report.url, report.params),
            (f"{BASE}/voice/status", {**report.params, "ParentCallSid": ""}),
        ):
            assert world.post(url, {**form, "CallStatus": "completed"}).status_code == 503
    assert world.post(report.url, report.params).status_code == 204


@pytest.mark.settled(because="those reports are all that is told of the call", **but(status_callback_order="lost"))
def test_the_database_comes_back_between_the_call_and_its_last_reports(
    world: World, caller: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away_at_first(desk: Any, arrived: Incoming, *args: Any) -> Taken:
        if isinstance(arrived.event, CallArrived | RecordingEnded):
            raise ConnectionRefusedError("the database is away")
        return await take_turn(desk, arrived, *args)

    monkeypatch.setattr("ivr.routes.take_turn", away_at_first)
    caller.dials(line).hears("After the tone").speaks(7).hears("Goodbye").has_ended()
    world.story.clock.passes(seconds=20)
    contact = world.desk.contact()
    assert (contact["outcome"], contact["state"]) == ("voicemail", "closed")
    assert len(world.desk.query("SELECT * FROM promises")) == 1


def test_a_turn_that_stalls_is_answered_before_twilio_asks_again(
    world: World, caller: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stalls(*args: Any, **options: Any) -> None:
        await asyncio.sleep(60)

    limit = int(ANSWER.split("rt=")[1].split("&")[0]) / 1000
    assert limit > routes.TURN_SECONDS + routes.FAULT_SECONDS
    monkeypatch.setattr(routes, "TURN_SECONDS", 0.05)
    with monkeypatch.context() as broken:
        broken.setattr("ivr.routes.take_turn", stalls)
        caller.dials(line)
    caller.hears("something went wrong").hears("After the tone")


def test_a_fault_after_a_conversation(
    world: World, caller: StoryHandset, first: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.dials(line)
    first.rings().accepts()
    monkeypatch.setattr(ring, "on_return", breaks)
    first.hangs_up()
    caller.hears("cut off").presses("1").hears("something went wrong").hears("After the tone").speaks(6).has_ended()
    assert (world.desk.contact()["outcome"], world.desk.rung()) == ("answered", [("ana", "accepted")])


@pytest.mark.parametrize("name", ["on_ended", "leave_message", "promise"])
def test_a_fault_after_the_message_never_asks_for_it_again(
    world: World, line: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    caller = world.phone("+14035550128", "Somebody whose number is not known")
    monkeypatch.setattr(message, name, breaks)
    caller.dials(line).hears("After the tone", within=world.allows(90)).speaks(7).hears("Goodbye").has_ended()
    assert caller.leg.heard().count("After the tone") == 1
