"""What may stand under `expect` and can be seen at the telephones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from simulator.events import LegRings
from simulator.scenes.forms import KINDS, Name, read_people
from simulator.scenes.vocabulary import Check

if TYPE_CHECKING:
    from simulator.scenes.playing import Play


def people(given: Any) -> tuple[Name, ...]:
    """`[ana, ben]`, `ana, ben`, or `nobody`."""
    text = ", ".join(map(str, given)) if isinstance(given, list) else str(given)
    if text in ("nobody", ""):
        return ()
    if not re.fullmatch(KINDS["PEOPLE"].pattern, text):
        raise ValueError(f"`{text}` should be people, such as [ana, ben], or nobody.")
    return read_people(text)


def rung(play: Play) -> list[str]:
    """Whose telephones have rung, each once, in the order in which they first did."""
    legs = [event.leg for event in play.exchange.events[play.began :] if isinstance(event, LegRings)]
    return list(dict.fromkeys(str(leg.phone) for leg in legs if leg.phone and leg.direction != "inbound"))


async def rang(play: Play, wanted: tuple[Name, ...]) -> None:
    found, told = rung(play), [str(play.handset(one)) for one in wanted]
    if found != told:
        play.fails(f"these telephones should have rung, in this order: {listed(told)}; but so it was: {listed(found)}")


async def did_not_ring(play: Play, wanted: tuple[Name, ...]) -> None:
    found = rung(play)
    if wrong := [one for one in (str(play.handset(name)) for name in wanted) if one in found]:
        play.fails(f"should not have rung, but did: {listed(wrong)}")


def listed(people: list[str]) -> str:
    return ", ".join(people) or "nobody's"


CHECKS: tuple[Check, ...] = (
    Check("rang", "Whose telephones rang, in the order in which they first did; or `nobody`.", people, rang),
    Check("did not ring", "Whose telephones did not, whoever else's did.", people, did_not_ring),
)
