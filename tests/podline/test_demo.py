"""The demo against the real service: its scenes end as told, and one that does not is named."""

import csv
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from podline.demo import run
from podline.demo.scene import Scene
from podline.demo.scenes import SCENES
from podline.demo.stage import Stage
from podline.demo.town import RELIEF, read_people, write_town
from tests.conftest import REPOSITORY

FEW = {"PODLINE_WORKERS": "1"}  # where their number has no part in it: each takes two seconds to begin


@pytest.fixture
def home() -> Iterator[Path]:
    """Not pytest's own folder, which is closed to the user to whom root lends the database."""
    folder = Path(tempfile.mkdtemp(prefix="podline-test-demo-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def begin(home: Path, *arguments: str, **settings: str) -> "subprocess.Popen[str]":
    """`podline demo` from another directory, with next to nothing in its environment."""
    return subprocess.Popen(
        [sys.executable, "-m", "podline.cli", "demo", *arguments],
        cwd=home,
        env={
            "PODLINE_HOME": str(home),
            "PYTHONPATH": str(REPOSITORY),
            "PATH": os.defpath,
            "LC_ALL": "C.UTF-8",
            **settings,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.timeout(390)
def test_all_scenes_end_as_told(home: Path) -> None:
    with begin(home, "--once") as demo:
        said, _ = demo.communicate(timeout=360)
    assert demo.returncode == 0, said
    for number, scene in enumerate(SCENES, 1):
        assert f"{number}/{len(SCENES)}  {scene.headline}" in said
    assert said.count("✓  as told") == len(SCENES)
    for line in (
        "Clara Whitfield and Ana Ferreira are connected",
        "Left out of Holly Brandt's call: Zoe Lachance (off shift)",
        "Noémie Fortin's voicemail picks up",
        "Promised to Petra Lindgren: Rosa Valdez calls back by",
        "Closed by Ana Ferreira: matter",
        "A stranger and Della Moreau are connected",
        "The caller presses 2 6 7 6 #",
        "Sylvie Ouellet hears: “Bonjour Sylvie Ouellet.",
        "Greta Lindholm's telephone rings, showing (403) 555-0199",
        "Kept by Olive Ransom: what was promised to Greta Lindholm",
        "Sun 01:30:00 MDT  Greta Lindholm (Pincher Creek) dials",
        "Sun 01:30:00 MST  Hector Novak (Fort Macleod) dials",
        "A swarm for Bram Hoekstra: asked to help are",
        "in the room; Bram Hoekstra and Raj Anand talk on",
        "Bram Hoekstra's call is Raj Anand's now, because Uma Reyes has left",
        "Ana Ferreira calls others into Clara Whitfield's call, which becomes a conference",
        "Uma Reyes says: “Uma here, for payroll.",
        "Ben Oduya asked to join Clara Whitfield's call, and is rung for it",
        "Ana Ferreira presses 3",
        "Promised to Hector Novak: Olive Ransom calls back by Tuesday, 10:30 (their time)",
        "water.yaml:steps.topic.keys.1: A dead end: there is no step `watter`",
        "water.yaml is not published",
        "Line 14 of water.yaml: “1: watter” becomes “1: water”",
        "Dale Petrie's call began with version 2 of main, and kept it",
        "Clara Whitfield's call began with version 3",
        "main: version 4 is live (back to version 2)",
        "Clara Whitfield (Taber) writes to the support desk, with image/jpeg: “This is one of them.”",
        "Ana Ferreira writes to the support desk: “close #1”",
        "Sylvie Ouellet wants no more texts, and is sent none",
        "Promised to Hector Novak: Felix Duarte answers by Monday, 09:30 (their time)",
        "Sat 14:00:02 MST  Felix Duarte gets a text: “#1 Fort Macleod, Hector Novak: The payroll run stops",
        "A text follows Kavya Menon's call",
        f"{len(SCENES)} of {len(SCENES)} scenes ended as told",
        "Everything is stopped.",
    ):
        assert line in said
    assert said.count("Hector Novak waits, with music") == 1
    # Who of the two was in the room first, only the account knows.
    assert re.search("Raj Anand joins (Uma Reyes and Bram Hoekstra|Bram Hoekstra and Uma Reyes)", said)
    assert not list(home.glob("demo/postgres-*/data/postmaster.pid")), "the database server still runs"


def test_the_town_reaches_nobody_real_and_divides_places_of_one_name(tmp_path: Path) -> None:
    write_town(tmp_path, datetime.now(UTC))
    people = read_people(tmp_path)
    assert all(re.fullmatch(r"\+1\d{3}55501\d{2}", one.number) for one in people.values())
    shared = {"priya", "tom"}
    assert len({one.number for one in people.values()}) == len(people) - len(shared) + 1
    with (tmp_path / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name in ("Taber", "Lloydminster"):
        assert len({row["pod"] for row in rows if row["name"] == name}) == 2


def test_only_people_without_shifts_have_opted_in_so_that_a_scene_says_who_helps(tmp_path: Path) -> None:
    write_town(tmp_path, datetime.now(UTC))
    with (tmp_path / "technicians.csv").open(encoding="utf-8", newline="") as file:
        opted_in = [row for row in csv.DictReader(file) if row["swarm"] == "yes"]
    assert [(row["technician"], row["hours"]) for row in opted_in] == [(one, "") for one in RELIEF]


async def nobody_answers(stage: Stage) -> None:
    """What is told of the end is wrong: Ana takes the call."""
    clara, ana = stage.cast("clara", "ana")
    await clara.dials(stage.line)
    await ana.rings()
    await ana.accepts()
    await clara.hangs_up()
    (await stage.kept(clara)).ended_as("voicemail")


async def the_wrong_telephone(stage: Stage) -> None:
    """Ends in the middle of a call, which the next scene must not notice."""
    clara, ben = stage.cast("clara", "ben")
    await clara.dials(stage.line)
    await ben.rings(within=4)


async def the_right_one(stage: Stage) -> None:
    clara, ana = stage.cast("clara", "ana")
    await clara.dials(stage.line)
    await ana.rings()
    await ana.accepts()
    await clara.hangs_up()
    (await stage.kept(clara)).rang(("ana", "accepted"))


@pytest.mark.timeout(180)
def test_scenes_that_end_otherwise_are_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODLINE_HOME", str(home))
    for name, value in FEW.items():
        monkeypatch.setenv(name, value)
    console = Console(file=io.StringIO(), width=200, soft_wrap=True)
    scenes = (
        Scene("Nobody answers", "Which is not so.", nobody_answers),
        Scene("The wrong telephone", "Which does not ring.", the_wrong_telephone),
        Scene("The right one", "Which rings.", the_right_one),
    )
    assert run(True, scenes, console) == 1
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert "Nobody answers: Clara Whitfield: outcome should be voicemail, but the service kept answered" in said
    assert "The wrong telephone: Ben Oduya (+14035550102) does not ring within 4 s" in said
    assert "1 of 3 scenes ended as told" in said


@pytest.mark.timeout(180)
def test_a_killed_demo_leaves_nothing_in_the_way_of_the_next(home: Path) -> None:
    with begin(home, **FEW) as killed:
        wait_for(killed, "answers webhooks at")
        with begin(home, **FEW) as second:
            refused, _ = second.communicate(timeout=30)
        assert (second.returncode, "A demo is running in" in refused) == (1, True)
        service = int((home / "demo" / "service.pid").read_text())
        killed.kill()
    with begin(home, **FEW) as demo:
        wait_for(demo, "answers webhooks at")
        with pytest.raises(ProcessLookupError):
            os.kill(service, 0)
        demo.send_signal(signal.SIGTERM)
        said, _ = demo.communicate(timeout=60)
    assert (demo.returncode, "Everything is stopped." in said) == (130, True)
    assert not list(home.glob("demo/postgres-*/data/postmaster.pid"))


def wait_for(demo: "subprocess.Popen[str]", words: str) -> None:
    assert demo.stdout is not None
    said = []
    for line in demo.stdout:
        said.append(line)
        if words in line:
            return
    pytest.fail("".join(said))


def test_what_is_no_demo_is_left_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "demo").mkdir()
    (home / "demo" / "letter.txt").write_text("Dear Clara")
    monkeypatch.setenv("PODLINE_HOME", str(home))
    for name, value in FEW.items():
        monkeypatch.setenv(name, value)
    console = Console(file=io.StringIO(), width=200, soft_wrap=True)
    assert run(True, (), console) == 1
    assert isinstance(console.file, io.StringIO)
    assert "holds files that are no demo's" in console.file.getvalue()
    assert (home / "demo" / "letter.txt").read_text() == "Dear Clara"
