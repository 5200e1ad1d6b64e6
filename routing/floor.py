"""The floor: who is on shift, free and able, at one instant, and what is known of the caller.

A turn reads one floor and decides from it alone; nothing here is fetched, nothing changes.
All instants are aware UTC datetimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from routing.directory import Client, Line, Municipality, Pod, Technician
from routing.hours import Week
from routing.places import Found

PresenceState = Literal["available", "away", "off"]
ReservationKind = Literal["ringing", "on_call", "wrap_up"]
PromiseKind = Literal["call_back", "reply"]  # by telephone, or in writing


@dataclass(frozen=True, slots=True)
class Presence:
    """What a technician (or a supervisor for them) last said; how long it holds is `eligible`'s to know."""

    state: PresenceState
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """One technician held for one contact. `expires_at` None: until somebody frees it."""

    contact: str
    kind: ReservationKind
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one technician stands at this instant. `out_until`: the number failed too often (DESIGN 5)."""

    technician: Technician
    presence: Presence | None = None
    reservation: Reservation | None = None
    out_until: datetime | None = None
    last_rung_at: datetime | None = None
    last_talked_at: datetime | None = None
    missed: int = 0  # rings in a row not answered or busy
    absences: tuple[tuple[datetime, datetime], ...] = ()  # away, known beforehand: begin and end, in order


@dataclass(frozen=True, slots=True)
class Shift:
    """A technician's working hours of a published version; `zone` is an IANA name."""

    week: Week
    zone: str


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """`contact`: the one in which it was made."""

    promise: int
    owner: str
    due_at: datetime
    contact: str = ""
    kind: PromiseKind = "call_back"


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """An open matter that the turn may be about. `number` is what people call it: #12. `client` is empty for
    somebody of whom only the telephone number is known. `theirs`: the caller's own, by client or number. `talking`:
    another contact about it goes on at this moment (asked only where it matters)."""

    number: int
    owner: str
    promises: tuple[OpenPromise, ...] = ()
    client: str = ""
    municipality: str = ""
    theirs: bool = True
    talking: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """Who last talked with a client, or (`client` empty) with somebody at the calling number."""

    client: str
    municipality: str
    technician: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """A matter that is talked about in writing, as a technician who writes to us may mean it. `contact`: the open
    conversation, empty if it has grown quiet; `line` and `peer`: where it goes on. `relayed`: the technician was given
    something of it within a day. `since`: its last word."""

    matter: int
    owner: str
    contact: str = ""
    line: str = ""
    peer: str = ""
    client: str = ""
    municipality: str = ""
    pod: str = ""
    language: str = ""
    relayed: bool = False
    member: bool = False
    since: datetime | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call that goes on now, as a technician who writes to us may mean it. `matter` 0: none yet. `talking`: the
    technicians who are with the client; nobody while the client waits for a swarm. `by_us`: we called the client."""

    contact: str
    matter: int
    talking: tuple[str, ...] = ()
    client: str = ""
    municipality: str = ""
    by_us: bool = False


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """A matter as its technician's menu offers it. `contact`: when it was last talked about, or promised.

    `number` is where the client can be called, E.164 or empty. `promise` 0: nothing is promised.
    """

    matter: int
    at: datetime
    client: str = ""
    municipality: str = ""
    number: str = ""
    promise: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a technician who calls a line may act on: the last matter talked about, and the promises, soonest first."""

    last: AgendaItem | None = None
    promises: tuple[AgendaItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Floor:
    """Everything a turn may know besides the contact, its version and the event.

    `callers`: the clients whom the calling number belongs to. `matters` and `talks` are theirs, or the number's;
    newest first. `recent_calls`: how many other calls came from that number in the last 10 s. `calling`: the
    technician whose own phone is calling or forwarding; `agenda` is theirs. `clients`: whoever matters name.
    `namesakes`: other municipalities of the same names as these.
    `number`: the client's telephone, E.164 or empty. `holidays`: a municipality's days off.
    `whole`: everybody's standing is known, not only the pod's. `legs_free`: how many more calls the account may have at
    once, if it is known and asked for; None: as many as one likes.
    `peer`: the other side of a conversation in writing, as a typed address. `silenced`: nothing is
    sent to them on this line, by their own word, or (`blocked`) because Twilio lets this line alone send them nothing;
    `deaf`: no text can reach them. `opted_in`: who has said START to this line within a day, "" for the client, and
    when (epoch milliseconds). `conversations` and `calls`: what the technician who writes may mean, newest first;
    `unwritable`: technicians who ended our texts, and are rung; `unreached`: those whose telephones have lost one
    within a day, and nothing has been heard of since. `automatic`: how many texts we have sent to this peer by
    ourselves within a day, in other conversations than this.
    `at_domain`: the municipality of everybody whose e-mail address has the same domain as this sender's.
    `found`: the municipalities that the words or keys of this event may mean. `seen`: those which callers from this
    number have named, latest first; `nearby`: those of the exchange's place.
    """

    at: datetime
    line: Line
    callers: tuple[Client, ...] = ()
    municipalities: Mapping[str, Municipality] = field(default_factory=dict)
    pods: Mapping[str, Pod] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    matters: tuple[OpenMatter, ...] = ()
    talks: tuple[Talk, ...] = ()
    recent_calls: int = 0
    calling: str = ""
    from_our_line: bool = False
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    number: str = ""
    found: tuple[Found, ...] = ()
    seen: tuple[str, ...] = ()
    nearby: tuple[str, ...] = ()
    agenda: Agenda | None = None
    namesakes: tuple[Municipality, ...] = ()
    clients: Mapping[str, Client] = field(default_factory=dict)
    whole: bool = False
    legs_free: int | None = None
    peer: str = ""
    silenced: bool = False
    blocked: bool = False
    deaf: bool = False
    opted_in: tuple[tuple[str, int], ...] = ()
    conversations: tuple[Conversation, ...] = ()
    calls: tuple[LiveCall, ...] = ()
    unwritable: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    automatic: int = 0
    at_domain: str = ""

    def without(self, technician: str, contact: str) -> "Floor":
        """The same floor after another call took this technician in the meantime (DESIGN 6, Reservations)."""
        standing = self.standings[technician]
        held = Reservation(contact, "ringing", None)
        return replace(self, standings={**self.standings, technician: replace(standing, reservation=held)})

    def released(self, technician: str) -> "Floor":
        """The same floor once this technician is held by nobody."""
        standing = self.standings.get(technician)
        if standing is None:
            return self
        return replace(self, standings={**self.standings, technician: replace(standing, reservation=None)})
