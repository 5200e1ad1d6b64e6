"""Answering machine detection (twilio.md 1.7): what Twilio hears after an answer, and when it knows. A person says a
short hello; a machine talks for as long as its greeting, then beeps or not; a fax whistles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from simulator.calls.legs import Fetch, Leg

if TYPE_CHECKING:
    from simulator.exchange import Exchange

HELLO = 1.0  # seconds that a person takes to say who is there
FAX = 1.0  # seconds of a fax's tone by which it is known
AnsweredBy = Literal[
    "human", "fax", "unknown", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other"
]


class Greeting(Protocol):
    """A carrier's machine."""

    @property
    def greeting_seconds(self) -> float: ...
    @property
    def beeps(self) -> bool: ...


@dataclass(frozen=True)
class Detection:
    """Thresholds in seconds. `callback` is told of an asynchronous verdict; a synchronous one has none, and the
    call's document waits for it."""

    to_end: bool = False  # DetectMessageEnd
    timeout: float = 30.0
    speech: float = 2.4  # talk as long as that is a machine's
    speech_end: float = 1.2  # silence that ends talk
    silence: float = 5.0  # at the beginning, after which nothing is known
    callback: Fetch | None = None
    is_async: bool = False


@dataclass(frozen=True)
class Verdict:
    answered_by: AnsweredBy
    seconds: float  # after the answer

    def params(self) -> dict[str, str]:
        return {"AnsweredBy": self.answered_by, "MachineDetectionDuration": str(round(self.seconds * 1000))}


def verdict(leg: Leg, wanted: Detection) -> Verdict:
    """Who answered this leg, as the thresholds make it out."""
    phone = leg.phone
    if leg.answered_by == "fax":
        found = Verdict("fax", FAX)
    elif leg.answered_by == "voicemail" and phone is not None and phone.voicemail is not None:
        return _of_machine(phone.voicemail, wanted)
    else:
        found = _of_talk(HELLO if phone is None or phone.greets else 0.0, wanted)
    return found if found.seconds <= wanted.timeout else Verdict("unknown", wanted.timeout)


def _of_talk(seconds: float, wanted: Detection) -> Verdict:
    """Talk shorter than the threshold is a person's, whoever talks."""
    return Verdict("human", seconds + wanted.speech_end) if seconds else Verdict("unknown", wanted.silence)


def _of_machine(machine: Greeting, wanted: Detection) -> Verdict:
    talk = machine.greeting_seconds
    if talk < wanted.speech:
        found = _of_talk(talk, wanted)
        return found if found.seconds <= wanted.timeout else Verdict("unknown", wanted.timeout)
    if wanted.speech > wanted.timeout:
        return Verdict("unknown", wanted.timeout)
    if not wanted.to_end:
        return Verdict("machine_start", wanted.speech)
    quiet = Verdict("machine_end_silence", talk + wanted.speech_end)
    end = Verdict("machine_end_beep", talk) if machine.beeps else quiet
    return end if end.seconds <= wanted.timeout else Verdict("machine_end_other", wanted.timeout)


async def detects(exchange: Exchange, leg: Leg, wanted: Detection) -> None:
    """After the answer. A synchronous detection makes the leg wait in silence; an asynchronous one goes on beside it
    and tells its callback alone, unless the leg is over before."""
    found = verdict(leg, wanted)
    if not wanted.is_async:
        await leg.wait(timeout=found.seconds)
        leg.detected = found
        return
    exchange.clock.spawn(_beside(exchange, leg, wanted.callback, found), f"detection on {leg.sid}")


async def _beside(exchange: Exchange, leg: Leg, callback: Fetch | None, found: Verdict) -> None:
    await exchange.clock.wait(leg.over, timeout=found.seconds)
    if leg.is_over:
        return
    leg.detected = found
    if callback is not None:
        told = {"AccountSid": exchange.account_sid, "CallSid": leg.sid, **found.params()}
        exchange.callbacks.send("amd", callback.method, callback.url, told, leg)


def read(
    number: Callable[[str, int], int], kind: str | None, callback: Fetch | None, *, is_async: bool
) -> Detection | None:
    """`number` reads one threshold of the request or noun, with its default: milliseconds, the timeout in seconds."""
    if not kind:
        return None
    return Detection(
        kind == "DetectMessageEnd",
        number("Timeout", 30),
        number("SpeechThreshold", 2400) / 1000,
        number("SpeechEndThreshold", 1200) / 1000,
        number("SilenceTimeout", 5000) / 1000,
        callback,
        is_async,
    )
