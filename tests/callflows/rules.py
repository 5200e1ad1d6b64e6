"""What must hold of every turn, whatever happened before it."""

from collections import Counter

from callflows.actions import (
    Ask,
    CallOut,
    Connect,
    DialClient,
    DialOther,
    Free,
    Hangup,
    JoinRoom,
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
    CallerMoved,
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
    RoomDialEnded,
    TechnicianMoved,
    is_gone,
)
from callflows.languages import language
from callflows.steps.ring import RingStep
from callflows.turn import Turn
from routing.swarm import Helper

# What a caller may be left in, and what ends a call; after anything else Twilio would hang up, or bridge.
HOLDS = (Ring, Ask, Record, DialOther, DialClient, JoinRoom)
ENDS = (Hangup, Reject)
RINGING = ("hunting", "errand")
IN_SWARM = ("waiting", "conferring")
LONGEST_ROUND = 15  # seconds in the waiting loop (DESIGN 5.6)


def asks_for_caller(event: Event) -> bool:
    """The caller's own leg waits for an answer."""
    asking = (
        *(CallArrived, DialEnded, CallerPressed, CallerSaid, CallerStayed, CallerMoved),
        *(RecordingEnded, FallbackEnded, ClientCalled),
    )
    return (
        isinstance(event, asking)
        or (isinstance(event, Faulted) and event.asker != "technician")
        or (isinstance(event, RoomDialEnded) and not event.ring)
    )


def asks_for_technician(event: Event) -> bool:
    return (
        isinstance(event, (LegPickedUp, KeyPressed, TechnicianMoved))
        or (isinstance(event, Faulted) and event.asker == "technician")
        or (isinstance(event, RoomDialEnded) and bool(event.ring))
    )


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
    check_ring(before, turn)
    check_ring_ended(before, event, turn)
    check_helpers(before, turn)
    check_swarm(turn)
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
    assert others or may_be_wordless(before, turn, final), "the caller hears a sentence first"
    assert not isinstance(final, JoinRoom) or final.ring == 0, "the client has no ring of their own"


def may_be_wordless(before: Contact, turn: Turn, final: Reply | None) -> bool:
    """A question has words of its own; nobody greets where the flow says so; and a room may be entered again."""
    match final:
        case Ask() | Reject():
            return True
        case Ring(silent=silent):
            step = turn.version.body.steps.get(turn.contact.step)
            return silent or (isinstance(step, RingStep) and not step.greet and not step.say and not before.hunt.began)
        case JoinRoom():
            return bool(before.swarm and before.swarm.arrived) or before.becoming is not None
        case _:
            return False


def check_technician(event: Event, turn: Turn) -> None:
    final = turn.replies[-1] if turn.replies else None
    if isinstance(final, (Connect, DialClient)):
        ring = turn.contact.hunt.ring
        assert ring, "only a ring that goes on is connected"
        assert (ring.state, ring.key) == ("taken", "1"), "only key 1 ends a screening without a Hangup"
        assert isinstance(event, KeyPressed)
    elif isinstance(final, JoinRoom) and isinstance(event, TechnicianMoved):
        check_moved(event, final, turn)
    elif isinstance(final, JoinRoom):
        swarm = turn.contact.swarm
        helper = swarm.helper(final.ring) if swarm else None
        assert helper, "only a helper of the swarm at hand joins its room"
        assert helper.is_in, "only key 1 leads into the room"
        assert isinstance(event, KeyPressed)
        assert final.ring == event.ring
        assert not final.ends, "a helper who leaves drops nobody"
    else:
        assert isinstance(final, (Hangup, Screen)), f"an open end would bridge the caller: {turn.replies}"


def check_moved(event: TechnicianMoved, final: JoinRoom, turn: Turn) -> None:
    """A technician who was bridged goes into the room: before the client, or to them."""
    swarm, intent = turn.contact.swarm, turn.contact.becoming
    helper = swarm.helper(event.ring) if swarm else None
    ahead = intent is not None and intent.ring == event.ring and turn.contact.stage == "hunting"
    assert ahead or (helper and helper.is_in), "only a talk that becomes a conference has a room"
    assert final.ring == event.ring
    assert not final.ends, "a technician who leaves drops nobody"


