"""Flows for people at a terminal: problems with their file, a version in words, a document as YAML."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from callflows.check import reached
from callflows.differences import USUAL
from callflows.languages import languages
from callflows.reading import Document, Unreadable, read
from callflows.step import Flow, Problem, Step
from callflows.steps import KINDS

Row = tuple[str, ...]
TOP = tuple(Document.model_fields)
CHANNELS = {"voice": "It answers calls.", "text": "It answers texts."}


def problem_lines(file: str, problems: Iterable[Problem]) -> Iterator[str]:
    for one in problems:
        place = f"{file}:{one.place}" if one.place else file
        yield f"{place}: {'warning: ' if one.warning else ''}{one.sentence}"


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


# As YAML.


class _Dumper(yaml.SafeDumper):
    """Writes no aliases, which a document may not hold."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(flow: str, document: Mapping[str, Any]) -> str:
    """What `podline flow publish` takes again."""
    named = {**document, "flow": flow}
    ordered = {name: named[name] for name in (*TOP, *(one for one in named if one not in TOP)) if name in named}
    steps = ordered.get("steps")
    if isinstance(steps, Mapping):
        ordered["steps"] = {name: fields_in_order(step) for name, step in steps.items()}
    return yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def fields_in_order(step: Any) -> Any:
    """The kind first, then as its class has them."""
    if not isinstance(step, Mapping):
        return step
    kind = KINDS.get(str(step.get("step")))
    order = tuple(kind.model_fields) if kind else ()
    known = ("step", *(name for name in order if name not in ("step", "note")), "note")
    return {name: step[name] for name in (*known, *(one for one in step if one not in known)) if name in step}


# In words.


def read_flow(document: Mapping[str, Any]) -> Flow | Sequence[Problem]:
    """The flow, or why there is none."""
    try:
        return read(document)
    except Unreadable as unreadable:
        return unreadable.problems


def settings_of(document: Mapping[str, Any], flow: Flow) -> Iterator[str]:
    """What holds for the whole flow."""
    if description := str(document.get("description", "")).strip():
        yield description
    spoken = flow.languages or sorted(languages())
    yield CHANNELS[flow.channel]
    yield f"Languages: {', '.join(languages()[code].name if code in languages() else code for code in spoken)}."
    if flow.times:
        own = (f"{name} {value} (usually {USUAL.get(name, 'none')})" for name, value in flow.times.items())
        yield f"Times: {', '.join(own)}."


def step_rows(flow: Flow) -> Iterator[Row]:
    """Mark, name, what it does, the supervisor's note; in the order in which a client may come by."""
    there = reached(flow, [flow.start])
    for name in (*there, *(one for one in flow.steps if one not in there)):
        step = flow.steps[name]
        yield mark(flow, name, there), name, step.words(), step.note


def mark(flow: Flow, name: str, there: Mapping[str, None]) -> str:
    if name == flow.start:
        return "start"
    return "" if name in there else "no way leads here"


def prompt_rows(flow: Flow) -> Iterator[Row]:
    """The flow's own words: prompt, language, words; those of a step bear its name."""
    used = dict.fromkeys(prompt for step in in_order(flow) for _, prompt in step.prompts())
    for name in (*(one for one in used if one in flow.prompts), *(one for one in flow.prompts if one not in used)):
        for code, words in flow.prompts[name].items():
            yield name, code, " ".join(words.split())


def in_order(flow: Flow) -> Iterator[Step]:
    return (flow.steps[name] for _, name, *_ in step_rows(flow))
