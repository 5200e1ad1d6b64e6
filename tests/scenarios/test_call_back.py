"""A call back: promised at a number that was read back, told to its owner at once, made at the due time, and kept."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from simulator.people.story import StoryHandset
from tests.dealing import each
from tests.world import DIRECTORY, World

# Nine in the morning in Taber: Ben works from ten on, Ana in the evening.
PEOPLE = """technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,+1 403 555 0111,taber,1,en,tax,Mon-Fri 18:00-23:00,,yes
ben,Ben Oduya,+1 403 555 0112,taber,2,en,water,Mon-Fri 10:00-17:00,,yes
cho,Cho Min-seo,+1 403 555 0113,taber,3,en,payroll,Mon-Fri 10:30-17:00,,no
"""
NOBODY_YET = {**DIRECTORY, "technicians.csv": PEOPLE, "lines.csv": DIRECTORY["lines.csv"].replace("en;fr", "en")}
DUE = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)  # eleven in Taber


@pytest.fixture
def desk_at_nine(worlds: Any) -> World:
    world: World = worlds(directory=NOBODY_YET)
    return world


def people(world: World) -> tuple[StoryHandset, StoryHandset, StoryHandset]:
    """Clara, Ben and Cho."""
    numbers = [("+14035550120", "Clara"), ("+14035550112", "Ben"), ("+14035550113", "Cho")]
    clara, ben, cho = world.phones(numbers)
    return clara, ben, cho


def asks_to_be_called_back(clara: StoryHandset, line: str) -> None:
    clara.dials(line).hears("To be called back").presses("1").hears("4 0 3, 5 5 5, 0 1 2 0").presses("1")
    clara.hears("call you back by").has_ended()


def promises(world: World) -> list[tuple[str, str, bool]]:
    """(owner, number, kept) of each, once what Twilio tells has arrived."""
    world.story.clock.passes(seconds=10)
    world.catches_up()
    rows = world.desk.query("SELECT owner, number, kept_at FROM promises ORDER BY promise")
    return [(one["owner"], one["number"], one["kept_at"] is not None) for one in rows]


def test_a_call_back_is_promised_made_and_kept(desk_at_nine: World, line: str) -> None:
    world = desk_at_nine
    clara, ben, cho = people(world)
    asks_to_be_called_back(clara, line)
    first = world.desk.contact()
    assert (first["outcome"], first["owner"]) == ("callback", "ben")
    assert promises(world) == [("ben", "+14035550120", False)]
    ben.got_text("asked to be called back", within=world.allows(30)).got_text("(403) 555-0120")
    world.story.clock.passes(hours=1, minutes=45)
    ben.got_text("is due by").does_not_ring()
    ben.rings(within=3600, from_=line)
    assert abs((world.clock.now() - DUE).total_seconds()) < 60
    ben.answers().hears("A call back is due").hears("Clara Whitfield").presses("1")
    clara.rings(from_=line).answers()
    clara.is_connected_to(ben)
    world.story.clock.passes(minutes=4)
    clara.hangs_up()
    ben.hears("If you talked with them").presses("1").has_ended()
    assert promises(world) == [("ben", "+14035550120", True)]
    errand = world.desk.contact()
    assert (errand["direction"], errand["from_number"], errand["to_number"]) == ("outbound", line, "+14035550120")
    assert (errand["outcome"], errand["client"], errand["matter"]) == ("answered", "clara", first["matter"])
    assert world.desk.query("SELECT * FROM reservations WHERE expires_at > $1", world.clock.now()) == []
    cho.does_not_ring()
    world.story.clock.passes(hours=3)
    ben.does_not_ring()
    assert "promise_overdue" not in [one["kind"] for each in world.desk.contacts() for one in each["events"]]


def test_the_owner_passes_and_the_next_of_the_pod_keeps_the_promise(desk_at_nine: World, line: str) -> None:
    world = desk_at_nine
    clara, ben, cho = people(world)
    asks_to_be_called_back(clara, line)
    ben.rings(within=3 * 3600).declines()
    cho.rings().answers().presses("1")
    clara.rings().answers()
    clara.is_connected_to(cho)
    cho.hangs_up()
    assert promises(world) == [("ben", "+14035550120", True)]
    assert world.desk.rung() == [("ben", "declined"), ("cho", "accepted")]


def test_a_client_who_does_not_answer_is_called_again_later(desk_at_nine: World, line: str) -> None:
    world = desk_at_nine
    clara, ben, _ = people(world)
    asks_to_be_called_back(clara, line)
    ben.rings(within=3 * 3600).answers().presses("1")
    clara.rings(for_seconds=35)
    ben.hears("They did not answer").hangs_up()
    assert promises(world) == [("ben", "+14035550120", False)]
    ben.rings(within=1200).answers().presses("1")
    clara.rings().answers()
    world.story.clock.passes(minutes=1)
    ben.hangs_up()
    assert promises(world) == [("ben", "+14035550120", True)]


def test_a_voicemail_is_no_person(desk_at_nine: World, line: str) -> None:
    world = desk_at_nine
    clara, ben, _ = people(world)
    asks_to_be_called_back(clara, line)
    ben.rings(within=3 * 3600).answers().presses("1")
    clara.rings().answers()
    world.story.clock.passes(seconds=20)
    clara.hangs_up()
    ben.hears("only a voicemail").presses("2").has_ended()
    assert promises(world) == [("ben", "+14035550120", False)]
    ben.rings(within=1200)


def test_nobody_answers_and_the_promise_is_overdue(desk_at_nine: World, line: str) -> None:
    world = desk_at_nine
    clara, ben, cho = people(world)
    asks_to_be_called_back(clara, line)
    ben.phone.is_busy()
    cho.phone.is_busy()
    world.story.clock.passes(hours=2, minutes=20)
    ben.got_text("is overdue")
    told = world.desk.contacts()[-1]
    assert "promise_overdue" in [one["kind"] for one in told["events"]]
    assert [one["overdue_at"] is not None for one in world.desk.query("SELECT overdue_at FROM promises")] == [True]
    ben.phone.is_well()
    ben.rings(within=3600).answers().presses("1")
    clara.rings().answers()
    ben.hangs_up()
    assert promises(world) == [("ben", "+14035550120", True)]


def test_nobody_is_rung_at_night_for_a_promise(worlds: Any, line: str) -> None:
    """Ben works round the clock, but the client's office does not: tries end with the day and begin with the next."""
    people_all_day = PEOPLE.replace("Mon-Fri 10:00-17:00", "24/7").replace("Mon-Fri 10:30-17:00", "Sun 01:00-02:00")
    world: World = worlds(directory={**NOBODY_YET, "technicians.csv": people_all_day})
    clara, ben, _ = people(world)
    world.api("PUT", "/api/v1/technicians/ben/presence", {"state": "away", "until": "2026-11-03T22:00:00Z"})
    asks_to_be_called_back(clara, line)
    ben.phone.is_busy()
    world.story.clock.passes(hours=20)
    rung = [
        leg.created_at.astimezone(UTC).hour for leg in world.exchange.legs.values() if leg.direction == "outbound-api"
    ]
    assert rung
    assert all(15 <= hour < 24 for hour in rung)


