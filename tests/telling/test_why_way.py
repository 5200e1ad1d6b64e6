"""The way of a call through its flow: each step, and why it was left by that exit."""

from typing import Any

from callflows.steps import KINDS
from callflows.version import Version
from telling.words import words
from tests.builders import floor, unknown_floor
from tests.telling.kept import NORTHERNERS, KeptCall, crew, crew_call, everything

FLOW: dict[str, Any] = {
    "start": "hello",
    "steps": {
        "hello": {"step": "say", "say": {"en": "Hello."}, "next": "who"},
        "who": {"step": "identify", "next": "open", "unknown": "others"},
        "open": {"step": "hours", "open": "which", "closed": "others"},
        "which": {"step": "branch", "cases": [{"language": "fr", "to": "others"}], "otherwise": "choose"},
        "choose": {"step": "menu", "say": {"en": "Press 1."}, "keys": {"1": "help"}, "otherwise": "team"},
        "team": {"step": "ring", "otherwise": "sorry"},
        "sorry": {"step": "say", "say": {"en": "I am trying another team."}, "next": "backup"},
        "backup": {"step": "ring", "pod": "north", "otherwise": "others"},
        "help": {"step": "swarm", "otherwise": "others"},
        "others": {"step": "transfer", "number": "+1 403 555 0199", "otherwise": "message"},
        "message": {"step": "voicemail"},
    },
}


def of_flow(**changes: Any) -> Version:
    document = {**FLOW, "steps": {**FLOW["steps"], **changes}}
    hours = {key: {"hours": "24/7", "timezone": "America/Edmonton"} for key in ("ana", "ben", *NORTHERNERS)}
    return Version("desk", 3, document, {"south": ("ana", "ben"), "north": NORTHERNERS}, hours)


def test_the_way_by_a_key_to_helpers() -> None:
    call = crew_call(of=of_flow())
    call.answers("1")
    found = call.why()
    assert found.way == (
        "The flow “desk”, version 3, begins with step “hello”.",
        "Step “hello” (say): it was said, so on to “who”.",
        "Step “who” (identify): their pod is known, so on to “open”.",
        "Step “open” (hours): somebody of the team was at work, so on to “which”.",
        "Step “which” (branch): none of the conditions held, which leads to step “choose”, so on to “choose”.",
        "Step “choose” (menu): they pressed 1, so on to “help”.",
        "Step “help” (swarm) is where the call is now.",
    )
    assert "The caller chose it by key 1." in everything(found)


def test_the_way_of_silence_through_two_pods_to_another_number() -> None:
    call = crew_call(*(one for one in crew() if one.technician.technician != "ben"), of=of_flow())
    call.stays_silent()
    call.stays_silent()
    call.unanswered()
    for _ in ("dan", "eve", "gus"):
        call.unanswered()
    found = call.why()
    assert found.way[5:] == (
        "Step “choose” (menu): they chose nothing that was offered, so on to “team”.",
        "Step “team” (ring): nobody took the call, so on to “sorry”.",
        "Step “sorry” (say): it was said, so on to “backup”.",
        "Step “backup” (ring): nobody took the call, so on to “others”.",
        "Step “others” (transfer) is where the call is now.",
    )
    first, second = found.hunts
    assert [one.technician for one in first.plan] == ["ana"]
    assert second.heading == "Rung for this call by step “backup”, Tue 3 Nov 10:00:00"
    assert [f"{one.technician} {one.outcome}" for one in second.plan] == [
        *("dan no_answer", "eve no_answer", "fay away", "gus no_answer"),
    ]


def test_the_way_of_a_call_that_came_to_no_flow_and_of_a_fault() -> None:
    lost = crew_call(of=of_flow(open={"step": "hours", "open": "nowhere", "closed": "nowhere"}))
    assert lost.why().way[-1] == "No step was left for the call, so a message was taken."
    refused = KeptCall(unknown_floor(from_our_line=True))
    refused.arrives()
    assert refused.why().way == ("The call did not enter the flow.",)
    burst = KeptCall(floor(recent_calls=10))
    burst.arrives()
    assert burst.why().way[0].startswith("Step “message” was entered at once: 10 other calls")


def test_every_kind_of_exit_has_words() -> None:
    known = {name for name in words().exits if name}
    told_by_reasons = {
        *("hours.open", "hours.closed", "branch.cases", "branch.otherwise"),
        *("keyword.cases", "keyword.otherwise", "ask.answers"),
    }
    exits = {
        f"{kind}.{name}"
        for kind, step in KINDS.items()
        for name, field in step.model_fields.items()
        if name
        in (
            "next",
            "unknown",
            "open",
            "closed",
            "keys",
            "answers",
            "cases",
            "otherwise",
            "help",
            "call_back",
            "voicemail",
        )
    }
    assert exits - told_by_reasons == known
