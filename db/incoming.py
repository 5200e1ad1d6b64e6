"""An event on its way in, whatever brought it."""

from dataclasses import dataclass

from callflows.contact import Contact
from callflows.events import Event


@dataclass(frozen=True, slots=True)
class Incoming:
    """`key` is the same for every delivery of it (twilio.md 2.3).

    `caller` is E.164 or what Twilio sent instead, or the client whom we call; `line` our number. Both matter only to
    a contact's first turn, and so does `handed`, the state that the URL carried: once it is kept, its row wins.
    `contact` empty: of a text, whose conversation is looked for (`db.conversations`). `files`: what came with it, as
    (address, media type). `ours`: what our side is called in it, if not `line`: by e-mail, or on
    another channel. `mailbox`: the address of ours that an e-mail was written to.
    """

    contact: str
    provider_sid: str
    key: str
    event: Event
    caller: str = ""
    line: str = ""
    handed: Contact | None = None
    files: tuple[tuple[str, str], ...] = ()
    ours: str = ""
    mailbox: str = ""
