"""All that can happen to a conversation in writing. `leg` is Twilio's sid of the message, empty for none."""

from dataclasses import dataclass
from typing import Literal

# What a technician may want of a client's conversation, besides answering it.
HelperVerb = Literal["take", "join", "given", "mute", "note", "close", "swarm"]


@dataclass(frozen=True, slots=True)
class TextArrived:
    """Somebody wrote to a line: a client, or a technician. `sender` is a typed address (`routing.addresses`), `files`
    how many came with it, `opt_out` Twilio's own word for an opt-out, if it has one (OptOutType). `came_at`: when it
    came (epoch seconds), if it could not be taken up then; else 0. `in_service`: it came by a Messaging Service, whose
    numbers share their opt-outs. `unfit`: those of the files that go no further, as people read them."""

    leg: str
    sender: str
    line: str
    body: str
    files: int = 0
    opt_out: str = ""
    came_at: int = 0
    in_service: bool = False
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterArrived(TextArrived):
    """Somebody wrote an e-mail. `leg` is its Message-ID, `line` one of ours all the same: technicians are told of it
    from there. `matter`: which it belongs to, by what the letter carries; its municipality and pod come along.
    `is_signed`: that can't be made up, so it counts whoever writes. `automatic`: a machine wrote it. `unkept`: the
    names of files that came with it and were not kept. `is_unproven`: our mail server found nothing that speaks for the
    sender."""

    subject: str = ""
    matter: int = 0
    municipality: str = ""
    pod: str = ""
    is_signed: bool = False
    automatic: bool = False
    unkept: tuple[str, ...] = ()
    is_unproven: bool = False


@dataclass(frozen=True, slots=True)
class TechnicianWrote:
    """A technician answers the client of this conversation, from their own telephone or a page. What else is known of
    it comes along, because it may begin a contact anew when the last one has grown quiet. `unfit`: those of the files
    that no client's telephone shows."""

    leg: str
    technician: str
    words: str
    files: int = 0
    matter: int = 0
    client: str = ""
    municipality: str = ""
    pod: str = ""
    language: str = ""
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TechnicianAsked:
    """A technician wants something of this conversation: to join it, to have it, to be left in peace, a note kept with
    it, help, its end."""

    leg: str
    technician: str
    verb: HelperVerb
    words: str = ""


@dataclass(frozen=True, slots=True)
class CallMissed:
    """A call of this client's reached nobody: they get a text that they can answer. `contact`: the call's."""

    leg: str
    contact: str
    matter: int = 0
    client: str = ""
    municipality: str = ""
    pod: str = ""
    language: str = ""
    due: int = 0


TextEvent = TextArrived | LetterArrived | TechnicianWrote | TechnicianAsked | CallMissed
TEXT_EVENTS = (TextArrived, LetterArrived, TechnicianWrote, TechnicianAsked, CallMissed)
BEGINS = (TechnicianWrote, CallMissed)  # we begin the conversation, not the client
