"""The command line: help, plain sentences for every expected failure, and what the commands print."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from podline.cli import FAMILIES, run
from podline.commands.opening import CommandFailed, read_instant
from podline.world import write_world
from tests.world import SID, TOKEN
from web.story_links import scope_of

COMMANDS = [command.__name__.rstrip("_") for commands in FAMILIES.values() for command in commands]
HEAVY = {"phonenumbers", "asyncpg", "quart", "granian", "twilio", "babel", "simulator", "db"}
NOW = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)
EDMONTON = ZoneInfo("America/Edmonton")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets what is told and nothing else; no `.env` of ours is in reach."""
    import os

    for name in [name for name in os.environ if name.startswith("PODLINE_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def tell(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"PODLINE_{name.upper()}", value)

    tell(home=str(tmp_path / "home"), twilio_account_sid=SID, twilio_auth_token=TOKEN)
    return tell


@pytest.fixture
def desk(settings: Callable[..., None], database_url: str, tmp_path: Path) -> str:
    """A database with the sample world in its directory; its address."""
    settings(database_url=database_url)
    write_world(tmp_path / "world")
    assert run(["import", str(tmp_path / "world")]) == 0
    return database_url


def sql(url: str, act: Callable[[Any], Awaitable[Any]]) -> Any:
    async def connected() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await act(connection)
        finally:
            await connection.close()

    return asyncio.run(connected())


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_useful_sentences(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"Usage: podline {command}".rstrip())
    assert len(told.split()) > 15
    if not command:
        assert all(f" {name} " in told for name in COMMANDS)


def test_help_loads_nothing_heavy() -> None:
    asked = "import sys; from podline.cli import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stor"], 'Did you mean "story"?'),
        (["story"], "CONTACT"),
        (["who", "--jsn"], "--jsn"),
        (["presence", "ana", "asleep"], '"available"'),
    ],
)
def test_a_slip_on_the_command_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    told = capsys.readouterr()
    assert told.err.startswith("podline: ") and said in told.err and told.err.count("\n") == 1


