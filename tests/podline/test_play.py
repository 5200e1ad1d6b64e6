"""`podline simulator play`: scenes as files on the operator's own directory and flow, and what the command says."""

import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from db.embedded import Embedded
from podline.cli import run
from podline.world import write_world

SCENES = Path(__file__).parents[2] / "docs" / "scenes"
LINE = "+1 403 555 0199"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One embedded server for all; not in pytest's own folder, which is closed to the user to whom root lends it."""
    with tempfile.TemporaryDirectory(prefix="podline-test-play-") as folder:
        Path(folder).chmod(0o711)
        with Embedded.open(Path(folder) / "rehearsals", durable=False):
            yield Path(folder)


@pytest.fixture(autouse=True)
def settings(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PODLINE_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PODLINE_HOME", str(home))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    write_world(tmp_path / "world")
    return tmp_path / "world"


@pytest.fixture
def desk(world: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the operator's with the sample world in its directory."""
    monkeypatch.setenv("PODLINE_DATABASE_URL", database_url)
    assert run(["import", str(world)]) == 0
    return database_url


def scene(*steps: str, title: str = "A scene", expect: str = "") -> str:
    lines = [f"scene: {title}", f"line: {LINE}", "start: 2026-11-03 9:00", "steps:", *(f"  - {one}" for one in steps)]
    return "\n".join([*lines, *([f"expect: {expect}"] if expect else [])]) + "\n"


def play(*words: str | Path) -> int:
    return run(["simulator", "play", *map(str, words)])


def query(url: str, sql: str) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(ask())


@pytest.mark.timeout(240)
def test_the_scenes_of_the_documentation_happen_as_written(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(SCENES.glob("*.yaml"))
    assert len(files) >= 5
    assert play(*files, "--directory", world) == 0, capsys.readouterr().out
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["scene", "result", "on", "the", "telephone", "played", "in", "what", "went", "wrong"]
    titles = [line[7:] for file in files for line in file.read_text("utf-8").splitlines() if line.startswith("scene: ")]
    assert [line[: len(title)] for line, title in zip(said[2:], titles, strict=False)] == titles
    assert all("as written" in line for line in said[2:-1])
    assert said[-1] == f"{len(titles)} of {len(titles)} scenes happened as written."


def test_a_copy_of_ones_own_directory_and_flow_is_played_on(
    desk: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = tmp_path / "main.yaml"
    flow.write_text(MESSAGES)
    assert run(["flow", "publish", str(flow)]) == 0
    before = query(
        desk, "SELECT (SELECT count(*) FROM flow_versions) || ' ' || directory || ' ' || flows FROM editions"
    )
    leaves = (
        "ana is away",
        "clara dials",
        'clara hears "Only messages today"',
        "clara speaks for 5 s",
        "clara hangs up",
    )
    expect = "{rang: nobody, contact: {outcome: voicemail}}"
    case = tmp_path / "case.yaml"
    case.write_text(scene(*leaves, "ana does not ring for 60 s", title="Messages", expect=expect))
    assert play(case) == 0, capsys.readouterr().out
    assert "Messages   as written" in capsys.readouterr().out
    after = query(desk, "SELECT (SELECT count(*) FROM flow_versions) || ' ' || directory || ' ' || flows FROM editions")
    assert before == after
    assert query(desk, "SELECT (SELECT count(*) FROM contacts) + (SELECT count(*) FROM presences)") == 0


MESSAGES = """
flow: main
start: closed
steps:
  closed:
    step: voicemail
    say:
      en: Only messages today. After the tone, tell us what you need.
      fr: Aujourd'hui, seulement des messages. Après le signal, dites-nous ce qu'il vous faut.
"""


def test_a_flow_is_tried_before_it_is_published(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.yaml").write_text(MESSAGES)
    (tmp_path / "case.yaml").write_text(scene("clara dials", 'clara hears "Only messages today"', "clara hangs up"))
    assert play("case.yaml", "--directory", world, "--flow", "new.yaml") == 0, capsys.readouterr().out
    assert play("case.yaml", "--directory", world) == 1
    assert 'does not hear "Only messages today" within 30 s; it heard "Hello Clara' in capsys.readouterr().out


def test_what_does_not_happen_is_told(world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = scene("clara dials", "ana rings", "ana accepts", "clara hangs up", title="Good")
    bad = scene("clara dials", "ben rings within 9 s", title="Bad")
    kept = scene("clara dials", "ana rings", "ana accepts", "clara hangs up", title="Kept",
                 expect="{contact: {outcome: voicemail, owner: ben}}")  # fmt: skip
    open_ = scene("clara dials", "ana rings", "ana accepts", title="Open", expect="{contact: {outcome: answered}}")
    (tmp_path / "cases.yaml").write_text("---\n".join((good, bad, kept, open_)))
    assert play("cases.yaml", "--directory", world) == 1
    said = capsys.readouterr().out
    for line in (
        "✗  Bad\n   step 2, “ben rings within 9 s”: Ben Oduya (+14035550102) does not ring within 9 s\n",
        "     Clara Whitfield (+14035550120): connected, hears ringback",
        "     Ana Ferreira (+14035550101): rings (from +14035550199)",
        "✗  Kept\n   expected at the end, “contact”: Clara Whitfield: outcome should be voicemail, but is answered\n",
        "“contact”: Clara Whitfield's call is not over yet: let somebody hang up",
        "1 of 4 scenes happened as written.",
    ):
        assert line in said, said
    assert "Last webhooks" not in said
    table = said[said.index("scene ") :].splitlines()
    assert [line.split("  ")[0] for line in table[2:6]] == ["Good", "Bad", "Kept", "Open"]
    assert "9 s" in table[3] and table[3].rstrip().endswith("does not ring within 9 s")


def test_what_was_kept_of_a_conversation_is_looked_at(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`of` left out: the last client who wrote is meant, though Ana, a technician, wrote after her."""
    asked = ('clara texts "The roll"', "ana got a text")
    answered = (*asked, 'ana texts "#1 I see"', "clara got a text with I see")
    kept = "{channel: text, outcome: open, owner: ana, client: clara, promise: nobody}"
    cases = (
        scene(*answered, title="Answered", expect=f"{{contact: {kept}}}"),
        scene(*asked, title="Owed", expect="{contact: {channel: text, promise: nobody}}"),
        scene(
            *answered, "'ana texts \"close #1\"'", title="Closed", expect="{contact: {channel: text, outcome: open}}"
        ),
        scene("clara dials", "clara hangs up", title="Silent", expect="{contact: {channel: text}}"),
        scene(*asked, title="Another", expect="{contact: {channel: text, of: ben}}"),
        scene(*asked, title="No call", expect="{contact: {outcome: replied}}"),
    )
    (tmp_path / "cases.yaml").write_text("---\n".join(cases))
    assert play("cases.yaml", "--directory", world) == 1
    said = capsys.readouterr().out
    for line in (
        "✗  Owed\n   expected at the end, “contact”: Clara Whitfield: promise should be nobody, but is ana\n",
        "✗  Closed\n   expected at the end, “contact”: Clara Whitfield: outcome should be open, but is replied\n",
        "✗  Silent\n   expected at the end, “contact”: no client has written\n",
        "✗  Another\n   expected at the end, “contact”: Ben Oduya has written to nobody, and nobody to them\n",
        "✗  No call\n   expected at the end, “contact”: nobody has called\n",
        "1 of 6 scenes happened as written.",
    ):
        assert line in said, said


def test_the_calls_are_shown_as_they_go(world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = scene("stranger dials", "ana rings within 9 s") + "people: {stranger: withheld}\n"
    (tmp_path / "case.yaml").write_text(text)
    assert play("case.yaml", "--directory", world, "--verbose", "--switches", "withheld_form=keypad") == 1
    said = capsys.readouterr().out
    assert "       1  stranger dials\n" in said
    assert "09:00:00    stranger hears “" in said
    assert "'From': '+266696687'" in said


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (
            "scene: A\nsteps: [ana rigns]\n",
            (),
            "case.yaml:steps.1: “ana rigns” is not understood; did you mean `rings`?",
        ),
        (
            "scene: A\nsteps: [ana rings]\nexpect: {contact: {outcom: x}}\n",
            (),
            "case.yaml:expect.contact.outcom: There is no",
        ),
        (
            "scene: A\nsteps: [ana rings]\nexpect: {contact: {outcome: lost, rings: [ana]}}\n",
            (),
            "case.yaml:expect.contact.outcome: `lost` is no outcome: there are",
        ),
        (
            "scene: A\nsteps: [ana rings]\nexpect: {contact: {rings: [ana vanished]}}\n",
            (),
            "case.yaml:expect.contact.rings: `ana vanished` should be a technician and one of accepted, declined,",
        ),
        ("scene: A\nsteps: [ana rings]\n", ("none.yaml",), "none.yaml: No such file or directory."),
        ("scene: A\nsteps: [ana rings]\n", ("--switches", "ringing=no"), "--switches ringing=no: There is no switch"),
        ("scene: A\nsteps: [ana rings]\n", ("--directory", "none"), "none: there is no such folder."),
        ("scene: A\nsteps: [ana rings]\n", ("--flow", "none.yaml", "--directory", "world"), "none.yaml: No such file"),
        ("scene: A\nsteps: [ana rings]\n", ("--flow", "case.yaml", "--directory", "world"), "case.yaml:"),
        (
            "scene: A\nsteps: [ana rings]\n",
            ("--directory", "world"),
            "case.yaml:line: There are +14035550199, +14185550199",
        ),
        (
            scene("anna rings"),
            ("--directory", "world"),
            "case.yaml:steps.1: Nobody is called `anna`; did you mean `ana`?",
        ),
        (
            scene("ana rings", expect="{contact: {of: anna}}"),
            ("--directory", "world"),
            "case.yaml:expect.contact: Nobody is called `anna`",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    text: str, words: tuple[str, ...], said: str, world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "case.yaml").write_text(text)
    assert play("case.yaml", *words) == 2
    told = capsys.readouterr()
    assert any(line.startswith(said) for line in told.out.splitlines()), told.out
    assert told.err.endswith("podline: nothing was played.\n")


def test_a_directory_that_cannot_be_imported_is_told(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (world / "pods.csv").write_text("pod,name,strategy,timezone,wrap_up\nprairie,Prairie,none,America/Edmonton,0\n")
    (tmp_path / "case.yaml").write_text(scene("clara dials"))
    assert play("case.yaml", "--directory", world) == 2
    assert "pods.csv" in capsys.readouterr().out


def test_without_a_directory_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "case.yaml").write_text(scene("clara dials"))
    assert play("case.yaml") == 1
    told = capsys.readouterr().err
    assert told.startswith("podline: There is no directory yet") and "`podline import DIR`" in told


def test_an_empty_database_says_the_same(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PODLINE_DATABASE_URL", database_url)
    (tmp_path / "case.yaml").write_text(scene("clara dials"))
    assert play("case.yaml") == 1
    assert "There is no directory yet" in capsys.readouterr().err


def test_a_scene_may_be_piped_in(
    world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Piped:
        buffer = io.BytesIO(b"scene: A\nsteps: [ana rigns]\n")

    monkeypatch.setattr(sys, "stdin", Piped())
    assert play("-", "--directory", world) == 2
    assert capsys.readouterr().out.startswith("standard input:steps.1: ")


def test_presence_is_for_technicians(world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "case.yaml").write_text(scene("clara is away for 1 hour"))
    assert play("case.yaml", "--directory", world) == 1
    assert "step 1, “clara is away for 1 hour”: clara is no technician of the directory" in capsys.readouterr().out


def test_simulator_alone_still_serves(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulator", "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Usage: podline simulator") and "--port" in told and " play " in told
    assert run(["simulator", "555"]) == 1
    assert "PODLINE_TWILIO_ACCOUNT_SID" in capsys.readouterr().err
