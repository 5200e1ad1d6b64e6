"""A swarm's helpers, each on a leg of their own: briefed, screened, in the room, and gone.

Nothing here ends in an open document: a helper's leg is hung up, asked for a key, or sent into the room.
"""

from dataclasses import replace
from typing import Any

from callflows.actions import (
    CancelRing,
    CountRing,
    Free,
    Hangup,
    JoinRoom,
    MoveClient,
    Occupy,
    OpenMatter,
    PassMatter,
    RememberTalk,
    Say,
    Screen,
    Text,
)
from callflows.events import KeyPressed, LegEnded, LegPickedUp, RingPlaced, RingUnplaced, RoomJoined, RoomLeft
from callflows.languages import language
from callflows.parts import rings
from callflows.parts.screening import dismiss
from callflows.parts.whisper import known, technician_language
from callflows.turn import Turning
from routing.hunt import KEYS
from routing.owner import successor
from routing.swarm import Helper, HelperSignal, Swarm, helper_result, room

TALKED_MS = 2000  # a leg that ends so long after the client came was with them, whatever was told of the room


def find(turn: Turning, ring: int) -> Helper | None:
    swarm = turn.contact.swarm
    return swarm.helper(ring) if swarm else None


def keep(turn: Turning, changed: Helper) -> None:
    assert turn.contact.swarm is not None
    turn.became(swarm=turn.contact.swarm.with_helper(changed))


def who(turn: Turning, technician: str) -> str:
    """Who needs help, for a text in the technician's language."""
    speech = language(technician_language(turn, technician))
    parts = (turn.place_name(speech.code), turn.client_name())
    return ", ".join(part for part in parts if part) or speech.text("whisper_unknown").rstrip(".")


# Rung.


def on_placed(turn: Turning, event: RingPlaced) -> None:
    helper = find(turn, event.ring)
    if helper is None or helper.state == "gone":
        turn.change(CancelRing(event.ring))  # nobody waits for it any more
        return
    rang(turn, replace(helper, leg=helper.leg or event.leg), "placed")


def rang(turn: Turning, helper: Helper, signal: HelperSignal) -> Helper:
    """The helper after a signal; that the telephone rings is told once, whichever report comes first."""
    after = helper.after(signal)
    if after is not helper and not helper.placed:
        after = replace(after, placed=turn.now_ms)
    if after.has_rung and not helper.has_rung:
        turn.tell("ring_started", helper.technician, after.leg, ring=helper.ring)
    keep(turn, after)
    return after


def on_unplaced(turn: Turning, event: RingUnplaced) -> None:
    helper = find(turn, event.ring)
    if helper is None:
        return
    if event.unknown:
        turn.because("api_silent", helper.technician)
        rang(turn, helper, "unknown")
    else:
        unplace(turn, helper, "unplaced")


def unplace(turn: Turning, helper: Helper, signal: HelperSignal) -> None:
    """Their telephone can't be rung by Twilio's API now."""
    after = helper.after(signal)
    if after is helper:
        return
    turn.because("api_away", helper.technician)
    if not helper.freed:
        turn.change(Free(helper.technician))
        turn.floor = turn.floor.released(helper.technician)  # they may be rung from the client's leg in this very turn
    keep(turn, replace(after, freed=True))


# Screened.


def on_picked_up(turn: Turning, event: LegPickedUp, helper: Helper) -> None:
    if not helper.rings:
        dismiss(turn)
    elif is_full(turn):
        enough(turn, helper)
    else:
        after = rang(turn, replace(helper, leg=event.leg), "picked_up")
        keep(turn, replace(after, picked_up=after.picked_up or turn.now_ms))
        briefing = (*known(turn, helper.technician), Say("swarm_helper_keys"))
        turn.reply(Screen(helper.technician, briefing, turn.times.screening_key, helper.ring))


def is_full(turn: Turning) -> bool:
    swarm = turn.contact.swarm
    return swarm is not None and len(swarm.helping) >= turn.times.swarm_cap


def enough(turn: Turning, helper: Helper) -> None:
    turn.reply(Say("swarm_helper_enough", technician=helper.technician), Hangup())


