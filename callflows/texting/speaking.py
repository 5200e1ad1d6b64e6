"""How a technician is told of a conversation, in a few words."""

from callflows.text_actions import TellTechnician
from callflows.turn import Turning
from routing.addresses import as_read


def answer(turn: Turning, technician: str, prompt: str, **params: str) -> None:
    turn.change(TellTechnician(technician, ((prompt, {"matter": str(turn.contact.matter or ""), **params}),)))


def who(turn: Turning) -> str:
    return ", ".join(part for part in (turn.place_name(), turn.client_name()) if part) or as_read(turn.floor.peer)


def name_of(turn: Turning, technician: str) -> str:
    standing = turn.floor.standings.get(technician)
    return standing.technician.name if standing else technician
