"""Whose telephone takes no texts, as every turn of a conversation knows it."""

from datetime import timedelta

import pytest

from callflows.text_actions import RelayText
from tests.db.correspondents import ANA, BEN, NOW, Correspondents


async def lost(
    people: Correspondents, status: str = "undelivered", error: str = "30003", hours: float = 1, peer: str = ANA
) -> None:
    """A text to Ana, so many hours ago, and what became of it."""
    contact = (await people.contacts())[0][0]
    await people.desk.pool.execute(
        "INSERT INTO messages (contact, direction, party, technician, line, peer, status, error, at)"
        " VALUES ($1, 'out', 'technician', 'ana', '+15875550100', $2, $3, $4, $5)",
        contact,
        peer,
        status,
        error,
        NOW - timedelta(hours=hours),
    )


async def given(people: Correspondents, words: str = "Hello?") -> set[str]:
    """Who is given the client's next words."""
    turn = await people.writes(words)
    return {one.technician for one in turn.changes if isinstance(one, RelayText)} if turn else set()


@pytest.fixture
async def asked(people: Correspondents) -> Correspondents:
    """Clara has written, and Ana owns it; of the relay to her nothing is known."""
    await people.writes("Our tax roll is broken")
    return people


@pytest.mark.parametrize("status", ["undelivered", "failed", "refused"])
@pytest.mark.parametrize("error", ["30003", "30005", "30006", "21614"])
async def test_a_telephone_that_lost_one_is_passed_over_for_a_day(
    asked: Correspondents, status: str, error: str
) -> None:
    await lost(asked, status, error)
    assert await given(asked) == {"ben"}


@pytest.mark.parametrize(
    "facts",
    [
        {"error": "30007"},  # the carrier took the words for spam
        {"error": "30034"},  # the line may not send at all
        {"error": ""},
        {"status": "delivered", "error": ""},
        {"status": "sent", "error": ""},
        {"hours": 24.1},
        {"peer": "+14035550119"},  # the number that she had until it was put right
    ],
    ids=str,
)
async def test_what_says_nothing_of_the_telephone_is_no_reason(
    asked: Correspondents, facts: dict[str, str | float]
) -> None:
    await lost(asked, **facts)  # type: ignore[arg-type]
    assert await given(asked) == {"ana"}


async def test_a_text_that_arrived_later_says_that_it_takes_them_again(asked: Correspondents) -> None:
    await lost(asked, hours=2)
    await lost(asked, "delivered", "", hours=1)
    assert await given(asked) == {"ana"}


async def test_a_text_from_her_says_so_as_well_and_one_from_anybody_else_does_not(asked: Correspondents) -> None:
    await lost(asked)
    await asked.writes("who", BEN)
    assert await given(asked) == {"ben"}
    await asked.writes("who", ANA)
    assert await given(asked) == {"ana", "ben"}
