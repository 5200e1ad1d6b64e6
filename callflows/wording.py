"""Prompts as templates: Jinja in its sandbox, and of its language only what a sentence needs.

No loops, calls or attributes: whatever passes `template_problems` is rendered in microseconds and touches nothing.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from jinja2 import Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

LONGEST = 4096  # characters of one Say (twilio.md 4.1)
FILTERS = ("capitalize", "default", "lower", "title", "trim", "upper")
ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const),
    *(nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.Filter),
)
SANDBOX = SandboxedEnvironment(autoescape=False)


@lru_cache(maxsize=4096)
def compiled(source: str) -> Template:
    return SANDBOX.from_string(source)


def spoken(source: str, params: Mapping[str, str]) -> str:
    """The sentence; what is not known is left out. Raises TemplateError for a template that can't be used."""
    if "{" in source:
        source = compiled(source).render(params)
    said = " ".join(source.split())
    return said.replace("..", ".")  # "11:00 a.m." may end a sentence


@lru_cache(maxsize=4096)
def names_in(source: str) -> frozenset[str]:
    """What the template speaks of; nothing for one that can't be read."""
    if "{" not in source:
        return frozenset()
    try:
        tree = SANDBOX.parse(source)
    except TemplateSyntaxError:
        return frozenset()
    return frozenset(one.name for one in tree.find_all(nodes.Name))


def template_problems(source: str, known: Iterable[str]) -> tuple[str, ...]:
    """What is wrong with a template, a sentence each; `known`: the names that it may use."""
    if not source.strip():
        return ("There are no words here. Write what the caller hears.",)
    if len(source) > LONGEST:
        return (f"This has {len(source)} characters; a sentence may have {LONGEST}. Make it shorter.",)
    try:
        tree = SANDBOX.parse(source)
    except TemplateSyntaxError as error:
        return (f"The template can't be read: {error.message} (line {error.lineno}).",)
    names = sorted(set(known))
    found = []
    for one in tree.find_all(nodes.Node):
        if not isinstance(one, ALLOWED):
            kind = type(one).__name__.lower()
            found.append(f"A prompt may hold names and conditions, but no {kind} (line {one.lineno}).")
        elif isinstance(one, nodes.Filter) and one.name not in FILTERS:
            found.append(f'There is no filter "{one.name}" here; there are {", ".join(FILTERS)}.')
        elif isinstance(one, nodes.Name) and one.name not in names:
            found.append(f'Nobody knows "{one.name}" here; a prompt may use {", ".join(names)}.')
    return tuple(dict.fromkeys(found)) or says_something(source, names)


def says_something(source: str, names: Iterable[str]) -> tuple[str, ...]:
    """It must work with all its names filled, and say something when none is known."""
    for params in (dict.fromkeys(names, "Taber"), {}):
        try:
            if not spoken(source, params):
                return ("This says nothing when a name is not known. Give it words of its own.",)
        except (TemplateError, ArithmeticError, TypeError, ValueError) as error:
            return (f"The template can't be used: {error}.",)
    return ()