def on_key(turn: Turning, event: KeyPressed, helper: Helper) -> None:
    if not event.digits and not helper.is_in:
        turn.reply(Hangup())
        return
    if helper.is_in:
        join(turn, helper)  # taken already: hanging up now would drop them
        return
    if not helper.rings:
        dismiss(turn)
        return
    signal = KEYS.get(event.digits, "key_wrong")
    turn.tell("pressed", helper.technician, event.leg, key=event.digits)
    helper = replace(helper, leg=event.leg, picked_up=helper.picked_up or turn.now_ms)
    match signal:
        case "key_take" if is_full(turn):
            keep(turn, replace(helper, key="1"))
            enough(turn, helper)
        case "key_take":
            take(turn, replace(rang(turn, helper, "key_take"), key="1", pressed=turn.now_ms))
        case "key_pass":
            passed = replace(rang(turn, helper, "key_pass"), key=event.digits)
            turn.reply(Say("screening_passed", technician=helper.technician), Hangup())
            end(turn, passed, "completed")
        case _ if still_time(turn, helper):
            keep(turn, rang(turn, helper, "key_wrong"))
            again = (Say("screening_again"), Say("swarm_helper_keys"))
            turn.reply(Screen(helper.technician, again, turn.times.screening_key, helper.ring))
        case _:
            turn.reply(Hangup())


def still_time(turn: Turning, helper: Helper) -> bool:
    """As for every screening (DESIGN 5.4: 25 s with wrong keys)."""
    saying = 5
    waited = (turn.now_ms - helper.picked_up) / 1000
    return waited + saying + turn.times.screening_key <= turn.times.screening_wrong_keys


def take(turn: Turning, helper: Helper) -> None:
    """Key 1: into the room. The first one owns the contact, and a job brings the client."""
    own(turn, helper.technician)
    keep(turn, helper)
    turn.change(Occupy(helper.technician))
    join(turn, helper)
    swarm = turn.contact.swarm
    assert swarm is not None
    if turn.contact.stage == "waiting" and len(swarm.inside) == 1:
        turn.became(swarm=replace(swarm, moving=True))
        turn.change(MoveClient())
    full = is_full(turn)
    for one in swarm.ringing:  # of this wave no further telephone begins to ring; at the cap none at all rings on
        if full or not (one.has_rung or one.asked or one.wave != helper.wave):
            turn.change(CancelRing(one.ring, queued=not full))


def own(turn: Turning, key: str) -> None:
    """One person owns the contact while a swarm is on: the first who is there, and after them their heir."""
    swarm, before = turn.contact.swarm, turn.contact.owner
    if swarm is None or before in {one.technician for one in swarm.inside}:
        return
    if turn.matter and turn.matter.owner == before and before in {one.technician for one in swarm.helpers}:
        turn.change(PassMatter(key))  # opened in the name of somebody who left before the client came
    elif not turn.contact.matter:
        turn.change(OpenMatter(key))
    turn.became(owner=key)
    turn.tell("owner_changed", key, **({"instead_of": before} if before and before != key else {}))


def join(turn: Turning, helper: Helper) -> None:
    swarm = turn.contact.swarm
    assert swarm is not None
    turn.reply(Say("swarm_helper_joining", technician=helper.technician))
    turn.reply(JoinRoom(room(turn.contact.contact, swarm.number), helper.ring))


# In the room.


def on_joined(turn: Turning, event: RoomJoined) -> None:
    helper = find(turn, event.ring)
    swarm = turn.contact.swarm
    if helper is None or swarm is None:
        return
    keep(turn, replace(helper, joined=helper.joined or turn.now_ms, leg=helper.leg or event.leg))
    if swarm.arrived:
        meet(turn, helper.ring)


def meet(turn: Turning, ring: int) -> None:
    """Helper and client are in the room together: the ring was accepted, and what was promised is kept."""
    helper = find(turn, ring)
    if helper is None or helper.met or not helper.is_in:
        return
    key = helper.technician
    keep(turn, replace(helper, met=turn.now_ms))
    if not helper.bridged:
        tell_ring_ended(turn, helper, "accepted")
    turn.tell("swarm_joined", key, helper.leg, ring=helper.ring)
    if helper.bridged:
        return
    turn.became(swarmed=True)
    has_talked_last(turn, key)
    if turn.contact.owner == key:
        turn.change(RememberTalk(key))
    rings.keep_promises(turn, key)


def has_talked_last(turn: Turning, key: str) -> None:
    turn.became(talked=(*(one for one in turn.contact.talked if one != key), key))


def tell_ring_ended(turn: Turning, helper: Helper, result: Any) -> None:
    """A ring's one line. One that never began has none."""
    if not helper.has_rung:
        return
    if result == "accepted" or helper.key != "1":  # whoever pressed 1 has a telephone that works, and was there
        turn.change(CountRing(helper.technician, result))
    began, rang_until = helper.placed or helper.began, helper.picked_up or turn.now_ms
    detail: dict[str, Any] = {
        "ring": helper.ring,
        "result": result,
        "rang": round((rang_until - began) / 1000),
        "seconds": round(((helper.pressed or turn.now_ms) - began) / 1000),
    }
    if helper.key:
        detail["key"] = helper.key
    turn.tell("ring_ended", helper.technician, helper.leg, **detail)
    rings.warn_of_missed(turn, helper.technician, result)


