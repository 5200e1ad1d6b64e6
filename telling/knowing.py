"""What the sentences of one contact need to know: who everybody is, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from telling.names import Names
from telling.words import Words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Knowing:
    """`ours`: the technician who called or wrote, if it was one of ours. `helping`: the rings of a swarm's helpers, by
    their numbers."""

    row: Row
    names: Names
    ours: str = ""
    helping: frozenset[int] = frozenset()

    @property
    def words(self) -> Words:
        return self.names.words

    def _say(self, sentence: str, **params: object) -> str:
        return self.words.say(sentence, **params)

    def _usual(self, event: Row) -> dict[str, object]:
        """What most sentences may name."""
        detail = event["detail"]
        due = detail.get("due_at")
        return {
            "technician": self.technician(event["technician"]),
            "client": self._client(),
            "matter": detail.get("matter", self.row.get("matter") or ""),
            "words": detail.get("words", ""),
            "seconds": self.words.length(detail.get("seconds", 0)),
            "due": self.due(due) if due else "",
            "why": detail.get("why", ""),
        }

    def technician(self, key: str) -> str:
        return self.names.technicians.get(key, key) or self.words.sentences["somebody"]

    def _client(self) -> str:
        key = str(self.row.get("client") or "")
        return self.names.clients.get(key, key)

    def place(self, key: object) -> str:
        """A municipality's name."""
        return self.names.municipalities.get(str(key or ""), str(key or "")) or self.words.sentences["somewhere"]

    def _pod(self) -> str:
        key = str(self.row.get("pod") or "")
        return self.names.pods.get(key, key)

    def due(self, text: str) -> str:
        zone = ZoneInfo(self.names.zone)
        at, began = datetime.fromisoformat(text).astimezone(zone), self.row["started_at"].astimezone(zone)
        return self.words.instant("near" if abs((at - began).days) < 6 else "far", at)
