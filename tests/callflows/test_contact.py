"""What we remember of a contact, as a row and as a callback URL carries it."""

import base64
import json
import re
import zlib
from contextlib import suppress
from dataclasses import fields, replace
from hashlib import sha512

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callflows.contact import (
    ID_LETTERS,
    LONG,
    OUTCOMES,
    RING_SHORT,
    SHORT,
    Asked,
    Contact,
    contact_id,
    from_json,
    from_url,
    to_json,
    to_url,
)
from callflows.parts.ending import outcome_of
from callflows.thread import Thread
from routing.hunt import Hunt, Ring
from routing.swarm import Helper, Swarm
from tests.builders import CALLER, LINE, floor
from tests.callflows.any_contact import contacts
from tests.callflows.any_text import text_contacts
from tests.callflows.call import Call

URL_SAFE = re.compile(r"[A-Za-z0-9_-]+")
KB = 1000


def promised_by_the_url(contact: Contact) -> Contact:
    """The line comes with every request; `told`, `outcome`, a note's recording and a number that was keyed in stay at
    home, and so do helpers whose legs are over, and who asked for help with what. No document is handed out for a
    conversation in writing."""
    ring = contact.hunt.ring and replace(contact.hunt.ring, leg="")
    hunt = replace(contact.hunt, told=(), ring=ring)
    swarm = contact.swarm and replace(
        contact.swarm,
        helpers=tuple(in_a_url(one) for one in (*contact.swarm.inside, *contact.swarm.ringing)),
        faults=0,
        asked_by="",
        skill="",
    )
    becoming = contact.becoming and replace(contact.becoming, skill="", joining=())
    at_home = replace(contact, line="", outcome=None, number="", noted="", called=(), channel="voice", thread=None)
    return replace(at_home, hunt=hunt, swarm=swarm, becoming=becoming)


def in_a_url(helper: Helper) -> Helper:
    """What is asked of a living leg without the database; its sid comes with its own requests."""
    return replace(helper, leg="", picked_up=0, key="", asked=False)


@given(contacts() | text_contacts())
def test_the_url_brings_back_what_it_was_given(contact: Contact) -> None:
    assert from_url("contact", to_url(contact)) == promised_by_the_url(contact)


@given(contacts() | text_contacts())
def test_the_url_is_made_of_letters_that_no_url_escapes(contact: Contact) -> None:
    assert URL_SAFE.fullmatch(to_url(contact))


@given(contacts() | text_contacts())
def test_the_row_brings_back_all_of_it(contact: Contact) -> None:
    assert from_json(json.loads(json.dumps(to_json(contact)))) == contact


def test_a_new_contact_takes_little_room() -> None:
    assert to_json(Contact("contact")) == {"contact": "contact"}
    assert len(to_url(Contact("contact"))) < 10


def long_keys(seed: int, count: int) -> list[str]:
    """Keys of 40 letters without a pattern that packing could use."""
    digests = (sha512(f"{seed}.{place}".encode()).digest() for place in range(count))
    return [base64.urlsafe_b64encode(digest).decode()[:40] for digest in digests]


@given(st.integers())
def test_six_rings_of_people_with_long_keys_take_less_than_a_kilobyte(seed: int) -> None:
    client, place, home, flow, *people = long_keys(seed, 10)
    ring = Ring(6, people[5], 1_793_725_200_000, "screening", 1_793_725_203_000, 1_793_725_209_000, "1")
    full = Contact(
        "contact",
        stage="hunting",
        flow=flow,
        version=10**6,
        client=client,
        municipality=place,
        pod=home,
        language="fr",
        matter=10**9,
        owner=people[5],
        known_number=True,
        hunt=Hunt(1_793_725_200_000, 6, ring, tuple(people), tuple(people[:5]), tuple(people)),
        talked=(people[5],),
        returns=3,
        due=1_793_732_400,
        promised=True,
        message=True,
        sound=True,
        fell_back=True,
        left=True,
        asked=Asked("confirm", (place, "4802022", "4802019", "4802001"), 2),
        failed=1,
        trusted=True,
        chosen=True,
        number=CALLER,
    )
    assert len(to_url(full)) < KB


@given(st.integers())
def test_three_returns_through_a_whole_pod_take_less_than_a_kilobyte(seed: int) -> None:
    """Four hunts: three ended in a conversation, and all others of a pod of 13 have declined meanwhile."""
    people = long_keys(seed, 13)
    ring = Ring(16, people[12], 1_793_725_200_000, "screening", 1_793_725_203_000)
    hunt = Hunt(1_793_725_200_000, 16, ring, tuple(people[9:]), tuple(people[3:12]))
    full = Contact("contact", stage="hunting", client=people[0], hunt=hunt, talked=tuple(people[:3]), returns=3)
    assert len(to_url(full)) < KB


@given(st.integers())
def test_a_swarm_of_people_with_long_keys_takes_less_than_a_kilobyte(seed: int) -> None:
    """Eight live legs after a hunt of six; with keys of ten letters, which are long already for a person's."""
    people = [key[:10] for key in long_keys(seed, 14)]
    helpers = tuple(
        Helper(
            6 + place, key, 1_793_725_200_000 + place, "screening", f"CA{seed}", 1_793_725_200_000, 1_793_725_203_000
        )
        for place, key in enumerate(people[6:], 1)
    )
    hunt = Hunt(1_793_725_100_000, 14, None, tuple(people[:6]), tuple(people[:3]))
    swarm = Swarm(1, 1_793_725_200_000, helpers, arrived=1_793_725_210_000, moving=True, rounds=7)
    full = Contact(
        "contact", stage="conferring", client=people[0], owner=people[6], hunt=hunt, swarm=swarm, step="swarm"
    )
    assert len(to_url(full)) < KB


