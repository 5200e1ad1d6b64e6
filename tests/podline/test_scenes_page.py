"""docs/scenes.md tells the truth: its tables are those of the program, its examples can be read."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from podline.scene_words import WORDS, Contact
from simulator.scenes import OWN, read_scenes
from simulator.scenes.document import Document
from simulator.scenes.forms import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "scenes.md"
ALL = OWN + WORDS


def part(name: str) -> str:
    found = re.search(rf"<!-- {name}:[^>]*-->\n(.*?)<!-- end of {name} -->", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


def keep(name: str, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """The part as it should be; written instead where that was asked for."""
    lines = (headings, ("---",) * len(headings), *rows)
    made = "\n" + "".join(f"| {' | '.join(row)} |\n" for row in lines) + "\n"
    if os.environ.get("PODLINE_WRITE_DOCS") == "1":
        text = PAGE.read_text("utf-8")
        begins = re.search(rf"<!-- {name}:[^>]*-->\n", text)
        assert begins is not None
        PAGE.write_text(text[: begins.end()] + made + text[text.index(f"<!-- end of {name} -->") :], "utf-8")
    assert part(name) == made, "docs/scenes.md is of another day: PODLINE_WRITE_DOCS=1 writes it anew"


HEADINGS = {
    "does": "What happens",
    "has": "What happens",
    "sees": "When it is so",
    "service": "What it means",
    "world": "What happens",
}


@pytest.mark.parametrize("sort", HEADINGS)
def test_every_verb_stands_there(sort: str) -> None:
    keep(sort, ("Sentence", HEADINGS[sort]), ((f"`{verb}`", verb.about) for verb in ALL.verbs if verb.sort == sort))


def test_every_word_in_capitals_stands_there() -> None:
    keep("kinds", ("Word", "Such as"), ((f"`{name}`", kind.like) for name, kind in KINDS.items()))


def test_every_field_stands_there() -> None:
    fields = Document.model_fields.items()
    keep(
        "fields",
        ("Field", "", "What"),
        ((f"`{name}`", "needed" if one.is_required() else "", one.description or "") for name, one in fields),
    )


def test_every_check_stands_there() -> None:
    keep("checks", ("Under `expect`", "What"), ((f"`{check.name}`", check.about) for check in ALL.checks))
    fields = Contact.model_fields.items()
    keep(
        "contact",
        ("Of a `contact`", "What"),
        ((f"`{one.alias or name}`", one.description or "") for name, one in fields),
    )


def test_everything_says_what_it_is_for() -> None:
    assert all(verb.about and verb.about.endswith(".") for verb in ALL.verbs)
    assert all(check.about for check in ALL.checks)
    assert all(one.description for one in (*Document.model_fields.values(), *Contact.model_fields.values()))


def test_its_examples_can_be_read() -> None:
    first, strangers, expected = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(read_scenes(first, "first", ALL)[0].steps) == 8
    assert read_scenes(strangers, "strangers", ALL)[0].people["clerk"].number == "+14035550187"
    ((check, contacts),) = read_scenes(f"scene: A\nsteps: [wait 1]\n{expected}", "expected", ALL)[0].expect
    assert (check.name, [one.of for one in contacts]) == ("contact", ["clara", "stranger", "sylvie"])
    assert [one.channel for one in contacts] == ["voice", "voice", "text"]


def test_the_command_says_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    from podline.cli import run

    assert run(["simulator", "play", "--help"]) == 0
    told = capsys.readouterr().out
    options = set(re.findall(r"^\| `(--[a-z]+)", PAGE.read_text("utf-8"), re.MULTILINE))
    assert options == set(re.findall(r"(--[a-z]+)", told)) - {"--help", "--version"}
