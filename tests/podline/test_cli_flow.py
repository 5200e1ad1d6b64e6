"""`podline flow` as a supervisor uses it: check, publish, look, compare, go back."""

import io
import os
import sys
from pathlib import Path

import pytest

from callflows.reading import parse, shipped_document
from db.embedded import Embedded
from podline.cli import run
from podline.world import write_world

TAXES = """
flow: taxes
description: Taxes or water by a key.
start: who
times: {ring: 20}
steps:
  who: {step: identify, next: menu, unknown: swarm}
  menu:
    step: menu
    say: {en: "For taxes, press 1.", fr: "Pour les taxes, faites le 1."}
    keys: {1: team}
    otherwise: swarm
  team: {step: ring, otherwise: swarm, note: asked for by Taber}
  swarm: {step: swarm, otherwise: message}
  message: {step: voicemail}
"""
BROKEN = "start: a\nsteps:\n  a: {step: ring, pod: nobody, otherwise: b}\n  c: {step: voicemail}\n"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PODLINE_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODLINE_HOME", str(tmp_path / "home"))
    Path("taxes.yaml").write_text(TAXES)
    Path("broken.yaml").write_text(BROKEN)


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("PODLINE_DATABASE_URL", database_url)
    write_world(Path("world"))
    assert run(["import", "world"]) == 0
    capsys.readouterr()
    return database_url


def flow(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert run(["flow", *words]) == status, capsys.readouterr().err
    told = capsys.readouterr()
    if status:
        assert told.err.startswith("podline: ") and told.err.count("\n") == 1
    return told.out + told.err


@pytest.mark.parametrize("command", ["", "check", "publish", "show", "diff", "rollback"])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["flow", *command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"Usage: podline flow {command}".rstrip())
    assert not command or command not in ("check", "publish", "show", "diff", "rollback") or "For example" in told


# check


def test_a_check_needs_no_database_and_makes_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["flow", "check", "taxes.yaml", "broken.yaml"]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "taxes.yaml: nothing forbids publishing.",
        "broken.yaml:steps.a.otherwise: A dead end: there is no step `b`. There are a, c.",
    ]
    assert "were not looked up" in told.err
    assert not Path("home").exists()


def test_a_database_out_of_reach_is_no_hindrance(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODLINE_DATABASE_URL", "postgresql://desk:s3cret@127.0.0.1:1/podline")
    assert run(["flow", "check", "taxes.yaml"]) == 0
    assert "s3cret" not in "".join(capsys.readouterr())


def test_a_check_looks_into_the_directory(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["flow", "check", "broken.yaml"]) == 1
    told = capsys.readouterr()
    assert "broken.yaml:steps.a.pod: " in told.out
    assert not told.err


def test_a_check_asks_an_embedded_server_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["flow", "show"]) == 0  # makes it
    capsys.readouterr()
    assert run(["flow", "check", "taxes.yaml"]) == 0
    assert "were not looked up" in capsys.readouterr().err, "it is stopped by now, and stays so"
    with Embedded.open(Path("home")):
        assert run(["flow", "check", "broken.yaml"]) == 1
    told = capsys.readouterr()
    assert "broken.yaml:steps.a.pod: " in told.out and not told.err


