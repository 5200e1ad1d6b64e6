"""All that a turn can ask to be done. Orders: replies answer the webhook, changes are kept with the turn.

Actions name a prompt, a technician's key or our own ids, never a sentence and never a telephone number: texts
are `languages`' business, and numbers are read fresh when the action is carried out.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from callflows.plain import plain
from callflows.text_actions import TextChange
from routing.floor import PresenceState, PromiseKind
from routing.hunt import RingResult

# What an order needs to be spoken: names, never numbers of telephones.
Params = dict[str, str]


@dataclass(frozen=True, slots=True)
class Say:
    """`language` empty: the listener's own. `technician`: who listens, if it is one of ours on a leg of their own."""

    prompt: str
    params: Params = field(default_factory=dict)
    language: str = ""
    technician: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring one technician from the caller's own document; `seconds` as we ask, Twilio adds about 5."""

    technician: str
    number: int
    seconds: int
    silent: bool = False  # nothing was said before: the caller may go on hearing ringing


@dataclass(frozen=True, slots=True)
class Screen:
    """Whisper to the technician and wait for a key, all in one Gather; no key hangs up. `ring`: of a swarm's helper."""

    technician: str
    whisper: tuple[Say, ...]
    seconds: int
    ring: int = 0


@dataclass(frozen=True, slots=True)
class Connect:
    """End the screening document: Twilio bridges the two legs."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the caller for keys, or for words too. Whoever stays silent comes back as `CallerStayed`, or, with
    `go_on`, hears what follows in the same answer.

    `keys`: how many; 0 is as many as they like, ended by #. `hints` are what may be said, for the recogniser;
    `places`: the names of municipalities as well, those of `province` first. `music`: seconds of it after the words.
    """

    says: tuple[Say, ...]
    seconds: int
    keys: int = 1
    speech: bool = False
    hints: tuple[str, ...] = ()
    places: bool = False
    province: str = ""
    go_on: bool = False
    music: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """Take a voicemail of at most `seconds`."""

    seconds: int


@dataclass(frozen=True, slots=True)
class DialOther:
    """Connect the caller to a number that is none of ours: a flow step's, or (no step) the line's fallback."""

    step: str = ""
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class JoinRoom:
    """Send the leg that asks into a swarm's room: a helper's (`ring`), or the client's (`ring` 0).

    `ends`: the room ends when this leg leaves it.
    """

    room: str
    ring: int = 0
    ends: bool = False


@dataclass(frozen=True, slots=True)
class DialClient:
    """Connect the technician who listens with a client; the number is the promise's, or the matter's (promise 0)."""

    matter: int
    promise: int = 0


@dataclass(frozen=True, slots=True)
class Hangup:
    pass


@dataclass(frozen=True, slots=True)
class Reject:
    pass


Reply = Say | Ring | Screen | Connect | Ask | Record | DialOther | JoinRoom | DialClient | Hangup | Reject


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
    """Somebody will call by `due_at` (UTC), at the number keyed in or else the caller's own; or answer in writing."""

    owner: str
    due_at: datetime
    kind: PromiseKind = "call_back"


@dataclass(frozen=True, slots=True)
class KeepPromises:
    """Talking with the client keeps what was promised on their matter."""

    promises: tuple[int, ...]
    technician: str = ""


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
class RememberTalk:
    """This technician has talked with the client, who meets them again next time."""

    technician: str


@dataclass(frozen=True, slots=True)
class RememberPlace:
    """The caller's number belongs to this municipality, by the caller's own word."""

    municipality: str


@dataclass(frozen=True, slots=True)
class BeginErrand:
    """A contact of its own begins, to keep this contact's promise; `number` counts them from 1. `technician`: who wants
    to call the client of that matter now, promise or not."""

    number: int
    technician: str = ""
    matter: int = 0


@dataclass(frozen=True, slots=True)
class CallOut:
    """Ring one technician by Twilio's API; `seconds` as we ask."""

    technician: str
    number: int
    seconds: int


@dataclass(frozen=True, slots=True)
class CancelRing:
    """Let a helper's telephone ring no longer: not begun if it waits for its turn, else canceled by Twilio's API, which
    does nothing to a leg that was picked up. `queued`: only if it does not ring yet."""

    ring: int
    queued: bool = False


@dataclass(frozen=True, slots=True)
class MoveClient:
    """Move the client's leg by Twilio's API: into the room, or out of it. What it hears is its next turn's to say."""


@dataclass(frozen=True, slots=True)
class MoveTechnician:
    """Move the leg of the technician whose ring is bridged, by Twilio's API, out of the caller's Dial."""

    ring: int


@dataclass(frozen=True, slots=True)
class AskLeg:
    """Ask Twilio whether a helper's leg still lives; if it is over, its end is told as its own report would."""

    ring: int


@dataclass(frozen=True, slots=True)
class HangUpLeg:
    """End a helper's leg in `delay` seconds, should it still live: nobody is left for them to talk with. `leg`: its
    sid, as far as it is known."""

    ring: int
    delay: int = 0
    leg: str = ""


@dataclass(frozen=True, slots=True)
class PassMatter:
    """The matter of this contact has another owner from now on."""

    owner: str


@dataclass(frozen=True, slots=True)
class MarkOverdue:
    promise: int


@dataclass(frozen=True, slots=True)
class CloseMatter:
    """What was promised in it counts as kept."""

    matter: int


@dataclass(frozen=True, slots=True)
class KeepOpen:
    """The matter doesn't close itself by growing quiet."""

    matter: int


@dataclass(frozen=True, slots=True)
class SetPresence:
    """What a technician says of themselves; how long it holds without `until` is `eligible`'s to know."""

    technician: str
    state: PresenceState
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeepNote:
    """Where a technician's spoken note on a matter is."""

    technician: str
    matter: int
    recording: str
    url: str
    seconds: int


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


# What concerns who is held and who is at work; the matter; what is done later; and what is remembered.
FloorChange = Reserve | Occupy | Free | CountRing | SetPresence
MatterChange = OpenMatter | PassMatter | MakePromise | KeepPromises | MarkOverdue | CloseMatter | KeepOpen | KeepNote
LegChange = CallOut | CancelRing | MoveClient | MoveTechnician | AskLeg | HangUpLeg
LaterChange = SetTimer | BeginErrand | LegChange | Text | FetchRecording
MemoryChange = RememberTalk | RememberPlace | KeepSound
Change = FloorChange | MatterChange | LaterChange | MemoryChange | TextChange

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
    "opted_out",
    "opted_in",
    "joined",
    "note",
    "promise_made",
    "promise_kept",
    "promise_overdue",
    "client_called",
    "matter_closed",
    "matter_kept_open",
    "presence",
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
