"""Who is calling: from the number to client, municipality, pod and language; then the greeting."""

from callflows.actions import Reject
from callflows.events import CallArrived
from callflows.steps import ring, voicemail
from callflows.steps.hangup import close
from callflows.turn import Turning
from routing.directory import Client


def enter(turn: Turning, event: CallArrived) -> None:
    floor = turn.floor
    if event.gone:
        turn.became(left=True)
        close(turn, "the caller had left before we answered")
    elif is_loop(turn):
        turn.because("loop", floor.calling)
        turn.reply(Reject())
        close(turn, "a forwarding loop: the call came from a telephone of our own that is being rung")
    else:
        recognise(turn)
        if floor.recent_calls >= turn.times.burst_calls:
            turn.because("burst", detail=str(floor.recent_calls))
            voicemail.enter(turn)
        elif turn.contact.pod:
            greet(turn)
            ring.enter(turn)
        else:
            voicemail.enter(turn)


def is_loop(turn: Turning) -> bool:
    """DESIGN 5, "Caller id and loops": never for many calls from one number, a town hall shares its trunk."""
    if turn.floor.from_our_line:
        return True
    standing = turn.floor.standings.get(turn.floor.calling)
    held = standing.reservation if standing else None
    if held is None or held.kind != "ringing":
        return False
    return held.expires_at is None or held.expires_at > turn.floor.at


def recognise(turn: Turning) -> None:
    """What all clients of this number share is known; what they don't share is left open."""
    callers = turn.floor.callers
    client = callers[0] if len(callers) == 1 else None
    places = tuple(dict.fromkeys(place for one in callers for place in one.municipalities))
    place = turn.floor.municipalities.get(places[0]) if len(places) == 1 else None
    pods = {turn.floor.municipalities[key].pod for key in places if key in turn.floor.municipalities}
    pod = pods.pop() if len(pods) == 1 else ""
    turn.became(
        client=client.client if client else "",
        municipality=place.municipality if place else "",
        pod=pod if pod in turn.floor.pods else "",
        language=_language(turn, client),
    )
    if callers:
        by = "number" if client else "number shared by several clients"
        turn.tell("identified", client=turn.contact.client, municipality=turn.contact.municipality, by=by)
        turn.because("known_number", detail=f"{len(callers)} client(s), {len(places)} municipality(ies)")
    else:
        turn.tell("unidentified", withheld=not turn.contact.known_number)
        turn.because("unknown_number")


def _language(turn: Turning, client: Client | None) -> str:
    """The client's, else their municipality's first, else the line's first (DESIGN 5, "Language")."""
    if client and client.language:
        return client.language
    for caller in turn.floor.callers:
        for key in caller.municipalities:
            place = turn.floor.municipalities.get(key)
            if place and place.languages:
                return place.languages[0]
    return turn.contact.language


def greet(turn: Turning) -> None:
    callers = turn.floor.callers
    place = turn.floor.municipalities.get(turn.contact.municipality)
    if turn.contact.client and callers:
        turn.say("greeting_known", client=callers[0].name)
    elif place:
        turn.say("greeting_place", municipality=turn.place_name())
    else:
        turn.say("greeting")
