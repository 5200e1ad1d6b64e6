"""A leg's way through documents when something comes between (twilio.md 2.4, 4.1, 5.6), and what becomes of a call
that meets an error of this simulator's own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from simulator.asgi import AsgiTransport
from simulator.calls.documents import APOLOGY, MOST_IN_A_ROW
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.people.handsets import Handset
from simulator.people.scripted import BASE, CALLER, FIRST, LINE, Reply, Script, Stage
from simulator.rest.app import RestApi
from simulator.switches import Switches
from simulator.verbs import VERBS
from simulator.webhooks.webhooks import Trouble
from tests.simulator.asking import Rest

Staged = Callable[..., Stage]


def _at(stage: Stage, path: str) -> list[float]:
    began = stage.exchange.requests[0].at
    return [(request.at - began).total_seconds() for request in stage.asked(path)]


# 5.6: parent in Gather, "Url or Twiml | new document runs at once".
@pytest.mark.parametrize("form", [{"Url": f"{BASE}/swept"}, {"Twiml": "<Response><Say>Swept.</Say></Response>"}])
def test_a_call_is_moved_while_its_webhook_hangs(stage: Stage, rest: Rest, form: dict[str, str]) -> None:
    stage.plays('<Gather numDigits="1" action="/after"/>', "<Say>Too late.</Say>")
    stage.page("/swept", "<Say>Swept.</Say>")
    stage.exchange.disturb(Trouble("/after", "slow", seconds=10))
    stage.caller.dials(stage.line).presses("1")
    stage.passes(2)
    assert rest("POST", f"/Calls/{stage.caller.leg.sid}.json", **form).status_code == 200
    stage.passes(0.5)
    stage.caller.hears("Swept.").has_ended()
    stage.passes(20)
    assert "Too late." not in stage.caller.leg.heard()
    assert len(stage.asked("/after")) == 1


# 5.6: "new document runs at once", while the fallback hangs too; 2.4.
def test_a_call_is_moved_while_its_fallback_hangs(stage: Stage, rest: Rest) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.page("/voice", Reply(status=500))
    stage.exchange.disturb(Trouble("/fallback", "slow", seconds=10))
    stage.page("/swept", "<Say>Swept.</Say>")
    stage.caller.dials(stage.line)
    stage.passes(2)
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Url=f"{BASE}/swept")
    stage.passes(0.5)
    assert _at(stage, "/swept") == [2]


# 5.6: Members/{CallSid} Url: "leaves with QueueResult=redirected". 1.3: the action of an Enqueue.
def test_a_queued_call_is_moved_while_its_action_hangs(stage: Stage, rest: Rest) -> None:
    stage.plays('<Enqueue action="/after" waitUrl="">front</Enqueue>')
    stage.page("/swept", "<Say>Swept.</Say>")
    stage.exchange.disturb(Trouble("/after", "slow", seconds=9))
    stage.caller.dials(stage.line)
    stage.passes(3)
    (queue,) = stage.exchange.queues.all.values()
    rest("POST", f"/Queues/{queue.sid}/Members/Front.json", Url=f"{BASE}/swept")
    stage.passes(0.5)
    assert (_at(stage, "/after"), _at(stage, "/swept")) == ([3], [3])
    assert stage.told("/after")["QueueResult"] == "redirected"


# 5.6: "parent, in Dial | new document runs at once"; whether the Dial's action is asked is a switch.
@pytest.mark.parametrize("noun", ["<Number>+14035550111</Number>", "<Conference>room</Conference>"])
def test_a_dialling_call_is_moved_while_the_action_hangs(staged: Staged, noun: str) -> None:
    stage = staged(replace(Switches(), rest_redirect_dial_action="sent"))
    stage.plays(f'<Dial action="/after">{noun}</Dial>')
    stage.exchange.disturb(Trouble("/after", "slow", seconds=9))
    stage.page("/swept", "<Say>Swept.</Say>")
    stage.caller.dials(stage.line)
    stage.passes(2)
    exchange = stage.exchange
    rest = Rest(stage, RestApi(exchange), (exchange.account_sid, exchange.auth_token))
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Url=f"{BASE}/swept")
    stage.passes(0.5)
    assert (_at(stage, "/after"), _at(stage, "/swept")) == ([2], [2])


# 4.3: the Application noun; 1.4: DialCallStatus failed. 5.1: "failed | action failed".
@pytest.mark.parametrize("has_child", ["yes", "no"])
def test_an_application_that_does_not_exist(staged: Staged, has_child: str) -> None:
    stage = staged(Switches(refused_number_has_child=has_child))  # type: ignore[arg-type]
    sid = "AP" + "0" * 32
    stage.plays(f'<Dial action="/after"><Application><ApplicationSid>{sid}</ApplicationSid></Application></Dial>')
    stage.caller.dials(stage.line).has_ended()
    assert stage.told("/after")["DialCallStatus"] == "failed"
    assert [alert.code for alert in stage.exchange.alerts] == [21218]


# 2.4: "fallback fails: voice caller hears a recorded application-error message and the call ends".
def test_a_fallback_that_leads_to_a_failure_has_failed(stage: Stage) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.page("/voice", Reply(status=500))
    stage.page("/fallback", "<Redirect>/other</Redirect>")
    stage.page("/other", Reply(status=500))
    stage.caller.dials(stage.line).hears(APOLOGY).has_ended()
    assert [len(stage.asked(path)) for path in ("/voice", "/fallback", "/other")] == [1, 1, 1]
    assert [alert.code for alert in stage.exchange.alerts] == [11200, 11200]


# 2.4: the fallback's "TwiML continues the call", and "serves any failure to retrieve or execute TwiML on the call".
def test_a_fallback_serves_again_after_something_was_played(stage: Stage) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.page("/voice", Reply(status=500))
    again = ["<Say>One moment.</Say><Redirect>/voice</Redirect>", "<Say>Please call again.</Say>"]
    stage.page("/fallback", lambda _: again.pop(0))
    stage.caller.dials(stage.line).hears("One moment.").hears("Please call again.").has_ended()


# 4.1: Redirect "blank = same document". 2.6: "11215: too many redirects". How many of them is a choice.
@pytest.mark.parametrize("page", ["<Redirect/>", "<Redirect>/other</Redirect>"])
def test_documents_that_only_lead_on_come_to_an_end(stage: Stage, page: str) -> None:
    stage.page("/voice", page)
    stage.page("/other", "<Redirect>/voice</Redirect>")
    stage.caller.dials(stage.line).hears(APOLOGY).has_ended()
    assert len(stage.exchange.requests) == MOST_IN_A_ROW
    assert [alert.code for alert in stage.exchange.alerts] == [11215]


# 4.5: the waitUrl of a conference; 4.6 that of a queue; 5.5: an announcement. 2.6: "11215: too many redirects".
@pytest.mark.parametrize(
    "verbs",
    [
        '<Dial action="/after"><Conference waitUrl="/wait">room</Conference></Dial>',
        '<Enqueue action="/after" waitUrl="/wait">queue</Enqueue>',
    ],
)
def test_music_that_only_leads_on_comes_to_an_end(stage: Stage, verbs: str) -> None:
    stage.plays(verbs)
    stage.page("/wait", "<Redirect/>")
    stage.caller.dials(stage.line).has_ended()
    assert len(stage.asked("/wait")) == MOST_IN_A_ROW
    assert len(stage.asked("/after")) == 1
    assert [alert.code for alert in stage.exchange.alerts] == [11215]


# 5.5: announcement-fail. 2.6: "11215: too many redirects".
def test_an_announcement_that_only_leads_on_fails(stage: Stage, rest: Rest) -> None:
    stage.plays("<Dial><Conference>room</Conference></Dial>")
    stage.page("/news", "<Redirect/>")
    stage.caller.dials(stage.line)
    (room,) = stage.exchange.rooms.all.values()
    rest("POST", f"/Conferences/{room.sid}.json", AnnounceUrl=f"{BASE}/news")
    stage.settles()
    assert len(stage.asked("/news")) == MOST_IN_A_ROW
    assert [alert.code for alert in stage.exchange.alerts] == [11215]


# 4: "Verbs run top to bottom": what is played between two of them makes it no chain.
def test_a_menu_may_be_repeated_for_ever(stage: Stage) -> None:
    stage.page("/voice", "<Say>Hello.</Say><Redirect/>")
    stage.caller.dials(stage.line)
    stage.passes(60)
    assert len(stage.asked("/voice")) > MOST_IN_A_ROW
    stage.caller.hangs_up()
    assert stage.exchange.alerts == []


class BrokenError(Exception):
    """An error of the simulator's own."""


