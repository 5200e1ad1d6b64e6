"""docs/directory.md tells the truth: its examples import, its columns are all, its refusals are word for word."""

import re
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from db.importing import import_directory
from db.importing.layouts import LAYOUTS

PAGE = (Path(__file__).parents[2] / "docs" / "directory.md").read_text(encoding="utf-8")
GOOD, BAD = PAGE.split("## What is refused")
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def examples(text: str, folder: Path) -> Path:
    folder.mkdir()
    for name, content in re.findall(r"```csv (\S+)\n(.*?)```", text, re.DOTALL):
        (folder / name).write_text(content, encoding="utf-8")
    return folder


async def test_the_examples_import_and_the_refusals_are_word_for_word(database_url: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(database_url)
    report = await import_directory(connection, examples(GOOD, tmp_path / "good"), now=NOW)
    assert (report.problems, report.warnings) == ((), ())
    assert [file.file for file in report.files if file.added] == [layout.file for layout in LAYOUTS]
    report = await import_directory(connection, examples(BAD, tmp_path / "bad"), now=NOW)
    await connection.close()
    (told,) = re.findall(r"```text\n(.*?)```", BAD, re.DOTALL)
    assert "\n".join(report.lines()) + "\n" == told


def test_every_column_is_explained() -> None:
    for layout in LAYOUTS:
        section = GOOD.split(f"## {layout.file}\n")[1].split("\n## ")[0]
        rows = re.findall(r"^\| (`[^|]*) \|([^|]*)\|", section, re.MULTILINE)
        explained = {column: state.strip() for cell, state in rows for column in re.findall(r"`(\w+)`", cell)}
        assert set(layout.columns) <= explained.keys(), layout.file
        for column in layout.columns:
            assert (column in layout.filled) == ("needed" in explained[column]) or column == "name_fr"
            assert (column in layout.optional) == (explained[column] == "optional")
