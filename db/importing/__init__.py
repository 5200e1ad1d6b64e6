"""Importing a folder of CSV files into the directory (DESIGN 4): read, check, load, report.

A file is loaded in one transaction with the editions it raises and the flow versions it publishes. Nothing is
ever removed by an import.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import asyncpg

from db.importing import loading
from db.importing.checks import Checked, Progress, check_tables
from db.importing.editions import (
    get_known,
    get_rings_and_hours,
    lock_imports,
    publish_rings_and_hours,
    raise_editions,
    unlock_imports,
)
from db.importing.layouts import ABSENCES, CLIENTS, HOLIDAYS, LAYOUTS, LINES, MUNICIPALITIES, PODS, TECHNICIANS
from db.importing.loading import Connection, Written
from db.importing.reading import Table, read_folder
from db.importing.report import FileReport, Problem, Report

__all__ = ["FileReport", "Problem", "Progress", "Report", "import_directory"]

KEYS_KEPT = 20


async def import_directory(
    connection: Connection,
    folder: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Load the folder's files; with `dry_run` do it all and take it back.

    Good rows of a file load in one transaction, bad ones are reported; with `strict` any problem means that
    nothing loads. `now` is the publication time of flow versions. Imports wait for each other. Raises only
    what the connection raises.
    """
    tables, problems, warnings = await asyncio.to_thread(read_folder, folder)
    if problems:
        return Report((), tuple(problems), tuple(warnings), dry_run, strict)
    await lock_imports(connection)
    try:
        known = await get_known(connection)
        checked = await asyncio.to_thread(check_tables, tables, known, progress)
        loads = _Loads(connection, tables, now)
        if not strict or loads.is_sound():
            async with _whole(connection, loads, dry_run=dry_run, strict=strict):
                await loads.load_all(checked, progress)
        return loads.report(tuple(warnings), dry_run=dry_run, strict=strict)
    finally:
        await unlock_imports(connection)


@dataclass(slots=True)
class _Loads:
    """The loading of one import and what came of it."""

    connection: Connection
    tables: dict[str, Table]
    now: datetime
    files: dict[str, FileReport] = field(default_factory=dict)
    published: list[tuple[str, int]] = field(default_factory=list)

    def is_sound(self) -> bool:
        return not any(table.problems for table in self.tables.values())

    async def load_all(self, checked: Checked, progress: Progress | None) -> None:
        connection = self.connection
        steps: dict[str, tuple[int, Callable[[], Awaitable[Written]]]] = {
            PODS.file: (len(checked.pods), lambda: loading.upsert_pods(connection, checked.pods)),
            LINES.file: (len(checked.lines), lambda: loading.upsert_lines(connection, checked.lines)),
            TECHNICIANS.file: (
                len(checked.technicians),
                lambda: loading.upsert_technicians(connection, checked.technicians),
            ),
            MUNICIPALITIES.file: (
                len(checked.municipalities),
                lambda: loading.upsert_municipalities(connection, checked.municipalities),
            ),
            CLIENTS.file: (len(checked.clients), lambda: loading.upsert_clients(connection, checked.clients)),
            HOLIDAYS.file: (
                len(checked.holidays),
                lambda: loading.upsert_holidays(connection, checked.holidays),
            ),
            ABSENCES.file: (
                len(checked.absences),
                lambda: loading.upsert_absences(connection, checked.absences),
            ),
        }
        for file, (facts, upsert) in steps.items():
            table = self.tables.get(file)
            if table is None or not table.usable or (table.refused and not facts):
                continue
            await self._load(table, facts, upsert)
            if progress is not None:
                progress(file, len(table.rows), len(table.rows))

    async def _load(self, table: Table, facts: int, upsert: Callable[[], Awaitable[Written]]) -> None:
        file = table.layout.file
        try:
            async with self.connection.transaction():
                written = await self._write(file, upsert)
        except asyncpg.IntegrityConstraintViolationError as error:
            # The rows were checked against what the directory held: somebody else has changed it since.
            reason = f"was refused by the database ({error.constraint_name}); the directory has just been"
            table.problems.append(Problem(file, 0, "", f"{reason} changed by somebody else: import again."))
            return
        added = sorted(key for key, is_new in written if is_new)
        changed = sorted(key for key, is_new in written if not is_new)
        self.files[file] = FileReport(
            file,
            rows=table.total,
            added=len(added),
            changed=len(changed),
            unchanged=facts - len(written),
            refused=table.refused,
            added_keys=tuple(added[:KEYS_KEPT]),
            changed_keys=tuple(changed[:KEYS_KEPT]),
            loaded=True,
        )

    async def _write(self, file: str, upsert: Callable[[], Awaitable[Written]]) -> Written:
        """Rows, editions and flow versions of one file; the caller's transaction holds them together."""
        rings_too = file in (PODS.file, TECHNICIANS.file)
        before = await get_rings_and_hours(self.connection) if rings_too else None
        written = await upsert()
        if not written or file == ABSENCES.file:  # turns read absences fresh, as they do presence
            return written
        flows = rings_too and await get_rings_and_hours(self.connection) != before
        await raise_editions(self.connection, flows=flows)
        if flows:
            self.published += await publish_rings_and_hours(self.connection, self.now, f"import of {file}")
        return written

    def report(self, warnings: tuple[str, ...], *, dry_run: bool, strict: bool) -> Report:
        tables = [self.tables[layout.file] for layout in LAYOUTS if layout.file in self.tables]
        unloaded = {
            table.layout.file: FileReport(table.layout.file, rows=table.total, refused=table.refused)
            for table in tables
        }
        problems = (problem for table in tables for problem in _in_order(table))
        return Report(
            files=tuple((unloaded | self.files).values()),
            problems=tuple(problems),
            warnings=(*warnings, *(warning for table in tables for warning in table.warnings)),
            dry_run=dry_run,
            strict=strict,
            published=tuple(dict(self.published).items()),
        )


@asynccontextmanager
async def _whole(connection: Connection, loads: _Loads, *, dry_run: bool, strict: bool) -> AsyncIterator[None]:
    """One transaction around all files: taken back by a dry run, and by a strict one with a problem."""
    if not (dry_run or strict):
        yield
        return
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    except BaseException:
        await transaction.rollback()
        raise
    if strict and not loads.is_sound():
        loads.files.clear()
        loads.published.clear()
    if dry_run or not loads.is_sound():
        await transaction.rollback()
    else:
        await transaction.commit()


def _in_order(table: Table) -> list[Problem]:
    """By line, then as the columns stand in the documents."""
    place = {column: number for number, column in enumerate(table.layout.columns)}
    return sorted(table.problems, key=lambda problem: (problem.line, place.get(problem.column, len(place))))
