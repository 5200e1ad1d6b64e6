"""`podline import`: the import with a progress line and its report in plain words."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from db.importing import Progress as Told
from db.importing import Report, import_directory

PATIENCE = 1.0  # seconds without a word before the progress line appears


async def run_import(
    database_url: str, folder: Path, dry_run: bool, strict: bool, now: datetime, console: Console | None = None
) -> int:
    """Imports, prints, and tells the exit status: 0 all well, 1 problems but good rows were loaded, 2 nothing
    was loaded. Raises OSError or asyncpg's errors when the database cannot be reached or used."""
    console = console or Console(highlight=False, soft_wrap=True)
    connection = await asyncpg.connect(database_url)
    try:
        with _told(console) as told:
            report = await import_directory(connection, folder, now=now, dry_run=dry_run, strict=strict, progress=told)
    finally:
        await connection.close()
    for line in report.lines():
        console.print(line, markup=False)
    return exit_status(report)


def exit_status(report: Report) -> int:
    if not report.problems:
        return 0
    return 1 if report.loaded else 2


@contextmanager
def _told(console: Console) -> Iterator[Told]:
    """A line for the file being worked on, shown only when the import outlasts `PATIENCE`."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    task = bar.add_task("reading", total=None)
    shown = asyncio.get_running_loop().call_later(PATIENCE, bar.start)
    try:
        yield lambda file, done, rows: bar.update(task, description=file, completed=done, total=rows)
    finally:
        shown.cancel()
        bar.stop()
