"""A technician calls a line: their last contact, their promises, on and off duty, and on as a caller."""

from typing import Any

import pytest

from simulator.people.story import StoryHandset
from tests.world import BASE, DIRECTORY, Reader, World

FORM = {"From": "+14035550111", "Direction": "inbound", "CallStatus": "ringing"}


@pytest.fixture
def talked(world: World, caller: StoryHandset, first: StoryHandset, line: str) -> World:
    """Ana has just talked with Clara."""
    caller.dials(line)
    first.rings().accepts()
    world.story.clock.passes(minutes=2)
    caller.hangs_up()
    world.story.clock.passes(seconds=10)
    return world


def state_of_matters(world: World) -> list[tuple[str, bool]]:
    return [(one["state"], one["keep_open"]) for one in world.desk.query("SELECT state, keep_open FROM matters")]


def test_a_technician_calls_in_and_closes_the_matter(talked: World, first: StoryHandset, line: str) -> None:
    first.dials(line).hears("Hello Ana Ferreira").hears("Clara Whitfield, Taber").presses("1")
    first.hears("Matter").presses("2").hears("is closed").has_ended()
    assert state_of_matters(talked) == [("closed", False)]
    contact = talked.desk.contact()
    assert (contact["outcome"], contact["client"]) == ("auto_replied", "clara")
    assert "matter_closed" in talked.desk.kinds()


def test_a_matter_that_is_kept_open_does_not_close_itself(talked: World, first: StoryHandset, line: str) -> None:
    first.dials(line).presses("1").hears("Matter").presses("3").has_ended()
    talked.desk.query("UPDATE matters SET touched_at = touched_at - interval '30 days'")
    talked.story.clock.passes(minutes=20)
    assert state_of_matters(talked) == [("open", True)]


def test_a_quiet_matter_closes_itself_after_a_week(talked: World) -> None:
    talked.desk.query("UPDATE matters SET touched_at = touched_at - interval '6 days 22 hours'")
    talked.story.clock.passes(minutes=20)
    assert state_of_matters(talked) == [("open", False)]
    talked.desk.query("UPDATE matters SET touched_at = touched_at - interval '3 hours'")
    talked.story.clock.passes(minutes=20)
    assert state_of_matters(talked) == [("closed", False)]
    told = talked.desk.query("SELECT event FROM turns WHERE subject LIKE 'matter:%'")
    assert "MatterQuiet" in told[0]["event"]


def test_a_note_is_spoken_and_kept_with_the_matter(talked: World, first: StoryHandset, line: str) -> None:
    first.dials(line).presses("1").hears("Matter").presses("1").hears("Speak your note").speaks(9)
    first.hears("The note is kept").hears("To close the matter").presses("2").has_ended()
    talked.story.clock.passes(minutes=4)  # a sound of which nothing is told is asked for
    talked.catches_up()
    notes = talked.desk.query("SELECT technician, seconds FROM notes")
    assert [(one["technician"], one["seconds"] >= 9) for one in notes] == [("ana", True)]
    assert "note" in talked.desk.kinds()


