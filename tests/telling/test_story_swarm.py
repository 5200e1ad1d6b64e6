"""A swarm's story in plain words: told whole, and a long wait in a few lines."""

from typing import Any

import pytest

from tests.telling.kept import crew, crew_call
from tests.telling.test_story import event, sentence, story
from tests.telling.test_why_swarm import nobody_of_the_pod, twilios_api_is_away


def test_a_long_wait_is_one_line() -> None:
    call = crew_call()
    nobody_of_the_pod(call)
    call.placed("dan", "eve")
    for _ in range(4):
        call.passes(12)
        call.stays_silent()
    call.helper_picks_up("dan")
    call.passes(3)
    call.stays_silent()
    call.helper_presses("dan", "1")
    call.joins_room("dan")
    call.passes(1)
    call.moved()
    call.helper_leg_ends("eve", status="canceled")
    call.passes(61)
    call.over()
    assert call.retold(why=True)[9:] == [
        "10:00:26 Rang Ben 20 s: no answer.",
        "         A swarm was opened: 2 people are asked to help, all at once.",
        "         Asked to help: Dan and Eve.",
        "         They heard that people who can help are being called, and what they can press meanwhile.",
        "           because: Fay was left out: away",
        "10:00:38 They heard that we are still trying, 4 times until 10:01:14.",
        "10:01:17 They heard that somebody has picked up.",
        "         Dan pressed 1 to join.",
        "         Dan became the owner.",
        "10:01:18 They heard that somebody is there for them.",
        "         Rang Dan 48 s: joined.",
        "         Dan and the client can hear each other.",
        "         Rang Eve 52 s: no longer needed.",
        "10:02:19 Dan left the swarm after 1 min 1 s with the client.",
        "         The swarm was closed: the caller hung up.",
        "         Ended: answered by a swarm (the caller hung up).",
    ]


def test_two_waits_are_two_lines() -> None:
    opened, closed = event("swarm_opened", helpers=2), event("swarm_closed", after=40, why="nobody came")
    again = event("swarm_opened", after=40, helpers=1)
    rounds = [event("prompted", after=after, prompt="swarm_still") for after in (12, 24, 52, 64, 76)]
    told = story(opened, *rounds[:2], closed, again, *rounds[2:])
    assert [one for one in told if "still trying" in one] == [
        "They heard that we are still trying, 2 times until 16:00:27.",
        "They heard that we are still trying, 3 times until 16:01:19.",
    ]


def test_helpers_who_are_rung_one_by_one_take_the_call() -> None:
    told = [line[9:] for line in twilios_api_is_away().retold(why=True)]
    for said in (
        "  because: Twilio's API could not be made to ring Dan",
        "The swarm was closed: Twilio's API is away.",
        "  because: Twilio's API is away, so 2 who could help are rung one by one from the client's own call",
        "  because: Dan was next of those whose telephones Twilio's API could not ring",
        "Dan pressed 2 and passed.",
        "Rang Dan 0 s: passed it on.",
        "Eve pressed 1 and took the call.",
    ):
        assert said in told


def test_many_who_are_left_out_for_one_reason_are_one_sentence() -> None:
    call = crew_call(*crew(dan={"presence": crew()[4].presence}))
    nobody_of_the_pod(call)
    assert "because: left out (away): Dan and Fay" in "\n".join(call.retold(why=True))


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"result": "accepted", "key": "1"}, "Rang Ana Ferreira 7 s: joined."),
        ({"result": "declined", "key": "3"}, "Rang Ana Ferreira 7 s: declined to help."),
        ({"result": "no_answer"}, "Rang Ana Ferreira 7 s: did not answer."),
        ({"result": "busy"}, "Rang Ana Ferreira: busy."),
        ({"result": "failed"}, "Rang Ana Ferreira: the call failed."),
        ({"result": "failed", "key": "1"}, "Rang Ana Ferreira 7 s: pressed 1, but was gone before the client came."),
        ({"result": "canceled"}, "Rang Ana Ferreira 7 s: no longer needed."),
        ({"result": "canceled", "key": "1"}, "Rang Ana Ferreira 7 s: pressed 1, but was no longer needed."),
        ({"result": "not_screened"}, "Rang Ana Ferreira 7 s: picked up, but pressed no key."),
    ],
)
def test_what_a_helper_did(detail: dict[str, Any], said: str) -> None:
    told = story(event("swarm_invited", "ana", ring=2), event("ring_ended", "ana", 9, ring=2, rang=7, **detail))
    assert told == ["Asked to help: Ana Ferreira.", said]


@pytest.mark.parametrize(
    ("prompts", "key", "said"),
    [
        (("swarm_opened", "swarm_keys"), "1", "The caller pressed 1 to be called back."),
        (("swarm_still",), "2", "The caller pressed 2 to leave a message."),
        (("swarm_listening",), "7", "The caller pressed 7."),
        (("voicemail", "callback_offer", "voicemail_tone"), "1", "The caller pressed 1 to be called back."),
        (("callback_number", "callback_number_keys"), "2", "The caller pressed 2 to give another number."),
        (("closed.say",), "1", "The caller pressed 1."),
    ],
)
def test_what_the_callers_key_meant(prompts: tuple[str, ...], key: str, said: str) -> None:
    heard = [event("prompted", prompt=one) for one in prompts]
    rings = event("ring_started", "ana", 3, ring=2)  # a helper's telephone changes nothing for the caller
    assert story(*heard, rings, event("pressed", after=5, key=key))[-1] == said


def test_a_helpers_key_is_none_of_a_hunts() -> None:
    invited = event("swarm_invited", "ana", ring=2)
    keys = [event("pressed", "ana", after, key=key) for after, key in ((5, "9"), (7, "2"))]
    assert story(invited, *keys, event("swarm_closed", after=8), event("pressed", "ana", 9, key="1")) == [
        "Asked to help: Ana Ferreira.",
        "Ana Ferreira pressed 9, which does nothing there.",
        "Ana Ferreira pressed 2 and passed.",
        "The swarm was closed.",
        "Ana Ferreira pressed 1 and took the call.",
    ]


NO_STEP = {"reason": "no such step", "step": "x"}
NO_WORDS = {"reason": "a template that can't be used", "prompt": "closed.say"}


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        ("swarm_opened", {"helpers": 1}, "A swarm was opened: one person is asked to help."),
        ("swarm_opened", {"helpers": 3, "pod": "taber"}, "Pod Taber is rung all at once: 3 people."),
        ("swarm_closed", {"why": "nobody came"}, "The swarm was closed: nobody came."),
        ("flow_error", NO_STEP, "The flow could not go on to step “x” (no such step), so a message was taken."),
        (
            "flow_error",
            NO_WORDS,
            "The prompt “closed.say” of the flow could not be said (a template that can't be used); other words were.",
        ),
        ("prompted", {"prompt": "closed.say"}, "They heard the prompt “closed.say” of the flow."),
    ],
)
def test_words_of_flow_and_swarm(kind: str, detail: dict[str, Any], said: str) -> None:
    assert sentence(kind, **detail) == said


def test_who_became_the_owner_instead() -> None:
    said = sentence("owner_changed", "ben", instead_of="ana")
    assert said == "Ben Oduya became the owner instead of Ana Ferreira."
