"""The sample world imports without a word, has somebody on shift, and reaches nobody real."""

import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from db.importing import import_directory
from db.snapshot import Directory, Snapshots
from podline.world import generate_clients, write_world
from podline.world.crowd import invented_numbers
from routing.directory import Client, Municipality
from routing.hours import Week
from routing.numbers import read_number

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
CLIENTS = ["clara", "owen", "dale", "priya", "tom", "june", "peter", "lucie", "marc", "sylvie", "remi", "nora"]
CLIENTS += ["grace", "aluki"]
FICTIONAL = re.compile(r"\+1\d{3}55501\d{2}")


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> Directory:
    folder = tmp_path / "world"
    write_world(folder)
    connection = await asyncpg.connect(database_url)
    report = await import_directory(connection, folder, now=NOW, strict=True)
    assert (report.problems, report.warnings) == ((), ())
    directory = await Snapshots(tmp_path).current(connection, 6)
    await connection.close()
    return directory


async def test_there_is_everything_that_the_scenes_need(world: Directory) -> None:
    assert {pod.pod: pod.strategy for pod in world.pods} == {
        "prairie": "linear",
        "fleuve": "circular",
        "north": "longest_idle",
    }
    assert [one.technician for one in world.technicians_of("prairie")] == ["ana", "ben", "cho"]
    assert [line.languages for line in world.lines] == [("en",), ("fr", "en")]
    languages = {client.language for one in world.municipalities() for client in clients_of(world, one)}
    assert {"en", "fr"} <= languages
    assert len(world.clients_with("+14035550123")) == 2
    dale = world.client("dale")
    assert dale is not None
    assert dale.municipalities == ("4810039", "4717029")


def clients_of(world: Directory, municipality: Municipality) -> list[Client]:
    found = [client for key in CLIENTS if (client := world.client(key)) is not None]
    assert len(found) == len(CLIENTS)
    return [client for client in found if municipality.municipality in client.municipalities]


async def test_two_pods_are_never_left_alone_and_one_always_is(world: Directory) -> None:
    weeks = {one.technician: Week.read(one.hours) for one in world.technicians}
    start = datetime(2026, 10, 26, tzinfo=UTC)  # a week with the end of daylight saving in it
    for half_hours in range(2 * 24 * 8):
        at = start + timedelta(minutes=30 * half_hours)
        for pod in world.pods:
            on_shift = [
                one
                for one in world.technicians_of(pod.pod)
                if weeks[one.technician].is_open(at, one.timezone or pod.timezone)
            ]
            assert len(on_shift) >= 2 if pod.pod != "north" else not on_shift


async def test_nobody_real_can_be_reached(world: Directory, tmp_path: Path) -> None:
    numbers = set()
    for path in (tmp_path / "world").glob("*.csv"):
        for found in re.findall(r"\+1[\d ]{10,}", path.read_text(encoding="utf-8")):
            numbers.add(read_number(found))
    assert len(numbers) >= 25
    assert all(FICTIONAL.fullmatch(number) for number in numbers)


async def test_further_municipalities_stand_beside_the_worlds_own(tmp_path: Path) -> None:
    more = [
        Municipality("4802022", "Taber again"),
        Municipality("4806016", "Calgary", kind="CY", province="AB", timezone="America/Edmonton", pod="prairie"),
    ]
    write_world(tmp_path, more)
    with (tmp_path / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["municipality"]: row for row in csv.DictReader(file)}
    assert rows["4802022"]["name"] == "Taber"
    assert (rows["4806016"]["name"], rows["4806016"]["pod"], rows["4806016"]["hours"]) == ("Calgary", "prairie", "")


def test_a_crowd_is_the_same_for_the_same_seed_and_has_a_number_each(tmp_path: Path) -> None:
    write_world(tmp_path)
    generate_clients(tmp_path, 3_000, seed=7)
    first = (tmp_path / "clients.csv").read_bytes()
    generate_clients(tmp_path, 3_000, seed=7)
    assert (tmp_path / "clients.csv").read_bytes() == first
    generate_clients(tmp_path, 3_000, seed=8)
    assert (tmp_path / "clients.csv").read_bytes() != first
    with (tmp_path / "clients.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert {len(row) for row in rows} == {len(header)}
    assert header[-2:] == ["wanted", "unwanted"]
    phones = [row[header.index("phones")] for row in rows]
    assert len(set(phones)) == 3_000
    assert all(FICTIONAL.fullmatch(read_number(phone)) for phone in phones)


def test_a_crowd_larger_than_its_numbers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_world(tmp_path)
    monkeypatch.setattr("podline.world.crowd.invented_numbers", lambda: iter(["+14035550100"]))
    with pytest.raises(ValueError, match="for 1 clients, not for 2"):
        generate_clients(tmp_path, 2)


def test_there_are_numbers_for_a_million() -> None:
    numbers = invented_numbers()
    taken = [next(numbers) for _ in range(1_000_000)]
    assert len(set(taken)) == 1_000_000
    assert all(read_number(number) == number for number in taken[::9_973])
    assert not any(number.endswith("5551212") for number in taken)
