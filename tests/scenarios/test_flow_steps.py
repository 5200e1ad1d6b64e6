"""Flows that supervisors wrote, each with one kind of step at its heart, as callers meet them."""

import pytest

from simulator.people.story import StoryHandset
from tests.dealing import but
from tests.scenarios.crews import ANA, CLARA, CREW, DAN
from tests.world import LINE, World, Worlds

# What stands behind the step that a story is about: know them, ring their team, and promise what nobody takes.
REST = """
  who: {step: identify, next: team, unknown: message}
  team: {step: ring, otherwise: message}
  message: {step: voicemail, call_back: call_back}
  call_back: {step: call_back, otherwise: message}
"""


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds(directory=CREW)


@pytest.fixture
def caller(world: World) -> StoryHandset:
    return world.phone(CLARA, "Clara")


@pytest.fixture
def ana(world: World) -> StoryHandset:
    return world.phone(ANA, "Ana")


@pytest.fixture
def dan(world: World) -> StoryHandset:
    return world.phone(DAN, "Dan")


def test_say_says_it_in_the_callers_language_and_goes_on(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    world.publishes(
        """
start: welcome
steps:
  welcome:
    step: say
    say: {en: Tax bills go out on Friday., fr: Les comptes de taxes partent vendredi.}
    next: who
"""
        + REST
    )
    caller.dials(LINE).hears("Tax bills go out on Friday")
    ana.rings().accepts()
    caller.is_connected_to(ana)


MENU = """
start: who
steps:
  who: {step: identify, next: choose, unknown: message}
  choose:
    step: menu
    say: {en: "For taxes press 1. For opening hours press 2.", fr: "Pour les taxes faites le 1. Pour les heures le 2."}
    keys: {1: team, 2: times}
    otherwise: team
  times:
    step: say
    say: {en: We are open from eight to four., fr: Nous sommes ouverts de huit à seize heures.}
    next: bye
  bye: {step: hang_up}
  team: {step: ring, otherwise: message}
  message: {step: voicemail}
"""


def test_a_menu_leads_where_the_key_says(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    version = world.publishes(MENU)
    caller.dials(LINE).presses("1")
    ana.rings().accepts()
    caller.is_connected_to(ana).hangs_up()
    assert world.desk.contact()["flow_version"] == version


def test_a_menu_keeps_nobody_who_presses_nothing(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    world.publishes(MENU)
    caller.dials(LINE)
    ana.rings(within=60).accepts()
    caller.is_connected_to(ana)


def test_hang_up_says_goodbye_to_whoever_chose_it(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    world.publishes(MENU)
    caller.dials(LINE).presses("2").hears("open from eight to four").hears("Goodbye").has_ended()
    ana.does_not_ring()
    assert world.desk.contact()["outcome"] == "auto_replied"


HOURS = """
start: who
steps:
  who: {step: identify, next: at_work, unknown: message}
  at_work: {step: hours, open: team, closed: message}
""" + REST.split("\n", 2)[2]


def test_hours_ring_a_team_at_work(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    world.publishes(HOURS)
    caller.dials(LINE)
    ana.rings().accepts()


def test_hours_spare_a_team_that_is_not_at_work(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    world.publishes(HOURS)
    world.api("PUT", "/api/v1/technicians/ana/presence", {"state": "off"})
    caller.dials(LINE).hears("After the tone", within=30)
    ana.does_not_ring()


def test_a_branch_sends_another_way(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    world.publishes(
        """
start: who
steps:
  who: {step: identify, next: which, unknown: message}
  which:
    step: branch
    cases:
      - {municipality: "4802022", known: true, to: message}
    otherwise: team
  team: {step: ring, otherwise: message}
  message: {step: voicemail}
"""
    )
    caller.dials(LINE).hears("After the tone", within=30)
    ana.does_not_ring()


def test_a_ring_of_another_pod(world: World, caller: StoryHandset, ana: StoryHandset, dan: StoryHandset) -> None:
    world.publishes(
        """
start: who
steps:
  who: {step: identify, next: north, unknown: message}
  north: {step: ring, pod: north, otherwise: message, say: {en: The North will help., fr: Le Nord vous aidera.}}
  message: {step: voicemail}
"""
    )
    caller.dials(LINE).hears("The North will help")
    dan.rings().accepts()
    caller.is_connected_to(dan)
    ana.does_not_ring()


def test_a_flow_that_says_nothing_lets_the_carrier_ring(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    world.publishes("start: who\nsteps:" + REST.replace("{step: ring,", "{step: ring, greet: false,"))
    caller.dials(LINE)
    ana.rings()
    assert not caller.leg.is_live
    ana.accepts()
    caller.is_connected_to(ana)


TRANSFER = """
start: town_hall
steps:
  town_hall: {step: transfer, number: 403 555 0155, otherwise: message}
  message: {step: voicemail}
"""


def test_a_transfer_connects_with_another_number(world: World, caller: StoryHandset) -> None:
    world.publishes(TRANSFER)
    hall = world.phone("+14035550155", "town hall")
    caller.dials(LINE)
    hall.rings().answers()
    caller.is_connected_to(hall)
    hall.hangs_up()
    caller.hears("Goodbye").has_ended()
    assert world.desk.contact()["outcome"] == "answered"


def test_a_transfer_that_nobody_answers_goes_on(world: World, caller: StoryHandset) -> None:
    world.publishes(TRANSFER)
    hall = world.phone("+14035550155", "town hall")
    caller.dials(LINE)
    hall.rings(for_seconds=30)
    caller.hears("After the tone", within=60).speaks(5).has_ended()
    assert world.desk.contact()["outcome"] == "voicemail"


def test_a_call_back_of_its_own_from_a_menu(world: World, caller: StoryHandset) -> None:
    world.publishes(MENU.replace("2: times", "2: later") + "  later: {step: call_back}\n")
    caller.dials(LINE).presses("2").hears("We will call you at").presses("1").hears("call you back by").has_ended()
    assert world.desk.contact()["outcome"] == "callback"


def test_a_language_step_asks_a_stranger(world: World) -> None:
    world.imports({"lines.csv": f"line,name,voice_flow,text_flow,languages,fallback\n{LINE},Support,,,en;fr,\n"})
    world.publishes(
        """
start: tongue
steps:
  tongue: {step: language, next: welcome}
  welcome: {step: say, say: {en: Welcome., fr: Bienvenue.}, next: message}
  message: {step: voicemail}
"""
    )
    stranger = world.phone("+15145550177", "stranger")
    stranger.dials(LINE).presses("2").hears("Bienvenue")


@pytest.mark.settled(because="a helper for whose leg Twilio answered nothing is rung last", **but(rest_error="500"))
def test_a_swarm_from_the_start(world: World, caller: StoryHandset, ana: StoryHandset, dan: StoryHandset) -> None:
    world.publishes(
        """
start: who
steps:
  who: {step: identify, next: all, unknown: all}
  all: {step: swarm, otherwise: message}
  message: {step: voicemail}
"""
    )
    caller.dials(LINE)
    ana.rings()
    dan.rings().accepts()
    caller.is_in_room_with(dan)


def test_a_call_keeps_its_version_while_the_next_one_has_the_new(
    world: World, caller: StoryHandset, ana: StoryHandset
) -> None:
    before = world.publishes(MENU)
    caller.dials(LINE).hears("For taxes")
    after = world.publishes("start: message\nsteps:\n  message: {step: voicemail}\n")
    other = world.phone("+14035550177", "other")
    other.dials(LINE).hears("After the tone", within=30).hangs_up()
    caller.presses("1")
    ana.rings().accepts()
    caller.is_connected_to(ana).hangs_up()
    assert world.desk.contact(caller)["flow_version"] == before
    assert world.desk.contact(other)["flow_version"] == after


def test_a_dead_end_is_not_published(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    made = world.api("POST", "/api/v1/flows/main/versions", {"yaml": MENU.replace("2: times", "2: time")}).json()
    assert [one["place"] for one in made["problems"]] == ["steps.choose.keys.2"]
    refused = world.api("POST", f"/api/v1/flows/main/versions/{made['version']}/publish", {})
    assert refused.status_code == 409
    caller.dials(LINE)
    ana.rings().accepts()  # by the flow that ships


def test_a_template_that_breaks_is_a_plain_sentence(world: World, caller: StoryHandset, ana: StoryHandset) -> None:
    """Nobody can publish one; a version may outlive the rules by which it was checked."""
    version = world.publishes(MENU.replace("For taxes press 1.", "For {{ municipality }} press 1."))
    world.desk.query(
        "UPDATE flow_versions SET written = replace(written::text, 'municipality', 'municipality.x.y')::json"
        " WHERE version = $1",
        version,
    )
    world.desk.query("UPDATE editions SET flows = flows + 1")
    world.run(world.house.desk.refresh())
    caller.dials(LINE).hears("One moment please")
    ana.rings(within=60).accepts()
    caller.is_connected_to(ana)
    errors = [one["detail"] for one in world.desk.contact()["events"] if one["kind"] == "flow_error"]
    assert errors[0]["prompt"] == "choose.say"
