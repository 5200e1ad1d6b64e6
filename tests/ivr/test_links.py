"""Our callback URLs: they come back as they were handed out, and nothing else is taken for one."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from callflows.contact import Contact
from ivr import parse
from ivr.links import ANSWER, REPORT, Handed, Links, read_handed
from routing.hunt import Hunt, Ring
from routing.swarm import Helper, Swarm

LINKS = Links("https://desk.example")
PLAIN = Contact("abcdefghijkm", stage="asking")
HUNTING = Contact("abcdefghijkm", stage="hunting", hunt=Hunt(1, 2, Ring(2, "ana", 1), ("ben", "ana")))
HELPERS = tuple(Helper(ring, f"technician-{ring}", 1_800_000_000_000) for ring in range(1, 30))
SWARMING = Contact("abcdefghijkm", stage="waiting", swarm=Swarm(1, 1_800_000_000_000, HELPERS), swarms=1)


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


@pytest.mark.parametrize("ring", [0, 1, 12])
def test_a_url_comes_back_as_it_was_handed_out(ring: int) -> None:
    handed = read_handed(query(LINKS.to("screen", PLAIN, 3, ring)))
    assert handed == Handed(PLAIN, 3, ring)


def test_only_a_ring_is_named() -> None:
    assert "r" not in query(LINKS.to("screen", PLAIN, 3))
    assert query(LINKS.to("screen", PLAIN, 3, 12))["r"] == "12"


@pytest.mark.parametrize("ring", ["", "x", "-1", "1.5", "0x1"])
def test_a_ring_that_is_no_number_is_refused(ring: str) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|no ring"):
        read_handed({**query(LINKS.to("screen", PLAIN, 3)), "r": ring})


@pytest.mark.parametrize("place", ["leg", "client", "recording", "room"])
def test_a_report_is_repeated_until_it_arrives(place: str) -> None:
    assert LINKS.to(place, PLAIN, 3, 2).endswith(REPORT)


@pytest.mark.parametrize("place", ["screen", "key", "moved", "left", "wait", "stayed"])
def test_an_answer_is_asked_for_again_while_somebody_listens(place: str) -> None:
    assert LINKS.to(place, PLAIN, 3, 2).endswith(ANSWER)


def test_a_url_stays_short_however_many_helpers_there_are() -> None:
    assert len(LINKS.to("room", SWARMING, 123, 29)) < 1024


@pytest.mark.parametrize(
    ("handed", "ring"),
    [
        (None, 0),
        (Handed(PLAIN, 3), 0),
        (Handed(HUNTING, 3), 2),
        (Handed(HUNTING, 3, 5), 5),
        (Handed(SWARMING, 3, 7), 7),
    ],
    ids=["no URL of ours", "no ring", "the hunt's", "the one that is named", "a helper's"],
)
def test_which_ring_an_address_is_about(handed: Handed | None, ring: int) -> None:
    assert parse.ring_of(handed) == ring
