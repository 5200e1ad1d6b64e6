"""All that a turn can ask to be done. Orders: replies answer the webhook, changes are kept with the turn.

Actions name a prompt, a technician's key or our own ids, never a sentence and never a telephone number: texts
are `languages`' business, and numbers are read fresh when the action is carried out.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from callflows.plain import plain
from routing.hunt import RingResult

# What an order needs to be spoken: names, never numbers of telephones.
Params = dict[str, str]


@dataclass(frozen=True, slots=True)
class Say:
    prompt: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring one technician from the caller's own document; `seconds` as we ask, Twilio adds about 5."""

    technician: str
    number: int
    seconds: int
    silent: bool = False  # nothing was said before: the caller may go on hearing ringing


@dataclass(frozen=True, slots=True)
class Screen:
    """Whisper to the technician and wait for a key, all in one Gather; no key hangs up."""

    technician: str
    whisper: tuple[Say, ...]
    seconds: int


@dataclass(frozen=True, slots=True)
class Connect:
    """End the screening document: Twilio bridges the two legs."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the caller for one key; whoever stays silent comes back as `CallerStayed`."""

    prompt: str
    seconds: int
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """Take a voicemail of at most `seconds`."""

    seconds: int


@dataclass(frozen=True, slots=True)
class DialFallback:
    """Connect the caller to the line's fallback number."""


@dataclass(frozen=True, slots=True)
class Hangup:
    pass


@dataclass(frozen=True, slots=True)
class Reject:
    pass


Reply = Say | Ring | Screen | Connect | Ask | Record | DialFallback | Hangup | Reject


@dataclass(frozen=True, slots=True)
class Reserve:
    """Hold a technician for this contact, or fail: two calls never ring one technician (DESIGN 5.3)."""

    technician: str


@dataclass(frozen=True, slots=True)
class Occupy:
    """Key 1: the reservation becomes "on a call", without an end."""

    technician: str


@dataclass(frozen=True, slots=True)
class Free:
    """Give the technician back; after a conversation `wrap_up` seconds later."""

    technician: str
    wrap_up: int = 0
    talked: bool = False


@dataclass(frozen=True, slots=True)
class CountRing:
    """Remember how a ring ended: three failed ones in a row leave the number out for 15 minutes."""

    technician: str
    result: RingResult


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """A new matter for this contact; its number is known once it is kept."""

    owner: str


@dataclass(frozen=True, slots=True)
class MakePromise:
    """Somebody will call by `due_at` (UTC)."""

    owner: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class KeepPromises:
    """Talking with the client keeps what was promised on their matter."""

    promises: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeepSound:
    """Where the voicemail's sound is."""

    recording: str
    url: str
    seconds: int


@dataclass(frozen=True, slots=True)
class SetTimer:
    timer: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Text:
    """Send a technician a text from the contact's line, `delay` seconds from now."""

    technician: str
    prompt: str
    params: Params = field(default_factory=dict)
    delay: int = 0


@dataclass(frozen=True, slots=True)
class FetchRecording:
    """The sound's callback never came: ask Twilio for it."""


Change = (
    Reserve
    | Occupy
    | Free
    | CountRing
    | OpenMatter
    | MakePromise
    | KeepPromises
    | KeepSound
    | SetTimer
    | Text
    | FetchRecording
)

Action = Reply | Change


def to_json(action: Action) -> dict[str, Any]:
    """The action as kept with its turn."""
    return {"action": type(action).__name__, **plain(action)}


HappeningKind = Literal[
    "received",
    "identified",
    "unidentified",
    "prompted",
    "pressed",
    "said",
    "ring_started",
    "ring_ended",
    "skipped",
    "swarm_opened",
    "swarm_invited",
    "swarm_joined",
    "swarm_left",
    "swarm_closed",
    "owner_changed",
    "voicemail_left",
    "callback_promised",
    "text_in",
    "text_out",
    "text_status",
    "note",
    "promise_made",
    "promise_kept",
    "promise_overdue",
    "flow_error",
    "degraded",
    "recovered",
    "ended",
]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the story, as the contract's events (DESIGN 4); `leg` is Twilio's sid."""

    kind: HappeningKind
    technician: str = ""
    leg: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided, from a closed vocabulary of codes, for `story --why` and replays."""

    code: str
    technician: str = ""
    detail: str = ""
