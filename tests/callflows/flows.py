"""Random flow documents over all kinds of steps, valid by construction; and ways to break one, with the place of the
break.

Steps stand in an order, and every exit that nobody chooses leads to a later one, so doing nothing always comes to an
end; keys lead anywhere. The last step takes a message.
"""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from callflows.reading import read

Document = dict[str, Any]
Draw = st.DrawFn

ELSEWHERE = "+1 403 555 0188"
WORDS = (
    {"en": "Hello {{ client }}.", "fr": "Bonjour {{ client }}."},
    {"en": "This is {{ line or 'the desk' }}.", "fr": "Voici {{ line or 'le bureau' }}."},
    {"en": "{% if municipality %}For {{ municipality }}.{% else %}Welcome.{% endif %}", "fr": "Bienvenue."},
    "greeting",
)
CONDITIONS = (
    {"language": "fr"},
    {"line": ["+15875550100"]},
    {"known": True},
    {"matter": True},
    {"pod": ["south", "north"]},
    {"province": "AB", "language": ["en", "fr"]},
    {"tier": "enhanced"},
    {"municipality": "4802022"},
    {"client": "clara"},
)
TIMES: tuple[Document, ...] = ({}, {"swarm": 40, "hunt_rings": 2}, {"returns": 1, "helper_ring": 10, "swarm_cap": 1})
UNUSABLE = (
    "Hello {{ client",
    "{% for one in client %}x{% endfor %}",
    "{{ hue }}",
    "{{ 1 / 0 }}",
    "{{ client.name }}",
)
FOR_STRANGERS = CONDITIONS[:2]
ANY_TIME = ("say", "menu", "swarm", "transfer", "branch", "language", "ring", "call_back", "identify", "voicemail")


@st.composite
def documents(draw: Draw) -> Document:
    """A document without any problem that forbids publishing."""
    known = draw(st.sampled_from([True, True, True, False]))
    kinds = draw(st.lists(st.sampled_from([*ANY_TIME, *(("hours",) if known else ())]), max_size=7))
    person = draw(st.sampled_from(["ring", "swarm", "transfer"]))
    order = [*(("identify",) if known else ()), *kinds, person, "voicemail"]
    names = [f"s{place}_{kind}" for place, kind in enumerate(order)]
    goodbye = draw(st.booleans())
    everywhere = [*names, *(("goodbye",) if goodbye else ())]
    steps: dict[str, Document] = {}
    for place, kind in enumerate(order):
        later = st.sampled_from(names[place + 1 :]) if place + 1 < len(names) else st.nothing()
        steps[names[place]] = draw(step(kind, later, st.sampled_from(everywhere), names[-2], known))
    if goodbye:
        steps["goodbye"] = {"step": "hang_up", "say": draw(words)}
    times = draw(st.sampled_from(TIMES))
    return {"flow": "tried", "languages": ["en", "fr"], "start": names[0], "times": times, "steps": steps}


words = st.sampled_from(WORDS)


@st.composite
def step(draw: Draw, kind: str, later: Any, anywhere: Any, person: str, known: bool) -> Document:
    made: Document = {"step": kind}
    match kind:
        case "say":
            made |= {"say": draw(words), "next": draw(later)}
        case "menu":
            keys = draw(st.dictionaries(st.sampled_from("123456789*#"), anywhere, max_size=3))
            made |= {"say": draw(words), "keys": {**keys, "0": person}, "otherwise": draw(later)}
            made |= draw(st.sampled_from([{}, {"tries": 1}, {"tries": 3, "seconds": 3}]))
        case "identify":
            made |= {"next": draw(later), "unknown": draw(later), "ask": draw(st.booleans())}
        case "hours":
            made |= {"open": draw(later), "closed": draw(later), "of": draw(st.sampled_from(["pod", "municipality"]))}
        case "branch":
            asked = st.sampled_from(CONDITIONS if known else FOR_STRANGERS)
            cases = draw(st.lists(st.tuples(asked, later), min_size=1, max_size=3))
            made |= {"cases": [{**one, "to": to} for one, to in cases], "otherwise": draw(later)}
        case "ring":
            made |= {"otherwise": draw(later)} | ({} if known and draw(st.booleans()) else {"pod": "south"})
            made |= draw(st.sampled_from([{}, {"greet": False}, {"say": draw(words), "between": draw(words)}]))
            made |= {"help": draw(anywhere)} if draw(st.booleans()) else {}
        case "swarm":
            ways = draw(st.fixed_dictionaries({}, optional={"call_back": anywhere, "voicemail": anywhere}))
            made |= {"otherwise": draw(later), **ways}
        case "transfer":
            made |= {"number": ELSEWHERE, "otherwise": draw(later)}
        case "language":
            made |= {"next": draw(later)}
        case "call_back":
            made |= {"otherwise": draw(later)} if draw(st.booleans()) else {}
        case "voicemail":
            made |= {"call_back": draw(anywhere)} if draw(st.booleans()) else {}
    return made


