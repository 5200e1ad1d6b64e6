"""When somebody is rung, and by when they will call: shifts, absences, holidays, and the change of clocks."""

from datetime import datetime
from typing import Any

import pytest

from simulator.people.story import StoryHandset
from tests.builders import local
from tests.world import DIRECTORY, NOBODY_HELPS, World

AT_ONCE = 10  # seconds: before anybody else could have been rung
PEOPLE = "technician,name,phone,pod,position,languages,hours,timezone\n"
HOLIDAYS = "municipality_or_province,date,name\n"


def worked(ana: str, ben: str, zone: str = "") -> dict[str, str]:
    """Ana's and Ben's hours, on the clock of `zone` if it isn't the pod's."""
    rows = f'ana,Ana,403 555 0111,taber,1,en,"{ana}",{zone}\nben,Ben,403 555 0112,taber,2,en,"{ben}",{zone}\n'
    return {**NOBODY_HELPS, "technicians.csv": PEOPLE + rows}


def people(world: World) -> list[StoryHandset]:
    """Clara, Ana and Ben."""
    return world.phones([("+14035550120", "Clara"), ("+14035550111", "Ana"), ("+14035550112", "Ben")])


def reaches(world: World, caller: StoryHandset, technician: StoryHandset, line: str) -> None:
    """They talk for a while, and hang up."""
    caller.dials(line)
    technician.rings(AT_ONCE).accepts()
    world.story.clock.passes(minutes=1)
    caller.hangs_up()
    world.story.clock.passes(seconds=10)
    world.catches_up()


def until(world: World, at: datetime) -> None:
    world.story.clock.passes(seconds=(at - world.clock.now()).total_seconds())


def test_shifts_are_on_each_technicians_own_clock(worlds: Any, line: str) -> None:
    """Nine in Taber is half past twelve in St. John's, where Ana has gone home and Ben has come."""
    directory = worked("Mon-Fri 08:00-12:00", "Mon-Fri 12:00-16:00", "America/St_Johns")
    world: World = worlds(directory=directory, start=local("2026-11-03 09:00"))
    clara, ana, ben = people(world)
    reaches(world, clara, ben, line)
    ana.does_not_ring()
    assert world.desk.skipped() == [("ana", "off_shift")]


def test_whoever_is_absent_is_away_until_the_absence_is_over(worlds: Any, line: str) -> None:
    absences = "technician,from,to\nana,2026-11-03 08:00,2026-11-03 13:00\n"
    directory = {**worked("24/7", "24/7"), "absences.csv": absences}
    world: World = worlds(directory=directory, start=local("2026-11-03 12:30"))
    clara, ana, ben = people(world)
    clara.dials(line)
    ben.rings(AT_ONCE)
    clara.hangs_up()
    assert world.desk.skipped() == [("ana", "away")]
    until(world, local("2026-11-03 13:01"))
    reaches(world, clara, ana, line)


def test_off_lasts_to_the_next_shift(worlds: Any, line: str) -> None:
    """Ana goes off at eleven; from one on she is rung again, and nobody had to say so."""
    world: World = worlds(directory=worked("Tue 08:00-12:00, 13:00-17:00", "24/7"), start=local("2026-11-03 11:00"))
    clara, ana, ben = people(world)
    world.api("PUT", "/api/v1/technicians/ana/presence", {"state": "off"})
    clara.dials(line)
    ben.rings(AT_ONCE)
    clara.hangs_up()
    assert world.desk.skipped() == [("ana", "off_shift")]
    until(world, local("2026-11-03 13:01"))
    reaches(world, clara, ana, line)


NIGHTS = {
    "back": ("2026-10-31 22:30", ["2026-11-01 03:00", "2026-11-01 05:55"], "2026-11-01 06:01"),
    "forward": ("2027-03-13 22:30", ["2027-03-14 03:00", "2027-03-14 05:55"], "2027-03-14 06:01"),
}


@pytest.mark.parametrize(("evening", "in_the_night", "morning"), NIGHTS.values(), ids=list(NIGHTS))
def test_a_night_shift_over_the_change_of_clocks(
    worlds: Any, line: str, evening: str, in_the_night: list[str], morning: str
) -> None:
    """Ana's night is nine hours long, or seven; she is rung to its end, and Ben takes over when it has come."""
    world: World = worlds(directory=worked("Sat 22:00-06:00", "Sun 06:00-14:00"), start=local(evening))
    clara, ana, ben = people(world)
    for at in in_the_night:
        until(world, local(at))
        reaches(world, clara, ana, line)
        ben.does_not_ring()
    until(world, local(morning))
    reaches(world, clara, ben, line)
    assert world.desk.skipped() == [("ana", "off_shift")]


DUE = {
    "a usual day": ("", "2026-11-09 16:00", "Tuesday at 10:00", "2026-11-10 10:00"),
    "the province's holiday": ("", "2026-11-10 16:00", "Thursday at 10:00", "2026-11-12 10:00"),
    "the town's own": ("4802022,2026-11-10,Cornfest\n", "2026-11-09 16:00", "Thursday at 10:00", "2026-11-12 10:00"),
    "another town's": ("4802021,2026-11-10,Cornfest\n", "2026-11-09 16:00", "Tuesday at 10:00", "2026-11-10 10:00"),
}


@pytest.mark.parametrize(("rows", "at", "said", "due"), DUE.values(), ids=list(DUE))
def test_holidays_move_what_is_promised(worlds: Any, line: str, rows: str, at: str, said: str, due: str) -> None:
    """Two hours of the town's business time: Wednesday the eleventh is Remembrance Day in Alberta."""
    towns = DIRECTORY["municipalities.csv"] + "4802021,Taber,Taber,MD,AB,America/Edmonton,en,taber,,\n"
    directory = {**worked("Sun 01:00-02:00", ""), "municipalities.csv": towns, "holidays.csv": HOLIDAYS + rows}
    world: World = worlds(directory=directory, start=local(at))
    clara, *_ = people(world)
    clara.dials(line).hears(f"call you back by {said}").speaks(6).hears("Thank you").has_ended()
    promises = world.desk.query("SELECT due_at FROM promises")
    assert [one["due_at"].replace(second=0, microsecond=0) for one in promises] == [local(due)]


def test_holidays_close_no_shift(worlds: Any, line: str) -> None:
    world: World = worlds(directory=worked("Mon-Fri 08:00-16:00", ""), start=local("2026-11-11 11:00"))
    clara, ana, _ = people(world)
    reaches(world, clara, ana, line)
