"""What an import refuses: each thing that can be wrong with a file, a row or a cell, and what is said."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.importing import Report, import_directory
from db.importing.checks import Known, check_tables
from db.importing.layouts import LAYOUTS, Layout
from db.importing.reading import read_table
from tests.db.test_import import (
    ABSENCES,
    ALL,
    CLIENTS,
    HOLIDAYS,
    LINES,
    MUNICIPALITIES,
    NOW,
    PODS,
    TECHNICIANS,
    folder_of,
)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def places(report: Report) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.column) for problem in report.problems]


PREFERRED = "municipality,name,timezone,wanted,unwanted\n4802022,Taber,UTC,ana,\n2423027,Quebec,UTC,eve,ben\n"
CHOSEN = "client,name,municipality,wanted,unwanted\nclara,Clara,4802022,ana,ben\n"

CELLS = [
    ("pods", PODS, "Longest Idle", "roundrobin", 2, "strategy", "write linear, circular"),
    ("pods", PODS, "Longest Idle", "", 2, "strategy", "is empty"),
    ("pods", PODS, "America/Toronto", "America/Torono", 3, "timezone", "Did you mean America/Toronto?"),
    ("lines", LINES, "(403) 555-0199", "911", 2, "line", "emergency"),
    ("lines", LINES, "en;FR", "en;cree", 2, "languages", '"cree" is not a language spoken here'),
    ("technicians", TECHNICIANS, "403-555-0101", "555-0101", 2, "phone", "area code"),
    ("technicians", TECHNICIANS, "403-555-0101", "9-1-1", 2, "phone", "emergency"),
    ("technicians", TECHNICIANS, "403-555-0101", "403 555 0199", 2, "phone", "our own lines"),
    ("technicians", TECHNICIANS, "1 403 555 0102", "403 555 0101", 3, "phone", "of ana in line 2"),
    ("technicians", TECHNICIANS, "river,1", "rivr,1", 4, "pod", "did you mean river?"),
    ("technicians", TECHNICIANS, "river,1", "river,first", 4, "position", "whole number"),
    ("technicians", TECHNICIANS, "08:00-16:30", "8-16", 2, "hours", '"8" is not a time'),
    ("technicians", TECHNICIANS, "Non", "perhaps", 3, "swarm", "neither yes nor no"),
    ("technicians", TECHNICIANS, "ana@example.org", "ana", 2, "email", "e-mail"),
    ("technicians", TECHNICIANS, "ben,Ben", "ana,Ben", 3, "technician", "stands in line 2"),
    ("technicians", TECHNICIANS, "ben,Ben", "ben,", 3, "name", "is empty"),
    ("municipalities", MUNICIPALITIES, "T,ab", "T,ZZ", 2, "timezone", '"ZZ" is not a province of Canada'),
    ("municipalities", MUNICIPALITIES, ",,,river,gold", ",,,lake,gold", 3, "pod", 'no pod "lake"'),
    ("clients", CLIENTS, "2423027;", "2423028;", 3, "municipality", 'no municipality "2423028"'),
    ("clients", CLIENTS, "403 555 0151", "403 555 0151 ext 4", 2, "phones", "extension"),
    ("clients", CLIENTS, "voice", "fax", 2, "channel", "voice, text or email"),
    ("clients", CLIENTS, "marc,", "clara,", 3, "client", "stands in line 2"),
    ("holidays", HOLIDAYS, "2026-08-03", "3 August", 2, "date", "2026-07-01"),
    ("holidays", HOLIDAYS, "2026-08-28", "2026-02-30", 3, "date", "is not a date"),
    ("holidays", HOLIDAYS, "4802022", "Taber", 3, "municipality_or_province", "neither a province"),
    ("municipalities", PREFERRED, "UTC,eve", "UTC,eve;anna", 3, "wanted", 'no technician "anna"; did you mean ana?'),
    ("clients", CHOSEN, ",ben\n", ",eve;bob\n", 2, "unwanted", 'no technician "bob"'),
    ("clients", CHOSEN, ",ben\n", ",eve;ana\n", 2, "unwanted", '"ana" is wanted as well'),
    ("absences", ABSENCES, "ana,2026-12-24", "anna,2026-12-24", 2, "technician", "did you mean ana?"),
    ("absences", ABSENCES, "2026-12-01 13:00", "1 December", 3, "from", "such as 2026-12-24, or 2026-12-24 13:00"),
    ("absences", ABSENCES, "2026-12-01 13:00", "", 3, "from", "is empty"),
    ("absences", ABSENCES, "2026-12-01 15:30", "2026-12-01 25:30", 3, "to", "is no date"),
    ("absences", ABSENCES, "2026-12-01 15:30", "2026-12-01 13:00", 3, "to", "not later than the beginning"),
    ("absences", ABSENCES, "2026-12-26", "2026-12-23", 2, "to", "not later than the beginning"),
    ("absences", ABSENCES, "2026-12-01 13:00", "2026-12-24 0:00", 3, "to", "not later than the beginning"),
    (
        "absences",
        ABSENCES,
        "eve,2026-12-24",
        "ana,2026-12-24 00:00",
        4,
        "from",
        '"ana 2026-12-24 00:00" stands in line 2',
    ),
]


@pytest.mark.parametrize(("name", "text", "right", "wrong", "line", "column", "said"), CELLS)
async def test_a_bad_cell_costs_its_row_alone(
    connection: "asyncpg.Connection[asyncpg.Record]",
    tmp_path: Path,
    name: str,
    text: str,
    right: str,
    wrong: str,
    line: int,
    column: str,
    said: str,
) -> None:
    assert right in text
    files = ALL | {name: text.replace(right, wrong)}
    report = await import_directory(connection, folder_of(tmp_path, **files), now=NOW, strict=False)
    mine = [problem for problem in report.problems if problem.file == f"{name}.csv"]
    assert [(problem.line, problem.column) for problem in mine] == [(line, column)]
    assert said in mine[0].reason
    by_name = {file.file: file for file in report.files}
    assert by_name[f"{name}.csv"].refused == 1
    assert by_name[f"{name}.csv"].added == by_name[f"{name}.csv"].rows - 1


async def test_all_that_is_wrong_with_a_row_is_told_at_once(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    rows = TECHNICIANS.splitlines()[0] + "\nzed,Zed,x,prairie,y,z,,Mon,q,r\n"
    report = await import_directory(connection, folder_of(tmp_path, pods=PODS, technicians=rows), now=NOW)
    assert [column for _, _, column in places(report)] == [
        *("phone", "position", "languages", "hours", "email", "swarm")
    ]


HEADERS = [
    (b"", 0, "", "is empty; its first line should be: pod,name,strategy,timezone,wrap_up"),
    (b"\n\n", 0, "", "is empty"),
    ("pod,name".encode("utf-16"), 1, "", "UTF-16"),
    (b"pod;name;strategy;timezone\n", 1, "", "separate them by commas"),
    (b"pod,name,strategy\nx,X,linear\n", 1, "timezone", "this column is missing"),
    (b"pod,name,strategy,timezone,pod\n", 1, "pod", "twice"),
]


@pytest.mark.parametrize(("content", "line", "column", "said"), HEADERS)
async def test_a_file_that_cannot_be_used(
    connection: "asyncpg.Connection[asyncpg.Record]",
    tmp_path: Path,
    content: bytes,
    line: int,
    column: str,
    said: str,
) -> None:
    folder = folder_of(tmp_path, lines=LINES)
    (folder / "pods.csv").write_bytes(content)
    report = await import_directory(connection, folder, now=NOW)
    assert places(report) == [("pods.csv", line, column)]
    assert said in report.problems[0].reason
    assert [file.loaded for file in report.files] == [False, True]
    assert "pods.csv: not loaded." in list(report.lines())


ROWS = [
    (b"sea,S\xe9a,linear,America/Halifax\n", "name", "not UTF-8 (byte 0xE9)"),
    (b"sea,S\0a,linear,America/Halifax\n", "name", "NUL"),
    (b"sea,Sea,linear\n", "", "has 3 cells, but the header names 4 columns"),
    (b"sea,Sea, the big,linear,America/Halifax\n", "", "has 5 cells"),
    (b'sea,"Sea,linear,America/Halifax\n', "", "read no further"),
    (b'sea,"Sea"x,linear,America/Halifax\n', "", "read no further"),
    (b"sea," + b"S" * 200_000 + b",linear,America/Halifax\n", "", "longer than 131072"),
]


@pytest.mark.parametrize(("row", "column", "said"), ROWS)
async def test_a_row_that_is_no_csv_of_ours(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path, row: bytes, column: str, said: str
) -> None:
    folder = folder_of(tmp_path)
    (folder / "pods.csv").write_bytes(PODS.encode() + row)
    report = await import_directory(connection, folder, now=NOW)
    assert places(report) == [("pods.csv", 4, column)]
    assert said in report.problems[0].reason
    assert (report.files[0].added, report.files[0].refused) == (2, 1)


async def test_a_mark_at_the_beginning_blank_lines_and_windows_line_ends_are_fine(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    folder = folder_of(tmp_path)
    text = "\n".join([*PODS.splitlines(), "", ",,,", ""]).replace("\n", "\r\n").replace("pod,name", " POD , Name")
    (folder / "pods.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    report = await import_directory(connection, folder, now=NOW)
    assert not report.problems
    assert report.files[0].added == 2


async def test_columns_without_a_name_are_left_aside(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    pods = "".join(f"{line},,note\n" if number else f"{line},,\n" for number, line in enumerate(PODS.splitlines()))
    report = await import_directory(connection, folder_of(tmp_path, pods=pods), now=NOW)
    assert (report.problems, report.warnings, report.files[0].added) == ((), (), 2)


cell = st.text(max_size=12) | st.sampled_from(["ana", "4035550101", "en;fr", "prairie", "1", "24/7", "AB", '"', ""])
content = st.binary(max_size=200) | st.lists(st.lists(cell, max_size=12).map(",".join)).map(
    lambda rows: "\n".join(rows).encode("utf-8", "surrogatepass")
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(LAYOUTS), content, st.booleans())
def test_nothing_in_a_file_breaks_the_reading(tmp_path: Path, layout: Layout, content: bytes, headed: bool) -> None:
    header = ",".join(layout.columns).encode() + b"\n" if headed else b""
    (tmp_path / layout.file).write_bytes(header + content)
    table = read_table(tmp_path / layout.file, layout)
    check_tables({layout.file: table}, Known())
    assert table.refused <= table.total
    assert all(problem.reason and str(problem) for problem in table.problems)
    assert table.usable or table.problems


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    table = read_table(tmp_path / "pods.csv", LAYOUTS[0])
    assert [str(problem) for problem in table.problems] == ["pods.csv: cannot be read: No such file or directory."]
    assert not table.usable


async def test_lines_are_counted_as_an_editor_does(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    files = ALL | {"clients": CLIENTS + "\nzoe,Zoé,,nowhere,,,,\n"}
    report = await import_directory(connection, folder_of(tmp_path, **files), now=NOW)
    assert places(report) == [("clients.csv", 6, "municipality")]


async def test_unknown_columns_and_files_are_named(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    clients = "client,name,municipality,phones,colour\nclara,Clara,4802022,403 555 0150,red\n"
    folder = folder_of(tmp_path, clients=clients, pods=PODS, municipalities=MUNICIPALITIES, technician="x\n")
    (folder / "readme.txt").write_text("hello")
    report = await import_directory(connection, folder, now=NOW)
    (problem,) = report.problems
    assert (problem.file, problem.line, problem.column) == ("clients.csv", 1, "colour")
    assert problem.reason.startswith("is not a column of this file; known are client, name, phones")
    assert report.warnings[0].endswith("left aside; did you mean technicians.csv?")
    assert "clients.csv has no column notes; it was taken as empty." in report.warnings
    assert not any("readme" in warning for warning in report.warnings)
    assert await connection.fetchval("SELECT count(*) FROM clients") == 1


async def test_a_misspelt_column_never_clears_what_is_known(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    clients = CLIENTS.replace("phones", "phone")
    report = await import_directory(connection, folder_of(tmp_path, clients=clients), now=NOW)
    assert [str(problem) for problem in report.problems] == [
        "clients.csv, line 1, phone: is not a column of this file; did you mean phones? The file was not loaded."
    ]
    assert await connection.fetchval("SELECT count(*) FROM client_phones") == 2


async def test_missing_optional_columns_are_empty(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    report = await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    assert report.warnings == ()
    assert await connection.fetchval("SELECT sum(wrap_up) FROM pods") == 0
    assert await connection.fetchval("SELECT string_agg(timezone, '') FROM technicians") == ""


@pytest.mark.parametrize("name", ["missing", "file", "empty"])
async def test_a_folder_that_cannot_be_used(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    report = await import_directory(connection, tmp_path / name, now=NOW)
    assert len(report.problems) == 1
    assert report.problems[0].file == ""
    assert not report.loaded
    assert list(report.lines())[-1] == "Nothing was loaded."


async def test_a_line_and_a_technician_never_share_a_number(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    lines = LINES.replace("555-0199", "555-0101")
    report = await import_directory(connection, folder_of(tmp_path, lines=lines), now=NOW)
    assert places(report) == [("lines.csv", 2, "line")]
    assert "telephone of technician ana" in report.problems[0].reason
    technicians = TECHNICIANS.replace("403-555-0101", "403 555 0199")
    report = await import_directory(connection, folder_of(tmp_path, technicians=technicians), now=NOW)
    assert places(report) == [("technicians.csv", 2, "phone")]
    # Ana gets another number in the same import, and hers becomes a line.
    technicians = TECHNICIANS.replace("403-555-0101", "403 555 0109")
    report = await import_directory(connection, folder_of(tmp_path, lines=lines, technicians=technicians), now=NOW)
    assert not report.problems


async def test_a_technicians_number_in_the_database_is_theirs(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    header, ana, *_ = TECHNICIANS.splitlines()
    newcomer = ana.replace("ana,Ana", "zed,Zed")
    report = await import_directory(connection, folder_of(tmp_path, technicians=f"{header}\n{newcomer}\n"), now=NOW)
    assert "is the number of ana already" in report.problems[0].reason
    # Zed takes Ana's, Ana would take Ben's, Ben keeps his: so Ana keeps hers, and Zed gets none.
    rows = f"{header}\n{newcomer}\n{ana.replace('403-555-0101', '403 555 0102')}\n"
    report = await import_directory(connection, folder_of(tmp_path, technicians=rows), now=NOW)
    assert places(report) == [("technicians.csv", 2, "phone"), ("technicians.csv", 3, "phone")]
    assert await connection.fetchval("SELECT phone FROM technicians WHERE technician = 'ana'") == "+14035550101"


async def test_a_fallback_never_leads_back_to_us(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    header = "line,name,voice_flow,text_flow,languages,fallback\n"
    lines = header + "4035550199,A,,,en,403 555 0198\n4035550197,B,,,en,403 555 0199\n4035550196,C,,,en,911\n"
    report = await import_directory(connection, folder_of(tmp_path, lines=lines), now=NOW)
    assert places(report) == [("lines.csv", 3, "fallback"), ("lines.csv", 4, "fallback")]
    assert "our own lines" in report.problems[0].reason
    assert "emergency" in report.problems[1].reason
    lines = header + "4035550198,D,,,en,\n"
    report = await import_directory(connection, folder_of(tmp_path, lines=lines), now=NOW)
    assert "is the fallback of line +14035550199" in report.problems[0].reason


async def test_a_flow_that_is_not_there_yet_is_noted(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    lines = LINES.replace("Desk,,", "Desk,winter,texts")
    report = await import_directory(connection, folder_of(tmp_path, lines=lines), now=NOW)
    assert report.warnings == ('lines.csv names the flow "winter", which is not published yet.',)
    assert report.files[0].added == 1


@pytest.mark.parametrize(
    ("named", "column", "said"),
    [
        ("Desk,texts,", "voice_flow", '"texts" is a text flow; voice_flow names a voice flow, or none.'),
        ("Desk,,main", "text_flow", '"main" is a voice flow; text_flow names a text flow, or none.'),
        ("Desk,winter,winter", "text_flow", '"winter" stands in voice_flow too; no flow leads both calls and texts.'),
    ],
)
async def test_a_line_runs_flows_of_its_channels(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path, named: str, column: str, said: str
) -> None:
    report = await import_directory(connection, folder_of(tmp_path, lines=LINES.replace("Desk,,", named)), now=NOW)
    assert [(one.line, one.column, one.reason) for one in report.problems] == [(2, column, said)]
    assert await connection.fetchval("SELECT count(*) FROM lines") == 0
