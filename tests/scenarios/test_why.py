"""`podline why`: a supervisor asks why this pod, why this order, why not the next one, and who was called in to help,
and hears what was true."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from podline.cli import run as podline
from podline.ground import Ground
from simulator.people.story import StoryHandset
from tests.dealing import but
from tests.scenarios.crews import ANA, CLARA, CREW, DAN, EVE, FAY
from tests.scenarios.test_call_back import NOBODY_YET, asks_to_be_called_back
from tests.scenarios.towns import CHO, TOWNS
from tests.world import DIRECTORY, World, Worlds

Ask = Callable[..., str]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, ground: Ground, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Ask:
    """Runs the command beside the service, on its database; what it printed, on one line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PODLINE_DATABASE_URL", ground.url)

    def ask(*words: str, status: int = 0) -> str:
        capsys.readouterr()
        assert podline(["why", *words]) == status
        printed = capsys.readouterr()
        return " ".join((printed.err if status else printed.out).split())

    return ask


def plan_of(told: str, hunt: int = 0) -> list[tuple[str, str]]:
    return [(one["technician"], one["outcome"]) for one in json.loads(told)["hunts"][hunt]["plan"]]


def test_an_owner_who_is_away_a_second_who_passes_and_a_third_who_takes_it(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str, ask: Ask
) -> None:
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    caller.hangs_up()
    world.api("PUT", "/api/v1/technicians/ben/presence", {"state": "away"})
    caller.dials(line)
    first.rings().declines()
    third = world.phone("+14035550113", "Cho")
    third.rings().accepts()
    world.story.clock.passes(minutes=2)
    caller.hangs_up()
    world.api("PUT", "/api/v1/technicians/ben/presence", {"state": "available"})  # too late to matter
    contact = world.desk.contact()["contact"]
    told = ask(contact)
    assert "The call came from (403) 555-0120, the number of Clara Whitfield." in told
    assert "Taber is served by pod Taber." in told
    assert "Ring 1, Ana Ferreira: 2nd in the plan (1st in pod Taber's order, linear). Ahead of them: Ben Oduya" in told
    assert "Ben Oduya (away)" in told
    assert "Passed it on, so Cho Min-seo was rung next." in told
    assert "The end of it: Cho Min-seo took it." in told
    assert plan_of(ask(contact, "--json")) == [("ben", "away"), ("ana", "declined"), ("cho", "accepted")]


def test_by_twilios_sid_and_with_reasons_of_a_hunt_after_a_cut_off(
    world: World, caller: StoryHandset, first: StoryHandset, line: str, ask: Ask
) -> None:
    caller.dials(line)
    first.rings().accepts()
    world.story.clock.passes(minutes=1)
    first.hangs_up()
    caller.hears("cut off").presses("1")
    first.rings().accepts()
    caller.hangs_up()
    told = ask(world.desk.contact()["provider_sid"], "--json")
    assert plan_of(told) == [("ana", "accepted"), ("ben", "not_reached"), ("cho", "not_reached")]
    assert plan_of(told, hunt=1)[0] == ("ana", "accepted")
    assert json.loads(told)["hunts"][1]["plan"][0]["why"] == "had just talked with them"


def test_a_stranger_who_said_taber(worlds: Worlds, line: str, ask: Ask) -> None:
    world = worlds(directory=TOWNS)
    caller, cho = world.phone("+14035550128", "A stranger"), world.phone(CHO, "Cho")
    caller.dials(line).hears("Which municipality").says("Taber").hears("Town of Taber").presses("2")
    cho.rings().accepts()
    told = ask(world.desk.contact()["contact"])
    for part in (
        "(403) 555-0128, which is in no client's entry.",
        "they said “Taber”: that may be the Town of Taber or the Municipal District of Taber, so they were",
        "they pressed 2 for the Municipal District of Taber.",
        "The Municipal District of Taber is served by pod North.",
        "Took it, goes on, so Dee Arsenault, the next who was free, was not rung.",
    ):
        assert part in told


