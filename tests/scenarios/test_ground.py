"""What a story begins with, whatever was played before it on the same ground."""

from pathlib import Path

from db.snapshot import Snapshots
from tests.ground import Grounds
from tests.world import LINE, NOBODY_HELPS, World

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def rows(world: World) -> dict[str, list[str]]:
    names = [name for (name,) in world.desk.query(TABLES)]
    return {name: sorted(map(str, world.desk.query(f"SELECT * FROM {name}"))) for name in names}


def test_a_town_that_is_brought_back_is_the_one_that_was_imported(tmp_path: Path) -> None:
    """Imported twice, and kept; then brought back, also after another town."""
    found = []
    with Grounds() as grounds:
        for number, directory in enumerate((None, None, None, NOBODY_HELPS, None)):
            home = tmp_path / str(number)
            home.mkdir()
            with grounds.lent() as ground:
                world = World.open(grounds.run, ground, home, directory=directory)
                snapshot = Snapshots(home).latest()
                assert snapshot is not None
                people = [(one.name, one.swarm) for one in snapshot.technicians]
                found.append((rows(world), people, (home / "directory").exists()))
                world.phone("+14035550120", "Clara").dials(LINE)
                world.phone("+14035550111", "Ana").rings().accepts()
                assert len(world.desk.contacts()) == 1
                world.close()
    (first, kept, brought, other, again) = found
    assert [one[2] for one in found] == [True, True, False, True, False], "who is imported, and who is not"
    assert brought[:2] == kept[:2] == again[:2]
    assert {name: len(those) for name, those in first[0].items()} == {
        name: len(those) for name, those in kept[0].items()
    }
    assert other[1] != kept[1]
    assert kept[0]["technicians"] and not kept[0]["contacts"]
