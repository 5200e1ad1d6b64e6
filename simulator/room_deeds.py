"""What the REST API does to conferences and their participants (twilio.md 7.2, 5.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simulator.calls import Order
from simulator.forms import (
    LONGEST_TIMEOUT,
    Form,
    RefusedError,
    complain_of,
    events,
    flag,
    not_found,
    parties,
    subscription,
    whole,
)
from simulator.legs import Fetch
from simulator.rooms import MOST_PARTICIPANTS, Conference, Participant, Terms, Tune
from simulator.verbs import music

if TYPE_CHECKING:
    from simulator.exchange import Exchange

CONFERENCE_EVENTS = ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
_LONGEST_NAME = 128
_UNPLAYED = (
    "Record",
    "ConferenceRecord",
    "Coaching",
    "CallSidToCoach",
    "MachineDetection",
    "Byoc",
    "SipAuthUsername",
    "CallerId",
)
_UNPLAYED_CHANGES = ("AnnounceUrl", "WaitUrl", "BeepOnExit", "Coaching", "CallSidToCoach")


def add_participant(exchange: Exchange, name: str, form: Form) -> Participant:
    """Rings somebody for a conference: of that name, made if there is none, or of that sid, which must live."""
    to, from_ = parties(form)
    if from_ not in exchange.numbers and from_ not in exchange.verified:
        raise RefusedError(400, 21210, f"The source phone number {from_} is not verified for your account.")
    timeout = whole(form, "Timeout", 60, least=5, most=LONGEST_TIMEOUT)
    limit, label, told = whole(form, "TimeLimit", 0), form.get("Label", ""), subscription(form)
    room = _room(exchange, name, _terms(form))
    if label and room.find(label):
        raise RefusedError(400, 16025, f"The label {label} is already taken in this conference.")
    leg = exchange.new_leg("outbound-api", from_, to, "queued")
    leg.subscription = told
    complain_of(exchange, form, _UNPLAYED, "POST Participants", leg)
    one = Participant(
        room,
        leg,
        exchange.clock.now(),
        label,
        muted=flag(form, "Muted", False),
        starts=flag(form, "StartConferenceOnEnter", True),
        ends=flag(form, "EndConferenceOnExit", False),
        wait=_tune(form, "WaitUrl", "WaitMethod", "POST"),
        early=flag(form, "EarlyMedia", True),
    )
    room.expects(one)
    exchange.calls.goes_out(leg, Order(lambda reading: music.lives(reading, one), timeout, time_limit=limit))
    return one


def _room(exchange: Exchange, name: str, terms: Terms) -> Conference:
    if re.fullmatch(r"CF[0-9a-f]{32}", name):
        found = exchange.rooms.all.get(name)
        if found is None or found.status == "completed":
            raise not_found(f"Conferences/{name}")
        return found
    if len(name) > _LONGEST_NAME:
        raise RefusedError(400, 20001, f"The conference's name is longer than {_LONGEST_NAME} characters.")
    return exchange.rooms.opens(name, terms)


def _terms(form: Form) -> Terms:
    return Terms(
        form.get("ConferenceStatusCallback", ""),
        form.get("ConferenceStatusCallbackMethod", "POST"),
        events(form, "ConferenceStatusCallbackEvent", CONFERENCE_EVENTS, "start end"),
        whole(form, "MaxParticipants", MOST_PARTICIPANTS, least=2, most=MOST_PARTICIPANTS),
        form.get("Region", "us1"),
    )


def _tune(form: Form, name: str, method: str, default: str) -> Tune:
    """No URL is Twilio's music, an empty one silence."""
    url = form.get(name)
    if url is None:
        return "music"
    return Fetch(url, form.get(method, default)) if url else "silence"


def change_conference(exchange: Exchange, room: Conference, form: Form) -> Conference:
    complain_of(exchange, form, ("AnnounceUrl",), "POST Conferences")
    status = form.get("Status")
    if status not in (None, "completed"):
        raise RefusedError(400, 20001, f"Invalid Status {status}; it must be completed.")
    if status is not None:
        room.ends()
    return room


def change_participant(exchange: Exchange, one: Participant, form: Form) -> Participant:
    complain_of(exchange, form, _UNPLAYED_CHANGES, "POST Participants/{CA}", one.leg)
    room = one.room
    room.mutes(one, flag(form, "Muted", one.muted))
    room.modifies(one, flag(form, "EndConferenceOnExit", one.ends))
    if flag(form, "Hold", one.hold is not None):
        if "HoldUrl" in form or one.hold is None:
            room.holds(one, _tune(form, "HoldUrl", "HoldMethod", "GET"))
    else:
        room.holds(one, None)
    return one


def kick(one: Participant) -> None:
    one.room.leaves(one, "participant_updated_via_api", kicked=True)