def check_ring(before: Contact, turn: Turn) -> None:
    """A ring is reserved, told and asked for together, or not at all; a swarm's are told as invited, and as begun when
    they do."""
    asked = [(one.technician, one.number) for one in (*turn.replies, *turn.changes) if isinstance(one, (Ring, CallOut))]
    invited = told(turn, "swarm_invited")
    alone = [one for one in asked if one not in invited]
    reserved = [one.technician for one in turn.changes if isinstance(one, Reserve)]
    assert Counter(key for key, _ in asked) == Counter(reserved), "each ring is reserved"
    assert [one for one in asked if one in invited] == invited, "each invitation is a call of its own"
    assert len(alone) <= 1, "one after another"
    assert len({number for _, number in asked}) == len(asked)
    assert len(set(reserved)) == len(reserved), "nobody twice in one turn"
    waiting = {(one.technician, one.ring) for one in helpers(before) if not one.has_rung}
    started = told(turn, "ring_started")
    assert [one for one in started if one not in waiting] == alone, "a ring is told when it begins"


def told(turn: Turn, kind: str) -> list[tuple[str, int]]:
    return [(one.technician, one.detail["ring"]) for one in turn.story if one.kind == kind]


def helpers(contact: Contact) -> tuple[Helper, ...]:
    return contact.swarm.helpers if contact.swarm and not contact.is_over else ()


def check_ring_ended(before: Contact, event: Event, turn: Turn) -> None:
    """A ring that is no longer going on has its one end in the story, and its technician is given back."""
    ring = before.hunt.ring if before.stage in RINGING else None
    after = turn.contact.hunt.ring if turn.contact.stage in RINGING else None
    over = ring is not None and (after is None or after.number != ring.number)
    theirs = {(one.technician, one.ring) for one in helpers(before)}
    ended = [one for one in told(turn, "ring_ended") if one not in theirs]
    assert ended == ([(ring.technician, ring.number)] if ring and over else []), event
    stays = ring is not None and any(one.bridged and one.ring == ring.number for one in helpers(turn.contact))
    if ring and over and not ring.freed and not stays:
        assert is_freed(turn, ring.technician), event


def is_freed(turn: Turn, technician: str) -> bool:
    return any(isinstance(one, Free) and one.technician == technician for one in turn.changes)


def check_helpers(before: Contact, turn: Turn) -> None:
    """A helper's ring ends once: when they meet the client, or when it is over without; then they are given back."""
    now = {one.ring: one for one in helpers(turn.contact)}
    ended = Counter(told(turn, "ring_ended"))
    started = told(turn, "ring_started")
    for one in helpers(before):
        after, name = now.get(one.ring), (one.technician, one.ring)
        open_before = one.state != "gone" and not one.met
        over = after is None or after.state in ("gone", "unplaced") or bool(after.met)
        began = one.has_rung or name in started
        expected = int(open_before and over and began and not one.bridged)
        assert ended[name] == expected, f"the end of {one}, who is now {after}"
        if not one.freed and (after is None or after.freed):
            assert is_freed(turn, one.technician), f"{one.technician} stays held"
    for after in now.values():
        assert after.freed == (after.state in ("gone", "unplaced")), f"held for nothing, or not at all: {after}"


def check_swarm(turn: Turn) -> None:
    """Whoever waits has a swarm to wait for, and hears something at least every 15 s."""
    swarm = turn.contact.swarm
    if turn.contact.stage in IN_SWARM:
        assert swarm, "nobody waits for a swarm that isn't there"
        assert not swarm.line
    for one in turn.replies:
        if isinstance(one, Ask) and turn.contact.stage == "waiting":
            said = sum(
                len(turn.version.text(say.prompt, language(turn.contact.language), say.params)) for say in one.says
            )
            assert said / 15 + one.music + one.seconds <= LONGEST_ROUND + 1, "a round of the loop is at most 15 s"


def check_end(before: Contact, turn: Turn) -> None:
    ended = sum(one.kind == "ended" for one in turn.story)
    assert ended == (turn.contact.is_over and not before.is_over)
    assert (turn.contact.outcome is not None) == turn.contact.is_over
    if turn.contact.is_over and not before.is_over:
        assert turn.contact.swarm is None, "a swarm ends with its contact"
    if before.is_over:
        assert turn.contact.is_over, "a contact that is over is never opened again"
        assert before.outcome
        assert turn.contact.outcome
        assert OUTCOMES.index(turn.contact.outcome) <= OUTCOMES.index(before.outcome), "an outcome only moves up"
        assert not any(isinstance(one, (Reserve, Occupy)) for one in turn.changes), "nobody is held after the end"
