"""A client's words that a technician's telephone has lost: given at once to the next who may have them.

Nobody is given the same words twice by this. After a few telephones it is hardly the telephones, but the line or the
words; then, and when nobody else is there, the supervisor is told. The owner stays the owner of an open matter, and
what was promised stands.
"""

from callflows.actions import Text
from callflows.events import TextSent
from callflows.parts import promises
from callflows.text_actions import SetBlocked
from callflows.texting import choosing, handing, optout, owing
from callflows.texting.speaking import name_of, who
from callflows.turn import Turning
from routing.addresses import read_address

OPTED_OUT = "21610"
MOST_LOST = 3  # telephones
ALARMED_AGAIN = 3600  # seconds


def on_lost(turn: Turning, event: TextSent) -> None:
    words, technician = event.legs, event.technician
    lost = (*turn.thread.lost, (words[-1], technician))
    turn.threads(lost=lost[-handing.MOST_REMEMBERED :])
    if event.detail == OPTED_OUT and technician not in turn.floor.unwritable and optout.is_news(turn, event):
        end_texts(turn, technician)
    if turn.contact.matter and turn.matter is None:
        turn.because("nothing_to_do", detail="closed")
        return
    if others := handing.have(turn, words):
        turn.because("others_have_it", others[0])
        return
    turn.because("words_lost", technician)
    lost_by = handing.lost_by(turn, words)
    chosen = choosing.choose(turn, lost_by) if len(lost_by) < MOST_LOST else None
    if chosen is not None:
        handing.hand(turn, chosen, words)
        turn.threads(members=tuple(dict.fromkeys((*turn.thread.members, chosen))))
        return
    if event.detail == OPTED_OUT and choosing.is_at_work(turn, technician):
        handing.ring(turn, technician)
        return
    if len(lost_by) < MOST_LOST:
        wait(turn, words)
    alarm(turn, always=True)


def end_texts(turn: Turning, technician: str) -> None:
    """Twilio knew it before us: they have ended our texts, and are rung from now on (DESIGN 5, "Texts"). On a line that
    is no telephone number another one of ours was refused."""
    if read_address(turn.floor.line.line).number:
        turn.change(SetBlocked(True, technician))
    turn.tell("opted_out", technician, word=OPTED_OUT)
    turn.change(Text("", "tech_technician_opted_out", {"technician": name_of(turn, technician)}))


def wait(turn: Turning, words: tuple[str, ...]) -> None:
    """For whoever is at work next, if the conversation goes on."""
    whose = promises.owner(turn)
    if turn.contact.is_over or whose is None:
        return
    turn.threads(waiting=tuple(dict.fromkeys((*words, *turn.thread.waiting))))
    promised = owing.owed(turn)
    owing.look_again(turn, whose, promised.due_at if promised else turn.floor.at)


def alarm(turn: Turning, *, always: bool = False) -> None:
    """The supervisor hears that words reach nobody, though somebody is at work; of one conversation once an hour."""
    now = int(turn.floor.at.timestamp())
    unread = [one for one in turn.floor.unreached if choosing.is_at_work(turn, one)]
    if not (always or unread) or now - turn.thread.alarmed < ALARMED_AGAIN:
        return
    turn.threads(alarmed=now)
    turn.change(Text("", "tech_unread", {"who": who(turn)}))
