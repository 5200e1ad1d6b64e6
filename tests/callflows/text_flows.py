"""Random documents of text flows, valid by construction: every exit that nobody chooses leads to a later step, and the
last one gives the words to a person; answers lead anywhere, to a mere goodbye too."""

from typing import Any

from hypothesis import strategies as st

from tests.callflows.flows import CONDITIONS, FOR_STRANGERS, Document, words

Draw = st.DrawFn

KINDS = ("reply", "keyword", "ask", "branch", "identify")
LOOKED_FOR = ("bill", "facture", "water main", "pin", "roll 7")
ANSWERS = ("1", "2", "3", "bills", "water", "yes", "non merci")
LATER = {"en": "By {{ due | default('then') }}.", "fr": "Répondu {{ due }}."}
ROUTES: tuple[Document, ...] = ({}, {"pod": "south"}, {"to": "pod"}, {"later": LATER})


@st.composite
def text_documents(draw: Draw) -> Document:
    """A document without any problem that forbids publishing."""
    known = draw(st.booleans())
    kinds = draw(st.lists(st.sampled_from([*KINDS, *(("hours",) if known else ())]), max_size=7))
    order = [*(("identify",) if known else ()), *kinds, "route"]
    names = [f"s{place}_{kind}" for place, kind in enumerate(order)]
    steps: dict[str, Document] = {}
    for place, kind in enumerate(order):
        later = st.sampled_from(names[place + 1 :]) if place + 1 < len(names) else st.nothing()
        steps[names[place]] = draw(text_step(kind, later, st.sampled_from([*names, "goodbye"]), known))
    steps["goodbye"] = {"step": "reply", "say": draw(words)}
    return {"flow": "tried", "channel": "text", "languages": ["en", "fr"], "start": names[0], "steps": steps}


@st.composite
def text_step(draw: Draw, kind: str, later: Any, anywhere: Any, known: bool) -> Document:
    made: Document = {"step": kind}
    match kind:
        case "reply":
            made |= {"say": draw(words), "next": draw(later)}
        case "keyword":
            looked_for = st.lists(st.sampled_from(LOOKED_FOR), min_size=1, max_size=2, unique=True)
            found = draw(st.lists(st.tuples(looked_for, later), min_size=1, max_size=3))
            made |= {"cases": [{"words": several, "to": to} for several, to in found], "otherwise": draw(later)}
        case "ask":
            answers = draw(st.dictionaries(st.sampled_from(ANSWERS), anywhere, min_size=1, max_size=4))
            made |= {"say": draw(words), "answers": answers, "otherwise": draw(later)}
            made |= draw(st.sampled_from([{}, {"tries": 1}, {"tries": 3, "wrong": draw(words)}]))
        case "identify":
            made |= {"next": draw(later), "unknown": draw(later), "ask": draw(st.booleans())}
        case "hours":
            made |= {"open": draw(later), "closed": draw(later), "of": draw(st.sampled_from(["pod", "municipality"]))}
        case "branch":
            asked = st.sampled_from(CONDITIONS if known else FOR_STRANGERS)
            cases = draw(st.lists(st.tuples(asked, later), min_size=1, max_size=3))
            made |= {"cases": [{**one, "to": to} for one, to in cases], "otherwise": draw(later)}
        case "route":
            made |= draw(st.sampled_from(ROUTES))
    return made
