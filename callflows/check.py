"""What must be right before something is published. Every problem has its place and a sentence that says what to do."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from callflows.languages import DEFAULT, Language, languages


@dataclass(frozen=True, slots=True)
class Problem:
    """`place` is a path, such as `languages.fr.prompts.goodbye`."""

    place: str
    sentence: str


def language_problems(one: Language, model: Language) -> tuple[Problem, ...]:
    """What a language lacks to say all that the model says: sentences, their placeholders, words, names."""
    found = []
    for kind, said, theirs in (
        ("prompts", one.prompts, model.prompts),
        ("names", one.names, model.names),
        ("words", one.words, model.words),
    ):
        for key in theirs:
            place = f"languages.{one.code}.{kind}.{key}"
            if not said.get(key):
                found.append(Problem(place, f"{one.name} has no words for this; add them to {one.code}.toml."))
            elif kind == "prompts" and (lost := placeholders(theirs[key]) - placeholders(said[key])):
                found.append(Problem(place, f"The sentence lacks {', '.join(f'{{{name}}}' for name in sorted(lost))}."))
    return tuple(found)


def placeholders(sentence: object) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(str(sentence)) if name}


@cache
def shipped_problems() -> Mapping[str, tuple[Problem, ...]]:
    """Of every language that ships, by its code."""
    model = languages()[DEFAULT]
    return {code: language_problems(one, model) for code, one in languages().items()}
