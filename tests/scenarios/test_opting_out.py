"""Who wants no texts, and from which of our lines: what the client last said, to whom, and when.

Twilio's own list is by pair, "user number, our number or Messaging Service": "later sends fail with 400/21610 until
START" (twilio.md 6.6). Ours is by person, and only their own word changes it.
"""

import pytest

from simulator.people.story import StoryHandset
from telling.names import Names
from telling.story import lines
from tests.scenarios.test_replay import replay
from tests.world import BASE, DIRECTORY, LINE, SID, World, Worlds

CLARA, OTHER = "+14035550120", "+15875550101"
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute
LINES = {**DIRECTORY, "lines.csv": DIRECTORY["lines.csv"] + f"{OTHER},Water desk,,,en;fr,\n"}


@pytest.fixture
def world(worlds: Worlds) -> World:
    """Two lines of one desk."""
    world = worlds(directory=LINES)
    world.add_line(OTHER)
    return world


def tried(world: World, line: str) -> list[tuple[str, str]]:
    """Texts to Clara from that line: (words, why they did not arrive)."""
    found = world.desk.query(
        "SELECT body, error FROM messages WHERE line = $1 AND party = 'client' AND direction = 'out' ORDER BY message",
        line,
    )
    return [(one["body"], one["error"]) for one in found]


def story(world: World, line: str) -> str:
    """Of all conversations with Clara on that line."""
    threads = [one for one in world.desk.contacts("text") if one["line"] == line and one["from_number"] == CLARA]
    return "\n".join(told for one in threads for told in lines(one, one["events"], Names()))


def test_who_says_start_to_one_line_is_answered_there_and_not_from_the_line_to_which_they_said_stop(
    world: World, caller: StoryHandset, first: StoryHandset
) -> None:
    caller.sends_text(OTHER, "STOP")
    caller.sends_text(LINE, "START")
    caller.sends_text(LINE, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    first.sends_text(LINE, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)
    caller.sends_text(OTHER, "And the water bills?")
    first.got_text("(This line may not text them until they text START to it: please phone them.)", within=SOON)
    first.sends_text(OTHER, "#1 They are next").got_text("they must text START to this line first", within=SOON)
    assert tried(world, OTHER) == [], "Twilio is not even asked"
    caller.sends_text(OTHER, "START")
    first.sends_text(OTHER, "#1 They are right now")
    caller.got_text("They are right now", within=SOON)


def test_what_twilio_refuses_on_one_line_stops_no_other(
    world: World, caller: StoryHandset, first: StoryHandset
) -> None:
    """Their STOP to the other line reached Twilio, and never us."""
    world.exchange.opt_outs.takes(CLARA, OTHER, "STOP")
    caller.sends_text(OTHER, "And the water bills?")
    first.got_text("And the water bills?", within=SOON)
    first.sends_text(OTHER, "#1 They are next").got_text("no texts until they text START to this line", within=SOON)
    first.sends_text(OTHER, "#1 Are you there?").got_text("Nothing was sent", within=SOON)
    assert tried(world, OTHER) == [("They are next", "21610")], "tried once"
    assert "Twilio sends them nothing from this line until they text START to it." in story(world, OTHER)
    caller.sends_text(LINE, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    first.sends_text(LINE, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)
    assert replay(world, "text") >= 4


def test_a_refusal_from_before_their_start_is_old_news(world: World, caller: StoryHandset, first: StoryHandset) -> None:
    caller.sends_text(LINE, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    first.sends_text(LINE, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)
    caller.sends_text(LINE, "STOP")
    caller.sends_text(LINE, "START")
    (sent,) = world.desk.query(
        "UPDATE messages SET status = 'sent' WHERE body = 'I am on it' AND party = 'client'"
        " RETURNING provider_sid, (SELECT deed FROM deeds WHERE body ->> 'message' = message::text) AS deed"
    )
    report = {"MessageSid": sent["provider_sid"], "MessageStatus": "failed", "ErrorCode": "21610", "AccountSid": SID}
    assert world.post(f"{BASE}/messages/status?d={sent['deed']}", report).status_code == 204
    first.got_text("they have said since that they want texts: please send it again", within=SOON)
    first.sends_text(LINE, "#1 I am still on it")
    caller.got_text("I am still on it", within=SOON)
    told = "did not reach the client (they wanted no texts then, and have said since that they do)"
    assert told in story(world, LINE)


def test_a_technician_who_said_stop_to_one_line_is_texted_from_the_other(
    world: World, caller: StoryHandset, first: StoryHandset
) -> None:
    for key in ("ben", "cho"):
        world.api("PUT", f"/api/v1/technicians/{key}/presence", {"state": "off"})
    first.sends_text(OTHER, "STOP")
    first.sends_text(LINE, "START")
    caller.sends_text(LINE, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    caller.sends_text(OTHER, "And the water bills?")
    first.rings(within=SOON, from_=OTHER).declines()
    caller.sends_text(LINE, "Is it better now?")
    first.got_text("Is it better now?", within=SOON)


def test_a_conversation_of_which_nothing_has_gone_out_is_known_by_what_the_client_writes_in_it(
    world: World, caller: StoryHandset, first: StoryHandset
) -> None:
    def known_by() -> str:
        told = world.api("GET", "/api/v1/contacts?client=clara").json()["contacts"]
        assert "SendOn" not in str(told)
        return str(told[0]["provider_sid"])

    caller.sends_text(LINE, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    caller.sends_text(LINE, "STOP")
    first.sends_text(LINE, "#1 Are you there?").got_text("they want no texts from us. Nothing was sent", within=SOON)
    assert known_by() == "", "nothing of it is at Twilio"
    caller.sends_text(LINE, "START")
    (start,) = world.desk.query("SELECT provider_sid FROM messages WHERE body = 'START'")
    assert known_by() == start["provider_sid"]
    first.sends_text(LINE, "#1 There you are")
    caller.got_text("There you are", within=SOON)
    assert known_by() == start["provider_sid"], "the first of it"
