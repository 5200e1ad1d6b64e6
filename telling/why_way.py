"""Which way the contact took through its flow: every step, and why it was left by that exit. Part of `why`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callflows import events
from callflows.actions import Reason
from callflows.plain import plain
from callflows.step import Step
from db.stories import Played
from telling.names import Names
from telling.teller import Teller
from telling.why_pod import codes

Row = Mapping[str, Any]

# The reasons with which a kind of step tells which exit was taken, in the order in which such steps were passed.
TELLING: dict[str, tuple[str, ...]] = {
    "hours": ("open", "closed"),
    "branch": ("branch",),
    "menu": ("nothing_chosen",),
    "ring": ("sent_to_swarm",),
    "keyword": ("keyword", "no_keyword"),
    "ask": ("text_chosen", "text_not_chosen", "not_asked"),
}

# While somebody waits for helpers. Without a step of its own a key leads to the flow's first one of its kind.
WAITING_KEYS = {"1": "swarm.call_back", "2": "swarm.voicemail"}


def why_this_way(row: Row, played: Sequence[Played], names: Names) -> Iterator[str]:
    """A sentence for each step that was left, and one for where the contact is, or ended."""
    passed = False
    for one in played:
        at = one.before.step
        clues = list(one.turn.reasons)
        for to in one.turn.path:
            yield left(one, at, to, clues, Teller(row, names)) if at else entered(one, to, Teller(row, names))
            at, passed = to, True
        for told in one.turn.story:
            if told.kind == "flow_error" and not one.before.is_over and "asker" in told.detail:
                yield (
                    names.words.explain("way_fault", step=at, code=told.detail["code"])
                    if at
                    else names.words.explain("way_fault_before")
                )
    last = played[-1].turn.contact
    step = played[-1].version.body.steps.get(last.step)
    if last.errand:
        yield names.words.explain("way_errand")
    elif not passed:
        yield names.words.explain("way_none")
    elif step is None:
        yield names.words.explain("way_last_resort")
    else:
        yield names.words.explain("way_ended" if last.is_over else "way_is_here", step=last.step, kind=step.step)


def entered(one: Played, to: str, teller: Teller) -> str:
    """The flow's first step; many calls at once are sent to its message at once."""
    if to != one.version.body.start:
        why = "; ".join(teller.reason(plain(reason)) for reason in one.turn.reasons if reason.code == "burst")
        return teller.words.explain("way_at_once", step=to, why=why)
    return teller.words.explain("way_begins", flow=one.version.flow, version=one.version.version, step=to)


def left(one: Played, at: str, to: str, clues: list[Reason], teller: Teller) -> str:
    """Why the step was left for that one. `clues`: the turn's reasons that no step before has used."""
    step = one.version.body.steps.get(at)
    if step is None:
        return teller.words.explain("way_on", step=at, kind="", why="", to=to)
    why = told_by(step, clues, teller) or exit_words(one, step, at, to, teller)
    return teller.words.explain("way_left", step=at, kind=step.step, why=why, to=to)


def told_by(step: Step, clues: list[Reason], teller: Teller) -> str:
    """The reason by which the step itself told its exit; empty for steps that need none."""
    clue = next((reason for reason in clues if reason.code in TELLING.get(step.step, ())), None)
    if clue is None:
        return ""
    clues.remove(clue)
    return teller.reason(plain(clue))


def exit_words(one: Played, step: Step, at: str, to: str, teller: Teller) -> str:
    """By the step's kind and the field of its exit, as the document has them."""
    key = one.event.digits if isinstance(one.event, events.CallerPressed) else ""
    field = exit_of(one, step, to, key).partition(".")[0]
    if one.before.step == at and one.before.stage == "waiting" and key in WAITING_KEYS:
        words = teller.words.exits[WAITING_KEYS[key]]  # a pod that is rung all at once waits in its ring step
    else:
        words = teller.words.exits.get(f"{step.step}.{field}", teller.words.exits[""])
    language = one.turn.contact.language
    return words.format(key=key, language=teller.words.named(language))


def exit_of(one: Played, step: Step, to: str, key: str) -> str:
    """The exit's path within the step. Where several lead to the same step, the one that fits what is known."""
    fitting = [each.field for each in step.exits() if each.to == to]
    wanted = fitting[0] if fitting else ""
    if step.step == "identify":
        known = bool(one.turn.contact.pod) and "not_identified" not in codes(one)
        wanted = "next" if known else "unknown"
    elif step.step == "menu":
        wanted = f"keys.{key}"
    return wanted if wanted in fitting else fitting[0] if fitting else ""
