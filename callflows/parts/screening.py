"""The technician's own leg: the whisper, and the key that decides (DESIGN 5.4).

Whatever ends here without key 1 ends in a Hangup: a document that simply ends bridges the caller.
"""

from dataclasses import replace

from callflows.actions import Connect, DialClient, Hangup, Occupy, Say, Screen
from callflows.events import KeyPressed, LegPickedUp
from callflows.parts import errand
from callflows.parts.rings import current, keep, own
from callflows.parts.whisper import keys, whisper
from callflows.turn import Turning
from routing import hunt
from routing.hunt import KEYS


def on_picked_up(turn: Turning, event: LegPickedUp) -> None:
    ring = current(turn, event.ring)
    if ring is None or ring.state not in ("ringing", "screening"):
        dismiss(turn)
        return
    ring = replace(ring.after("picked_up"), picked_up=ring.picked_up or turn.now_ms, leg=event.leg)
    keep(turn, ring)
    turn.reply(Screen(ring.technician, whisper(turn, ring.technician), turn.times.screening_key))


def dismiss(turn: Turning) -> None:
    """The technician's leg asks about a ring that is over: say so and hang up, or the caller would be bridged."""
    turn.reply(Say("screening_caller_gone" if turn.contact.is_over else "screening_too_late"), Hangup())


def on_key(turn: Turning, event: KeyPressed) -> None:
    ring = current(turn, event.ring)
    if ring is None:
        dismiss(turn)
        return
    if not event.digits and ring.state != "taken":
        turn.reply(Hangup())  # silence after the keys: no key at all is not a wrong one
        return
    signal = KEYS.get(event.digits, "key_wrong")
    after = ring.after(signal)
    if ring.freed:
        turn.reply(Hangup())  # the key comes after the leg's own end: nobody is there to be connected
        return
    if ring.state == "taken":
        connect(turn)  # taken already: hanging up now would drop the client
        return
    turn.tell("pressed", ring.technician, event.leg, key=event.digits)
    match signal:
        case "key_take" if after is not ring:
            picked_up = ring.picked_up or turn.now_ms
            keep(turn, replace(after, key="1", pressed=turn.now_ms, picked_up=picked_up, leg=event.leg))
            turn.change(Occupy(ring.technician))
            own(turn, ring.technician)
            connect(turn)
        case "key_pass" if after is not ring:
            passed = replace(after, key=event.digits, pressed=turn.now_ms)
            keep(turn, passed)
            asks = event.digits == "3" and bool(getattr(turn.step, "help", ""))
            turn.reply(Say("screening_swarm" if asks else "screening_passed"), Hangup())
            if turn.contact.stage == "errand":
                errand.on_passed(turn, passed)
        case "key_wrong" if ring.state in ("ringing", "screening") and still_time(turn, ring):
            keep(turn, replace(after, picked_up=ring.picked_up or turn.now_ms))
            turn.reply(Screen(ring.technician, (Say("screening_again"), *keys(turn)), turn.times.screening_key))
        case _:
            turn.reply(Hangup())


def connect(turn: Turning) -> None:
    """With the caller who waits in the Dial, or, on an errand, with the client who is called now."""
    if turn.contact.stage == "errand":
        turn.reply(Say("errand_connecting"), DialClient(turn.contact.matter))
    else:
        turn.reply(Connect())


def still_time(turn: Turning, ring: hunt.Ring) -> bool:
    """Whether the keys can be said once more within the limit for wrong keys (DESIGN 5.4: 25 s)."""
    saying = 5
    waited = (turn.now_ms - (ring.picked_up or turn.now_ms)) / 1000
    return waited + saying + turn.times.screening_key <= turn.times.screening_wrong_keys
