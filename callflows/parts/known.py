"""What follows once it is known who is calling, as far as it is: language, open matter, greeting, the next step."""

from callflows.actions import RememberPlace
from callflows.turn import Turning
from routing.directory import Client, Municipality


def places_of(turn: Turning) -> tuple[str, ...]:
    """The municipalities of everybody at this number."""
    return tuple(dict.fromkeys(place for one in turn.floor.callers for place in one.municipalities))


def share(turn: Turning) -> None:
    """What all clients of this number share is known; what they don't share is left open."""
    callers = turn.floor.callers
    client = callers[0] if len(callers) == 1 else None
    places = places_of(turn)
    known = [turn.floor.municipalities[key] for key in places if key in turn.floor.municipalities]
    place = known[0] if len(places) == 1 and known else None
    pods = {one.pod for one in known}
    pod = pods.pop() if len(pods) == 1 else ""
    turn.became(
        client=client.client if client else "",
        municipality=place.municipality if place else "",
        pod=pod if pod in turn.floor.pods else "",
        language=language_of(turn, client, place) if client or place else common_language(turn),
    )


def tell_shared(turn: Turning) -> None:
    """What the number alone tells, into the story."""
    contact, callers = turn.contact, turn.floor.callers
    if callers:
        by = "number" if len(callers) == 1 else "number shared by several clients"
        turn.tell("identified", client=contact.client, municipality=contact.municipality, by=by)
    else:
        turn.tell("unidentified", withheld=not contact.known_number)


def settle(turn: Turning, municipality: str, client: Client | None, *, by: str) -> None:
    """It is known who is calling, or at least from where: greet them, and ring whoever they should talk to."""
    place = turn.floor.municipalities.get(municipality)
    pod = place.pod if place else ""
    turn.became(
        client=client.client if client else turn.contact.client,
        municipality=place.municipality if place else "",
        pod=pod if pod in turn.floor.pods else "",
        language=language_of(turn, client, place),
    )
    turn.tell("identified", client=turn.contact.client, municipality=turn.contact.municipality, by=by)
    if place and turn.contact.trusted and not turn.floor.callers and not turn.contact.technician:
        turn.change(RememberPlace(place.municipality))
    go_on(turn)


def go_on(turn: Turning) -> None:
    """With what is known by now: the next step for those whose team is known."""
    turn.find_matter()
    following = getattr(turn.step, "next", "")
    if turn.contact.pod and following:
        turn.go(following)
    else:
        turn.leave()


def language_of(turn: Turning, client: Client | None, place: Municipality | None) -> str:
    """The chosen one, else the client's, else their municipality's first, else the line's first (DESIGN 5)."""
    if turn.contact.chosen:
        return turn.contact.language
    if client and client.language:
        return client.language
    return place.languages[0] if place and place.languages else turn.contact.language


def common_language(turn: Turning) -> str:
    """The one language of all clients at this number, else the one that all their municipalities have first."""
    if turn.contact.chosen:
        return turn.contact.language
    own = {one.language for one in turn.floor.callers if one.language}
    if len(own) == 1:
        return own.pop()
    places = (turn.floor.municipalities.get(key) for key in places_of(turn))
    first = {place.languages[0] for place in places if place and place.languages}
    return first.pop() if len(first) == 1 else turn.contact.language


def greet(turn: Turning, *, calling: bool = True) -> None:
    """`calling`: somebody will be rung; else nobody is promised who isn't there."""
    asked = "thanks" if turn.contact.asked else "greeting"
    if not calling:
        if turn.contact.client and asked == "greeting":
            turn.say("greeting_name", client=turn.client_name())
        return
    if turn.contact.client:
        turn.say(f"{asked}_known", client=turn.client_name())
    elif turn.contact.municipality:
        turn.say(f"{asked}_place", municipality=turn.place_name())
    else:
        turn.say(asked)
