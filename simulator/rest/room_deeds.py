"""What the REST API does to conferences and their participants (twilio.md 7.2, 5.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simulator.calls.calls import Order
from simulator.calls.legs import Fetch
from simulator.rest import call_forms
from simulator.rest.forms import (
    LONGEST_TIMEOUT,
    Form,
    RefusedError,
    complain_of,
    complain_of_unknown,
    events,
    flag,
    not_found,
    one_of,
    subscription,
    whole,
)
from simulator.rest.recording_deeds import PARTICIPANT_EVENTS, recording_wish, wanted
from simulator.rooms.announcements import Announcement
from simulator.rooms.participants import BEEPS, Participant, Tune
from simulator.rooms.rooms import MOST_PARTICIPANTS, Conference, Terms
from simulator.verbs import music
from simulator.webhooks.urls import is_url

if TYPE_CHECKING:
    from simulator.exchange import Exchange

CONFERENCE_EVENTS = ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
_LONGEST_NAME = 128  # characters, as of a Label
_REGIONS = ("us1", "us2", "ie1", "de1", "sg1", "br1", "au1", "jp1")
_JITTER_BUFFERS = ("small", "medium", "large", "off")
_EMERGENCY = ("CallerPosition", "CallerLocation", "Name", "Address", "ZipCode", "City", "State", "Country")
_UNPLAYED = (
    "Byoc", "ClientNotificationUrl", "RecordingConfigurationId", *(f"Emergency{name}" for name in _EMERGENCY),
)  # fmt: skip
_PLAYED = (
    *call_forms.OF_LEGS, "Label", "Muted", "Beep", "StartConferenceOnEnter", "EndConferenceOnExit", "WaitUrl",
    "WaitMethod", "EarlyMedia", "MaxParticipants", "ConferenceRecord", "ConferenceTrim", "ConferenceStatusCallback",
    "ConferenceStatusCallbackMethod", "ConferenceStatusCallbackEvent", "ConferenceRecordingStatusCallback",
    "ConferenceRecordingStatusCallbackMethod", "ConferenceRecordingStatusCallbackEvent", "Region", "Coaching",
    "CallSidToCoach", "JitterBufferSize", "AmdStatusCallback", "AmdStatusCallbackMethod",
)  # fmt: skip


def add_participant(exchange: Exchange, name: str, form: Form) -> Participant:
    """Rings somebody for a conference: of that name, made if there is none, or of that sid, which must live."""
    to, from_ = call_forms.both(exchange, form)
    call_forms.has_a_fair_reason(form)
    detection = call_forms.detection(form, "AmdStatusCallback", is_async=True)
    timeout = whole(form, "Timeout", 60, least=5, most=LONGEST_TIMEOUT)
    limit, label, told = whole(form, "TimeLimit", 0), _label(form), subscription(form)
    one_of(form, "JitterBufferSize", _JITTER_BUFFERS, "large")
    beep, records = BEEPS[one_of(form, "Beep", BEEPS, "true")], wanted(form)
    wish = recording_wish(form, PARTICIPANT_EVENTS, trims=True) if flag(form, "Record", False) else None
    terms = _terms(form)
    coached = _coached(form)
    found = _found(exchange, name)
    if coached and (found is None or not found.may_be_coached(coached)):
        raise RefusedError(400, 16028, f"The call {coached} that is to be coached is not in this conference.")
    if label and found is not None and found.find(label):
        raise RefusedError(400, 16025, f"The label {label} is already taken in this conference.")
    room = found or exchange.rooms.opens(name, terms)
    leg = exchange.new_leg("outbound-api", from_, to, "queued")
    leg.subscription = told
    complain_of(exchange, form, _UNPLAYED, "POST Participants", leg)
    complain_of_unknown(exchange, form, (*_PLAYED, *_UNPLAYED, *call_forms.HARMLESS), "POST Participants")
    if wish is not None:
        exchange.recordings.starts_when_answered(leg, wish)
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
        beep=beep,
        coaches=coached or "",
        records=records,
    )
    room.expects(one)
    order = Order(lambda reading: music.lives(reading, one), timeout, time_limit=limit, detection=detection)
    exchange.calls.goes_out(leg, order)
    return one


def _label(form: Form) -> str:
    label = form.get("Label", "")
    if len(label) > _LONGEST_NAME:
        raise RefusedError(400, 20001, f"Label is longer than {_LONGEST_NAME} characters.")
    return label


def _found(exchange: Exchange, name: str) -> Conference | None:
    """None for a name that no live conference has."""
    if re.fullmatch(r"CF[0-9a-f]{32}", name):
        found = exchange.rooms.all.get(name)
        if found is None or found.status == "completed":
            raise not_found(f"Conferences/{name}")
        return found
    if len(name) > _LONGEST_NAME:
        raise RefusedError(400, 20001, f"The conference's name is longer than {_LONGEST_NAME} characters.")
    return exchange.rooms.named(name)


def _coached(form: Form) -> str | None:
    """The call to be coached, "" for none; None if nothing is said of it. Without Coaching, CallSidToCoach is
    enough."""
    sid = form.get("CallSidToCoach", "")
    if "Coaching" not in form and not sid:
        return None
    if not flag(form, "Coaching", True):
        return ""
    if not sid:
        raise RefusedError(400, 20001, "CallSidToCoach is required when Coaching is true.")
    return sid


def _terms(form: Form) -> Terms:
    return Terms(
        form.get("ConferenceStatusCallback", ""),
        call_forms.how(form, "ConferenceStatusCallbackMethod"),
        events(form, "ConferenceStatusCallbackEvent", CONFERENCE_EVENTS, "start end"),
        whole(form, "MaxParticipants", MOST_PARTICIPANTS, least=2, most=MOST_PARTICIPANTS),
        one_of(form, "Region", _REGIONS, "us1"),
    )


def _tune(form: Form, name: str, method: str, default: str) -> Tune:
    """No URL is Twilio's music, an empty one silence."""
    url = form.get(name)
    if url is None:
        return "music"
    return Fetch(url, call_forms.how(form, method, default)) if url else "silence"


