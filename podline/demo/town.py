"""The directory of the demo: the sample world, and two pods whose people are on shift at every hour.

The scenes need technicians who answer whenever the demo is run, one who never is on shift, and one who lacks
the caller's language. Places and their SGC codes are real; people are invented, and all numbers are fictional.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from podline.world import write_world
from routing.numbers import read_number

LINE, LINE_FR = "+14035550199", "+14185550199"

_MORE = {
    "pods.csv": """
rockies,Rockies,linear,America/Edmonton,0
saguenay,Saguenay,linear,America/Toronto,0
""",
    "technicians.csv": """
maya,Maya Castellano,+1 403 555 0141,rockies,1,en,property tax,24/7,maya@example.org,yes
zoe,Zoe Lachance,+1 587 555 0142,rockies,2,en,permits,,zoe@example.org,no
theo,Theo Marchetti,+1 587 555 0143,rockies,3,en,payroll,24/7,theo@example.org,yes
sana,Sana Qureshi,+1 825 555 0144,rockies,4,en,utility billing,24/7,sana@example.org,yes
viktor,Viktor Hale,+1 780 555 0145,rockies,5,en,general ledger,24/7,viktor@example.org,yes
noemie,Noémie Fortin,+1 418 555 0146,saguenay,1,fr;en,permits,24/7,noemie@example.org,yes
wade,Wade Sutherland,+1 418 555 0147,saguenay,2,en,assets,24/7,wade@example.org,yes
bastien,Bastien Girard,+1 581 555 0148,saguenay,3,fr;en,property tax,24/7,bastien@example.org,yes
""",
    "municipalities.csv": """
4806012,Okotoks,Okotoks,T,AB,America/Edmonton,en,rockies,,,
4806006,High River,High River,T,AB,America/Edmonton,en,rockies,,,
4806019,Cochrane,Cochrane,T,AB,America/Edmonton,en,rockies,,,
4806021,Airdrie,Airdrie,CY,AB,America/Edmonton,en,rockies,,,
4815035,Banff,Banff,T,AB,America/Edmonton,en,rockies,,,
4815033,Jasper,Jasper,SM,AB,America/Edmonton,en,rockies,,,
2491025,Roberval,Roberval,V,QC,America/Toronto,fr,saguenay,,,
""",
    "clients.csv": """
holly,Holly Brandt,+1 403 555 0151,4806012,en,voice,holly@example.org,
iris,Iris Chamberlain,+1 403 555 0152,4806006,en,voice,iris@example.org,
jonas,Jonas Reimer,+1 403 555 0153,4806019,en,voice,jonas@example.org,
kavya,Kavya Menon,+1 403 555 0154,4806021,en,voice,kavya@example.org,
liam,Liam Gallant,+1 403 555 0155,4815035,en,voice,liam@example.org,
mae,Mae Sorensen,+1 780 555 0156,4815033,en,voice,mae@example.org,
luc,Luc Pelletier,+1 418 555 0157,2491025,fr,voice,luc@example.org,
""",
}


@dataclass(frozen=True)
class Person:
    """Somebody with a telephone. `place` is a client's municipality, empty for a technician."""

    key: str
    name: str
    number: str
    place: str = ""

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    def __str__(self) -> str:
        return f"{self.name} ({self.place})" if self.place else self.name


def write_town(folder: Path) -> None:
    """Writes the CSV files that `podline import` reads."""
    write_world(folder)
    for file, rows in _MORE.items():
        with (folder / file).open("a", encoding="utf-8") as opened:
            opened.write(rows.lstrip())


def read_people(folder: Path) -> dict[str, Person]:
    """Everybody of the directory by key; who has several numbers calls from the first."""
    places = {row["municipality"]: row["name"] for row in _rows(folder / "municipalities.csv")}
    people = {}
    for row in _rows(folder / "technicians.csv"):
        people[row["technician"]] = Person(row["technician"], row["name"], read_number(row["phone"]))
    for row in _rows(folder / "clients.csv"):
        place = places.get(row["municipality"].split(";")[0], "")
        number = read_number(row["phones"].split(";")[0])
        people[row["client"]] = Person(row["client"], row["name"], number, place)
    return people


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
