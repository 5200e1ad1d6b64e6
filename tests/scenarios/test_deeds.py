"""What is done through Twilio's API is done once, whatever becomes of the answer."""

from typing import Any

import pytest

from simulator.people.story import StoryHandset
from tests.dealing import each
from tests.world import NOBODY_HELPS, World


def leaves_a_message(world: World, line: str) -> StoryHandset:
    """An unknown caller's message; Ana, who has been idle as long as anybody, owns the promise."""
    caller, ana = world.phones([("+14035550128", "Somebody"), ("+14035550111", "Ana")])
    caller.dials(line).hears("After the tone", within=world.allows(90)).speaks(8).hears("call you back").has_ended()
    return ana


@each(rest_error=("none", "429", "500", "timeout after the effect"))
def test_the_owner_gets_exactly_one_text(worlds: Any, line: str, rest_error: str) -> None:
    world: World = worlds(directory=NOBODY_HELPS)
    ana = leaves_a_message(world, line)
    world.story.clock.passes(minutes=10)
    ana.got_text("please call back by")
    assert len(ana.texts) == 1
    deeds = world.desk.query("SELECT state, provider_sid FROM deeds WHERE kind = 'text'")
    assert [(one["state"], one["provider_sid"] is not None) for one in deeds] == [("done", True)]
    assert world.desk.kinds().count("text_out") <= 1


@pytest.mark.settled(
    because="the story is about both", rest_error="timeout after the effect", status_callback_order="lost"
)
def test_a_lost_answer_and_lost_callbacks_are_looked_up(worlds: Any, line: str) -> None:
    world: World = worlds(directory=NOBODY_HELPS)
    ana = leaves_a_message(world, line)
    world.story.clock.passes(seconds=50)
    assert world.desk.query("SELECT state FROM deeds WHERE kind = 'text'")[0]["state"] == "tried"
    world.story.clock.passes(minutes=10)
    assert len(ana.texts) == 1
    assert world.desk.query("SELECT state FROM deeds WHERE kind = 'text'")[0]["state"] == "done"


@pytest.mark.settled(because="it counts the tries, and each other failure is one", rest_error="none")
def test_a_text_that_twilio_refuses_is_told_and_not_tried_again(worlds: Any, line: str) -> None:
    world: World = worlds(directory=NOBODY_HELPS)
    world.exchange.numbers.clear()  # the account no longer has our line
    form = {"CallSid": "CA" + "3" * 32, "From": "+14035550120", "To": line, "Direction": "inbound"}
    for key in ("ana", "ben", "cho"):
        world.api("PUT", f"/api/v1/technicians/{key}/presence", {"state": "away"})
    reply = world.post("https://desk.example/voice/incoming", {**form, "CallStatus": "ringing"}).text
    action = reply.split('<Record action="')[1].split('"')[0].replace("&amp;", "&").partition("#")[0]
    world.post(action, {**form, "CallStatus": "completed", "RecordingDuration": "9", "Digits": "hangup"})
    world.story.clock.passes(minutes=30)
    deeds = world.desk.query("SELECT state, tries, outcome FROM deeds WHERE kind = 'text'")
    assert [(one["state"], one["tries"]) for one in deeds] == [("refused", 1)]
    assert "21606" in deeds[0]["outcome"]
    statuses = [one for one in world.desk.contact()["events"] if one["kind"] == "text_status"]
    assert statuses[-1]["detail"]["status"] == "refused"


@pytest.mark.settled(because="the story is about it", status_callback_order="lost")
def test_a_recording_whose_report_is_lost_is_asked_for(worlds: Any, line: str) -> None:
    world: World = worlds(directory=NOBODY_HELPS)
    leaves_a_message(world, line)
    assert world.desk.query("SELECT * FROM voicemails") == []
    world.story.clock.passes(minutes=4)
    sounds = world.desk.query("SELECT recording, seconds FROM voicemails")
    assert [one["seconds"] >= 8 for one in sounds] == [True]


@pytest.mark.settled(because="the story is about it", status_callback_order="lost")
def test_a_missing_recording_is_given_up_in_the_end(worlds: Any, line: str) -> None:
    world: World = worlds(directory=NOBODY_HELPS)
    leaves_a_message(world, line)
    world.exchange.recordings.all.clear()
    world.story.clock.passes(hours=2)
    deeds = world.desk.query("SELECT state, outcome FROM deeds WHERE kind = 'recording'")
    assert [(one["state"], one["outcome"]) for one in deeds] == [("refused", "absent")]
