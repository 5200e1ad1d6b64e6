"""The JSON shapes of the REST API (twilio.md 7): one function a resource. Empty values are null, dates RFC
2822."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from simulator.rest.forms import natural
from simulator.webhooks.params import API_VERSION, rfc2822

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.exchange import Number
    from simulator.recordings.recordings import Recording
    from simulator.rooms.participants import Participant
    from simulator.rooms.queues import Member, Queue
    from simulator.rooms.rooms import Conference
    from simulator.texts.media import Media
    from simulator.texts.messages import Message

Json = dict[str, Any]


def _date(instant: datetime | None) -> str | None:
    return rfc2822(instant) if instant else None


def _pretty(number: str) -> str:
    digits = number.removeprefix("+1")
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(number) == 12 and number[:2] == "+1" else number


def error(status: int, code: int, message: str) -> Json:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more, "status": status}


def account_uri(account_sid: str) -> str:
    return f"/{API_VERSION}/Accounts/{account_sid}"


def status_of(leg: Leg) -> str:
    """The resource has no `initiated`: until it rings a call is queued (7.1)."""
    return "queued" if leg.status == "initiated" else leg.status


def call(account_sid: str, leg: Leg, number_sid: str | None) -> Json:
    uri = f"{account_uri(account_sid)}/Calls/{leg.sid}"
    children = ("Notifications", "Recordings", "Payments", "Events", "Siprec", "Streams", "Transcriptions")
    return {
        "sid": leg.sid,
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "account_sid": account_sid,
        "to": leg.to,
        "to_formatted": _pretty(leg.to),
        "from": leg.from_,
        "from_formatted": _pretty(leg.from_),
        "phone_number_sid": number_sid,
        "status": status_of(leg),
        "start_time": _date(leg.answered_at or leg.ringing_at),
        "end_time": _date(leg.ended_at),
        "duration": str(leg.seconds()) if leg.is_over else None,
        "price": None,
        "price_unit": "USD",
        "direction": leg.direction,
        "answered_by": leg.detected.answered_by if leg.detected else None,
        "api_version": API_VERSION,
        "forwarded_from": leg.forwarded_from or None,
        "caller_name": leg.caller_name or None,
        "group_sid": None,
        "queue_time": str(leg.queue_ms or 0),
        "trunk_sid": None,
        "date_created": _date(leg.created_at),
        "date_updated": _date(leg.updated_at or leg.created_at),
        "uri": f"{uri}.json",
        "subresource_uris": {name.lower(): f"{uri}/{name}.json" for name in children},
    }


def message(account_sid: str, sent: Message) -> Json:
    uri = f"{account_uri(account_sid)}/Messages/{sent.sid}"
    has_sender = sent.status not in ("accepted", "scheduled")
    return {
        "sid": sent.sid,
        "account_sid": account_sid,
        "status": sent.status,
        "body": sent.body,
        "from": sent.from_ or None,
        "to": sent.to,
        "num_segments": str(sent.segments) if has_sender else "0",
        "num_media": str(len(sent.media)),
        "direction": sent.direction,
        "error_code": sent.error[0] if sent.error else None,
        "error_message": sent.error[1] if sent.error else None,
        "messaging_service_sid": sent.service.sid if sent.service else None,
        "api_version": API_VERSION,
        "date_created": _date(sent.created_at),
        "date_updated": _date(sent.updated_at or sent.created_at),
        "date_sent": _date(sent.sent_at),
        "price": None,
        "price_unit": "USD",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def media(account_sid: str, message_sid: str, file: Media) -> Json:
    return {
        "sid": file.sid,
        "account_sid": account_sid,
        "parent_sid": message_sid,
        "content_type": file.content_type,
        "date_created": _date(file.created_at),
        "date_updated": _date(file.created_at),
        "uri": f"{account_uri(account_sid)}/Messages/{message_sid}/Media/{file.sid}.json",
    }


def conference(account_sid: str, room: Conference) -> Json:
    uri = f"{account_uri(account_sid)}/Conferences/{room.sid}"
    return {
        "sid": room.sid,
        "account_sid": account_sid,
        "friendly_name": room.name,
        "status": room.status,
        "region": room.terms.region,
        "reason_conference_ended": room.why_ended,
        "call_sid_ending_conference": room.ended_by.leg.sid if room.ended_by else None,
        "api_version": API_VERSION,
        "date_created": _date(room.created_at),
        "date_updated": _date(room.updated_at),
        "uri": f"{uri}.json",
        "subresource_uris": {
            "participants": f"{uri}/Participants.json",
            "recordings": f"{uri}/Recordings.json",
        },
    }


def participant(account_sid: str, one: Participant) -> Json:
    uri = f"{account_uri(account_sid)}/Conferences/{one.room.sid}/Participants/{one.leg.sid}.json"
    return {
        "call_sid": one.leg.sid,
        "label": one.label or None,
        "conference_sid": one.room.sid,
        "account_sid": account_sid,
        "muted": one.muted,
        "hold": one.hold is not None,
        "coaching": bool(one.coaches),
        "call_sid_to_coach": one.coaches or None,
        "status": one.status,
        "start_conference_on_enter": one.starts,
        "end_conference_on_exit": one.ends,
        "queue_time": str(one.leg.queue_ms or 0),
        "date_created": _date(one.created_at),
        "date_updated": _date(one.leg.updated_at or one.created_at),
        "uri": uri,
    }


def queue(account_sid: str, line: Queue, now: datetime) -> Json:
    uri = f"{account_uri(account_sid)}/Queues/{line.sid}"
    return {
        "sid": line.sid,
        "account_sid": account_sid,
        "friendly_name": line.name,
        "current_size": len(line.members),
        "average_wait_time": line.average(now),
        "max_size": line.most,
        "date_created": _date(line.created_at),
        "date_updated": _date(line.updated_at),
        "uri": f"{uri}.json",
        "subresource_uris": {"members": f"{uri}/Members.json"},
    }


def queue_member(account_sid: str, member: Member, now: datetime) -> Json:
    return {
        "call_sid": member.leg.sid,
        "queue_sid": member.queue.sid,
        "position": member.queue.members.index(member) + 1,
        "wait_time": member.seconds(now),
        "date_enqueued": _date(member.enqueued_at),
        "uri": f"{account_uri(account_sid)}/Queues/{member.queue.sid}/Members/{member.leg.sid}.json",
    }


def recording(account_sid: str, made: Recording) -> Json:
    uri = f"{account_uri(account_sid)}/Recordings/{made.sid}"
    return {
        "sid": made.sid,
        "account_sid": account_sid,
        "call_sid": made.call_sid,
        "conference_sid": made.room.sid if made.room else None,
        "status": "deleted" if made.is_deleted else made.status,
        "duration": str(made.seconds) if made.status in ("completed", "absent") else None,
        "channels": made.wish.channels,
        "source": made.source,
        "track": made.wish.track,
        "media_url": made.url,
        "error_code": made.error if made.status == "absent" else None,
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "start_time": _date(made.started_at),
        "date_created": _date(made.started_at),
        "date_updated": _date(made.ended_at or made.started_at),
        "encryption_details": None,
        "uri": f"{uri}.json",
        "subresource_uris": {"transcriptions": f"{uri}/Transcriptions.json"},
    }


def number(account_sid: str, ours: Number) -> Json:
    return {
        "sid": ours.sid,
        "account_sid": account_sid,
        "phone_number": ours.phone_number,
        "friendly_name": ours.friendly_name,
        "voice_url": ours.voice_url,
        "voice_method": ours.voice_method,
        "voice_fallback_url": ours.voice_fallback_url,
        "voice_fallback_method": ours.voice_fallback_method,
        "voice_caller_id_lookup": ours.voice_caller_id_lookup,
        "voice_application_sid": ours.voice_application_sid or None,
        "voice_receive_mode": ours.voice_receive_mode,
        "trunk_sid": ours.trunk_sid or None,
        "status_callback": ours.status_callback,
        "status_callback_method": ours.status_callback_method,
        "sms_url": ours.sms_url,
        "sms_method": ours.sms_method,
        "sms_fallback_url": ours.sms_fallback_url,
        "sms_fallback_method": ours.sms_fallback_method,
        "sms_application_sid": ours.sms_application_sid or None,
        "capabilities": {"voice": True, "sms": ours.takes_texts, "mms": ours.takes_texts, "fax": False},
        "emergency_address_sid": ours.emergency_address_sid or None,
        "status": "in-use",
        "origin": "twilio",
        "beta": False,
        "address_requirements": "none",
        "api_version": API_VERSION,
        "date_created": _date(ours.created_at),
        "date_updated": _date(ours.updated_at or ours.created_at),
        "uri": f"{account_uri(account_sid)}/IncomingPhoneNumbers/{ours.sid}.json",
    }


def page(key: str, rows: Sequence[Json], uri: str, given: Mapping[str, str]) -> Json:
    """One page of a list; the query's PageSize (at most 1000) and Page choose it."""
    size = min(max(natural(given, "PageSize", 50), 1), 1000)
    index = natural(given, "Page", 0)
    shown = list(rows[index * size : (index + 1) * size])

    def address(of: int) -> str:
        rest = {name: value for name, value in given.items() if name not in ("Page", "PageSize")}
        return f"{uri}?{urlencode({**rest, 'PageSize': size, 'Page': of})}"

    return {
        key: shown,
        "page": index,
        "page_size": size,
        "start": index * size,
        "end": index * size + max(len(shown) - 1, 0),
        "uri": address(index),
        "first_page_uri": address(0),
        "next_page_uri": address(index + 1) if (index + 1) * size < len(rows) else None,
        "previous_page_uri": address(index - 1) if index else None,
    }
