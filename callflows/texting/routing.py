"""A client's words reach a person: what the `route` step of a text flow does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callflows.texting import conversing
from callflows.turn import Turning

if TYPE_CHECKING:
    from callflows.steps.route import RouteStep


def route(turn: Turning, step: RouteStep) -> None:
    """From here on what either side writes goes to the other."""
    turn.find_matter()
    turn.became(stage="conversing", asked=None)
    conversing.pass_on(turn)