def test_another_number_is_keyed_in_and_read_back(desk_at_nine: World, line: str) -> None:
    world = desk_at_nine
    clara, ben, _ = people(world)
    cell = world.phone("+14035550177", "Clara's cell")
    clara.dials(line).hears("To be called back").presses("1").hears("0 1 2 0").presses("2")
    clara.hears("key in the number").presses("4035550177#").hears("0 1 7 7").presses("1").has_ended()
    assert promises(world) == [("ben", "+14035550177", False)]
    ben.got_text("(403) 555-0177", within=world.allows(30))
    ben.rings(within=3 * 3600).answers().presses("1")
    cell.rings(from_=line).answers()
    cell.is_connected_to(ben)


def test_a_withheld_caller_keys_the_number_in(desk_at_nine: World, line: str) -> None:
    world = desk_at_nine
    caller = world.phone(None, "withheld")
    caller.dials(line).hears("To be called back", within=90).presses("1").hears("key in the number")
    caller.presses("911#").hears("key in the number").presses("4035550178#").hears("0 1 7 8").presses("1").has_ended()
    assert world.desk.contact()["outcome"] == "callback"
    assert [one[1] for one in promises(world)] == ["+14035550178"]


def test_no_good_number_ends_in_a_message(desk_at_nine: World, line: str) -> None:
    world = desk_at_nine
    caller = world.phone(None, "withheld")
    caller.dials(line).hears("To be called back", within=90).presses("1")
    caller.presses("12#").presses("19005551234#").hears("After the tone").speaks(5).hears("call you back").has_ended()
    assert world.desk.contact()["outcome"] == "voicemail"


