"""`podline import` on a terminal: words and exit statuses."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from podline.import_command import run_import
from podline.world import write_world

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


async def said(url: str, folder: Path, *, dry_run: bool = False, strict: bool = False) -> tuple[int, str]:
    written = io.StringIO()
    console = Console(file=written, width=80, soft_wrap=True, highlight=False)
    status = await run_import(url, folder, dry_run, strict, NOW, console)
    return status, written.getvalue()


async def test_a_good_folder(database_url: str, tmp_path: Path) -> None:
    write_world(tmp_path)
    status, text = await said(database_url, tmp_path, dry_run=True)
    assert status == 0
    assert text.endswith("This was a dry run: nothing was changed.\n")
    status, text = await said(database_url, tmp_path)
    assert (status, "clients.csv: 14 added, 0 changed, 0 unchanged." in text) == (0, True)


async def test_a_folder_with_a_bad_row(database_url: str, tmp_path: Path) -> None:
    write_world(tmp_path)
    with (tmp_path / "pods.csv").open("a") as file:
        file.write("sea,[bold]Sea,nonsense [red],America/Halifax,0\n")
    status, text = await said(database_url, tmp_path, strict=True)
    assert (status, "Nothing was loaded." in text) == (2, True)
    status, text = await said(database_url, tmp_path)
    assert (status, 'pods.csv, line 5, strategy: "nonsense [red]"' in text) == (1, True)


@pytest.mark.parametrize("name", ["nowhere", "."])
async def test_a_folder_without_anything(database_url: str, tmp_path: Path, name: str) -> None:
    status, text = await said(database_url, tmp_path / name)
    assert status == 2
    assert text.endswith("Nothing was loaded.\n")


async def test_a_long_import_shows_where_it_is(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_world(tmp_path)
    monkeypatch.setattr("podline.import_command.PATIENCE", 0.0)
    written = io.StringIO()
    console = Console(file=written, width=80, force_terminal=True)
    assert await run_import(database_url, tmp_path, False, False, NOW, console) == 0
    assert "holidays.csv" in written.getvalue()
