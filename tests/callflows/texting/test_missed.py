"""A call that reached nobody is followed by one text, never in the client's night, never to whom it may not go."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.events import CallArrived, CallOver
from callflows.text_actions import SendOn, SendText
from callflows.text_events import CallMissed
from callflows.texting import owing
from callflows.texting.missed import EVENING, MORNING
from routing.floor import Floor
from tests.builders import CALLER, CLARA, LINE, TABER, floor, local, matter, said, standing, unknown_floor
from tests.callflows.call import CALL, Call
from tests.callflows.correspondence import Correspondence, text_version

MISSED = CallMissed("", "acall", 12, "clara", TABER.municipality, "south", "en")
NOBODY = tuple(standing(key, presence=said("off")) for key in ("ana", "ben", "cho"))


def followed_up(facts: Floor, *, trusted: bool = True) -> list[SendOn]:
    """The caller hears that nobody is there, and hangs up."""
    call = Call(facts)
    call.takes(CallArrived(CALL, facts.number, LINE, trusted=trusted))
    call.takes(CallOver(CALL, "completed"))
    return [one for turn in call.turns for one in turn.changes if isinstance(one, SendOn)]


def test_whoever_reached_nobody_is_written_to_once() -> None:
    (one,) = followed_up(floor(*NOBODY))
    assert (one.contact, one.line, one.peer) == ("", "", ""), "on the line, with the caller"
    assert isinstance(one.event, CallMissed)
    assert (one.event.contact, one.event.client, one.event.municipality) == ("contact", "clara", TABER.municipality)
    assert (one.event.pod, one.event.language) == ("south", "en")


def test_somebody_who_is_not_known_is_written_to_as_well() -> None:
    (one,) = followed_up(unknown_floor(*NOBODY))
    assert isinstance(one.event, CallMissed)
    assert (one.peer, one.event.client) == ("", "")


@pytest.mark.parametrize(
    "facts",
    [
        {"silenced": True},
        {"deaf": True},
        {"recent_calls": 1},
        {"from_our_line": True},
        {"number": "+18005550123"},
        {"number": ""},
    ],
    ids=lambda one: next(iter(one)),
)
def test_whom_nothing_is_written(facts: dict[str, object]) -> None:
    assert followed_up(floor(*NOBODY, **facts)) == []


def test_a_number_that_may_be_made_up_is_not_written_to() -> None:
    assert followed_up(floor(*NOBODY), trusted=False) == []


def test_whoever_talked_with_somebody_is_not_written_to() -> None:
    call = Call(floor())
    call.takes(CallArrived(CALL, CALLER, LINE, trusted=True))
    call.accepts()
    call.takes(CallOver(CALL, "completed"))
    assert call.contact.outcome == "answered"
    assert [one for turn in call.turns for one in turn.changes if isinstance(one, SendOn)] == []


# What the text says, and when it goes.


def missed(facts: Floor, event: CallMissed = MISSED) -> Correspondence:
    made = Correspondence(text_version({}), replace(facts, peer=CALLER))
    made.takes(event)
    return made


def test_it_can_be_answered_and_reaches_the_owner_of_the_matter() -> None:
    made = missed(floor(matter=matter(12, "ben")))
    assert made.sent == [
        "Hello Clara Whitfield, we missed your call. Tell us here what you need, and your team will answer."
    ]
    assert (made.contact.stage, made.contact.matter, made.contact.client) == ("conversing", 12, "clara")
    assert owing.QUIET in {one.timer for one in made.turns[-1].changes if hasattr(one, "timer")}
    made.writes("The tax roll")
    assert made.given == [("ben", ("SM1",))]


def test_whom_a_call_was_promised_is_told_by_when() -> None:
    due = int(local("2026-11-03 12:00").timestamp())
    (said,) = missed(floor(), replace(MISSED, due=due)).sent
    assert said.startswith("Hello Clara Whitfield, we could not take your call. We will call you by ")
    assert "noon" in said or "12:00" in said


def test_a_french_speaker_is_told_in_french() -> None:
    made = missed(floor(callers=(replace(CLARA, language="fr"),)), replace(MISSED, language="fr"))
    assert "appel" in made.sent[0]


def test_whoever_tries_again_and_again_is_written_to_once_an_hour() -> None:
    made = missed(floor())
    for minutes in (1, 30, 28):
        made.passes(minutes=minutes)
        made.takes(MISSED)
        assert made.sent == []
    made.passes(minutes=2)
    made.takes(MISSED)
    assert len(made.sent) == 1


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        ("2026-11-03 07:59", "2026-11-03 08:00"),
        ("2026-11-03 08:00", None),
        ("2026-11-03 20:59", None),
        ("2026-11-03 21:00", "2026-11-04 08:00"),
        ("2026-11-04 00:00", "2026-11-04 08:00"),
        ("2026-10-31 23:00", "2026-11-01 08:00"),  # the clocks go back meanwhile
    ],
)
def test_it_waits_for_the_clients_morning(at: str, goes: str | None) -> None:
    made = missed(floor(at=local(at)))
    (sent,) = [one for one in made.turns[-1].changes if isinstance(one, SendText)]
    assert sent.due_at == (local(goes) if goes else None)


@settings(deadline=None)
@given(
    st.integers(0, 2 * 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(
        ["America/St_Johns", "America/Halifax", "America/Toronto", "America/Edmonton", "America/Vancouver"]
    ),
)
def test_in_any_time_zone_nothing_is_begun_at_night(at: datetime, zone: str) -> None:
    made = missed(floor(at=at, municipalities={TABER.municipality: replace(TABER, timezone=zone)}))
    (sent,) = [one for one in made.turns[-1].changes if isinstance(one, SendText)]
    goes = sent.due_at or at
    assert at <= goes < at + timedelta(hours=13)
    assert MORNING <= goes.astimezone(ZoneInfo(zone)).time() < EVENING
    assert sent.due_at is None or goes.astimezone(ZoneInfo(zone)).time() == time(8)
