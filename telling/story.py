"""A contact's story in plain words: pure, from its row, its events and the names of the directory.

Every sentence stands whole in `telling.languages`, with places for names and figures, so that another language
is another file and no code. Times are those of the client's municipality, else of its pod. What repeats itself, as in
a long wait, is told once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callflows.parts.swarming import INVITATION
from db.stories import Reasons
from telling.names import Names
from telling.prompts import PARTS, ROUNDS
from telling.teller import Teller
from telling.texting import folded

Row = Mapping[str, Any]

# Reasons whose detail holds keys of municipalities.
ABOUT_PLACES = {"seen_before", "nearby", "place_named", "place_doubtful"}
# Reasons for which nothing was done.
IDLE = {"nothing_to_do", "late"}
# A text's status before Twilio has sent it.
WAITS = {"accepted", "queued", "sending"}


@dataclass(frozen=True, slots=True)
class Told:
    """One moment of the story: what happened, and why we did what we did."""

    at: datetime
    happened: tuple[str, ...]
    why: tuple[str, ...] = ()


def tell(row: Row, events: Sequence[Row], names: Names, reasons: Iterable[Reasons] = ()) -> list[Told]:
    """The moments in their order. Events of one turn happened at one moment; so did its reasons."""
    own = (one for one in events if one["kind"] == "identified" and one["detail"].get("by") == "technician")
    teller = Teller(row, names, next((one["technician"] for one in own), ""), rings_of_helpers(events))
    happened: dict[datetime, list[str]] = {}
    for event, asked in once(list(with_question(list(folded(events))))):
        if is_small_talk(event):
            continue
        moment = happened.setdefault(event["at"], [])
        sentence = teller.event(event, asked)
        same = moment and moment[-1] == sentence
        # A choice is one prompt for each option; one answer may keep several promises.
        if not (event["kind"] in ("prompted", "promise_kept") and same):
            moment.append(sentence)
    why: dict[datetime, list[str]] = {}
    for _, at, _, kept in reasons:
        known = why.setdefault(at, [])
        known += [one for one in dict.fromkeys(teller.reasons(kept)) if one not in known]
    moments = sorted({*happened, *(at for at, found in why.items() if found)})
    return [Told(at, tuple(happened.get(at, ())), tuple(why.get(at, ()))) for at in moments]


def is_small_talk(event: Row) -> bool:
    """That a text waits to be sent; or that an invitation arrived as it should, of which a swarm has many."""
    detail = event["detail"]
    if event["kind"] != "text_status":
        return False
    arrived = detail.get("status") in ("sent", "delivered")
    return detail.get("status") in WAITS or (arrived and detail.get("prompt") == INVITATION)


def without_bookkeeping(reasons: Iterable[Reasons]) -> list[Reasons]:
    """Without the reasons for which nothing was done."""
    kept = (
        (turn, at, event, [one for one in known if one.get("code") not in IDLE]) for turn, at, event, known in reasons
    )
    return list(kept)


def lines(row: Row, events: Sequence[Row], names: Names, reasons: Iterable[Reasons] = ()) -> Iterator[str]:
    """The story as printed: a heading that names the time zone, then each moment."""
    zone = ZoneInfo(names.zone)
    began = row["started_at"].astimezone(zone)
    words = names.words
    flow = {"flow": row.get("flow", "main"), "version": row.get("flow_version", "")}
    yield words.say("heading", contact=row["contact"], date=words.instant("day", began), zone=names.zone, **flow)
    for told in tell(row, events, names, reasons):
        at = told.at.astimezone(zone)
        clock = words.instant("clock", at)
        moment = clock if at.date() == began.date() else f"{words.instant('day', at)} {clock}"
        for number, line in enumerate(line for sentence in told.happened for line in sentence.splitlines()):
            yield f"{moment if not number else ' ' * len(moment)} {line}"
        for number, sentence in enumerate(told.why):
            stamp = moment if not told.happened and not number else " " * len(moment)
            yield f"{stamp}   {words.say('because', why=sentence)}"


def places_named(reasons: Iterable[Reasons]) -> set[str]:
    """The municipalities that reasons name, by their keys."""
    named = [one for _, _, _, kept in reasons for one in kept if one.get("code") in ABOUT_PLACES]
    return {part.partition(" ")[0] for one in named for part in one.get("detail", "").split(";") if part}


def rings_of_helpers(events: Iterable[Row]) -> frozenset[int]:
    """The rings of a swarm's helpers, by their numbers."""
    return frozenset(one["detail"].get("ring", 0) for one in events if one["kind"] == "swarm_invited")


# Which question a key answers.


@dataclass(slots=True)
class Listening:
    """Who heard what last. `prompts`: all that was said to the leg that we talk to at one moment; `last`: the last of
    them, or nothing if a technician's telephone has rung since, whose keys answer the whisper."""

    at: datetime | None = None
    prompts: list[str] = field(default_factory=list)
    last: str = ""
    helpers: set[str] = field(default_factory=set)

    def hear(self, event: Row) -> None:
        kind = event["kind"]
        if kind == "prompted":
            if event["at"] != self.at:
                self.at, self.prompts = event["at"], []
            self.last = str(event["detail"].get("prompt", ""))
            self.prompts.append(self.last)
        elif kind == "ring_started":
            self.last = ""
        elif kind == "swarm_invited":
            self.helpers.add(event["technician"])
        elif kind == "swarm_closed":
            self.helpers.clear()

    def asked(self, technician: str) -> tuple[str, ...]:
        """What a key now answers; `technician` empty for the caller's."""
        if technician in self.helpers:
            return ("swarm_helper",)
        return (self.last,) if technician else tuple(self.prompts)


def with_question(events: Iterable[Row]) -> Iterator[tuple[Row, tuple[str, ...]]]:
    """Every event with what was asked before it."""
    listening = Listening()
    for event in events:
        yield event, listening.asked(event["technician"])
        listening.hear(event)


# What is told once.


def once(story: Sequence[tuple[Row, tuple[str, ...]]]) -> Iterator[tuple[Row, tuple[str, ...]]]:
    """Without what another event tells as well. The rounds of one wait become their first one, with `times` and
    `until`; all who are asked to help at one moment one event with `technicians`."""
    ended = {one["detail"].get("ring") for one, _ in story if one["kind"] == "ring_ended"}
    marks = list(marked(event for event, _ in story))
    repeated: dict[tuple[object, ...], list[Row]] = {}
    for (event, _), mark in zip(story, marks, strict=True):
        repeated.setdefault(mark or (id(event),), []).append(event)
    for (event, asked), mark in zip(story, marks, strict=True):
        kind, detail = event["kind"], event["detail"]
        if kind == "ring_started" and detail.get("ring") in ended:
            continue  # its end tells all of it
        if kind == "prompted" and detail.get("prompt") in PARTS:
            continue
        alike = repeated[mark or (id(event),)]
        if event is not alike[0]:
            continue
        if len(alike) > 1:
            more = {"times": len(alike), "until": alike[-1]["at"], "technicians": [one["technician"] for one in alike]}
            event = {**event, "detail": {**detail, **more}}
        yield event, asked


def marked(events: Iterable[Row]) -> Iterator[tuple[object, ...]]:
    """What each event has in common with those that are told together with it; empty for one that stands alone."""
    waits = 0
    for event in events:
        kind, prompt = event["kind"], event["detail"].get("prompt")
        waits += kind == "swarm_opened"
        if kind == "swarm_invited":
            yield kind, event["at"], bool(event["detail"].get("asked"))
        elif kind == "prompted" and prompt in ROUNDS:
            yield prompt, waits
        else:
            yield ()
