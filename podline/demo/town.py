"""The directory of the demo: the sample world, and six pods of which it is known who works when it is run.

In three of them technicians are on shift at every hour, but one never is, and one lacks the callers' language; in
Interlake the shifts begin some hours from now; Chinook divides the day, and has a night shift on Saturdays alone.
Relief has no clients and no shifts: its people help in swarms, as soon as they say that they are available, and nobody
else has opted in. Places and SGC codes are real, people invented, numbers fictional.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from podline.world import write_world
from routing.numbers import read_number
from telling.names import Names

LINE, LINE_FR = "+14035550199", "+14185550199"
ZONE = "America/Edmonton"  # the desk's own

_MORE = {
    "pods.csv": """
rockies,Rockies,linear,America/Edmonton,0
saguenay,Saguenay,linear,America/Toronto,0
interlake,Interlake,linear,America/Winnipeg,0
parkland,Parkland,linear,America/Edmonton,0
chinook,Chinook,linear,America/Edmonton,0
relief,Relief,longest idle,America/Edmonton,0
""",
    "technicians.csv": """
maya,Maya Castellano,+1 403 555 0141,rockies,1,en,property tax,24/7,maya@example.org,no
zoe,Zoe Lachance,+1 587 555 0142,rockies,2,en,permits,,zoe@example.org,no
theo,Theo Marchetti,+1 587 555 0143,rockies,3,en,payroll,24/7,theo@example.org,no
sana,Sana Qureshi,+1 825 555 0144,rockies,4,en,utility billing,24/7,sana@example.org,no
viktor,Viktor Hale,+1 780 555 0145,rockies,5,en,general ledger,24/7,viktor@example.org,no
noemie,Noémie Fortin,+1 418 555 0146,saguenay,1,fr;en,permits,24/7,noemie@example.org,no
wade,Wade Sutherland,+1 418 555 0147,saguenay,2,en,assets,24/7,wade@example.org,no
bastien,Bastien Girard,+1 581 555 0148,saguenay,3,fr;en,property tax,24/7,bastien@example.org,no
quinn,Quinn Abernathy,+1 204 555 0161,interlake,1,en,permits,{later},quinn@example.org,no
rosa,Rosa Valdez,+1 204 555 0162,interlake,2,en,property tax,{soon},rosa@example.org,no
della,Della Moreau,+1 780 555 0171,parkland,1,en,property tax,24/7,della@example.org,no
emil,Emil Sandhu,+1 780 555 0172,parkland,2,en,water meters,24/7,emil@example.org,no
olive,Olive Ransom,+1 403 555 0173,chinook,1,en,permits,Mon-Fri 10:00-17:00,olive@example.org,no
felix,Felix Duarte,+1 403 555 0174,chinook,2,en,payroll,Mon-Sun 14:00-22:00,felix@example.org,no
nadia,Nadia Kowalski,+1 403 555 0175,chinook,3,en,water meters,Sat 22:00-06:00,nadia@example.org,no
uma,Uma Reyes,+1 587 555 0191,relief,1,en,property tax;payroll,,uma@example.org,yes
raj,Raj Anand,+1 587 555 0192,relief,2,en;fr,permits;assets,,raj@example.org,yes
tess,Tess Halloran,+1 587 555 0193,relief,3,en,general ledger,,tess@example.org,yes
""",
    "municipalities.csv": """
4806012,Okotoks,Okotoks,T,AB,America/Edmonton,en,rockies,,,
4806006,High River,High River,T,AB,America/Edmonton,en,rockies,,,
4806019,Cochrane,Cochrane,T,AB,America/Edmonton,en,rockies,,,
4806021,Airdrie,Airdrie,CY,AB,America/Edmonton,en,rockies,,,
4815035,Banff,Banff,T,AB,America/Edmonton,en,rockies,,,
4815033,Jasper,Jasper,SM,AB,America/Edmonton,en,rockies,,,
2491025,Roberval,Roberval,V,QC,America/Toronto,fr,saguenay,,,
4613047,Selkirk,Selkirk,CY,MB,America/Winnipeg,en,interlake,,,
4803014,Pincher Creek,Pincher Creek,T,AB,America/Edmonton,en,chinook,,,
4803019,Fort Macleod,Fort Macleod,T,AB,America/Edmonton,en,chinook,,,
4803022,Claresholm,Claresholm,T,AB,America/Edmonton,en,chinook,,,
4803004,Cardston,Cardston,T,AB,America/Edmonton,en,chinook,,,
""",
    "clients.csv": """
