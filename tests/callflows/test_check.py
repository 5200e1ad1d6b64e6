"""A missing translation is found before anything is published, with its place and what to do."""

from dataclasses import replace

import pytest

from callflows.check import language_problems, shipped_problems
from callflows.languages import DEFAULT, languages
from callflows.step import Problem
from db.importing.cells import read_language

MODEL = languages()[DEFAULT]
FRENCH = languages()["fr"]


def without(prompt: str) -> dict[str, str]:
    return {key: said for key, said in FRENCH.prompts.items() if key != prompt}


def test_every_language_that_ships_says_everything() -> None:
    assert set(shipped_problems()) >= {"en", "fr"}
    assert not any(shipped_problems().values())


def test_a_missing_sentence_has_its_place() -> None:
    broken = replace(FRENCH, prompts=without("goodbye"))
    sentence = "Français has no words for this; add them to fr.toml."
    assert language_problems(broken, MODEL) == (Problem("languages.fr.prompts.goodbye", sentence),)


def test_an_empty_sentence_is_a_missing_one() -> None:
    broken = replace(FRENCH, prompts={**FRENCH.prompts, "goodbye": ""})
    assert [one.place for one in language_problems(broken, MODEL)] == ["languages.fr.prompts.goodbye"]


def test_a_sentence_that_loses_a_name_is_a_problem() -> None:
    broken = replace(FRENCH, prompts={**FRENCH.prompts, "voicemail": "Personne n'est là."})
    (problem,) = language_problems(broken, MODEL)
    assert (problem.place, "{{ due }}" in problem.sentence) == ("languages.fr.prompts.voicemail", True)


def test_missing_words_and_names_are_problems() -> None:
    words = {key: said for key, said in FRENCH.words.items() if key != "no"}
    broken = replace(FRENCH, words=words, names={"fr": "français"})
    assert [one.place for one in language_problems(broken, MODEL)] == ["languages.fr.names.en", "languages.fr.words.no"]


def test_a_language_that_is_not_complete_cannot_be_given_to_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(FRENCH, prompts=without("goodbye"))
    found = {"en": (), "fr": language_problems(broken, MODEL)}
    monkeypatch.setattr("db.importing.cells.shipped_problems", lambda: found)
    read_language.cache_clear()
    try:
        with pytest.raises(ValueError, match="cannot be spoken yet") as told:
            read_language("fr")
        assert "languages.fr.prompts.goodbye" in str(told.value)
        assert read_language("EN") == "en"
    finally:
        read_language.cache_clear()


def test_a_language_that_nobody_has_written_is_told_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="write en or fr"):
        read_language("de")
