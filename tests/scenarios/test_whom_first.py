"""Whom we ring first: who owns the matter, whom the client wants, who talked with them last; then the pod."""

from typing import Any

from simulator.people.story import StoryHandset
from tests.scenarios.towns import ANA, CHO, DEE, TOWNS
from tests.world import DIRECTORY, Reader, World


def test_the_second_call_goes_to_the_owner_first(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    caller.hangs_up()
    world.story.clock.passes(seconds=10)
    world.story.clock.passes(hours=20)
    caller.dials(line)
    second.rings().answers().hears("Matter").presses("1")
    caller.is_connected_to(second)
    assert desk.contact()["owner"] == "ben"
    assert desk.rung() == []  # still talking
    reasons = desk.turns(desk.contact()["contact"])[0]["reasons"]
    assert ("owner_first", "ben") in [(one["code"], one["technician"]) for one in reasons]


def test_an_owner_who_is_away_is_passed_over_with_the_reason(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    caller.hangs_up()
    world.story.clock.passes(seconds=10)
    world.api("PUT", "/api/v1/technicians/ben/presence", {"state": "away"})
    caller.dials(line)
    first.rings().accepts()
    assert desk.skipped() == [("ben", "away")]


def test_once_the_matter_is_closed_who_talked_last_comes_first(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    """Eight quiet days close the matter; the talk is remembered for thirty."""
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    caller.hangs_up()
    world.story.clock.passes(seconds=10)
    desk.query("UPDATE matters SET touched_at = touched_at - interval '8 days'")
    world.story.clock.passes(minutes=10)
    assert [one["state"] for one in desk.query("SELECT state FROM matters")] == ["closed"]
    caller.dials(line)
    second.rings().accepts()
    first.does_not_ring()
    caller.hangs_up()
    world.story.clock.passes(seconds=10)
    assert len(desk.query("SELECT * FROM matters")) == 2


def test_after_thirty_days_the_pod_is_rung_in_its_order(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    caller.hangs_up()
    world.story.clock.passes(seconds=10)
    desk.query("UPDATE matters SET touched_at = touched_at - interval '31 days'")
    desk.query("UPDATE talks SET at = at - interval '31 days'")
    world.story.clock.passes(minutes=10)
    caller.dials(line)
    first.rings().accepts()
    second.does_not_ring()


def test_a_wanted_technician_is_rung_first_and_an_unwanted_one_never(worlds: Any, line: str) -> None:
    header, row = DIRECTORY["clients.csv"].strip().split("\n")
    clients = f"{header},wanted,unwanted\n{row},cho,ana\n"
    world: World = worlds(directory={**DIRECTORY, "clients.csv": clients})
    caller, first, second, third = world.phones(
        [("+14035550120", "Clara"), ("+14035550111", "Ana"), ("+14035550112", "Ben"), ("+14035550113", "Cho")]
    )
    caller.dials(line)
    third.rings().declines()
    second.rings().accepts()
    first.does_not_ring()
    assert world.desk.skipped() == [("ana", "unwanted")]


def test_whom_a_client_and_their_town_want_may_be_of_another_pod(worlds: Any, line: str) -> None:
    """Clara wants Cho, Taber wants Dee; Ana and Ben are the pod."""

    def wanting(table: str, key: str, wanted: str) -> str:
        header, *rows = TOWNS[table].strip().split("\n")
        return "\n".join([f"{header},wanted", *(f"{row},{wanted if row.startswith(key) else ''}" for row in rows)])

    wishes = {
        "clients.csv": wanting("clients.csv", "clara", "cho"),
        "municipalities.csv": wanting("municipalities.csv", "4802022", "dee"),
    }
    world: World = worlds(directory={**TOWNS, **wishes})
    caller, ana, cho, dee = world.phones([("+14035550120", "Clara"), (ANA, "Ana"), (CHO, "Cho"), (DEE, "Dee")])
    caller.dials(line)
    cho.rings().declines()
    dee.rings().accepts()
    ana.does_not_ring()


def test_enhanced_service_is_due_in_half_the_time(worlds: Any, line: str) -> None:
    places = DIRECTORY["municipalities.csv"].replace(",en,taber,,", ",en,taber,gold,")
    people = DIRECTORY["technicians.csv"].replace("24/7", "Sun 01:00-02:00")
    world: World = worlds(directory={**DIRECTORY, "municipalities.csv": places, "technicians.csv": people})
    world.phone("+14035550120", "Clara").dials(line).hears("call you back by Tuesday at 10:00")
