"""A contact's story in plain words: pure, from its row, its events and the names of the directory.

Every sentence stands whole in `podline.sentences`, with places for names and figures, so that another language
is another table and no code. Times are those of the client's municipality, else of its pod.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callflows.turn import DEFAULT_ZONE
from podline.sentences import (
    IDENTIFIED_BY,
    LANGUAGES,
    LENGTHS,
    ORDERS,
    OUTCOMES,
    PARTS,
    REASONS,
    REFUSALS,
    RING_RESULTS,
    SENTENCES,
    TEXTS,
)
from routing.floor import Floor

Row = Mapping[str, Any]
# (turn, at, event, reasons), as db.stories.list_reasons gives them.
TurnReasons = tuple[int, datetime, str, Sequence[Mapping[str, str]]]

# Reasons whose detail holds keys of municipalities.
ABOUT_PLACES = {"seen_before", "nearby", "place_named", "place_doubtful"}


@dataclass(frozen=True, slots=True)
class Names:
    """From key to name; a key that is not there is shown itself. `zone`: whose time the story is told in."""

    technicians: Mapping[str, str] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)
    municipalities: Mapping[str, str] = field(default_factory=dict)
    pods: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"


def names_then(floors: Sequence[Floor], row: Row) -> Names:
    """What everybody was called when it happened; municipalities of one name are told apart."""
    from routing.places import telling

    places = {key: place for floor in floors for key, place in floor.municipalities.items()}
    people = [one.technician for floor in floors for one in floor.standings.values()]
    clients = [one for floor in floors for one in (*floor.callers, *floor.clients.values())]
    pods = {key: pod for floor in floors for key, pod in floor.pods.items()}
    place, pod = places.get(row["municipality"] or ""), pods.get(row["pod"] or "")
    return Names(
        technicians={one.technician: one.name for one in people},
        clients={one.client: one.name for one in clients},
        municipalities=dict(zip(places, telling(list(places.values()), "en"), strict=True)),
        pods={key: one.name for key, one in pods.items()},
        lines={floor.line.line: floor.line.name for floor in floors},
        zone=(place and place.timezone) or (pod and pod.timezone) or DEFAULT_ZONE,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One moment of the story: what happened, and why we did what we did."""

    at: datetime
    happened: tuple[str, ...]
    why: tuple[str, ...] = ()


def tell(row: Row, events: Sequence[Row], names: Names, reasons: Iterable[TurnReasons] = ()) -> list[Told]:
    """The moments in their order. Events of one turn happened at one moment; so did its reasons."""
    own = (one for one in events if one["kind"] == "identified" and one["detail"].get("by") == "technician")
    teller = Teller(row, names, next((one["technician"] for one in own), ""))
    ended = {one["detail"].get("ring") for one in events if one["kind"] == "ring_ended"}
    happened: dict[datetime, list[str]] = {}
    asked = ""
    for event in events:
        kind, prompt = event["kind"], str(event["detail"].get("prompt", ""))
        if kind in ("prompted", "ring_started"):
            asked = prompt  # what the next key answers; a ring's key answers the whisper
        if kind == "ring_started" and event["detail"].get("ring") in ended:
            continue  # its end tells all of it
        if kind == "prompted" and prompt in PARTS:
            continue
        moment = happened.setdefault(event["at"], [])
        sentence = teller.event(event, asked)
        if not (kind == "prompted" and moment and moment[-1] == sentence):  # a choice is one prompt for each option
            moment.append(sentence)
    why: dict[datetime, list[str]] = {}
    for _, at, _, kept in reasons:
        known = why.setdefault(at, [])
        known += [one for one in dict.fromkeys(map(teller.reason, kept)) if one not in known]
    moments = sorted({*happened, *(at for at, found in why.items() if found)})
    return [Told(at, tuple(happened.get(at, ())), tuple(why.get(at, ()))) for at in moments]


def lines(row: Row, events: Sequence[Row], names: Names, reasons: Iterable[TurnReasons] = ()) -> Iterator[str]:
    """The story as printed: a heading that names the time zone, then each moment."""
    zone = ZoneInfo(names.zone)
    began = row["started_at"].astimezone(zone)
    yield say("heading", contact=row["contact"], date=_date(began), zone=names.zone)
    for told in tell(row, events, names, reasons):
        at = told.at.astimezone(zone)
        moment = f"{at:%H:%M:%S}" if at.date() == began.date() else f"{_date(at)} {at:%H:%M:%S}"
        for number, sentence in enumerate(told.happened):
            yield f"{moment if not number else ' ' * len(moment)} {sentence}"
        for number, sentence in enumerate(told.why):
            stamp = moment if not told.happened and not number else " " * len(moment)
            yield f"{stamp}   {say('because', why=sentence)}"


def say(sentence: str, **params: object) -> str:
    return SENTENCES[sentence].format_map(params)


def length(seconds: object) -> str:
    """An amount of time as people say it."""
    whole = int(seconds) if isinstance(seconds, int | float | str) and str(seconds).strip() else 0
    minutes, rest = divmod(whole, 60)
    return LENGTHS["minutes" if minutes else "seconds"].format(minutes=minutes, seconds=rest)


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


