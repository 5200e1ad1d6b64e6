"""What rows say about each other, about other files and about the directory as it stands.

Facts that fail are taken out and their problem is noted at the row. Technicians are checked before lines: a
technician may not have a number that any line claims, a line not one that a technician will have afterwards.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from callflows.reading import ALL_SHIPPED
from callflows.step import Channel
from db.importing import rows
from db.importing.cells import Cells
from db.importing.layouts import ABSENCES, CLIENTS, HOLIDAYS, LINES, MUNICIPALITIES, PODS, TECHNICIANS
from db.importing.provinces import TIMEZONES
from db.importing.reading import Table
from db.importing.report import Problem
from db.importing.rows import Read, WrittenAbsence, read_rows
from routing.absences import Absence, absence_span
from routing.directory import Client, Holiday, Line, Municipality, Pod, Technician

Progress = Callable[[str, int, int], None]
"""Told the file, the rows done and the rows in it, every few hundred rows; from another thread."""

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Known:
    """The directory before the import: `flows` maps those that are live to their channels, `technicians` keys to
    phones, `lines` numbers to fallbacks, `zones` technicians to (pod, own time zone or nothing), `pod_zones` pods to
    theirs."""

    pods: frozenset[str] = frozenset()
    municipalities: frozenset[str] = frozenset()
    flows: Mapping[str, Channel] = field(default_factory=dict)
    technicians: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    zones: dict[str, tuple[str, str]] = field(default_factory=dict)
    pod_zones: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """The facts that may be loaded, in the files' order; absences by technician and local beginning."""

    pods: list[Pod] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    technicians: list[Technician] = field(default_factory=list)
    municipalities: list[Municipality] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    holidays: list[Holiday] = field(default_factory=list)
    absences: dict[str, Absence] = field(default_factory=dict)


