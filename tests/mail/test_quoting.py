"""What somebody wrote now, of letters as mail programs write them, in both languages."""

import re
import time
from pathlib import Path

import pytest

from mail.quoting import own_words

SAMPLES = {
    name: (whole.rstrip("\n"), own.rstrip("\n"))
    for name, whole, own in re.findall(
        r"^=== (.*)\n((?:.*\n)*?)=>\n((?:(?!===).*\n)*)",
        (Path(__file__).parent / "quoted.txt").read_text(),
        re.MULTILINE,
    )
}


@pytest.mark.parametrize("name", SAMPLES)
def test_earlier_letters_and_signatures_are_cut_off_and_what_somebody_wrote_stays(name: str) -> None:
    whole, own = SAMPLES[name]
    assert own_words(whole) == own


def test_all_samples_are_read() -> None:
    assert len(SAMPLES) == (Path(__file__).parent / "quoted.txt").read_text().count("=>\n")


def test_french_spaces_are_spaces() -> None:
    said = "L’eau\u00a0est coupée."
    attribution = "Le mar. 3 nov. 2026 à 10\u00a0h\u202f00, Prairie <desk@desk.example> a\nécrit\u00a0:"
    assert own_words(f"{said}\n\n{attribution}\n> Ça va?") == said


@pytest.mark.parametrize("subject", ["FW: Pump", "Fwd: Pump", "TR : Pompe", "[EXTERNAL] FW: Pump"])
def test_a_letter_that_is_passed_on_stays_whole(subject: str) -> None:
    whole = "See below.\n\nFrom: Dale\nSent: Tuesday 3\nTo: Clara\nSubject: Water\n\nNo water."
    assert own_words(whole, subject) == whole
    assert own_words(whole, "RE: Pump") == "See below."


HOSTILE = (
    *("On ", "On a ", "On a\n", "On 1\n", "Le x ", "a@b wrote:\n", "On 1 wrote:\n>a\nb\n", "> ", ">\n", "From: a\n"),
    *("De : \n", "-- ", "--\n", "_", "-", "\n", " \n", "Sent from my a ", "a" * 299 + "\n"),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_letter_makes_us_slow(piece: str) -> None:
    """A hundred thousand characters, the longest text that is kept: some libraries take minutes for these."""
    began = time.process_time()
    own_words(piece * (100_000 // len(piece)))
    assert time.process_time() - began < 2
