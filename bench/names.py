"""Which municipality a caller means: `python -m bench.names` (`--write` writes docs/identification.md).

Every municipality of the real list is said and keyed in many ways, some with slips that are made by rule or by a
seeded chance; counted is how often it is found at once, confirmed, offered, missed, or taken for another.
"""

import argparse
import csv
import random
import re
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table

from routing.directory import Municipality
from routing.kinds import province_name, spoken_kind
from routing.places import SURE, Found, Places, keys_of, verdict

HERE = Path(__file__).resolve().parents[1]
SOURCE = HERE.parent / "shared" / "data" / "municipalities_ca.csv"
PAGE = HERE / "docs" / "identification.md"
SEED = 1

console = Console()
Say = Callable[[Municipality, random.Random], str]


@dataclass(frozen=True)
class Way:
    """One way to be asked about a municipality; an empty text of `say` leaves out those it does not fit."""

    title: str
    told: str
    say: Say
    keyed: bool = False


@dataclass
class Tally:
    """`wrong` holds who was asked for, by what words, and who was surely taken for it."""

    asked: int = 0
    sure: int = 0
    confirmed: int = 0
    offered: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/identification.md from this run")
    parser.add_argument("--show", type=int, default=0, help="print so many misses of each row")
    chosen = parser.parse_args()
    if not SOURCE.is_file():
        console.print("Nothing was measured: ../shared/data/municipalities_ca.csv is not there.")
        return
    all_of_them = read_municipalities(SOURCE)
    begun = time.process_time()  # others' work on the same machine shall not count
    places = Places(all_of_them)
    build = time.process_time() - begun
    tallies: dict[str, Tally] = {}
    with Progress(console=console) as progress:
        task = progress.add_task("asking", total=len(WAYS) + 1)
        for way in WAYS:
            progress.update(task, description=way.title)
            tallies[way.title] = ask_all(places, all_of_them, way)
            progress.advance(task)
        strange = [verdict(places.said(words)).kind for words in STRANGE]
        namesakes = sum(len([each for each in places.said(one.name) if each.score == SURE]) > 1 for one in all_of_them)
        progress.advance(task)
    console.print(table_of(tallies))
    for title, tally in tallies.items():
        for line in (*tally.wrong, *tally.missed[: chosen.show]):
            console.print(f"  {title}: {line}", markup=False, highlight=False)
    seconds = sorted(second for tally in tallies.values() for second in tally.seconds)
    console.print(
        f"index {build:.2f} s; a question {1e3 * sum(seconds) / len(seconds):.2f} ms on average, the slowest "
        f"thousandth {1e3 * seconds[-len(seconds) // 1000]:.1f} ms; of {len(strange)} sentences without a name "
        f"{strange.count('nothing')} found nothing and {strange.count('sure')} were sure"
    )
    if chosen.write:
        several = share(namesakes, len(all_of_them))
        PAGE.write_text(page_of(len(all_of_them), tallies, several, build, seconds, strange), encoding="utf-8")
        console.print("docs/identification.md is written")


def read_municipalities(source: Path) -> list[Municipality]:
    with source.open(encoding="utf-8-sig", newline="") as file:
        return [
            Municipality(row["sgc_code"], row["name"], row["name_fr"], row["class"], row["province"])
            for row in csv.DictReader(file)
        ]


def ask_all(places: Places, all_of_them: Sequence[Municipality], way: Way) -> Tally:
    chance = random.Random(SEED)
    tally = Tally()
    by_key = {one.municipality: one for one in all_of_them}
    for one in all_of_them:
        words = way.say(one, chance)
        if not words:
            continue
        begun = time.process_time()
        found = places.keyed(words, one.province) if way.keyed else places.said(words, one.province)
        tally.seconds.append(time.process_time() - begun)
        count(tally, one, words, found, by_key)
    return tally


