"""The answers that need neither a turn nor a database: by who asks (DESIGN 5, "Faults")."""

import pytest

from callflows.contact import Contact
from callflows.events import Asker
from ivr import faults
from ivr.links import Links
from routing.directory import Line

LINKS = Links("https://desk.example")
BARE, WITH_FALLBACK = Line("+15875550100"), Line("+15875550100", fallback="+14035550198")


@pytest.mark.parametrize("language", ["en", "fr", "de", ""])
@pytest.mark.parametrize(
    ("asker", "line", "verbs"),
    [
        ("caller", BARE, ["Say", "Say", "Record", "Redirect"]),
        ("caller", WITH_FALLBACK, ["Say", "Dial"]),
        ("technician", BARE, ["Say", "Hangup"]),
        ("technician", WITH_FALLBACK, ["Say", "Hangup"]),
        ("waiting", BARE, ["Say", "Redirect"]),
    ],
)
def test_each_kind_of_leg_hears_its_own_answer(asker: Asker, line: Line, verbs: list[str], language: str) -> None:
    from xml.etree import ElementTree

    contact = Contact("abcdefghijkm", language=language)
    text = faults.answer(asker, contact=contact, number=3, line=line, links=LINKS, again="https://desk.example/again")
    assert [verb.tag for verb in ElementTree.fromstring(text)] == verbs


def test_a_fallback_that_broke_is_not_dialled_again() -> None:
    contact = Contact("abcdefghijkm", stage="fallback")
    text = faults.answer("caller", contact=contact, number=3, line=WITH_FALLBACK, links=LINKS)
    assert "<Record" in text
    assert "<Dial" not in text
