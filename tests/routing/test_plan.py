"""Whom to ring first, and in which order everybody else: each technician once, each place with its reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.version import Version
from routing.directory import Client, Municipality
from routing.eligible import refusal
from routing.floor import Floor, OpenMatter, Standing, Talk
from routing.plan import REMEMBERED, Because, Place, matter_of, plan, talk_of, unwanted
from routing.strategies import STRATEGIES, ring_order
from tests.builders import CLARA, NOW, TABER, TRIO, WORKDAYS, floor, matter, pod, said, standing, version
from tests.callflows.anything import PEOPLE, any_floor, matters, preferring, standings, talks
from tests.callflows.call import Call
from tests.often import often

YESTERDAY = NOW - timedelta(days=1)


def talk(technician: str = "cho", at: Any = YESTERDAY, *, client: str = "clara", place: str = "4802022") -> Talk:
    return Talk(client, place, technician, at)


def planned(**facts: Any) -> tuple[Place, ...]:
    return plan([standing(key) for key in TRIO], "linear", at=NOW, **facts)


def order(places: tuple[Place, ...]) -> str:
    return " ".join(one.technician for one in places)


# The order (DESIGN 5.2).


@pytest.mark.parametrize(
    ("facts", "rung"),
    [
        ({}, "ana ben cho"),
        ({"matter": matter(12, "cho")}, "cho ana ben"),
        ({"matter": matter(12, "zoe")}, "zoe ana ben cho"),
        ({"lead": "ben", "matter": matter(12, "cho")}, "ben cho ana"),
        ({"lead": "ben", "matter": matter(12, "ben")}, "ben ana cho"),
        ({"client": replace(CLARA, wanted=("cho", "ben"))}, "cho ben ana"),
        ({"municipality": replace(TABER, wanted=("cho",))}, "cho ana ben"),
        ({"client": replace(CLARA, wanted=("ben",)), "municipality": replace(TABER, wanted=("cho",))}, "ben cho ana"),
        ({"talk": talk("cho")}, "cho ana ben"),
        ({"talk": talk("cho", NOW - REMEMBERED)}, "cho ana ben"),
        ({"talk": talk("cho", NOW - REMEMBERED - timedelta(seconds=1))}, "ana ben cho"),
        ({"talk": talk("ben"), "municipality": replace(TABER, wanted=("cho",))}, "ben cho ana"),
        ({"talk": talk("ben"), "client": replace(CLARA, wanted=("cho",))}, "cho ben ana"),
        ({"matter": matter(12, "cho"), "talk": talk("ben"), "client": replace(CLARA, wanted=("cho",))}, "cho ben ana"),
    ],
    ids=[
        "nothing is known: the pod's order",
        "the owner of the open matter first",
        "an owner of another pod too",
        "on an errand the promise's owner before the matter's",
        "who owns both stands there once",
        "whom the client asked for, in the client's order",
        "whom the municipality asked for",
        "the client's own wish before the municipality's",
        "who last talked with them",
        "who talked 30 days ago, to the second",
        "who talked longer ago is forgotten",
        "who talked before whom the municipality wants",
        "whom the client wants before who talked",
        "all at once, and everybody once",
    ],
)
def test_who_stands_where_in_the_plan(facts: dict[str, Any], rung: str) -> None:
    assert order(planned(**facts)) == rung


def test_every_place_has_its_reason() -> None:
    facts: dict[str, Any] = {
        "matter": matter(12, "eli"),
        "client": replace(CLARA, wanted=("dov",)),
        "talk": talk("cho"),
        "municipality": replace(TABER, wanted=("ben",)),
    }
    reasons: list[Because] = ["owner", "wanted", "last_talked", "wanted", "order"]
    assert [one.because for one in planned(**facts)] == reasons


def test_the_first_reason_is_the_one_that_is_told() -> None:
    everything = planned(matter=matter(12, "ana"), client=replace(CLARA, wanted=("ana",)), talk=talk("ana"))
    assert everything[0] == Place("ana", "owner")


@pytest.mark.parametrize("strategy", [*STRATEGIES, "a name of tomorrow"])
def test_behind_those_ahead_of_it_the_pod_keeps_its_strategy(strategy: str) -> None:
    people = [
        standing("ana", last_talked_at=YESTERDAY, last_rung_at=NOW),
        standing("ben", last_rung_at=YESTERDAY),
        standing("cho", last_talked_at=NOW),
        standing("dov"),
    ]
    usual = [one.technician.technician for one in ring_order(strategy, people)]
    with_owner = plan(people, strategy, matter=matter(12, "cho"), at=NOW)
    assert [one.technician for one in with_owner] == ["cho", *(key for key in usual if key != "cho")]


@pytest.mark.parametrize(
    ("client", "municipality", "never"),
    [
        (None, None, set()),
        (CLARA, TABER, set()),
        (replace(CLARA, unwanted=("ana",)), TABER, {"ana"}),
        (CLARA, replace(TABER, unwanted=("ben",)), {"ben"}),
        (replace(CLARA, unwanted=("ana",)), replace(TABER, unwanted=("ben", "ana")), {"ana", "ben"}),
        (None, replace(TABER, unwanted=("cho",)), {"cho"}),
    ],
)
def test_nobody_is_connected_with_whom_they_never_want(
    client: Client | None, municipality: Municipality | None, never: set[str]
) -> None:
    assert unwanted(client, municipality) == never


# Whose matter, whose talk, on a number that several share.

CLARAS = matter(12, "ben")
CLARAS_ELSEWHERE = matter(9, "cho", place="4802019")
OLGAS = matter(11, "ana", client="olga")
THE_NUMBERS = matter(10, "dov", client="")
THE_NUMBERS_ELSEWHERE = matter(8, "eli", client="", place="4802019")
OF_A_STRANGER = matter(7, "fay", client="", place="")


@pytest.mark.parametrize(
    ("found", "client", "municipality", "number"),
    [
        ((), "clara", "4802022", None),
        ((CLARAS,), "clara", "4802022", 12),
        ((OLGAS, CLARAS), "clara", "4802022", 12),
        ((CLARAS_ELSEWHERE, CLARAS), "clara", "4802022", 12),
        ((CLARAS_ELSEWHERE,), "clara", "4802022", 9),
        ((CLARAS, CLARAS_ELSEWHERE), "clara", "", 12),
        ((OLGAS,), "clara", "4802022", None),
        ((THE_NUMBERS,), "clara", "4802022", None),
        ((OLGAS, THE_NUMBERS), "", "4802022", 10),
        ((CLARAS,), "", "4802022", None),
        ((THE_NUMBERS_ELSEWHERE,), "", "4802022", None),
        ((THE_NUMBERS_ELSEWHERE, OF_A_STRANGER), "", "4802022", 7),
        ((OF_A_STRANGER, THE_NUMBERS), "", "4802022", 10),
        ((THE_NUMBERS,), "", "", None),
        ((OF_A_STRANGER,), "", "", 7),
        ((replace(CLARAS, theirs=False),), "clara", "4802022", None),
        ((replace(OF_A_STRANGER, theirs=False), THE_NUMBERS), "", "4802022", 10),
    ],
    ids=[
        "nothing is open",
        "a client's own matter",
        "not a colleague's, though it is newer",
        "of the same municipality, though another is newer",
        "of another municipality, if it is the client's only one",
        "the newest while the municipality isn't known",
        "never a colleague's",
        "never what somebody unknown at the same number has",
        "without a client: what is known of the number alone",
        "without a client never a client's",
        "another municipality's at the same number is somebody else's",
        "what was opened before the municipality was known may be theirs",
        "their municipality's before a stranger's",
        "not known from where: no municipality's matter",
        "not known from where: a stranger's",
        "a matter that the turn knows for another reason is nobody's who calls",
        "nor is a stranger's",
    ],
)
def test_the_open_matter_is_the_callers_own(
    found: tuple[OpenMatter, ...], client: str, municipality: str, number: int | None
) -> None:
    matter = matter_of(found, client, municipality)
    assert (matter.number if matter else None) == number


@pytest.mark.parametrize(
    ("found", "client", "municipality", "technician"),
    [
        ((), "clara", "4802022", None),
        ((talk("cho"),), "clara", "4802022", "cho"),
        ((talk("cho", place="4802019"),), "clara", "4802022", "cho"),
        ((talk("ben", client="olga"), talk("cho")), "clara", "4802022", "cho"),
        ((talk("ben", NOW), talk("cho")), "clara", "4802022", "ben"),
        ((talk("ben", client="olga"),), "", "4802022", None),
        ((talk("dov", client=""),), "", "4802022", "dov"),
        ((talk("dov", client="", place="4802019"),), "", "4802022", None),
        ((talk("dov", client=""),), "clara", "4802022", None),
    ],
    ids=[
        "nobody has talked",
        "who talked with this client",
        "wherever it was about",
        "not who talked with a colleague",
        "the latest",
        "without a client no client's talk counts",
        "without a client: who talked with this number and municipality",
        "another municipality at this number is somebody else",
        "a client who is known is no stranger",
    ],
)
def test_the_last_talk_is_the_callers_own(
    found: tuple[Talk, ...], client: str, municipality: str, technician: str | None
) -> None:
    talk = talk_of(found, client, municipality)
    assert (talk.technician if talk else None) == technician


# Any plan.

pods = st.lists(st.sampled_from(PEOPLE), unique=True).flatmap(lambda keys: st.tuples(*(standings(key) for key in keys)))
wishes = st.none() | preferring(CLARA)
towns = st.none() | preferring(TABER)


@settings(deadline=None)
@given(
    pods,
    st.sampled_from([*STRATEGIES, "a name of tomorrow"]),
    st.none() | matters.filter(bool).map(lambda found: found[0]),
    st.none() | talks.filter(bool).map(lambda found: found[0]),
    wishes,
    towns,
    st.sampled_from(["", *PEOPLE]),
)
def test_any_plan_is_the_pod_and_those_ahead_of_it_each_once(
    people: tuple[Standing, ...],
    strategy: str,
    open_matter: OpenMatter | None,
    last_talk: Talk | None,
    client: Client | None,
    municipality: Municipality | None,
    lead: str,
) -> None:
    places = plan(
        people,
        strategy,
        matter=open_matter,
        talk=last_talk,
        client=client,
        municipality=municipality,
        lead=lead,
        at=NOW,
    )
    keys = [one.technician for one in places]
    assert len(set(keys)) == len(keys), "nobody twice"
    remembered = last_talk is not None and NOW - last_talk.at <= REMEMBERED
    ahead = {
        *({lead} - {""}),
        *({open_matter.owner} if open_matter else ()),
        *(client.wanted if client else ()),
        *({last_talk.technician} if last_talk and remembered else ()),
        *(municipality.wanted if municipality else ()),
    }
    home = {one.technician.technician for one in people}
    assert set(keys) == home | ahead
    assert {one.technician for one in places if one.because != "order"} == ahead
    assert keys[: len(ahead)] == [key for key in keys if key in ahead], "those ahead of it stand before the pod"
    first = lead or (open_matter.owner if open_matter else "")
    assert not first or places[0] == Place(first, "owner")
    in_order = [one.technician.technician for one in ring_order(strategy, people)]
    assert keys[len(ahead) :] == [key for key in in_order if key not in ahead]


# Any hunt.

ENDINGS = ("no-answer", "busy", "failed", "passes")


@settings(deadline=None, max_examples=often(120), suppress_health_check=[HealthCheck.too_slow])
@given(
    any_floor(),
    preferring(CLARA),
    st.sampled_from(["24/7", WORKDAYS]),
    st.integers(1, 8),
    st.integers(0, 30),
    st.data(),
)
def test_any_hunt_rings_only_whom_it_may_nobody_twice_and_ends(
    facts: Floor, client: Client, week: str, rings: int, seconds: int, draw: st.DataObject
) -> None:
    calm: dict[str, Any] = {"calling": "", "from_our_line": False, "recent_calls": 0}
    known = replace(facts, callers=(client,), municipalities={TABER.municipality: TABER}, **calm)
    call = Call(known, version(*PEOPLE, hours=week, hunt_rings=rings))
    before = call.floor
    call.arrives()
    for _ in range(len(PEOPLE) + 1):
        if not call.rung:
            break
        assert why_not(before, call.version, call.rung, client) is None
        call.passes(seconds)
        how = draw.draw(st.sampled_from(ENDINGS))
        before = call.floor
        if how == "passes":
            call.declines()
        else:
            call.unanswered(how)
    assert call.contact.stage in ("recording", "waiting"), "a hunt always ends: with a swarm, or with their message"
    rung = call.everybody_rung
    assert len(rung) == len(set(rung)) <= rings
    assert not set(rung) & set(client.unwanted)
    assert rung == [key for key, _ in call.results]


def why_not(facts: Floor, flow: Version, key: str, client: Client) -> str | None:
    """The reason why a technician may not be rung for Clara, as the floor says just before."""
    return refusal(
        facts.standings[key],
        flow.shifts.get(key),
        facts.at,
        contact="contact",
        language="en",
        unwanted=key in client.unwanted,
    )


@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_whoever_may_not_be_rung_is_passed_over_wherever_they_stand(strategy: str) -> None:
    """The owner is away, the client's wish never works for Taber, and who last talked has a day off."""
    people = [
        standing("ana", presence=said("away")),
        standing("ben"),
        standing("cho", presence=said("off")),
        standing("dov"),
    ]
    facts = floor(
        *people,
        callers=(replace(CLARA, wanted=("ben",)),),
        municipalities={"4802022": replace(TABER, unwanted=("ben",))},
        matter=matter(12, "ana"),
        talks=(talk("cho"),),
        pods=pod(strategy),
    )
    call = Call(facts, version("ana", "ben", "cho", "dov"))
    call.arrives()
    assert call.everybody_rung == ["dov"]
    assert call.skipped[:3] == [("ana", "away"), ("ben", "unwanted"), ("cho", "off_shift")]


def test_an_owner_of_another_pod_is_rung_first() -> None:
    call = Call(floor("ana", standing("zoe", pod="north"), matter=matter(12, "zoe")), version("ana"))
    call.version = replace(call.version, hours={**call.version.hours, "zoe": call.version.hours["ana"]})
    call.arrives()
    call.unanswered()
    assert call.everybody_rung == ["zoe", "ana"]