def test_what_is_piped_in(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    unused = TAXES + "  left: {step: voicemail}\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(unused.encode())))
    assert run(["flow", "check", "-"]) == 0
    warned = "-:steps.left: warning: No way leads here. Use this step, or take it out."
    assert capsys.readouterr().out.splitlines() == [warned, "-: nothing forbids publishing."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("start: [a", "bad.yaml: This is no YAML"),
        ("a: 2026-99-99", "bad.yaml: This is no YAML"),
        ("[" * 5000, "bad.yaml: This is no YAML"),
        ("", "bad.yaml: A flow is a mapping"),
    ],
)
def test_a_file_that_is_no_flow(text: str, said: str, desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").write_text(text)
    for command in ("check", "publish"):
        assert run(["flow", command, "bad.yaml"]) == 1
        assert capsys.readouterr().out.startswith(said)


@pytest.mark.parametrize("command", ["check", "publish"])
def test_a_file_that_cannot_be_read(command: str, desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("latin.yaml").write_bytes("start: é".encode("latin-1"))
    assert "latin.yaml is no text in UTF-8." in flow(capsys, command, "latin.yaml", status=1)
    assert "none.yaml: No such file" in flow(capsys, command, "none.yaml", status=1)


# publish, show, diff, rollback


def test_from_the_first_version_to_going_back(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = flow(capsys, "publish", "taxes.yaml", "--by", "sue", "--note", "for the winter")
    assert told.splitlines() == [
        "taxes: version 1 is live (for the winter).",
        "No line runs taxes yet: lines.csv says which flow a line's calls begin with (voice_flow).",
    ]
    told = flow(capsys, "publish", "taxes.yaml")
    assert told.startswith("taxes: version 1 is live, and is this very document; nothing is published.\n")
    changed = TAXES.replace("ring: 20", "ring: 25").replace("press 1.", "press 1, please.")
    Path("taxes.yaml").write_text(changed + "  left: {step: voicemail}\n")
    assert flow(capsys, "publish", "taxes.yaml").splitlines()[:3] == [
        "taxes.yaml:steps.left: warning: No way leads here. Use this step, or take it out.",
        "taxes: version 2 is live.",
        "Against version 1: 1 time changed, 1 step changed, 1 step added.",
    ]
    assert flow(capsys, "diff", "taxes").splitlines() == [
        "taxes, from version 1 (published) to version 2 (live):",
        "time ring: 20 → 25",
        "step menu changed:",
        "    say.en: For taxes, press 1. → For taxes, press 1, please.",
        "step left added:",
        "    say: voicemail",
        "    step: voicemail",
    ]
    assert flow(capsys, "rollback", "taxes", "--by", "max").splitlines()[:2] == [
        "taxes: version 3 is live (back to version 1).",
        "Against version 2: 1 time changed, 1 step changed, 1 step removed.",
    ]
    assert "nothing differs." in flow(capsys, "diff", "taxes", "1", "3")
    told = flow(capsys, "rollback", "taxes", "--to", "2", "--note", "no, that one")
    assert told.startswith("taxes: version 4 is live (no, that one).")
    rows = [line.split() for line in flow(capsys, "show", "taxes", "--versions").splitlines()[2:]]
    assert [row[:2] for row in rows] == [["4", "live"], ["3", "published"], ["2", "published"], ["1", "published"]]
    assert "sue" in rows[3] and "max" in rows[1]


def test_a_flow_in_words(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("taxes.yaml").write_text(TAXES + "  left: {step: voicemail}\n")
    flow(capsys, "publish", "taxes.yaml", "--by", "sue")
    told = flow(capsys, "show", "taxes")
    lines = told.splitlines()
    assert lines[0].startswith("taxes, version 1: live since 20") and lines[0].endswith(", by sue.")
    assert lines[1:5] == [
        "Taxes or water by a key.",
        "It answers calls.",
        "Languages: English, Français.",
        "Times: ring 20 (usually 15).",
    ]
    rows = [line.split() for line in lines]
    names = [row[1] if row[0] == "start" else row[0] for row in rows[8:13]]
    assert names == ["who", "menu", "swarm", "team", "message"], "as a call may come by"
    assert rows[8][:3] == ["start", "who", "Finds"]
    assert "no way leads here   left" in told
    assert "asked for by Taber" in told
    assert "menu.say   fr" in told and "Pour les taxes, faites le 1." in told


def test_the_flow_that_ships_is_shown_and_published_again(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = flow(capsys, "show", "main", "--yaml")
    assert parse(told) == shipped_document()
    assert list(parse(told)["steps"]) == list(shipped_document()["steps"])
    Path("main.yaml").write_text(told)
    assert "nothing is published" in flow(capsys, "publish", "main.yaml")
    Path("main.yaml").write_text(told.replace("otherwise: swarm", "otherwise: message"))
    assert "is live" in flow(capsys, "publish", "main.yaml")
    flow(capsys, "rollback", "main")
    assert parse(flow(capsys, "show", "main", "--yaml")) == shipped_document()
    assert "is live" in flow(capsys, "publish", "main.yaml", "--flow", "winter")
    assert parse(flow(capsys, "show", "winter", "--yaml"))["flow"] == "winter"


def test_the_flows_in_a_table(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    flow(capsys, "publish", "taxes.yaml", "--by", "sue")
    rows = {line.split()[0]: line for line in flow(capsys, "show").splitlines()}
    assert "sue" in rows["taxes"]
    assert "+1" in rows["main"], "its lines"


def test_what_an_import_changed(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    technicians = Path("world/technicians.csv")
    told = technicians.read_text()
    hours = next(line for line in told.splitlines() if line.startswith("ana,")).split(",")[7]
    technicians.write_text(told.replace(hours, "Tue 08:00-12:00"))
    assert run(["import", "world"]) == 0
    capsys.readouterr()
    told = flow(capsys, "diff", "main")
    assert f"hours of ana: {hours} (America/Edmonton) → Tue 08:00-12:00 (America/Edmonton)" in told
    assert "step" not in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["publish", "broken.yaml"], "broken.yaml is not published: 2 problems to put right."),
        (["publish", "taxes.yaml", "--by", "podline"], "--by is the name of a person"),
        (["publish", "taxes.yaml", "--by", " "], "--by is the name of a person"),
        (["publish", "taxes.yaml", "--flow", "a b"], '"a b" is no name of a flow'),
        (["show", "winter"], "There is no flow winter: there are main, texts."),
        (["show", "winter", "--versions"], "There is no flow winter: there are main, texts."),
        (["show", "main", "--version", "99"], "There is no version 99 of main."),
        (["show", "--versions"], "Say which flow"),
        (["diff", "main", "1", "99"], "There is no version 99 of main."),
        (["diff", "winter"], "There is no flow winter"),
        (["rollback", "main"], "main has never had another document than version"),
        (["rollback", "main", "--to", "99"], "Version 99 of main has never been live."),
        (["rollback", "winter"], "No version of winter has been published."),
    ],
)
def test_what_cannot_be_done(words: list[str], said: str, desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = flow(capsys, "show", "main", "--versions")
    assert said in flow(capsys, *words, status=1)
    assert flow(capsys, "show", "main", "--versions") == before
    assert "taxes" not in flow(capsys, "show")


def test_a_version_that_ages(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Another release may not know a kind of step any more: calls run the flow that ships, and `show` says so."""
    import asyncio

    import asyncpg

    async def spoil() -> None:
        connection = await asyncpg.connect(desk)
        spoilt = '{"start": "a", "steps": {"a": {"step": "sing"}}}'
        await connection.execute("UPDATE flow_versions SET document = $1::jsonb, written = $1::json", spoilt)
        await connection.close()

    asyncio.run(spoil())
    told = flow(capsys, "show", "main")
    assert "so the flow that ships is run" in told and "There is no such kind of step" in told
    assert "step: sing" in flow(capsys, "show", "main", "--yaml")


# Text flows


def test_a_text_flow(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = """
flow: snow
channel: text
description: Snow days.
start: hello
steps:
  hello: {step: reply, say: {en: "It snows.", fr: "Il neige."}, next: team}
  team: {step: route}
"""
    Path("snow.yaml").write_text(text)
    assert flow(capsys, "publish", "snow.yaml", "--by", "sue").splitlines() == [
        "snow: version 1 is live.",
        "No line runs snow yet: lines.csv says which flow a line's texts begin with (text_flow).",
    ]
    told = flow(capsys, "show", "snow")
    assert told.splitlines()[1:3] == ["Snow days.", "It answers texts."]
    assert "Writes “hello.say”, then goes on to team." in told
    Path("snow.yaml").write_text(text.replace("It snows.", "It is snowing."))
    assert "1 step changed" in flow(capsys, "publish", "snow.yaml", "--by", "sue")
    assert "    say.en: It snows. → It is snowing." in flow(capsys, "diff", "snow").splitlines()
    assert "snow.yaml:channel: main is a voice flow" in flow(capsys, "publish", "snow.yaml", "--flow", "main", status=1)
    rows = {line.split()[0]: line.split() for line in flow(capsys, "show").splitlines()}
    assert (rows["snow"][1], rows["texts"][1], rows["main"][1]) == ("text", "text", "voice")
    assert "+1" in " ".join(rows["texts"]), "its lines"


def test_the_text_flow_that_ships_is_shown_and_published_again(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = flow(capsys, "show", "texts", "--yaml")
    assert parse(told) == shipped_document("texts")
    Path("texts.yaml").write_text(told)
    assert "nothing is published" in flow(capsys, "publish", "texts.yaml")
    Path("texts.yaml").write_text(told.replace("flow: texts\n", "").replace("route", "route\n    to: pod"))
    assert "texts: version" in flow(capsys, "publish", "texts.yaml"), "a text flow without a name"
