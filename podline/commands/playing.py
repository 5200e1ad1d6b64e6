"""How `simulator play` reads what it is given, plays it, and tells what came of it."""

import asyncio
import contextlib
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from callflows.reading import Unreadable, name_of
from db.publishing import Blocked, document_in, is_name
from podline.clock import wall_clock
from podline.commands.flow_asking import read_text
from podline.commands.opening import CommandFailed, show_table
from podline.database import database
from podline.flow import counted, problem_lines
from podline.playing import Furnish, Playhouse, Told, copied, imported, open_playhouse, published
from podline.progress import waiting
from podline.rehearsal import BadDirectory
from podline.scene_words import WORDS
from podline.settings import Settings, read_settings
from simulator import scenes
from simulator.scenes import OWN, Cast, Ending, Scene, cast, read_scenes
from simulator.scenes.account import Account
from simulator.scenes.switching import read_switches
from simulator.switches import Switches

SCENE_WITHIN = 120.0  # real seconds
NO_DIRECTORY = (
    "There is no directory yet whose people a scene could ring: load yours by `podline import DIR`,"
    " or play on a folder of CSV files by `--directory DIR`."
)


@dataclass(frozen=True)
class Asked:
    """The words of the command line."""

    files: tuple[str, ...]
    directory: Path | None
    flow: str | None
    switches: tuple[str, ...]
    verbose: bool


class Refused(Exception):
    """Something cannot be read, so nothing is played; a line for each reason."""


def run_play(asked: Asked) -> int:
    try:
        switches = switches_of(asked.switches)
        found = read_files(asked.files)
        settings = read_settings()
        with furnishing(asked, settings) as furnish:
            return asyncio.run(_play(asked, settings, found, furnish, switches))
    except Refused as refused:
        print(refused)
        print("podline: nothing was played.", file=sys.stderr)
        return 2


def switches_of(told: Sequence[str]) -> Switches:
    try:
        return replace(Switches(), **read_switches(told))
    except ValueError as error:
        raise Refused(str(error)) from None


def read_files(files: Sequence[str]) -> list[Scene]:
    """Every scene of every file. Raises Refused with all that is wrong with any of them."""
    found: list[Scene] = []
    wrong: list[str] = []
    for file in files:
        try:
            found += read_scenes(text_of(file), "standard input" if file == "-" else file, OWN + WORDS)
        except scenes.Unreadable as error:
            wrong += map(str, error.problems)
        except Refused as refused:
            wrong.append(str(refused))
    if wrong:
        raise Refused("\n".join(wrong))
    return found


def text_of(file: str) -> str:
    try:
        return read_text(file)
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}.") from None
    except CommandFailed as failed:
        raise Refused(str(failed)) from None


@contextlib.contextmanager
def furnishing(asked: Asked, settings: Settings) -> Iterator[list[Furnish]]:
    """What the scenes are played on. Raises Refused for a flow that cannot be read."""
    tried = read_flow(asked.flow) if asked.flow else []
    if asked.directory is not None:
        if not asked.directory.is_dir():
            raise Refused(f"{asked.directory}: there is no such folder.")
        yield [imported(asked.directory, wall_clock()), *tried]
        return
    if settings.database_url is None and not list(settings.home.glob("postgres-*")):
        raise CommandFailed(NO_DIRECTORY)
    with database(settings) as url:
        yield [copied(url), *tried]


def read_flow(file: str) -> list[Furnish]:
    try:
        document = document_in(text_of(file))
    except Unreadable as unreadable:
        raise Refused("\n".join(problem_lines(file, unreadable.problems))) from None
    name = name_of(document)
    if not is_name(name):
        raise Refused(f'{file}:flow: "{name}" is no name of a flow.')
    return [published(name, document, wall_clock())]


async def _play(
    asked: Asked, settings: Settings, found: Sequence[Scene], furnish: Sequence[Furnish], switches: Switches
) -> int:
    console = Console(highlight=False, soft_wrap=True)
    now = Doing("Making a copy of the directory to play on")
    # On a terminal one console has both, so that the moving line makes room for what is printed.
    async with waiting(console if console.is_terminal else Console(stderr=True, highlight=False), now.told):
        try:
            async with open_playhouse(settings.home, furnish, switches) as house:
                if not house.known.lines:
                    raise CommandFailed(NO_DIRECTORY)
                casts = cast_all(found, house)
                results = []
                for number, scene in enumerate(found, 1):
                    now.begins(f"{number}/{len(found)}  {scene.title}")
                    results.append(await play_one(scene, casts[number - 1], house, console, asked.verbose))
        except BadDirectory as error:
            raise Refused(str(error)) from None
        except Blocked as blocked:
            raise Refused("\n".join(problem_lines(asked.flow or "", blocked.problems))) from None
        except Unreadable as unreadable:
            raise Refused("\n".join(problem_lines(asked.flow or "", unreadable.problems))) from None
    show_results(results)
    return 0 if all(ending.as_written for ending, _ in results) else 1


@dataclass
class Doing:
    """What is being done, for those who wait."""

    what: str
    since: float = 0.0

    def __post_init__(self) -> None:
        self.begins(self.what)

    def begins(self, what: str) -> None:
        self.what, self.since = what, time.monotonic()

    def told(self) -> tuple[str, float]:
        return f"{self.what} … {time.monotonic() - self.since:.0f} s", self.since


def cast_all(found: Sequence[Scene], house: Playhouse) -> list[Cast]:
    """Raises Refused with everybody of whom nobody knows who it is."""
    casts: list[Cast] = []
    wrong: list[str] = []
    for scene in found:
        try:
            casts.append(cast(scene, house.known))
        except scenes.Unreadable as error:
            wrong += map(str, error.problems)
    if wrong:
        raise Refused("\n".join(wrong))
    return casts


async def play_one(scene: Scene, cast: Cast, house: Playhouse, console: Console, verbose: bool) -> tuple[Ending, float]:
    """How it ended, and in how many real seconds."""
    began = time.monotonic()
    told = Told()
    if verbose:
        account = Account(lambda line: console.print(Text(f"  {line}")), cast)
        told = Told(account.follows, account.begins_step, account.ends)
        console.print(Text(scene.title, "bold"))
    try:
        async with asyncio.timeout(SCENE_WITHIN):
            ending = await house.play(scene, cast, wall_clock(), told)
    except TimeoutError:
        ending = Ending(scene, timedelta(), f"it was not over after {SCENE_WITHIN:.0f} s")
    if not ending.as_written:
        console.print(Text(f"✗  {scene.title}\n   {ending.why}", "bold red"))
        board = ending.board if verbose else ending.board.partition("\nLast webhooks:")[0]
        console.print(Text(f"   {board}".replace("\n", "\n   "), "dim"))
    elif verbose:
        console.print(Text("✓  as written", "bold green"))
    return ending, time.monotonic() - began


def show_results(results: Sequence[tuple[Ending, float]]) -> None:
    show_table(
        ("scene", "result", "on the telephone", "played in", "what went wrong"),
        [
            (
                ending.scene.title,
                "as written" if ending.as_written else "otherwise",
                lasting(ending.passed),
                f"{seconds:.1f} s",
                ending.why,
            )
            for ending, seconds in results
        ],
    )
    told = sum(ending.as_written for ending, _ in results)
    print(f"{told} of {counted(len(results), 'scene')} happened as written.")


def lasting(passed: timedelta) -> str:
    minutes, seconds = divmod(round(passed.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    units: Mapping[str, int] = {"h": hours, "min": minutes, "s": seconds}
    return " ".join(f"{count} {unit}" for unit, count in units.items() if count) or "0 s"
