"""docs/flows.md tells the truth: its steps and times are those of the classes, its example passes the check."""

import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from callflows.check import flow_problems, text_problems
from callflows.differences import defaults_of
from callflows.reading import LARGEST, MOST_STEPS, Document
from callflows.step import TEXT, VOICE, Known, Step
from callflows.steps import KINDS
from callflows.steps.branch import Case
from callflows.steps.keyword import Words
from callflows.version import BOUNDS, WORDS, Times
from callflows.wording import FILTERS

PAGE = Path(__file__).parents[2] / "docs" / "flows.md"
CASES: dict[str, tuple[str, type[BaseModel]]] = {
    "branch": (
        "A case has `to`, and at least one condition; all of its conditions must hold, of several values one:",
        Case,
    ),
    "keyword": ("A case has `words`, one or several, and `to`:", Words),
}
TIMES = {
    "ring": "how long a technician's telephone rings (Twilio adds about 5)",
    "hunt_rings": "how many people a `ring` step rings",
    "hunt": "how long it goes on beginning further rings",
    "silent_hunt": "the same for a flow in which the caller has heard nothing",
    "screening_key": "how long a technician may think before pressing 1",
    "screening_wrong_keys": "when a technician who presses wrong keys is hung up on, counted from the pick-up",
    "cut_off": "how long a caller who was cut off may press 1 before we ring again by ourselves",
    "returns": "how often a caller is brought back to who talked with them (times)",
    "language_key": "how long a key for the language is waited for",
    "answer": "how long an answer to a question, or a key of a menu, is waited for",
    "voicemail": "how long a message may be",
    "promise_minutes": "by when we call back, in the client's business hours (minutes)",
    "reminder_minutes": "how long before that the owner is reminded (minutes)",
    "overdue_minutes": "how long after that a promise is overdue (minutes)",
    "callback_again_minutes": "when a call back that reached nobody is tried again (minutes)",
    "callback_tries": "how often (times)",
    "callback_ring": "how long the owner's telephone rings for a call back",
    "client_ring": "how long the client's telephone rings then",
    "sound_missing": "when we ask Twilio for a message's sound that has not come",
    "burst_calls": "from how many calls of one number within ten seconds on they get voicemail (calls)",
    "helper_ring": "how long a helper's telephone rings in a swarm",
    "swarm": "how long a swarm lasts at most",
    "swarm_cap": "how many helpers may join (people)",
    "room_check": "how soon we look whether a client is alone in the room",
    "reply_minutes": "by when a person answers a text, in the client's business hours (minutes)",
    "resolution_minutes": "by when a matter that began by text is settled, in the client's business hours (minutes)",
    "quiet_hours": "after how long without a word a text conversation is over (hours)",
}


def part(name: str) -> str:
    found = re.search(rf"<!-- {name}[^>]*-->\n?(.*?)<!-- end of {name} -->", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


def keep(name: str, made: str) -> None:
    """The part as it should be; written instead where that was asked for."""
    if os.environ.get("PODLINE_WRITE_DOCS") == "1":
        page = PAGE.read_text("utf-8").replace(f"-->\n{part(name)}<!-- end of {name}", f"-->\n{made}<!-- end of {name}")
        PAGE.write_text(page, "utf-8")
    assert part(name) == made, "docs/flows.md is of another day: PODLINE_WRITE_DOCS=1 writes it anew"


def section(kind: str, step: type[Step]) -> Iterator[str]:
    yield f"### `{kind}`\n\n"
    traits = [
        said
        for holds, said in (
            (step.needs_caller, "An `identify` step must come before it."),
            (step.to_person, "A way to a person."),
            (step.channels == VOICE | TEXT, "In text flows too."),
            (step.ends, f"A {'call' if 'voice' in step.channels else 'flow'} may end here."),
        )
        if holds
    ]
    yield f"{' '.join((step.about, *traits))}\n\n"
    yield from table((name, one) for name, one in step.model_fields.items() if name not in ("step", "note"))
    if kind in CASES:
        about, case = CASES[kind]
        yield f"{about}\n\n"
        yield from table(case.model_fields.items())


def table(fields: Any) -> Iterator[str]:
    yield "| Field | If not given | What |\n| --- | --- | --- |\n"
    for name, one in fields:
        yield f"| `{name}` | {usual(one)} | {one.description or f'{name}, one or several'} |\n"
    yield "\n"


def usual(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    match field.default:
        case "" | None:
            return "nothing"
        case bool():
            return "yes" if field.default else "no"
        case int():
            return str(field.default)
        case _:
            return f"`{field.default}`"


def test_every_kind_of_step_stands_there_with_its_fields() -> None:
    spoken = {kind: step for kind, step in KINDS.items() if "voice" in step.channels}
    keep("steps", "\n" + "".join(line for kind, step in spoken.items() for line in section(kind, step)))
    written = {kind: step for kind, step in KINDS.items() if step.channels == TEXT}
    keep("text steps", "\n" + "".join(line for kind, step in written.items() for line in section(kind, step)))


def test_every_field_says_what_it_is_for() -> None:
    for kind, step in KINDS.items():
        assert step.about, kind
        for name, field in step.model_fields.items():
            assert name in ("step", "note") or field.description, f"{kind}.{name}"


def test_every_time_stands_there_with_its_bounds() -> None:
    usual_times = asdict(Times())
    assert set(TIMES) == set(usual_times)
    rows = (
        f"| `{name}` | {value} | {BOUNDS[name][0]} to {BOUNDS[name][1]} | {TIMES[name]} |\n"
        for name, value in usual_times.items()
    )
    keep("times", "\n| Name | Usually | Bounds | What |\n| --- | --- | --- | --- |\n" + "".join(rows) + "\n")


def test_words_filters_and_keys_of_the_document() -> None:
    assert tuple(re.findall(r"^\| `(\w+)`", part("words"), re.MULTILINE)) == WORDS
    assert tuple(re.findall(r"`(\w+)`", part("filters"))) == FILTERS
    page = PAGE.read_text("utf-8")
    keys = page.split("## The document\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", keys, re.MULTILINE) == list(Document.model_fields)
    needed = re.findall(r"^\| `(\w+)` \| needed", keys, re.MULTILINE)
    assert needed == [name for name, one in Document.model_fields.items() if one.is_required()]
    assert f"{LARGEST:,} characters" in keys and f"at most {MOST_STEPS}" in keys


def examples() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_first_flow_passes_the_check() -> None:
    known = Known(pods={"taxes", "water"}, municipalities=(), clients=())
    assert text_problems(examples()[0], known) == ()
    assert "channel: text" in examples()[1]
    assert text_problems(examples()[1], known) == ()


@pytest.mark.parametrize("place", [2, 3])
def test_the_other_examples_are_right(place: int) -> None:
    import yaml

    piece = yaml.safe_load(examples()[place])
    document = {
        "start": "a",
        "steps": {"a": {"step": "voicemail", **({"say": piece["say"]} if "say" in piece else {})}},
    }
    assert flow_problems({**document, "times": piece.get("times", {})}) == ()


def test_a_default_is_what_the_reader_takes() -> None:
    assert defaults_of("menu") == {"tries": "2", "seconds": "0", "wrong": "menu_wrong_key", "step": "menu"}
