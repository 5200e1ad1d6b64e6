"""Words between a client and the technicians: passed on both ways, in order, and owed an answer.

One technician owns the matter; others are given the words while the owner is not at work, or because they joined.
"""

from typing import Any

from callflows.actions import KeepPromises, OpenMatter, PassMatter, RememberTalk, Say
from callflows.parts import promises
from callflows.parts.ending import close
from callflows.text_actions import PassOn, RelayText
from callflows.text_events import TechnicianAsked, TechnicianWrote
from callflows.texting import choosing, handing, helping, owing, undelivered
from callflows.texting.speaking import answer, name_of, notice, who
from callflows.turn import Turning

FLOOD = 10  # texts within a minute from one client: from then on they are given in one, a minute later


def pass_on(turn: Turning) -> None:
    """Give what the client wrote to whoever answers them; if nobody is at work, it waits and they are told."""
    thread = turn.thread
    if not thread.waiting:
        return
    if len(thread.arrivals) > FLOOD:
        turn.because("flood", detail=str(len(thread.arrivals)))
        owing.bundle(turn)
        return
    give(turn)


def give(turn: Turning) -> None:
    thread = turn.thread
    leave_closed_matter(turn)
    not_again = handing.not_again(turn, thread.waiting)
    readers = [one for one in thread.members if one not in thread.muted and choosing.reads(turn, one)]
    receivers = [one for one in readers if one not in not_again]
    owner = turn.matter.owner if turn.matter and not choosing.is_for_the_pod(turn) else ""
    if owner not in (*receivers, *thread.muted, *not_again, "") and choosing.reads(turn, owner):
        turn.because("text_to_owner", owner)
        receivers.insert(0, owner)
    if not receivers:
        chosen = choosing.choose(turn, not_again)
        if chosen is None:
            hold(turn)
            return
        receivers = [chosen]
    own(turn, receivers[0])
    for technician in receivers:
        handing.hand(turn, technician, thread.waiting)
    turn.threads(members=tuple(dict.fromkeys((*thread.members, *receivers))), waiting=())
    owing.owe(turn)


def hold(turn: Turning) -> None:
    """The words wait for the shift of whoever owes the answer; the client is told by when they will hear."""
    whose = promises.owner(turn)
    if whose is None:
        turn.tell("flow_error", reason="no technician in the directory can answer this text")
        return
    turn.because("nobody_at_work", whose)
    own(turn, whose)
    promised = owing.owed(turn)
    due = owing.owe(turn) or (promised.due_at if promised else owing.business(turn, turn.times.reply_minutes))
    owing.look_again(turn, whose, due)
    undelivered.alarm(turn)
    if turn.thread.told < int(due.timestamp()) and turn.floor.at < due:
        turn.became(due=int(due.timestamp()))
        turn.threads(told=0 if turn.thread.unproven else int(due.timestamp()))
        prompt = getattr(turn.step, "later", "") or "text_later"
        turn.send(Say(prompt, {"due": turn.due_text(), "client": turn.client_name()}))


def leave_closed_matter(turn: Turning) -> None:
    """A matter that was closed meanwhile is not gone on with: the client's other open one is, or a new one."""
    if turn.contact.matter and turn.matter is None:
        turn.became(matter=0, owner="")
        turn.find_matter()


def own(turn: Turning, technician: str) -> None:
    """A new matter is theirs; an open one keeps its owner (DESIGN 5, "Matters"), unless they have left the desk."""
    opened = next((one.owner for one in turn.changes if isinstance(one, OpenMatter)), "")
    owner = turn.matter.owner if turn.matter else opened or technician
    if owner not in turn.floor.standings and technician in turn.floor.standings:
        owner = technician
        turn.change(PassMatter(owner))
        turn.tell("owner_changed", owner, why="the owner has left")
    elif turn.contact.owner != owner and not turn.contact.matter:
        turn.tell("owner_changed", owner)
    turn.became(owner=owner)
    if not turn.contact.matter and not opened:
        turn.change(OpenMatter(owner))
        owing.count_to_resolution(turn)


# What technicians write, and want.


