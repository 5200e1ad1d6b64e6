"""What must hold of every turn of a conversation in writing, whatever happened before it."""

from callflows.actions import (
    BeginErrand,
    CloseMatter,
    KeepPromises,
    MakePromise,
    MarkOverdue,
    OpenMatter,
    PassMatter,
    RememberPlace,
    RememberTalk,
    SetPresence,
    SetTimer,
    Text,
)
from callflows.contact import Contact
from callflows.events import Event, TextSent
from callflows.parts.ending import outcome_of
from callflows.text_actions import (
    KeepText,
    PassOn,
    RelayText,
    SendOn,
    SendText,
    SetBlocked,
    SetDeaf,
    SetOptOut,
    TellTechnician,
    WriteNote,
)
from callflows.text_events import TechnicianAsked, TextArrived
from callflows.texting.delivery import FAILED
from callflows.turn import AUTOMATIC_WITHIN, MOST_AUTOMATIC, Turn
from routing.addresses import read_address
from routing.eligible import off_duty
from routing.floor import Floor
from routing.optout import opt_word

IN_WRITING = (
    *(KeepText, PassOn, RelayText, SendOn, SendText, SetBlocked, SetDeaf, SetOptOut, TellTechnician, WriteNote),
)
# What else a text may lead to: nobody's telephone rings, nobody is held.
BESIDES = (
    *(BeginErrand, CloseMatter, KeepPromises, MakePromise, MarkOverdue, OpenMatter, PassMatter),
    *(RememberPlace, RememberTalk, SetPresence, SetTimer, Text),
)


def check_text_turn(before: Contact, event: Event, floor: Floor, turn: Turn) -> None:
    """Raises AssertionError for a turn that sends what it may not, or to whom it may not."""
    assert turn.replies == (), "a text is answered by a text, never by a document"
    assert all(isinstance(one, (*IN_WRITING, *BESIDES)) for one in turn.changes), turn.changes
    assert turn.contact.channel == "text"
    check_sent(before, event, floor, turn)
    check_relayed(before, event, floor, turn)
    check_lost(before, event, turn)
    check_kept(event, turn)
    check_timers(floor, turn)
    check_end(before, turn)
    assert sum(isinstance(one, OpenMatter) for one in turn.changes) <= 1, "one matter has one owner"


def check_sent(before: Contact, event: Event, floor: Floor, turn: Turn) -> None:
    """Nothing to whom may not be written to, nothing after an opt-out but its one answer, and never without end."""
    sent = [one for one in turn.changes if isinstance(one, (SendText, PassOn))]
    if not read_address(floor.peer).may_be_answered or floor.from_our_line or floor.deaf:
        assert sent == [], f"{floor.peer} can't be answered"
    silenced = floor.silenced or bool(before.thread and before.thread.silenced)
    for one in sent:
        is_answer = isinstance(one, SendText) and one.last and isinstance(event, TextArrived)
        assert is_answer or not silenced, f"sent to whom wants no texts: {one}"
        if silenced:
            word = opt_word(event.body, event.opt_out) if isinstance(event, TextArrived) else None
            assert word, "only a word of theirs is answered"
            assert word.meaning == "start", "who has ended our texts is not told so again"
    automatic = [one for one in sent if isinstance(one, SendText)]
    now = int(floor.at.timestamp())
    if turn.contact.thread and automatic:
        recent = [one for one in turn.contact.thread.automatic if now - one < AUTOMATIC_WITHIN]
        known = before.thread.automatic if before.thread else ()
        assert len(recent) <= max(MOST_AUTOMATIC, len(known)), "texts of a machine without end"
        assert len([one for one in known if now - one < AUTOMATIC_WITHIN]) < MOST_AUTOMATIC


def check_relayed(before: Contact, event: Event, floor: Floor, turn: Turn) -> None:
    """Nobody's telephone is told of a client's words at night, but who asks for them by a text of their own."""
    wanted = event.technician if isinstance(event, TechnicianAsked) and event.verb != "given" else ""
    relayed = [one for one in turn.changes if isinstance(one, RelayText)]
    for one in relayed:
        standing = floor.standings.get(one.technician)
        if one.technician != wanted:
            assert standing, f"{one.technician} is nobody"
            duty = off_duty(standing, turn.version.shifts.get(one.technician), floor.at)
            assert duty is None, f"{one.technician} is not at work"
            muted = before.thread.muted if before.thread else ()
            assert one.technician not in muted or len(relayed) == 1, "who asked for quiet is the last to be told"
        assert one.legs or one.note == "history", "a header without words"
        if isinstance(event, TextSent) and before.thread:
            assert (one.legs[-1], one.technician) not in before.thread.lost, "words that go round in circles"
            assert one.technician != event.technician, "to the very telephone that has lost them"


def check_lost(before: Contact, event: Event, turn: Turn) -> None:
    """Words that did not arrive are somebody's business at once: the next one's, or the supervisor's."""
    if not isinstance(event, TextSent) or event.to_client or not event.legs or event.status not in FAILED:
        return
    thread, words = turn.contact.thread, event.legs[-1]
    assert thread
    given = [one for one in turn.changes if isinstance(one, (RelayText, BeginErrand))]
    others = {key for leg, key in thread.given if leg == words} - {key for leg, key in thread.lost if leg == words}
    told = any(isinstance(one, Text) and one.prompt == "tech_unread" for one in turn.changes)
    is_closed = bool(before.matter) and turn.contact.matter == before.matter and "nothing_to_do" in codes(turn)
    assert len(given) <= 1, "one is enough"
    assert given or others or told or thread.alarmed or is_closed, "nobody hears of words that nobody has"


def codes(turn: Turn) -> set[str]:
    return {one.code for one in turn.reasons}


def check_kept(event: Event, turn: Turn) -> None:
    """Every text is kept once, as it came."""
    kept = [one.leg for one in turn.changes if isinstance(one, KeepText)]
    assert kept == ([event.leg] if isinstance(event, TextArrived) else [])


def check_timers(floor: Floor, turn: Turn) -> None:
    """A timer that is due at once fires, and may set itself again without end."""
    for one in turn.changes:
        if isinstance(one, SetTimer):
            assert one.due_at > floor.at, f"{one.timer} is due at once"


def check_end(before: Contact, turn: Turn) -> None:
    ended = sum(one.kind == "ended" for one in turn.story)
    assert ended == (turn.contact.is_over and not before.is_over), "it ends once"
    if before.is_over:
        assert turn.contact.is_over, "what is over stays over"
    if turn.contact.is_over and not before.is_over:
        assert turn.contact.outcome == outcome_of(turn.contact)