@each(rest_error=("429", "500", "timeout after the effect"))
def test_a_leg_of_unknown_fate_rings_once(desk_at_nine: World, line: str, rest_error: str) -> None:
    """Twilio's answer is lost: the owner's telephone rings for one leg at a time, and the promise is kept."""
    world = desk_at_nine
    clara, ben, _ = people(world)
    asks_to_be_called_back(clara, line)
    ben.rings(within=4 * 3600).answers().presses("1")
    clara.rings().answers()
    clara.is_connected_to(ben)
    world.story.clock.passes(minutes=3)
    clara.hangs_up()
    ben.hears("If you talked").hangs_up()
    world.story.clock.passes(minutes=30)
    ben.does_not_ring()
    assert promises(world) == [("ben", "+14035550120", True)]


def test_the_client_calls_first_and_the_promise_is_kept_so(desk_at_nine: World, line: str) -> None:
    world = desk_at_nine
    clara, ben, _ = people(world)
    asks_to_be_called_back(clara, line)
    world.story.clock.passes(hours=1, minutes=5)
    clara.dials(line)
    ben.rings().accepts()
    world.story.clock.passes(minutes=1)
    clara.hangs_up()
    assert promises(world) == [("ben", "+14035550120", True)]
    world.story.clock.passes(hours=3)
    ben.does_not_ring()


def test_three_promises_due_at_once_keep_to_the_accounts_calls_a_second(worlds: Any, line: str) -> None:
    """Three clients call before dawn and are all promised half past ten: one call a second, nobody rung twice."""
    clients = DIRECTORY["clients.csv"] + "".join(
        f"c{one},Client {one},+1 403 555 013{one},4802022,en,voice,,\n" for one in range(3)
    )
    people = PEOPLE.replace("Mon-Fri 18:00-23:00", "Mon-Fri 10:00-17:00").replace("10:30", "10:00")
    directory = {**NOBODY_YET, "clients.csv": clients, "technicians.csv": people}
    world: World = worlds(directory=directory, start=datetime(2026, 11, 3, 12, 0, tzinfo=UTC))
    for one in range(3):
        caller = world.phone(f"+1403555013{one}", f"Client {one}")
        caller.dials(line).hears("To be called back").presses("1").presses("1").has_ended()
    assert len({one["due_at"] for one in world.desk.query("SELECT due_at FROM promises")}) == 1
    technicians = world.phones([("+14035550111", "Ana"), ("+14035550112", "Ben"), ("+14035550113", "Cho")])
    for technician in technicians:
        technician.rings(within=6 * 3600)
    began = sorted(leg.created_at for leg in world.exchange.legs.values() if leg.direction == "outbound-api")
    assert len(began) == 3
    # The slots are a second apart; a leg begins a moment after its own.
    assert all((later - earlier).total_seconds() > 0.9 for earlier, later in pairwise(began))
