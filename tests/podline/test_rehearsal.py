"""A rehearsal is the whole service in virtual time; the demo's scenes of many hours are played on one."""

import io
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console
from rich.text import Text

from podline.demo import run
from podline.demo.scene import Scene
from podline.demo.stage import Stage, furnish
from podline.demo.town import LINE, read_people, write_town
from podline.demo.virtual import Lines
from podline.ground import Ground
from podline.rehearsal import BASE, BadDirectory, Rehearsal
from simulator.clock import VirtualClock

# An hour and a half before the clocks go back there.
NIGHT = datetime(2026, 11, 1, 0, 30, tzinfo=ZoneInfo("America/Edmonton"))
TECHNICIANS = ("maya", "theo", "sana", "viktor")


async def nobody_answers_for_hours(stage: Stage) -> None:
    holly, *technicians = stage.cast("holly", *TECHNICIANS)
    began = stage.clock.now()
    await holly.dials(stage.line)
    for technician in technicians:
        await technician.rings(for_seconds=20)
    await holly.hears("After the tone")
    await holly.speaks(4)
    await holly.hangs_up()
    kept = await stage.kept(holly, lambda kept: kept.contact["outcome"] == "voicemail")
    kept.rang(*((one, "no_answer") for one in TECHNICIANS))
    promise = await stage.desk.promise(kept)

    await stage.passes(3 * 3600)
    assert timedelta(hours=3) < stage.clock.now() - began < timedelta(hours=3, minutes=3)
    owner = stage.handset(promise["owner"])
    await owner.got_text("Holly Brandt")
    await holly.dials(stage.line)
    await owner.rings()
    await owner.accepts()
    await holly.is_connected_to(owner)
    await stage.passes(600)
    await holly.hangs_up()
    (await stage.kept(holly)).ended_as("answered", owner=promise["owner"])


async def somebody_calls_back(stage: Stage) -> None:
    """Which nobody does by themselves."""
    clara = stage.handset("clara")
    await clara.dials(stage.line)
    await stage.passes(2)
    await clara.hangs_up()
    await stage.passes(7200)
    await clara.rings(within=60)


async def ana_takes_it(stage: Stage) -> None:
    clara, ana = stage.cast("clara", "ana")
    await clara.dials(stage.line)
    await ana.rings()
    await ana.accepts()
    await clara.hangs_up()
    (await stage.kept(clara)).ended_as("voicemail")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Not pytest's own folder, which is closed to the user to whom root lends the database."""
    with tempfile.TemporaryDirectory(prefix="podline-test-demo-") as folder:
        Path(folder).chmod(0o711)
        monkeypatch.setenv("PODLINE_HOME", folder)
        yield Path(folder)


def demo(*scenes: Scene) -> tuple[int, str]:
    """The exit status, and what was shown."""
    file = io.StringIO()
    status = run(True, scenes, Console(file=file, width=200, soft_wrap=True))
    return status, file.getvalue()


@pytest.mark.timeout(90)
def test_hours_of_a_scene_pass_at_once_and_are_told_in_its_own_time(home: Path) -> None:
    tells = "Holly of Okotoks calls in the night."
    night = Scene("Nobody answers", tells, nobody_answers_for_hours, clock="virtual", start=NIGHT, place="Okotoks")
    status, said = demo(night)
    assert status == 0, said
    for line in (
        "(the clock is set to Sunday 1 November 2026, 00:30 in Okotoks, and runs ahead)",
        "Sun 00:30:00 MDT  Holly Brandt (Okotoks) dials the support desk",
        "Promised to Holly Brandt: Maya Castellano calls back by Monday, 10:30 (their time)",
        "MDT  Maya Castellano gets a text",
        "Maya Castellano and Holly Brandt have talked for 10 min 0 s",
        "Maya Castellano took it after 4 s and talked for 10 min 0 s.",
    ):
        assert line in said
    assert re.search(r"Sun 02:3\d:\d\d MST  Holly Brandt \(Okotoks\) dials the support desk", said)
    promised, text = said.index("Promised to"), said.index("gets a text")
    assert said.index("talks for 4 s") < promised < text < said.index("MST")
    log = (home / "demo" / "rehearsal.log").read_text()
    assert ("web_started" in log, "web_started" in said) == (True, False)


@pytest.mark.timeout(90)
def test_a_virtual_scene_that_ends_otherwise_is_named(home: Path) -> None:
    start = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)
    status, said = demo(
        Scene("A call back", "Which nobody makes.", somebody_calls_back, clock="virtual", start=start),
        Scene("Nobody answers", "Which is not so.", ana_takes_it, clock="virtual", start=start),
    )
    assert status == 1
    assert "✗  otherwise than told: Clara Whitfield (+14035550120) does not ring within 60 s" in said
    assert "Nobody answers: Clara Whitfield: outcome should be voicemail, but the service kept answered" in said
    assert "0 of 2 scenes ended as told" in said
    assert "Everything is stopped." in said


def test_only_a_virtual_clock_is_set() -> None:
    with pytest.raises(ValueError, match="only a virtual clock can be set"):
        Scene("", "", ana_takes_it, start=NIGHT)
    with pytest.raises(ValueError, match="only to an aware instant"):
        Scene("", "", ana_takes_it, clock="virtual", start=NIGHT.replace(tzinfo=None))


async def test_what_has_happened_is_read_before_time_goes_on() -> None:
    clock = VirtualClock(NIGHT)
    shown: list[tuple[str, datetime]] = []

    class Screen(Console):
        def print(self, *objects: Any, **options: Any) -> None:
            shown.append((str(objects[0]), clock.now()))

    lines = Lines(Screen(), 0)
    clock.add_source(lines)

    async def speak() -> None:
        for number in range(3):
            lines.add(Text(f"{number} begins"))
            lines.add(Text(f"{number} ends"))
            await clock.sleep(3600)

    clock.spawn(speak(), "speaking")
    await clock.passes(4 * 3600)
    hours = [NIGHT.astimezone(UTC) + timedelta(hours=number) for number in range(3)]
    assert shown == [(f"{number} {what}", at) for number, at in enumerate(hours) for what in ("begins", "ends")]


async def test_a_rehearsal_needs_a_directory_that_can_be_imported(database_url: str, tmp_path: Path) -> None:
    write_town(tmp_path, NIGHT)
    (tmp_path / "pods.csv").write_text("pod,name,strategy,timezone,wrap_up\nprairie,Prairie,none,America/Edmonton,0\n")
    async with Ground.on(database_url) as ground:
        with pytest.raises(BadDirectory, match="none"):
            await Rehearsal.open(ground, tmp_path, start=NIGHT, directory=tmp_path)


async def test_a_directory_may_be_imported_while_the_clock_stands(database_url: str, tmp_path: Path) -> None:
    write_town(tmp_path / "town", NIGHT)
    async with Ground.on(database_url) as ground:
        rehearsal = await Rehearsal.open(ground, tmp_path, start=NIGHT)
        try:
            await rehearsal.imports(tmp_path / "town")
            furnish(rehearsal.exchange, BASE, read_people(tmp_path / "town"))
            holly, maya = rehearsal.phone("+14035550151"), rehearsal.phone("+14035550141")
            assert holly is rehearsal.phone("+14035550151")
            await holly.dials(LINE)
            await maya.rings()
            await maya.accepts()
            await holly.is_connected_to(maya)
            now = await rehearsal.house.pool.fetchval("SELECT now()")
            assert abs(now - rehearsal.clock.now()) < timedelta(seconds=1)
        finally:
            await rehearsal.close()
