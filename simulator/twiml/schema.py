"""Every voice verb and noun of TwiML: where it may stand, its attributes with their values and defaults, its
text. One table, each row beside the section of twilio.md that it states. What is not `played` yet is known,
checked, and a fault when it is reached; so is an attribute in `unplayed`. Adding a verb is a row here and a
file in verbs/."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Check = Callable[[str], str | None]  # the complaint, or None


def text(most: int = 4096) -> Check:
    return lambda value: None if len(value) <= most else f"is longer than {most} characters"


def one_of(*allowed: str) -> Check:
    return lambda value: None if value in allowed else f"is none of {', '.join(allowed)}"


def words_of(*allowed: str) -> Check:
    return lambda value: (
        None if value.split() and set(value.split()) <= set(allowed) else f"is no list of {' '.join(allowed)}"
    )


def whole(low: int, high: int, *others: str) -> Check:
    def check(value: str) -> str | None:
        if value in others or (value.isascii() and value.isdigit() and low <= int(value) <= high):
            return None
        return f"is no whole number from {low} to {high}"

    return check


def matching(pattern: str, what: str) -> Check:
    return lambda value: None if re.fullmatch(pattern, value) else f"is not {what}"


BOOL = one_of("true", "false")
METHOD = one_of("GET", "POST")
URL = matching(r"\S*", "a URL (it holds blanks)")
ANY = text()
LONG = 10**6
DIGITS = matching(r"[0-9A-DwW#*]+", "made of 0-9 A-D w W # *")
LEG_EVENTS = words_of("initiated", "ringing", "answered", "completed")
RECORDING_EVENTS = words_of("in-progress", "completed", "absent")


@dataclass(frozen=True)
class Attribute:
    check: Check = ANY
    default: str | None = None


@dataclass(frozen=True)
class Row:
    """`words` says whether text may stand in it: none, optional or required."""

    section: str
    inside: tuple[str, ...]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    words: str = "none"
    words_check: Check = ANY
    played: bool = True
    unplayed: frozenset[str] = frozenset()


def _a(check: Check = ANY, default: str | None = None) -> Attribute:
    return Attribute(check, default)


_ACTION = {"action": _a(URL), "method": _a(METHOD, "POST")}
_URL = {"url": _a(URL), "method": _a(METHOD, "POST")}
_CALLBACK = {
    "statusCallback": _a(URL),
    "statusCallbackMethod": _a(METHOD, "POST"),
    "statusCallbackEvent": _a(LEG_EVENTS, "completed"),
}
_RECORDING = {
    "recordingStatusCallback": _a(URL),
    "recordingStatusCallbackMethod": _a(METHOD, "POST"),
    "recordingStatusCallbackEvent": _a(RECORDING_EVENTS, "completed"),
    "recordingConfigurationId": _a(),
}
_UNPLAYED_OF_RECORDINGS = frozenset({"recordingConfigurationId"})
_MACHINE = {
    "machineDetection": _a(one_of("Enable", "DetectMessageEnd")),
    "machineDetectionTimeout": _a(whole(3, 60), "30"),
    "machineDetectionSpeechThreshold": _a(whole(1000, 6000), "2400"),
    "machineDetectionSpeechEndThreshold": _a(whole(500, 5000), "1200"),
    "machineDetectionSilenceTimeout": _a(whole(2000, 10000), "5000"),
    "amdStatusCallback": _a(URL),
    "amdStatusCallbackMethod": _a(METHOD, "POST"),
}
_RECORD_VALUES = one_of(
    "do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual",
    "record-from-ringing-dual", "true", "false",
)  # fmt: skip
_TRIM = one_of("trim-silence", "do-not-trim")
_SSML_IN = ("Say", "lang", "p", "prosody", "s", "emphasis", "w")


def _ssml(**attributes: Attribute) -> Row:
    named = {name.rstrip("_").replace("_", "-"): attribute for name, attribute in attributes.items()}
    return Row("4.1", _SSML_IN, named, words="optional")


TABLE: Mapping[str, Row] = {
    "Say": Row(
        "4.1",
        ("Response", "Gather"),
        {"voice": _a(text(), "man"), "language": _a(ANY, "en-US"), "loop": _a(whole(0, 1000), "1")},
        words="optional",
    ),
    "Play": Row(
        "4.1",
        ("Response", "Gather"),
        {"loop": _a(whole(0, 1000), "1"), "digits": _a(DIGITS)},
        words="optional",
        words_check=URL,
    ),
    "Pause": Row("4.1", ("Response", "Gather"), {"length": _a(whole(0, LONG), "1")}),
    "Redirect": Row("4.1", ("Response",), {"method": _a(METHOD, "POST")}, words="optional", words_check=URL),
    "Reject": Row("4.1", ("Response",), {"reason": _a(one_of("rejected", "busy"), "rejected")}),
    "Hangup": Row("4.1", ("Response",)),
    "Leave": Row("4.1", ("Response",)),
    "Refer": Row("4.1", ("Response",), _ACTION),
    "Connect": Row("4.1", ("Response",), _ACTION, played=False),
    "Start": Row("4.1", ("Response",), played=False),
    "Stop": Row("4.1", ("Response",), played=False),
    "Stream": Row(
        "4.1",
        ("Connect", "Start", "Stop"),
        {
            "url": _a(URL),
            "name": _a(),
            "track": _a(),
            "statusCallback": _a(URL),
            "statusCallbackMethod": _a(METHOD, "POST"),
            "connectorName": _a(),
        },
        played=False,
    ),
    "Parameter": Row("4.1, 4.4", ("Stream", "Client", "Application"), {"name": _a(), "value": _a()}),
    "Gather": Row(
        "4.2",
        ("Response",),
        {
            **_ACTION,
            "input": _a(words_of("dtmf", "speech"), "dtmf"),
            "numDigits": _a(whole(1, LONG)),
            "finishOnKey": _a(matching(r"[0-9#*]?", "one of 0-9 # * or empty"), "#"),
            "timeout": _a(whole(0, LONG, "auto"), "5"),
            "speechTimeout": _a(whole(0, LONG, "auto")),
            "actionOnEmptyResult": _a(BOOL, "false"),
            "language": _a(ANY, "en-US"),
            "hints": _a(
                lambda value: (
                    None
                    if value.count(",") < 500 and all(len(hint) <= 100 for hint in value.split(","))
                    else "holds more than 500 entries or one over 100 characters"
                )
            ),
            "speechModel": _a(),
            "profanityFilter": _a(BOOL, "true"),
            "enhanced": _a(BOOL),
            "partialResultCallback": _a(URL),
            "partialResultCallbackMethod": _a(METHOD, "POST"),
            "maxSpeechTime": _a(whole(1, 60), "60"),
            "bargeIn": _a(BOOL, "true"),
            "debug": _a(BOOL),
        },
    ),
    "Dial": Row(
        "4.3",
        ("Response",),
        {
            **_ACTION,
            **_RECORDING,
            "timeout": _a(whole(5, 600), "30"),
            "timeLimit": _a(whole(1, 86_400), "14400"),
            "callerId": _a(),
            "answerOnBridge": _a(BOOL, "false"),
            "hangupOnStar": _a(BOOL, "false"),
            "record": _a(_RECORD_VALUES, "do-not-record"),
            "recordingTrack": _a(one_of("both", "inbound", "outbound"), "both"),
            "trim": _a(_TRIM, "do-not-trim"),
            "ringTone": _a(matching(r"[a-z]{2}(-old)?|automatic", "a country code")),
            "sequential": _a(BOOL, "false"),
            "referUrl": _a(URL),
            "referMethod": _a(METHOD, "POST"),
            "callReason": _a(text(50)),
        },
        words="optional",
        unplayed=_UNPLAYED_OF_RECORDINGS,
    ),
    "Number": Row(
        "4.4",
        ("Dial",),
        {**_URL, **_CALLBACK, **_MACHINE, "sendDigits": _a(DIGITS), "byoc": _a()},
        words="required",
        unplayed=frozenset({"byoc"}),
    ),
    "Client": Row("4.4", ("Dial",), {**_URL, **_CALLBACK}, words="optional", words_check=text(256)),
    "Identity": Row("4.4", ("Client",), words="required", words_check=text(256)),
    "Sip": Row(
        "4.4",
        ("Dial", "Refer"),
        {**_URL, **_CALLBACK, **_MACHINE, "username": _a(), "password": _a()},
        words="required",
        words_check=text(254),
    ),
    "Queue": Row(
        "4.4",
        ("Dial",),
        {**_URL, "reservationSid": _a(), "postWorkActivitySid": _a()},
        words="required",
        unplayed=frozenset({"reservationSid", "postWorkActivitySid"}),
    ),
    "Application": Row("4.3", ("Dial",), {**_URL, **_CALLBACK}, words="optional"),
    "ApplicationSid": Row("4.3", ("Application",), words="required"),
    "WhatsApp": Row("4.3", ("Dial",), {**_URL, **_CALLBACK}, words="required"),
    "Sim": Row("4.3", ("Dial",), words="required"),
    "Conference": Row(
        "4.5",
        ("Dial",),
        {
            "muted": _a(BOOL, "false"),
            "beep": _a(one_of("true", "false", "onEnter", "onExit"), "true"),
            "startConferenceOnEnter": _a(BOOL, "true"),
            "endConferenceOnExit": _a(BOOL, "false"),
            "waitUrl": _a(URL),
            "waitMethod": _a(METHOD, "POST"),
            "maxParticipants": _a(whole(2, 250), "250"),
            "record": _a(one_of("do-not-record", "record-from-start"), "do-not-record"),
            "trim": _a(_TRIM, "trim-silence"),
            "participantLabel": _a(text(128)),
            "coach": _a(matching(r"CA[0-9a-f]{32}", "a CallSid")),
            "jitterBufferSize": _a(one_of("small", "medium", "large", "off"), "large"),
            "region": _a(one_of("us1", "ie1", "de1", "sg1", "br1", "au1", "jp1")),
            "statusCallback": _a(URL),
            "statusCallbackMethod": _a(METHOD, "POST"),
            "statusCallbackEvent": _a(
                words_of("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
            ),
            **_RECORDING,
            "eventCallbackUrl": _a(URL),
        },
        words="required",
        words_check=text(128),
        unplayed=_UNPLAYED_OF_RECORDINGS,
    ),
    "Enqueue": Row(
        "4.6",
        ("Response",),
        {
            **_ACTION,
            "waitUrl": _a(URL),
            "waitUrlMethod": _a(METHOD, "POST"),
            "workflowSid": _a(),
            "maxQueueSize": _a(whole(1, 5000), "1000"),
        },
        words="optional",
        words_check=text(64),
        unplayed=frozenset({"workflowSid"}),
    ),
    "Task": Row("4.6", ("Enqueue",), {"priority": _a(), "timeout": _a()}, words="optional", played=False),
    "Record": Row(
        "4.6",
        ("Response",),
        {
            **_ACTION,
            **_RECORDING,
            "timeout": _a(whole(0, LONG), "5"),
            "finishOnKey": _a(matching(r"[0-9#*]*", "made of 0-9 # *"), "1234567890*#"),
            "maxLength": _a(whole(1, 14_400), "3600"),
            "playBeep": _a(BOOL, "true"),
            "trim": _a(_TRIM, "trim-silence"),
            "transcribe": _a(BOOL, "false"),
            "transcribeCallback": _a(URL),
        },
        unplayed=_UNPLAYED_OF_RECORDINGS,
    ),
    "break": _ssml(strength=_a(), time=_a()),
    "emphasis": _ssml(level=_a()),
    "lang": _ssml(xml_lang=_a()),
    "p": _ssml(),
    "phoneme": _ssml(alphabet=_a(), ph=_a()),
    "prosody": _ssml(volume=_a(), rate=_a(), pitch=_a()),
    "s": _ssml(),
    "say-as": _ssml(interpret_as=_a(), role=_a()),
    "sub": _ssml(alias=_a()),
    "w": _ssml(role=_a()),
}
