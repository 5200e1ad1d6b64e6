"""Faults on demand: each befalls the exchange it was aimed at, once, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.faults import Exchanged, Upset, What
from simulator.people.scripted import BASE, FIRST, LINE, SECOND, Stage
from tests.simulator.asking import Rest

EVENTS = "ringing answered completed"
RING = f'<Dial><Number statusCallback="{BASE}/leg" statusCallbackEvent="{EVENTS}">{FIRST}</Number></Dial>'


def at(path: str) -> Callable[[Exchanged], bool]:
    return lambda one: one.url.partition("?")[0].endswith(path)


def told(stage: Stage) -> list[str]:
    """What became of the leg, in the order in which it was told."""
    return [one.params["CallStatus"] for one in stage.asked("/leg")]


def rings(stage: Stage, what: What, **how: float) -> None:
    """The first report of a leg meets a fault; the leg rings, is answered after 2 s and ends a second later."""
    stage.plays(RING)
    stage.exchange.disturb(Upset(at("/leg"), what, **how))  # type: ignore[arg-type]
    stage.caller.dials(stage.line)
    stage.first.rings()
    stage.passes(2)
    stage.first.answers()
    stage.passes(1)
    stage.first.hangs_up()
    stage.passes(20)


# 2.3: "Status callbacks: best effort … expect both zero and several deliveries."
def test_a_report_is_lost(stage: Stage) -> None:
    rings(stage, "lost")
    assert told(stage) == ["in-progress", "completed"]


# 2.3: "Separate requests: no order guarantee".
def test_a_report_is_late(stage: Stage) -> None:
    rings(stage, "late", seconds=10)
    assert told(stage) == ["in-progress", "completed", "ringing"]


# 2.3, as above.
def test_a_report_is_overtaken_by_the_next(stage: Stage) -> None:
    rings(stage, "overtaken")
    assert told(stage) == ["in-progress", "ringing", "completed"]


# 2.3, as above: a report that left before, and is only delivered after, overtakes nothing.
def test_a_report_is_overtaken_by_none_that_left_before_it(stage: Stage) -> None:
    events = f"initiated {EVENTS}"
    stage.plays(f'<Dial><Number statusCallback="{BASE}/leg" statusCallbackEvent="{events}">{FIRST}</Number></Dial>')
    stage.exchange.disturb(Upset(lambda one: one.params.get("CallStatus") == "ringing", "overtaken"))
    stage.caller.dials(stage.line)
    stage.first.rings()
    assert told(stage) == ["initiated"]
    stage.passes(2)
    stage.first.answers().hangs_up()
    assert told(stage) == ["initiated", "in-progress", "ringing", "completed"]


# 2.3, as above; 1.6: `conference-start` follows the second join at the same moment.
def test_the_start_of_a_conference_is_overtaken(stage: Stage) -> None:
    room = f'<Conference statusCallback="{BASE}/room" statusCallbackEvent="start join leave">Room</Conference>'
    stage.plays(f"<Dial>{room}</Dial>")
    upset = Upset(lambda one: one.params.get("StatusCallbackEvent") == "conference-start", "overtaken")
    stage.exchange.disturb(upset)
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line)
    joined = ["participant-join", "participant-join"]
    assert [one.params["StatusCallbackEvent"] for one in stage.asked("/room")] == joined
    stage.passes(1)
    stage.first.hangs_up()
    events = [one.params["StatusCallbackEvent"] for one in stage.asked("/room")]
    assert events == [*joined, "participant-leave", "conference-start"]


# 2.3, as above; with nothing to overtake it, it is only late.
def test_a_report_that_nothing_overtakes_comes_all_the_same(stage: Stage) -> None:
    stage.plays(RING)
    stage.exchange.disturb(Upset(lambda one: one.params.get("CallStatus") == "completed", "overtaken"))
    stage.caller.dials(stage.line)
    stage.first.rings().answers().hangs_up()
    assert "completed" not in told(stage)
    stage.passes(16)
    assert told(stage)[-1] == "completed"


# 2.3: "expect both zero and several deliveries"; the token "is equal on all attempts of one delivery".
def test_a_request_is_delivered_twice_at_once(stage: Stage) -> None:
    stage.plays("<Pause/>")
    stage.exchange.disturb(Upset(at("/voice"), "doubled"))
    stage.caller.dials(stage.line)
    first, second = stage.asked("/voice")
    assert first.params == second.params
    assert first.headers["i-twilio-idempotency-token"] == second.headers["i-twilio-idempotency-token"]
    assert [first.is_duplicate, second.is_duplicate].count(True) == 1


# 2.3: "rp: what to retry: list of 4xx, 5xx, ct, rt, all".
@pytest.mark.parametrize(
    ("what", "policy"),
    [("refused", "ct"), ("status", "5xx"), ("slow", "rt"), ("unanswered", "rt"), ("unreachable", "ct")],
)
def test_an_attempt_fails_and_the_next_one_succeeds(stage: Stage, what: What, policy: str) -> None:
    stage.line.voice_url = f"{BASE}/voice#rc=2&rp={policy}&rt=2000&ct=1000"
    stage.plays("<Pause length='9'/>")
    stage.exchange.disturb(Upset(at("/voice"), what, seconds=5))
    stage.caller.dials(stage.line).is_still_on()
    stage.passes(6)
    assert [one.status for one in stage.asked("/voice")][-1] == 200
    assert len(stage.asked("/voice")) == 2
    assert len(stage.script.scopes) == (2 if what == "unanswered" else 1)


# 2.4: "Error (connect, timeout, non-2xx, bad TwiML)" and "immediate request" to the fallback URL.
def test_every_attempt_fails(stage: Stage) -> None:
    stage.line.voice_url = f"{BASE}/voice#rc=2&rp=5xx"
    stage.line.voice_fallback_url = f"{BASE}/after"
    stage.plays("<Pause/>", "<Say>Sorry</Say><Pause length='9'/>")
    stage.exchange.disturb(Upset(at("/voice"), "status", tries=0, status=503))
    stage.caller.dials(stage.line).hears("Sorry")
    assert [one.status for one in stage.asked("/voice")] == [503, 503, 503]


def test_the_nth_that_is_aimed_at_and_no_other(stage: Stage) -> None:
    stage.plays(RING)
    upset = Upset(at("/leg"), "lost", nth=2)
    stage.exchange.disturb(upset)
    stage.caller.dials(stage.line)
    stage.first.rings().answers().hangs_up()
    stage.passes(1)
    assert told(stage) == ["ringing", "completed"]
    assert upset.hit is not None
    assert upset.hit.params["CallStatus"] == "in-progress"


# 5.4: the caller may hang up at any moment; an answer that comes later is not used.
@pytest.mark.parametrize("moment", ["before", "after"])
def test_somebody_hangs_up_around_a_request(stage: Stage, moment: str) -> None:
    stage.plays('<Gather timeout="1"/><Redirect>/after</Redirect>', "<Pause length='9'/>")

    def hang_up() -> None:
        stage.exchange.hang_up(stage.caller.leg)

    acts = {moment: hang_up}
    stage.exchange.disturb(Upset(at("/after"), **acts))  # type: ignore[arg-type]
    stage.caller.dials(stage.line).has_ended()
    assert len(stage.asked("/after")) == 1


# 7.4: "a timed-out POST Calls may ring twice": what got no answer may have been done.
@pytest.mark.parametrize(("what", "is_done"), [("status", False), ("unanswered", True), ("slow", True)])
def test_a_rest_request_fails(stage: Stage, rest: Rest, what: What, is_done: bool) -> None:
    form = {"To": FIRST, "From": LINE, "Url": f"{BASE}/voice"}
    stage.plays("<Pause/>")
    stage.exchange.disturb(Upset(at("/Calls.json"), what, status=429, seconds=0))
    if what == "unanswered":
        with pytest.raises(TimeoutError):
            rest("POST", "/Calls.json", **form)
    else:
        assert rest("POST", "/Calls.json", **form).status_code == (201 if is_done else 429)
    assert len(stage.exchange.legs) == is_done
    assert rest("POST", "/Calls.json", **form).status_code == 201


# 7.4, as above: of requests that are alike in all but what they say, the one that is meant.
def test_a_rest_request_is_aimed_at_by_what_it_says(stage: Stage, rest: Rest) -> None:
    seen: list[dict[str, str]] = []

    def to_second(one: Exchanged) -> bool:
        seen.append(one.params)
        return one.params.get("To") == SECOND

    stage.exchange.disturb(Upset(to_second, "status", status=429))
    for to, status in ((FIRST, 201), (SECOND, 429), (SECOND, 201)):
        form = {"To": to, "From": LINE, "Body": "Bonjour à tous"}
        assert rest("POST", "/Messages.json", **form).status_code == status
    assert seen[0] == {"To": FIRST, "From": LINE, "Body": "Bonjour à tous"}