def check_tables(tables: dict[str, Table], known: Known, progress: Progress | None = None) -> Checked:
    """The good facts of all tables; each table takes the problems of the others."""
    reading = _Reading(tables, progress)
    pods = reading.unique(PODS.file, rows.pod, lambda fact: fact.pod)
    lines = reading.unique(LINES.file, rows.line, lambda fact: fact.line)
    technicians = reading.unique(TECHNICIANS.file, rows.technician, lambda fact: fact.technician)
    municipalities = reading.unique(MUNICIPALITIES.file, rows.municipality, lambda fact: fact.municipality)
    clients = reading.unique(CLIENTS.file, rows.client, lambda fact: fact.client)
    holidays = reading.unique(HOLIDAYS.file, rows.holiday, lambda fact: f"{fact.place} {fact.date}")
    absences = reading.all(ABSENCES.file, rows.absence)

    all_pods = known.pods | {read.fact.pod for read in pods}
    claimed = known.lines.keys() | {read.fact.line for read in lines}
    reading.keep(TECHNICIANS.file, technicians, lambda fact: _pod_problem(fact.pod, all_pods))
    reading.keep(TECHNICIANS.file, technicians, lambda fact: _our_line_problem(fact, claimed))
    _keep_one_phone_each(reading, technicians, known)
    phones = known.technicians | {read.fact.technician: read.fact.phone for read in technicians}
    _keep_sound_lines(reading, lines, known, {phone: key for key, phone in phones.items()}, claimed)
    reading.keep(MUNICIPALITIES.file, municipalities, lambda fact: _pod_problem(fact.pod, all_pods))
    reading.keep(MUNICIPALITIES.file, municipalities, lambda fact: _preference_problem(fact, phones))
    places = known.municipalities | {read.fact.municipality for read in municipalities}
    reading.keep(CLIENTS.file, clients, lambda fact: _municipality_problem(fact, places))
    reading.keep(CLIENTS.file, clients, lambda fact: _preference_problem(fact, phones))
    reading.keep(HOLIDAYS.file, holidays, lambda fact: _place_problem(fact, places))
    reading.keep(ABSENCES.file, absences, lambda fact: _technician_problem("technician", fact.technician, phones))
    placed = _placed(reading, absences, _zones_of(pods, technicians, known))
    reading.keep(LINES.file, lines, lambda fact: _flow_problem(fact, known.flows))
    _warn_of_unknown_flows(tables, lines, known.flows)
    return Checked(
        pods=[read.fact for read in pods],
        lines=[read.fact for read in lines],
        technicians=[read.fact for read in technicians],
        municipalities=[read.fact for read in municipalities],
        clients=[read.fact for read in clients],
        holidays=[read.fact for read in holidays],
        absences=placed,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where rows come from and problems go."""

    tables: dict[str, Table]
    progress: Progress | None

    def all(self, file: str, reader: Callable[[Cells], Fact]) -> list[Read[Fact]]:
        """The facts of a file, none if it is not there."""
        table = self.tables.get(file)
        if table is None or not table.usable:
            return []
        return read_rows(table, reader, self._told(file, len(table.rows)))

    def unique(self, file: str, reader: Callable[[Cells], Fact], key: Callable[[Fact], str]) -> list[Read[Fact]]:
        """The facts of a file, the first row of each key."""
        facts = self.all(file, reader)
        first: dict[str, int] = {}
        for read in facts:
            first.setdefault(key(read.fact), read.line)
        if not facts:
            return []
        column = self.tables[file].layout.columns[0]

        def repeated(read: Read[Fact]) -> tuple[str, str] | None:
            line = first[key(read.fact)]
            return None if line == read.line else (column, f'"{key(read.fact)}" stands in line {line} already.')

        self.keep_reads(file, facts, repeated)
        return facts

    def keep(self, file: str, facts: list[Read[Fact]], problem: Callable[[Fact], tuple[str, str] | None]) -> None:
        self.keep_reads(file, facts, lambda read: problem(read.fact))

    def keep_reads(
        self, file: str, facts: list[Read[Fact]], problem: Callable[[Read[Fact]], tuple[str, str] | None]
    ) -> None:
        """Takes out of `facts` those with a problem (column, sentence) and notes it."""
        good = []
        for read in facts:
            found = problem(read)
            if found is None:
                good.append(read)
            else:
                self.tables[file].problems.append(Problem(file, read.line, *found))
                self.tables[file].refused += 1
        facts[:] = good

    def _told(self, file: str, total: int) -> Callable[[int], None] | None:
        progress = self.progress
        return None if progress is None else lambda done: progress(file, done, total)


def _pod_problem(pod: str, pods: Collection[str]) -> tuple[str, str] | None:
    """A municipality may be without a pod; a technician's cell was filled."""
    if not pod or pod in pods:
        return None
    near = get_close_matches(pod, pods, 1)
    return "pod", f'there is no pod "{pod}"' + (f"; did you mean {near[0]}?" if near else ".")


def _technician_problem(column: str, key: str, technicians: Collection[str]) -> tuple[str, str] | None:
    if key in technicians:
        return None
    near = get_close_matches(key, technicians, 1)
    return column, f'there is no technician "{key}"' + (f"; did you mean {near[0]}?" if near else ".")


def _preference_problem(fact: Client | Municipality, technicians: Collection[str]) -> tuple[str, str] | None:
    for column, keys in (("wanted", fact.wanted), ("unwanted", fact.unwanted)):
        for key in keys:
            if problem := _technician_problem(column, key, technicians):
                return problem
    return None


def _our_line_problem(technician: Technician, lines: Collection[str]) -> tuple[str, str] | None:
    if technician.phone not in lines:
        return None
    return "phone", f"{technician.phone} is one of our own lines; a call to it would come back to us."


def _keep_one_phone_each(reading: _Reading, technicians: list[Read[Technician]], known: Known) -> None:
    """Takes out who would share a number, until nobody does: who is refused keeps the old one."""
    first: dict[str, Read[Technician]] = {}
    for read in technicians:
        first.setdefault(read.fact.phone, read)

    def twice(read: Read[Technician]) -> tuple[str, str] | None:
        holder = first[read.fact.phone]
        if holder is read:
            return None
        return (
            "phone",
            f"{read.fact.phone} is the number of {holder.fact.technician} in line {holder.line} already.",
        )

    reading.keep_reads(TECHNICIANS.file, technicians, twice)
    while True:
        coming = {read.fact.technician for read in technicians}
        kept = {phone: key for key, phone in known.technicians.items() if key not in coming}
        before = len(technicians)
        reading.keep(TECHNICIANS.file, technicians, partial(_held_problem, kept))
        if len(technicians) == before:
            return


def _held_problem(kept: dict[str, str], technician: Technician) -> tuple[str, str] | None:
    holder = kept.get(technician.phone)
    return None if holder is None else ("phone", f"{technician.phone} is the number of {holder} already.")


def _keep_sound_lines(
    reading: _Reading,
    lines: list[Read[Line]],
    known: Known,
    technicians: dict[str, str],
    claimed: Collection[str],
) -> None:
    """No line is a technician's number, and no fallback leads back to a line."""
    coming = {read.fact.line for read in lines}
    fallbacks = {fallback: line for line, fallback in known.lines.items() if fallback and line not in coming}

    def problem(line: Line) -> tuple[str, str] | None:
        if line.line in technicians:
            return "line", f"{line.line} is the telephone of technician {technicians[line.line]}."
        if line.line in fallbacks:
            return (
                "line",
                f"{line.line} is the fallback of line {fallbacks[line.line]}; calls would go round.",
            )
        if line.fallback in claimed:
            return "fallback", f"{line.fallback} is one of our own lines; calls would go round."
        return None

    reading.keep(LINES.file, lines, problem)


def _municipality_problem(client: Client, places: Collection[str]) -> tuple[str, str] | None:
    missing = [key for key in client.municipalities if key not in places]
    if missing:
        return "municipality", f'there is no municipality "{missing[0]}".'
    return None


def _place_problem(holiday: Holiday, places: Collection[str]) -> tuple[str, str] | None:
    if holiday.place in TIMEZONES or holiday.place in places:
        return None
    return (
        "municipality_or_province",
        f'"{holiday.place}" is neither a province (such as AB) nor the key of a municipality.',
    )


def _zones_of(pods: list[Read[Pod]], technicians: list[Read[Technician]], known: Known) -> dict[str, str]:
    """Whose hours are in which zone after the import."""
    pod_zones = known.pod_zones | {read.fact.pod: read.fact.timezone for read in pods}
    people = known.zones | {read.fact.technician: (read.fact.pod, read.fact.timezone) for read in technicians}
    return {key: own or pod_zones[pod] for key, (pod, own) in people.items()}


def _placed(reading: _Reading, rows: list[Read[WrittenAbsence]], zones: dict[str, str]) -> dict[str, Absence]:
    """The absences as instants, each beginning of a technician once: two spellings may mean the same moment."""
    placed: dict[str, Absence] = {}
    lines: dict[str, int] = {}

    def problem(read: Read[WrittenAbsence]) -> tuple[str, str] | None:
        fact = read.fact
        zone = zones[fact.technician]
        try:
            begins, ends = absence_span(fact.first, fact.last, zone)
        except ValueError as error:
            return "to", str(error)
        key = f"{fact.technician} {begins.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
        if key in lines:
            return "from", f'"{key}" stands in line {lines[key]} already.'
        lines[key] = read.line
        placed[key] = Absence(fact.technician, begins, ends, fact.note)
        return None

    reading.keep_reads(ABSENCES.file, rows, problem)
    return placed


def _flow_problem(line: Line, flows: Mapping[str, Channel]) -> tuple[str, str] | None:
    """A call can't be led by a flow that writes, nor a text by one that talks."""
    named: tuple[tuple[str, str, Channel], ...] = (
        ("voice_flow", line.voice_flow, "voice"),
        ("text_flow", line.text_flow, "text"),
    )
    for column, flow, channel in named:
        if flow and flows.get(flow, channel) != channel:
            return column, f'"{flow}" is a {flows[flow]} flow; {column} names a {channel} flow, or none.'
    if line.voice_flow and line.voice_flow == line.text_flow:
        return "text_flow", f'"{line.text_flow}" stands in voice_flow too; no flow leads both calls and texts.'
    return None


def _warn_of_unknown_flows(tables: dict[str, Table], lines: list[Read[Line]], flows: Mapping[str, Channel]) -> None:
    named = Counter(flow for read in lines for flow in (read.fact.voice_flow, read.fact.text_flow) if flow)
    for flow in sorted(named.keys() - flows.keys() - {*ALL_SHIPPED}):
        tables[LINES.file].warnings.append(f'{LINES.file} names the flow "{flow}", which is not published yet.')
