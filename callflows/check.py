"""What must be right before a flow is published. Every problem has its place and a sentence that says what to do.

The prover's argument: every step has a way on for silence, these ways never go round, and none of them ends in a
hang-up; so whoever does nothing at all ends with a person, a voicemail or an owned promise (DESIGN 5.8), and whoever
presses keys can only be hung up on by their own choice. Of texts the same: whoever answers none of our questions ends
with a `route`, and can only be left with mere words by an answer of their own.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from callflows.languages import DEFAULT, Language, languages
from callflows.reading import SHIPPED, SHIPPED_TEXTS, Unreadable, name_of, parse, read
from callflows.step import Channel, Flow, Known, Problem, Step
from callflows.steps.identify import IdentifyStep
from callflows.steps.menu import MenuStep
from callflows.version import BOUNDS, WORDS
from callflows.wording import names_in, template_problems

NOTHING_KNOWN = Known(channels={SHIPPED: "voice", SHIPPED_TEXTS: "text"})
# Who does nothing but what every client does.
SILENT: Mapping[Channel, str] = {"voice": "Whoever presses nothing", "text": "Whoever answers no question"}
DISMISSED: Mapping[Channel, str] = {
    "voice": "is hung up on here. Lead them to a person, a voicemail or a call back.",
    "text": "is left here, and nobody knows of them. Lead them to a `route`.",
}


def flow_problems(document: Mapping[str, Any], known: Known = NOTHING_KNOWN) -> tuple[Problem, ...]:
    """Everything that is wrong with a flow's document, in the order of the document; warnings last."""
    try:
        flow = read(document)
    except Unreadable as unreadable:
        return unreadable.problems
    found = (
        *channel_problems(flow, name_of(document), known),
        *time_problems(flow),
        *language_choice(flow, known),
        *prompt_problems(flow),
        *exit_problems(flow),
        *own_problems(flow, known),
    )
    if not any(one.place.startswith("steps.") or one.place == "start" for one in exit_problems(flow)):
        found = (*found, *path_problems(flow))
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.warning))


def text_problems(text: str, known: Known = NOTHING_KNOWN) -> tuple[Problem, ...]:
    """The same for a document as YAML."""
    try:
        return flow_problems(parse(text), known)
    except Unreadable as unreadable:
        return unreadable.problems


def blocks(problems: Iterable[Problem]) -> bool:
    """Whether any of them forbids publishing."""
    return any(not one.warning for one in problems)


# Channels, times, languages, prompts.


def channel_problems(flow: Flow, name: str, known: Known) -> Iterator[Problem]:
    """A flow talks or writes, in all of its versions; and so does every step of it."""
    here, there = ("text", "voice") if flow.channel == "text" else ("voice", "text")
    usual = SHIPPED_TEXTS if flow.channel == "text" else SHIPPED
    if known.channels.get(name, flow.channel) != flow.channel:
        yield Problem(
            "channel",
            f"{name} is a {there} flow, and this is a {here} flow. Give it a name of its own, such as {usual}.",
        )
    elif known.wanted.get(name, flow.channel) != flow.channel:
        yield Problem(
            "channel", f"Lines run {name} as a {there} flow (lines.csv), and this is a {here} flow. Name it otherwise."
        )
    for step, one in flow.steps.items():
        if flow.channel not in one.channels:
            instead = f" Use `{one.instead}` instead." if one.instead else " Take it out."
            yield Problem(f"steps.{step}.step", f"A {here} flow has no step `{one.step}`, a {there} flow has.{instead}")


def time_problems(flow: Flow) -> Iterator[Problem]:
    for name, value in flow.times.items():
        if name not in BOUNDS:
            near = get_close_matches(name, BOUNDS, n=1)
            guess = f"; did you mean `{near[0]}`?" if near else f". There are {', '.join(BOUNDS)}."
            yield Problem(f"times.{name}", f"There is no time of this name{guess}")
        elif not BOUNDS[name][0] <= value <= BOUNDS[name][1]:
            low, high = BOUNDS[name]
            yield Problem(f"times.{name}", f"{value} is out of bounds; choose {low} to {high}.")


def spoken_languages(flow: Flow) -> tuple[str, ...]:
    return tuple(code for code in flow.languages if code in languages()) or tuple(languages())


def language_choice(flow: Flow, known: Known) -> Iterator[Problem]:
    for place, code in enumerate(flow.languages):
        if code not in languages():
            there = ", ".join(languages())
            yield Problem(f"languages.{place}", f"Nobody here speaks {code!r}; there are {there}.")
    for code in spoken_languages(flow):
        yield from shipped_problems()[code]
    for code, one in languages().items():
        if code not in known.languages or code in spoken_languages(flow):
            continue
        if any(not said.get(code, "").strip() and name not in one.prompts for name, said in flow.prompts.items()):
            name = languages()[DEFAULT].names[code]
            yield Problem("languages", f"Somebody in the directory is spoken to in {name}. Add {code}, and your words.")


