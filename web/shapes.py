"""The JSON API's shapes: what the contract promises (DESIGN section 4), and cursors between its pages."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from callflows.actions import HappeningKind
from callflows.contact import OUTCOMES


class Event(BaseModel):
    """One line of a contact's story."""

    at: AwareDatetime
    kind: str = Field(json_schema_extra={"enum": list(get_args(HappeningKind))})
    technician: str | None = None
    leg_sid: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict)


class Contact(BaseModel):
    """One call, or one text conversation. `from` and `to` are as Twilio gave them."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    channel: Literal["voice", "text", "email"]
    direction: str
    from_: str = Field(alias="from")
    to: str
    line: str
    municipality: str | None = None
    pod: str | None = None
    client: str | None = None
    matter: int | None = None
    owner: str | None = None
    flow: str
    flow_version: int
    language: str
    state: Literal["open", "closed"]
    outcome: str | None = Field(default=None, json_schema_extra={"enum": [*OUTCOMES, None]})
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    provider_sid: str
    degraded: bool
    events: list[Event]


class Contacts(BaseModel):
    contacts: list[Contact]
    next: str | None = None


class ContactsQuery(BaseModel):
    """`cursor` is the `next` of the page before. `message_sid` finds the conversation of any message: the client's, a
    technician's, or ours."""

    call_sid: str | None = None
    message_sid: str | None = None
    municipality: str | None = None
    client: str | None = None
    technician: str | None = None
    since: AwareDatetime | None = None
    limit: int = Field(default=50, ge=1, le=500)
    cursor: str | None = None


class Promise(BaseModel):
    """`kind` "reply": an answer in writing. `number`: where the client is to be called, empty if none is known.
    `overdue_at`: when it was found not kept in time; `kept_by`: who talked with the client, wrote to them, or closed
    the matter."""

    promise: int
    kind: Literal["call_back", "reply"]
    contact: str
    owner: str
    number: str = ""
    made_at: AwareDatetime
    due_at: AwareDatetime
    overdue_at: AwareDatetime | None = None
    kept_at: AwareDatetime | None = None
    kept_by: str | None = None


class Matter(BaseModel):
    """What a client needs, across contacts; exactly one owner while it is open. `keep_open`: it doesn't close itself
    after quiet days."""

    matter: int
    client: str | None = None
    municipality: str | None = None
    pod: str | None = None
    owner: str | None = None
    state: Literal["open", "closed"]
    keep_open: bool = False
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    promises: list[Promise]


class Matters(BaseModel):
    matters: list[Matter]


class MattersQuery(BaseModel):
    state: Literal["open", "closed"] | None = None
    client: str | None = None
    municipality: str | None = None
    owner: str | None = None
    limit: int = Field(default=50, ge=1, le=500)


class Technician(BaseModel):
    """A technician now. `why`: why they would not be rung at this instant; None for somebody who would."""

    technician: str
    name: str
    pod: str
    position: int
    languages: list[str]
    skills: list[str]
    state: Literal["available", "away", "off"]
    until: AwareDatetime | None = None
    why: str | None = None
    open_matters: int


class Technicians(BaseModel):
    technicians: list[Technician]


class PresenceSaid(BaseModel):
    state: Literal["available", "away", "off"]
    until: AwareDatetime | None = None


def contact_shape(row: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> Contact:
    values = {key: value for key, value in row.items() if key not in ("contact", "from_number", "to_number")}
    return Contact.model_validate(
        {
            **values,
            "id": row["contact"],
            "from": row["from_number"],
            "to": row["to_number"],
            "events": [event_shape(one) for one in events],
        }
    )


def event_shape(row: Mapping[str, Any]) -> Event:
    return Event(
        at=row["at"],
        kind=row["kind"],
        technician=row["technician"] or None,
        leg_sid=row["leg_sid"] or None,
        detail=row["detail"],
    )


def write_cursor(row: Mapping[str, Any]) -> str:
    return pack_cursor([row["started_at"].isoformat(), row["contact"]])


def read_cursor(text: str) -> tuple[datetime, str]:
    """Raises ValueError for anything that we did not write."""
    at, contact = unpack_cursor(text, 2)
    return datetime.fromisoformat(at), str(contact)


def pack_cursor(values: Sequence[str | int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


NOT_OURS = "the cursor is not one that this API gave"


def unpack_cursor(text: str, count: int) -> list[Any]:
    """The first of `count` values is an instant with its zone. Raises ValueError for anything that we did not write."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if len(values) != count or datetime.fromisoformat(values[0]).tzinfo is None:
            raise ValueError(NOT_OURS)
        return list(values)
    except (TypeError, ValueError, LookupError) as error:
        raise ValueError(NOT_OURS) from error
