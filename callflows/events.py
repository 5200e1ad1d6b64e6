"""All that can happen to a contact by telephone. Past tense; nothing past `ivr.parse` knows Twilio's field names.

Every event has the leg it came from (Twilio's sid). `gone`: the caller's own leg was already over when Twilio
asked, so whatever we answer is thrown away (twilio.md 1.1, CallStatus).
"""

from dataclasses import dataclass
from typing import Any, Literal

from callflows.plain import field_names, plain
from callflows.text_events import TEXT_EVENTS, TextEvent

Asker = Literal["caller", "technician", "waiting"]
# Of a text: nothing is known yet but that Twilio has it, or has given it on.
ON_ITS_WAY = ("accepted", "queued", "scheduled", "sending", "sent")


@dataclass(frozen=True, slots=True)
class CallArrived:
    """`caller` is E.164, or empty when withheld or unusable; `line` is our number.

    `trusted`: no network has told us that the caller has no right to that number (decision 0008).
    """

    leg: str
    caller: str
    line: str
    forwarded_from: str = ""
    gone: bool = False
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class LegPickedUp:
    """A technician's phone, or the voicemail behind it, asks what it should hear."""

    leg: str
    ring: int


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A technician's key during screening. `digits` may be empty."""

    leg: str
    ring: int
    digits: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The last word on a technician's leg; may come before or after `DialEnded`."""

    leg: str
    ring: int
    status: str
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class DialEnded:
    """The ring is over and the caller's leg asks what is next. `leg` is the technician's, empty if unknown."""

    leg: str
    ring: int
    status: str
    bridged: bool | None
    duration: int | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class CallerPressed:
    leg: str
    digits: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class CallerSaid:
    """The answer to a question, as the recogniser understood it; `confidence` from 0 to 1, 1 where it told none."""

    leg: str
    words: str
    gone: bool = False
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class CallerStayed:
    """The caller was asked and said nothing: still there."""

    leg: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The voicemail is spoken. `seconds` before trimming; None or under 2 is no message (twilio.md 5.7)."""

    leg: str
    seconds: int | None
    recording: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RecordingStored:
    """The sound can be fetched, or never will be (`status` absent or failed)."""

    leg: str
    status: str
    recording: str
    url: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class FallbackEnded:
    """The line's fallback number was dialled after a fault of ours."""

    leg: str
    status: str
    bridged: bool | None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class CallOver:
    """The caller's leg is over, by Twilio's callback or by its answer to our question. `source` says which."""

    leg: str
    status: str
    source: Literal["callback", "asked"] = "callback"


@dataclass(frozen=True, slots=True)
class Faulted:
    """Something of ours broke while `asker` waited for an answer. `code` is Twilio's or our exception's name.

    `during`: the event whose turn broke, empty if only Twilio knows.
    """

    leg: str
    asker: Asker
    code: str
    caller: str = ""
    during: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class TimerFired:
    leg: str
    timer: str


@dataclass(frozen=True, slots=True)
class ErrandDue:
    """A promise is to be kept now, by a call to its owner and then to the client. `promised_in`: the contact that
    made it; what else is known of it comes along, because this event begins a contact of its own. `technician`: who
    asked to be connected with the client of the matter now; then nothing need be promised."""

    leg: str
    promised_in: str
    matter: int
    client: str = ""
    municipality: str = ""
    pod: str = ""
    language: str = ""
    technician: str = ""


@dataclass(frozen=True, slots=True)
class ClientPickedUp:
    """A client whom a technician calls, or the line's fallback number: somebody, or a voicemail, answered."""

    leg: str


@dataclass(frozen=True, slots=True)
class ClientCalled:
    """A technician's call to a client is over, and the technician's leg asks what is next. `leg` is the client's."""

    leg: str
    status: str
    bridged: bool | None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RingPlaced:
    """Twilio has taken the call to a helper of a swarm; its telephone rings now. `leg` is the helper's."""

    leg: str
    ring: int


