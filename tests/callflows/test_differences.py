"""What differs between two documents, told as a supervisor would."""

from typing import Any

import pytest

from callflows.differences import (
    Change,
    Difference,
    document_differences,
    is_same,
    lines,
    summary,
    version_differences,
)
from callflows.reading import read, shipped_document, whole
from callflows.version import Version

MENU = {
    "step": "menu",
    "say": {"en": "Press 1.", "fr": "Faites le 1."},
    "keys": {"1": "team", "2": "message"},
    "otherwise": "team",
}
DOCUMENT: dict[str, Any] = {
    "start": "menu",
    "languages": ["en", "fr"],
    "times": {"ring": 20},
    "prompts": {"bye": {"en": "Bye.", "fr": "Salut."}},
    "steps": {
        "menu": MENU,
        "team": {"step": "ring", "pod": "prairie", "otherwise": "message"},
        "message": {"step": "voicemail", "say": "bye"},
    },
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**DOCUMENT, **parts}


def step(name: str, **fields: Any) -> dict[str, Any]:
    """The document with fields of one step changed; None takes one away."""
    fields = {**DOCUMENT["steps"].get(name, {}), **fields}
    kept = {field: value for field, value in fields.items() if value is not None}
    return changed(steps={**DOCUMENT["steps"], name: kept})


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (DOCUMENT, []),
        (changed(start="team"), ["start: menu → team"]),
        (changed(description="Winter."), ["description: nothing → Winter."]),
        (changed(languages=["fr"]), ["languages: en, fr → fr"]),
        (changed(times={"ring": 25}), ["time ring: 20 → 25"]),
        (changed(times={}), ["time ring: 20 → 15 (usual)"]),
        (changed(times={"ring": 20, "hunt": 60}), ["time hunt: 120 → 60"]),
        (
            changed(prompts={"bye": {"en": "Goodbye.", "fr": "Salut."}}),
            ["prompt bye changed:", "    en: Bye. → Goodbye."],
        ),
        (
            changed(prompts={**DOCUMENT["prompts"], "hi": {"en": "Hi.", "fr": "Allô."}}),
            ["prompt hi added:", "    en: Hi.", "    fr: Allô."],
        ),
        (changed(prompts={}), ["prompt bye removed:", "    en: Bye.", "    fr: Salut."]),
        (step("team", otherwise="menu"), ["step team changed:", "    otherwise: message → menu"]),
        (step("team", greet=False), ["step team changed:", "    greet: yes → no"]),
        (step("team", greet=True), []),
        (step("menu", tries=3), ["step menu changed:", "    tries: 2 → 3"]),
        (step("team", note="asked"), ["step team changed:", "    note: nothing → asked"]),
        (
            step("menu", keys={"1": "message", "3": "message"}),
            [
                "step menu changed:",
                "    keys.1: team → message",
                "    keys.3: nothing → message",
                "    keys.2: message → nothing",
            ],
        ),
        (
            step("menu", say={"en": "Press 1.", "fr": "Le 1."}),
            ["step menu changed:", "    say.fr: Faites le 1. → Le 1."],
        ),
        (
            step("menu", say="bye"),
            [
                "step menu changed:",
                "    say: nothing → bye",
                "    say.en: Press 1. → nothing",
                "    say.fr: Faites le 1. → nothing",
            ],
        ),
        (
            step("late", step="hang_up"),
            ["step late added:", "    say: goodbye", "    step: hang_up"],
        ),
    ],
)
def test_what_is_told(document: dict[str, Any], told: list[str]) -> None:
    assert list(lines(document_differences(DOCUMENT, document))) == told
    assert not list(lines(document_differences(document, document)))


def test_cases_of_a_branch_have_their_place() -> None:
    old = step("menu", step="branch", say=None, keys=None, cases=[{"to": "team", "pod": ["a", "b"]}])
    new = step("menu", step="branch", say=None, keys=None, cases=[{"to": "team", "pod": "a"}])
    (found,) = document_differences(old, new)
    assert found == Difference("step", "menu", "changed", (Change("cases.0.pod", "a, b", "a"),))


def test_a_step_that_was_taken_out() -> None:
    without = changed(steps={name: one for name, one in DOCUMENT["steps"].items() if name != "team"})
    (found,) = document_differences(DOCUMENT, without)
    assert (found.part, found.name, found.how) == ("step", "team", "removed")
    assert Change("pod", "prairie", "") in found.changes


def test_in_one_line() -> None:
    new = changed(
        start="team",
        times={},
        steps={"team": {"step": "ring", "otherwise": "a"}, "a": {"step": "voicemail"}, "b": {"step": "voicemail"}},
    )
    assert summary(document_differences(DOCUMENT, new)) == (
        "start changed, 1 time changed, 1 step changed, 2 steps added, 2 steps removed"
    )
    assert summary(()) == "nothing"


def test_keys_as_yaml_reads_them_are_the_same() -> None:
    assert is_same(DOCUMENT, step("menu", keys={1: "team", 2: "message"}))
    assert is_same(DOCUMENT, dict(reversed(DOCUMENT.items())))
    assert is_same(DOCUMENT, {**DOCUMENT, "flow": "winter"})
    assert not is_same(DOCUMENT, step("menu", note="x"))


def test_no_steps_mean_the_flow_that_ships() -> None:
    assert is_same({}, shipped_document())
    assert not is_same({}, {"times": {"ring": 20}})
    assert read(whole({"times": {"ring": 20}})).times == {"ring": 20}
    assert list(lines(document_differences({}, {"times": {"ring": 20}}))) == ["time ring: 15 → 20"]


@pytest.mark.parametrize(
    "broken",
    [
        {"steps": 3},
        {"steps": {"a": 3}},
        {"steps": {"a": {"step": ["x"]}}},
        {"steps": {"a": {}}, "prompts": 1, "times": [], "languages": {"a": 1}},
        {"steps": {"a": {"step": "sing", "cases": [[1], {"b": None}]}}, "prompts": {"a": "b"}},
    ],
)
def test_a_draft_that_cannot_be_read_can_be_compared(broken: dict[str, Any]) -> None:
    assert list(lines(document_differences(DOCUMENT, broken)))
    assert list(lines(document_differences(broken, DOCUMENT)))
    assert not document_differences(broken, broken)


def test_ring_orders_and_hours_belong_to_a_version() -> None:
    hours = {"hours": "Mon-Fri 08:00-16:00", "timezone": "America/Regina"}
    old = Version("main", 1, {}, {"north": ("ana", "ben"), "south": ("eve",)}, {"ana": hours})
    new = Version("main", 2, {}, {"north": ("ben", "ana")}, {"ana": {**hours, "hours": ""}})
    found = version_differences(old, new)
    assert list(lines(found)) == [
        "ring order north: ana, ben → ben, ana",
        "ring order south: eve → nothing",
        "hours of ana: Mon-Fri 08:00-16:00 (America/Regina) → none (America/Regina)",
    ]
    assert summary(found) == "1 ring order changed, 1 ring order removed, 1 person's hours changed"