def test_all_problems_of_the_settings_at_once(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings(port="nine", workers="0", public_url="desk example", log="loud")
    assert run(["who"]) == 1
    told = capsys.readouterr().err
    for name in ("PODLINE_PORT", "PODLINE_WORKERS", "PODLINE_PUBLIC_URL", "PODLINE_LOG"):
        assert name in told
    assert "Traceback" not in told and "https://errors.pydantic.dev" not in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk:s3cret-pw@127.0.0.1:1/podline",
        "postgresql://desk:s3cret-pw@127.0.0.1:notaport/podline",
        "mysql://desk:s3cret-pw@127.0.0.1/podline",
        "postgresql://desk@127.0.0.1:1/podline?password=s3cret-pw",
    ],
)
@pytest.mark.parametrize("command", ["who", "migrate", "work"])
def test_a_database_that_cannot_be_reached(
    url: str, command: str, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(database_url=url)
    assert run([command]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "PODLINE_DATABASE_URL" in told
    assert "s3cret" not in told


def test_serving_without_settings(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings(twilio_account_sid="", twilio_auth_token="")
    assert run(["serve"]) == 1
    told = capsys.readouterr().err
    assert "PODLINE_TWILIO_ACCOUNT_SID is not set" in told and "PODLINE_TWILIO_AUTH_TOKEN is not set" in told


def test_an_empty_database_is_brought_to_the_schema(
    settings: Any, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emptied = "DROP SCHEMA public, jobs CASCADE; CREATE SCHEMA public"
    sql(database_url, lambda connection: connection.execute(emptied))
    settings(database_url=database_url)
    assert run(["who"]) == 0
    assert "podline import" in capsys.readouterr().out


def test_a_database_with_data_waits_for_podline_migrate(
    settings: Any, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = "DELETE FROM public.schema_migrations WHERE version = (SELECT max(version) FROM public.schema_migrations)"
    sql(database_url, lambda connection: connection.execute(newest))
    settings(database_url=database_url)
    assert run(["who"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("podline: The database lacks 1 migration(s)") and "`podline migrate`" in told


def test_migrate_says_what_it_did(settings: Any, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    settings(database_url=database_url)
    assert run(["migrate"]) == 0
    told = capsys.readouterr().out
    shipped = [f"Published version 2 of {flow}: the flow that ships." for flow in ("main", "texts")]
    assert told.splitlines() == [*shipped, "The schema is up to date."]
    assert run(["migrate"]) == 0
    assert capsys.readouterr().out == "The schema is up to date.\n"


def test_a_folder_without_a_directory(settings: Any, database_url: str, tmp_path: Path) -> None:
    settings(database_url=database_url)
    assert run(["import", str(tmp_path / "nowhere")]) == 2


def test_municipalities(tmp_path: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(shared_data / "municipalities_ca.csv")
    assert run(["municipalities", source, str(tmp_path), "--pods", "sea;land"]) == 0
    assert "3594 municipalities" in capsys.readouterr().out
    assert run(["municipalities", str(tmp_path / "none.csv"), str(tmp_path)]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_who_and_presence(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["presence", "Ana Ferreira", "away", "--until", "2h"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Ana Ferreira is away until ")
    assert run(["presence", "hugo", "available"]) == 0
    assert run(["who"]) == 0
    rows = {line.split()[1]: line for line in capsys.readouterr().out.splitlines() if len(line.split()) > 3}
    assert rows["ana"].rstrip().endswith("away")
    assert "would be rung" in rows["hugo"]
    assert "off shift" in rows["ines"]
    assert run(["who", "--json"]) == 0
    told = {one["technician"]: one for one in json.loads(capsys.readouterr().out)["technicians"]}
    assert (told["ana"]["why"], told["hugo"]["why"]) == ("away", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["presence", "zoe", "off"], "There is no technician zoe in the directory"),
        (["presence", "ana", "off", "--until", "2020-01-01"], "is over already"),
        (["presence", "ana", "off", "--until", "later"], "write it like 2h"),
        (["contacts", "--municipality", "Taber"], "Several municipalities are called Taber"),
        (["contacts", "--municipality", "Atlantis"], "There is no municipality Atlantis"),
        (["contacts", "--client", "zoe"], "There is no client zoe"),
        (["contacts", "--technician", "zoe"], "There is no technician zoe"),
        (["contacts", "--limit", "0"], "--limit"),
        (["story", "nothing"], "There is no contact nothing"),
    ],
)
def test_what_is_not_there(desk: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 1
    told = capsys.readouterr()
    assert said in told.err and told.err.count("\n") == 1


CONTACT = """
INSERT INTO contacts (contact, provider_sid, channel, direction, from_number, to_number, line, municipality, pod,
    client, owner, flow, flow_version, language, state, outcome, started_at, ended_at, touched_at)
VALUES ('q7nm2x4kabcd', 'CA1', 'voice', 'inbound', '+14185550130', '+14185550199', '+14185550199', '2491042',
    'fleuve', 'lucie', 'eve', 'main', 1, 'fr', 'closed', 'answered', $1, $1, $1)
"""
EVENTS = """
INSERT INTO events (contact, turn, place, at, kind, technician, detail)
VALUES ('q7nm2x4kabcd', 1, 1, $1, 'received', '', '{}'), ('q7nm2x4kabcd', 1, 2, $1, 'skipped', 'eve', $2)
"""
TURN = """
INSERT INTO turns (subject, turn, at, event_key, event, reasons)
VALUES ('contact:q7nm2x4kabcd', 1, $1, 'k', '{"event": "CallArrived"}', $2)
"""


async def add_contact(connection: Any) -> None:
    await connection.execute(CONTACT, NOW)
    await connection.execute(EVENTS, NOW, json.dumps({"reason": "on_call"}))
    await connection.execute(TURN, NOW, json.dumps([{"code": "left_out", "technician": "eve", "detail": "on_call"}]))


def test_contacts_and_their_stories(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    sql(desk, add_contact)
    capsys.readouterr()
    assert run(["contacts", "--municipality", "saint-félicien", "--technician", "eve"]) == 0
    told = capsys.readouterr().out
    for part in (
        "q7nm2x4kabcd",
        "2026-11-03 12:00 EST",
        "Lucie Bouchard",
        "Saint-Félicien",
        "answered",
        "Ève Tremblay",
    ):
        assert part in told
    assert run(["contacts", "--since", "2026-11-04"]) == 0
    assert "no such contacts" in capsys.readouterr().out
    assert run(["story", "CA1", "--why"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Contact q7nm2x4kabcd, Tue 3 Nov 2026, by version 1 of the flow main. Times are those of America/Toronto.",
        "12:00:00 Lucie Bouchard of Saint-Félicien called Support desk / Bureau de soutien (French).",
        "         Skipped Ève Tremblay: on a call.",
        "           because: Ève Tremblay was left out: on a call",
    ]
    assert run(["story", "CA1", "--language", "fr"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "         Appel non offert à Ève Tremblay\u00a0: déjà en ligne."
    assert run(["story", "q7nm2x4kabcd", "--json", "--why"]) == 0
    story = json.loads(capsys.readouterr().out)
    assert (story["id"], story["reasons"][0]["turn"], len(story["events"])) == ("q7nm2x4kabcd", 1, 2)
    assert run(["contacts", "--client", "lucie", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["contacts"][0]["from"] == "+14185550130"


def test_the_address_of_a_storys_page(
    desk: str, settings: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    sql(desk, add_contact)
    capsys.readouterr()
    assert run(["story", "CA1", "--link"]) == 1
    assert "PODLINE_SECRET_KEY is not set" in capsys.readouterr().err
    settings(public_url="https://desk.example.org", secret_key="signs")
    assert run(["story", "CA1", "--link"]) == 0
    address, _, key = capsys.readouterr().out.strip().partition("?key=")
    assert address == "https://desk.example.org/stories/q7nm2x4kabcd"
    assert scope_of(key, "signs", datetime.now(UTC)) == "q7nm2x4kabcd"


@pytest.mark.parametrize(
    ("text", "ahead", "wanted"),
    [
        ("90m", True, NOW + timedelta(minutes=90)),
        ("2d", False, NOW - timedelta(days=2)),
        ("17:30", True, datetime(2026, 11, 4, 0, 30, tzinfo=UTC)),
        ("09:00", True, datetime(2026, 11, 4, 16, 0, tzinfo=UTC)),
        ("09:00", False, datetime(2026, 11, 3, 16, 0, tzinfo=UTC)),
        ("17:30", False, datetime(2026, 11, 3, 0, 30, tzinfo=UTC)),
        ("2026-11-05", True, datetime(2026, 11, 5, 7, 0, tzinfo=UTC)),
        ("2026-07-05T08:00", False, datetime(2026, 7, 5, 14, 0, tzinfo=UTC)),
        ("2026-11-05T08:00+01:00", True, datetime(2026, 11, 5, 7, 0, tzinfo=UTC)),
    ],
)
def test_moments_as_people_write_them(text: str, ahead: bool, wanted: datetime) -> None:
    assert read_instant(text, NOW, EDMONTON, ahead=ahead) == wanted


@pytest.mark.parametrize("text", ["", "soon", "25:00", "12:61", "2h30", "-2h", "99999999d"])
def test_moments_that_are_none(text: str) -> None:
    with pytest.raises(CommandFailed):
        read_instant(text, NOW, EDMONTON, ahead=True)
