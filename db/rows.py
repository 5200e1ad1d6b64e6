"""What a turn asks to be written and done: its messages, deeds and timers, in one statement at its end.

One more wakes somebody for them, in the same transaction: a job exists exactly if its row does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from db.jobs import DEED, TIMER, enqueue_all
from db.pool import Connection

# A message is numbered here, so that the deed that sends it can name it. Each list is kept in its own order: within a
# lane, the number of a deed is its place.
ADD = f"""
WITH written AS MATERIALIZED (
    SELECT nextval('messages_message_seq') AS message, asked.*
    FROM jsonb_to_recordset($1) AS asked (
        place integer, contact text, direction text, party text, technician text, line text, peer text, body text,
        files jsonb, passes_on text, automatic boolean, provider_sid text
    )
), kept AS (
    INSERT INTO messages (
        message, contact, direction, party, technician, line, peer, body, files, relays, automatic, provider_sid, at
    )
    OVERRIDING SYSTEM VALUE
    SELECT
        written.message, written.contact, written.direction, written.party, written.technician, written.line,
        written.peer, written.body,
        coalesce((SELECT passed.files FROM messages AS passed WHERE passed.provider_sid = passes_on), written.files),
        (SELECT passed.message FROM messages AS passed WHERE passed.provider_sid = passes_on),
        written.automatic, written.provider_sid, $4
    FROM written
    ORDER BY written.place
), asked AS (
    INSERT INTO deeds (subject, kind, body, made_at, due_at, lane)
    SELECT
        asked.subject, asked.kind,
        asked.body || CASE
            WHEN written.message IS null THEN '{{}}' ELSE jsonb_build_object('message', written.message)
        END,
        $4, asked.due_at, asked.lane
    FROM jsonb_to_recordset($2) AS asked (
        place integer, subject text, kind text, body jsonb, due_at timestamptz, lane text, sends integer
    ) LEFT JOIN written ON written.place = asked.sends
    ORDER BY asked.place
    RETURNING deed, due_at
), timed AS (
    INSERT INTO timers (subject, kind, turn, due_at)
    SELECT asked.subject, asked.kind, asked.turn, asked.due_at
    FROM jsonb_to_recordset($3) AS asked (place integer, subject text, kind text, turn integer, due_at timestamptz)
    ORDER BY asked.place
    RETURNING timer, due_at
), touched AS (
    UPDATE matters SET touched_at = $4 WHERE matter = ANY($5::bigint [])
)
SELECT '{DEED}' AS entry, deed AS row, due_at FROM asked
UNION ALL
SELECT '{TIMER}', timer, due_at FROM timed
ORDER BY entry, row
"""


@dataclass(slots=True)
class Rows:
    """Filled while a turn is carried out; nothing is kept before `add`. `now`: the turn's. `touched`: matters in which
    something happened, whose quiet days start again."""

    now: datetime
    messages: list[dict[str, Any]] = field(default_factory=list)
    deeds: list[dict[str, Any]] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def message(
        self,
        *,
        contact: str,
        direction: str,
        party: str,
        line: str,
        peer: str,
        technician: str = "",
        body: str = "",
        files: Sequence[tuple[str, str]] = (),
        passes_on: str | None = None,
        automatic: bool = False,
        provider_sid: str | None = None,
    ) -> int:
        """Its place, for the deed that sends it. `passes_on`: Twilio's sid of a kept one, whose files go with it."""
        self.messages.append(
            {
                "place": len(self.messages),
                "contact": contact,
                "direction": direction,
                "party": party,
                "technician": technician,
                "line": line,
                "peer": peer,
                "body": body,
                "files": [{"url": url, "type": kind} for url, kind in files],
                "passes_on": passes_on,
                "automatic": automatic,
                "provider_sid": provider_sid,
            }
        )
        return len(self.messages) - 1

    def deed(
        self,
        *,
        subject: str,
        kind: str,
        body: dict[str, Any],
        due_at: datetime | None = None,
        lane: str | None = None,
        sends: int | None = None,
    ) -> None:
        """`lane`: done after those that are in it already, and before those that come. `sends`: the place of a message,
        whose number becomes part of the body."""
        self.deeds.append(
            {
                "place": len(self.deeds),
                "subject": subject,
                "kind": kind,
                "body": body,
                "due_at": (due_at or self.now).isoformat(),
                "lane": lane,
                "sends": sends,
            }
        )

    def timer(self, *, subject: str, kind: str, turn: int, due_at: datetime) -> None:
        self.timers.append(
            {
                "place": len(self.timers),
                "subject": subject,
                "kind": kind,
                "turn": turn,
                "due_at": due_at.isoformat(),
            }
        )

    def touch(self, matter: int) -> None:
        self.touched.add(matter)

    async def add(self, connection: Connection) -> None:
        """Raises UniqueViolationError for a message of Twilio's that is kept already."""
        if not (self.messages or self.deeds or self.timers or self.touched):
            return
        lists = (json.dumps(one) for one in (self.messages, self.deeds, self.timers))
        added = await connection.fetch(ADD, *lists, self.now, sorted(self.touched))
        await enqueue_all(connection, [(one["entry"], one["row"], one["due_at"]) for one in added], self.now)
