"""From a CSV file's bytes to rows of named cells, with a problem for each thing that is no CSV of ours.

Undecodable bytes and NULs cost their row only: the file is decoded with its bad bytes kept as surrogates, so
that line and column can be named.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from db.importing.layouts import LAYOUTS, Layout
from db.importing.report import Problem

MAX_CELL = 131_072  # csv's own limit, in characters
MISSPELT = 0.75  # likeness (difflib's ratio) from which an unknown column is taken for the missing one


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where the row begins; `cells` hold every known column, trimmed, missing ones empty."""

    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class Table:
    """What could be read of one file; `total` counts all rows,
    `refused` those with a problem."""

    layout: Layout
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    total: int = 0
    refused: int = 0
    usable: bool = True


def read_folder(folder: Path) -> tuple[dict[str, Table], list[Problem], list[str]]:
    """The tables by file name, problems of the folder itself, and warnings. A file that is not there is no
    table; a folder without any is a problem."""
    if not folder.is_dir():
        return {}, [Problem("", 0, "", f"{folder} is not a folder.")], []
    known = {layout.file: layout for layout in LAYOUTS}
    tables, warnings = {}, []
    for path in sorted(folder.iterdir()):
        if path.name not in known and path.suffix.lower() == ".csv":
            near = get_close_matches(path.stem.lower(), [Path(file).stem for file in known], 1)
            hint = f"; did you mean {near[0]}.csv?" if near else "."
            warnings.append(f"{path.name} is not a file of the directory and was left aside{hint}")
    for file, layout in known.items():
        if (folder / file).is_file():
            tables[file] = read_table(folder / file, layout)
    if not tables:
        names = ", ".join(known)
        return {}, [Problem("", 0, "", f"{folder} holds none of {names}.")], warnings
    return tables, [], warnings


def read_table(path: Path, layout: Layout) -> Table:
    """One file; problems instead of exceptions, whatever it holds."""
    table = Table(layout)
    try:
        content = path.read_bytes()
    except OSError as error:
        _unusable(table, 0, f"cannot be read: {error.strerror}.")
        return table
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        _unusable(table, 1, "is UTF-16; save it as CSV UTF-8.")
        return table
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = _csv_lines(table, text)
    header = next(lines, None)
    if header is None:
        if table.usable:
            _unusable(table, 0, f"is empty; its first line should be: {','.join(layout.columns)}")
        return table
    columns = _columns(table, header[1])
    if table.usable:
        for line, cells in lines:
            _add_row(table, columns, line, cells)
    return table


def _csv_lines(table: Table, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each begins on; blank ones are passed over. A broken quotation ends the reading."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            reason = "a quotation mark is not closed, or text follows one that is"
            if "limit" in str(error):
                reason = f"a cell is longer than {MAX_CELL} characters"
            table.problems.append(Problem(table.layout.file, line, "", f"{reason}; the file was read no further."))
            table.total += 1
            table.refused += 1
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _columns(table: Table, header: list[str]) -> list[str | None]:
    """For each cell of a row the column it belongs to; None is left aside."""
    layout = table.layout
    if len(header) == 1 and ";" in header[0]:
        _unusable(table, 1, "separates its columns by semicolons; separate them by commas.")
        return []
    names = [cell.strip().lower() for cell in header]
    for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
        _unusable(table, 1, "names this column twice.", name)
    missing = [column for column in layout.columns if column not in names]
    for name in names:
        if name and name not in layout.columns:  # spreadsheets leave columns without a name behind
            _unknown_column(table, name, missing)
    for column in missing:
        if column in layout.filled:
            _unusable(table, 1, "this column is missing; the file cannot be loaded without it.", column)
        elif column not in layout.optional:
            table.warnings.append(f"{layout.file} has no column {column}; it was taken as empty.")
    return [name if name in layout.columns else None for name in names]


def _unknown_column(table: Table, name: str, missing: list[str]) -> None:
    layout = table.layout
    near = get_close_matches(name, layout.columns, 1)
    shown = name.encode("utf-8", "replace").decode().replace("\0", "?")
    reason = "is not a column of this file; "
    reason += f"did you mean {near[0]}?" if near else f"known are {', '.join(layout.columns)}."
    if get_close_matches(name, missing, 1, MISSPELT):
        # Taken as empty, a misspelt column would clear what every row has there.
        _unusable(table, 1, f"{reason} The file was not loaded.", shown)
    else:
        table.problems.append(Problem(layout.file, 1, shown, reason))


def _add_row(table: Table, columns: list[str | None], line: int, cells: list[str]) -> None:
    file = table.layout.file
    table.total += 1
    problems = []
    if len(cells) != len(columns):
        problems.append(
            Problem(
                file,
                line,
                "",
                f"has {len(cells)} cells, but the header names {len(columns)} columns; "
                "a cell with a comma in it needs quotation marks.",
            )
        )
    for column, cell in zip(columns, cells, strict=False):
        if "\0" in cell:
            problems.append(Problem(file, line, column or "", "holds a NUL byte."))
        bad = next((ord(character) for character in cell if "\udc80" <= character <= "\udcff"), None)
        if bad is not None:
            reason = f"is not UTF-8 (byte 0x{bad - 0xDC00:02X}); save the file as CSV UTF-8."
            problems.append(Problem(file, line, column or "", reason))
    if problems:
        table.problems += problems
        table.refused += 1
        return
    named = dict.fromkeys(table.layout.columns, "")
    named.update((column, cell.strip()) for column, cell in zip(columns, cells, strict=True) if column is not None)
    table.rows.append(Row(line, named))


def _unusable(table: Table, line: int, reason: str, column: str = "") -> None:
    table.problems.append(Problem(table.layout.file, line, column, reason))
    table.usable = False
