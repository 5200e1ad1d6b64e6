"""What keys are called in stories and explanations: today's names, or those of when it happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callflows.turn import DEFAULT_ZONE
from routing.floor import Floor

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """From key to name; a key that is not there is shown itself. `zone`: whose time the story is told in."""

    technicians: Mapping[str, str] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)
    municipalities: Mapping[str, str] = field(default_factory=dict)
    pods: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"


def names_then(floors: Sequence[Floor], row: Row) -> Names:
    """What everybody was called when it happened; municipalities of one name are told apart."""
    from routing.places import telling

    places = {key: place for floor in floors for key, place in floor.municipalities.items()}
    people = [one.technician for floor in floors for one in floor.standings.values()]
    clients = [one for floor in floors for one in (*floor.callers, *floor.clients.values())]
    pods = {key: pod for floor in floors for key, pod in floor.pods.items()}
    place, pod = places.get(row["municipality"] or ""), pods.get(row["pod"] or "")
    return Names(
        technicians={one.technician: one.name for one in people},
        clients={one.client: one.name for one in clients},
        municipalities=dict(zip(places, telling(list(places.values()), "en"), strict=True)),
        pods={key: one.name for key, one in pods.items()},
        lines={floor.line.line: floor.line.name for floor in floors},
        zone=(place and place.timezone) or (pod and pod.timezone) or DEFAULT_ZONE,
    )
