"""Callbacks come twice, late, in any order, or never; a contact never moves backwards."""

import pytest

from simulator.people.story import StoryClock, StoryHandset
from tests.dealing import but, each
from tests.world import BASE, Reader, World


def replayed(world: World, place: str, nth: int = -1) -> tuple[int, str]:
    """Twilio delivers one of its requests once more, byte for byte; what it is answered."""
    sent = [one for one in world.exchange.requests if f"/voice/{place}" in one.url][nth]
    again = world.post(sent.url, sent.params)
    return again.status_code, again.text


def test_the_first_webhook_twice_is_one_call_and_one_answer(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str
) -> None:
    caller.dials(line)
    first.rings()
    before = world.desk.query("SELECT count(*) FROM turns")
    original = next(one for one in world.exchange.requests if "/voice/incoming" in one.url)
    status, body = replayed(world, "incoming")
    assert (status, body) == (200, original.body)
    assert world.desk.query("SELECT count(*) FROM turns") == before
    second.does_not_ring()
    assert len(world.desk.contacts()) == 1


def test_every_request_twice_changes_nothing(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    world.story.clock.passes(minutes=1)
    caller.hangs_up()
    story, turns = desk.contact()["events"], world.desk.query("SELECT subject, turn, reply FROM turns")
    for request in list(world.exchange.requests):
        again = world.post(request.url, request.params)
        assert (again.status_code, again.text) == (request.status, request.body), request.url
    assert desk.contact()["events"] == story
    assert world.desk.query("SELECT subject, turn, reply FROM turns") == turns


@pytest.mark.settled(because="the story is about it", webhook_duplicate="overlapping")
def test_overlapping_deliveries_are_put_in_line(world: World, line: str) -> None:
    caller, first, second = world.phones([("+14035550120", "Clara"), ("+14035550111", "Ana"), ("+14035550112", "Ben")])
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    caller.hangs_up()
    assert world.desk.rung() == [("ana", "declined"), ("ben", "accepted")]
    assert len(world.desk.contacts()) == 1


@each(status_callback_order=("shuffled", "delayed", "duplicated", "lost"))
def test_status_callbacks_in_any_order(world: World, line: str, status_callback_order: str) -> None:
    caller, first, second = world.phones([("+14035550120", "Clara"), ("+14035550111", "Ana"), ("+14035550112", "Ben")])
    caller.dials(line)
    first.rings(for_seconds=20)
    second.rings().accepts()
    world.story.clock.passes(minutes=1)
    caller.hangs_up()
    world.story.clock.passes(seconds=30)
    contact = world.desk.contact()
    assert (contact["state"], contact["outcome"]) == ("closed", "answered")
    assert world.desk.rung() == [("ana", "no_answer"), ("ben", "accepted")]
    assert [one["kind"] for one in contact["events"]].count("ended") == 1


@pytest.mark.settled(
    because="the story is about both", status_callback_order="lost", dial_action_on_caller_hangup="not sent"
)
def test_the_last_callback_never_comes_and_twilio_is_asked(world: World, line: str) -> None:
    caller, first = world.phones([("+14035550120", "Clara"), ("+14035550111", "Ana")])
    caller.dials(line)
    first.rings().accepts()
    caller.hangs_up()
    states = "SELECT state FROM contacts"
    assert [one["state"] for one in world.desk.query(states)] == ["open"]
    world.story.clock.passes(minutes=4)
    assert [one["state"] for one in world.desk.query(states)] == ["open"]
    world.story.clock.passes(minutes=3)
    assert [one["state"] for one in world.desk.query(states)] == ["closed"]
    contact = world.desk.contact()
    assert (contact["state"], contact["outcome"]) == ("closed", "answered")
    assert world.desk.query("SELECT * FROM reservations WHERE expires_at > now()") == []


def test_a_long_conversation_is_asked_about_and_left_alone(
    world: World, caller: StoryHandset, first: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().accepts()
    clock.passes(minutes=42)
    caller.is_connected_to(first)
    assert desk.contact()["state"] == "open"
    held = world.desk.query("SELECT technician, kind FROM reservations WHERE expires_at > now()")
    assert [(one["technician"], one["kind"]) for one in held] == [("ana", "on_call")]
    caller.hangs_up()
    assert desk.contact()["state"] == "closed"


def test_the_end_overtakes_the_beginning(world: World, first: StoryHandset, desk: Reader, line: str) -> None:
    """The caller hung up at once: Twilio's report is here before the first webhook is."""
    sid = "CA" + "9" * 32
    form = {"CallSid": sid, "From": "+14035550120", "To": line, "Direction": "inbound", "ApiVersion": "2010-04-01"}
    ended = world.post(f"{BASE}/voice/status", {**form, "CallStatus": "completed", "CallDuration": "0"})
    late = world.post(f"{BASE}/voice/incoming", {**form, "CallStatus": "ringing"})
    assert (ended.status_code, late.status_code) == (204, 200)
    first.does_not_ring()
    assert (desk.contact()["outcome"], desk.contact()["state"]) == ("abandoned", "closed")
    assert world.desk.query("SELECT * FROM reservations") == []


@pytest.mark.settled(because="it sends such a report again", **but(status_callback_order="lost"))
def test_a_late_report_of_a_passed_ring_changes_nothing(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    before = desk.contact()["events"]
    leg = next(one for one in world.exchange.requests if "/voice/leg" in one.url)
    form = {**leg.params, "CallSid": "CA" + "8" * 32, "CallStatus": "busy"}
    assert world.post(leg.url, form).status_code == 204
    assert desk.contact()["events"] == before
    caller.is_connected_to(second)
