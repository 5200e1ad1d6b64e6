"""Rows to the directory's facts: one function a file, all problems of a row at once.

What a row says about other rows and files is checked in `checks`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from db.importing.cells import (
    Cells,
    read_channel,
    read_count,
    read_date,
    read_email,
    read_hours,
    read_language,
    read_strategy,
    read_timezone,
    read_yes,
)
from db.importing.provinces import TIMEZONES, usual_language
from db.importing.reading import Table
from routing.absences import Wall, read_wall
from routing.directory import Client, Holiday, Line, Municipality, Pod, Technician
from routing.numbers import read_number

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Read(Generic[Fact]):
    """A fact and the line it was read from."""

    line: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class WrittenAbsence:
    """As a row of absences.csv says it; the instants depend on the technician's time zone."""

    technician: str
    first: Wall
    last: Wall
    note: str


def read_rows(
    table: Table, reader: Callable[[Cells], Fact], progress: Callable[[int], None] | None = None
) -> list[Read[Fact]]:
    """The facts of the good rows; the table takes the problems of the others. `progress` hears rows done."""
    facts = []
    for done, row in enumerate(table.rows, 1):
        cells = Cells(table.layout.file, row)
        for column in table.layout.columns:
            if column in table.layout.filled:
                cells.filled(column)
        fact = reader(cells)
        if cells.problems:
            table.problems += cells.problems
            table.refused += 1
        else:
            facts.append(Read(row.line, fact))
        if progress is not None and done % 500 == 0:
            progress(done)
    return facts


def pod(cells: Cells) -> Pod:
    return Pod(
        pod=cells.text("pod"),
        name=cells.text("name"),
        strategy=cells.read("strategy", read_strategy, ""),
        timezone=cells.read("timezone", read_timezone, ""),
        wrap_up=cells.read("wrap_up", read_count, 0),
    )


def line(cells: Cells) -> Line:
    return Line(
        line=cells.read("line", read_number, ""),
        name=cells.text("name"),
        voice_flow=cells.text("voice_flow"),
        text_flow=cells.text("text_flow"),
        languages=cells.read_many("languages", read_language) or ("en",),
        fallback=cells.read("fallback", read_number, ""),
    )


def technician(cells: Cells) -> Technician:
    return Technician(
        technician=cells.text("technician"),
        name=cells.text("name"),
        phone=cells.read("phone", read_number, ""),
        pod=cells.text("pod"),
        position=cells.read("position", read_count, 0),
        languages=cells.read_many("languages", read_language) or ("en",),
        skills=cells.many("skills"),
        hours=cells.read("hours", read_hours, ""),
        timezone=cells.read("timezone", read_timezone, ""),
        email=cells.read("email", read_email, ""),
        swarm=cells.read("swarm", read_yes, False),
    )


def municipality(cells: Cells) -> Municipality:
    province = cells.text("province")
    if province.upper() in TIMEZONES:
        province = province.upper()
    timezone = cells.read("timezone", read_timezone, "")
    if not cells.text("timezone"):
        timezone = TIMEZONES.get(province, "")
        if not timezone:
            named = f'"{province}" is not a province of Canada' if province else "no province is given"
            cells.refuse("timezone", f"is empty and {named}; write a time zone such as America/Edmonton.")
    return Municipality(
        municipality=cells.text("municipality"),
        name=cells.text("name"),
        name_fr=cells.text("name_fr"),
        kind=cells.text("class"),
        province=province,
        timezone=timezone,
        languages=cells.read_many("languages", read_language) or (usual_language(province),),
        pod=cells.text("pod"),
        tier=cells.text("tier"),
        aliases=cells.many("aliases"),
        hours=cells.read("hours", read_hours, ""),
        wanted=cells.many("wanted"),
        unwanted=_unwanted(cells),
    )


def client(cells: Cells) -> Client:
    return Client(
        client=cells.text("client"),
        name=cells.text("name"),
        phones=cells.read_many("phones", read_number),
        municipalities=cells.many("municipality"),
        language=cells.read("language", read_language, ""),
        channel=cells.read("channel", read_channel, ""),
        email=cells.read("email", read_email, ""),
        notes=cells.text("notes"),
        wanted=cells.many("wanted"),
        unwanted=_unwanted(cells),
    )


def _unwanted(cells: Cells) -> tuple[str, ...]:
    unwanted = cells.many("unwanted")
    for key in cells.many("wanted"):
        if key in unwanted:
            cells.refuse("unwanted", f'"{key}" is wanted as well; leave them in one of the two columns.')
    return unwanted


def holiday(cells: Cells) -> Holiday:
    place = cells.text("municipality_or_province")
    return Holiday(
        place=place.upper() if place.upper() in TIMEZONES else place,
        date=cells.read("date", read_date, ""),
        name=cells.text("name"),
    )


def absence(cells: Cells) -> WrittenAbsence:
    unread = Wall(date.min)
    return WrittenAbsence(
        technician=cells.text("technician"),
        first=cells.read("from", read_wall, unread),
        last=cells.read("to", read_wall, unread),
        note=cells.text("note"),
    )
