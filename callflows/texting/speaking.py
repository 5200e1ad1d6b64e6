"""How a technician is told of a conversation, in a few words."""

from datetime import datetime

from callflows.actions import Text
from callflows.text_actions import TellTechnician
from callflows.turn import Turning
from routing.addresses import as_read
from routing.owner import LATEST, at_work_from


def answer(turn: Turning, technician: str, prompt: str, **params: str) -> None:
    turn.change(TellTechnician(technician, ((prompt, {"matter": str(turn.contact.matter or ""), **params}),)))


def notice(turn: Turning, whom: str, prompt: str, **params: str) -> None:
    """What a technician should know and did not ask for: it waits for their shift, so that nobody is woken by it."""
    begins = at_work_again(turn, whom)
    delay = round((begins - turn.floor.at).total_seconds()) if begins else 0
    turn.change(Text(whom, prompt, params, delay=delay))


def at_work_again(turn: Turning, technician: str) -> datetime | None:
    """When their shift begins; None for who has none, and for who is there and can't be given it."""
    standing = turn.floor.standings.get(technician)
    begins = at_work_from(standing, turn.shift(technician), turn.floor.at) if standing else LATEST
    return begins if turn.floor.at < begins < LATEST else None


def who(turn: Turning) -> str:
    return ", ".join(part for part in (turn.place_name(), turn.client_name()) if part) or as_read(turn.floor.peer)


def name_of(turn: Turning, technician: str) -> str:
    standing = turn.floor.standings.get(technician)
    return standing.technician.name if standing else technician
