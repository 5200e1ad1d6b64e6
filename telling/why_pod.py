"""Why this pod: how the caller was known, what they were asked and answered, and where that led. Part of `why`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callflows import events, text_events
from callflows.actions import Reject
from callflows.parts.asking import NONE_OF_THEM
from callflows.plain import plain
from db.stories import Played
from routing.addresses import as_read
from routing.numbers import shown
from telling.names import Names
from telling.teller import Teller
from telling.words import Words, capital

Row = Mapping[str, Any]

TOLD_OF_POD = {
    *("seen_before", "nearby", "place_named", "place_doubtful", "nothing_found", "not_chosen", "not_identified"),
    *("burst", "loop", "technician_calls", "untrusted_number"),
}


def why_pod(row: Row, played: Sequence[Played], names: Names) -> Iterator[str]:
    teller = Teller(row, names)
    yield from beginning(played[0], names)
    for one in played:
        answer = answer_of(one, names)
        reasons = [teller.reason(plain(reason)) for reason in one.turn.reasons if reason.code in TOLD_OF_POD]
        if answer:
            yield f"{answer}: {'; '.join(reasons)}." if reasons else f"{answer}."
        else:
            yield from (f"{capital(reason)}." for reason in reasons)
        for told in one.turn.story:
            by = told.detail.get("by")
            if told.kind == "identified" and by not in ("number", "technician", "number shared by several clients"):
                yield teller.event({"kind": told.kind, "technician": told.technician, "detail": told.detail})
    yield conclusion(played, names)


def beginning(first: Played, names: Names) -> Iterator[str]:
    match first.event:
        case events.ErrandDue(matter=matter, technician=technician) if technician:
            yield names.words.explain("call_wanted", matter=matter, technician=named(names, technician))
        case events.ErrandDue(matter=matter, promised_in=contact):
            yield names.words.explain("call_errand", matter=matter, contact=contact)
            if "promise_settled" in codes(first):
                yield names.words.explain("call_settled")
        case events.CallArrived(caller=caller, trusted=trusted):
            people = [names.clients[one.client] for one in first.floor.callers]
            known = "call_known" if people else "call_unknown" if caller else "call_withheld"
            yield names.words.explain(known, number=shown(caller), people=names.words.all_of(people))
            if not trusted:
                yield names.words.explain("call_untrusted")
        case text_events.TextArrived(sender=sender):
            people = [names.clients[one.client] for one in first.floor.callers]
            known = "call_known" if people else "call_unknown"
            number = as_read(sender)
            yield names.words.explain(known, number=number, people=names.words.all_of(people))
            if not first.turn.contact.trusted:
                yield names.words.explain("call_untrusted")
        case text_events.CallMissed(contact=contact):
            yield names.words.explain("after_call", contact=contact)
        case text_events.TechnicianWrote(technician=technician, matter=matter):
            yield names.words.explain("began", technician=named(names, technician), matter=matter)
        case event:
            yield names.words.explain("call_late", event=type(event).__name__)


def named(names: Names, technician: str) -> str:
    return names.technicians.get(technician, technician)


def answer_of(one: Played, names: Names) -> str:
    """What the caller answered to a question of ours; empty if this was no answer."""
    asked = one.before.asked
    if one.before.stage != "asking" or asked is None or events.is_gone(one.event):
        return ""
    told = names.clients if asked.kind == "client" else names.municipalities
    options = [told.get(key, key) for key in asked.options]
    known = f"asked_{asked.kind}"
    question = names.words.explain(
        known if known in names.words.why else "asked_other", options=names.words.any_of(options)
    )
    match one.event:
        case text_events.TextArrived(body=words):
            return names.words.explain("answer_said", asked=question, words=" ".join(words.split()))
        case events.CallerSaid(words=words):
            return names.words.explain("answer_said", asked=question, words=words)
        case events.CallerPressed(digits=keys):
            known = "answer_keyed" if asked.kind == "place" else "answer_pressed"
            return names.words.explain(
                known, asked=question, keys=keys, meaning=meaning(keys, asked.kind, options, names.words)
            )
        case events.CallerStayed():
            return names.words.explain("answer_silent", asked=question)
    return ""


def meaning(keys: str, kind: str, options: Sequence[str], words: Words) -> str:
    """What a key stood for, where there were options."""
    if len(keys) != 1 or kind in ("language", "place"):
        return ""
    if len(options) == 1:
        return {"1": words.explain("key_yes"), "2": words.explain("key_no")}.get(keys, "")
    chosen = options[int(keys) - 1] if keys in "12345678"[: len(options)] else ""
    return (
        words.explain("key_none")
        if keys == NONE_OF_THEM
        else words.explain("key_option", option=chosen)
        if chosen
        else ""
    )


def conclusion(played: Sequence[Played], names: Names) -> str:
    hunted = [one.turn.contact for one in played if one.turn.contact.hunt.began]
    contact = hunted[0] if hunted else played[-1].turn.contact
    known = {
        "place": capital(names.municipalities.get(contact.municipality, contact.municipality)),
        "pod": names.pods.get(contact.pod, contact.pod),
    }
    if any(isinstance(reply, Reject) for one in played for reply in one.turn.replies):
        return names.words.explain("pod_refused")
    if contact.technician and not hunted:
        return names.words.explain("pod_not_needed")
    if contact.pod:
        return names.words.explain("pod_of_place" if contact.municipality else "pod_shared", **known)
    return names.words.explain("pod_none_of_place" if contact.municipality else "pod_none", **known)


def codes(one: Played) -> set[str]:
    return {reason.code for reason in one.turn.reasons}
