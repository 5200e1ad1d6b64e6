"""A promise is kept: its owner is rung, hears the matter, presses 1, and is connected with the client.

The technician's leg is one that we asked Twilio for; the client's hangs below it in a Dial and shows our line. Nobody
takes it: the promise's own contact tries again later (`promises`).
"""

from dataclasses import replace
from datetime import timedelta

from callflows.actions import CallOut, DialClient, Hangup, Reserve, Say, SetTimer
from callflows.contact import Asked
from callflows.events import CallerPressed, CallerSaid, CallerStayed, ClientCalled, ClientPickedUp, ErrandDue, LegEnded
from callflows.parts import rings
from callflows.parts.ending import close, reconsider
from callflows.parts.whom import choose
from callflows.turn import Turning
from routing import hunt
from routing.eligible import busy
from routing.floor import Standing
from routing.hunt import Hunt, ring_result

WANTED = "wanted"  # in place of a promise: a technician asked for this call
MOST_WANTED = 3  # times that one who is to be connected is rung for, if Twilio loses the call
RING_OVER = "ring_over:"  # and the ring's number: the timer of a ring whose end may never be told
RING_HOLDS = timedelta(seconds=60)  # as long as the technician is reserved (DESIGN 5, "Busy and free")


def begin(turn: Turning, event: ErrandDue) -> None:
    turn.became(
        stage="errand",
        errand=event.promised_in or WANTED,
        wanted_by=event.technician,
        matter=event.matter,
        client=event.client,
        municipality=event.municipality,
        pod=event.pod,
        language=event.language or turn.contact.language,
        known_number=True,
        hunt=Hunt(began=turn.now_ms),
    )
    if turn.promise(event.promised_in) is None and not event.technician:
        turn.because("promise_settled")
        close(turn, "the promise was kept in the meantime")
    else:
        go_on(turn)


def go_on(turn: Turning) -> None:
    """Ring the promise's owner, else the next who may be rung."""
    chosen = asking(turn) if turn.contact.wanted_by else None if rings.spent(turn) else choose(turn)
    if chosen is None:
        close(turn, "nobody could take the call back now")
        return
    key, held = chosen.technician.technician, turn.contact.hunt
    began = hunt.Ring(number=held.rung + 1, technician=key, began=turn.now_ms)
    turn.became(hunt=replace(held, rung=began.number, ring=began, tried=(*held.tried, key)))
    turn.change(Reserve(key), CallOut(key, began.number, turn.times.callback_ring))
    turn.change(SetTimer(f"{RING_OVER}{began.number}", turn.floor.at + RING_HOLDS))
    turn.tell("ring_started", key, ring=began.number)


def asking(turn: Turning) -> Standing | None:
    """Whoever wants to call: once, at any hour, unless another call has them."""
    key = turn.contact.wanted_by
    standing = turn.floor.standings.get(key)
    if standing is None or key in turn.contact.hunt.tried:
        return None
    held = busy(standing, turn.contact.contact, turn.floor.at)
    if held:
        turn.because("left_out", key, held)
        return None
    turn.because("wants_to_call", key)
    return standing


def on_passed(turn: Turning, held: hunt.Ring) -> None:
    """The key says it all: the next one need not wait for this leg's end."""
    rings.end(turn, held, "declined")
    go_on(turn)


def on_timer(turn: Turning, timer: str) -> None:
    """A ring of which nothing more was heard, though no telephone rings that long."""
    number = timer.removeprefix(RING_OVER)
    held = rings.current(turn, int(number)) if number.isdigit() else None
    if held is not None and held.state != "taken":
        result = ring_result(held, status="no-answer", bridged=False, caller_gone=False)
        turn.because("ring_unheard", held.technician)
        rings.end(turn, held, result)
        ring_again(turn, held)
        go_on(turn)


