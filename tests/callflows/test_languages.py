"""What the system says: every prompt exists in every language, with the same places for the same names."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import callflows
import ivr
from callflows.languages import DEFAULT, Language, in_order, language, languages
from callflows.wording import names_in
from tests.builders import local

ROOTS = [Path(package.__path__[0]) for package in (callflows, ivr)]
CODES = sorted(languages())
SAID_BY = {"say": 0, "Say": 0, "Ask": 0, "Text": 1, "text": 0}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for root in ROOTS:
        for path in sorted(root.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{path.name}:{node.lineno}:{node.col_offset}", node


def words(node: ast.AST) -> list[str]:
    """Every prompt that an argument may stand for: `"a"`, and both sides of `"a" if … else "b"`."""
    if isinstance(node, ast.IfExp):
        return words(node.body) + words(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def spoken() -> Iterator[tuple[str, str, ast.Call]]:
    """Where a prompt is named, its name, and the call that names it."""
    for place, call in calls():
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in SAID_BY and len(call.args) > SAID_BY[name]:
            for prompt in words(call.args[SAID_BY[name]]):
                yield place, prompt, call


def put_together() -> Iterator[re.Pattern[str]]:
    """What a prompt may be called where its name is put together: f"{asked}_known"."""
    for _, call in calls():
        for argument in call.args:
            if isinstance(argument, ast.JoinedStr):
                parts = (
                    re.escape(str(one.value)) if isinstance(one, ast.Constant) else r"\w+" for one in argument.values
                )
                yield re.compile("".join(parts))


def given(call: ast.Call) -> set[str] | None:
    """The names handed to a prompt where they can be read off the call; None where they can't."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "say":
        return {one.arg for one in call.keywords if one.arg}
    handed = [one for one in call.args[1:] if isinstance(one, ast.Dict)]
    if handed:
        return {str(key.value) for key in handed[0].keys if isinstance(key, ast.Constant)}
    return set() if isinstance(call.func, ast.Name) and call.func.id == "Say" and len(call.args) == 1 else None


def test_both_languages_of_the_country_ship() -> None:
    assert set(CODES) >= {"en", "fr"}
    assert DEFAULT in CODES


@pytest.mark.parametrize("code", CODES)
def test_every_prompt_that_is_named_exists(code: str) -> None:
    known = set(languages()[code].prompts)
    named = {prompt: place for place, prompt, _ in spoken()}
    assert len(named) > 25
    assert {prompt: place for prompt, place in named.items() if prompt not in known} == {}


def test_every_prompt_is_said_somewhere() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for root in ROOTS for path in root.rglob("*.py"))
    unnamed = [prompt for prompt in languages()[DEFAULT].prompts if f'"{prompt}"' not in texts]
    patterns = list(put_together())
    assert [prompt for prompt in unnamed if not any(one.fullmatch(prompt) for one in patterns)] == []


def test_every_name_that_a_prompt_is_given_has_its_place() -> None:
    """Telephone numbers and a new matter's are no part of an action: they are filled in when it is carried out."""
    prompts = languages()[DEFAULT].prompts
    placed: dict[str, set[str]] = {}  # of the prompts that one call may say
    handed: dict[str, set[str]] = {}
    for place, prompt, call in spoken():
        if (names := given(call)) is not None:
            by_ivr = {"number", "matter"} if "Text" in ast.dump(call.func) else {"number"}
            placed.setdefault(place, set()).update(names_in(prompts[prompt]) - by_ivr)
            handed[place] = names
    assert handed == placed


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_the_same_prompts_with_the_same_places(code: str) -> None:
    ours, theirs = languages()[DEFAULT].prompts, languages()[code].prompts
    assert {key: names_in(text) for key, text in ours.items()} == {key: names_in(text) for key, text in theirs.items()}
    assert [key for key, text in theirs.items() if not text.strip()] == []


