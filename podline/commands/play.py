"""`simulator play`: an operator's own cases, written as files, played on their own directory and flow."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from podline.commands.opening import Flag

if TYPE_CHECKING:
    pass


def play(
    files: Annotated[list[str], Parameter(name="FILE", allow_leading_hyphen=True)],
    /,
    *,
    directory: Path | None = None,
    flow: str | None = None,
    switches: Annotated[tuple[str, ...], Parameter(name="--switches", negative=())] = (),
    verbose: Flag = False,
) -> int:
    """Play scenes that are written in files, and say which of them happened as written.

    A scene is people, what they do at their telephones, and what should come of it. It is played in a moment, on a
    clock of its own, on a copy of your directory and of the flows that are live; nothing is changed. docs/scenes.md
    says how a scene is written.
    Status 0: all happened as written; 1: some did not; 2: nothing was played, because something cannot be read.

    For example:

        podline simulator play scenes/*.yaml
        podline simulator play winter.yaml --flow winter-flow.yaml
        podline simulator play taber.yaml --directory directory/ --verbose

    Parameters
    ----------
    files
        Scenes as YAML; - for what is piped in.
    directory
        Play on this folder of CSV files, as `podline import` takes them, and on the flow that ships.
    flow
        A flow as YAML, to try before it is published.
    switches
        How Twilio does what nobody knows for certain, as NAME=VALUE; for several, several times.
    verbose
        Show the calls as they go.
    """
    from podline.commands.playing import Asked, run_play

    return run_play(Asked(tuple(files), directory, flow, tuple(switches), verbose))