def test_a_call_back_that_the_owner_passes_on(worlds: Worlds, line: str, ask: Ask) -> None:
    world = worlds(directory=NOBODY_YET)
    clara, ben, cho = world.phones([("+14035550120", "Clara"), ("+14035550112", "Ben"), ("+14035550113", "Cho")])
    asks_to_be_called_back(clara, line)
    ben.rings(within=3 * 3600).declines()
    cho.rings().answers().presses("1")
    clara.rings().answers()
    cho.hangs_up()
    errand, call = world.desk.contacts()
    told = ask(errand["contact"])
    assert f"We called to keep the promise of matter #{call['matter']}, made in contact {call['contact']}." in told
    assert "Rung to call the client back, Tue 3 Nov 11:00:00" in told
    assert "Ring 1, Ben Oduya: 1st in the plan (owns the promise of matter #1). Passed it on, so Cho" in told
    assert plan_of(ask(errand["contact"], "--json")) == [("ben", "declined"), ("ana", "off_shift"), ("cho", "accepted")]
    assert plan_of(ask(call["contact"], "--json")) == [("ana", "off_shift"), ("ben", "off_shift"), ("cho", "off_shift")]


@pytest.mark.settled(
    because="that a helper did not answer is told by the report of a leg that is known",
    rest_error=("none", "429"),
    **but(status_callback_order="lost"),
)
def test_who_was_called_in_to_help(worlds: Worlds, line: str, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    world = worlds(directory=CREW)
    people = [(CLARA, "Clara"), (ANA, "Ana"), (DAN, "Dan"), (EVE, "Eve"), (FAY, "Fay")]
    clara, ana, dan, eve, fay = world.phones(people)
    clara.dials(line)
    ana.rings().answers().presses("3").has_ended()
    fay.rings().declines()
    dan.rings()
    eve.rings().accepts()
    clara.is_in_room_with(eve)
    world.story.clock.passes(minutes=1)
    clara.hangs_up()
    contact = world.desk.contact()["contact"]
    told = ask(contact)
    for part in (
        "Step “team” (ring): Ana Ferreira pressed 3, which calls in everybody who can help, so on to “swarm”.",
        "The end of it: Ana Ferreira called in everybody who can help.",
        "- Ana Ferreira pressed 3, which calls in everybody who can help.",
        "Left out, has passed this call already: Ana Ferreira.",
        "One other technician has not opted in to help.",
        "Eve Lund became the owner",
        ": the caller hung up.",
    ):
        assert part in told
    (swarm,) = json.loads(ask(contact, "--json"))["swarms"]
    outcomes = {one["technician"]: one["outcome"] for one in swarm["plan"]}
    assert outcomes == {"dan": "no_answer", "eve": "accepted", "fay": "declined"}
    capsys.readouterr()
    assert podline(["story", contact]) == 0
    story = capsys.readouterr().out
    assert "Asked to help: Dan Roy, Eve Lund and Fay Osei." in story
    assert "was sent a text that help is needed" in story
    assert "Eve Lund and the client can hear each other." in story


def test_todays_directory_does_not_matter(
    world: World, caller: StoryHandset, first: StoryHandset, line: str, ask: Ask
) -> None:
    caller.dials(line)
    first.rings().accepts()
    caller.hangs_up()
    contact = world.desk.contact()["contact"]
    before = ask(contact)
    people = DIRECTORY["technicians.csv"].replace("taber,1,", "taber,9,").replace("Ferreira", "Renamed")
    clients = DIRECTORY["clients.csv"].replace("Whitfield", "Renamed")
    world.imports({**DIRECTORY, "technicians.csv": people, "clients.csv": clients})
    world.api("PUT", "/api/v1/technicians/ben/presence", {"state": "away"})
    assert ask(contact) == before


def test_what_can_not_be_explained_is_said_so(
    world: World, caller: StoryHandset, first: StoryHandset, line: str, ask: Ask
) -> None:
    caller.dials(line)
    first.rings().accepts()
    contact = world.desk.contact()["contact"]
    world.desk.query("UPDATE turns SET reasons = '[]' WHERE turn = 1")
    told = ask(contact, status=1)
    assert told.startswith(f"podline: Contact {contact} can't be explained: turn 1 (CallArrived), played again,")
    world.desk.query("DELETE FROM slices")
    assert "not kept in the form that this version of Podline reads" in ask(contact, status=1)
    assert "There is no contact nothing" in ask("nothing", status=1)
