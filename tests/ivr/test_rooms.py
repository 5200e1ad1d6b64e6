"""A swarm's room: the way in, who came and left, and what Twilio asks on the way."""

from datetime import UTC, datetime
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from quart import Quart
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse

from callflows.actions import JoinRoom
from callflows.contact import Contact, contact_id
from callflows.events import Asker, CallerMoved, Event, Faulted, RoomDialEnded, RoomJoined, RoomLeft
from db.desk import Desk
from ivr import parse, rooms
from ivr.links import Handed, Links
from ivr.routes import PLACES, Webhooks
from ivr.signature import Signatures
from routing.swarm import Swarm

CALL, HELPERS_LEG = "CA" + "0" * 32, "CA" + "9" * 32
ID = contact_id(CALL)
WAITING = Contact(ID, stage="waiting", swarm=Swarm(2, 1), swarms=2)
HANDED = Handed(WAITING, 5)
LINKS = Links("https://desk.example")
AT = datetime(2026, 11, 3, 16, tzinfo=UTC)


def joined(reply: JoinRoom) -> ElementTree.Element:
    response = VoiceResponse()
    rooms.join(response, reply, WAITING, 5, LINKS)
    (dial,) = ElementTree.fromstring(str(response))
    return dial


# The way in.


@pytest.mark.parametrize(
    ("reply", "label", "ends"),
    [
        (JoinRoom("abc-1", 3), "ring-3", "false"),
        (JoinRoom("abc-1", ends=True), "client", "true"),
        (JoinRoom("abc-1"), "client", "false"),
    ],
    ids=["a helper", "the client", "the client whose leg may still be moved"],
)
def test_a_leg_joins_under_its_label(reply: JoinRoom, label: str, ends: str) -> None:
    dial = joined(reply)
    (conference,) = dial
    assert (conference.tag, conference.text) == ("Conference", "abc-1")
    told = {
        name: conference.get(name)
        for name in conference.attrib
        if not name.endswith("Url") and name != "statusCallback"
    }
    assert told == {
        "beep": "false",
        "startConferenceOnEnter": "true",
        "endConferenceOnExit": ends,
        "participantLabel": label,
        "waitMethod": "POST",
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": "start end join leave",
    }
    assert (dial.get("action") or "").partition("#")[0].endswith("&r=3") == (reply.ring == 3)
    assert "/voice/left?" in (dial.get("action") or "")


def test_the_first_persons_settings_would_serve_everybody() -> None:
    # Trap 15: statusCallback, events and the like of whoever comes first stick.
    (helper,), (client,) = joined(JoinRoom("abc-1", 3)), joined(JoinRoom("abc-1"))
    for name in ("statusCallback", "statusCallbackEvent", "statusCallbackMethod", "waitUrl", "waitMethod", "beep"):
        assert helper.get(name) == client.get(name)
    assert "&r=" not in (helper.get("statusCallback") or "")


def test_whoever_is_alone_in_a_room_hears_music_without_an_end() -> None:
    (play,) = ElementTree.fromstring(rooms.waiting(LINKS))
    assert (play.tag, play.get("loop"), play.text) == ("Play", "0", "https://desk.example/sounds/waiting-30.wav")


@pytest.mark.parametrize(("token", "status"), [("secret", 200), ("another", 403)])
async def test_only_twilio_is_told_what_is_heard_there(token: str, status: int) -> None:
    url, form = "https://desk.example/voice/wait?c=abc&n=5", {"CallSid": CALL}
    signed = RequestValidator(token).compute_signature(url, form)
    webhooks = Webhooks(cast(Desk, None), lambda: AT, LINKS, Signatures("https://desk.example", ["secret"]))
    app = Quart("rooms", static_folder=None)
    app.register_blueprint(webhooks.blueprint())
    headers = {"X-Twilio-Signature": signed}
    answer = await app.test_client().post("/voice/wait?c=abc&n=5", form=form, headers=headers)
    assert answer.status_code == status
    assert (await answer.get_data(as_text=True) == rooms.waiting(LINKS)) == (status == 200)


# Who came and who left.

ROOM = {"ConferenceSid": "CF1", "FriendlyName": f"{ID}-2", "SequenceNumber": "3"}
JOIN = {**ROOM, "StatusCallbackEvent": "participant-join"}
LEAVE = {**ROOM, "StatusCallbackEvent": "participant-leave"}


def told(form: dict[str, str]) -> Event | None:
    arrived = rooms.room(form, HANDED)
    return arrived.event if arrived else None


@pytest.mark.parametrize(
    ("form", "event"),
    [
        ({**JOIN, "CallSid": HELPERS_LEG, "ParticipantLabel": "ring-7"}, RoomJoined(HELPERS_LEG, f"{ID}-2", 7)),
        ({**JOIN, "CallSid": CALL, "ParticipantLabel": "client"}, RoomJoined(CALL, f"{ID}-2")),
        ({**JOIN, "CallSid": CALL}, RoomJoined(CALL, f"{ID}-2")),
        ({**JOIN, "CallSid": HELPERS_LEG}, None),
        ({**JOIN, "CallSid": HELPERS_LEG, "ParticipantLabel": "ring-"}, None),
        ({**JOIN, "CallSid": CALL, "ParticipantLabel": "client", "FriendlyName": ""}, RoomJoined(CALL, f"{ID}-2")),
        ({**JOIN, "ParticipantLabel": "ring-7"}, None),
        ({**ROOM, "StatusCallbackEvent": "conference-start"}, None),
        ({**ROOM, "StatusCallbackEvent": "conference-end", "ReasonConferenceEnded": "last-participant-left"}, None),
        ({**ROOM, "StatusCallbackEvent": "participant-mute", "CallSid": CALL, "ParticipantLabel": "client"}, None),
    ],
    ids=[
        "a helper by label",
        "the client by label",
        "the client by leg",
        "somebody without a label",
        "a label that names no ring",
        "a room without a name",
        "no leg",
        "the start",
        "the end",
        "a mute",
    ],
)
def test_who_comes_into_a_room(form: dict[str, str], event: Event | None) -> None:
    assert told(form) == event


