"""What must add up over a whole call: rings that began and ended, who is held, who owns it."""

from dataclasses import dataclass, field

from callflows.actions import Free, Occupy, Reserve
from callflows.contact import Contact
from callflows.turn import Turn


def held_by(contact: Contact) -> set[str]:
    """Whom the contact holds, by its own memory."""
    if contact.is_over:
        return set()
    ring = contact.hunt.ring if contact.stage in ("hunting", "errand") else None
    helpers = contact.swarm.helpers if contact.swarm else ()
    return {
        *((ring.technician,) if ring and not ring.freed else ()),
        *(one.technician for one in helpers if not one.freed),
        *((contact.technician,) if contact.technician else ()),
    }


@dataclass
class Ledger:
    """`ringing`: rings that were told as begun and not yet as ended. `held`: who may not be rung by another call."""

    begun: set[int] = field(default_factory=set)
    ringing: dict[int, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)

    def enter(self, turn: Turn) -> None:
        """Raises AssertionError when a turn doesn't add up with those before it."""
        for line in turn.story:
            if line.kind == "ring_started":
                number = line.detail["ring"]
                assert number not in self.begun, f"ring {number} began twice"
                self.begun.add(number)
                self.ringing[number] = line.technician
            elif line.kind == "ring_ended":
                assert self.ringing.pop(line.detail["ring"], None) == line.technician, f"ended, but never began: {line}"
        for change in turn.changes:
            if isinstance(change, Reserve):
                assert change.technician not in self.held, f"{change.technician} is held already"
                self.held.add(change.technician)
            elif isinstance(change, Occupy):
                self.held.add(change.technician)
            elif isinstance(change, Free):
                assert change.technician in self.held, f"{change.technician} is given back twice"
                self.held.remove(change.technician)
        self.check(turn.contact)

    def check(self, contact: Contact) -> None:
        assert self.held == held_by(contact), "who is held is given back exactly when their part is over"
        if contact.is_over:
            assert not self.ringing, "every ring has an end"
            assert contact.swarm is None, "nobody waits in a swarm after the end"
        swarm = contact.swarm
        if swarm and swarm.inside:
            assert contact.owner in {one.technician for one in swarm.inside}, "the owner is one of those inside"