def places_named(reasons: Iterable[TurnReasons]) -> set[str]:
    """The municipalities that reasons name, by their keys."""
    named = [one for _, _, _, kept in reasons for one in kept if one.get("code") in ABOUT_PLACES]
    return {part.partition(" ")[0] for one in named for part in one.get("detail", "").split(";") if part}


def list_of(names: Sequence[str], last: str = "or") -> str:
    """Taber, Barons or Vulcan."""
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def nth(number: int) -> str:
    last = 0 if number % 100 in (11, 12, 13) else number % 10
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def _date(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b} {at.year}"


@dataclass(frozen=True, slots=True)
class Teller:
    """What the sentences of one contact need to know. `ours`: the technician who called, if it was one of ours."""

    row: Row
    names: Names
    ours: str = ""

    def event(self, event: Row, asked: str = "") -> str:
        """One event's sentence; a kind that has none is named. `asked`: the prompt heard last."""
        kind, detail = event["kind"], event["detail"]
        if kind == "pressed":
            return self._pressed(event, detail, asked)
        telling = getattr(self, f"_{kind}", None)
        if telling is not None:
            return str(telling(event, detail))
        if kind not in SENTENCES:
            return say("unknown_event", kind=kind)
        return say(kind, **self._usual(event))

    def reason(self, reason: Mapping[str, str]) -> str:
        """One reason's sentence; a code that has none is named."""
        code, detail = reason.get("code", ""), reason.get("detail", "")
        technician = reason.get("technician", "")
        params = {"technician": self._technician(technician), "detail": detail, "pod": self._pod()}
        match code:
            case "known_number" if not self.row.get("pod"):
                code = "known_number_without_pod"
            case "shared_number":
                code, counts = shared(detail)
                params |= counts
            case "next_in_order":
                params["order"] = ORDERS.get(detail.replace(" ", "_"), ORDERS[""])
            case "left_out":
                params["reason"] = REFUSALS.get(detail, detail)
            case "loop" if not technician:
                code = "loop_of_lines"
            case "last_talked_first" | "callback_tomorrow":
                params["day"] = self._due(detail) if detail else ""
                code = code if detail else f"{code}_some_day"
            case "seen_before" | "nearby" | "place_named" | "place_doubtful":
                meant = (likely(detail) or ("",)) if code == "place_doubtful" else tuple(detail.split(";"))
                params["places"] = list_of([self.place(key) for key in meant])
                code = f"{code}_one" if code == "place_doubtful" and len(meant) == 1 else code
        return REASONS.get(code, REASONS["unknown"]).format_map({**params, "code": code})

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
        if self.ours:
            technician = self._technician(self.ours)
            return say("received_technician", technician=technician, line=self.names.lines.get(line) or _shown(line))
        language = self.row.get("language") or ""
        return say(
            f"received_{'errand' if errand else self.row.get('channel', 'voice')}_{who}",
            client=self._client(),
            place=self.place(self.row.get("municipality")),
            number=_shown(self.row.get("to_number" if errand else "from_number") or ""),
            matter=self.row.get("matter") or "",
            line=self.names.lines.get(line) or _shown(line),
            language=LANGUAGES.get(language, language),
        )

    def _identified(self, event: Row, detail: Row) -> str:
        by = str(detail.get("by", ""))
        known = IDENTIFIED_BY.get(by, "otherwise")
        if known == "asked_who" and not self.row.get("client"):
            known = "asked_who_somebody"
        usual = self._usual(event)
        return say(f"identified_{known}", **usual | {"by": by, "place": self.place(detail.get("municipality"))})

    def _unidentified(self, event: Row, detail: Row) -> str:
        return say("unidentified_withheld" if detail.get("withheld") else "unidentified_number")

    def _prompted(self, event: Row, detail: Row) -> str:
        prompt = str(detail.get("prompt", ""))
        return say(f"prompted_{prompt}" if f"prompted_{prompt}" in SENTENCES else "prompted_other", prompt=prompt)

    def _pressed(self, event: Row, detail: Row, asked: str) -> str:
        """What a key means depends on what was asked: the caller, or a technician in the menu or on the whisper."""
        key = str(detail.get("key", ""))
        technician = self._technician(event["technician"])
        if not event["technician"]:
            return say("pressed_caller_digits" if len(key) > 1 else "pressed_caller", key=key)
        known = f"pressed_{key}" if key in ("1", "2", "3") else "pressed_other"
        if asked.startswith(("menu_", "errand_")):
            known = f"pressed_{asked}_{key}" if f"pressed_{asked}_{key}" in SENTENCES else "pressed_menu"
        return say(known, technician=technician, key=key)

    def _said(self, event: Row, detail: Row) -> str:
        return say("said_words" if detail.get("words") else "said", words=detail.get("words", ""))

    def _ring_ended(self, event: Row, detail: Row) -> str:
        result = detail.get("result", "")
        sentence = RING_RESULTS.get(result, RING_RESULTS["unknown"])
        if result == "declined" and str(detail.get("key")) == "3":
            sentence = RING_RESULTS["declined_for_swarm"]
        if result == "accepted" and "talked" not in detail:
            sentence = RING_RESULTS["accepted_now"]
        elif self.row.get("direction") == "outbound" and f"{result}_errand" in RING_RESULTS:
            sentence = RING_RESULTS[f"{result}_errand"]
        return sentence.format_map(
            {
                "technician": self._technician(event["technician"]),
                "rang": length(detail.get("rang", 0)),
                "seconds": length(detail.get("seconds", 0)),
                "talked": length(detail.get("talked", 0)),
                "result": result,
            }
        )

    def _skipped(self, event: Row, detail: Row) -> str:
        reason = str(detail.get("reason", ""))
        return say("skipped", technician=self._technician(event["technician"]), reason=REFUSALS.get(reason, reason))

    def _promise_made(self, event: Row, detail: Row) -> str:
        kind = "voicemail" if detail.get("promise") == "voicemail" else "callback"
        return say(f"promise_made_{kind}", **self._usual(event))

    def _owner_changed(self, event: Row, detail: Row) -> str:
        return say("owner_changed_matter" if detail.get("matter") else "owner_changed", **self._usual(event))

    def _callback_promised(self, event: Row, detail: Row) -> str:
        return say("callback_promised_by" if detail.get("due_at") else "callback_promised", **self._usual(event))

    def _note(self, event: Row, detail: Row) -> str:
        known = "note_words" if detail.get("words") else "note_seconds" if detail.get("seconds") else "note"
        return say(known, **self._usual(event))

    def _client_called(self, event: Row, detail: Row) -> str:
        result = str(detail.get("result") or "unknown")
        known = f"client_called_{result}" if f"client_called_{result}" in SENTENCES else "client_called"
        return say(known, **self._usual(event) | {"result": result})

    def _presence(self, event: Row, detail: Row) -> str:
        known = f"presence_{detail.get('state', '')}"
        return say(known if known in SENTENCES else "presence", **self._usual(event))

    def _promise_kept(self, event: Row, detail: Row) -> str:
        return say("promise_kept_closed" if detail.get("how") == "closed" else "promise_kept", **self._usual(event))

    def _text_in(self, event: Row, detail: Row) -> str:
        return say("text_in_technician" if event["technician"] else "text_in_client", **self._usual(event))

    def _text_out(self, event: Row, detail: Row) -> str:
        if not event["technician"]:
            return say("text_out_client")
        about = TEXTS.get(str(detail.get("prompt", "")), TEXTS[""])
        return say("text_out_technician", **self._usual(event) | {"about": about})

    def _text_status(self, event: Row, detail: Row) -> str:
        status = str(detail.get("status", ""))
        known = {"sent": "sent", "delivered": "delivered"}.get(status, "other")
        if status in ("failed", "undelivered", "refused"):
            known = "failed" if detail.get("why") else "failed_silently"
        who = "technician" if event["technician"] else "client"
        return say(f"text_status_{who}_{known}", **self._usual(event) | {"status": status})

    def _flow_error(self, event: Row, detail: Row) -> str:
        if detail.get("reason"):
            return say("flow_error_reason", reason=detail["reason"])
        asker = "technician" if detail.get("asker") == "technician" else "caller"
        return say(f"flow_error_{asker}", code=detail.get("code", ""))

    def _ended(self, event: Row, detail: Row) -> str:
        outcome = str(detail.get("outcome", ""))
        known = "ended_why" if detail.get("why") else "ended"
        if self.ours and outcome == "auto_replied":
            known = "ended_menu"
        return say(known, outcome=OUTCOMES.get(outcome, outcome), why=detail.get("why", ""))

    def _usual(self, event: Row) -> dict[str, object]:
        """What most sentences may name."""
        detail = event["detail"]
        due = detail.get("due_at")
        return {
            "technician": self._technician(event["technician"]),
            "client": self._client(),
            "matter": detail.get("matter", self.row.get("matter") or ""),
            "words": detail.get("words", ""),
            "seconds": length(detail.get("seconds", 0)),
            "due": self._due(due) if due else "",
            "why": detail.get("why", ""),
        }

    def _technician(self, key: str) -> str:
        return self.names.technicians.get(key, key) or SENTENCES["somebody"]

    def _client(self) -> str:
        key = str(self.row.get("client") or "")
        return self.names.clients.get(key, key)

    def place(self, key: object) -> str:
        """A municipality's name."""
        return self.names.municipalities.get(str(key or ""), str(key or "")) or SENTENCES["somewhere"]

    def _pod(self) -> str:
        key = str(self.row.get("pod") or "")
        return self.names.pods.get(key, key)

    def _due(self, text: str) -> str:
        zone = ZoneInfo(self.names.zone)
        at, began = datetime.fromisoformat(text).astimezone(zone), self.row["started_at"].astimezone(zone)
        near = abs((at - began).days) < 6
        return f"{at:%a %H:%M}" if near else f"{_date(at)} {at:%H:%M}"


def _shown(number: str) -> str:
    from routing.numbers import shown

    return shown(number)
