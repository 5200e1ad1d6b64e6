"""One event, or one reason, as a sentence: chosen from `telling.languages`, and its places filled.

What becomes of several events together is `telling`'s.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from routing.addresses import as_read
from telling.names import mailbox_of
from telling.prompts import WAITING, WAITING_PROMPTS
from telling.text_teller import TextTeller

Row = Mapping[str, Any]
MOST_NAMES = 8  # in one sentence

# By what somebody was identified, as the story keeps it: the sentence's name.
IDENTIFIED_BY = {
    "number": "number",
    "number shared by several clients": "shared",
    "number, and asked who": "asked_who",
    "number, and asked which municipality": "asked_place",
    "earlier call": "earlier_call",
    "exchange": "exchange",
    "caller": "caller",
    "technician": "technician",
    "address": "address",
    "domain": "domain",
    "letter": "letter",
}

# Why somebody owns a matter now: the sentence's name.
OWNED_BY = {
    "took it": "owner_changed_took",
    "handed over": "owner_changed_handed",
    "the owner has left": "owner_changed_gone",
}


def shared(detail: str) -> tuple[str, dict[str, str]]:
    """How a number is shared: the reason's sentence, and its figures."""
    counts = re.findall(r"\d+", detail)
    if len(counts) != 2:
        return "shared_number", {}
    clients, places = counts
    how = "one" if clients == "1" else "people" if places == "1" else "places"
    return f"shared_number_{how}", {"clients": clients, "places": places}


def likely(detail: str) -> tuple[str, ...]:
    """Of all that words may mean ("4802022 97;…", as kept), those that the caller was asked about."""
    from routing.places import Found, verdict

    read = re.findall(r"(\S+) (\d+)(?:;|$)", detail)
    return verdict([Found(key, int(score)) for key, score in read]).municipalities


