"""Files of scenes: what is read, and how every mistake is told with its place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from simulator.scenes import Known, Person, Scene, Unreadable, cast, read_scenes
from tests.simulator.scenes.telling import KNOWN, written

WHOLE = """
# A remark.
scene: Everything that a scene may have
line: +1 587 555 0100
start: 2026-11-03 9:00
zone: America/Edmonton
people:
  clara: {number: +1 403 555 0120, name: Clara Whitfield}
  ana: +1 (403) 555-0111
  stranger: withheld
switches: {ringing_event: missing, lost_share: 0.5}
steps:
  - clara dials
  - clara hears: your team
  - clara says "Hello: it is me"
  - wait: 5
expect:
  rang: [ana, stranger]
  did not ring: nobody
"""


def only(text: str) -> Scene:
    (scene,) = read_scenes(text, "file.yaml")
    return scene


def problems(text: str) -> list[str]:
    with pytest.raises(Unreadable) as raised:
        read_scenes(text, "file.yaml")
    return [str(one) for one in raised.value.problems]


def test_everything_that_a_scene_may_have() -> None:
    scene = only(WHOLE)
    assert (scene.place, scene.title, scene.line) == ("file.yaml", "Everything that a scene may have", "+15875550100")
    assert scene.people["clara"] == Person(number="+14035550120", name="Clara Whitfield")
    assert [one.number for one in scene.people.values()] == ["+14035550120", "+14035550111", "withheld"]
    assert scene.switches == {"ringing_event": "missing", "lost_share": 0.5}
    assert [(step.number, step.who) for step in scene.steps] == [(1, "clara"), (2, "clara"), (3, "clara"), (4, "")]
    assert scene.steps[2].values == {"words": "Hello: it is me"}
    assert [(check.name, value) for check, value in scene.expect] == [
        ("rang", ("ana", "stranger")),
        ("did not ring", ()),
    ]
    assert scene.starts_at(datetime(2020, 1, 1, tzinfo=UTC), "UTC") == datetime(2026, 11, 3, 16, 0, tzinfo=UTC)


def test_a_scene_that_says_no_time_begins_now() -> None:
    now = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
    assert only(written("wait 5")).starts_at(now, "America/Edmonton") == now
    assert only(written("wait 5", start="2026-11-03 09:00")).starts_at(now, "America/Edmonton") == now


def test_several_scenes_in_one_file() -> None:
    found = read_scenes("scene: One\nsteps: [wait 1]\n---\nscene: Two\nsteps: [wait 2]\n---\n", "file.yaml")
    assert [(one.place, one.title) for one in found] == [("file.yaml:scene 1", "One"), ("file.yaml:scene 2", "Two")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "file.yaml: There is no scene in it."),
        ("- ana rings", "file.yaml: A scene is a mapping with `scene` and `steps`; this is none."),
        ("scene: [", "file.yaml:line 1: This is no YAML that can be read:"),
        (
            "scene: A\nscene: B\nsteps: [wait 1]",
            "file.yaml:line 2: This is no YAML that can be read: 'scene' is given twice",
        ),
        (
            "scene: A\nsteps:\n  - *1",
            "file.yaml:line 3: This is no YAML that can be read: what begins with * stands in quotes",
        ),
        ("scene: A", "file.yaml:steps: `steps` is missing."),
        ("steps: [wait 1]", "file.yaml:scene: `scene` is missing."),
        ("scene: A\nsteps: wait 1", "file.yaml:steps: This should be a list, each item after a dash."),
        (
            "scene: A\nsteps: [wait 1]\nswitchs: {}",
            "file.yaml:switchs: There is no `switchs` here; did you mean `switches`?",
        ),
        ("scene: A\nsteps: [wait 1]\nline: 5550100", "file.yaml:line: `5550100` is no telephone number: write it"),
        ("scene: A\nsteps: [wait 1]\nzone: Alberta", "file.yaml:zone: `Alberta` is no time zone"),
        ("scene: A\nsteps: [wait 1]\nstart: tomorrow", "file.yaml:start: `tomorrow` is no moment: write it like"),
        ("scene: A\nsteps: [wait 1]\nstart: 2026-02-30 9:00", "file.yaml:start: `2026-02-30 9:00` is no moment"),
        ("scene: A\nsteps: [wait 1]\npeople: [ana]", "file.yaml:people: This should be a mapping, name: value."),
        ("scene: A\nsteps: [wait 1]\npeople: {ana: 911}", "file.yaml:people.ana.number: `911` is no telephone number"),
        ("scene: A\nsteps: [wait 1]\npeople: {ana: {nme: Ana}}", "file.yaml:people.ana.number: `number` is missing."),
        ("scene: A\nsteps: [wait 1]\npeople: {a b: withheld}", "file.yaml:people.a b: `a b` cannot be a person's name"),
        (
            "scene: A\nsteps: [wait 1]\nswitches: {ringing_event: no}",
            "file.yaml:switches: `ringing_event` is `sent` or",
        ),
        ("scene: A\nsteps: [wait 1]\nswitches: [x]", "file.yaml:switches: Switches are a mapping"),
        ("scene: A\nsteps: [wait 1, [a]]", "file.yaml:steps.2: A step is one sentence"),
        ("scene: A\nsteps: [ana rings: {within: 5}]", "file.yaml:steps.1: A step is one sentence"),
        ("scene: A\nsteps:\n  - # ana rings", "file.yaml:steps.1: This step is empty. Words after # are a remark"),
        ("scene: A\nsteps: [ana rigns]", "file.yaml:steps.1: “ana rigns” is not understood; did you mean `rings`?"),
        (
            "scene: A\nsteps: [wait 1]\nexpect: {rung: ana}",
            "file.yaml:expect.rung: Nothing is known of `rung`; did you",
        ),
        ("scene: A\nsteps: [wait 1]\nexpect: {rang: [1]}", "file.yaml:expect.rang: `1` should be people"),
        (f"scene: {'a' * 300_000}", "file.yaml: The file has 300007 characters, more than 262144."),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, said: str) -> None:
    told = problems(text)
    assert any(one.startswith(said) for one in told), told


def test_all_mistakes_are_told_at_once() -> None:
    text = "scene: A\nline: x\nsteps: [ana rigns, wait soon]\nexpect: {rung: ana}\n---\nscene: B\nsteps: []\n"
    assert [one.split(": ")[0] for one in problems(text)] == [
        "file.yaml:scene 1:line",
        "file.yaml:scene 1:steps.1",
        "file.yaml:scene 1:steps.2",
        "file.yaml:scene 1:expect.rung",
        "file.yaml:scene 2:steps",
    ]


def miscast(text: str, known: Known = KNOWN) -> list[str]:
    with pytest.raises(Unreadable) as raised:
        cast(only(text), known)
    return [str(one) for one in raised.value.problems]


def test_nobody_is_spoken_of_whom_nobody_knows() -> None:
    text = written("ana rings from cory", "dan is in a room with eve and ana", expect={"rang": ["fay"]})
    assert miscast(text) == [
        "file.yaml:steps.1: Nobody is called `cory`; did you mean `cora`? Say under `people` which number they have.",
        "file.yaml:steps.2: Nobody is called `dan`; did you mean `ana`? Say under `people` which number they have.",
        "file.yaml:steps.2: Nobody is called `eve`. Say under `people` which number they have.",
        "file.yaml:expect.rang: Nobody is called `fay`. Say under `people` which number they have.",
    ]


def test_the_line_must_be_clear() -> None:
    two = Known(KNOWN.people, ("+15875550100", "+15875550101"))
    assert miscast(written("ana dials"), two) == [
        "file.yaml:line: There are +15875550100, +15875550101: say which number is dialled, as `line`."
    ]
    assert miscast(written("ana dials", line="+1 587 555 0199")) == [
        "file.yaml:line: +15875550199 is no line: there are +15875550100."
    ]
    assert cast(only(written("ana dials")), KNOWN).line == "+15875550100"


def test_a_scenes_own_people_go_before_those_known() -> None:
    found = cast(only(written("Ana dials", people={"ANA": "+1 403 555 0150"})), KNOWN)
    assert found.people["ana"].number == "+14035550150"
    assert found.zone == "America/Edmonton"
