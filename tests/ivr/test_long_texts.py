"""A text that is longer than one message: in several, in their order, each once."""

from ivr.client import TwilioSilent
from tests.ivr.office import Office

LONG = " ".join(f"word{number}" for number in range(400))  # 3,089 characters


async def test_a_long_text_goes_in_several_messages_in_their_order(office: Office) -> None:
    await office.answers(LONG)
    await office.everything_goes()
    assert len(office.carrier.taken) == 2
    assert " ".join(office.carrier.bodies) == LONG
    assert all(len(body) <= 1600 for body in office.carrier.bodies)


async def test_what_went_before_the_worker_was_killed_does_not_go_again(office: Office) -> None:
    """The first part is at Twilio, whose answer to the second one never came."""
    await office.answers(LONG)
    office.carrier.trouble, office.carrier.lost = [None, TwilioSilent("no answer")], True
    await office.everything_goes()
    assert " ".join(office.carrier.bodies) == LONG
    assert len(office.carrier.taken) == 2


async def test_two_parts_that_are_alike_both_go(office: Office) -> None:
    """Of the second one's fate nothing is known: the first one is not taken for it."""
    await office.answers("x" * 3200)
    office.carrier.trouble = [None, TwilioSilent("no answer")]
    await office.everything_goes()
    assert office.carrier.bodies == ["x" * 1600, "x" * 1600]


async def test_the_parts_of_one_text_are_not_taken_for_those_of_another(office: Office) -> None:
    """Of the second text's first part nothing is known: Twilio has one that is alike, which was the first text's."""
    await office.answers("x" * 3200)
    await office.everything_goes()
    await office.answers("x" * 3200)
    office.carrier.trouble = [TwilioSilent("no answer")]
    await office.everything_goes()
    assert office.carrier.bodies == ["x" * 1600] * 4


# To a technician each part says to which conversation it belongs.

LONGER = " ".join(f"word{number}" for number in range(520))  # 4,049 characters


def put_together(bodies: list[str], header: str, mark: str) -> str:
    """The words of a relay without what stands before them."""
    first, *rest = bodies
    marks = [f"{mark} {place}/{len(bodies)} " for place in range(2, len(bodies) + 1)]
    assert first.startswith(header)
    assert [one[: len(each)] for one, each in zip(rest, marks, strict=True)] == marks
    return " ".join(
        [first.removeprefix(header), *(one.removeprefix(each) for one, each in zip(rest, marks, strict=True))]
    )


async def test_each_part_of_a_relay_names_its_matter(office: Office) -> None:
    await office.people.writes(LONGER)
    await office.everything_goes()
    bodies = office.carrier.bodies
    assert len(bodies) == 3
    assert put_together(bodies, "#1 Taber, Clara Whitfield: ", "#1") == LONGER
    assert all(len(body) <= 1600 for body in bodies)
    (deed,) = await office.people.desk.pool.fetch("SELECT deed FROM deeds WHERE body ? 'sids'")
    assert (await office.message(deed["deed"])).body == f"#1 Taber, Clara Whitfield: {LONGER}", (
        "the thread has no marks"
    )


async def test_without_a_matter_each_part_names_the_client(office: Office) -> None:
    await office.people.writes(LONGER)
    await office.people.desk.pool.execute("UPDATE contacts SET matter = null")
    await office.everything_goes()
    assert put_together(office.carrier.bodies, "Taber, Clara Whitfield: ", "Taber, Clara Whitfield") == LONGER


async def test_a_part_of_unknown_fate_is_found_whatever_has_changed_meanwhile(office: Office) -> None:
    await office.people.writes(LONGER)
    (deed,) = await office.deeds()
    office.carrier.trouble, office.carrier.lost = [None, TwilioSilent("no answer")], True
    while await office.did(deed) != "again in 60.0":
        office.people.passes(seconds=12)
    await office.people.desk.pool.execute("UPDATE contacts SET matter = null, client = null, municipality = null")
    await office.everything_goes()
    assert put_together(office.carrier.bodies, "#1 Taber, Clara Whitfield: ", "#1") == LONGER


async def test_what_a_client_gets_has_no_marks(office: Office) -> None:
    await office.answers(f"#2 {LONGER}")
    await office.everything_goes()
    assert len(office.carrier.bodies) == 3
    assert " ".join(office.carrier.bodies) == f"#2 {LONGER}"
