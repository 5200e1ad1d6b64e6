"""How fast texts go: as carriers take them from a line, also after nobody could send for a while."""

import pytest

from ivr.client import TwilioAway, TwilioSilent
from ivr.sending import per_second
from tests.db.correspondents import CLARA, DALE
from tests.ivr.office import Office
from tests.world import LINE


@pytest.mark.parametrize(
    ("line", "rate"), [(LINE, 1.0), ("+18885550100", 3.0), ("+18005550100", 3.0), ("12345", 100.0)]
)
def test_how_fast_a_line_may_send(line: str, rate: float) -> None:
    assert per_second(line) == rate


async def test_each_text_waits_for_the_segments_before_it_and_asks_for_its_place_once(office: Office) -> None:
    await office.answers("x" * 400)  # three segments
    await office.people.writes("Hello?")
    long, short = await office.deeds()
    assert await office.did(long) == "done"
    assert await office.did(short) == "again in 3.0"
    office.people.passes(seconds=1)
    assert await office.did(short) == "again in 2.0"
    office.people.passes(seconds=2)
    assert await office.did(short) == "done"


async def several(office: Office) -> list[int]:
    """Three texts of one segment, each in a lane of its own."""
    await office.answers("I am on it")
    await office.people.writes("Hello?")
    await office.people.writes("The water meters", DALE)
    return await office.deeds()


async def test_what_waited_while_twilio_was_away_goes_at_the_lines_pace(office: Office) -> None:
    """6.7: "long code: 1 segment per second". Each had its slot while nobody took it."""
    texts = await several(office)
    for _ in range(2):
        office.carrier.trouble = [TwilioAway("connection refused")] * 3
        for deed in texts:
            await office.did(deed)
            office.people.passes(seconds=1)
    assert office.carrier.bodies == []
    office.people.passes(minutes=10)
    assert [await office.did(deed) for deed in texts] == ["done", "again in 1.0", "again in 2.0"]


async def test_what_waited_while_nobody_worked_goes_at_the_lines_pace(office: Office) -> None:
    texts = await several(office)
    assert [await office.did(deed) for deed in texts] == ["done", "again in 1.0", "again in 2.0"]
    office.people.passes(minutes=10)
    assert [await office.did(deed) for deed in texts[1:]] == ["done", "again in 1.0"]


async def test_whoever_was_killed_while_it_waited_has_asked_for_one_slot(office: Office) -> None:
    first, second, third = await several(office)
    assert await office.did(first) == "done"
    for _ in range(3):  # each time by another worker
        assert await office.did(second) == "again in 1.0"
    assert await office.did(third) == "again in 2.0"
    office.people.passes(seconds=5)
    assert [await office.did(second), await office.did(third)] == ["done", "done"], "a slot lasts for a while"


async def test_of_unknown_fate_no_slot_is_asked_for_before_it_is_looked_up(office: Office) -> None:
    first, second, third = await several(office)
    office.carrier.trouble = [TwilioSilent("no answer")]
    assert await office.did(first) == "again in 60.0"
    assert await office.did(first) == "again in 60.0"
    assert await office.did(second) == "again in 1.0"
    office.people.passes(minutes=1)
    assert await office.did(third) == "done"
    assert await office.did(first) == "again in 1.0", "Twilio hasn't got it: it is another sending"
    office.people.passes(seconds=1)
    assert await office.did(first) == "done"


async def test_a_text_that_turns_up_while_it_waits_for_its_second_slot_is_not_sent_again(office: Office) -> None:
    first, second, _ = await several(office)
    office.carrier.trouble = [TwilioSilent("no answer")]
    await office.did(first)
    office.people.passes(minutes=1)
    assert await office.did(second) == "done"
    assert await office.did(first) == "again in 1.0"
    office.carrier.taken.append({"sid": "SMlate", "to": CLARA, "from": LINE, "body": "I am on it"})
    office.people.passes(seconds=1)
    assert await office.did(first) == "done"
    assert office.carrier.bodies.count("I am on it") == 1
