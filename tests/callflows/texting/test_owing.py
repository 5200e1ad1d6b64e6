"""What a conversation is owed, in the client's own business hours; and what its timers bring."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.actions import KeepPromises, MakePromise, MarkOverdue, SetTimer, Text
from callflows.text_actions import RelayText
from callflows.texting import owing
from callflows.turn import Turn
from routing.due import due_at
from routing.floor import Floor, Presence
from routing.hours import Week
from tests.builders import CALLER, NOW, TABER, WORKDAYS, changed, floor, local, matter, said, standing
from tests.callflows.correspondence import Correspondence, known_text_flow, text_flow, text_version

STRAIGHT = text_flow(who={"step": "identify", "next": "person", "unknown": "person", "ask": False})
ZONES = ("America/St_Johns", "America/Toronto", "America/Edmonton", "America/Vancouver", "America/Regina")


def correspond(facts: Floor, hours: str = "24/7") -> Correspondence:
    return Correspondence(text_version(STRAIGHT, hours=hours), replace(facts, peer=CALLER))


def due(turn: Turn) -> datetime | None:
    return next((one.due_at for one in turn.changes if isinstance(one, MakePromise) and one.kind == "reply"), None)


def timers(turn: Turn) -> dict[str, datetime]:
    return {one.timer: one.due_at for one in turn.changes if isinstance(one, SetTimer)}


@pytest.mark.parametrize(
    ("at", "tier", "expected"),
    [
        ("2026-11-03 10:00", "", "2026-11-03 11:00"),
        ("2026-11-03 10:00", "enhanced", "2026-11-03 10:30"),
        ("2026-11-03 16:00", "", "2026-11-04 09:00"),  # half an hour today, half an hour tomorrow
        ("2026-11-03 20:00", "", "2026-11-04 09:30"),
        ("2026-11-06 16:30", "", "2026-11-09 09:30"),  # over a weekend
        ("2026-11-10 16:30", "", "2026-11-12 09:30"),  # Remembrance Day
        ("2026-11-10 16:30", "enhanced", "2026-11-12 09:00"),
    ],
)
def test_an_answer_is_owed_within_so_much_of_the_clients_business_time(at: str, tier: str, expected: str) -> None:
    place = replace(TABER, tier=tier)
    facts = floor(at=local(at), municipalities={"4802022": place}, holidays={date(2026, 11, 11)})
    assert due(correspond(facts).writes("Hello")) == local(expected)


@settings(deadline=None)
@given(
    st.integers(0, 700 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.sampled_from(ZONES),
    st.sampled_from(["", "Mon-Fri 08:00-12:00, 13:00-17:00", "24/7", "Sat-Sun 22:00-06:00"]),
    st.sets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=4),
    st.sampled_from(["", "standard", "enhanced"]),
)
def test_whenever_somebody_writes_all_they_are_owed_falls_into_their_own_hours(
    at: datetime, zone: str, hours: str, days: set[date], tier: str
) -> None:
    place = replace(TABER, timezone=zone, hours=hours, tier=tier)
    facts = floor(at=at, municipalities={"4802022": place}, holidays=days)
    made = correspond(facts)
    turn = made.writes("Hello")
    minutes = 60 if tier != "enhanced" else 30
    week = Week.read(hours)
    owed = due_at(at, minutes, week=week, zone=zone, holidays=days)
    assert due(turn) == owed
    set_at = timers(turn)
    assert set_at[owing.REMINDER] == due_at(at, minutes // 2, week=week, zone=zone, holidays=days)
    assert at < set_at[owing.REMINDER] < set_at[owing.DUE] == owed < set_at[owing.OVERDUE]
    assert set_at[owing.RESOLUTION] == due_at(at, 16 * minutes, week=week, zone=zone, holidays=days)
    assert set_at[owing.QUIET] == at + timedelta(hours=24), "no business hours: a conversation grows quiet by the clock"
    assert owed.astimezone(ZoneInfo(zone)).date() not in days or (owed - at) > timedelta(days=300)


def test_it_is_owed_once_until_somebody_answers() -> None:
    made = correspond(floor())
    first = due(made.writes("Hello"))
    made.passes(minutes=5)
    assert due(made.writes("Hello?")) is None
    assert [(one.due_at, one.kind) for one in made.promises] == [(first, "reply")]
    turn = made.answers("ana")
    assert [one.promises for one in turn.changes if isinstance(one, KeepPromises)] == [(1,)]
    assert made.promises == []
    made.passes(minutes=5)
    assert due(made.writes("And another thing")) == made.floor.at + timedelta(minutes=60), "the clock begins anew"
    assert len(made.story("promise_made")) == 2


def test_our_own_texts_pay_nothing() -> None:
    made = correspond(floor(*(standing(key, presence=said("off")) for key in ("ana", "ben", "cho"))))
    made.writes("Hello")
    assert len(made.sent) == 1
    assert len(made.promises) == 1
    assert made.story("promise_kept") == []


def test_an_answer_pays_no_call_back_that_was_promised() -> None:
    facts = floor(matter=matter(12, "ben", NOW + timedelta(hours=1)))
    made = correspond(facts)
    made.writes("Hello")
    turn = made.answers("ben")
    (kept,) = [one for one in turn.changes if isinstance(one, KeepPromises)]
    assert kept.promises == (2,)
    (left,) = made.floor.matters[0].promises
    assert left.kind == "call_back"


# Reminders: the owner, then the pod, then the supervisor.


def noticed(turn: Turn) -> list[tuple[str, str]]:
    return [(one.technician, one.prompt) for one in turn.changes if isinstance(one, Text)]


def test_who_is_reminded_and_when() -> None:
    made = correspond(floor(matter=matter(12, "ben")))
    made.writes("Hello")
    assert noticed(made.fires(owing.REMINDER, minutes=30)) == [("ben", "tech_reminder")]
    assert noticed(made.fires(owing.DUE, minutes=30)) == [("ana", "tech_pod_reminder"), ("cho", "tech_pod_reminder")]
    turn = made.fires(owing.OVERDUE, minutes=15)
    assert noticed(turn) == [("", "tech_overdue"), ("ben", "tech_overdue")]
    assert [one for one in turn.changes if isinstance(one, MarkOverdue)] == [MarkOverdue(1)]
    assert made.story("promise_overdue") == [{"promise": 1, "matter": 12, "target": "reply"}]


def test_of_the_pod_those_at_work_are_reminded() -> None:
    made = correspond(floor("ana", "ben", standing("cho", presence=said("off")), matter=matter(12, "ben")))
    made.writes("Hello")
    assert noticed(made.fires(owing.DUE, minutes=60)) == [("ana", "tech_pod_reminder")]


@pytest.mark.parametrize("timer", [owing.REMINDER, owing.DUE, owing.OVERDUE])
def test_who_has_answered_is_not_reminded(timer: str) -> None:
    made = correspond(floor())
    made.writes("Hello")
    made.answers("ana")
    turn = made.fires(timer, hours=2)
    assert (noticed(turn), made.reasons("promise_settled")) == ([], [timer])


def test_a_timer_of_an_answer_that_was_paid_says_nothing_of_the_next() -> None:
    made = correspond(floor())
    made.writes("Hello")
    made.answers("ana")
    made.passes(minutes=50)
    made.writes("And another thing")  # due in an hour from now
    for timer in (owing.DUE, owing.OVERDUE):
        assert noticed(made.fires(timer, minutes=10)) == []
    assert noticed(made.fires(owing.DUE, minutes=40)) != []


def test_after_the_end_an_answer_is_still_owed_and_reminded_of() -> None:
    """They wrote, nobody answered, and then they wanted no more texts: somebody phones them."""
    made = correspond(floor(matter=matter(12, "ben")))
    made.writes("Hello")
    made.writes("STOP")
    assert made.contact.is_over
    assert noticed(made.fires(owing.REMINDER, minutes=30)) == [("ben", "tech_reminder")]
    assert [to for to, _ in noticed(made.fires(owing.OVERDUE, minutes=45))] == ["", "ben"]


def test_a_matter_that_takes_too_long_is_told_to_its_owner_and_the_supervisor() -> None:
    made = correspond(floor())
    made.writes("Hello")
    made.answers("ana")
    turn = made.fires(owing.RESOLUTION, days=3)
    assert noticed(turn) == [("ana", "tech_unresolved"), ("", "tech_unresolved")]
    made.floor = replace(made.floor, matters=())
    assert noticed(made.fires(owing.RESOLUTION, days=1)) == []


# While nobody is at work.

NIGHT = local("2026-11-03 22:00")
AT_NIGHT = floor(at=NIGHT, matter=matter(12, "ben"))


def test_at_night_words_wait_for_the_shift_and_the_client_hears_by_when() -> None:
    made = correspond(AT_NIGHT, WORKDAYS)
    turn = made.writes("Hello")
    assert made.given == []
    assert made.sent == ["Thank you, Clara Whitfield. Nobody is at work right now. You will hear from us by " + MORNING]
    assert timers(turn)[owing.OPEN] == local("2026-11-04 08:00")
    made.writes("Hello??")
    assert made.sent == [], "told once"
    made.floor = replace(made.floor, at=local("2026-11-04 08:00"))
    turn = made.fires(owing.OPEN)
    assert [one for one in turn.changes if isinstance(one, RelayText)] == [RelayText("ben", ("SM1", "SM2"))]
    assert made.contact.thread
    assert made.contact.thread.waiting == ()
    assert made.fires(owing.OPEN).changes == (), "given once"


MORNING = "Wednesday at 9:30 a.m."


def test_the_flow_says_in_its_own_words_by_when() -> None:
    later = {"en": "Back at {{ due }}!", "fr": "De retour {{ due }} !"}
    flow = {**STRAIGHT, "steps": {**STRAIGHT["steps"], "person": {"step": "route", "later": later}}}
    made = Correspondence(text_version(flow, hours=WORKDAYS), replace(AT_NIGHT, peer=CALLER))
    made.writes("Hello")
    assert made.sent == [f"Back at {MORNING}!"]


def test_who_comes_on_duty_at_night_is_given_what_follows_and_what_waits() -> None:
    made = correspond(AT_NIGHT, WORKDAYS)
    made.writes("Hello")
    made.floor = changed(made.floor, "cho", presence=Presence("available", NIGHT))
    turn = made.writes("It is the water main!")
    assert [one for one in turn.changes if isinstance(one, RelayText)] == [
        RelayText("cho", ("SM1", "SM2"), note="stand_in")
    ]


@pytest.mark.parametrize(
    "presence",
    [None, Presence("off", NIGHT), Presence("away", NIGHT, NIGHT + timedelta(days=3))],
    ids=["without hours", "off", "away for days"],
)
def test_words_that_nobody_can_be_given_are_looked_at_again_and_never_at_once(presence: Presence | None) -> None:
    facts = floor(standing("ben", presence=presence), at=NIGHT, matter=matter(12, "ben"))
    made = correspond(facts, "" if presence is None else WORKDAYS)
    turn = made.writes("Hello")
    for _ in range(20):
        again = timers(turn)[owing.OPEN]
        assert made.floor.at < again < made.floor.at + timedelta(days=7)
        made.floor = replace(made.floor, at=again)
        turn = made.fires(owing.OPEN)
        if made.given:
            break
    assert made.contact.thread
    assert bool(made.given) == (presence is not None), "who has no hours is never at work by themselves"
    assert len(made.contact.thread.automatic) <= 1


# Quiet, floods, and questions that nobody answers.


def test_a_day_without_a_word_ends_it() -> None:
    made = correspond(floor())
    made.writes("Hello")
    made.passes(hours=20)
    made.answers("ana")
    assert not made.fires(owing.QUIET, hours=4).contact.is_over
    (again,) = [at for name, at in timers(made.turns[-1]).items() if name == owing.QUIET]
    assert again == made.floor.at + timedelta(hours=20), "a day since the last word of anybody"
    assert made.fires(owing.QUIET, hours=20).contact.outcome == "replied"


def test_words_that_wait_keep_it_open() -> None:
    made = correspond(floor(standing("ben", presence=said("off")), matter=matter(12, "ben")), "")
    made.writes("Hello")
    assert not made.fires(owing.QUIET, hours=24).contact.is_over


def test_a_flood_is_given_in_one_a_minute_later() -> None:
    made = correspond(floor())
    for _ in range(14):
        made.passes(seconds=1)
        made.writes("!")
    singles = [legs for _, legs in made.given]
    assert [len(legs) for legs in singles] == [1] * 10
    assert [name for turn in made.turns for name in timers(turn)].count(owing.BUNDLE) == 1
    made.fires(owing.BUNDLE, seconds=60)
    assert made.given[-1] == ("ana", ("SM11", "SM12", "SM13", "SM14"))
    assert made.reasons("flood") == ["11", "12", "13", "14"]


def test_a_question_that_is_not_answered_gives_their_words_to_a_person() -> None:
    ask = {"step": "ask", "say": "greeting", "answers": {"1": "person"}, "otherwise": "person"}
    made = Correspondence(text_version(known_text_flow(what=ask)), floor(peer=CALLER))
    made.writes("The printer is on fire")
    assert made.given == []
    assert made.fires(owing.UNANSWERED, minutes=9).contact.stage == "texting", "ten minutes are not over"
    made.is_silent()
    assert made.given == [("ana", ("SM1",))]


def test_whoever_writes_on_is_given_ten_minutes_more() -> None:
    ask = {"step": "ask", "say": "greeting", "answers": {"1": "person"}, "otherwise": "person", "tries": 5}
    made = Correspondence(text_version(known_text_flow(what=ask)), floor(peer=CALLER))
    made.writes("The printer is on fire")
    made.passes(minutes=8)
    made.writes("Are you there?")
    turn = made.fires(owing.UNANSWERED, minutes=2)
    assert timers(turn) == {owing.UNANSWERED: made.floor.at + timedelta(minutes=8)}
    made.fires(owing.UNANSWERED, minutes=8)
    assert made.given == [("ana", ("SM1", "SM2"))]


def test_one_question_after_another_is_waited_for_each_by_itself() -> None:
    one = {"step": "ask", "say": "greeting", "answers": {"1": "person"}, "otherwise": "two"}
    two = {"step": "ask", "say": "greeting", "answers": {"1": "person"}, "otherwise": "person"}
    made = Correspondence(text_version(known_text_flow(one=one, two=two)), floor(peer=CALLER))
    made.writes("The printer is on fire")
    made.is_silent()
    assert (made.contact.step, made.given) == ("two", [])
    made.fires(owing.UNANSWERED)  # another wake-up of the first question
    assert (made.contact.step, made.given) == ("two", [])
    made.is_silent()
    assert made.given == [("ana", ("SM1",))]
