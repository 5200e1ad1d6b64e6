"""The story of texts: what became of each is told with the words that it carried, so that a run of reports does not
drown what people said.

A text of ours is known by the message's number, else by Twilio's sid, else by what it was about. Its reports become one
word on one line: on the answer that a technician wrote, on the sentence that we wrote by ourselves, else on the text's
own line. A text that did not arrive keeps a line for itself, at the moment when that was known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

Row = Mapping[str, Any]

REPORTS = ("text_out", "text_status")
ARRIVED = {"sent": 1, "delivered": 2, "read": 3}
FAILED = ("failed", "undelivered", "refused", "canceled")
AT_ONCE = timedelta(minutes=5)  # between what was said and its text; what waits for the morning goes out later


@dataclass(slots=True)
class Sent:
    """One text of ours, by the places of its reports in the story. `arrived`: the most that is known of it."""

    technician: str
    to: str
    prompt: str
    first: int
    arrived: str = ""
    places: list[int] = field(default_factory=list)


def folded(events: Sequence[Row]) -> Iterator[Row]:
    """The story with each text told once."""
    texts = list(all_sent(events))
    arrived: dict[int, str] = {}
    untold: set[int] = set()
    for one in texts:
        untold.update(place for place in one.places[1:] if not has_failed(events[place]))
        arrived[one.first] = "" if has_failed(events[one.first]) else one.arrived
    for one, said in words_of(events, texts):
        arrived[said] = one.arrived
        if not has_failed(events[one.first]):
            untold.add(one.first)
    for place, event in enumerate(events):
        if place in untold:
            continue
        if place in arrived:
            event = {**event, "detail": {**event["detail"], "arrived": arrived[place]}}
            if arrived[place] and event["kind"] == "text_status":
                event["kind"] = "text_out"  # the report that Twilio has taken it came later, or never
        yield event


def all_sent(events: Sequence[Row]) -> Iterator[Sent]:
    """Every text, in the order of their first reports. A notice to a technician has no name but its prompt, so that
    the next one of that kind begins with the report that Twilio has taken it."""
    known: dict[object, Sent] = {}
    for place, event in enumerate(events):
        if event["kind"] not in REPORTS:
            continue
        detail = event["detail"]
        notice = (event["technician"], detail.get("prompt"))
        name = detail.get("message") or event["leg_sid"] or notice
        if name not in known or (name == notice and event["kind"] == "text_out"):
            known[name] = Sent(event["technician"], detail.get("to", ""), detail.get("prompt", ""), place)
            yield known[name]
        one, status = known[name], detail.get("status", "")
        one.places.append(place)
        if ARRIVED.get(status, 0) > ARRIVED.get(one.arrived, 0):
            one.arrived = status


def has_failed(event: Row) -> bool:
    return event["kind"] == "text_status" and event["detail"].get("status") in FAILED


def words_of(events: Sequence[Row], texts: Sequence[Sent]) -> Iterator[tuple[Sent, int]]:
    """Texts to the client with the place of the line that tells their words. A client's texts go out in their order."""
    taken: set[int] = set()
    to_client = sorted((one for one in texts if one.to == "client"), key=lambda one: number_of(events[one.first]))
    openings = {one.prompt for one in to_client if not one.technician}
    for one in to_client:
        for place, event in enumerate(events):
            if place not in taken and tells(event, one, events[one.first]):
                taken.add(place)
                yield one, place if one.technician else last_of(events, place, openings)
                break


def number_of(event: Row) -> int:
    return int(event["detail"].get("message") or 0)


def tells(event: Row, one: Sent, report: Row) -> bool:
    """Whether the line tells the words of that text."""
    if one.technician:
        return bool(event["kind"] == "text_in" and event["technician"] == one.technician)
    said = event["kind"] == "prompted" and event["detail"].get("prompt") == one.prompt
    since: timedelta = report["at"] - event["at"]
    return bool(said and timedelta() <= since < AT_ONCE)


def last_of(events: Sequence[Row], place: int, openings: set[str]) -> int:
    """Where the last sentence of a text stands that begins there."""
    while place + 1 < len(events):
        following = events[place + 1]
        if following["kind"] != "prompted" or following["detail"].get("prompt") in openings:
            break
        place += 1
    return place
