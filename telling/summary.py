"""What a story comes to, for whoever looks at it while it goes on: who it is, how it stands, whom we rang or who was
given the words, and what is owed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from routing.addresses import as_read
from telling.given import owed, parts, told, waits, who_answered
from telling.names import Names, mailbox_of
from telling.story import rings_of_helpers
from telling.words import Words

Row = Mapping[str, Any]
Standing = Literal["waits", "rings", "talks", "over"]
Came = Literal["rings", "talks", "talked", "missed"]

# What a ring's last event, or its result, says of it; what isn't here is `missed`.
CAME: dict[str, Came] = {
    "invited": "rings",
    "ringing": "rings",
    "taken": "talks",
    "joined": "talks",
    "accepted": "talked",
    "left": "talked",
}

# How a ring stands that ended well, and whose call of two has become a conference.
IN_CONFERENCE = {"joined": "taken", "left": "accepted"}


@dataclass(frozen=True, slots=True)
class Rung:
    """One technician's telephone, once; in writing one technician. `at`: since when it rang, or was to ring, or since
    when they have a part in it; `told`: what came of it, in words."""

    ring: int
    name: str
    at: datetime
    came: Came
    told: str


@dataclass(frozen=True, slots=True)
class Summary:
    """`who` called or wrote, or is called back; `facts` are labels with what is known, `now` how it stands in a few
    words. `ours`: it was a technician, so that nobody was rung for them."""

    who: str
    standing: Standing
    now: str
    facts: tuple[tuple[str, str], ...]
    rung: tuple[Rung, ...]
    ours: bool = False


def summary(row: Row, events: Sequence[Row], names: Names, promises: Sequence[Row] = ()) -> Summary:
    """`promises`: those made in it that are not kept yet."""
    technician = one_of_ours(events)
    who = names.technicians.get(technician, technician) or who_it_is(row, names)
    known = (*facts(row, names), *((names.words.page["owed"], one) for one in owed(row, promises, names)))
    if row.get("channel", "voice") != "voice":
        given = () if technician else tuple(who_was_given(events, names))
        standing, now = standing_in_writing(row, events, names, promises)
        return Summary(who, standing, now, known, given, bool(technician))
    rung = tuple(whom_we_rang(row, events, names))
    standing = standing_of(row, rung)
    return Summary(who, standing, now_in_words(row, standing, rung, names), known, rung, bool(technician))


def one_of_ours(events: Iterable[Row]) -> str:
    """The technician who called or wrote themselves; empty for anybody else."""
    ways = ((one["technician"], one["detail"].get("by")) for one in events if one["kind"] == "identified")
    return next((technician for technician, by in ways if by == "technician"), "")


def who_it_is(row: Row, names: Names) -> str:
    client, number = row["client"] or "", row["to_number" if is_errand(row) else "from_number"]
    return names.clients.get(client, client) or as_read(number) or names.words.page["withheld"]


def is_errand(row: Row) -> bool:
    return bool(row["direction"] == "outbound")


def facts(row: Row, names: Names) -> tuple[tuple[str, str], ...]:
    """Only what is known."""
    page, number = names.words.page, as_read(row["to_number" if is_errand(row) else "from_number"])
    place, pod, owner, line = (row[key] or "" for key in ("municipality", "pod", "owner", "line"))
    known = {
        "municipality": names.municipalities.get(place, place),
        "pod": names.pods.get(pod, pod),
        "owner": names.technicians.get(owner, owner),
        "matter": page["number"].format(number=row["matter"]) if row["matter"] else "",
        "telephone": number if row["client"] else "",
        "line": mailbox_of(row) or names.lines.get(line, "") or as_read(line),
        "language": names.words.named(row["language"]) if row["language"] else "",
    }
    return tuple((page[key], value) for key, value in known.items() if value)


def standing_of(row: Row, rung: Iterable[Rung]) -> Standing:
    if row["state"] != "open":
        return "over"
    came = {one.came for one in rung}
    return "talks" if "talks" in came else "rings" if "rings" in came else "waits"


def now_in_words(row: Row, standing: Standing, rung: Iterable[Rung], names: Names) -> str:
    words = names.words
    if standing == "over":
        outcome = str(row["outcome"])
        return words.page["over"].format(outcome=words.outcomes.get(outcome, outcome))
    busy = list(dict.fromkeys(one.name for one in rung if one.came == standing))
    return words.page[standing].format(technicians=words.all_of(busy))


# In writing.


def who_was_given(events: Iterable[Row], names: Names) -> Iterator[Rung]:
    for number, part in enumerate(parts(events), 1):
        came: Came = "talked" if part.answers else "missed" if part.lost else "talks"
        name = names.technicians.get(part.technician, part.technician)
        yield Rung(number, name, part.at, came, told(part, names))


def standing_in_writing(row: Row, events: Sequence[Row], names: Names, promises: Sequence[Row]) -> tuple[Standing, str]:
    """How it stands, in a word and in a few: an answer that is owed comes before one that was given."""
    page = names.words.page
    if row["state"] != "open":
        return "over", now_in_words(row, "over", (), names)
    if waiting := waits(row, promises, names):
        return "waits", waiting
    answered = [names.technicians.get(one, one) for one in who_answered(events)]
    if answered and not one_of_ours(events):
        return "talks", page["talks"].format(technicians=names.words.all_of(answered))
    return "waits", page["waits"]


# Whom we rang.


@dataclass(slots=True)
class Ring:
    """A ring as its events tell it, the last of them being `detail`. `state`: a result, or how far it has come."""

    technician: str
    at: datetime
    state: str
    detail: dict[str, Any] = field(default_factory=dict)

    def hear(self, event: Row) -> None:
        detail = event["detail"]
        match event["kind"]:
            case "ring_started":
                self.state, self.at = "ringing", event["at"]
            case "pressed" if detail.get("key") == "1" and self.state in ("invited", "ringing"):
                self.state = "taken"
            case "pressed" if self.state in ("invited", "ringing"):
                self.state = "passed"
                self.detail = {**detail}
            case "ring_ended":
                self.state = detail["result"]
                self.detail = {**self.detail, **detail}
            case "swarm_joined":
                self.state = "joined"
            case "swarm_left":
                # Whoever talked with the client before it became a conference has talked with them in both.
                talked = self.detail.get("talked", 0) + detail.get("talked", 0)
                self.state = "left"
                self.detail = {**self.detail, **detail, "talked": talked}


def whom_we_rang(row: Row, events: Iterable[Row], names: Names) -> Iterator[Rung]:
    """In the order in which they were asked."""
    events = list(events)
    helping = rings_of_helpers(events)
    for number, ring in rings_of(events).items():
        told = helped(ring, names.words) if number in helping else ended(ring, names.words, errand=is_errand(row))
        name = names.technicians.get(ring.technician, ring.technician)
        yield Rung(number, name, ring.at, CAME.get(ring.state, "missed"), told)


def rings_of(events: Iterable[Row]) -> dict[int, Ring]:
    """By their numbers. A key is of the technician's last ring."""
    rings: dict[int, Ring] = {}
    last: dict[str, int] = {}
    for event in events:
        technician, number = event["technician"], event["detail"].get("ring", 0)
        if event["kind"] in ("ring_started", "swarm_invited"):
            last[technician] = number
            rings.setdefault(number, Ring(technician, event["at"], "invited"))
        if event["kind"] == "swarm_closed":
            for ring in rings.values():
                ring.state = "never_rang" if ring.state == "invited" else ring.state
        number = number or (last.get(technician, 0) if event["kind"] == "pressed" else 0)
        if number in rings:
            rings[number].hear(event)
    return rings


