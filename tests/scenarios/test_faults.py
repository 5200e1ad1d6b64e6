"""Something of ours breaks: the caller always hears a voice, a technician's leg is always hung up."""

from typing import Any

import pytest

from callflows.steps import fault, identify, ring, voicemail
from simulator.story import StoryHandset
from tests.world import BASE, DIRECTORY, World

FALLBACK = "+14035550198"


def breaks(*args: Any, **options: Any) -> None:
    raise RuntimeError("this step is broken")


# Every function of a step that a webhook of the caller's leg reaches, and how to get there.
CALLER_STEPS = [
    (identify, "enter"),
    (identify, "recognise"),
    (identify, "greet"),
    (ring, "enter"),
    (ring, "go_on"),
    (ring, "choose"),
    (ring, "on_dial_ended"),
    (ring, "finish"),
    (voicemail, "enter"),
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
    if name != "finish":  # without it no turn of this call can be taken at all; the caller is heard all the same
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
        broken.setattr(ring, name, breaks)
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
    monkeypatch.setattr(identify, "enter", breaks)
    monkeypatch.setattr(fault, "on_faulted", breaks)
    caller.dials(line).hears("something went wrong").hears("After the tone").speaks(7).has_ended()
    contact = world.desk.contact()
    assert (contact["outcome"], contact["state"]) == ("voicemail", "closed")


def test_the_lines_fallback_number_is_dialled(worlds: Any, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = DIRECTORY["lines.csv"].replace(",en;fr,", ",en;fr,+1 403 555 0198")
    world: World = worlds(directory={**DIRECTORY, "lines.csv": lines})
    caller, desk = world.phones([("+14035550120", "Clara"), (FALLBACK, "Fallback")])
    monkeypatch.setattr(identify, "enter", breaks)
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
    monkeypatch.setattr(identify, "enter", breaks)
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
    async def away(*args: Any, **options: Any) -> None:
        raise ConnectionRefusedError("the database is away")

    monkeypatch.setattr("ivr.routes.take_turn", away)
    caller.dials(line).hears("something went wrong").hears("After the tone")
    monkeypatch.undo()
    caller.speaks(7).hears("call you back").has_ended()
    assert world.desk.contact()["outcome"] == "voicemail"
