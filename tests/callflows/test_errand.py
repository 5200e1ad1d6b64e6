"""A promise is kept by a call of ours: its owner is rung, presses 1, and is connected with the client."""

from dataclasses import replace
from typing import Any

import pytest

from callflows.actions import (
    CallOut,
    DialClient,
    Hangup,
    KeepPromises,
    Occupy,
    RememberTalk,
    Reserve,
    Screen,
)
from callflows.events import (
    CallerPressed,
    CallerStayed,
    ClientCalled,
    Event,
    KeyPressed,
    LegEnded,
    LegPickedUp,
)
from routing.floor import OpenPromise, Talk
from tests.builders import CLARA, NOW, TABER, TRIO, floor, matter, said, standing, version
from tests.callflows.call import Call, changes_of
from tests.callflows.errands import (
    DUE,
    HUNG_UP,
    PICKED_UP,
    REACHED,
    called,
    errand,
    held,
    kept,
    not_reached,
    reached,
    taken,
)

# Whom we ring.


def test_the_owner_is_rung_by_a_call_of_ours() -> None:
    call = errand()
    assert changes_of(call, Reserve, CallOut) == [Reserve("ben"), CallOut("ben", 1, 20)]
    assert (call.replies, call.contact.stage, call.contact.errand) == ((), "errand", "contact-1")
    assert [one.kind for one in call.last.story] == ["received", "ring_started"]


PROMISED_BY_ANA = replace(matter(12, "ben"), promises=(OpenPromise(1, "ana", NOW, "contact-1"),))


@pytest.mark.parametrize(
    ("people", "facts", "first"),
    [
        (TRIO, {}, "ben"),
        (TRIO, {"matter": PROMISED_BY_ANA}, "ana"),
        (("ana", standing("ben", presence=said("away")), "cho"), {}, "ana"),
        (("ana", standing("ben", presence=said("off")), "cho"), {"talks": (Talk("clara", "", "cho", NOW),)}, "cho"),
        (TRIO, {"clients": {"clara": replace(CLARA, unwanted=("ben", "ana"))}}, "cho"),
        (TRIO, {"clients": {"clara": replace(CLARA, wanted=("cho",))}}, "ben"),
        (TRIO, {"municipalities": {"4802022": replace(TABER, unwanted=("ben",))}}, "ana"),
        (("ana", standing("ben", languages=("fr",)), "cho"), {}, "ana"),
    ],
    ids=[
        "the promise's owner",
        "who promised it, before the matter's owner",
        "the owner is away: the pod's next",
        "the owner is off duty: who last talked with them",
        "whom the client never wants is never rung",
        "the owner before whom the client wants",
        "whom the municipality never wants is never rung",
        "who doesn't speak the client's language is not rung",
    ],
)
def test_the_owner_first_then_whoever_would_take_a_call_of_theirs(
    people: tuple[Any, ...], facts: dict[str, Any], first: str
) -> None:
    assert called(errand(*people, **facts)) == [first]


@pytest.mark.parametrize("how", ["passes", "no-answer", "busy", "failed", "canceled", "voicemail"])
def test_whoever_does_not_take_it_is_followed_by_the_pods_next(how: str) -> None:
    call = errand()
    if how == "passes":
        call.picks_up()
        call.presses("2")
    elif how == "voicemail":
        call.picks_up()
    call.takes(LegEnded("CA1", 1, "completed" if how in ("passes", "voicemail") else how))
    assert called(call) == ["ben", "ana"]
    assert held(call) == ["ana"]


def test_when_nobody_takes_it_the_errand_is_over_and_nobody_is_held() -> None:
    call = errand()
    for _ in range(3):
        call.leg_ends("no-answer")
    assert called(call) == ["ben", "ana", "cho"]
    assert (call.contact.is_over, held(call), kept(call)) == (True, [], False)
    assert call.results == [("ben", "no_answer"), ("ana", "no_answer"), ("cho", "no_answer")]


def test_nobody_at_all_is_free_and_it_ends_at_once() -> None:
    call = errand(*(standing(key, presence=said("away")) for key in TRIO))
    assert (call.contact.is_over, called(call), changes_of(call, Reserve)) == (True, [], [])


def test_an_errand_rings_no_more_often_than_a_hunt() -> None:
    call = Call(floor(callers=(), matter=matter(12, "ben", NOW)), version(hunt_rings=1))
    call.takes(DUE)
    call.leg_ends("no-answer")
    assert (called(call), call.contact.is_over) == (["ben"], True)