def count(tally: Tally, one: Municipality, words: str, found: Sequence[Found], by_key: dict[str, Municipality]) -> None:
    tally.asked += 1
    decided = verdict(found)
    names = ", ".join(f"{by_key[key].name} {by_key[key].kind} {by_key[key].province}" for key in decided.municipalities)
    line = f'{one.name} {one.kind} {one.province}: "{words}" gave {decided.kind} {names}'
    if one.municipality not in decided.municipalities:
        (tally.wrong if decided.kind == "sure" else tally.missed).append(line)
    elif decided.kind == "sure":
        tally.sure += 1
    elif decided.kind == "confirm":
        tally.confirmed += 1
    else:
        tally.offered += 1


def folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def without_accents(one: Municipality, chance: random.Random) -> str:
    bare = folded(one.name)
    return bare if bare != one.name else ""


def other_saint(one: Municipality, chance: random.Random) -> str:
    """Saint for St., St. for Saint; the same for Sainte."""
    for pattern, other in (
        (r"\bSt\b\.?", "Saint"),
        (r"\bSte\b\.?", "Sainte"),
        (r"\bSaint\b", "St."),
        (r"\bSainte\b", "Ste."),
    ):
        if re.search(pattern, one.name):
            return re.sub(pattern, other, one.name)
    return ""


def wrong_vowel(one: Municipality, chance: random.Random) -> str:
    name = folded(one.name).lower()
    at = [i for i, letter in enumerate(name) if letter in "aeiou"]
    if not at:
        return ""
    place = chance.choice(at)
    return name[:place] + chance.choice([v for v in "aeiou" if v != name[place]]) + name[place + 1 :]


def slipped_consonant(one: Municipality, chance: random.Random) -> str:
    """One lost or doubled."""
    name = folded(one.name).lower()
    at = [i for i, letter in enumerate(name) if letter.isalpha() and letter not in "aeiou"]
    if not at:
        return ""
    place = chance.choice(at)
    return name[:place] + chance.choice(["", 2 * name[place]]) + name[place + 1 :]


def joined_words(one: Municipality, chance: random.Random) -> str:
    at = [match.start() for match in re.finditer(r"(?<=\w)[ -](?=\w)", one.name)]
    if not at:
        return ""
    place = chance.choice(at)
    return one.name[:place] + one.name[place + 1 :].lower()


def split_word(one: Municipality, chance: random.Random) -> str:
    at = [match.start() for match in re.finditer(r"(?<=[^\W\d]{3})(?=[^\W\d]{3})", one.name)]
    if not at:
        return ""
    place = chance.choice(at)
    return f"{one.name[:place]} {one.name[place:]}".lower()


def lost_article(one: Municipality, chance: random.Random) -> str:
    lost = re.sub(r"\b(?:the|la|le|les|de|du|des|l'|d')(?:\b|(?<='))[ -]*", "", one.name, count=1, flags=re.IGNORECASE)
    return lost if lost != one.name else ""


def in_french(one: Municipality, chance: random.Random) -> str:
    return one.name_fr if one.name_fr != one.name else ""


def with_kind(language: str) -> Say:
    return lambda one, chance: spoken_kind(one, language)


def with_province(one: Municipality, chance: random.Random) -> str:
    return f"{one.name}, {province_name(one.province, 'en')}"


def all_of_it(one: Municipality, chance: random.Random) -> str:
    if one.province == "QC":
        return f"{spoken_kind(one, 'fr')} au Québec"
    return f"{spoken_kind(one, 'en')}, {province_name(one.province, 'en')}"


def greeting(one: Municipality, chance: random.Random) -> str:
    if one.province == "QC":
        return f"Bonjour, j'appelle de {spoken_kind(one, 'fr')}, s'il vous plaît."
    return f"Uh, hi, I'm calling from {spoken_kind(one, 'en')} please."