holly,Holly Brandt,+1 403 555 0151,4806012,en,voice,holly@example.org,
iris,Iris Chamberlain,+1 403 555 0152,4806006,en,voice,iris@example.org,
jonas,Jonas Reimer,+1 403 555 0153,4806019,en,voice,jonas@example.org,
kavya,Kavya Menon,+1 403 555 0154,4806021,en,voice,kavya@example.org,
liam,Liam Gallant,+1 403 555 0155,4815035,en,voice,liam@example.org,
mae,Mae Sorensen,+1 780 555 0156,4815033,en,voice,mae@example.org,
luc,Luc Pelletier,+1 418 555 0157,2491025,fr,voice,luc@example.org,
petra,Petra Lindgren,+1 204 555 0163,4613047,en,voice,petra@example.org,
bram,Bram Hoekstra,+1 204 555 0164,4613047,en,voice,bram@example.org,
greta,Greta Lindholm,+1 403 555 0181,4803014,en,voice,greta@example.org,
hector,Hector Novak,+1 403 555 0182,4803019,en,voice,hector@example.org,
ivy,Ivy Castor,+1 403 555 0183,4803022,en,voice,ivy@example.org,
alma,Alma Jensen,+1 403 555 0184,4803004,en,voice,alma@example.org,
""",
}
RELIEF = ("uma", "raj", "tess")
# Of each two places of one name, one has another pod here: which of them a caller means decides who is rung.
_MOVED = {"4802021": "parkland", "4717029": "parkland"}


@dataclass(frozen=True)
class Person:
    """Somebody with a telephone. `place` is a client's municipality and `zone` its time zone; a technician has none."""

    key: str
    name: str
    number: str
    place: str = ""
    zone: str = ""

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    def __str__(self) -> str:
        return f"{self.name} ({self.place})" if self.place else self.name


def write_town(folder: Path, now: datetime) -> None:
    """Writes the CSV files that `podline import` reads."""
    write_world(folder)
    there = now.astimezone(ZoneInfo("America/Winnipeg"))
    shifts = {"soon": _shift(there + timedelta(hours=4)), "later": _shift(there + timedelta(hours=9))}
    for file, rows in _MORE.items():
        with (folder / file).open("a", encoding="utf-8") as opened:
            opened.write(rows.lstrip().format(**shifts))
    _rewrite(folder / "municipalities.csv", lambda row: {"pod": _MOVED.get(row["municipality"], row["pod"])})
    _rewrite(folder / "technicians.csv", lambda row: {"swarm": "yes" if row["technician"] in RELIEF else "no"})


def _rewrite(path: Path, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    rows = [{**row, **change(row)} for row in _rows(path)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_people(folder: Path) -> dict[str, Person]:
    """Everybody of the directory by key; who has several numbers calls from the first."""
    places = {row["municipality"]: row for row in _rows(folder / "municipalities.csv")}
    people = {}
    for row in _rows(folder / "technicians.csv"):
        people[row["technician"]] = Person(row["technician"], row["name"], read_number(row["phone"]))
    for row in _rows(folder / "clients.csv"):
        place = places[row["municipality"].split(";")[0]]
        number = read_number(row["phones"].split(";")[0])
        people[row["client"]] = Person(row["client"], row["name"], number, place["name"], place["timezone"])
    return people


def read_zones(folder: Path) -> dict[str, str]:
    """The time zone of each municipality."""
    return {row["municipality"]: row["timezone"] for row in _rows(folder / "municipalities.csv")}


def read_names(folder: Path) -> Names:
    """What everybody and everything of the directory is called."""
    return Names(
        technicians={row["technician"]: row["name"] for row in _rows(folder / "technicians.csv")},
        clients={row["client"]: row["name"] for row in _rows(folder / "clients.csv")},
        municipalities={row["municipality"]: row["name"] for row in _rows(folder / "municipalities.csv")},
        pods={row["pod"]: row["name"] for row in _rows(folder / "pods.csv")},
        lines={read_number(row["line"]): row["name"] for row in _rows(folder / "lines.csv")},
    )


def _shift(begins: datetime) -> str:
    """Two hours of every day."""
    return f"Mon-Sun {begins:%H}:15-{begins + timedelta(hours=2):%H}:15"


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
