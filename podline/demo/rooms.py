"""What the account says of conferences: who joins whom, who leaves, and who is left alone in one."""

from collections.abc import Callable, Sequence

from rich.text import Text

from podline.demo.phrases import lasting, listed
from simulator.calls.legs import Leg
from simulator.events import Joined, Left
from simulator.rooms.participants import Participant

JOINS = "bold green"


class Rooms:
    """`name` is a leg's person, as the account shows them; `whose` tells for whom a room is, by its name."""

    def __init__(self, name: Callable[[Leg], Text], whose: Callable[[str], str]) -> None:
        self._name, self._whose = name, whose
        self._inside: dict[str, Participant] = {}  # leg -> its part in a conference
        self._told: set[str] = set()  # legs whose leaving was told with that of another

    def __contains__(self, leg: Leg) -> bool:
        return leg.sid in self._inside

    def joined(self, event: Joined) -> Text:
        one = event.leg.participant
        assert one is not None
        self._inside[event.leg.sid] = one
        others = [other.leg for other in one.room.present if other is not one]
        if others:
            return Text.assemble(self._name(event.leg), (" joins ", JOINS), self._names(others))
        return Text.assemble(self._name(event.leg), f" is in the room for {self._whose(event.room)}, alone so far")

    def left(self, event: Left) -> Text | None:
        """None if it is told already: who ends the conference ends it for all."""
        leg, one = event.leg, self._inside.pop(event.leg.sid, None)
        if one is None:
            return Text.assemble(self._name(leg), " does not get into the room")
        if leg.sid in self._told:
            self._told.remove(leg.sid)
            return None
        others = [other.leg for other in one.room.present]
        goes = " hangs up" if leg.is_over else " leaves the room"
        stayed = f" after {lasting((event.at - one.created_at).total_seconds())} in the room" if leg.is_over else ""
        return Text.assemble(self._name(leg), goes, stayed, self._remaining(others, is_over=one.ends))

    def _remaining(self, others: Sequence[Leg], *, is_over: bool) -> Text:
        if not others:
            return Text("; nobody is in it any more")
        if is_over:
            self._told |= {other.sid for other in others}
            return Text.assemble("; it is over for ", self._names(others))
        stays = " stays, alone" if len(others) == 1 else " talk on"
        return Text.assemble("; ", self._names(others), stays)

    def _names(self, legs: Sequence[Leg]) -> Text:
        return listed([self._name(leg) for leg in legs])
