"""Invented clients by the thousand, for load and scale: on the folder's municipalities, each number once.

Numbers are of the exchange 555, first its fictional range 0100-0199 (some 40,000 in North America), then the
rest of an exchange that hardly any subscriber has, without 1212 (directory assistance).
"""

import csv
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from db.importing.layouts import CLIENTS, MUNICIPALITIES
from routing.numbers import BadNumber, read_number, region_of

_FIRST = "Ada Ali Amélie Anders Béatrice Cho Dana Édouard Farah Gus Hana Ivo Jade Kofi Léa Mina Noé Oskar Pia Rémi"
_LAST = "Arsenault Bélanger Chen Dubois Eriksen Fontaine Gill Hébert Idris Janzen Khan Lavoie Morin Nguyen Olsen"
_FICTIONAL = range(100, 200)
_NO_PLACE = {"600", "700", "710", "800", "833", "844", "855", "866", "877", "888", "900"}


def generate_clients(folder: Path, count: int, seed: int = 1) -> None:
    """Writes `clients.csv` of `count` clients beside the folder's `municipalities.csv`.

    The same seed gives the same file. Raises ValueError for more clients than there are numbers.
    """
    chance = random.Random(seed)
    with (folder / MUNICIPALITIES.file).open(encoding="utf-8-sig", newline="") as file:
        places = [(row["municipality"], row["languages"].split(";")[0]) for row in csv.DictReader(file)]
    first, last = _FIRST.split(), _LAST.split()
    numbers = invented_numbers()
    with (folder / CLIENTS.file).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CLIENTS.columns)
        for serial in range(1, count + 1):
            number = next(numbers, None)
            if number is None:
                raise ValueError(f"there are invented numbers for {serial - 1} clients, not for {count}")
            place, language = chance.choice(places)
            name = f"{chance.choice(first)} {chance.choice(last)}"
            channel = chance.choice(("voice", "voice", "voice", "text", "email"))
            email = f"c{serial:07}@example.org"
            writer.writerow([f"c{serial:07}", name, number, place, language, channel, email, "", "", ""])


def invented_numbers() -> Iterator[str]:
    """E.164 numbers that are valid, different and nobody's; Canada's first."""
    rest = (line for line in range(10_000) if line not in _FICTIONAL and line != 1212)
    for lines in (_FICTIONAL, rest):
        for line in lines:
            for area in _area_codes():
                yield f"+1{area}555{line:04}"


@cache
def _area_codes() -> tuple[str, ...]:
    """Those of places in Canada, then in the United States; validity depends on nothing but the area code."""
    areas: dict[str, list[str]] = {"CA": [], "US": []}
    for code in range(200, 1000):
        area = str(code)
        if area in _NO_PLACE or (area[0] == "5" and area[1] == area[2]):
            continue
        try:
            region = region_of(read_number(f"+1{area}5550100"))
        except BadNumber:
            continue
        if region in areas:
            areas[region].append(area)
    return tuple(areas["CA"] + areas["US"])
