"""What the REST API does to recordings (twilio.md 7.1, 7.2, 7.3): how a call or a conference is wanted to be recorded,
and a recording that is begun, paused, taken up again and stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.recordings.recordings import Recording, Told, Wish
from simulator.rest.call_forms import how
from simulator.rest.forms import Form, RefusedError, events, not_found, one_of
from simulator.rooms.recording import Wanted

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.exchange import Exchange
    from simulator.rooms.rooms import Conference

CURRENT = "Twilio.CURRENT"
CALL_EVENTS = ("in-progress", "completed", "absent")
CONFERENCE_EVENTS = ("in-progress", "completed", "failed", "absent")
PARTICIPANT_EVENTS = ("started", "in-progress", "paused", "resumed", "stopped", "completed", "failed", "absent")
_TRIMS = ("trim-silence", "do-not-trim")
_CHANNELS = {"mono": 1, "dual": 2}
_NOT_ELIGIBLE = "Requested resource is not eligible for recording"


def recording_wish(form: Form, known: tuple[str, ...], *, trims: bool) -> Wish:
    """Of a call's own recording. `trims` is the default of Trim, which is not the same everywhere."""
    return Wish(
        _told(form, "RecordingStatusCallback", known),
        _CHANNELS[one_of(form, "RecordingChannels", _CHANNELS, "mono")],
        one_of(form, "RecordingTrack", ("both", "inbound", "outbound"), "both"),
        one_of(form, "Trim", _TRIMS, _TRIMS[0 if trims else 1]) == "trim-silence",
    )


def wanted(form: Form) -> Wanted | None:
    """ConferenceRecord of POST Participants; a conference has one channel."""
    value = one_of(form, "ConferenceRecord", ("false", "true", "record-from-start", "do-not-record"), "false")
    if value in ("false", "do-not-record"):
        return None
    told = _told(form, "ConferenceRecordingStatusCallback", CONFERENCE_EVENTS)
    trims = one_of(form, "ConferenceTrim", _TRIMS, "trim-silence") == "trim-silence"
    return Wanted(Wish(told, trims=trims), by_rest=True)


def _told(form: Form, name: str, known: tuple[str, ...]) -> Told | None:
    url, method = form.get(name), how(form, f"{name}Method")
    heard = events(form, f"{name}Event", known, "completed")
    return Told(url, method, heard) if url else None


def start(exchange: Exchange, leg: Leg, form: Form) -> Recording:
    """A second one of the same call is not made: the first goes on."""
    wish = recording_wish(form, CALL_EVENTS, trims=False)
    if not leg.is_live:
        raise RefusedError(400, 21220, _NOT_ELIGIBLE)
    running = exchange.recordings.current(leg)
    if running is not None and running.source == "StartCallRecordingAPI":
        return running
    return exchange.recordings.starts_call(leg, "StartCallRecordingAPI", wish)


def change(exchange: Exchange, made: Recording, form: Form) -> str:
    """The status that the recording has now."""
    status = one_of(form, "Status", ("paused", "in-progress", "stopped"), "")
    pause = one_of(form, "PauseBehavior", ("skip", "silence"), "silence")
    if made.ended_at is not None:
        raise RefusedError(400, 21220, _NOT_ELIGIBLE)
    if status == "paused":
        exchange.recordings.pauses(made, "skip" if pause == "skip" else "silence")
    elif status == "in-progress":
        exchange.recordings.goes_on(made)
    else:
        exchange.recordings.ends(made, by_rest=True)
        return "stopped"
    return made.status


def find(exchange: Exchange, of: Leg | Conference, sid: str, path: str) -> Recording:
    """Of this call or conference, by its sid or as the one that runs."""
    made = exchange.recordings.current(of) if sid == CURRENT else exchange.recordings.find(sid)
    if made is None or made.is_deleted or not made.is_of(of):
        raise not_found(path)
    return made
