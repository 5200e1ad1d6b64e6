"""A conversation in writing at a glance: who was given the client's words, who answered, and what is owed.

Part of `summary`, which has calls.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telling.knowing import Knowing
from telling.names import Names
from telling.texting import FAILED

Row = Mapping[str, Any]

# What a text to a technician holds when it is what somebody wrote.
GIVEN = ("tech_header", "tech_header_by")
OWED = {"reply": "owed_reply", "call_back": "owed_call_back"}


@dataclass(slots=True)
class Part:
    """One technician's part in a conversation. `given`: the texts with words in them, by what they are known by, and
    whether each has arrived; `lost`: the last of them has not."""

    technician: str
    at: datetime
    given: dict[object, bool] = field(default_factory=dict)
    answers: int = 0

    @property
    def lost(self) -> bool:
        return bool(self.given) and not list(self.given.values())[-1]

    def hear(self, event: Row) -> None:
        detail = event["detail"]
        if event["kind"] == "text_in":
            self.answers += 1
        elif detail.get("prompt") in GIVEN:
            self.given[detail.get("message") or event["leg_sid"]] = detail.get("status") not in FAILED


def parts(events: Iterable[Row]) -> list[Part]:
    """In the order in which they came into it."""
    found: dict[str, Part] = {}
    for event in events:
        technician, detail = event["technician"], event["detail"]
        given = event["kind"] in ("text_out", "text_status") and detail.get("prompt") in GIVEN
        if technician and (given or event["kind"] in ("text_in", "joined")):
            found.setdefault(technician, Part(technician, event["at"])).hear(event)
    return list(found.values())


def told(part: Part, names: Names) -> str:
    page = names.words.page
    counted = page["given"].format(given=len(part.given), answers=part.answers)
    if not part.given and not part.answers:
        return page["joined"]
    return f"{counted}; {page['not_given']}" if part.lost else counted


def who_answered(events: Iterable[Row]) -> list[str]:
    """Technicians, the first before all."""
    answered = (one["technician"] for one in events if one["kind"] == "text_in" and one["technician"])
    return list(dict.fromkeys(answered))


def owed(row: Row, promises: Sequence[Row], names: Names) -> Iterator[str]:
    """What is still promised, by whom and by when."""
    knowing = Knowing(row, names)
    page = names.words.page
    for one in promises:
        said = page[OWED.get(one["kind"], "owed_call_back")].format(
            technician=knowing.technician(one["owner"]), due=knowing.due(one["due_at"].isoformat())
        )
        yield page["overdue"].format(owed=said) if one["overdue_at"] else said


def waits(row: Row, promises: Sequence[Row], names: Names) -> str:
    """That an answer in writing is owed; empty if none is."""
    reply = next((one for one in promises if one["kind"] == "reply"), None)
    if reply is None:
        return ""
    known = "waits_overdue" if reply["overdue_at"] else "waits_reply"
    return names.words.page[known].format(due=Knowing(row, names).due(reply["due_at"].isoformat()))
