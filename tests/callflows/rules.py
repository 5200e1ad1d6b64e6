"""What must hold of every turn, whatever happened before it."""

from callflows.actions import (
    Ask,
    CallOut,
    Connect,
    DialClient,
    DialOther,
    Free,
    Hangup,
    Occupy,
    Record,
    Reject,
    Reply,
    Reserve,
    Ring,
    Say,
    Screen,
)
from callflows.contact import OUTCOMES, Contact
from callflows.events import (
    CallArrived,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    ClientCalled,
    DialEnded,
    Event,
    FallbackEnded,
    Faulted,
    KeyPressed,
    LegPickedUp,
    RecordingEnded,
    is_gone,
)
from callflows.turn import Turn

# What a caller may be left in, and what ends a call; after anything else Twilio would hang up, or bridge.
HOLDS = (Ring, Ask, Record, DialOther, DialClient)
ENDS = (Hangup, Reject)
RINGING = ("hunting", "errand")


def asks_for_caller(event: Event) -> bool:
    """The caller's own leg waits for an answer."""
    asking = (
        *(CallArrived, DialEnded, CallerPressed, CallerSaid, CallerStayed),
        *(RecordingEnded, FallbackEnded, ClientCalled),
    )
    return isinstance(event, asking) or (isinstance(event, Faulted) and event.asker != "technician")


def asks_for_technician(event: Event) -> bool:
    return isinstance(event, (LegPickedUp, KeyPressed)) or (isinstance(event, Faulted) and event.asker == "technician")


def last(replies: tuple[Reply, ...]) -> type[Reply] | None:
    return type(replies[-1]) if replies else None


def check_turn(before: Contact, event: Event, turn: Turn) -> None:
    """Raises AssertionError for a turn that leaves somebody in silence, or that breaks what was settled."""
    if is_gone(event):
        assert turn.replies == (), "nobody hears an answer to a leg that is over"
    elif asks_for_caller(event):
        check_caller(before, turn)
    elif asks_for_technician(event):
        check_technician(event, turn)
    else:
        assert turn.replies == (), "nobody hears the answer to a report"
    check_ring(turn)
    check_ring_ended(before, event, turn)
    check_end(before, turn)


def check_caller(before: Contact, turn: Turn) -> None:
    if before.is_over:
        assert last(turn.replies) in (None, *ENDS), f"a call that is over goes on with {turn.replies}"
        return
    *others, final = turn.replies or (None,)
    assert isinstance(final, ENDS if turn.contact.is_over else HOLDS), f"the caller is left with {turn.replies}"
    offers = [one for one in others if isinstance(one, Ask) and one.go_on]
    assert all(isinstance(one, Say) or one in offers for one in others), "what holds the caller comes last"
    assert not (isinstance(final, Ask) and final.go_on), "silence after an offer needs something to go on with"
    heard = others or isinstance(final, (Ask, Reject)) or (isinstance(final, Ring) and final.silent)
    assert heard, "the caller hears a sentence first"


def check_technician(event: Event, turn: Turn) -> None:
    final = last(turn.replies)
    if final in (Connect, DialClient):
        ring = turn.contact.hunt.ring
        assert ring, "only a ring that goes on is connected"
        assert (ring.state, ring.key) == ("taken", "1"), "only key 1 ends a screening without a Hangup"
        assert isinstance(event, KeyPressed)
    else:
        assert final in (Hangup, Screen), f"an open end would bridge the caller: {turn.replies}"


def check_ring(turn: Turn) -> None:
    """A ring is reserved, told and asked for together, or not at all."""
    rung = [(one.technician, one.number) for one in (*turn.replies, *turn.changes) if isinstance(one, (Ring, CallOut))]
    told = [(one.technician, one.detail["ring"]) for one in turn.story if one.kind == "ring_started"]
    reserved = [one.technician for one in turn.changes if isinstance(one, Reserve)]
    assert rung == told
    assert [technician for technician, _ in rung] == reserved
    assert len(rung) <= 1


def check_ring_ended(before: Contact, event: Event, turn: Turn) -> None:
    """A ring that is no longer going on has its one end in the story, and its technician is given back."""
    ring = before.hunt.ring if before.stage in RINGING else None
    after = turn.contact.hunt.ring if turn.contact.stage in RINGING else None
    over = ring is not None and (after is None or after.number != ring.number)
    told = [(one.technician, one.detail["ring"]) for one in turn.story if one.kind == "ring_ended"]
    assert told == ([(ring.technician, ring.number)] if ring and over else []), event
    if ring and over and not ring.freed:
        assert any(isinstance(one, Free) and one.technician == ring.technician for one in turn.changes), event


def check_end(before: Contact, turn: Turn) -> None:
    ended = sum(one.kind == "ended" for one in turn.story)
    assert ended == (turn.contact.is_over and not before.is_over)
    assert (turn.contact.outcome is not None) == turn.contact.is_over
    if before.is_over:
        assert turn.contact.is_over, "a contact that is over is never opened again"
        assert before.outcome
        assert turn.contact.outcome
        assert OUTCOMES.index(turn.contact.outcome) <= OUTCOMES.index(before.outcome), "an outcome only moves up"
        assert not any(isinstance(one, (Reserve, Occupy)) for one in turn.changes), "nobody is held after the end"