def prompt_problems(flow: Flow) -> Iterator[Problem]:
    """Words in every language, usable templates, names that somebody knows; and no step speaks of missing ones."""
    for name, said in flow.prompts.items():
        place = flow.places[name]
        known = (*WORDS, *names_in(languages()[DEFAULT].prompts.get(name, "")))
        for code in spoken_languages(flow):
            if not said.get(code, "").strip() and name not in languages()[code].prompts:
                yield Problem(f"{place}.{code}", f"There are no words in {languages()[code].name}. Write them.")
        for code, template in said.items():
            if code not in languages():
                yield Problem(f"{place}.{code}", f"Nobody here speaks {code!r}; there are {', '.join(languages())}.")
            for sentence in template_problems(template, known) if template.strip() else ():
                yield Problem(f"{place}.{code}", sentence)
    shipped_names = languages()[DEFAULT].prompts
    for name, step in flow.steps.items():
        for field, prompt in step.prompts():
            if prompt not in flow.prompts and prompt not in shipped_names:
                near = get_close_matches(prompt, [*flow.prompts, *shipped_names], n=1)
                guess = f"; did you mean `{near[0]}`?" if near else ". Write it under `prompts`, or its words here."
                yield Problem(f"steps.{name}.{field}", f"There is no prompt `{prompt}`{guess}")


# Steps and exits.


def exit_problems(flow: Flow) -> Iterator[Problem]:
    """Dead ends: a way that leads to no step."""
    targets = [("start", flow.start)]
    targets += [(f"steps.{name}.{one.field}", one.to) for name, step in flow.steps.items() for one in step.exits()]
    for place, to in targets:
        if to not in flow.steps:
            near = get_close_matches(to, flow.steps, n=1)
            guess = f"; did you mean `{near[0]}`?" if near else f". There are {', '.join(flow.steps)}."
            yield Problem(place, f"A dead end: there is no step `{to}`{guess}")


def own_problems(flow: Flow, known: Known) -> Iterator[Problem]:
    for name, step in flow.steps.items():
        for one in step.check(known):
            yield Problem(f"steps.{name}.{one.place}".rstrip("."), one.sentence, one.warning)


# Paths.


def path_problems(flow: Flow) -> Iterator[Problem]:
    """What can be said once every exit leads somewhere."""
    yield from circles(flow)
    for name in reached(flow, [flow.start], chosen=False):
        if flow.steps[name].dismisses:
            yield Problem(f"steps.{name}", f"{SILENT[flow.channel]} {DISMISSED[flow.channel]}")
    doing = "writing" if flow.channel == "text" else "calling"
    stranger = reached(flow, [flow.start], without=IdentifyStep)
    for name in stranger:
        step = flow.steps[name]
        if step.needs_identify:
            yield Problem(
                f"steps.{name}", f"Nobody knows who is {doing} by now. Put an `identify` step before this one."
            )
    helped = leading_to_people(flow)
    for name, step in flow.steps.items():
        if isinstance(step, MenuStep) and name not in helped:
            yield Problem(f"steps.{name}", "No key of this menu leads to a person. Give it one.")
    everywhere = reached(flow, [flow.start])
    for name in flow.steps:
        if name not in everywhere:
            yield Problem(f"steps.{name}", "No way leads here. Use this step, or take it out.", warning=True)


def reached(
    flow: Flow, begin: Iterable[str], *, chosen: bool = True, without: type[Step] | None = None
) -> dict[str, None]:
    """The steps that can be reached, in order; `chosen` False: by those who press nothing and answer no question;
    `without`: not past a step of that kind."""
    found: dict[str, None] = {}
    waiting = list(begin)
    while waiting:
        name = waiting.pop(0)
        if name in found or name not in flow.steps:
            continue
        found[name] = None
        step = flow.steps[name]
        if without is None or not isinstance(step, without):
            waiting += [one.to for one in step.exits() if chosen or not one.chosen]
    return found


def leading_to_people(flow: Flow) -> set[str]:
    """The steps from which some way leads to a person."""
    before: dict[str, list[str]] = {}
    for name, step in flow.steps.items():
        for one in step.exits():
            before.setdefault(one.to, []).append(name)
    found: set[str] = set()
    waiting = [name for name, step in flow.steps.items() if step.to_person]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += before.get(name, [])
    return found


def circles(flow: Flow) -> Iterator[Problem]:
    """Whoever does nothing but wait must come to an end."""
    graph = {name: {one.to for one in step.exits() if not one.chosen} for name, step in flow.steps.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        yield Problem(
            f"steps.{circle[0]}",
            f"{SILENT[flow.channel]} goes round for ever: {' → '.join(circle)}. Lead one of these elsewhere.",
        )


# Languages.


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
            elif kind == "prompts" and (lost := names_in(theirs[key]) - names_in(said[key])):
                found.append(
                    Problem(place, f"The sentence lacks {', '.join(f'{{{{ {name} }}}}' for name in sorted(lost))}.")
                )
    return tuple(found)


@cache
def shipped_problems() -> Mapping[str, tuple[Problem, ...]]:
    """Of every language that ships, by its code."""
    model = languages()[DEFAULT]
    return {code: language_problems(one, model) for code, one in languages().items()}
