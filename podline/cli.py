"""The command line: which commands there are, and how each expected failure becomes one sentence and a status."""

import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from cyclopts import App, CycloptsError, Group

from podline.commands import absences, flow
from podline.commands.calendar import calendar
from podline.commands.contacts import contacts, story
from podline.commands.directory import import_, migrate, municipalities
from podline.commands.doctor import doctor
from podline.commands.people import presence, who
from podline.commands.play import play
from podline.commands.serving import demo, serve, simulator, work
from podline.commands.threads import thread
from podline.commands.why import why

HELP = """The telephone and text desk of a company that supports municipalities.

Settings come from the environment or `.env`, each named PODLINE_…; `podline doctor` looks whether they work.
"""

FAMILIES: dict[str, tuple[Callable[..., object], ...]] = {
    "Run": (serve, work, demo),
    "Set up": (migrate, import_, municipalities, doctor),
    "Look and act": (contacts, story, why, thread, who, presence, calendar),
}

# Commands of two words: the first, what it is for or what it does by itself, and the functions of the second.
PAIRS: dict[str, tuple[str, str | Callable[..., object], tuple[Callable[..., object], ...]]] = {
    "simulator": ("Run", simulator, (play,)),
    "flow": (
        "Set up",
        "What a call does, as a document: check it, publish it, look at its versions, go back.",
        (flow.check, flow.publish, flow.show, flow.diff, flow.rollback),
    ),
    "absence": (
        "Look and act",
        "Add, list and remove absences: when a technician is away, known beforehand.",
        (absences.add, absences.list_, absences.remove),
    ),
}


def make_app() -> App:
    app = App("podline", help=HELP, help_format="markdown", version_flags=["--version"], version=version)
    for order, (family, commands) in enumerate(FAMILIES.items()):
        group = Group(family, sort_key=order)
        for command in commands:
            app.command(command, name=command.__name__.rstrip("_"), group=group)
        for name, (home, told, seconds) in PAIRS.items():
            if home == family:
                pair = App(name, help=told if isinstance(told, str) else None, group=group)
                if not isinstance(told, str):
                    pair.default(told)
                for command in seconds:
                    pair.command(command, name=command.__name__.rstrip("_"))
                app.command(pair)
    return app


def version() -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("podline")
    except PackageNotFoundError:
        return "not installed: run from its sources"


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and ends the process with its status."""
    sys.exit(run(sys.argv[1:] if words is None else words))


def run(words: Sequence[str]) -> int:
    app = make_app()
    try:
        status = app(words, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        told = " ".join(str(error).split())
        return failed(f"{told} (podline {' '.join(words[:1])} --help tells more)", 2)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has left; nobody wants a word about it
        return 141
    except Exception as error:
        sentence = in_words(error)
        if sentence is None:
            raise
        return failed(sentence, 1)
    return status if isinstance(status, int) else 0


def failed(sentence: str, status: int) -> int:
    print(f"podline: {sentence}", file=sys.stderr)
    return status


def in_words(error: Exception) -> str | None:
    """What went wrong, if somebody outside can put it right: then a sentence helps more than a traceback."""
    from db.embedded import EmbeddedFailed
    from db.migrate import MigrationFailed
    from db.pool import AWAY
    from podline.commands.opening import CommandFailed
    from podline.database import DatabaseUnusable, why_not
    from podline.municipalities import BadSource
    from podline.settings import BadSettings

    if isinstance(error, EmbeddedFailed | MigrationFailed | CommandFailed | DatabaseUnusable | BadSource | BadSettings):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    if isinstance(error, AWAY):
        return f"The database stopped answering ({why_not(error)}): try again in a moment."
    return None


if __name__ == "__main__":
    main()
