"""A technician's telephone loses the client's words: the next one has them at once, and the owner stays the owner."""

import pytest

from simulator.people.story import StoryClock, StoryHandset
from tests.dealing import but
from tests.scenarios.test_replay import replay
from tests.scenarios.test_why import Ask, ask
from tests.world import Reader, World

__all__ = ["ask"]
CLARA = "+14035550120"
BOSS = "+14035550199"
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute
TOLD = {"because": "that a text was lost is told by Twilio's report alone", **but(status_callback_order="lost")}


@pytest.mark.settled(**TOLD)
def test_a_telephone_that_is_off_and_the_next_one_answers(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    first.loses_texts()
    caller.sends_text(line, "Our tax roll is broken")
    second.got_text("#1 Taber, Clara Whitfield:\n(No text reaches the owner: please answer.)", within=SOON)
    second.sends_text(line, "I am on it")
    caller.got_text("I am on it", within=SOON)
    kept = desk.thread(CLARA)
    assert kept["owner"] == "ana"
    assert [one["kept_by"] for one in desk.query("SELECT kept_by FROM promises")] == ["ben"]
    second.sends_text(line, "take #1").got_text("is yours", within=SOON)
    assert desk.thread(CLARA)["owner"] == "ben"


@pytest.mark.settled(**TOLD)
def test_for_the_rest_of_the_day_the_next_words_go_there_at_once(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, clock: StoryClock, line: str
) -> None:
    first.loses_texts()
    caller.sends_text(line, "Our tax roll is broken")
    second.got_text("Our tax roll is broken", within=SOON)
    caller.sends_text(line, "Hello?")
    second.got_text("Hello?", within=SOON)
    tried = "SELECT status FROM messages WHERE technician = 'ana' AND direction = 'out'"
    assert [one["status"] for one in desk.query(tried)] == ["undelivered"]
    first.is_well()
    first.sends_text(line, "on").got_text("on duty", within=SOON)
    caller.sends_text(line, "Is anybody there?")
    first.got_text("Is anybody there?", within=SOON)


@pytest.mark.settled(
    because="the story's sentences are those of a report that comes", **but(status_callback_order="lost")
)
def test_the_story_and_the_reasons_say_why(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str, ask: Ask
) -> None:
    first.is_a_landline()
    caller.sends_text(line, "Our tax roll is broken")
    second.got_text("Our tax roll is broken", within=SOON)
    told = ask(world.desk.thread(CLARA)["contact"])
    assert "the words did not reach Ana Ferreira, so somebody else is to have them" in told
    assert "Ana Ferreira was left out: no text reaches their telephone" in told
    assert "Ben Oduya is the next in order who is at work, so the words go to them" in told
    assert replay(world, "text") >= 4


def test_a_landline_that_twilio_refuses_at_once(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str
) -> None:
    first.is_a_landline(refused_at_once=True)
    caller.sends_text(line, "Our tax roll is broken")
    second.got_text("Our tax roll is broken", within=SOON)


def supervised(world: World) -> StoryHandset:
    """From now on somebody hears of what nobody does."""
    boss = world.phone(BOSS, "Supervisor")
    world.run(world.rehearsal.ends_work())
    world.rehearsal.settings = world.rehearsal.settings.model_copy(update={"supervisor_phone": BOSS})
    world.run(world.rehearsal.begins_work())
    return boss


def test_if_every_telephone_loses_them_the_supervisor_hears_and_the_promise_stands(world: World, line: str) -> None:
    boss = supervised(world)
    team = world.phones([("+14035550111", "Ana"), ("+14035550112", "Ben"), ("+14035550113", "Cho")])
    for one in team:
        one.is_a_landline(refused_at_once=True)
    world.phone(CLARA, "Clara").sends_text(line, "Our tax roll is broken")
    boss.got_text("#1 Taber, Clara Whitfield: their words reached no telephone of ours", within=SOON * 3)
    world.story.clock.passes(minutes=10)
    tried = world.desk.query("SELECT technician FROM messages WHERE party = 'technician' ORDER BY message")
    assert [one["technician"] for one in tried] == ["ana", "ben", "cho"], "each once"
    assert [one["kept_at"] for one in world.desk.query("SELECT kept_at FROM promises")] == [None]
    world.story.clock.passes(hours=2)
    boss.got_text("overdue", within=SOON)


def test_a_technician_whom_twilio_knows_to_have_said_stop_is_rung_from_then_on(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    """Ana said it before Podline had the number: Twilio alone knows."""
    world.exchange.opt_outs.takes("+14035550111", line, "STOP")
    caller.sends_text(line, "Our tax roll is broken")
    second.got_text("Our tax roll is broken", within=SOON)
    assert desk.query("SELECT FROM blocks WHERE number = '+14035550111' AND blocked")
    caller.sends_text(line, "Hello?")
    first.rings(within=SOON, from_=line)


def test_who_is_alone_at_work_and_has_ended_our_texts_unheard_is_rung_at_once(
    world: World, caller: StoryHandset, first: StoryHandset, desk: Reader, line: str
) -> None:
    """Their STOP reached Twilio, and never us."""
    for key in ("ben", "cho"):
        world.api("PUT", f"/api/v1/technicians/{key}/presence", {"state": "off"})
    world.exchange.opt_outs.takes("+14035550111", line, "STOP")
    caller.sends_text(line, "Our tax roll is broken")
    first.rings(within=SOON, from_=line).answers().hears("Taber").presses("1")
    caller.rings(within=30, from_=line).answers()
    caller.is_connected_to(first).hangs_up()
    tried = desk.query("SELECT FROM messages WHERE technician = 'ana' AND direction = 'out'")
    assert len(tried) == 1, "and is texted no more"
