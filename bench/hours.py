"""An hour of telephone calls on the virtual clock: `python -m bench.hours`.

The whole service on a real PostgreSQL, and the local Twilio: a call every half minute for an hour, each with somebody
who takes it; then an hour in which nobody calls. The figure is how many seconds of telephone time go by in one of ours.
"""

import asyncio
import logging
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from db.embedded import Embedded
from db.migrate import migrate
from podline.ground import Ground
from podline.rehearsal import Rehearsal
from simulator.people.handsets import Handset

LINE, START = "+15875550100", datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
CALLERS, EVERY, TALK = 120, 30, 20  # how many; seconds between two of them; seconds of a talk
CALM = timedelta(hours=1)
DIRECTORY = {
    "pods.csv": "pod,name,strategy,timezone\nsouth,South,linear,America/Edmonton\n",
    "lines.csv": f"line,name,voice_flow,text_flow,languages,fallback\n{LINE},Support,,,en,\n",
    "technicians.csv": "technician,name,phone,pod,position,languages,skills,hours,email,swarm\n"
    "ana,Ana,+1 403 555 0111,south,1,en,,24/7,,no\nben,Ben,+1 403 555 0112,south,2,en,,24/7,,no\n",
    "municipalities.csv": "municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases\n"
    "4802022,Taber,Taber,T,AB,America/Edmonton,en,south,,\n",
    "clients.csv": "client,name,phones,municipality,language,channel,email,notes\n"
    "clara,Clara Whitfield,+1 403 555 0120,4802022,en,voice,,\n",
}
console = Console()


def main() -> None:
    logging.disable(logging.INFO)
    table = Table("what", "telephone time", "real time", "seconds in one", "requests", title="Hours of calls")
    with tempfile.TemporaryDirectory() as folder, Embedded.open(Path(folder) / "home", durable=False) as server:
        migrate(server.url)
        with console.status("Playing an hour of calls …"):
            for what, began, real, requests in asyncio.run(played(server.url, Path(folder))):
                seconds = began.total_seconds()
                told = f"{seconds / 60:.0f} min", f"{real:.2f} s", f"{seconds / real:.0f}", str(requests)
                table.add_row(what, *told)
    console.print(table)


async def played(url: str, folder: Path) -> list[tuple[str, timedelta, float, int]]:
    """What, the telephone time that passed, real seconds, webhooks sent."""
    directory = folder / "directory"
    directory.mkdir()
    for name, text in DIRECTORY.items():
        (directory / name).write_text(text, encoding="utf-8")
    async with Ground.on(url) as ground:
        rehearsal = await Rehearsal.open(ground, folder / "service", start=START, directory=directory)
        try:
            rehearsal.add_line(LINE)
            clara, ana, ben = (
                rehearsal.phone(number, name)
                for number, name in (("+14035550120", "Clara"), ("+14035550111", "Ana"), ("+14035550112", "Ben"))
            )
            figures = []
            for what, play in (("busy: a call every half minute", busy), ("quiet: nobody calls", quiet)):
                began, real, sent = rehearsal.clock.now(), perf_counter(), len(rehearsal.exchange.requests)
                await play(rehearsal, clara, ana, ben)
                spent = rehearsal.clock.now() - began
                figures.append((what, spent, perf_counter() - real, len(rehearsal.exchange.requests) - sent))
            await checked(rehearsal)
            return figures
        finally:
            await rehearsal.close()


async def busy(rehearsal: Rehearsal, clara: Handset, ana: Handset, ben: Handset) -> None:
    for number in range(1, CALLERS + 1):
        await clara.dials(LINE)
        if number == 1:  # from then on Ben owns the matter, and is rung first
            await (await ana.rings()).declines()
        await (await ben.rings()).accepts()
        await rehearsal.clock.passes(TALK)
        await clara.hangs_up()
        at = START + timedelta(seconds=number * EVERY)
        await rehearsal.clock.passes(max(0.0, (at - rehearsal.clock.now()).total_seconds()))


async def quiet(rehearsal: Rehearsal, *nobody: Handset) -> None:
    await rehearsal.clock.passes(CALM.total_seconds())


async def checked(rehearsal: Rehearsal) -> None:
    """A figure of calls that went wrong is none."""
    async with rehearsal.house.pool.acquire() as connection:
        rows = await connection.fetch("SELECT outcome, count(*) AS count FROM contacts GROUP BY outcome")
    found = Counter({row["outcome"]: row["count"] for row in rows})
    assert found == {"answered": CALLERS}, f"the calls ended otherwise than told: {dict(found)}"


if __name__ == "__main__":
    main()
