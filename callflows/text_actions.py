"""What a turn can ask to be done in writing. As with calls: prompts, keys and ids, never a sentence or a number."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from callflows.text_events import TextEvent

# What the header of a relay says besides.
RelayNote = Literal["", "silenced", "blocked", "stand_in", "unreached", "history"]


@dataclass(frozen=True, slots=True)
class KeepText:
    """Keep what was written to us with this event; twice is a repeat. `technician`: who wrote it, if one of ours."""

    leg: str
    technician: str = ""


@dataclass(frozen=True, slots=True)
class SendText:
    """Write to the client of this conversation: a prompt in their language, sent by ourselves. `due_at`: nobody
    asked for it, so it waits for the client's morning. `last`: the answer to an opt-out, which is still sent."""

    prompts: tuple[tuple[str, dict[str, str]], ...]
    due_at: datetime | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class PassOn:
    """Write to the client what a technician wrote to us with the message `leg`."""

    leg: str
    technician: str
    words: str
    files: int = 0


@dataclass(frozen=True, slots=True)
class RelayText:
    """Give a technician what the client wrote with these messages, under one header. `by`: another technician
    wrote `words` to the client. `note`: what the header says besides; `history`: the last messages come with it."""

    technician: str
    legs: tuple[str, ...]
    by: str = ""
    words: str = ""
    note: RelayNote = ""


@dataclass(frozen=True, slots=True)
class TellTechnician:
    """Answer a technician's own text; `lines` are prompts, one below the other."""

    technician: str
    lines: tuple[tuple[str, dict[str, str]], ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class SendOn:
    """An event for another contact, which takes a turn of its own. `contact` empty: a conversation that begins with
    it: on `line` with `peer`, or (both empty) with whom this contact is, on its line."""

    contact: str
    event: TextEvent
    line: str = ""
    peer: str = ""


@dataclass(frozen=True, slots=True)
class SetOptOut:
    """The other side of this conversation has said that they want no texts from us (`out`), or want them again; that
    counts for all of our lines."""

    word: str
    out: bool


@dataclass(frozen=True, slots=True)
class SetBlocked:
    """Twilio lets this conversation's line send nothing to the other side, or to `technician`, until they say START to
    it; or they have said it (not `blocked`). `everywhere`: to a line that shares Twilio's list with others of ours."""

    blocked: bool
    technician: str = ""
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class SetDeaf:
    """No text reaches the other side of this conversation: a landline. `code`: Twilio's."""

    code: str


@dataclass(frozen=True, slots=True)
class WriteNote:
    """A technician's words on a matter; nobody is sent them."""

    technician: str
    matter: int
    words: str


TextChange = (
    KeepText | SendText | PassOn | RelayText | TellTechnician | SendOn | SetOptOut | SetBlocked | SetDeaf | WriteNote
)
