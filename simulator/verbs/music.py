"""What is played to somebody who waits (twilio.md 4.5, 4.6): a document of the service, read beside the call's
own, or Twilio's music. It ends as soon as `stop` has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.legs import Fetch, HungUpError, Leg, MovedError
from simulator.calls.outcomes import Outcome
from simulator.twiml.reading import Document
from simulator.verbs.gather import gather
from simulator.verbs.hangup import hangup
from simulator.verbs.leave import leave
from simulator.verbs.pause import pause
from simulator.verbs.play import play
from simulator.verbs.redirect import redirect
from simulator.verbs.say import say
from simulator.webhooks.webhooks import Failure

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from simulator.calls.documents import Reading
    from simulator.rooms.participants import Participant
    from simulator.twiml.reading import Place

MUSIC = "Twilio's classical music"
_STOPPABLE = {"Say": say, "Play": play, "Pause": pause, "Gather": gather}
_OTHERS = {"Redirect": redirect, "Hangup": hangup, "Leave": leave}


async def stays(reading: Reading, one: Participant) -> None:
    """Until this participant has left: hears the music, the others, or nothing. When its first music cannot be
    had, the conference is not established for it (2.4)."""
    leg, first = reading.leg, one.wait
    while one.left is None:
        changed, tune = one.changed, one.tune
        if isinstance(tune, Fetch):
            failure = await plays(reading, tune, "conference", changed, one.room.url_params)
            if isinstance(failure, Failure):
                reading.exchange.note(failure.code, failure.message, failure.url, leg)
                if tune is first and one.hold is None:
                    one.room.leaves(one, "participant_add_failed")
                    return
        elif tune == "music":
            await twilios(leg, changed)
        if not changed.done():
            await leg.wait(changed)


async def twilios(leg: Leg, stop: asyncio.Future[None]) -> None:
    sound = leg.begins("file", MUSIC)
    try:
        await leg.wait(stop)
    finally:
        sound.stops(leg.clock.now())


async def plays(
    reading: Reading,
    start: Fetch,
    place: Place,
    stop: asyncio.Future[None],
    told: Callable[[], dict[str, str]] = dict,
) -> Outcome | Failure:
    """From the first document to the end of the last one that it leads to: None. A Hangup or Leave is handed
    on, and so is the failure of a request. `told` goes with every request."""
    player = reading.of(reading.leg, place)
    following: Outcome = start
    while isinstance(following, Fetch) and not stop.done():
        wanted = Fetch(following.url, following.method, following.params | told())
        found = await _found(player, wanted, stop)
        if not isinstance(found, Document):
            return found
        player.document = found
        following = await _through(player, found, stop)
    return None if stop.done() else following


async def _found(player: Reading, wanted: Fetch, stop: asyncio.Future[None]) -> Document | Failure | None:
    """None if it was stopped before the answer came: nobody waits for the service then."""
    found: list[Document | Failure] = []

    async def asks() -> None:
        found.append(await player.fetched(wanted))

    asked = player.exchange.clock.spawn(asks(), f"music for {player.leg.sid}", player.leg)
    await player.leg.wait(asked, stop)
    return found[0] if found and not stop.done() else None


async def _through(player: Reading, document: Document, stop: asyncio.Future[None]) -> Outcome:
    for verb in document.verbs:
        if stop.done():
            return None
        if not player.is_played(verb):
            continue
        player.counts(verb)
        if verb.name in _STOPPABLE:
            outcome = await _STOPPABLE[verb.name](player, verb, stop=stop)
        else:
            outcome = await _OTHERS[verb.name](player, verb)
        if outcome is not None:
            return outcome
    return None


async def lives(reading: Reading, one: Participant) -> None:
    """A leg that REST rang for a conference: it has no document, so that leaving ends it (5.5)."""
    try:
        if one.room.is_full:
            reading.exchange.note(16020, f"the conference {one.room.name} is full", "", reading.leg)
            one.room.leaves(one, "participant_add_failed")
        else:
            one.room.admits(one)
        await stays(reading, one)
        reading.leg.ends("completed")
    except HungUpError:
        return
    except MovedError as moved:
        await reading.lives(moved.to)