@pytest.fixture
def broken_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    async def pause(reading: Any, verb: Any) -> None:
        raise BrokenError("a fault of ours")

    monkeypatch.setattr("simulator.calls.documents.VERBS", {**VERBS, "Pause": pause})


# 2.6: "12400 internal". A call that meets an error of our own ends and is told of; all else goes on.
async def test_in_real_time_an_error_of_our_own_ends_that_call_alone(
    broken_pause: None, caplog: pytest.LogCaptureFixture
) -> None:
    script = Script({"/voice": "<Pause/>", "/other": '<Gather timeout="60"/>'})
    exchange = Exchange(RealClock(), send=AsgiTransport(script), strict=False)
    line = exchange.add_number(LINE, voice_url=f"{BASE}/voice", status_callback=f"{BASE}/ended")
    other = exchange.add_number("+15875550101", voice_url=f"{BASE}/other")
    ana, cora = (Handset(exchange, exchange.phone(number, name)) for number, name in ((FIRST, "Ana"), (CALLER, "Cora")))
    with caplog.at_level(logging.ERROR, logger="simulator"):
        await ana.dials(other)
        await cora.dials(line)
    assert cora.leg.is_over
    assert ana.leg.is_live
    assert [(alert.code, alert.call_sid) for alert in exchange.alerts] == [(12400, cora.leg.sid)]
    assert "a fault of ours" in exchange.alerts[0].message
    assert "BrokenError" in caplog.text
    await exchange.clock.ends()


# 5.1: nobody is left ringing when the caller's end of the Dial is gone, not even by an error of our own.
def test_nobody_is_left_behind_by_an_error_of_our_own(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.plays(f"<Dial>{FIRST}</Dial>")
    stage.caller.dials(stage.line)
    stage.first.rings()

    def breaks(*_: Any) -> None:
        raise BrokenError("a fault of ours")

    monkeypatch.setattr(stage.exchange, "bridged", breaks)
    with pytest.raises(BrokenError):
        stage.first.answers()
    assert all(leg.is_over for leg in stage.exchange.legs.values())
