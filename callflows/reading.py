"""A flow's document, as YAML or JSON brings it, becomes steps; whoever wrote it hears of every mistake at once."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callflows.step import Channel, Flow, Problem, Step
from callflows.steps import KINDS, AnyStep
from callflows.steps.route import RouteStep
from callflows.steps.voicemail import VoicemailStep

SHIPPED = "main"
SHIPPED_TEXTS = "texts"
ALL_SHIPPED = (SHIPPED, SHIPPED_TEXTS)
LARGEST = 256 * 1024  # characters of a document
MOST_STEPS = 500


class Unreadable(ValueError):
    """A document that can't be read: `problems` says why, each with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{one.place}: {one.sentence}" for one in problems))
        self.problems = tuple(problems)


class Document(BaseModel):
    """What a supervisor writes. `flow`: its name; `prompts`: name -> language -> template."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flow: str = Field(default=SHIPPED, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    channel: Channel = "voice"
    description: str = ""
    languages: tuple[str, ...] = ()
    start: str = Field(min_length=1)
    times: dict[str, int] = Field(default_factory=dict)
    prompts: dict[str, dict[str, str]] = Field(default_factory=dict)
    steps: dict[str, Annotated[AnyStep, Field(discriminator="step")]] = Field(min_length=1, max_length=MOST_STEPS)


def parse(text: str) -> dict[str, Any]:
    """YAML (JSON is YAML too) as plain data. Raises Unreadable."""
    if len(text) > LARGEST:
        raise Unreadable([Problem("", f"The document has {len(text)} characters, more than {LARGEST}.")])
    try:
        found = yaml.load(text, Loader=_Loader)  # a safe loader with one more rule
    except (yaml.YAMLError, TypeError, ValueError, IndexError, RecursionError) as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise Unreadable([Problem("", f"This is no YAML that can be read: {said}.")]) from error
    if not isinstance(found, dict):
        raise Unreadable([Problem("", "A flow is a mapping with `start` and `steps`; this is none.")])
    return found


class _Loader(yaml.SafeLoader):
    """Refuses a key that is given twice (YAML would silently keep the last), and aliases, which can grow for ever. Keys
    that YAML takes for truths are the words that they are."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias is not allowed here", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:bool":
                key.tag = "tag:yaml.org,2002:str"  # `yes:` is a word that somebody may answer, or a step's name
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} is given twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


def read(document: Mapping[str, Any]) -> Flow:
    """Steps with all their fields. Raises Unreadable; what may be wrong beyond a step's own fields is `check`'s."""
    named, prompts, places = with_named_prompts(document)
    try:
        made = Document.model_validate(named)
    except ValidationError as error:
        # A list with a mistake inside is told of as too short as well.
        told = (one for one in error.errors(include_url=False) if one["type"] != "too_short" or not one["input"])
        raise Unreadable([problem_of(one, document) for one in told]) from error
    return Flow(
        start=made.start,
        steps=made.steps,
        last_resort=RouteStep() if made.channel == "text" else VoicemailStep(),
        channel=made.channel,
        prompts={**made.prompts, **prompts},
        places={**{name: f"prompts.{name}" for name in made.prompts}, **places},
        languages=made.languages,
        times=made.times,
    )


def with_named_prompts(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, str]], dict[str, str]]:
    """The document in which words that stand in a step have become a prompt named after their place; keys that YAML
    took for numbers (`1:`) are text again."""
    prompts: dict[str, dict[str, str]] = {}
    places: dict[str, str] = {}
    steps: dict[str, Any] = {}
    given = document.get("steps")
    if not isinstance(given, Mapping):
        return dict(document), prompts, places
    for name, step in given.items():
        key = str(name)
        if not isinstance(step, Mapping):
            steps[key] = step
            continue
        steps[key] = dict(step)
        kind = KINDS.get(str(step.get("step")))
        for one in kind.prompt_fields if kind else ():
            words = step.get(one)
            if isinstance(words, Mapping):
                named = f"{key}.{one}"
                prompts[named] = {str(code): str(text) for code, text in words.items()}
                places[named] = f"steps.{key}.{one}"
                steps[key][one] = named
        for one in ("keys", "answers"):
            if isinstance(step.get(one), Mapping):
                steps[key][one] = {str(chosen): to for chosen, to in step[one].items()}
    return {**document, "steps": steps}, prompts, places


