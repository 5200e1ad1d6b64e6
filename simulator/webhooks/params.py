"""The parameters of every callback, by the tables of twilio.md 1.1 to 1.6; those of texts are in texts/params.py.
Nothing else names a field."""

from __future__ import annotations

import math
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from simulator.calls.legs import FINAL, Leg
from simulator.numbers.places import place_of

if TYPE_CHECKING:
    from simulator.recordings.recordings import Recording
    from simulator.rooms.participants import Participant
    from simulator.rooms.queues import Member
    from simulator.rooms.rooms import Conference

API_VERSION = "2010-04-01"
_SIP_CODES = {"completed": 200, "busy": 486, "failed": 404, "no-answer": 487, "canceled": 487}


def rfc2822(instant: datetime) -> str:
    return format_datetime(instant.replace(microsecond=0))


def standard(account_sid: str, leg: Leg) -> dict[str, str]:
    """1.1: on every request that wants TwiML, and on call status callbacks."""
    params = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "CallSid": leg.sid,
        "CallStatus": leg.status,
        "Direction": leg.direction,
        "From": leg.from_,
        "To": leg.to,
        "Caller": leg.from_,
        "Called": leg.to,
    }
    for end, old in (("From", "Caller"), ("To", "Called")):
        for name, value in place_of(params[end]).items():
            params[end + name] = params[old + name] = value
    optional = {
        "ParentCallSid": leg.parent.sid if leg.parent else "",
        "CallToken": leg.call_token,
        "StirVerstat": leg.stir,
        "ForwardedFrom": leg.forwarded_from,
        "CallerName": leg.caller_name,
        "ApplicationSid": leg.application_sid,
        **(leg.sip.params() if leg.sip is not None and leg.direction == "inbound" else {}),
    }
    return params | {name: value for name, value in optional.items() if value}


def progress(account_sid: str, leg: Leg, now: datetime, sequence: int) -> dict[str, str]:
    """1.5: a call status callback, at the moment of its event."""
    params = standard(account_sid, leg) | {
        "Timestamp": rfc2822(now),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
    }
    if leg.queue_ms is not None:
        params["QueueTime"] = str(leg.queue_ms)
    if leg.status not in FINAL:
        return params
    seconds = leg.seconds()
    params["CallDuration"] = str(seconds)
    if seconds:
        params["Duration"] = str(math.ceil(seconds / 60))
    params["SipResponseCode"] = str(leg.sip_code or _SIP_CODES[leg.status])
    if leg.error is not None:
        params["ErrorCode"], params["ErrorMessage"] = str(leg.error[0]), leg.error[1]
    if leg.detected is not None:
        params |= leg.detected.params()
    if leg.recording is not None:
        params["RecordingUrl"] = leg.recording.url
        params["RecordingSid"] = leg.recording.sid
        params["RecordingDuration"] = str(leg.recording.seconds)
    return params


def conference(account_sid: str, room: Conference, event: str, now: datetime, sequence: int) -> dict[str, str]:
    """1.6: what every conference status callback says."""
    return {
        "AccountSid": account_sid,
        "ConferenceSid": room.sid,
        "FriendlyName": room.name,
        "SequenceNumber": str(sequence),
        "StatusCallbackEvent": event,
        "Timestamp": rfc2822(now),
    }


def participant(one: Participant) -> dict[str, str]:
    """1.6: of whom a join, leave, mute, hold or modify tells."""
    params = {
        "CallSid": one.leg.sid,
        "Coaching": _said(bool(one.coaches)),
        "EndConferenceOnExit": _said(one.ends),
        "Hold": _said(one.hold is not None),
        "Muted": _said(one.muted),
        "StartConferenceOnEnter": _said(one.starts),
    }
    return params | ({"ParticipantLabel": one.label} if one.label else {})


