"""`podline absence`: added, listed and removed by hand, in the technician's own time."""

import os
from pathlib import Path

import pytest

from podline.cli import run
from podline.world import write_world


@pytest.fixture(autouse=True)
def world(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("PODLINE_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PODLINE_DATABASE_URL", database_url)
    write_world(tmp_path / "world")
    assert run(["import", str(tmp_path / "world")]) == 0
    capsys.readouterr()


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["absence", *words]) == 0
    return capsys.readouterr().out


def test_added_listed_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "list") == "There are no absences ahead.\n"
    assert told(capsys, "add", "Ana Ferreira", "2099-12-24", "2099-12-26", "--note", "skiing") == (
        "Ana Ferreira is away from 2099-12-24 00:00 MST to 2099-12-27 00:00 MST.\n"
    )
    assert told(capsys, "add", "eve", "2099-07-01 13:00", "2099-07-01 15:30") == (
        "Ève Tremblay is away from 2099-07-01 13:00 EDT to 2099-07-01 15:30 EDT.\n"
    )
    assert told(capsys, "add", "ana", "2099-12-24", "2099-12-28").endswith(
        "This replaces the one with the same beginning.\n"
    )
    lines = told(capsys, "list").splitlines()
    assert [line.split()[0] for line in lines if "2099" in line] == ["ana", "eve"]
    assert "2099-12-29 00:00 MST" in lines[2] and "EDT" in lines[3]
    assert "Ferreira" not in told(capsys, "list", "eve")
    assert told(capsys, "remove", "ana", "2099-12-24 0:00") == (
        "Ana Ferreira is no longer away from 2099-12-24 00:00 MST to 2099-12-29 00:00 MST.\n"
    )
    assert told(capsys, "list", "ana") == "There are no absences ahead.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "zoe", "2099-12-24", "2099-12-24"], "There is no technician zoe in the directory"),
        (["add", "ana", "Christmas", "2099-12-24"], '"Christmas" is no date; write year-month-day'),
        (["add", "ana", "2099-12-24", "2099-12-32"], '"2099-12-32" is no date'),
        (["add", "ana", "2099-12-24", "2099-12-23"], "2099-12-23 is not later than the beginning of the absence."),
        (["add", "ana", "2020-12-24", "2020-12-26"], "An absence that ended 2020-12-27 00:00 MST is over already."),
        (["list", "zoe"], "There is no technician zoe"),
        (["remove", "zoe", "2099-12-24"], "There is no technician zoe"),
        (["remove", "ana", "soon"], '"soon" is no date'),
        (["remove", "ana", "2099-12-24"], "no absence that begins 2099-12-24 00:00 MST: they have none."),
    ],
)
def test_what_cannot_be_done(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["absence", *words]) == 1
    heard = capsys.readouterr()
    assert said in heard.err and heard.err.count("\n") == 1 and heard.out == ""


def test_removing_another_than_there_is_tells_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "add", "ana", "2099-12-24 08:00", "2099-12-24 10:00")
    assert run(["absence", "remove", "ana", "2099-12-24"]) == 1
    assert "begins 2099-12-24 00:00 MST: theirs begin 2099-12-24 08:00 MST." in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["add"], ["add", "ana", "2099-12-24"], ["remove", "ana"], ["shorten", "ana"]])
def test_a_slip_on_the_command_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["absence", *words])
    heard = capsys.readouterr()
    if words:
        assert status == 2
        assert heard.err.startswith("podline: ") and heard.err.count("\n") == 1
    else:
        assert "remove" in heard.out


@pytest.mark.parametrize("word", ["", "add", "list", "remove"])
def test_help_has_useful_sentences(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["absence", *word.split(), "--help"]) == 0
    heard = capsys.readouterr().out
    assert heard.startswith(f"Usage: podline absence {word}".rstrip()) and len(heard.split()) > 15
