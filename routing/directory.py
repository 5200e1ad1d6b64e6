"""The directory as an import wrote it: whom we serve, who answers, and on which numbers.

Frozen facts. What changes by the minute (presence, reservations) is the Floor's, not the directory's.
Telephone numbers are E.164, keys are the import files' own (DESIGN section 4).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pod:
    """A small team paired with a set of clients; `wrap_up` in seconds after each call."""

    pod: str
    name: str
    strategy: str
    timezone: str
    wrap_up: int = 0


@dataclass(frozen=True, slots=True)
class Technician:
    """`hours` as the supervisor wrote them; `timezone` empty means the pod's."""

    technician: str
    name: str
    phone: str
    pod: str
    position: int
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    hours: str = ""
    timezone: str = ""
    email: str = ""
    swarm: bool = False


@dataclass(frozen=True, slots=True)
class Municipality:
    """`municipality` is the SGC code in Canada; `kind` its class (T, RM, C …); `hours` empty means the
    usual Mon-Fri 08:30-16:30. `wanted` and `unwanted` are keys of technicians."""

    municipality: str
    name: str
    name_fr: str = ""
    kind: str = ""
    province: str = ""
    timezone: str = "America/Toronto"
    languages: tuple[str, ...] = ("en",)
    pod: str = ""
    tier: str = ""
    aliases: tuple[str, ...] = ()
    hours: str = ""
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Client:
    """A person at one or more municipalities; `channel` is what they prefer (voice, text, email).

    `wanted` and `unwanted` are keys of technicians: rung before others, and never rung.
    """

    client: str
    name: str
    phones: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    language: str = ""
    channel: str = ""
    email: str = ""
    notes: str = ""
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One of our numbers; an empty flow means the shipped one; `fallback` empty means voicemail."""

    line: str
    name: str = ""
    voice_flow: str = ""
    text_flow: str = ""
    languages: tuple[str, ...] = ("en",)
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off beside those the `holidays` library knows. `place` is a province or a municipality key;
    `date` is ISO 8601."""

    place: str
    date: str
    name: str
