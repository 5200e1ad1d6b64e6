"""From the public list of Canada's municipalities to the directory's `municipalities.csv` (DESIGN 4).

The list gives code, province, class and names. What it lacks is derived: the time zone from province and
census division, languages from province and names, the pod by dealing.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from db.importing.layouts import MUNICIPALITIES
from db.importing.provinces import TIMEZONES

SOURCE_COLUMNS = ("sgc_code", "province", "class", "name", "name_fr", "organization_name")
Deal = Literal["turn", "province"]

# Census divisions (the first four digits of an SGC code, Statistics Canada 2021) that keep another time than
# most of their province, and single places that keep another than their division: IANA tz database, files
# `northamerica` and `zone1970.tab`, whose comments name the places.
_DIVISIONS = {
    "1010": "America/Goose_Bay",  # Labrador, but see its south-east coast below
    "1011": "America/Goose_Bay",
    "2401": "America/Halifax",  # Îles-de-la-Madeleine
    "3559": "America/Winnipeg",  # Rainy River, west of 90° W
    "3560": "America/Winnipeg",  # Kenora, west of 90° W
    "5901": "America/Edmonton",  # East Kootenay
    "5955": "America/Dawson_Creek",  # Peace River, no daylight saving
    "5959": "America/Fort_Nelson",
    "6205": "America/Rankin_Inlet",
    "6208": "America/Cambridge_Bay",
}
_SOUTH_EAST_LABRADOR = "1010002 1010003 1010004 1010005 1010006 1010007 1010009 1010010 1010011 1010013"
_PLACES = {
    **dict.fromkeys(_SOUTH_EAST_LABRADOR.split(), "America/St_Johns"),
    "3559001": "America/Atikokan",  # Atikokan and Pickle Lake keep Eastern standard time all year
    "3560049": "America/Atikokan",
    "4717029": "America/Edmonton",  # Lloydminster keeps one time on both sides of its border
}


class BadSource(ValueError):
    """The list cannot be converted; `str()` is a sentence."""


def convert_municipalities(source: Path, folder: Path, pods: Sequence[str], deal: Deal = "turn") -> int:
    """Writes `municipalities.csv` into `folder` (made if needed) and tells its rows.

    Pods are dealt in turn, so that each gets every kind of place, or a whole `province` to one pod, the
    largest first to whom has least. Without pods the column is empty. Raises BadSource.
    """
    rows = read_source(source)
    pod_of = _dealer(rows, pods, deal)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / MUNICIPALITIES.file).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, MUNICIPALITIES.columns, restval="", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(
                {
                    "municipality": row["sgc_code"],
                    "name": row["name"],
                    "name_fr": row["name_fr"],
                    "class": row["class"],
                    "province": row["province"],
                    "timezone": timezone_of(row["sgc_code"], row["province"]),
                    "languages": languages_of(row["province"], row["name"], row["name_fr"]),
                    "pod": pod_of(row),
                }
            )
    return len(rows)


def read_source(source: Path) -> list[dict[str, str]]:
    """The list's rows, trimmed. Raises BadSource."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in SOURCE_COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise BadSource(f"{source} has no column {missing[0]}; expected {', '.join(SOURCE_COLUMNS)}.")
            return [{column: (row[column] or "").strip() for column in SOURCE_COLUMNS} for row in reader]
    except OSError as error:
        raise BadSource(f"{source} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadSource(f"{source} is not CSV in UTF-8.") from error


def timezone_of(sgc_code: str, province: str) -> str:
    """By place, else census division, else province; empty for a province that is not Canada's."""
    return _PLACES.get(sgc_code) or _DIVISIONS.get(sgc_code[:4]) or TIMEZONES.get(province, "")


def languages_of(province: str, name: str, name_fr: str) -> str:
    """As the column wants them, the first being what callers hear first: French in Quebec, both in New
    Brunswick (by law) and where the French name differs, else English."""
    own_name = name_fr not in ("", name)
    if province == "QC":
        return "fr"
    if province == "NB":
        return "fr;en" if own_name else "en;fr"
    return "en;fr" if own_name else "en"


def _dealer(rows: Sequence[dict[str, str]], pods: Sequence[str], deal: Deal) -> Callable[[dict[str, str]], str]:
    if not pods:
        return lambda row: ""
    if deal == "turn":
        turn: Iterator[str] = (pods[number % len(pods)] for number in range(len(rows)))
        return lambda row: next(turn)
    load = dict.fromkeys(pods, 0)
    dealt: dict[str, str] = {}
    for province, count in Counter(row["province"] for row in rows).most_common():
        dealt[province] = min(pods, key=lambda pod: load[pod])
        load[dealt[province]] += count
    return lambda row: dealt[row["province"]]