def sentence(words: Say) -> Say:
    def say(one: Municipality, chance: random.Random) -> str:
        if one.province == "QC":
            return f"oui bonjour mon nom est Martine je travaille au bureau municipal à {words(one, chance)}"
        return f"yeah hi it's the front counter in {words(one, chance)} we have a question about taxes"

    return say


def whole_keys(one: Municipality, chance: random.Random) -> str:
    return keys_of(one.name)


def first_keys(count: int) -> Say:
    return lambda one, chance: keys_of(one.name)[:count] if len(keys_of(one.name)) > count else ""


def wrong_key(one: Municipality, chance: random.Random) -> str:
    keys = keys_of(one.name)
    at = chance.randrange(len(keys))
    return keys[:at] + chance.choice([key for key in "23456789" if key != keys[at]]) + keys[at + 1 :]


def lost_key(one: Municipality, chance: random.Random) -> str:
    keys = keys_of(one.name)
    at = chance.randrange(len(keys))
    return keys[:at] + keys[at + 1 :]


WAYS = (
    Way("the name", "as the list writes it", lambda one, chance: one.name),
    Way("with its class", '"the Town of Taber"', with_kind("en")),
    Way("with its class, in French", '"la Ville d\'Amos"', with_kind("fr")),
    Way("its French name", "where it has another", in_french),
    Way("with its province", '"Taber, Alberta"', with_province),
    Way("with class and province", '"the Town of Taber, Alberta"', all_of_it),
    Way("with a greeting", '"Hi, I\'m calling from the Town of Taber please"', greeting),
    Way("without accents", '"Trois-Rivieres"', without_accents),
    Way("saint written otherwise", '"Saint Albert" for St. Albert', other_saint),
    Way("one wrong vowel", '"Tabor"', wrong_vowel),
    Way("one consonant lost or doubled", '"Redclif"', slipped_consonant),
    Way("two words run together", '"Troisrivières"', joined_words),
    Way("one word split", '"Red cliff"', split_word),
    Way("a small word lost", '"Nation" for The Nation', lost_article),
    Way(
        "within a sentence", '"it\'s the front counter in Taber, we have a question"', sentence(lambda one, _: one.name)
    ),
    Way("within a sentence, wrong vowel", "the same, with one wrong vowel", sentence(wrong_vowel)),
    Way("keyed whole", "every letter on the keys", whole_keys, keyed=True),
    Way("keyed, first 8", "the first eight letters", first_keys(8), keyed=True),
    Way("keyed, first 6", "the first six letters", first_keys(6), keyed=True),
    Way("keyed, first 4", "the first four letters", first_keys(4), keyed=True),
    Way("keyed whole, one wrong key", "one key beside the right one", wrong_key, keyed=True),
    Way("keyed whole, one key lost", "one letter left out", lost_key, keyed=True),
)

STRANGE = (
    "I have a question about my water bill",
    "can you tell me when you are open on Friday",
    "is this the help line",
    "bonjour je voudrais parler à quelqu'un des taxes",
    "the system does not let me print the receipts",
    "yes",
    "no",
    "I don't know",
    "je ne sais pas",
    "my name is Margaret",
    "representative",
    "speak to a technician please",
    "c'est pour une question de paie",
    "the cheque run failed again this morning",
    "who am I speaking with",
    "un instant s'il vous plaît",
    "uh",
    "hello hello",
    "our printer is broken and the assessment roll is due",
    "le logiciel ne s'ouvre plus depuis ce matin",
)


def share(count: int, of: int) -> str:
    return f"{100 * count / of:.1f}" if of else "-"


def table_of(tallies: dict[str, Tally]) -> Table:
    table = Table(Column("said or keyed", no_wrap=True), "asked", "sure", "confirm", "offered", "missed", "WRONG")
    for title, tally in tallies.items():
        shares = (share(n, tally.asked) for n in (tally.sure, tally.confirmed, tally.offered, len(tally.missed)))
        table.add_row(title, f"{tally.asked:,}", *shares, str(len(tally.wrong)))
    return table


