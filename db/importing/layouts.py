"""The files of a directory folder and their columns (DESIGN 4): one table for reader, checks and loader."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """`filled` columns must be there and hold something; a missing other one is noted unless `optional`."""

    file: str
    columns: tuple[str, ...]
    filled: frozenset[str]
    optional: frozenset[str] = frozenset()


PODS = Layout(
    "pods.csv",
    ("pod", "name", "strategy", "timezone", "wrap_up"),
    frozenset({"pod", "name", "strategy", "timezone"}),
    frozenset({"wrap_up"}),
)
LINES = Layout(
    "lines.csv",
    ("line", "name", "voice_flow", "text_flow", "languages", "fallback"),
    frozenset({"line"}),
    frozenset({"fallback"}),
)
TECHNICIANS = Layout(
    "technicians.csv",
    (
        "technician",
        "name",
        "phone",
        "pod",
        "position",
        "languages",
        "skills",
        "hours",
        "email",
        "swarm",
        "timezone",
    ),
    frozenset({"technician", "name", "phone", "pod", "position"}),
    frozenset({"timezone"}),
)
MUNICIPALITIES = Layout(
    "municipalities.csv",
    (
        "municipality",
        "name",
        "name_fr",
        "class",
        "province",
        "timezone",
        "languages",
        "pod",
        "tier",
        "aliases",
        "hours",
        "wanted",
        "unwanted",
    ),
    frozenset({"municipality", "name"}),
    frozenset({"hours", "wanted", "unwanted"}),
)
CLIENTS = Layout(
    "clients.csv",
    ("client", "name", "phones", "municipality", "language", "channel", "email", "notes", "wanted", "unwanted"),
    frozenset({"client", "name", "municipality"}),
    frozenset({"wanted", "unwanted"}),
)
HOLIDAYS = Layout(
    "holidays.csv",
    ("municipality_or_province", "date", "name"),
    frozenset({"municipality_or_province", "date", "name"}),
)
ABSENCES = Layout(
    "absences.csv",
    ("technician", "from", "to", "note"),
    frozenset({"technician", "from", "to"}),
    frozenset({"note"}),
)

# The order of loading: each names only what stands before it.
LAYOUTS = (PODS, LINES, TECHNICIANS, MUNICIPALITIES, CLIENTS, HOLIDAYS, ABSENCES)