@dataclass(frozen=True, slots=True)
class RingUnplaced:
    """Twilio's API could not be asked for that leg. `unknown`: no answer came, so the telephone may ring after all."""

    leg: str
    ring: int
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class CallerMoved:
    """The client's leg asks what is next because we moved it by Twilio's API."""

    leg: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class TechnicianMoved:
    """The leg of a technician who was bridged asks what is next, because we moved it by Twilio's API."""

    leg: str
    ring: int


@dataclass(frozen=True, slots=True)
class TechnicianUnmoved:
    """Twilio refused to move that leg: it is where it was, or over."""

    leg: str
    ring: int


@dataclass(frozen=True, slots=True)
class RoomJoined:
    """Somebody's leg is in a swarm's room. `ring` 0: the client's."""

    leg: str
    room: str
    ring: int = 0


@dataclass(frozen=True, slots=True)
class RoomLeft:
    """Somebody's leg is no longer in the room. `final`: that leg is over. `moved`: we took it out ourselves."""

    leg: str
    room: str
    ring: int = 0
    final: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class RoomDialEnded:
    """A leg's Dial into a room is over, and the leg asks what is next. `ring` 0: the client's."""

    leg: str
    room: str
    ring: int = 0
    gone: bool = False


@dataclass(frozen=True, slots=True)
class TextSent:
    """What became of a text of ours. `status` is Twilio's word, or `refused`; `detail` why it did not arrive: Twilio's
    code, or a sentence. To a technician: `technician`, and the `prompt` if it was a notice; else to the client, and
    `technician` wrote it, if anybody did. `message`: ours of the thread, 0 for a notice. `legs`: the client's messages
    that it was to give a technician. `first`: nothing was known of it before, be it Twilio's answer or a report that
    was faster. `asked_at`: when (epoch milliseconds) Twilio was asked to send it; 0: it never was."""

    leg: str
    technician: str
    prompt: str
    status: str
    detail: str = ""
    message: int = 0
    to_client: bool = False
    legs: tuple[str, ...] = ()
    first: bool = False
    asked_at: int = 0

    @property
    def kinds(self) -> tuple[Literal["text_out", "text_status"], ...]:
        """What the story tells of it: once that it went out, and whatever became of it afterwards."""
        if not self.first or self.status == "refused":
            return ("text_status",)
        return ("text_out",) if self.status in ON_ITS_WAY else ("text_out", "text_status")


Event = (
    CallArrived
    | LegPickedUp
    | KeyPressed
    | LegEnded
    | DialEnded
    | CallerPressed
    | CallerSaid
    | CallerStayed
    | RecordingEnded
    | RecordingStored
    | FallbackEnded
    | CallOver
    | Faulted
    | TimerFired
    | TextSent
    | ErrandDue
    | ClientPickedUp
    | ClientCalled
    | RingPlaced
    | RingUnplaced
    | CallerMoved
    | TechnicianMoved
    | TechnicianUnmoved
    | RoomJoined
    | RoomLeft
    | RoomDialEnded
    | TextEvent
)

KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        CallArrived,
        LegPickedUp,
        KeyPressed,
        LegEnded,
        DialEnded,
        CallerPressed,
        CallerSaid,
        CallerStayed,
        RecordingEnded,
        RecordingStored,
        FallbackEnded,
        CallOver,
        Faulted,
        TimerFired,
        TextSent,
        ErrandDue,
        ClientPickedUp,
        ClientCalled,
        RingPlaced,
        RingUnplaced,
        CallerMoved,
        TechnicianMoved,
        TechnicianUnmoved,
        RoomJoined,
        RoomLeft,
        RoomDialEnded,
        *TEXT_EVENTS,
    )
}


def to_json(event: Event) -> dict[str, Any]:
    """The event as kept with its turn: its kind and its fields."""
    return {"event": type(event).__name__, **plain(event)}


def from_json(kept: dict[str, Any]) -> Event:
    kind = KINDS[kept["event"]]
    made: Event = kind(**{name: _read(kept[name]) for name in field_names(kind) if name in kept})
    return made


def _read(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def is_gone(event: Event) -> bool:
    """Whether the caller had already left when this was asked."""
    return bool(getattr(event, "gone", False))
