"""Who is given a client's words, as a text or by telephone, and who has had which."""

from callflows.actions import BeginErrand
from callflows.text_actions import RelayNote, RelayText
from callflows.texting import choosing
from callflows.turn import Turning

MOST_REMEMBERED = 40  # texts to technicians


def hand(turn: Turning, technician: str, words: tuple[str, ...]) -> None:
    """`words`: Twilio's sids of the client's messages."""
    if technician in turn.floor.unwritable:
        ring(turn, technician)
        return
    turn.change(RelayText(technician, words, note=note(turn, technician)))
    remember(turn, technician, words)


def remember(turn: Turning, technician: str, words: tuple[str, ...]) -> None:
    if words:
        turn.threads(given=(*turn.thread.given, (words[-1], technician))[-MOST_REMEMBERED:])


def ring(turn: Turning, technician: str) -> None:
    """Who ended our texts is rung, and connected with the client if they take it (DESIGN 5, "Texts")."""
    turn.because("rung_instead", technician)
    turn.became(callbacks=turn.contact.callbacks + 1)
    turn.change(BeginErrand(turn.contact.callbacks, technician))


def note(turn: Turning, technician: str) -> RelayNote:
    if turn.floor.silenced:
        return "blocked" if turn.floor.blocked else "silenced"
    owner = turn.matter.owner if turn.matter else turn.contact.owner
    if not owner or owner == technician or technician in turn.thread.members:
        return ""
    is_lost = owner in turn.floor.unreached or any(one == owner for _, one in turn.thread.lost)
    return "unreached" if is_lost and choosing.is_at_work(turn, owner) else "stand_in"


def lost_by(turn: Turning, words: tuple[str, ...]) -> tuple[str, ...]:
    """Whose telephones have lost these very words."""
    return tuple(dict.fromkeys(technician for leg, technician in turn.thread.lost if leg == words[-1]))


def not_again(turn: Turning, words: tuple[str, ...]) -> tuple[str, ...]:
    """Who is not texted these words once more; who has ended our texts may be rung for them."""
    return tuple(one for one in lost_by(turn, words) if one not in turn.floor.unwritable)


def have(turn: Turning, words: tuple[str, ...]) -> tuple[str, ...]:
    """Who has been given them, as far as we know."""
    lost = lost_by(turn, words)
    return tuple(technician for leg, technician in turn.thread.given if leg == words[-1] and technician not in lost)