def test_a_call_keeps_names_and_numbers_out_of_its_urls() -> None:
    call = Call(floor())
    call.arrives()
    call.declines()
    call.accepts()
    text = to_url(call.contact)
    packed = base64.urlsafe_b64decode(text[1:] + "==")
    carried = (zlib.decompress(packed) if text[0] == "z" else packed).decode()
    assert "ben" in carried
    for secret in (CALLER, LINE, CALLER[2:], LINE[2:], "Clara", "Whitfield", "Taber", "Ana"):
        assert secret not in carried


def written(document: object) -> str:
    return "j" + base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


GARBAGE = [
    "",
    "j",
    "z",
    "x",
    "hello",
    "j!!!!",
    "xe30",
    "jé",
    "z" + base64.urlsafe_b64encode(b"not packed").decode(),
    "z" + base64.urlsafe_b64encode(zlib.compress(b"{} {}")).decode(),
    "j" + base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    written([]),
    written(7),
    written(None),
    written("text"),
    written({"h": 3}),
    written({"h": [1, 2]}),
    written({"h": [1, 2, ["ana"], 1, [5], None]}),
    written({"h": [1, 2, ["ana"], 1, [0], [1, "ana"]]}),
    written({"h": [1, 2, ["ana"], "one", [0], None]}),
    written({"h": [1, 2, None, 1, [0], None]}),
    written({"t": 5}),
    written({"z": 5}),
    written({"E": 5}),
    written({"C": 5}),
    written({"C": [1, 2, True]}),
    written({"E": [[1, 2, 0, False, False, 1], [], []], "B": 5}),
    written({"E": [[1, 2], [], []]}),
    written({"E": [[1, 2, 0, False, False, 1], [["ana"]], []]}),
    written({"E": [[1, 2, 0, False, False, 1], [], None]}),
    written({"z": ["place", []]}),
    written({"z": ["place", None, 0]}),
]


@pytest.mark.parametrize("text", GARBAGE)
def test_a_url_that_we_never_handed_out_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not one that we handed out"):
        from_url("contact", text)


@given(st.text() | st.binary().map(lambda raw: "j" + base64.urlsafe_b64encode(raw).decode()))
def test_no_text_breaks_the_reading_of_a_url(text: str) -> None:
    with suppress(ValueError):
        from_url("contact", text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=7)
        | st.dictionaries(st.sampled_from([*LONG, "h", "z", "E", "B", "C"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values, st.integers(0, 300))
def test_no_document_breaks_the_reading_of_a_url(document: object, cut: int) -> None:
    for text in (written(document), written(document)[:cut]):
        with suppress(ValueError):
            from_url("contact", text)


def test_a_letter_of_tomorrow_is_passed_over() -> None:
    assert from_url("contact", written({"s": "hunting", "?": [1, 2]})) == Contact("contact", stage="hunting")


def test_every_field_travels_or_is_left_at_home_on_purpose() -> None:
    at_home = {"contact", "line", "outcome", "number", "noted", "called", "channel", "thread"}
    by_itself = {"hunt", "asked", "swarm", "becoming"}
    assert set(SHORT) | at_home | by_itself == {one.name for one in fields(Contact)}
    assert len(LONG) == len(SHORT)
    assert not {"h", "z", "E", "B", "C"} & set(LONG)
    assert set(RING_SHORT) | {"leg"} == {one.name for one in fields(Ring)}


def test_a_contact_is_named_by_its_call_alone() -> None:
    one, same, other = contact_id("CA1"), contact_id("CA1"), contact_id("CA2")
    assert one == same != other
    assert len(one) == 12
    assert set(one) <= set(ID_LETTERS)


@given(st.lists(st.text(max_size=40), max_size=50, unique=True))
def test_no_two_calls_share_a_name(sids: list[str]) -> None:
    assert len({contact_id(sid) for sid in sids}) == len(sids)


@pytest.mark.parametrize(
    ("contact", "outcome"),
    [
        (Contact("x"), "failed"),
        (Contact("x", left=True), "abandoned"),
        (Contact("x", left=True, promised=True, known_number=True), "callback"),
        (Contact("x", left=True, promised=True), "abandoned"),
        (Contact("x", promised=True, number=CALLER), "callback"),
        (Contact("x", left=True, technician="ana"), "auto_replied"),
        (Contact("x", technician="ana", talked=("ana",)), "answered"),
        (Contact("x", left=True, promised=True, known_number=True, message=True), "voicemail"),
        (Contact("x", message=True), "voicemail"),
        (Contact("x", message=True, talked=("ana",)), "answered"),
        (Contact("x", left=True, fell_back=True), "answered"),
        (Contact("x", left=True, swarmed=True, talked=("dan",), message=True), "swarmed"),
        (Contact("x", dismissed=True), "auto_replied"),
        (Contact("x", channel="text", thread=Thread()), "failed"),
        (Contact("x", channel="text", thread=Thread(automatic=(1,))), "auto_replied"),
        (Contact("x", channel="text", thread=Thread(automatic=(1,), replied=True)), "replied"),
        (Contact("x", channel="text", thread=Thread(replied=True, silenced=True)), "opted_out"),
        (Contact("x", channel="text", thread=Thread(replied=True), promised=True, known_number=True), "callback"),
        (Contact("x", dismissed=True, promised=True, known_number=True), "callback"),
    ],
)
def test_the_first_outcome_that_holds_is_the_contacts(contact: Contact, outcome: str) -> None:
    assert outcome_of(contact) == outcome


def test_the_outcomes_stand_in_the_order_of_the_contract() -> None:
    told = "opted_out swarmed answered voicemail callback replied auto_replied abandoned failed"
    assert " ".join(OUTCOMES) == told