def on_written(turn: Turning, event: TechnicianWrote) -> None:
    """An answer to the client, if they want texts and can have any."""
    begin(turn, event)
    turn.text = event.words
    detail: dict[str, Any] = {"files": event.files} if event.files else {}
    detail |= {"unfit": ", ".join(event.unfit)} if event.unfit else {}
    turn.tell("text_in", event.technician, leg=event.leg, words=event.words, **detail)
    if (why_not := turn.why_not_sent()) in ("opted_out", "blocked", "unreachable", "not_answered"):
        turn.because("not_sent", event.technician, why_not)
        answer(turn, event.technician, f"tech_{why_not}", who=who(turn))
        return
    if event.unfit:
        words = event.words.strip()
        answer(turn, event.technician, "tech_unfit", files=", ".join(event.unfit), words=words and "yes")
        if not words and len(event.unfit) == event.files:
            turn.because("not_sent", event.technician, "unfit")
            return
    turn.change(PassOn(event.leg, event.technician, event.words, event.files))
    others = tuple(one for one in turn.thread.members if one != event.technician and one not in turn.thread.muted)
    for one in filter(lambda key: choosing.is_at_work(turn, key), others):
        turn.change(RelayText(one, (event.leg,), by=event.technician, words=event.words))
    keep_reply(turn, event.technician)
    turn.change(RememberTalk(event.technician))
    members = tuple(dict.fromkeys((*turn.thread.members, event.technician)))
    turn.threads(members=members, replied=True, touched=int(turn.floor.at.timestamp()))
    if not turn.contact.owner:
        turn.became(owner=turn.matter.owner if turn.matter else event.technician)


def begin(turn: Turning, event: TechnicianWrote) -> None:
    """The last conversation about this matter has grown quiet: it goes on in a contact of its own."""
    if turn.contact.stage == "new":
        known = {
            name: value for name in ("client", "municipality", "pod", "language") if (value := getattr(event, name))
        }
        turn.became(stage="conversing", matter=event.matter, **known)
        owing.watch(turn)


def keep_reply(turn: Turning, technician: str) -> None:
    """A person has answered: what was owed in writing is kept, a call back that was promised is not."""
    if kept := tuple(one.promise for one in owing.owed_in_writing(turn)):
        turn.change(KeepPromises(kept, technician))
        for promise in kept:
            turn.tell("promise_kept", technician, promise=promise, matter=turn.contact.matter, how="text")


def on_asked(turn: Turning, event: TechnicianAsked) -> None:
    technician = event.technician
    if event.verb in ("note", "close") and event.words:
        turn.tell("note", technician, matter=turn.contact.matter, words=event.words)
    if event.verb == "note":
        return
    if turn.contact.is_over:
        answer(turn, technician, "tech_over")
        return
    match event.verb:
        case "take":
            take(turn, technician)
        case "join":
            join(turn, technician)
        case "given":
            take_over(turn, technician)
        case "mute":
            mute(turn, technician)
        case "swarm":
            helping.invite(turn, technician, event.words)
        case "close":
            turn.because("closed_by", technician)
            if turn.thread.waiting:  # nobody has been given these
                turn.change(RelayText(technician, turn.thread.waiting))
                handing.remember(turn, technician, turn.thread.waiting)
                turn.threads(waiting=())
            note_talk_since(turn)
            close(turn, "a technician closed the matter")


def note_talk_since(turn: Turning) -> None:
    """What the client wrote last may have been answered by telephone."""
    talk = turn.talk
    if talk is not None and not turn.thread.replied and talk.at.timestamp() >= turn.thread.touched:
        turn.became(talked=(*turn.contact.talked, talk.technician))


def take(turn: Turning, technician: str) -> None:
    before = turn.matter.owner if turn.matter else ""
    if turn.contact.matter and before != technician:
        turn.change(PassMatter(technician))
        if before:
            notice(turn, before, "tech_taken", technician=name_of(turn, technician), who=who(turn))
    turn.became(owner=technician)
    turn.tell("owner_changed", technician, why="took it")
    join(turn, technician)


def join(turn: Turning, technician: str) -> None:
    """From now on they are given the client's words, and first the last ones."""
    muted = tuple(one for one in turn.thread.muted if one != technician)
    if technician not in turn.thread.members:
        turn.tell("joined", technician)
    members = tuple(dict.fromkeys((*turn.thread.members, technician)))
    turn.change(RelayText(technician, turn.thread.waiting, note="history"))
    handing.remember(turn, technician, turn.thread.waiting)
    turn.threads(members=members, muted=muted, waiting=())


def take_over(turn: Turning, technician: str) -> None:
    """A colleague has handed it over: its last words come at once to who is at work, else with the client's next."""
    turn.became(owner=technician)
    turn.tell("owner_changed", technician, why="handed over")
    if choosing.is_at_work(turn, technician):
        join(turn, technician)
        return
    muted = tuple(one for one in turn.thread.muted if one != technician)
    turn.threads(members=tuple(dict.fromkeys((*turn.thread.members, technician))), muted=muted)


def mute(turn: Turning, technician: str) -> None:
    """A second time takes it back. The owner of a matter is not left out by it: somebody must read."""
    muted = turn.thread.muted
    if technician in muted:
        turn.threads(muted=tuple(one for one in muted if one != technician))
        answer(turn, technician, "tech_unmuted")
    else:
        turn.threads(muted=(*muted, technician))
        answer(turn, technician, "tech_muted")