class Teller(TextTeller):
    """Every event and every reason as a sentence."""

    __slots__ = ()

    def event(self, event: Row, asked: Sequence[str] = ()) -> str:
        """One event's sentence; a kind that has none is named. `asked`: the prompts that a key may answer."""
        kind, detail = event["kind"], event["detail"]
        if kind == "pressed":
            return self._pressed(event, detail, asked)
        telling = getattr(self, f"_{kind}", None)
        if telling is not None:
            return str(telling(event, detail))
        if kind not in self.words.sentences:
            return self._say("unknown_event", kind=kind)
        return self._say(kind, **self._usual(event))

    def reasons(self, kept: Sequence[Mapping[str, str]]) -> Iterator[str]:
        """A turn's reasons; several people who were left out for the same reason are one sentence."""
        left_out: dict[str, list[str]] = {}
        for reason in kept:
            known = left_out.setdefault(reason.get("detail", ""), [])
            if reason.get("code") == "left_out" and reason.get("technician", "") not in known:
                known.append(reason.get("technician", ""))
        for reason in kept:
            together = left_out.get(reason.get("detail", ""), []) if reason.get("code") == "left_out" else []
            if len(together) < 2:
                yield self.reason(reason)
            elif reason.get("technician") == together[0]:
                names = [self.technician(one) for one in together[:MOST_NAMES]]
                more = len(together) - len(names)
                names += [self.words.sentences["more"].format(count=more)] if more else []
                why = self.words.refusals.get(reason.get("detail", ""), reason.get("detail", ""))
                yield self.words.reasons["left_out_several"].format(reason=why, technicians=self.words.all_of(names))

    def reason(self, reason: Mapping[str, str]) -> str:
        """One reason's sentence; a code that has none is named."""
        code, detail = reason.get("code", ""), reason.get("detail", "")
        technician = reason.get("technician", "")
        params = {"technician": self.technician(technician), "detail": detail, "pod": self._pod()}
        params["unsent"] = self.words.unsent.get(detail, detail)
        match code:
            case "known_number" if not self.row.get("pod"):
                code = "known_number_without_pod"
            case "shared_number":
                code, counts = shared(detail)
                params |= counts
            case "next_in_order":
                params["order"] = self.words.orders.get(detail.replace(" ", "_"), self.words.orders[""])
            case "left_out":
                params["reason"] = self.words.refusals.get(detail, detail)
            case "open" | "closed":
                code = f"{code}_municipality" if detail == "municipality" else code
            case "branch":
                params["holds"], case, to = detail.rpartition(": ")
                code, params["to"] = (code, to) if case else ("branch_otherwise", detail)
            case "text_swarm" if detail:
                code = "text_swarm_skill"
            case "not_answered" | "matter_named":
                code = known if (known := f"{code}_{detail}") in self.words.reasons else code
            case "loop" if not technician:
                code = "loop_of_lines"
            case "last_talked_first" | "callback_tomorrow":
                params["day"] = self.due(detail) if detail else ""
                code = code if detail else f"{code}_some_day"
            case "seen_before" | "nearby" | "place_named" | "place_doubtful":
                meant = (likely(detail) or ("",)) if code == "place_doubtful" else tuple(detail.split(";"))
                params["places"] = self.words.any_of([self.place(key) for key in meant])
                code = f"{code}_one" if code == "place_doubtful" and len(meant) == 1 else code
        return self.words.reasons.get(code, self.words.reasons["unknown"]).format_map({**params, "code": code})

    # The kinds whose sentence depends on more than names.

    def _received(self, event: Row, detail: Row) -> str:
        known = bool(self.row.get("client")), bool(self.row.get("municipality"))
        if any(known):
            who = {(True, True): "client_place", (True, False): "client", (False, True): "place"}[known]
        else:
            who = "withheld" if detail.get("withheld") else "number"
        errand = "promised_in" in detail
        if errand and who == "withheld":
            who = "number"
        if who == "place" and detail.get("withheld"):
            who = "place_withheld"
        line = detail.get("line") or self.row.get("line") or ""
        outbound = self.row.get("direction") == "outbound"
        wanted_by = str(detail.get("wanted_by", ""))
        how = ("wanted" if wanted_by else "errand") if errand else self.row.get("channel", "voice")
        if outbound and how in ("text", "email"):
            how = "after_call" if "after_call" in detail else "begun"
        if self.ours:
            technician = self.technician(self.ours)
            return self._say(
                "received_technician", technician=technician, line=self.names.lines.get(line) or as_read(line)
            )
        language = self.row.get("language") or ""
        return self._say(
            f"received_{how}_{who}",
            client=self._client(),
            place=self.place(self.row.get("municipality")),
            number=as_read(self.row.get("to_number" if errand or outbound else "from_number") or ""),
            matter=self.row.get("matter") or "",
            technician=self.technician(wanted_by),
            line=mailbox_of(self.row) or self.names.lines.get(line) or as_read(line),
            language=self.words.named(language),
        )

    def _identified(self, event: Row, detail: Row) -> str:
        by = str(detail.get("by", ""))
        known = IDENTIFIED_BY.get(by, "otherwise")
        if known == "asked_who" and not self.row.get("client"):
            known = "asked_who_somebody"
        place = self.place(detail.get("municipality"))
        return self._say(f"identified_{known}", **self._usual(event) | {"by": by, "place": place})

    def _unidentified(self, event: Row, detail: Row) -> str:
        return self._say("unidentified_withheld" if detail.get("withheld") else "unidentified_number")

    def _prompted(self, event: Row, detail: Row) -> str:
        prompt, until = str(detail.get("prompt", "")), detail.get("until")
        if until is not None:
            at = until.astimezone(ZoneInfo(self.names.zone))
            return self._say(f"rounds_{prompt}", times=detail["times"], until=self.words.instant("clock", at))
        known = f"prompted_{prompt}" in self.words.sentences
        return self._say(
            f"prompted_{prompt}" if known else "prompted_other", prompt=prompt, arrived=self._arrived(detail)
        )

    def _pressed(self, event: Row, detail: Row, asked: Sequence[str]) -> str:
        """What a key means depends on what was asked: the caller, or a technician in the menu, on the whisper or for
        a swarm."""
        key = str(detail.get("key", ""))
        technician = self.technician(event["technician"])
        meanings = (f"{WAITING if one in WAITING_PROMPTS else one}_{key}" for one in asked)
        if not event["technician"]:
            told = (one for meant in meanings if (one := f"pressed_caller_{meant}") in self.words.sentences)
            known = next(told, "pressed_caller")
            if digits := re.fullmatch(r"(\d+) digits", key):
                return self._say("pressed_caller_number", count=digits[1])
            if len(key) > 1:
                return self._say("pressed_caller_digits", key=key)
            return self._say(known, key=key)
        known = f"pressed_{key}" if key in ("1", "2", "3") else "pressed_other"
        if "".join(asked).startswith(("menu_", "errand_")):
            known = "pressed_menu"
        known = next((one for meant in meanings if (one := f"pressed_{meant}") in self.words.sentences), known)
        return self._say(known, technician=technician, key=key)

    def _said(self, event: Row, detail: Row) -> str:
        return self._say("said_words" if detail.get("words") else "said", words=detail.get("words", ""))

    def _ring_ended(self, event: Row, detail: Row) -> str:
        result, key = detail.get("result", ""), str(detail.get("key", ""))
        sentence = self.words.rings.get(result, self.words.rings["unknown"])
        if detail.get("ring") in self.helping:
            taken = f"{result}_taken" if key == "1" else ""
            sentence = self.words.helpers.get(taken) or self.words.helpers.get(result, sentence)
        elif result == "declined" and key == "3":
            sentence = self.words.rings["declined_for_swarm"]
        elif result == "accepted" and "talked" not in detail:
            sentence = self.words.rings["accepted_now"]
        elif self.row.get("direction") == "outbound" and f"{result}_errand" in self.words.rings:
            sentence = self.words.rings[f"{result}_errand"]
        return sentence.format_map(
            {
                "technician": self.technician(event["technician"]),
                "rang": self.words.length(detail.get("rang", 0)),
                "seconds": self.words.length(detail.get("seconds", 0)),
                "talked": self.words.length(detail.get("talked", 0)),
                "result": result,
            }
        )

    def _swarm_opened(self, event: Row, detail: Row) -> str:
        count = detail.get("helpers", 0)
        known = "swarm_opened_pod" if detail.get("pod") else "swarm_opened_one" if count == 1 else "swarm_opened_count"
        pod = str(detail.get("pod", ""))
        skill = f" ({detail['skill']})" if detail.get("skill") else ""
        pod = self.names.pods.get(pod, pod)
        if event["technician"]:
            known = "swarm_opened_join" if detail.get("joins") else "swarm_opened_by"
            return self._say(known, technician=self.technician(event["technician"]), skill=skill)
        return self._say(known if count else "swarm_opened", count=count, pod=pod, skill=skill)

    def _swarm_invited(self, event: Row, detail: Row) -> str:
        asked = [self.technician(one) for one in detail.get("technicians", [event["technician"]])]
        known = "swarm_invited_asked" if detail.get("asked") else "swarm_invited"
        return self._say(known, technicians=self.words.all_of(asked))

    def _swarm_left(self, event: Row, detail: Row) -> str:
        technician, talked = self.technician(event["technician"]), self.words.length(detail.get("talked", 0))
        return self._say(
            "swarm_left_talked" if detail.get("talked") else "swarm_left", technician=technician, talked=talked
        )

    def _swarm_closed(self, event: Row, detail: Row) -> str:
        why = self.words.end(detail.get("why", ""))
        return self._say("swarm_closed_why" if why else "swarm_closed", why=why)

    def _skipped(self, event: Row, detail: Row) -> str:
        reason = str(detail.get("reason", ""))
        why = self.words.refusals.get(reason, reason)
        return self._say("skipped", technician=self.technician(event["technician"]), reason=why)

    def _promise_made(self, event: Row, detail: Row) -> str:
        kind = str(detail.get("promise", ""))
        kind = kind if kind in ("voicemail", "reply") else "callback"
        return self._say(f"promise_made_{kind}", **self._usual(event))

    def _owner_changed(self, event: Row, detail: Row) -> str:
        left = str(detail.get("instead_of", ""))
        usual = self._usual(event)
        known = "owner_changed_left" if left else "owner_changed_matter" if detail.get("matter") else "owner_changed"
        if usual["matter"]:
            known = OWNED_BY.get(str(detail.get("why", "")), known)
        return self._say(known, **usual | {"left": self.technician(left)})

    def _callback_promised(self, event: Row, detail: Row) -> str:
        return self._say("callback_promised_by" if detail.get("due_at") else "callback_promised", **self._usual(event))

    def _note(self, event: Row, detail: Row) -> str:
        known = "note_words" if detail.get("words") else "note_seconds" if detail.get("seconds") else "note"
        return self._say(known, **self._usual(event))

    def _client_called(self, event: Row, detail: Row) -> str:
        result = str(detail.get("result") or "unknown")
        known = f"client_called_{result}" if f"client_called_{result}" in self.words.sentences else "client_called"
        return self._say(known, **self._usual(event) | {"result": result})

    def _presence(self, event: Row, detail: Row) -> str:
        known = f"presence_{detail.get('state', '')}"
        known = known if known in self.words.sentences else "presence"
        if known == "presence_away" and detail.get("until"):
            return self._say("presence_away_until", **self._usual(event) | {"until": self.due(detail["until"])})
        return self._say(known, **self._usual(event))

    def _promise_kept(self, event: Row, detail: Row) -> str:
        known = {"closed": "promise_kept_closed", "text": "promise_kept_reply"}
        return self._say(known.get(detail.get("how", ""), "promise_kept"), **self._usual(event))

    def _promise_overdue(self, event: Row, detail: Row) -> str:
        known = {"reply": "promise_overdue_reply", "resolution": "promise_overdue_resolution"}
        return self._say(known.get(detail.get("target", ""), "promise_overdue"), **self._usual(event))

    def _flow_error(self, event: Row, detail: Row) -> str:
        if detail.get("reason"):
            known = next((one for one in ("prompt", "step") if one in detail), "reason")
            reason = self.words.faults.get(str(detail["reason"]), str(detail["reason"]))
            return self._say(f"flow_error_{known}", **{"prompt": "", "step": "", **detail, "reason": reason})
        asker = "technician" if detail.get("asker") == "technician" else "caller"
        return self._say(f"flow_error_{asker}", code=detail.get("code", ""))

    def _ended(self, event: Row, detail: Row) -> str:
        outcome = str(detail.get("outcome", ""))
        known = "ended_why" if detail.get("why") else "ended"
        if self.ours and outcome == "auto_replied":
            known = "ended_menu"
        why = self.words.end(detail.get("why", ""))
        return self._say(known, outcome=self.words.outcomes.get(outcome, outcome), why=why)
