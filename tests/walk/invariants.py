"""What holds after every run, whatever befell it. Each rule yields what is wrong, as a sentence."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from simulator.calls.legs import Leg
from simulator.calls.sounds import longest_silence
from tests.walk.faults import Fault
from tests.walk.play import Kept, Run, told
from tests.walk.town import HELPERS, POD

SILENCE = 2.0  # seconds that a caller may hear nothing, besides the screening gap
STARTS, ENDS = "ring_started", "ring_ended"


@dataclass(frozen=True)
class After:
    """A run, the fault that befell it, and what is told of the same journey without it."""

    run: Run
    fault: Fault | None = None
    usual: Counter[tuple[str, ...]] | None = None


Rule = Callable[[After], Iterator[str]]


# "The caller is with a person, in voicemail, holds a promise, or hung up."
def caller_is_looked_after(after: After) -> Iterator[str]:
    run, caller = after.run, after.run.caller
    if run.journey.who == "technician" or caller.sid in run.hung_up:
        return
    talked = any(sound.kind == "conversation" for sound in caller.sounds) or any(
        event["kind"] == "swarm_joined" for kept in run.kept for event in kept.events
    )
    promised = run.world.desk.query("SELECT true FROM promises JOIN matters USING (matter) WHERE state = 'open'")
    if not (talked or promised):
        yield f"the caller is left with nothing; their last words heard: {caller.heard()[-120:]!r}"


# "Nobody was offered two calls."
def nobody_was_offered_two_calls(after: After) -> Iterator[str]:
    by_phone: dict[str, list[Leg]] = {}
    for leg in after.run.legs:
        number = leg.from_ if leg.direction == "inbound" else leg.to
        if number in (*POD, *HELPERS):
            by_phone.setdefault(number, []).append(leg)
    for number, legs in by_phone.items():
        for one, other in combinations(legs, 2):
            if overlap(one, other):
                yield f"{number} was offered two calls at once"


def overlap(one: Leg, other: Leg) -> bool:
    """Both rang or talked at some moment; a leg that never rang offered nothing."""
    spans = [(leg.ringing_at or leg.answered_at, leg.ended_at) for leg in (one, other)]
    (began, ended), (other_began, other_ended) = spans
    if began is None or other_began is None:
        return False
    return began < (other_ended or datetime.max.replace(tzinfo=began.tzinfo)) and other_began < (
        ended or datetime.max.replace(tzinfo=began.tzinfo)
    )


# "The contact is closed", and nothing of it goes on by itself.
def all_is_closed(after: After) -> Iterator[str]:
    run = after.run
    for leg in run.legs:
        if not leg.is_over:
            yield f"a leg goes on for ever: {leg!r}"
    if run.first is None:
        yield "no contact was kept of the call"
    for kept in run.kept:
        if kept.row["state"] != "closed":
            yield f"the contact stays open, at {kept.played[-1].turn.contact.stage if kept.played else 'no turn'}"
    held = run.world.desk.query(
        "SELECT technician, kind FROM reservations WHERE expires_at > $1 AND kind <> 'wrap_up'", run.world.clock.now()
    )
    if held:
        yield "still reserved: " + ", ".join(f"{technician} ({kind})" for technician, kind in held)
    stuck = run.world.desk.query("SELECT entrypoint, status FROM jobs.pgqueuer WHERE status <> 'queued'")
    if stuck:
        yield "jobs that nobody does any more: " + ", ".join(f"{entry} {status}" for entry, status in stuck)


# "Its story complete."
def story_is_complete(after: After) -> Iterator[str]:
    for kept in after.run.kept:
        kinds = [one["kind"] for one in kept.events]
        if kinds[:1] != ["received"] and kept.row["direction"] == "inbound":
            yield f"the story begins with {kinds[:1]}, not with received"
        if kinds.count("ended") != 1:
            yield f"the story has ended {kinds.count('ended')} times"
        yield from unended_rings(kept)
        if (
            kinds.count("owner_changed") == 0
            and kept.row["outcome"] in ("answered", "swarmed")
            and not kept.row["owner"]
        ):
            yield "somebody talked with the client, and nobody owns it"


def unended_rings(kept: Kept) -> Iterator[str]:
    begun = Counter(one["technician"] for one in kept.events if one["kind"] == STARTS)
    ended = Counter(one["technician"] for one in kept.events if one["kind"] == ENDS)
    for technician in begun.keys() | ended.keys():
        if begun[technician] != ended[technician]:
            yield f"{technician} was rung {begun[technician]} times, and {ended[technician]} of these rings have ended"


# "The same as without the fault, apart from what the fault itself changed."
def story_is_the_same(after: After) -> Iterator[str]:
    if after.fault is None or after.usual is None or after.fault.changes == "tale":
        return
    now = told(after.run)
    usual = after.usual
    if after.fault.changes == "delay":
        now, usual = ends_alone(now), ends_alone(usual)
    if now != usual:
        more, less = now - usual, usual - now
        yield f"the story differs: more {sorted(more.elements())}, less {sorted(less.elements())}"


def ends_alone(story: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    return Counter({one: count for one, count in story.items() if one[0] == "outcome"})


# "Exactly one owner while open."
def somebody_owns_it(after: After) -> Iterator[str]:
    for kept in after.run.kept:
        for one in kept.played:
            contact = one.turn.contact
            if contact.talked and not contact.technician and not contact.owner:
                yield f"nobody owns it after {type(one.event).__name__}, though {contact.talked} talked with the client"
                break
    open_matters = after.run.world.desk.query("SELECT matter FROM matters WHERE state = 'open' AND owner IS null")
    if open_matters:
        yield "an open matter has no owner"


# Every turn keeps its inputs (DESIGN 5): played again they give the same.
def turns_replay(after: After) -> Iterator[str]:
    if after.run.not_replayed:
        yield after.run.not_replayed


# The screening gap is the only silence that a caller may meet (DESIGN 5, "Silence").
def no_silence(after: After) -> Iterator[str]:
    caller = after.run.caller
    if caller.answered_at is None:
        return
    most = SILENCE + (after.fault.silence if after.fault else 0)
    silent, began = longest_silence(caller.sounds, caller.answered_at, caller.ended_at or after.run.world.clock.now())
    if silent > most:
        heard = [sound.text for sound in caller.sounds if sound.until and sound.until <= began and sound.text]
        yield f"the caller hears nothing for {silent:g} s after {' '.join(heard)[-60:]!r}"


def documents_are_right(after: After) -> Iterator[str]:
    for fault in after.run.world.exchange.faults:
        yield f"Twilio would not take the document: {fault}"


RULES: Sequence[Rule] = (
    caller_is_looked_after,
    nobody_was_offered_two_calls,
    all_is_closed,
    story_is_complete,
    story_is_the_same,
    somebody_owns_it,
    turns_replay,
    no_silence,
    documents_are_right,
)


def broken(run: Run, fault: Fault | None = None, usual: Counter[tuple[str, ...]] | None = None) -> list[str]:
    after = After(run, fault, usual)
    return [said for rule in RULES for said in rule(after)]
