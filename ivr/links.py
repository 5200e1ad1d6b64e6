"""The callback URLs that we hand out. Each carries the contact's compact state and the turn's number.

The turn's number makes a repeat recognisable; the state answers when the database is away (DESIGN 6). All plain
ASCII, already encoded as it will be requested: Twilio signs the URL as we wrote it.
"""

from dataclasses import dataclass

from callflows.contact import Contact, from_url, to_url

# Twilio's connection overrides (twilio.md 2.3); a fragment is neither sent nor signed. A worker that died or
# stalls is asked again while the caller still listens; a report may be repeated until it arrives.
ANSWER = "#rc=2&rp=5xx,ct,rt&rt=4000&ct=2000"
REPORT = "#rc=3&rp=all"

LONGEST_MUSIC = 30  # seconds

REPORTS = {"leg", "client", "recording", "room"}


@dataclass(frozen=True, slots=True)
class Links:
    public_url: str

    def to(self, place: str, contact: Contact, number: int, ring: int = 0) -> str:
        """`place`: the last part of a voice route. `number`: the turn whose answer holds this URL. `ring`: which of
        the contact's rings it is about, where several live at the same time."""
        override = REPORT if place in REPORTS else ANSWER
        which = f"&r={ring}" if ring else ""
        state = to_url(contact)
        return f"{self.public_url}/voice/{place}?c={contact.contact}&n={number}&s={state}{which}{override}"

    def music(self, seconds: int) -> str:
        """Of whoever waits; as long as that, within what there is."""
        return f"{self.public_url}/sounds/waiting-{min(max(seconds, 1), LONGEST_MUSIC)}.wav"

    def message_status(self, deed: int) -> str:
        return f"{self.public_url}/messages/status?d={deed}{REPORT}"


@dataclass(frozen=True, slots=True)
class Handed:
    """What comes back of a URL that we handed out. `ring` 0: it named none."""

    contact: Contact
    number: int
    ring: int = 0


def read_handed(query: dict[str, str]) -> Handed | None:
    """None for a URL without our parameters; ValueError for one that we never handed out."""
    if "c" not in query:
        return None
    contact = from_url(query["c"], query.get("s", ""))
    ring = int(query.get("r", "0"))
    if ring < 0:
        raise ValueError("no ring has such a number")
    return Handed(contact, int(query.get("n", "")), ring)