def test_the_client_is_called_back_and_sees_our_number(
    talked: World, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    first.dials(line).hears("To call Clara Whitfield, Taber back").presses("2")
    caller.rings(from_=line).answers()
    caller.is_connected_to(first)
    talked.story.clock.passes(minutes=1)
    caller.hangs_up()
    first.hears("If you talked").presses("1").hears("Your last contact").hangs_up()
    talked.story.clock.passes(seconds=10)
    contact = talked.desk.contact()
    assert (contact["outcome"], contact["client"]) == ("answered", "clara")


def test_a_promise_is_kept_from_the_menu(worlds: Any, line: str) -> None:
    people = DIRECTORY["technicians.csv"].replace("24/7", "Mon-Fri 12:00-17:00")
    world: World = worlds(directory={**DIRECTORY, "technicians.csv": people})
    clara, ana = world.phones([("+14035550120", "Clara"), ("+14035550111", "Ana")])
    clara.dials(line).hears("After the tone").speaks(8).hears("Thank you").has_ended()
    ben = world.phone("+14035550112", "Ben").dials(line).hears("To go o").hears_not("open promises")
    ben.hears_not("last contact").hangs_up()
    ana.dials(line).hears("open promises, 1 in number").presses("3").hears("promised by Tuesday at 11:00").presses("1")
    ana.hears("Matter").presses("4")
    clara.rings().answers()
    clara.is_connected_to(ana)
    ana.hangs_up()
    world.story.clock.passes(seconds=10)
    assert world.desk.query("SELECT * FROM promises WHERE kept_at IS null") == []
    assert "promise_kept" in world.desk.kinds()


def test_a_stranger_who_was_called_back_from_the_menu_meets_the_same_technician_again(worlds: Any, line: str) -> None:
    """Nothing is known of them but their number; the matter is closed, and the pod would begin with Ana."""
    people = DIRECTORY["technicians.csv"].replace("24/7", "Sun 01:00-02:00")
    towns = {**DIRECTORY, "technicians.csv": people, "lines.csv": DIRECTORY["lines.csv"].replace("en;fr", "en")}
    world: World = worlds(directory=towns)
    stranger, ana, ben = world.phones([("+14035550128", "Stranger"), ("+14035550111", "Ana"), ("+14035550112", "Ben")])
    stranger.dials(line).hears("Which municipality").says("Taber")
    stranger.hears("After the tone", within=60).speaks(8).hears("Thank you").has_ended()
    world.desk.query("UPDATE matters SET owner = 'ben'")
    world.desk.query("UPDATE promises SET owner = 'ben'")
    ben.dials(line).hears("open promises").presses("3").hears("promised by").presses("1").hears("Matter").presses("4")
    stranger.rings().answers()
    stranger.is_connected_to(ben)
    world.story.clock.passes(minutes=1)
    stranger.hangs_up()
    ben.hears("If you talked").presses("1").hears("To go on duty").presses("4").has_ended()
    world.story.clock.passes(seconds=30)
    world.catches_up()
    world.desk.query("UPDATE matters SET state = 'closed', closed_at = touched_at")
    world.api("PUT", "/api/v1/technicians/ana/presence", {"state": "available"})
    stranger.dials(line).hears("Are you calling from Taber").presses("1")
    ben.rings().accepts()
    ana.does_not_ring()


def test_off_duty_and_on_duty_again(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    first.dials(line).hears("To go off duty").presses("4").hears("off duty").has_ended()
    caller.dials(line)
    second.rings().accepts()
    caller.hangs_up()
    assert desk.skipped() == [("ana", "off_shift")]
    first.dials(line).hears("To go on duty").presses("4").has_ended()
    other = world.phone("+14035550120", "Clara")
    second.phone.is_busy()
    other.dials(line)
    first.rings()


def test_whoever_listens_to_the_menu_is_not_rung(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    first.dials(line).hears("Hello Ana")
    caller.dials(line)
    second.rings().accepts()
    assert desk.skipped(caller) == [("ana", "on_call")]
    first.hangs_up()


def test_nobody_stays_held_by_the_menu(world: World, caller: StoryHandset, first: StoryHandset, line: str) -> None:
    first.dials(line).hears("Hello Ana").hangs_up()
    world.catches_up()
    caller.dials(line)
    first.rings().accepts()


def test_a_silent_technician_is_let_go(world: World, first: StoryHandset, line: str) -> None:
    first.dials(line).has_ended(within=90)
    assert world.desk.contact()["outcome"] == "auto_replied"


def test_zero_goes_on_as_a_caller(worlds: Any, line: str) -> None:
    clients = DIRECTORY["clients.csv"] + "ana,Ana herself,+1 403 555 0111,4802022,en,voice,,\n"
    world: World = worlds(directory={**DIRECTORY, "clients.csv": clients})
    ana, ben = world.phones([("+14035550111", "Ana"), ("+14035550112", "Ben")])
    ana.dials(line).hears("To go on as a caller").presses("0")
    ben.rings().accepts()
    assert world.desk.skipped() == [("ana", "on_call")]


def test_a_borrowed_number_gets_no_menu(world: World, line: str) -> None:
    """The network says that the caller may not show that number: no names of clients for them."""
    reply = world.post(
        f"{BASE}/voice/incoming",
        {**FORM, "CallSid": "CA" + "9" * 32, "To": line, "StirVerstat": "TN-Validation-Failed-C"},
    ).text
    assert "Hello Ana" not in reply
    assert "language" in world.desk.query("SELECT memory FROM contacts")[0]["memory"]


def test_a_call_that_a_technicians_telephone_forwards_gets_no_menu(world: World, line: str) -> None:
    caller = world.phone("+14035550120", "Clara, forwarded by Ana")
    caller.dials(line, forwarded_from="+14035550111").hears("Hello Clara").hears_not("Hello Ana")
