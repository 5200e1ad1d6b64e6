"""A flow as a document: `python -m bench.flow`.

What checking the shipped flow costs (it must stay under 50 ms), what reading it costs, and what the first webhook's
decision costs with the document already read, as it is for every call but the first. CPU time of this process.
"""

from collections.abc import Callable
from statistics import median
from time import process_time

from rich.console import Console
from rich.table import Table

from callflows.advance import advance
from callflows.check import flow_problems
from callflows.contact import Contact
from callflows.events import CallArrived
from callflows.reading import read, shipped_document
from callflows.version import Version
from ivr.links import Links
from ivr.twiml import render
from routing.directory import Client, Line, Municipality, Pod, Technician
from routing.floor import Floor, Standing
from simulator.clock import RealClock

ROUNDS, TIMES = 15, 200
LINE, CALLER = "+15875550100", "+14035550120"
console = Console()


def main() -> None:
    document = shipped_document()
    version, floor = usual()
    table = Table("what", "median", "slowest round", title="The shipped flow")
    for what, work in (
        ("checking it", lambda: flow_problems(document)),
        ("reading it", lambda: read(document)),
        ("deciding and answering a known caller's first webhook", lambda: first_webhook(version, floor)),
    ):
        rounds = [measured(work) for _ in range(ROUNDS)]
        table.add_row(what, f"{median(rounds):.3f} ms", f"{max(rounds):.3f} ms")
    console.print(table)


def measured(work: Callable[[], object]) -> float:
    """Milliseconds of CPU time for one of many."""
    began = process_time()
    for _ in range(TIMES):
        work()
    return (process_time() - began) * 1000 / TIMES


def first_webhook(version: Version, floor: Floor) -> str:
    turn = advance(version, Contact("bench"), CallArrived("CA0", CALLER, LINE), floor)
    return render(turn, floor, 1, Links("https://desk.example"))


def usual() -> tuple[Version, Floor]:
    """A known caller of a pod of three, all at work."""
    zone, keys = "America/Edmonton", ("ana", "ben", "cho")
    people = [Technician(key, key.title(), f"+1403555011{n}", "south", n, ("en",)) for n, key in enumerate(keys, 1)]
    version = Version(
        "main",
        1,
        shipped_document(),
        ring_orders={"south": keys},
        hours={key: {"hours": "24/7", "timezone": zone} for key in keys},
    )
    floor = Floor(
        at=RealClock().now(),
        line=Line(LINE),
        number=CALLER,
        callers=(Client("clara", "Clara Whitfield", (CALLER,), ("4802022",), "en"),),
        municipalities={"4802022": Municipality("4802022", "Taber", "Taber", "T", "AB", zone, ("en",), "south")},
        pods={"south": Pod("south", "South", "linear", zone)},
        standings={one.technician: Standing(one) for one in people},
    )
    return version, floor


if __name__ == "__main__":
    main()
