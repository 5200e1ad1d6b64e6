"""What we remember of a contact between turns; small enough to travel in a callback's URL.

Our ids only: no names, no numbers, no notes. While the database is there its row wins; the URL's copy answers
when it is away, so its form can't be added later (DESIGN 6, "When PostgreSQL is away").
"""

import base64
import json
import zlib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal

from callflows.plain import field_names, plain
from callflows.thread import Thread
from routing.hunt import Hunt, Ring
from routing.swarm import Becoming, Helper, Swarm

# What the leg that we talk to is doing. `asking`: it is asked who calls. `choosing`: a step's menu. `waiting`: for a
# swarm's helper. `conferring`: sent into a swarm's room. `dialing`: connected with a number of a flow's step.
# `fallback`: with the line's. `menu`: a technician's own. In writing: `texting`: a step waits for an answer.
# `conversing`: what either side writes goes to the other.
Stage = Literal[
    "new",
    "asking",
    "choosing",
    "hunting",
    "returning",
    "waiting",
    "conferring",
    "recording",
    "dialing",
    "fallback",
    "menu",
    "errand",
    "texting",
    "conversing",
    "over",
]
Channel = Literal["voice", "text", "email"]
Outcome = Literal[
    "answered",
    "swarmed",
    "voicemail",
    "callback",
    "abandoned",
    "replied",
    "auto_replied",
    "opted_out",
    "failed",
]