# Ways to break one: the document that is broken, and the place at which it is.

Broken = tuple[Document, str]


def exits_of(document: Document, *, chosen: bool | None = None) -> list[tuple[str, str]]:
    """(step, field) of every exit, or of those alone that are chosen by a key, or that aren't."""
    flow = read(document)
    return [
        (name, one.field)
        for name, found in flow.steps.items()
        for one in found.exits()
        if chosen is None or one.chosen == chosen
    ]


def put(document: Document, name: str, field: str, value: object) -> Document:
    """The same document with another value at the end of that path; None takes it out."""
    made = copy.deepcopy(document)
    held: Any = made["steps"][name]
    *path, last = field.split(".")
    for part in path:
        held = held[int(part)] if isinstance(held, list) else held[part]
    if value is None:
        del held[last]
    else:
        held[last] = value
    return made


def an_exit_that_leads_nowhere(draw: Draw, document: Document) -> Broken:
    name, field = draw(st.sampled_from(exits_of(document)))
    return put(document, name, field, "nowhere"), f"steps.{name}.{field}"


def an_exit_that_is_missing(draw: Draw, document: Document) -> Broken:
    """Exits that a step can do without are not missed."""
    needed = [
        (name, field)
        for name, field in exits_of(document, chosen=False)
        if document["steps"][name]["step"] not in ("call_back", "voicemail")
    ]
    name, field = draw(st.sampled_from(needed))
    return put(document, name, field, None), f"steps.{name}.{field}"


def a_language_that_is_missing(draw: Draw, document: Document) -> Broken:
    name, field = draw(st.sampled_from(spoken_in(document)))
    return put(document, name, f"{field}.fr", None), f"steps.{name}.{field}.fr"


def a_template_that_is_broken(draw: Draw, document: Document) -> Broken:
    name, field = draw(st.sampled_from(spoken_in(document)))
    code = draw(st.sampled_from(["en", "fr"]))
    text = draw(st.sampled_from(UNUSABLE))
    return put(document, name, f"{field}.{code}", text), f"steps.{name}.{field}.{code}"


def spoken_in(document: Document) -> list[tuple[str, str]]:
    """(step, field) of all words that stand in a step; one is made if there is none."""
    found = [
        (name, field)
        for name, one in document["steps"].items()
        for field, value in one.items()
        if isinstance(value, dict) and set(value) == {"en", "fr"}
    ]
    if not found:
        name = next(reversed(document["steps"]))
        kind = document["steps"][name]["step"]
        document["steps"][name]["say"] = {"en": "Hello.", "fr": "Bonjour."}
        assert kind in ("voicemail", "hang_up")
        return [(name, "say")]
    return found


BREAKS: tuple[Callable[[Draw, Document], Broken], ...] = (
    an_exit_that_leads_nowhere,
    an_exit_that_is_missing,
    a_language_that_is_missing,
    a_template_that_is_broken,
)


@st.composite
def broken_documents(draw: Draw) -> Broken:
    document = draw(documents())
    return draw(st.sampled_from(BREAKS))(draw, document)