def problem_of(error: Any, document: Mapping[str, Any]) -> Problem:
    """One of pydantic's complaints as a sentence that says what to do."""
    where = [str(one) for one in error["loc"]]
    step = document.get("steps", {}).get(where[1]) if where[0] == "steps" and len(where) > 1 else None
    kind = str(step.get("step", "")) if isinstance(step, Mapping) else ""
    if len(where) > 2 and where[2] == kind:
        del where[2]  # the discriminator is no place in the document
    field = where[-1]
    given = str(error.get("input", ""))[:60]
    match error["type"]:
        case "missing":
            sentence = f"`{field}` is missing{': ' + said if (said := wanted(kind, field)) else ''}."
        case "union_tag_not_found":
            sentence = f"`step` is missing: say what kind of step this is, one of {', '.join(KINDS)}."
            where.append("step")
        case "union_tag_invalid":
            sentence = f"There is no such kind of step{guess(kind, KINDS)}. There are {', '.join(KINDS)}."
            where.append("step")
        case "extra_forbidden":
            fields = fields_of(kind) if where[0] == "steps" else tuple(Document.model_fields)
            whose = f"A {kind} step" if where[0] == "steps" else "A flow"
            sentence = f"{whose} has no `{field}`{guess(field, fields)}. It has {', '.join(fields)}."
        case "string_too_short" | "too_short":
            sentence = f"`{field}` is empty{': ' + said if (said := wanted(kind, field)) else ''}."
        case _:
            sentence = f"{error['msg'].rstrip('.')}; given was {given!r}."
    return Problem(".".join(where), sentence)


def wanted(kind: str, field: str) -> str:
    """What a field is for, as its class says it."""
    of = KINDS.get(kind)
    known = (of or Document).model_fields.get(field) if of or kind == "" else None
    return (known.description or "").rstrip(".") if known else ""


def fields_of(kind: str) -> tuple[str, ...]:
    found: type[Step] | None = KINDS.get(kind)
    return tuple(found.model_fields) if found else ()


def guess(said: str, known: Any) -> str:
    near = get_close_matches(said, list(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def channel_of(flow: str, document: Mapping[str, Any]) -> Channel:
    """Of a document that may be a draft's, or without steps: then the flow's name tells which one it means."""
    given = document.get("channel", "text" if flow == SHIPPED_TEXTS and not document.get("steps") else "voice")
    return "text" if given == "text" else "voice"


def shipped_for(channel: Channel) -> str:
    """The name of the flow that a line runs on that channel unless told otherwise."""
    return SHIPPED_TEXTS if channel == "text" else SHIPPED


def name_of(document: Mapping[str, Any]) -> str:
    """As whoever wrote it says, else the one that ships for its channel."""
    return str(document.get("flow") or shipped_for(channel_of("", document)))


def whole(document: Mapping[str, Any], flow: str = "") -> dict[str, Any]:
    """The document that a version of this flow runs: one without steps means the flow that ships for its channel, with
    its own times."""
    if document.get("steps"):
        return dict(document)
    times = document.get("times")
    usual = shipped_for(channel_of(flow or str(document.get("flow", "")), document))
    return {**shipped_document(usual), **({"times": times} if times else {})}


@cache
def shipped_document(name: str = SHIPPED) -> dict[str, Any]:
    return parse(files("callflows.flows").joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def shipped(name: str = SHIPPED) -> Flow:
    """The flow that every line runs unless told otherwise."""
    return read(shipped_document(name))
