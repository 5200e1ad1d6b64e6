"""A client's text: of nobody to be answered, a word that Twilio knows as well, an answer to a question, or a matter."""

from datetime import UTC, datetime

from callflows.events import CallerPressed, CallerSaid
from callflows.parts import asking
from callflows.parts.ending import close
from callflows.text_actions import KeepText
from callflows.text_events import TextArrived
from callflows.texting import calling, conversing, optout, owing
from callflows.turn import Turning
from routing.addresses import read_address
from routing.optout import opt_word

LONGEST_OPENING = 480
SHORT_ANSWER = 60  # characters: the answer to a question, with nothing else in it
COUNTED = 60  # seconds, and arrivals at most: what tells a flood
MOST_COUNTED = 30


def on_text(turn: Turning, event: TextArrived) -> None:
    keep(turn, event)
    address = read_address(event.sender)
    word = opt_word(event.body, event.opt_out)
    if turn.contact.stage == "new":
        turn.became(trusted=address.kind == "phone")
    if turn.floor.from_our_line or not address.may_be_answered:
        turn.threads(dropped=True)
        turn.because("not_answered", detail="our_line" if turn.floor.from_our_line else address.kind)
        close(turn, "nobody is behind that address who could be answered")
    elif word is not None:
        optout.on_word(turn, event, word)
    else:
        turn.threads(waiting=(*turn.thread.waiting, event.leg))
        go_on(turn, event)


def keep(turn: Turning, event: TextArrived) -> None:
    """As it came, whoever wrote it; the story has the words."""
    now = int(turn.floor.at.timestamp())
    came = event.came_at or now
    first = turn.contact.thread is None
    latest = tuple(one for one in turn.thread.arrivals if came - one < COUNTED)[-MOST_COUNTED:]
    turn.threads(arrivals=(*latest, came), touched=now)
    turn.change(KeepText(event.leg, turn.contact.technician))
    if event.came_at:
        came_at = datetime.fromtimestamp(event.came_at, UTC).isoformat()
        turn.tell("degraded", turn.contact.technician, leg=event.leg, came_at=came_at)
    detail = {"files": event.files} if event.files else {}
    turn.tell("text_in", turn.contact.technician, leg=event.leg, words=event.body, **detail)
    if first:
        owing.watch(turn)


def go_on(turn: Turning, event: TextArrived) -> None:
    turn.text = event.body
    match turn.contact.stage:
        case "new":
            turn.threads(opening=event.body[:LONGEST_OPENING])
            turn.go(turn.version.body.start)
            calling.listen(turn)
        case "asking":
            answer(turn, event)
        case "texting":
            on_text_of_step = getattr(turn.step, "on_text", None)
            if on_text_of_step is None:
                turn.leave()
            else:
                on_text_of_step(turn, event)
        case _:
            calling.listen(turn)
            conversing.pass_on(turn)
    owing.wait_for_answer(turn)


def answer(turn: Turning, event: TextArrived) -> None:
    """What was asked was who they are: a number chooses, words name."""
    asked, said = turn.contact.asked, event.body.strip()
    turn.text = turn.thread.opening
    chooses = said.rstrip(".)").isdigit() and asked is not None and asked.kind != "place"
    if len(said) <= SHORT_ANSWER:  # nothing that a technician need read
        turn.threads(waiting=turn.thread.waiting[:-1])
    if chooses:
        asking.on_answer(turn, CallerPressed(event.leg, said.rstrip(".)")))
    else:
        asking.on_answer(turn, CallerSaid(event.leg, said))
