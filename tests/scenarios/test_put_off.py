"""The text that follows a missed call waits for the client's morning; by then it may be out of place."""

from typing import Any

from simulator.people.story import StoryHandset
from tests.mail.letters import letter
from tests.scenarios.by_mail import BY_DAY, NIGHT, SOON, brings
from tests.world import World, Worlds

CLARA = "+14035550120"


def missed(worlds: Worlds, line: str, **options: Any) -> tuple[World, StoryHandset]:
    """Clara has called at night, and nobody was there."""
    world = worlds(start=NIGHT, **options)
    clara = world.phone(CLARA, "Clara")
    clara.dials(line).hears("We will call you back")
    clara.hangs_up()
    return world, clara


def held(world: World) -> tuple[str, str]:
    """What became of the text that waited: status and reason."""
    world.catches_up()
    (kept,) = world.desk.query(
        "SELECT status, error FROM messages WHERE automatic AND party = 'client' AND body LIKE '%take your call%'"
    )
    return kept["status"], kept["error"]


def test_it_goes_out_in_the_morning_if_nothing_has_happened(worlds: Worlds, line: str) -> None:
    world, clara = missed(worlds, line, directory=BY_DAY)
    world.story.clock.passes(hours=11)
    clara.got_text("we could not take your call", within=SOON)


def test_a_client_who_has_written_meanwhile_is_not_told_of_the_missed_call(worlds: Worlds, line: str) -> None:
    world, clara = missed(worlds, line, directory=BY_DAY)
    world.story.clock.passes(hours=1)
    clara.sends_text(line, "I called you about the tax roll")
    world.story.clock.passes(hours=11)
    clara.got_no_text("take your call")
    assert held(world) == ("canceled", "written_meanwhile")
    kept = world.desk.thread(CLARA)
    assert (kept["state"], kept["outcome"]) == ("open", None), "it goes on with what they wrote"
    said = [one["detail"].get("why") for one in kept["events"] if one["kind"] == "text_status"]
    assert "written_meanwhile" in said, "the story says so"


def test_a_client_who_has_written_an_e_mail_is_not_told_of_it_either(worlds: Worlds, line: str) -> None:
    world, clara = missed(worlds, line, directory=BY_DAY)
    world.story.clock.passes(minutes=10)
    assert brings(world, letter(body="I called you.", sender="clara@example.org")) == 202
    world.story.clock.passes(hours=11)
    clara.got_no_text("take your call")
    assert held(world) == ("canceled", "written_meanwhile")


def test_a_client_who_has_talked_with_somebody_is_not_told_of_it_and_the_conversation_ends(
    worlds: Worlds, line: str
) -> None:
    world, clara = missed(worlds, line, directory=BY_DAY)
    ana = world.phone("+14035550111", "Ana")
    world.api("PUT", "/api/v1/technicians/ana/presence", {"state": "available"})
    world.story.clock.passes(hours=1)
    clara.dials(line)
    ana.rings(within=30).accepts()
    clara.is_connected_to(ana).hangs_up()
    world.story.clock.passes(hours=11)
    clara.got_no_text("take your call")
    assert held(world) == ("canceled", "talked_meanwhile")
    kept = world.desk.thread(CLARA)
    assert (kept["state"], kept["outcome"]) == ("closed", "abandoned")


def test_a_client_who_is_on_the_line_at_that_moment_is_not_told_of_it(worlds: Worlds, line: str) -> None:
    world, clara = missed(worlds, line, directory=BY_DAY)
    world.story.clock.passes(hours=9)
    world.api("PUT", "/api/v1/technicians/ana/presence", {"state": "available"})
    world.story.clock.passes(minutes=59, seconds=40)
    clara.dials(line)
    world.phone("+14035550111", "Ana").rings(within=10)
    world.story.clock.passes(seconds=12)
    clara.hangs_up()
    world.story.clock.passes(minutes=2)
    assert held(world) == ("canceled", "called_meanwhile")


def test_somebody_elses_text_is_no_reason(worlds: Worlds, line: str) -> None:
    world, clara = missed(worlds, line, directory=BY_DAY)
    world.phone("+14035550177", "Stranger").sends_text(line, "Hello")
    world.story.clock.passes(hours=11)
    clara.got_text("we could not take your call", within=SOON)
