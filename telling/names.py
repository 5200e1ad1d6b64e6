"""What keys are called in stories and explanations: today's names, or those of when it happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callflows.turn import DEFAULT_ZONE
from db.snapshot import Directory
from routing.floor import Floor
from routing.places import telling
from telling.words import Words, words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """From key to name; a key that is not there is shown itself. `zone`: whose time the story is told in, and
    `words`: the words of its language."""

    technicians: Mapping[str, str] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)
    municipalities: Mapping[str, str] = field(default_factory=dict)
    pods: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    words: Words = field(default_factory=words)


def mailbox_of(row: Row) -> str:
    """Our side of a conversation by e-mail; empty for any other."""
    ours = "from_number" if row.get("direction") == "outbound" else "to_number"
    return str(row.get(ours) or "") if row.get("channel") == "email" else ""


def names_then(floors: Sequence[Floor], row: Row, language: str = "en") -> Names:
    """What everybody was called when it happened; municipalities of one name are told apart."""
    places = {key: place for floor in floors for key, place in floor.municipalities.items()}
    people = [one.technician for floor in floors for one in floor.standings.values()]
    clients = [one for floor in floors for one in (*floor.callers, *floor.clients.values())]
    pods = {key: pod for floor in floors for key, pod in floor.pods.items()}
    place, pod = places.get(row["municipality"] or ""), pods.get(row["pod"] or "")
    return Names(
        technicians={one.technician: one.name for one in people},
        clients={one.client: one.name for one in clients},
        municipalities=dict(zip(places, telling(list(places.values()), language), strict=True)),
        pods={key: one.name for key, one in pods.items()},
        lines={floor.line.line: floor.line.name for floor in floors},
        zone=(place and place.timezone) or (pod and pod.timezone) or DEFAULT_ZONE,
        words=words(language, row.get("channel", "voice")),
    )


def names_now(directory: Directory, row: Row, named: Iterable[str] = (), language: str = "en") -> Names:
    """What everybody is called today. `named`: the municipalities that the story names besides the contact's own."""
    client = directory.client(row["client"]) if row["client"] else None
    keys = sorted({*named, *((row["municipality"],) if row["municipality"] else ())})
    places = [place for key in keys if (place := directory.municipality(key))]
    told = telling(places, language)
    return Names(
        technicians={one.technician: one.name for one in directory.technicians},
        clients={client.client: client.name} if client else {},
        municipalities={place.municipality: name for place, name in zip(places, told, strict=True)},
        pods={pod.pod: pod.name for pod in directory.pods},
        lines={line.line: line.name for line in directory.lines},
        zone=zone_of(directory, row),
        words=words(language, row.get("channel", "voice")),
    )


def zone_of(directory: Directory, row: Row) -> str:
    """The municipality's time zone, else the pod's."""
    place = directory.municipality(row["municipality"]) if row["municipality"] else None
    pod = directory.pod(row["pod"]) if row["pod"] else None
    return (place and place.timezone) or (pod and pod.timezone) or DEFAULT_ZONE
