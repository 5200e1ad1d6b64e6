"""Clara calls; the first technician of her pod takes the call."""

from simulator.people.story import StoryHandset
from tests.world import Reader


def test_the_first_technician_takes_the_call(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line).hears("Hello Clara")
    first.rings(from_=line).answers().hears("Taber").presses("1")
    caller.is_connected_to(first)
    second.does_not_ring()
    caller.hangs_up()

    assert desk.rung() == [("ana", "accepted")]
    contact = desk.contact()
    assert (contact["outcome"], contact["owner"], contact["state"]) == ("answered", "ana", "closed")
    assert contact["matter"] is not None
