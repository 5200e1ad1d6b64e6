"""Opt-out words, Twilio's own answers to them, and who is blocked since (twilio.md 6.6)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.people.scripted import BASE, CALLER, FIRST, LINE, Stage
from simulator.texts.optout import HELP_TEXT, START_TEXT, STOP_TEXT, OptOutWords
from tests.simulator.asking import Rest

TOLL_FREE, SHORT_CODE = "+18885550100", "55501"


@pytest.fixture
def desk(stage: Stage) -> Stage:
    stage.line.sms_url = f"{BASE}/text"
    stage.page("/text", "")
    return stage


def outcome(rest: Rest, **form: Any) -> tuple[int, int | None]:
    answer = rest("POST", "/Messages.json", **({"To": CALLER, "From": LINE, "Body": "Hello."} | form))
    return answer.status_code, answer.json().get("code")


SENT, REFUSED = (201, None), (400, 21610)


# 6.6: "Long codes, default, no configuration: opt-out words STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE,
# OPTOUT"; "Whole message equals one word, case-insensitive"; "Twilio replies with a standard text, blocks the pair ...,
# and STILL calls our webhook. Later sends fail with 400/21610".
@pytest.mark.parametrize(
    "word", ["STOP", "StopAll", "unsubscribe", "Cancel", "end", "QUIT", "revoke", "OptOut", " stop \n"]
)
def test_the_words_of_a_long_code(desk: Stage, rest: Rest, word: str) -> None:
    assert outcome(rest) == SENT
    desk.caller.sends_text(desk.line, word)
    assert desk.told("/text")["Body"] == word
    assert "OptOutType" not in desk.told("/text")
    assert outcome(rest) == REFUSED
    desk.caller.got_text(STOP_TEXT)
    assert outcome(rest, To=FIRST) == SENT


# 6.6: "`stop please` does not count"; "nothing confirms [ARRET ...] for plain numbers"; "YES in older text".
@pytest.mark.parametrize("body", ["stop please", "please stop", "STOP.", "stopp", "ARRET", "arrêt", "", "no"])
def test_what_is_no_opt_out(desk: Stage, rest: Rest, body: str) -> None:
    desk.caller.sends_text(desk.line, body)
    desk.passes(5)
    desk.caller.got_no_text()
    assert outcome(rest) == SENT


# 6.6: "opt-in START, UNSTOP (YES in older text)"; "Later sends fail ... until START".
@pytest.mark.parametrize(("word", "lifts"), [("START", True), ("unstop", True), ("YES", False)])
def test_the_words_that_lift_it(desk: Stage, rest: Rest, word: str, lifts: bool) -> None:
    desk.caller.sends_text(desk.line, "STOP").sends_text(desk.line, word)
    desk.passes(5)
    assert outcome(rest) == (SENT if lifts else REFUSED)
    assert [text.body for text in desk.caller.texts] == [STOP_TEXT, START_TEXT][: 1 + lifts]
    assert len(desk.asked("/text")) == 2


# 6.6: "help HELP, INFO".
@pytest.mark.parametrize("word", ["HELP", "info"])
def test_help_is_answered_and_blocks_nothing(desk: Stage, rest: Rest, word: str) -> None:
    desk.caller.sends_text(desk.line, word).got_text(HELP_TEXT)
    assert outcome(rest) == SENT
    assert len(desk.asked("/text")) == 1


# A choice: Twilio answers an opt-out or an opt-in once, when it changes something, and HELP of nobody who is out.
def test_a_word_that_changes_nothing_is_not_answered(desk: Stage) -> None:
    for word in ("START", "STOP", "STOP", "HELP"):
        desk.caller.sends_text(desk.line, word)
        desk.passes(5)
    assert [text.body for text in desk.caller.texts] == [STOP_TEXT]


# 6.6: "Do not answer these words ourselves (double reply, or 21610)." 2.6: "21610: ... nothing sent".
def test_a_reply_to_stop_goes_nowhere(desk: Stage) -> None:
    desk.page("/text", "<Message>Goodbye.</Message>")
    desk.caller.sends_text(desk.line, "STOP")
    desk.passes(10)
    assert [text.body for text in desk.caller.texts] == [STOP_TEXT]
    assert desk.exchange.alerts[-1].code == 21610


# 6.6: "blocks the pair (user number, our number or Messaging Service)".
def test_the_pair_alone_is_blocked(desk: Stage, rest: Rest) -> None:
    desk.exchange.add_number("+15875550101")
    desk.caller.sends_text(desk.line, "STOP")
    assert outcome(rest, From="+15875550101") == SENT


# 6.6: "applies to all senders of the service". 7.3: From and/or MessagingServiceSid.
def test_a_whole_service_is_blocked(desk: Stage, rest: Rest) -> None:
    other = desk.exchange.add_number("+15875550101")
    service = desk.exchange.services.add("Desk", [desk.line, other])
    desk.caller.sends_text(desk.line, "STOP")
    for form in ({}, {"From": other.phone_number}, {"From": "", "MessagingServiceSid": service.sid}):
        assert outcome(rest, **form) == REFUSED
    desk.caller.sends_text(other, "START")
    assert outcome(rest) == SENT


# 6.3, 6.6: a text that was scheduled before is not sent to one who has opted out since.
def test_a_scheduled_text_meets_an_opt_out(desk: Stage, rest: Rest) -> None:
    service = desk.exchange.services.add("Desk", [desk.line])
    form = {"MessagingServiceSid": service.sid, "ScheduleType": "fixed", "SendAt": "2026-11-02T16:15:00Z"}
    assert outcome(rest, **form, StatusCallback=f"{BASE}/told") == SENT
    desk.caller.sends_text(desk.line, "STOP")
    desk.passes(1000)
    assert (desk.told("/told")["MessageStatus"], desk.told("/told")["ErrorCode"]) == ("failed", "21610")
    desk.caller.got_no_text("Hello.")


# 6.6: "Toll-free: network-level, only STOP / START / UNSTOP, cannot be changed."
def test_a_toll_free_number(desk: Stage, rest: Rest) -> None:
    free = desk.exchange.add_number(TOLL_FREE)
    for word in ("CANCEL", "HELP", "INFO", "OPTOUT"):
        desk.caller.sends_text(free, word)
    desk.passes(5)
    desk.caller.got_no_text()
    desk.caller.sends_text(free, "stop").got_text("NETWORK MSG: You replied with the word")
    assert outcome(rest, From=TOLL_FREE) == REFUSED
    desk.caller.sends_text(free, "Unstop").got_text('NETWORK MSG: You have replied "unstop"')
    assert outcome(rest, From=TOLL_FREE) == SENT
    own_words = OptOutWords(stop=frozenset({"GENUG"}), stop_text="Genug.")
    desk.exchange.services.add("Free", [free], opt_out=own_words)
    desk.caller.sends_text(free, "STOP").got_no_text("Genug.")
    assert outcome(rest, From=TOLL_FREE) == REFUSED


# 6.6: "Short codes: nothing is handled unless in a Messaging Service with Advanced Opt-Out."
def test_a_short_code(desk: Stage, rest: Rest) -> None:
    short = desk.exchange.add_number(SHORT_CODE, sms_url=f"{BASE}/text")
    desk.caller.sends_text(short, "STOP")
    desk.passes(5)
    desk.caller.got_no_text()
    assert outcome(rest, From=SHORT_CODE) == SENT
    desk.exchange.services.add("Short", [short], opt_out=OptOutWords())
    desk.caller.sends_text(short, "STOP").got_text(STOP_TEXT)
    assert outcome(rest, From=SHORT_CODE) == REFUSED


# 6.6: "Advanced Opt-Out (Messaging Service): own words, languages and texts; STOP, START, UNSTOP, HELP cannot be
# removed; adds OptOutType". 6.1: "OptOutType: STOP, START, HELP; only with Advanced Opt-Out".
@pytest.mark.parametrize(
    ("body", "kind", "reply"),
    [
        ("Arrêt", "STOP", "C'est fini."),
        ("STOP", "STOP", "C'est fini."),
        ("aide", "HELP", "Appelez-nous."),
        ("help", "HELP", "Appelez-nous."),
        ("CANCEL", None, None),
        ("Bonjour", None, None),
    ],
)
def test_advanced_opt_out(desk: Stage, body: str, kind: str | None, reply: str | None) -> None:
    words = OptOutWords(
        frozenset({"Arrêt"}),
        frozenset({"Reprendre"}),
        frozenset({"Aide"}),
        "C'est fini.",
        "Re-bonjour.",
        "Appelez-nous.",
    )
    desk.exchange.services.add("Bureau", [desk.line], opt_out=words)
    desk.caller.sends_text(desk.line, body)
    desk.passes(5)
    assert desk.told("/text").get("OptOutType") == kind
    assert [text.body for text in desk.caller.texts] == ([reply] if reply else [])
    if kind == "STOP":
        desk.caller.sends_text(desk.line, "reprendre").got_text("Re-bonjour.")
        assert desk.told("/text")["OptOutType"] == "START"


# 6.6: "opt-outs are shared between SMS, MMS and RCS of the same sender/service". A choice: no word counts elsewhere.
def test_channels_share_an_opt_out(desk: Stage, rest: Rest) -> None:
    desk.caller.sends_text(desk.line, "STOP", channel="rcs")
    assert outcome(rest) == REFUSED
    assert outcome(rest, MediaUrl=f"{BASE}/x.png") == REFUSED
    assert outcome(rest, To=f"rcs:{CALLER}", From=f"rcs:{LINE}") == REFUSED
    assert outcome(rest, To=f"whatsapp:{CALLER}", From=f"whatsapp:{LINE}") == SENT
    desk.first.sends_text(desk.line, "STOP", channel="whatsapp")
    assert outcome(rest, To=FIRST) == SENT
    assert outcome(rest, To=f"whatsapp:{FIRST}", From=f"whatsapp:{LINE}") == SENT


# 6.6: Twilio's own answer is no message of ours.
def test_twilios_answer_is_not_in_our_list(desk: Stage, rest: Rest) -> None:
    desk.caller.sends_text(desk.line, "STOP").got_text(STOP_TEXT)
    assert [each["direction"] for each in rest("GET", "/Messages.json").json()["messages"]] == ["inbound"]
