"""Files of scenes: YAML in which everything is read as it is written, so that times and numbers need no quotes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml
from pydantic import ValidationError

from simulator.scenes.document import Document, Person, Scene
from simulator.scenes.problems import Problem, Unreadable, guess
from simulator.scenes.vocabulary import Check, Vocabulary
from simulator.scenes.words import OWN

LARGEST = 256 * 1024  # characters of a file


class _Loader(yaml.SafeLoader):
    """Makes text of every scalar; refuses a key that is given twice, and aliases, which can grow for ever."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "what begins with * stands in quotes here", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} is given twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


def read_scenes(text: str, file: str, vocabulary: Vocabulary = OWN) -> list[Scene]:
    """All scenes of a file, between lines of `---`. Raises Unreadable with every problem of the file."""
    scenes: list[Scene] = []
    problems: list[Problem] = []
    documents = _documents(text, file)
    for number, given in enumerate(documents, 1):
        place = file if len(documents) == 1 else f"{file}:scene {number}"
        try:
            scenes.append(_scene(given, place, vocabulary))
        except Unreadable as error:
            problems += error.problems
    if problems:
        raise Unreadable(problems)
    return scenes


def _documents(text: str, file: str) -> list[Any]:
    if len(text) > LARGEST:
        raise Unreadable([Problem(file, f"The file has {len(text)} characters, more than {LARGEST}.")])
    try:
        found = [one for one in yaml.load_all(text, Loader=_Loader) if one not in (None, "")]  # a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{file}:line {mark.line + 1}" if mark else file
        said = " ".join(filter(None, (error.problem, error.context)))
        sentence = f"This is no YAML that can be read: {said}. Is a quote, a dash or an indent missing?"
        raise Unreadable([Problem(place, sentence)]) from error
    except (yaml.YAMLError, TypeError, ValueError, IndexError, RecursionError) as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise Unreadable([Problem(file, f"This is no YAML that can be read: {said}.")]) from error
    if not found:
        raise Unreadable([Problem(file, "There is no scene in it. A scene has `scene` and `steps`.")])
    return found


def _scene(given: Any, place: str, vocabulary: Vocabulary) -> Scene:
    if not isinstance(given, dict):
        raise Unreadable([Problem(place, "A scene is a mapping with `scene` and `steps`; this is none.")])
    written = {name: value for name, value in given.items() if value != ""}
    expect, problems = _expect(written.get("expect"), place, vocabulary)
    try:
        made = Document.model_validate(written, context={"vocabulary": vocabulary})
    except ValidationError as error:
        found = [_problem(one, place) for one in error.errors(include_url=False)]
        raise Unreadable([*found, *problems]) from error
    if problems:
        raise Unreadable(problems)
    steps = tuple(replace(step, number=number) for number, step in enumerate(made.steps, 1))
    return Scene(place, made.scene, made.line, made.start, made.zone, made.people, made.switches, steps, tuple(expect))


def _expect(given: Any, place: str, vocabulary: Vocabulary) -> tuple[list[tuple[Check, Any]], list[Problem]]:
    """What is written there, read by its checks."""
    read: list[tuple[Check, Any]] = []
    problems: list[Problem] = []
    for name, value in given.items() if isinstance(given, Mapping) else ():
        try:
            check = vocabulary.find_check(name)
            read.append((check, check.read(value)))
        except ValidationError as error:
            problems += [_problem(one, f"{place}:expect.{name}", ".") for one in error.errors(include_url=False)]
        except ValueError as error:
            problems.append(Problem(f"{place}:expect.{name}", str(error)))
    return read, problems


FIELDS: Mapping[str, tuple[str, ...]] = {"": tuple(Document.model_fields), "people": tuple(Person.model_fields)}


def _problem(error: Any, place: str, between: str = ":") -> Problem:
    """One of pydantic's complaints as a sentence that says what to do. Items of a list are counted from 1."""
    path = [str(one + 1) if isinstance(one, int) else str(one) for one in error["loc"] if one != "[key]"]
    where = f"{place}{between}{'.'.join(path)}" if path else place
    field, given = path[-1] if path else "", str(error.get("input", ""))[:60]
    of = FIELDS.get(path[0] if len(path) > 1 else "", ()) if between == ":" else ()
    match error["type"]:
        case "missing":
            return Problem(where, f"`{field}` is missing.")
        case "extra_forbidden":
            there = f" There are {', '.join(of)}." if of else ""
            return Problem(where, f"There is no `{field}` here{guess(field, of)}{there}")
        case "string_pattern_mismatch":
            return Problem(where, f"`{given}` cannot be a person's name in a scene: one word of letters and digits.")
        case "dict_type" | "list_type" | "model_type":
            what = "a list, each item after a dash" if error["type"] == "list_type" else "a mapping, name: value"
            return Problem(where, f"This should be {what}.")
        case "value_error":
            return Problem(where, str(error["ctx"]["error"]))
        case _:
            return Problem(where, f"{error['msg'].rstrip('.')}; given was `{given}`.")
