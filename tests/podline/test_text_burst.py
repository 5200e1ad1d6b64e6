"""The worst morning: everybody writes at once, and the job process is killed in the middle."""

import asyncio
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.ground import fresh_ground
from tests.world import DIRECTORY, LINE, World

NUMBERS = [f"+1{area}55501{last}" for area in (403, 587, 780, 825, 306) for last in range(40, 50)]
EACH = 20
ROWS = "".join(f"client{place},Client {place},{number},4802022,en,voice,,\n" for place, number in enumerate(NUMBERS))
CROWD = {**DIRECTORY, "clients.csv": DIRECTORY["clients.csv"] + ROWS}
TECHNICIANS = ("+14035550111", "+14035550112", "+14035550113")


@pytest.mark.timeout(300)
def test_a_thousand_texts_of_fifty_people_arrive_once_and_in_order(tmp_path: Path) -> None:
    with asyncio.Runner() as runner, fresh_ground(runner.run) as ground:
        world = World.open(runner.run, ground, tmp_path, directory=CROWD)
        try:
            assert given_in(world) == {place: list(range(EACH)) for place in range(len(NUMBERS))}
        finally:
            world.close()


def given_in(world: World) -> dict[int, list[int]]:
    """Which texts of each client the technicians were given, in the order in which they were."""
    people = world.phones([(number, f"Client {place}") for place, number in enumerate(NUMBERS)])
    technicians = world.phones([(number, "") for number in TECHNICIANS])
    world.run(world.rehearsal.ends_work())
    world.run(world.rehearsal.begins_work())
    for number in range(EACH):
        for place, one in enumerate(people):
            one.sends_text(LINE, f"text {place}.{number}.")
        if number == EACH // 2:
            world.run(world.rehearsal.kills_work())
            world.run(world.rehearsal.begins_work())
    world.story.clock.passes(minutes=20)
    given: dict[int, list[int]] = defaultdict(list)
    for technician in technicians:
        for text in technician.texts:
            for place, number in re.findall(r"text (\d+)\.(\d+)\.", text.body):
                given[int(place)].append(int(number))
    return given