@pytest.mark.parametrize("facts", [{"matter": matter(12, "ben")}, {"matters": ()}], ids=["kept", "closed"])
def test_a_promise_that_was_kept_meanwhile_rings_nobody(facts: dict[str, Any]) -> None:
    call = errand(**{"matter": None, **facts} if "matters" not in facts else {"matter": None})
    assert (called(call), call.contact.is_over) == ([], True)


def test_a_promise_to_an_unknown_caller_is_kept_by_its_owner() -> None:
    nobody = replace(DUE, client="", municipality="", pod="")
    call = errand(due=nobody, matter=matter(12, "ben", NOW, client="", place=""), clients={})
    assert called(call) == ["ben"]
    call.leg_ends("busy")
    assert call.contact.is_over


# The technician's leg.


def test_who_picks_up_hears_that_a_call_back_is_due() -> None:
    call = errand()
    call.picks_up()
    assert isinstance(call.replies[0], Screen)
    assert call.said[:2] == ["whisper_errand", "whisper_who"]


def test_who_picks_up_hears_who_is_to_be_called_however_long_the_names_are() -> None:
    call = errand(
        clients={"clara": replace(CLARA, name="Maximiliana Featherstonehaugh-Cholmondeley")},
        municipalities={"4802022": replace(TABER, name="Resort Municipality of Stanley Bridge-Hope River")},
    )
    call.picks_up()
    assert call.said[:2] == ["whisper_errand", "whisper_who"]


def test_key_one_calls_the_client() -> None:
    turn = taken().last
    assert (turn.replies[-1], changes_of(turn, Occupy)) == (DialClient(12), [Occupy("ben")])


@pytest.mark.parametrize("digits", ["", "7"])
def test_without_key_one_no_client_is_ever_called(digits: str) -> None:
    call = errand()
    call.picks_up()
    call.passes(24)
    call.presses(digits)
    assert call.replies[-1] == Hangup()
    assert not any(isinstance(one, DialClient) for turn in call.turns for one in turn.replies)


@pytest.mark.parametrize("number", [1, 2])
def test_a_telephone_of_an_earlier_ring_calls_nobody(number: int) -> None:
    call = errand()
    call.leg_ends("no-answer")
    turn = call.takes(KeyPressed("CA1", 1, "1"))
    assert turn.replies[-1] == Hangup()
    assert call.takes(LegPickedUp("CA1", 1)).replies[-1] == Hangup()
    assert call.takes(HUNG_UP).changes == ()


# The client is reached, or not.


@pytest.mark.parametrize(
    "answer",
    [CallerPressed("CA1", "1"), CallerStayed("CA1"), CallerPressed("CA1", "7"), HUNG_UP],
)
def test_who_talked_with_the_client_has_kept_the_promise(answer: Event) -> None:
    call = reached()
    call.takes(answer)
    assert (call.contact.is_over, call.contact.outcome, kept(call), held(call)) == (True, "answered", True, [])
    assert changes_of(call, RememberTalk) == [RememberTalk("ben")]
    assert [one.detail["result"] for one in call.story("client_called")] == ["reached"]


def test_a_voicemail_keeps_no_promise() -> None:
    call = reached()
    call.takes(CallerPressed("CA1", "2"))
    assert (call.contact.is_over, kept(call), held(call)) == (True, False, [])
    assert changes_of(call, RememberTalk) == []


@pytest.mark.parametrize(("status", "bridged"), [("no-answer", False), ("busy", None), ("completed", False)])
def test_a_client_who_is_not_reached_may_be_called_once_more(status: str, bridged: bool | None) -> None:
    call = taken()
    call.takes(ClientCalled("CA9", status, bridged))
    assert call.takes(CallerPressed("CA1", "1")).replies[-1] == DialClient(12)
    call.takes(PICKED_UP)
    call.takes(REACHED)
    call.takes(CallerPressed("CA1", "1"))
    assert (kept(call), held(call)) == (True, [])
    assert len(call.story("client_called")) == 2


@pytest.mark.parametrize("answer", [CallerPressed("CA1", "2"), CallerStayed("CA1"), HUNG_UP])
def test_a_client_who_is_not_reached_is_still_owed_the_call(answer: Event) -> None:
    call = not_reached()
    call.takes(answer)
    assert (call.contact.is_over, kept(call), held(call)) == (True, False, [])


def test_the_promise_of_another_contact_of_the_same_matter_is_kept_too() -> None:
    call = taken(errand(matter=matter(12, "ben", NOW, NOW)))
    call.takes(PICKED_UP)
    call.takes(HUNG_UP)
    assert [one.promises for one in changes_of(call, KeepPromises)] == [(1, 2)]