def on_leg_ended(turn: Turning, event: LegEnded, helper: Helper) -> None:
    helper = replace(helper, leg=helper.leg or event.leg)
    if event.leg and not helper.has_rung and event.status != "canceled":
        helper = rang(turn, replace(helper, placed=helper.began), "placed")  # its end is all that was heard of it
    end(turn, helper, event.status)


def on_left(turn: Turning, event: RoomLeft) -> None:
    """Whoever hung up has left; of one who was dropped because the room ended, their leg's own end tells more: the
    client's may be told in between."""
    helper = find(turn, event.ring)
    if helper is not None and helper.is_in and event.final:
        end(turn, replace(helper, joined=helper.joined or turn.now_ms), "completed")


def end(turn: Turning, helper: Helper, status: str, *, caller_gone: bool = False, quietly: bool = False) -> None:
    """A helper's part is over: told once, given back; the others stay. `quietly`: the swarm is being closed."""
    swarm = turn.contact.swarm
    if swarm is None or helper.state == "gone":
        return
    if helper.is_in and not helper.met and was_there(turn, swarm, helper):
        keep(turn, helper)
        meet(turn, helper.ring)
        helper = find(turn, helper.ring) or helper
    if helper.met:
        talked = round((turn.now_ms - helper.met) / 1000)
        turn.tell("swarm_left", helper.technician, helper.leg, ring=helper.ring, talked=talked)
    elif helper.state != "unplaced" and not helper.bridged:
        tell_ring_ended(turn, helper, helper_result(helper, status, caller_gone=caller_gone))
    if not helper.freed:
        pod = turn.floor.pods.get(turn.contact.pod)
        turn.change(Free(helper.technician, pod.wrap_up if pod and helper.met else 0, bool(helper.met)))
    after = helper.after("leg_over")
    keep(turn, replace(after, freed=True))
    if helper.key in ("2", "3"):
        turn.became(hunt=replace(turn.contact.hunt, declined=(*turn.contact.hunt.declined, helper.technician)))
    if helper.is_in and not quietly:
        on_one_less(turn, helper)
    elif not quietly:
        fetch_if_nobody_is_left(turn)


def fetch_if_nobody_is_left(turn: Turning) -> None:
    """Whoever waits hears no music for nothing; should Twilio's API be away, their loop comes back by itself."""
    swarm = turn.contact.swarm
    if swarm and turn.contact.stage == "waiting" and not (swarm.ringing or swarm.inside or swarm.moving):
        turn.became(swarm=replace(swarm, moving=True))
        turn.change(MoveClient())


def was_there(turn: Turning, swarm: Swarm, helper: Helper) -> bool:
    """Whether they were with the client: seen in the room, or on the line long enough after the client came."""
    if not swarm.arrived:
        return False
    if helper.joined or helper.bridged:
        return bool(helper.joined)
    return turn.now_ms - max(swarm.arrived, helper.pressed) >= TALKED_MS


def on_one_less(turn: Turning, helper: Helper) -> None:
    """Leaving drops nobody: ownership passes to who is still there, and a client alone is taken back."""
    swarm = turn.contact.swarm
    assert swarm is not None
    heir = successor(swarm.inside)
    if heir is not None and turn.contact.owner == helper.technician:
        if turn.matter and turn.matter.owner == helper.technician:
            turn.change(PassMatter(heir))
        turn.became(owner=heir)
        turn.tell("owner_changed", heir, instead_of=helper.technician)
        turn.because("owner_left", helper.technician)
        turn.change(RememberTalk(heir))
        standing = turn.floor.standings.get(heir)
        name = standing.technician.name if standing else heir
        for one in swarm.inside:
            turn.change(Text(one.technician, "swarm_owner", {"owner": name, "who": who(turn, one.technician)}))
    if heir is None and swarm.arrived:
        if helper.met:
            has_talked_last(turn, helper.technician)  # to whom the client returns first
        turn.because("client_alone")
        turn.became(swarm=replace(swarm, moving=True))
        turn.change(MoveClient())


def on_dial_ended(turn: Turning, ring: int) -> None:
    """A helper's leg is out of the room and asks what is next."""
    helper = find(turn, ring)
    turn.reply(Say("swarm_helper_over", technician=helper.technician if helper else ""), Hangup())