def participant_left(one: Participant, why: str) -> dict[str, str]:
    return participant(one) | {"ParticipantCallStatus": one.leg.status, "ReasonParticipantLeft": why}


def conference_ended(by: Participant | None, why: str) -> dict[str, str]:
    params = {"ReasonConferenceEnded": why, "Reason": why.replace("-", " ").capitalize()}
    if by is not None:
        params["CallSidEndingConference"] = by.leg.sid
        if by.label:
            params["ParticipantLabelEndingConference"] = by.label
    return params


def announced(url: str, to: Participant | None, failure: str | None) -> dict[str, str]:
    """1.6: the announcement events; of an announcement to one, as long as that one is there."""
    told = {"AnnounceUrl": url} | (participant(to) if to is not None else {})
    return told | ({"ReasonAnnouncementFailed": failure} if failure is not None else {})


def of_room(account_sid: str, room: Conference) -> dict[str, str]:
    """1.3: what an announcement to a whole conference is asked for with: no call's parameters."""
    return {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "ConferenceSid": room.sid,
        "FriendlyName": room.name,
    }


def conference_recorded(account_sid: str, room: Conference, made: Recording, now: datetime) -> dict[str, str]:
    """4.5: conference-record-end, to the old eventCallbackUrl."""
    return {
        "AccountSid": account_sid,
        "ConferenceSid": room.sid,
        "Duration": str(made.seconds),
        "EventName": "conference-record-end",
        "FriendlyName": room.name,
        "RecordingFileSize": str(len(made.wav())),
        "RecordingUrl": made.url,
        "Timestamp": rfc2822(now),
    }


def recording(account_sid: str, made: Recording) -> dict[str, str]:
    """1.3: a recordingStatusCallback. That of a conference names the conference and no call."""
    about = {"CallSid": made.call_sid} if made.room is None else {"ConferenceSid": made.room.sid}
    params = {
        "AccountSid": account_sid,
        **about,
        "RecordingSid": made.sid,
        "RecordingUrl": made.url,
        "RecordingStatus": made.status,
        "RecordingDuration": str(made.seconds),
        "RecordingChannels": str(made.wish.channels),
        "RecordingSource": made.source,
        "RecordingStartTime": rfc2822(made.started_at),
        "RecordingTrack": made.wish.track,
    }
    return params | ({"ErrorCode": str(made.error)} if made.error is not None else {})


def queued(member: Member, now: datetime) -> dict[str, str]:
    """1.3: what the waitUrl of an Enqueue is told, at the moment of each request."""
    queue = member.queue
    return {
        "AvgQueueTime": str(queue.average(now)),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.most),
        "QueuePosition": str(queue.members.index(member) + 1) if member in queue.members else "0",
        "QueueSid": queue.sid,
        "QueueTime": str(member.seconds(now)),
    }


def dequeued(member: Member, result: str, now: datetime) -> dict[str, str]:
    """1.3: the Enqueue action, for one who was really enqueued."""
    return {"QueueResult": result, "QueueSid": member.queue.sid, "QueueTime": str(member.seconds(now))}


def before_bridging(member: Member, by: Leg, now: datetime) -> dict[str, str]:
    """1.3: the url of a Queue noun. The name DequeingCallSid is Twilio's own spelling."""
    return {
        "DequeingCallSid": by.sid,
        "QueueSid": member.queue.sid,
        "QueueTime": str(member.seconds(now)),
    }


def after_queue(member: Member, seconds: int, now: datetime) -> dict[str, str]:
    """1.3: the Dial action after a Queue."""
    return {
        "DequeueResult": "bridged",
        "DequeuedCallSid": member.leg.sid,
        "DequeuedCallQueueTime": str(member.seconds(now)),
        "DequeuedCallDuration": str(seconds),
        "DialCallSid": member.leg.sid,
        "DialCallDuration": str(seconds),
        "DialBridged": "true",
    }


def _said(value: bool) -> str:
    return "true" if value else "false"
