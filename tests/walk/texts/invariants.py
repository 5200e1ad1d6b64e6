"""What holds after every conversation, whatever befell it. Each rule yields what is wrong, as a sentence."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from callflows.languages import languages
from tests.walk.faults import Fault
from tests.walk.texts.people import FOR_PEOPLE
from tests.walk.texts.play import Run, told
from tests.walk.texts.town import TECHNICIANS

FIRST, LAST = 40, 8  # characters by which words are known again
OUT, IN_AGAIN = ("STOP", "Arrêt", "CANCEL"), ("START",)
LAST_ANSWERS = {one.text("text_opted_out") for one in languages().values()}  # still go to who has opted out
KEPT = """
SELECT contact, message, party, technician, provider_sid, status, at FROM messages
WHERE direction = $1 ORDER BY message
"""
RELAYS = """
SELECT body ->> 'technician' AS technician, body -> 'legs' AS legs FROM deeds
WHERE kind = 'write' AND body ? 'legs' AND body ->> 'note' <> 'history' AND body ->> 'by' = '' ORDER BY deed
"""
OURS = """
SELECT provider_sid FROM messages WHERE direction = 'out' UNION SELECT provider_sid FROM deeds
UNION SELECT jsonb_array_elements_text(body -> 'sids') FROM deeds WHERE body ? 'sids'
"""
PROMISES = """
SELECT contact, kind, made_at, kept_at IS null AND state = 'open' AS is_open FROM promises JOIN matters USING (matter)
"""
LEFT = """
SELECT kind || ' ' || state FROM deeds WHERE state NOT IN ('done', 'refused')
UNION ALL SELECT entrypoint || ' ' || status FROM jobs.pgqueuer WHERE status <> 'queued'
UNION ALL SELECT 'lane ' || lane FROM lanes WHERE held_until > $1
"""


@dataclass(frozen=True)
class After:
    """A run, the fault that befell it, and what is told of the same journey without it."""

    run: Run
    fault: Fault | None = None
    usual: Counter[tuple[str, ...]] | None = None

    def kept(self, direction: str) -> list[Any]:
        return self.run.world.desk.query(KEPT, direction)


Rule = Callable[[After], Iterator[str]]


# "No text of the client's is lost": what Twilio was told we have is kept, and a person gets it or is rung for it.
def words_are_kept(after: After) -> Iterator[str]:
    sids = Counter(one["provider_sid"] for one in after.kept("in"))
    for one in after.run.written:
        if one.message and one.message.sid in after.run.answers and sids[one.message.sid] != 1:
            yield f"{one.message.body[:FIRST]!r} was answered, and is kept {sids[one.message.sid]} times"


def words_are_given(after: After) -> Iterator[str]:
    run = after.run
    rung = any(leg.to in TECHNICIANS for leg in run.legs if leg.direction != "inbound")
    given = [one.body for one in run.messages if one.to in TECHNICIANS and one.direction != "inbound"]
    for one in run.written:
        if one.message and one.line.kind in FOR_PEOPLE and one.message.sid in run.answers and not rung:
            words = one.message.body
            if not all(any(part in body for body in given) for part in (words[:FIRST], words[-LAST:])):
                yield f"{words[:FIRST]!r} was given to nobody"


# "Or given twice."
def words_are_given_once(after: After) -> Iterator[str]:
    given = Counter(
        (one["technician"], leg) for one in after.run.world.desk.query(RELAYS) for leg in json_of(one["legs"])
    )
    for (technician, leg), times in given.items():
        if times > 1:
            words = next((one.body for one in after.run.messages if one.sid == leg), leg)
            yield f"{words[:FIRST]!r} was given to {technician} {times} times"


# "None of ours is sent twice", and none that we do not know of.
def nothing_is_sent_twice(after: After) -> Iterator[str]:
    sent = [one for one in after.run.messages if one.direction != "inbound"]
    is_heard = all(one.message is None or one.message.sid in after.run.answers for one in after.run.written)
    for (to, body), times in Counter((one.to, one.body) for one in sent).items():
        if times > 1 and is_heard:  # whoever is not heard is told the same again
            yield f"{to} was sent {times} times {body[:FIRST]!r}"
    ours = {one["provider_sid"] for one in after.run.world.desk.query(OURS)}
    for one in sent:
        if one.sid not in ours:
            yield f"we do not know that we sent {one.to} {one.body[:FIRST]!r}"


# "Order is kept within a conversation", each way for itself.
def order_is_kept(after: After) -> Iterator[str]:
    places = {one.sid: place for place, one in enumerate(after.run.messages)}
    by_lane: dict[tuple[str, str, str], list[int]] = {}
    for one in after.kept("out"):
        if one["provider_sid"] in places:
            lane = (one["contact"], one["party"], one["technician"] if one["party"] == "technician" else "")
            by_lane.setdefault(lane, []).append(places[one["provider_sid"]])
    for (_, party, technician), went in by_lane.items():
        if any(other < one for one, other in pairwise(went)):
            yield f"texts to the {party} {technician} overtook each other"
    came = {one["provider_sid"]: place for place, one in enumerate(after.kept("in"))}
    by_technician: dict[str, list[int]] = {}
    for relay in after.run.world.desk.query(RELAYS):
        by_technician.setdefault(relay["technician"], []).extend(
            came[leg] for leg in json_of(relay["legs"]) if leg in came
        )
    for technician, given in by_technician.items():
        if given != sorted(given):
            yield f"{technician} was given the client's words in another order"


# "Exactly one owner of an open matter", and one matter for what one client wants.
def somebody_owns_it(after: After) -> Iterator[str]:
    matters = after.run.world.desk.query("SELECT client, number, owner FROM matters WHERE state = 'open'")
    for who, times in Counter(one["client"] or one["number"] for one in matters).items():
        if times > 1:
            yield f"{who} has {times} open matters"
    for kept in after.run.kept:
        is_ours = kept.row["channel"] != "text" or any(one.turn.contact.technician for one in kept.played)
        if kept.row["matter"] and not kept.row["owner"] and not is_ours:
            yield "a conversation about a matter has no owner"


# "An answer owed is a promise or was kept."
def answers_are_owed(after: After) -> Iterator[str]:
    asked = [one.message.sid for one in after.run.written if one.message and one.line.kind in FOR_PEOPLE]
    promises = after.run.world.desk.query(PROMISES)
    came, went = after.kept("in"), after.kept("out")
    for kept in after.run.kept:
        contact = kept.row["contact"]
        said = [one["at"] for one in came if one["provider_sid"] in asked and one["contact"] == contact]
        replies = [
            one["at"] for one in went if one["contact"] == contact and one["party"] == "client" and one["technician"]
        ]
        made = [one for one in promises if one["contact"] == contact]
        if said and not made:
            yield "the client's words were owed no answer"
        for one in made:
            if one["is_open"] and one["kind"] == "reply" and any(one["made_at"] < reply for reply in replies):
                yield "an answer is owed still, and was given"
        if said and replies and max(said) > max(replies) and not any(one["made_at"] >= max(said) for one in made):
            yield "the client's last words were owed no answer"


# "Nothing is sent after an opt-out", but for the one answer to it.
def silence_is_kept(after: After) -> Iterator[str]:
    taken = {one["provider_sid"]: one["at"] for one in after.kept("in")}
    for one in after.run.written:
        if one.message is None or one.message.body not in OUT or one.message.sid not in taken:
            continue
        since = taken[one.message.sid]
        again = [
            other.message.created_at
            for other in after.run.written
            if other.message and other.message.body in IN_AGAIN and other.line.who == one.line.who
        ]
        until = min(again, default=after.run.world.clock.now())
        late = [each for each in after.run.sent(one.line.number) if since < each.created_at < until]
        if [each for each in late if each.body not in LAST_ANSWERS] or len(late) > 1:
            yield f"{one.line.who} wants no texts, and was sent {late[-1].body[:FIRST]!r}"


def all_is_closed(after: After) -> Iterator[str]:
    run = after.run
    for leg in run.legs:
        if not leg.is_over:
            yield f"a leg goes on for ever: {leg!r}"
    for kept in run.kept:
        if kept.row["state"] != "closed":
            yield f"a contact by {kept.row['channel']} stays open"
        elif kept.played and (thread := kept.played[-1].turn.contact.thread) and thread.waiting:
            yield f"{len(thread.waiting)} text(s) of a conversation that is over wait to be given"
    left = [one[0] for one in run.world.desk.query(LEFT, run.world.clock.now())]
    if left:
        yield "left undone: " + ", ".join(left)


# "The contact's story is complete": who wrote what, what went out, what became of it.
def story_is_complete(after: After) -> Iterator[str]:
    came, went = after.kept("in"), after.kept("out")
    known = {one.sid: one for one in after.run.messages}
    for kept in after.run.kept:
        contact, kinds = kept.row["contact"], [one["kind"] for one in kept.events]
        if kinds[:1] != ["received"] or kinds.count("ended") != 1:
            yield f"the story begins with {kinds[:1]} and has ended {kinds.count('ended')} times"
        said = [one["detail"].get("message") for one in kept.events if one["kind"] in ("text_out", "text_status")]
        for one in (each for each in went if each["contact"] == contact):
            if str(one["message"]) not in said:
                yield f"the story does not tell of the text to the {one['party']} {one['technician']}"
        if kinds.count("text_in") < sum(one["contact"] == contact for one in came):
            yield "the story does not tell of all that was written to us"
    if after.fault and after.fault.changes != "nothing":
        return
    for one in went:
        message = known.get(one["provider_sid"] or "")
        if message and message.status != one["status"]:
            yield f"a text is {message.status} at Twilio, and {one['status']} with us"


# "The same as without the fault, apart from what the fault itself changed."
def story_is_the_same(after: After) -> Iterator[str]:
    if after.fault is None or after.usual is None or after.fault.changes == "tale":
        return
    now, usual = told(after.run), after.usual
    if after.fault.changes == "delay":
        now, usual = untold(now), untold(usual)
    if now != usual:
        more, less = now - usual, usual - now
        yield f"the story differs: more {sorted(more.elements())}, less {sorted(less.elements())}"


def untold(story: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    """Without what Twilio has told of our texts; and what goes out late may tell more, or say it otherwise."""
    found: Counter[tuple[str, ...]] = Counter()
    for one, count in story.items():
        if one[0] not in ("text_out", "text_status"):
            found[one[:3] if one[0] == "text to" else one] += count
    return found


def turns_replay(after: After) -> Iterator[str]:
    if after.run.not_replayed:
        yield after.run.not_replayed


def documents_are_right(after: After) -> Iterator[str]:
    for fault in after.run.world.exchange.faults:
        yield f"Twilio would not take the document: {fault}"


RULES: Sequence[Rule] = (
    words_are_kept,
    words_are_given,
    words_are_given_once,
    nothing_is_sent_twice,
    order_is_kept,
    somebody_owns_it,
    answers_are_owed,
    silence_is_kept,
    all_is_closed,
    story_is_complete,
    story_is_the_same,
    turns_replay,
    documents_are_right,
)


def json_of(legs: str) -> list[str]:
    return list(json.loads(legs))


def broken(run: Run, fault: Fault | None = None, usual: Counter[tuple[str, ...]] | None = None) -> list[str]:
    after = After(run, fault, usual)
    return [said for rule in RULES for said in rule(after)]