def on_leg_ended(turn: Turning, event: LegEnded) -> None:
    """The technician's leg is over: after a talk that is the end, before it somebody else is rung."""
    held = rings.current(turn, event.ring)
    if held is None:
        return
    if held.state == "taken":
        finish(turn, "the technician hung up")
        return
    rings.end(turn, held, ring_result(held, status=event.status, bridged=False, caller_gone=False), event.leg)
    if not event.leg:
        ring_again(turn, held)
    go_on(turn)


def ring_again(turn: Turning, held: hunt.Ring) -> None:
    """Nothing was heard of a ring that somebody asked for themselves: their telephone may never have rung."""
    if turn.contact.wanted_by and not held.picked_up and turn.contact.hunt.rung < MOST_WANTED:
        turn.because("ring_never_began", held.technician)
        turn.became(hunt=replace(turn.contact.hunt, tried=()))


def on_client_answered(turn: Turning) -> None:
    """The client's telephone was picked up; whether by a person, the technician will say."""
    held = turn.contact.hunt.ring
    if held is not None and held.state == "taken":
        turn.became(talked=(held.technician,))


def on_client_called(turn: Turning, event: ClientCalled) -> None:
    """The client's leg is over. A technician who is still there says what came of it."""
    held = turn.contact.hunt.ring
    note_client_called(turn, held.technician if held else "", event)
    if event.gone:
        finish(turn, "the technician hung up")
    else:
        ask_what_came_of_it(turn)


def note_client_called(turn: Turning, technician: str, event: ClientCalled) -> None:
    reached = tell_client_called(turn, technician, event)
    turn.became(talked=(technician,) if reached and technician else ())


def tell_client_called(turn: Turning, technician: str, event: ClientCalled) -> bool:
    """Whether the client's telephone was answered, by Twilio's word."""
    reached = event.bridged if event.bridged is not None else event.status == "completed"
    turn.tell("client_called", technician, event.leg, result="reached" if reached else event.status.replace("-", "_"))
    return reached


def ask_what_came_of_it(turn: Turning) -> None:
    kind = "errand_reached" if turn.contact.talked else "errand_again"
    turn.ask(kind, Say(kind), options=turn.contact.asked.options if turn.contact.asked else ())


def on_answer(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> None:
    asked, held = turn.contact.asked, turn.contact.hunt.ring
    key = event.digits if isinstance(event, CallerPressed) else ""
    if key:
        turn.tell("pressed", held.technician if held else "", event.leg, key=key)
    if asked and asked.kind == "errand_again" and key == "1":
        turn.became(asked=Asked("dialing"))
        turn.say("errand_connecting")
        turn.reply(DialClient(turn.contact.matter))
        return
    if asked and asked.kind == "errand_reached" and key == "2":
        turn.became(talked=())  # a voicemail is no person: the promise stands
    turn.reply(Say("errand_done" if turn.contact.talked else "errand_later"), Hangup())
    finish(turn, "the call back is over")


def on_client_answered_late(turn: Turning) -> None:
    """The report overtook nothing: the call was over before it came, and nobody had said what came of it."""
    asked, contact = turn.contact.asked, turn.contact
    technician = contact.technician or contact.owner
    if technician and not contact.talked and (asked is None or asked.kind == "dialing"):
        rings.note_talk(turn, technician)
        reconsider(turn)


def on_client_told_late(turn: Turning, event: ClientPickedUp | ClientCalled) -> None:
    """The technician hung up, and the end of their own leg was told first."""
    if isinstance(event, ClientCalled):
        tell_client_called(turn, turn.contact.technician or turn.contact.owner, event)
    if isinstance(event, ClientPickedUp) or event.bridged:
        on_client_answered_late(turn)


def finish(turn: Turning, why: str) -> None:
    """The technician is given back; if they reached the client, what was promised is kept."""
    held = turn.contact.hunt.ring
    if held is not None and turn.contact.stage == "errand":
        taken = held.state == "taken"
        rings.end(turn, held, "accepted" if taken else "canceled")
        if taken and turn.contact.talked:
            rings.note_talk(turn, held.technician)
    close(turn, why)