def change_conference(exchange: Exchange, room: Conference, form: Form) -> Conference:
    status, what = form.get("Status"), _announced(form)
    if status not in (None, "completed"):
        raise RefusedError(400, 20001, f"Invalid Status {status}; it must be completed.")
    if what is not None and room.status == "completed":
        raise RefusedError(400, 20001, "The conference is completed: nobody is there to hear an announcement.")
    if what is not None:
        _announces(exchange, room, what, None)
    if status is not None:
        room.ends()
    return room


def change_participant(exchange: Exchange, one: Participant, form: Form) -> Participant:
    room, coached, what = one.room, _coached(form), _announced(form)
    if coached and (coached == one.leg.sid or not room.may_be_coached(coached)):
        raise RefusedError(400, 16028, f"The call {coached} that is to be coached is not in this conference.")
    muted, held = flag(form, "Muted", one.muted), flag(form, "Hold", one.hold is not None)
    ends = flag(form, "EndConferenceOnExit", one.ends)
    beeps = flag(form, "BeepOnExit", one.beep.on_exit)
    wait = _tune(form, "WaitUrl", "WaitMethod", "POST") if "WaitUrl" in form else None
    hold = _tune(form, "HoldUrl", "HoldMethod", "GET")
    room.mutes(one, muted)
    room.modifies(one, ends=ends, coaches=coached, wait=wait, beeps_on_exit=beeps)
    if not held:
        room.holds(one, None)
    elif "HoldUrl" in form or one.hold is None:
        room.holds(one, hold)
    if what is not None:
        _announces(exchange, room, what, one)
    return one


def _announced(form: Form) -> Fetch | None:
    url = form.get("AnnounceUrl")
    if not url:
        return None
    if not is_url(url):
        raise RefusedError(400, 21205, f"AnnounceUrl is not a valid URL: {url}")
    return Fetch(url, call_forms.how(form, "AnnounceMethod"))


def _announces(exchange: Exchange, room: Conference, what: Fetch, to: Participant | None) -> None:
    exchange.clock.spawn(Announcement(exchange, room, what, to).runs(), f"announcement {what.url} in {room.name}")


def kick(one: Participant) -> None:
    one.room.leaves(one, "participant_updated_via_api", kicked=True)