# The order in which outcomes hold (DESIGN 5, "Outcome"): the first that is true at the end.
OUTCOMES: tuple[Outcome, ...] = (
    "opted_out",
    "swarmed",
    "answered",
    "voicemail",
    "callback",
    "replied",
    "auto_replied",
    "abandoned",
    "failed",
)

ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def contact_id(provider_sid: str) -> str:
    """The contact of Twilio's call or first message. Made from its sid alone, so that every worker, with or
    without a database, finds the same one; 12 letters of 32 are 60 bits."""
    digest = int.from_bytes(sha256(provider_sid.encode()).digest()[:8], "big")
    letters = []
    for _ in range(12):
        digest, place = divmod(digest, 32)
        letters.append(ID_LETTERS[place])
    return "".join(letters)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that the caller was asked last. `options`: keys or codes, in the order of the keys from 1.

    `tries`: how often this very question was asked before.
    """

    kind: str
    options: tuple[str, ...] = ()
    tries: int = 0


@dataclass(frozen=True)
class Contact:
    """`due` (epoch seconds) is the time already promised aloud; `talked` everybody who spoke with the client.

    `promised`: a promise has been made. `message`: a voicemail was left. `left`: the client left first.
    `failed`: how often the municipality was asked for in vain. `trusted`: the caller's number may be remembered.
    `chosen`: the caller chose the language. `number`: where to call back, if keyed in; it never travels in a URL.
    `technician`: who is calling, if it is one of ours. `errand`: the contact whose promise this call is to keep;
    `wanted_by`: the technician who wants to call, promise or not.
    `callbacks`: how many calls were begun to keep this contact's promise. `noting`: the matter of a technician's last
    note, `noted` its recording. `step`: where in the flow the contact is, `moves` how many steps it has entered.
    `heard`: something was said to the caller. `swarms`: how many were opened, `called` whom they rang, `swarmed`:
    a helper talked with the client. `becoming`: their talk with a technician is to become a conference. `dismissed`:
    the caller chose to be said goodbye to.
    """

    contact: str
    channel: Channel = "voice"
    stage: Stage = "new"
    flow: str = "main"
    version: int = 0
    step: str = ""
    moves: int = 0
    heard: bool = False
    line: str = ""
    client: str = ""
    municipality: str = ""
    pod: str = ""
    language: str = ""
    matter: int = 0
    owner: str = ""
    known_number: bool = False
    hunt: Hunt = field(default_factory=Hunt)
    talked: tuple[str, ...] = ()
    returns: int = 0
    due: int = 0
    promised: bool = False
    message: bool = False
    sound: bool = False
    fell_back: bool = False
    left: bool = False
    asked: Asked | None = None
    failed: int = 0
    trusted: bool = False
    chosen: bool = False
    number: str = ""
    technician: str = ""
    errand: str = ""
    wanted_by: str = ""
    callbacks: int = 0
    noting: int = 0
    noted: str = ""
    thread: Thread | None = None
    swarm: Swarm | None = None
    swarms: int = 0
    called: tuple[str, ...] = ()
    swarmed: bool = False
    becoming: Becoming | None = None
    dismissed: bool = False
    outcome: Outcome | None = None

    @property
    def is_over(self) -> bool:
        return self.stage == "over"

    def became(self, changes: dict[str, Any]) -> "Contact":
        """As `dataclasses.replace`, in a tenth of the time: a turn does it a dozen times, over forty fields. Raises
        TypeError for a field that there is none of."""
        if not changes.keys() <= self.__dict__.keys():
            raise TypeError(f"a contact has no {', '.join(changes.keys() - self.__dict__.keys())}")
        made = object.__new__(Contact)
        made.__dict__.update(self.__dict__)
        made.__dict__.update(changes)
        return made


BLANK = Contact("")
DEFAULTS = tuple((name, getattr(BLANK, name)) for name in field_names(Contact) if name != "contact")


def to_json(contact: Contact) -> dict[str, Any]:
    """All of it but what still has its default."""
    kept: dict[str, Any] = {"contact": contact.contact}
    for name, default in DEFAULTS:
        value = getattr(contact, name)
        if value is not default and value != default:
            kept[name] = plain(value)
    return kept


def from_json(kept: dict[str, Any]) -> Contact:
    values = dict(kept)
    if "hunt" in values:
        hunt = dict(values["hunt"])
        ring = Ring(**hunt["ring"]) if hunt.get("ring") else None
        lists = {key: tuple(hunt.get(key, ())) for key in ("tried", "declined", "told")}
        values["hunt"] = Hunt(began=hunt["began"], rung=hunt["rung"], ring=ring, **lists)
    for name in ("talked", "called"):
        if name in values:
            values[name] = tuple(values[name])
    if values.get("swarm"):
        values["swarm"] = swarm_from(values["swarm"])
    if values.get("becoming"):
        values["becoming"] = becoming_from(values["becoming"])
    if values.get("asked"):
        asked = values["asked"]
        values["asked"] = Asked(asked["kind"], tuple(asked["options"]), asked["tries"])
    if values.get("thread"):
        values["thread"] = thread_from(values["thread"])
    return Contact(**values)


def thread_from(kept: dict[str, Any]) -> Thread:
    return Thread(**{key: tuples(value) for key, value in kept.items()})


def tuples(value: Any) -> Any:
    """JSON has lists alone, also within each other."""
    return tuple(tuples(one) for one in value) if isinstance(value, list) else value


def swarm_from(kept: dict[str, Any]) -> Swarm:
    helpers = tuple(Helper(**one) for one in kept.get("helpers", ()))
    return Swarm(**{**kept, "helpers": helpers, "line": tuple(kept.get("line", ()))})


def becoming_from(kept: dict[str, Any]) -> Becoming:
    return Becoming(**{**kept, "joining": tuple(kept.get("joining", ()))})


# The letters of the URL's form. A new field gets a new letter; an unknown letter is passed over, so that calls
# survive a deployment.
SHORT = {
    "stage": "s",
    "flow": "f",
    "version": "v",
    "client": "c",
    "municipality": "m",
    "pod": "p",
    "language": "l",
    "matter": "n",
    "owner": "o",
    "known_number": "k",
    "talked": "t",
    "returns": "r",
    "due": "d",
    "promised": "a",
    "message": "g",
    "sound": "u",
    "fell_back": "b",
    "left": "e",
    "failed": "i",
    "trusted": "j",
    "chosen": "q",
    "technician": "w",
    "errand": "x",
    "wanted_by": "A",
    "callbacks": "y",
    "noting": "N",
    "step": "S",
    "moves": "M",
    "heard": "H",
    "swarms": "W",
    "swarmed": "D",
    "dismissed": "G",
}
MOST_HELPERS = 8  # of a swarm, those whose legs live, in a URL
HELPER_SHORT = ("ring", "technician", "began", "state", "placed", "pressed", "joined", "met")
SWARM_SHORT = ("number", "began", "arrived", "moving", "pod", "rounds")
MOST_DECLINED = 8  # of those who passed; a URL has 1 kB, a pod may have more people
LONG = {short: long for long, short in SHORT.items()}
RING_SHORT = ("number", "technician", "began", "state", "picked_up", "pressed", "key", "freed")


@lru_cache(maxsize=1024)
def to_url(contact: Contact) -> str:
    """The compact form that every callback URL carries, under 1 kB: letters, digits, `-` and `_` alone."""
    full = to_json(contact)
    short: dict[str, Any] = {SHORT[key]: value for key, value in full.items() if key in SHORT}
    if contact.asked:
        short["z"] = [contact.asked.kind, contact.asked.options, contact.asked.tries]
    hunt = contact.hunt
    if hunt.began:
        declined_lately = hunt.declined[-MOST_DECLINED:]
        people = list(dict.fromkeys((*hunt.tried, *declined_lately)))
        declined = [people.index(one) for one in declined_lately]
        ring = [getattr(hunt.ring, name) for name in RING_SHORT] if hunt.ring else None
        short["h"] = [hunt.began, hunt.rung, people, len(hunt.tried), declined, ring]
    if swarm := contact.swarm:
        living = (*swarm.inside, *swarm.ringing)[:MOST_HELPERS]
        helpers = [[getattr(one, name) for name in HELPER_SHORT] for one in living]
        short["E"] = [[getattr(swarm, name) for name in SWARM_SHORT], helpers, swarm.line[:MOST_HELPERS]]
        if bridged := [one.ring for one in living if one.bridged]:
            short["B"] = bridged
    if becoming := contact.becoming:
        short["C"] = [becoming.ring, becoming.until, becoming.helps, becoming.entered]
    packed = json.dumps(short, separators=(",", ":"), ensure_ascii=False).encode()
    if len(packed) > 400:
        return "z" + base64.urlsafe_b64encode(zlib.compress(packed, 9)).decode().rstrip("=")
    return "j" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_url(contact: str, text: str) -> Contact:
    """Read what `to_url` wrote; ValueError for anything else (a URL that we never handed out)."""
    try:
        raw = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        if text[:1] not in ("j", "z"):
            raise ValueError(text[:1])
        packed = zlib.decompress(raw) if text[:1] == "z" else raw
        short = json.loads(packed)
        values = {LONG[key]: value for key, value in short.items() if key in LONG}
        made = from_json({"contact": contact, **values})
        if "z" in short:
            kind, options, tries = short["z"]
            made = replace(made, asked=Asked(kind, tuple(options), tries))
        if "E" in short:
            about, helpers, line = short["E"]
            bridged = set(short.get("B", ()))
            known_helpers = (dict(zip(HELPER_SHORT, one, strict=True)) for one in helpers)
            living = tuple(Helper(**one, bridged=one["ring"] in bridged) for one in known_helpers)
            known = dict(zip(SWARM_SHORT, about, strict=True))
            made = replace(made, swarm=Swarm(**known, helpers=living, line=tuple(line)))
        if "C" in short:
            ring_number, until, helps, entered = short["C"]
            made = replace(made, becoming=Becoming(ring_number, until, helps, entered=entered))
        if "h" not in short:
            return made
        began, rung, people, tried, declined, ring = short["h"]
        hunt = Hunt(
            began=began,
            rung=rung,
            ring=Ring(**dict(zip(RING_SHORT, ring, strict=True))) if ring else None,
            tried=tuple(people[:tried]),
            declined=tuple(people[place] for place in declined),
        )
        return replace(made, hunt=hunt)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, zlib.error) as error:
        raise ValueError("the state in this URL is not one that we handed out") from error