def ended(ring: Ring, words: Words, *, errand: bool) -> str:
    """Of somebody who was rung alone."""
    known = "declined" if ring.state == "passed" else ring.state
    known = f"{known}_errand" if errand and f"{known}_errand" in words.endings else known
    known = "declined_for_swarm" if known == "declined" and ring.detail.get("key") == "3" else known
    known = IN_CONFERENCE.get(known, known)
    told = said(words.endings, known, ring, words)
    if known == "taken" or not ring.detail.get("talked"):
        return told
    return words.page["talked"].format(told=told, talked=words.length(ring.detail["talked"]))


def helped(ring: Ring, words: Words) -> str:
    """Of somebody who was asked to help."""
    taken = f"{ring.state}_taken"
    if ring.state in ("joined", "left"):
        joined = said(words.helped, "accepted", ring, words)
        return joined if ring.state == "joined" else f"{joined}, {said(words.helped, 'left', ring, words)}"
    known = taken if ring.detail.get("key") == "1" and taken in words.helped else ring.state
    return said(words.helped, known, ring, words)


def said(table: Mapping[str, str], known: str, ring: Ring, words: Words) -> str:
    lengths = {name: words.length(ring.detail.get(name, 0)) for name in ("seconds", "rang", "talked")}
    return table.get(known, known).format_map(lengths)