@pytest.mark.parametrize("code", CODES)
def test_every_language_knows_yes_from_no(code: str) -> None:
    said = languages()[code].words
    assert set(said) == {"yes", "no", "call_me", "do_not"}
    assert all(said.values())
    assert all(in_order(phrase) == phrase.split() for phrase in (*said["call_me"], *said["do_not"]))
    assert not set(said["yes"]) & set(said["no"])
    for word in (*said["yes"], *said["no"]):
        assert languages()[code].tokens(word) == {word}, "a single word, small and without accents"


@pytest.mark.parametrize("code", CODES)
def test_every_language_names_every_other(code: str) -> None:
    assert set(languages()[code].names) == set(CODES)


@pytest.mark.parametrize(
    ("code", "at", "said"),
    [
        ("en", "2026-11-03 09:30", "Tuesday at 9:30 a.m."),
        ("en", "2026-11-09 16:05", "Monday at 4:05 p.m."),
        ("en", "2026-11-03 11:00", "Tuesday at 11:00 a.m."),
        ("en", "2026-11-10 11:00", "Tuesday, November 10, at 11:00 a.m."),
        ("en", "2026-10-27 16:00", "Tuesday, October 27, at 4:00 p.m."),
        ("en", "2026-12-01 09:30", "Tuesday, December 1, at 9:30 a.m."),
        ("fr", "2026-11-03 09:30", "mardi à 9 h 30"),
        ("fr", "2026-11-09 16:05", "lundi à 16 h 05"),
        ("fr", "2026-11-03 11:00", "mardi à 11 h"),
        ("fr", "2026-11-10 11:00", "mardi 10 novembre à 11 h"),
        ("fr", "2026-12-01 09:30", "mardi 1er décembre à 9 h 30"),
    ],
)
@pytest.mark.parametrize("zone", ["America/Edmonton", "America/St_Johns"])
def test_an_instant_is_spoken_in_the_listeners_language_and_time(code: str, at: str, said: str, zone: str) -> None:
    """It is Tuesday the third, five minutes to midnight; a week from now, or ago, it is a Tuesday too."""
    spoken = language(code).spoken_instant(local(at, zone), zone, local("2026-11-03 23:55", zone))
    assert spoken.replace("\u202f", " ").replace("\xa0", " ") == said


def test_the_same_instant_is_another_hour_elsewhere() -> None:
    noon = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)
    assert "10:00" in language("en").spoken_instant(noon, "America/Edmonton")
    assert "12:00" in language("en").spoken_instant(noon, "America/Toronto")


@pytest.mark.parametrize("code", ["", "cr", "EN"])
def test_a_language_that_we_do_not_speak_is_answered_in_the_default(code: str) -> None:
    assert language(code) is languages()[DEFAULT]


def plain(**prompts: str) -> Language:
    return Language("xx", "X", "en_CA", "v", "s", "EEEE", "d", "d", "HH", "H", {}, {}, prompts)


def test_a_name_that_is_missing_is_never_spoken_as_a_brace() -> None:
    assert plain(hello="Hello {{ client }}, of {{ town }}.").text("hello", {"town": "Taber"}) == "Hello , of Taber."
    assert plain(hello="Hello {{ client }}.").text("hello") == "Hello ."


def test_a_name_with_braces_is_spoken_as_it_is() -> None:
    assert plain(hello="Hello {{ client }}.").text("hello", {"client": "{{ due }} {"}) == "Hello {{ due }} {."


def test_a_sentence_that_ends_in_an_abbreviation_ends_once() -> None:
    assert plain(due="By {{ due }}. Goodbye.").text("due", {"due": "9:30 a.m."}) == "By 9:30 a.m. Goodbye."


def test_no_sentence_keeps_the_caller_waiting() -> None:
    """15 characters a second: a prompt is over in 12 s, names left aside."""
    slow = {
        f"{code}.{key}": len(text)
        for code in CODES
        for key, text in languages()[code].prompts.items()
        if len(text) > 12 * 15
    }
    assert slow == {}
