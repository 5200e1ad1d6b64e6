"""Loops and bursts, towns without a pod, and what counts at once: presence and imports."""

from typing import Any

import pytest

from simulator.people.story import StoryHandset
from tests.dealing import but
from tests.world import BASE, DIRECTORY, Reader, World


def test_a_forwarding_loop_is_cut(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str
) -> None:
    """Ana's telephone, while we ring it, forwards back to our own line."""
    caller.dials(line)
    first.rings()
    looping = world.phone("+14035550129", "Somebody forwarded by Ana")
    looping.dials(line, forwarded_from="+14035550111")
    looping.has_ended()
    assert world.desk.contact(looping)["outcome"] == "failed"
    second.does_not_ring()


def test_a_call_from_our_own_line_is_a_loop(world: World, first: StoryHandset, line: str) -> None:
    form = {"CallSid": "CA" + "4" * 32, "From": line, "To": line, "CallStatus": "ringing", "Direction": "inbound"}
    assert "<Reject" in world.post(f"{BASE}/voice/incoming", form).text
    first.does_not_ring()


def test_many_calls_from_one_trunk_are_no_loop(world: World, desk: Reader, line: str) -> None:
    """A town hall on its worst day: beyond 10 calls in 10 s they get voicemail, never Reject."""

    def calls(place: int) -> str:
        sid = "CA" + f"{place:032d}"
        form = {"CallSid": sid, "From": "+14035550120", "To": line, "CallStatus": "ringing", "Direction": "inbound"}
        return world.post(f"{BASE}/voice/incoming", form).text

    answers = [calls(place) for place in range(13)]
    assert not [one for one in answers if "<Reject" in one]
    assert [("<Dial" in one) for one in answers[:3]] == [True, True, True]
    assert all("<Record" in one for one in answers[10:])
    reasons = [one for one in world.desk.query("SELECT reasons FROM turns") if '"burst"' in one["reasons"]]
    assert len(reasons) == 3
    world.story.clock.passes(seconds=11)
    calls(13)
    first_turn, *_ = desk.turns(desk.contact()["contact"])
    assert "burst" not in [one["code"] for one in first_turn["reasons"]]


@pytest.mark.parametrize("shown", ["anonymous", "+266696687", ""])
def test_many_withheld_callers_are_not_one(world: World, line: str, shown: str) -> None:
    for place in range(12):
        form = {"CallSid": "CA" + f"{place:032d}", "From": shown, "To": line, "CallStatus": "ringing"}
        assert "<Gather" in world.post(f"{BASE}/voice/incoming", {**form, "Direction": "inbound"}).text
    assert [one for one in world.desk.query("SELECT reasons FROM turns") if '"burst"' in one["reasons"]] == []


@pytest.mark.settled(because="a helper for whose leg Twilio answered nothing is rung last", **but(rest_error="500"))
def test_a_town_without_a_pod_reaches_the_whole_desk(worlds: Any, line: str) -> None:
    places = DIRECTORY["municipalities.csv"].replace(",en,taber,", ",en,,")
    world: World = worlds(directory={**DIRECTORY, "municipalities.csv": places})
    caller, ana = world.phones([("+14035550120", "Clara"), ("+14035550111", "Ana")])
    caller.dials(line)
    ana.rings().declines()
    caller.hears("Nobody can take your call", within=world.allows(60)).speaks(6).hears("call you back").has_ended()
    assert world.desk.contact()["owner"] == "ana"


def test_presence_said_through_the_api_counts_at_once(
    world: World, caller: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    world.api("PUT", "/api/v1/technicians/ana/presence", {"state": "away"})
    caller.dials(line)
    second.rings().accepts()
    assert desk.skipped() == [("ana", "away")]


def test_an_import_counts_for_the_very_next_call(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str
) -> None:
    technicians = DIRECTORY["technicians.csv"].replace("taber,1,en,tax", "taber,9,en,tax")
    world.imports({"technicians.csv": technicians})
    caller.dials(line)
    second.rings().accepts()
    first.does_not_ring()
    assert world.desk.contact()["flow_version"] > 1