@pytest.mark.parametrize(
    ("form", "final", "moved"),
    [
        ({"ReasonParticipantLeft": "participant_hung_up", "ParticipantCallStatus": "completed"}, True, False),
        ({"ReasonParticipantLeft": "participant_hung_up"}, True, False),
        ({"ParticipantCallStatus": "in-progress", "ReasonParticipantLeft": "moderator_ended_conference"}, False, False),
        ({"ParticipantCallStatus": "in-progress", "ReasonParticipantLeft": "participant_updated_via_api"}, False, True),
        ({"ParticipantCallStatus": "failed", "ReasonParticipantLeft": "participant_add_failed"}, True, False),
        ({"CallStatus": "completed"}, True, False),
        ({}, False, False),
    ],
)
def test_how_a_leg_leaves_a_room(form: dict[str, str], final: bool, moved: bool) -> None:
    whose = {"CallSid": HELPERS_LEG, "ParticipantLabel": "ring-7"}
    assert told({**LEAVE, **whose, **form}) == RoomLeft(HELPERS_LEG, f"{ID}-2", 7, final, moved)


def test_each_report_of_a_room_is_one_event() -> None:
    """SequenceNumber counts a conference's reports; the same one may be delivered twice."""
    form = {**JOIN, "CallSid": HELPERS_LEG, "ParticipantLabel": "ring-7"}
    forms: list[dict[str, str]] = [form, {**form, "SequenceNumber": "4"}, {**form, "ConferenceSid": "CF2"}]
    keys = [one.key for each in [*forms, form] if (one := rooms.room(each, HANDED))]
    assert len(keys) == 4
    assert len(set(keys)) == 3


# What is asked on the way.


def test_a_client_who_was_moved_asks_what_is_next() -> None:
    form = {"CallSid": CALL, "CallStatus": "in-progress", "Direction": "inbound"}
    assert rooms.moved(form, HANDED).event == CallerMoved(CALL)
    assert rooms.moved({**form, "CallStatus": "completed"}, HANDED).event == CallerMoved(CALL, gone=True)


@pytest.mark.parametrize("ring", [0, 7])
def test_a_leg_that_is_out_of_the_room_asks_what_is_next(ring: int) -> None:
    form = {"CallSid": HELPERS_LEG if ring else CALL, "CallStatus": "in-progress", "DialCallStatus": "answered"}
    event = rooms.left(form, Handed(WAITING, 5, ring)).event
    assert event == RoomDialEnded(form["CallSid"], f"{ID}-2", ring)


def test_the_room_of_a_swarm_that_is_over_is_its_last_one() -> None:
    after = Contact(ID, stage="conferring", swarms=3)
    event = rooms.left({"CallSid": CALL}, Handed(after, 5)).event
    assert event == RoomDialEnded(CALL, f"{ID}-3")


@pytest.mark.parametrize("place", [rooms.moved, rooms.left])
def test_an_answer_at_an_address_that_we_never_handed_out_is_refused(place: Any) -> None:
    with pytest.raises(parse.BadRequest, match="handed out"):
        place({"CallSid": CALL}, None)


INBOUND, BY_API = {"Direction": "inbound"}, {"Direction": "outbound-api"}
IN_A_ROOM = Contact(ID, stage="conferring", swarm=Swarm(2, 1), swarms=2)


@pytest.mark.parametrize(
    ("place", "form", "contact", "who"),
    [
        ("stayed", INBOUND, WAITING, "waiting"),
        ("pressed", INBOUND, WAITING, "waiting"),
        ("moved", INBOUND, WAITING, "waiting"),
        ("moved", INBOUND, IN_A_ROOM, "caller"),
        ("left", INBOUND, IN_A_ROOM, "caller"),
        ("left", BY_API, IN_A_ROOM, "technician"),
        ("screen", BY_API, WAITING, "technician"),
        ("key", BY_API, WAITING, "technician"),
        ("fallback", BY_API, WAITING, "technician"),
        ("fallback", INBOUND, WAITING, "waiting"),
        ("room", {}, WAITING, None),
        ("leg", BY_API, WAITING, None),
    ],
)
def test_who_listens_when_something_breaks(
    place: str, form: dict[str, str], contact: Contact, who: Asker | None
) -> None:
    expected = PLACES[place].asker
    assert (parse.asked_by(form, Handed(contact, 5), expected) if expected else None) == who


def test_a_fault_while_a_client_waits_says_so() -> None:
    form = {"CallSid": CALL, "ErrorCode": "11200", "CallStatus": "in-progress", "From": "+14035550120", **INBOUND}
    event = parse.fallback(form, HANDED).event
    assert event == Faulted(CALL, "waiting", "11200", "+14035550120")
