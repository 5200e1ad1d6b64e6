"""The calls in the service's own words: what `podline story` would print of them, read through the API."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from telling.names import Names
from telling.story import lines, tell


def story(contact: Mapping[str, Any], names: Names) -> Iterator[str]:
    """Line by line."""
    return lines(_row(contact), _events(contact), names)


def end_of_story(contact: Mapping[str, Any], names: Names) -> Iterator[str]:
    """One line: who called, and what came of it; none for a text that only follows a call."""
    row, events = _row(contact), _events(contact)
    told = tell(row, [one for one in events if one["kind"] in _ENDS], names)
    who = names.clients.get(contact["client"] or "", contact["from"])
    if said := " ".join(sentence for moment in told for sentence in moment.happened):
        yield f"{who}: {said}"


def is_technicians_own(contact: Mapping[str, Any]) -> bool:
    """Where a technician's texts to us arrive: what became of them is in their clients' stories."""
    return contact["channel"] == "text" and any(
        one["kind"] == "identified" and one["detail"].get("by") == "technician" for one in contact["events"]
    )


_ENDS = ("ring_ended", "promise_made", "voicemail_left")


def _row(contact: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **contact,
        "contact": contact["id"],
        "from_number": contact["from"],
        "started_at": datetime.fromisoformat(contact["started_at"]),
    }


def _events(contact: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**one, "at": datetime.fromisoformat(one["at"])} for one in contact["events"]]
