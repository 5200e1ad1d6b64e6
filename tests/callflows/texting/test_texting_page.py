"""docs/texting.md tells the truth: its commands are those that are understood, its figures those of the code."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from callflows.contact import OUTCOMES
from callflows.texting import conversing, helping, missed, owing
from callflows.texting.commands import LANGUAGES, ORDERS, Command, Reply, read, usage
from callflows.turn import MOST_AUTOMATIC
from callflows.version import Times
from db.conversations import PLAINLY_MEANT
from ivr.files import VALID
from routing.optout import opt_word

PAGE = Path(__file__).parents[3] / "docs" / "texting.md"
MARKED = re.compile(r"(<!-- commands: .*? -->\n)(.*?)(<!-- end of commands -->)", re.DOTALL)
NUMBERS = {6: "six", 10: "ten", 7: "7"}


def table() -> str:
    """English and French side by side, with what it does."""
    rows = ["| English | French | What it does |", "| --- | --- | --- |"]
    for lines in zip(*(usage(one) for one in LANGUAGES), strict=True):
        (english, says), (french, _) = (line.split(" - ", 1) for line in lines)
        rows.append(f"| `{english}` | `{french}` | {says} |")
    return "\n".join(rows) + "\n"


def test_the_pages_commands_are_those_that_are_understood() -> None:
    page = PAGE.read_text(encoding="utf-8")
    if os.environ.get("PODLINE_WRITE_DOCS") == "1":
        page = MARKED.sub(lambda found: found[1] + table() + found[3], page)
        PAGE.write_text(page, encoding="utf-8")
    kept = MARKED.search(page)
    assert kept is not None
    assert kept[2] == table(), "set PODLINE_WRITE_DOCS=1 and run this test: it writes the table anew"
    assert len(kept[2].splitlines()) == 2 + len(ORDERS) + 1  # and the answer to a client


def test_every_example_on_the_page_does_what_it_says() -> None:
    """Whatever begins with a command's word and stands in code is one; whatever begins with a number is an answer."""
    page = PAGE.read_text(encoding="utf-8").partition("# For supervisors")[0]
    words = {word for order in ORDERS for language in LANGUAGES for word in order.words[language]}
    said = [one for one in re.findall(r"`([^`\n]+)`", page) if one.split()[0] in words and "[" not in one]
    assert len(said) > 30
    for one in said:
        verb = one.split()[0]
        assert isinstance(read(one), Command) or one in ("take", "note"), one
        assert verb in words
    assert isinstance(read("#12 I am on it"), Reply)
    assert not isinstance(read("tkae #12"), (Command, Reply))
    for word in re.findall(r"`([A-Z]+)`", page):
        assert opt_word(word) is not None, word


@pytest.mark.parametrize(
    "sentence",
    [
        f"at most {NUMBERS[MOST_AUTOMATIC]} texts a day by itself",
        f"More than {NUMBERS[conversing.FLOOD]} texts in a minute",
        f"up to {NUMBERS[helping.MOST_INVITED]} colleagues",
        f"for **{NUMBERS[VALID.days]} days**",
        f"between {missed.MORNING.hour}:00 and {missed.EVENING.hour}:00 on their clock",
        f"{Times().overdue_minutes} minutes later",
        f"| `reply_minutes` | {Times().reply_minutes} minutes until a person answers | {Times().reply_minutes // 2} |",
        f"| `resolution_minutes` | {Times().resolution_minutes} minutes (two working days) until",
        f"| `quiet_hours` | {Times().quiet_hours} hours without a word",
    ],
)
def test_its_figures_are_those_of_the_code(sentence: str) -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert sentence in page
    assert timedelta(days=1) == PLAINLY_MEANT
    assert Times().reply_minutes == 60
    assert owing.BUNDLE_SECONDS == 60


def test_its_outcomes_are_outcomes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = page.partition("| A conversation ends as | Because |\n| --- | --- |\n")[2].partition("\n\n")[0].splitlines()
    named = {row.split("|")[1].strip() for row in rows}
    assert named <= set(OUTCOMES)
    assert {"replied", "auto_replied", "opted_out"} <= named