def page_of(
    number: int,
    tallies: dict[str, Tally],
    several: str,
    build: float,
    seconds: Sequence[float],
    strange: Sequence[str],
) -> str:
    rows = "\n".join(
        f"| {way.title}: {way.told} | {tally.asked:,} | {share(tally.sure, tally.asked)} | "
        f"{share(tally.confirmed, tally.asked)} | {share(tally.offered, tally.asked)} | "
        f"{share(len(tally.missed), tally.asked)} | {len(tally.wrong)} |"
        for way in WAYS
        for tally in [tallies[way.title]]
    )
    return PAGE_TEXT.format(
        number=f"{number:,}",
        rows=rows,
        several=several,
        build=f"{build:.1f}",
        mean=f"{1e3 * sum(seconds) / len(seconds):.1f}",
        slow=f"{1e3 * seconds[-len(seconds) // 1000]:.0f}",
        asked=f"{len(seconds):,}",
        strange=len(strange),
        nothing=strange.count("nothing"),
        strange_sure=strange.count("sure"),
    )


PAGE_TEXT = """# Which municipality is calling

A caller whose number is not in the directory is asked for their municipality. They say it, in English or French, or
spell its first letters on the telephone keys. What the system does with the answer:

| Answer | What the caller hears |
| --- | --- |
| the very name, and only one municipality has it | nothing more: the call goes on (**sure**) |
| something near one name | "Is it Redcliff?" (**confirmed**) |
| a name that several have, or near several | up to four of them to choose from (**offered**) |
| nothing near enough | the question once more, by keys alone; then a message, or a call back, owed by the whole desk |

- **A doubtful match is never taken for granted.** A call put to the wrong municipality is worse than one question more.
- A class tells equal names apart ("Town of Taber", "M.D. of Taber"), and so does a province ("Lloydminster,
  Saskatchewan"). Neither is needed. The province of the caller's number only decides who is named first.
- "Lethbridge" is offered with Lethbridge County, and "Estevan" with the RM of Estevan No. 5: who says only the name may
  mean either. The number of an RM may be left out. A number alone ("RM 344") is confirmed.
- Where one slip turns a name into another's (Grant and Brant, Authier and Gauthier), or a saint has a longer name too
  (Saint-Bruno, Saint-Bruno-de-Montarville), both are offered.
- Accents, hyphens, St. or Saint, digits or number words make no difference. Words around a name are understood; those
  of a greeting do not count as doubt, all others do.
- On the keys, 2 is A, B or C and so on; spaces and hyphens are left out. The first letters are enough to be confirmed.
  The name keyed whole is sure, if no other begins so and no single wrong key makes it another's.
- Among equals, the municipalities with most clients are named first.
- Names that people use beside the official one belong into the column `aliases` of municipalities.csv.

## How well it finds them

All {number} municipalities of the public list, each asked for once in each row, as callers of their own province; none
has clients, so the order of equals is the list's. Slips are made by rule or by a fixed chance; they are letters, not
recordings, so a recogniser's own errors may be kinder or worse. Shares are percentages. *Missed*: the right one was not
among those asked about, and the caller answers no. *Wrong*: how many were surely taken for another.

| What was said or keyed | asked | sure | confirmed | offered | missed | wrong |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

"Offered" in the first rows are mostly real namesakes: {several} % of the municipalities share their name with another,
as long as no class is said. Few letters on the keys tell little where many names begin alike: hundreds begin with
Saint, so callers there should key more letters, or speak.

Of {strange} sentences without any name ("I have a question about my water bill") {nothing} found nothing and
{strange_sure} were sure.

A question took {mean} ms of processor time on average, and one in a thousand {slow} ms or more; the index of the whole
country takes {build} s when the service starts. `python -m bench.names --write` measures all this anew ({asked}
questions) and writes this page.
"""


if __name__ == "__main__":
    main()
