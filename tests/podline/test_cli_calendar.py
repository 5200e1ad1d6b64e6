"""`podline calendar`: the picture of the days ahead, the holes in words, and the same for machines."""

import json
import os
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from podline.cli import run
from podline.world import write_world

LUNCH = """technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,+1 403 555 0101,prairie,1,en;fr,,Mon-Fri 08:00-12:00,,yes
ben,Ben Oduya,+1 403 555 0102,prairie,2,en,,"Mon-Fri 06:00-12:00, 13:00-19:00; Sat 22:00-06:00",,yes
cho,Cho Min-seo,+1 780 555 0103,prairie,3,en;fr,,Mon-Fri 06:00-07:00,,yes
"""


@pytest.fixture(autouse=True)
def world(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sample world, where nobody of pod prairie is on shift at noon."""
    for name in [name for name in os.environ if name.startswith("PODLINE_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PODLINE_DATABASE_URL", database_url)
    write_world(tmp_path / "world")
    (tmp_path / "world" / "technicians.csv").write_text(LUNCH, encoding="utf-8")
    assert run(["import", str(tmp_path / "world")]) == 0
    capsys.readouterr()


def test_a_week_of_a_pod(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendar", "Prairie", "--days", "4", "--from", "2026-12-24"]) == 0
    told = capsys.readouterr().out
    assert told.splitlines() == [
        "Prairie, from Thu 24 Dec 2026. Times are those of America/Edmonton.",
        "            0     3     6     9     12    15    18    21",
        "Thu 24 Dec |            ▒▒░░▒▒▒▒▒▒▒▒!!░░░░░░░░░░░░          |",
        "Fri 25 Dec |            ▒▒░░▒▒▒▒▒▒▒▒  ░░░░░░░░░░░░          |",
        "            Christmas Day: AB, MB, SK",
        "Sat 26 Dec |                                            ░░░░|",
        "Sun 27 Dec |░░░░░░░░░░░░                                    |",
        "",
        "Thu 24 Dec 12:00-13:00: nobody is on shift while Canmore and 6 more are at work",
        "",
        "On shift: ░ one, ▒ two, █ three or more. ! a hole. x no such hour.",
    ]
    assert all(len(line) <= 80 for line in told.splitlines())


def test_the_change_of_clocks_and_a_town_of_its_own_holiday(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "more").mkdir()
    rows = "municipality_or_province,date,name\n4802022,2026-11-02,Cornfest\nAB,2026-11-02,Long Day\n"
    (tmp_path / "more" / "holidays.csv").write_text(rows)
    assert run(["import", str(tmp_path / "more")]) == 0
    capsys.readouterr()
    assert run(["calendar", "prairie", "--days", "3", "--from", "2026-10-31"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[3:8] == [
        "Sun  1 Nov |░░░░░░░░░░░░                                    |",
        "            Clocks go back at 02:00 to 01:00: this day has 25 hours.",
        "Mon  2 Nov |            ▒▒░░▒▒▒▒▒▒▒▒!!░░░░░░░░░░░░          |",
        "            Cornfest: Taber",
        "            Long Day: AB",
    ]
    assert "nobody is on shift while Steinbach and 2 more are at work" in told[9]
    assert run(["calendar", "prairie", "--days", "1", "--from", "2027-03-14"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[2] == "Sun 14 Mar |░░░░xx░░░░░░                                    |"
    assert told[3].endswith("Clocks go forward at 02:00 to 03:00: this day has 23 hours.")
    assert told[5] == "No holes: whenever one of its municipalities is at work, somebody is on shift."


def test_an_absence_of_the_only_one_makes_holes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["absence", "add", "ben", "2099-12-23 14:00", "2099-12-23 15:00"]) == 0
    capsys.readouterr()
    assert run(["calendar", "prairie", "--days", "1", "--from", "2099-12-23"]) == 0
    holes = [line for line in capsys.readouterr().out.splitlines() if "nobody" in line]
    assert [hole.partition(":0")[0] for hole in holes] == ["Wed 23 Dec 12", "Wed 23 Dec 14"]


def test_all_pods_for_the_next_two_weeks(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendar"]) == 0
    told = capsys.readouterr().out
    assert [line.partition(",")[0] for line in told.splitlines() if "Times are" in line] == [
        "Fleuve",
        "North",
        "Prairie",
    ]
    assert sum(line.endswith("|") for line in told.splitlines()) == 3 * 14


def test_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendar", "prairie", "--days", "2", "--from", "2026-12-24", "--json"]) == 0
    (pod,) = json.loads(capsys.readouterr().out)["pods"]
    assert (pod["pod"], pod["name"], pod["timezone"]) == ("prairie", "Prairie", "America/Edmonton")
    thursday, christmas = pod["days"]
    assert thursday["date"] == "2026-12-24"
    assert thursday["begins_at"] == "2026-12-24T00:00:00-07:00"
    assert thursday["on_shift"]["ana"] == [
        {"begins_at": "2026-12-24T08:00:00-07:00", "ends_at": "2026-12-24T12:00:00-07:00"}
    ]
    (hole,) = thursday["holes"]
    assert hole["begins_at"] == "2026-12-24T12:00:00-07:00" and len(hole["municipalities"]) == 7
    assert (thursday["holidays"], thursday["clocks_change_at"]) == ([], None)
    assert christmas["holidays"] == [{"name": "Christmas Day", "places": ["AB", "MB", "SK"]}]
    assert len(christmas["open"]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sea"], "There is no pod sea in the directory: there are fleuve, north, prairie."),
        (["--days", "0"], "--days is a number from 1 to 366."),
        (["--days", "367"], "--days is a number from 1 to 366."),
        (["--from", "tomorrow"], '"tomorrow" is no date: write year-month-day, such as 2026-12-01.'),
        (["--from", "0001-01-01"], "is no date"),
        (["--from", "9999-12-31"], "is no date"),
    ],
)
def test_what_cannot_be_shown(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendar", *words]) == 1
    told = capsys.readouterr()
    assert said in told.err and told.err.count("\n") == 1 and told.out == ""


DOCUMENTED = """technician,name,phone,pod,position,hours
ana,Ana Ferreira,+1 403 555 0101,prairie,1,Mon-Fri 06:00-12:00
ben,Ben Oduya,+1 403 555 0102,prairie,2,"Mon-Fri 08:00-12:00, 13:00-17:00"
cho,Cho Min-seo,+1 780 555 0103,prairie,3,Mon-Fri 11:30-18:00; Sat 22:00-06:00
"""


def test_the_page_shows_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "hours.md").read_text(encoding="utf-8")
    monkeypatch.setattr("podline.clock.wall_clock", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    (tmp_path / "world" / "technicians.csv").write_text(DOCUMENTED, encoding="utf-8")
    assert run(["import", str(tmp_path / "world")]) == 0
    capsys.readouterr()
    shown = re.findall(r"^\$ podline (.*)\n((?:(?![$`]).*\n)*)", page, re.MULTILINE)
    assert len(shown) == 5
    for command, output in shown:
        assert run(shlex.split(command)) == 0
        assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == output.splitlines()


def test_a_narrow_terminal_gets_whole_hours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert run(["calendar", "prairie", "--days", "1", "--from", "2026-12-24"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[1:3] == [
        "            0  3  6  9  12 15 18 21",
        "Thu 24 Dec |      ▒░▒▒▒▒!░░░░░░     |",
    ]
