"""The rules of the walk of texts can be broken: each is shown a run in which something is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from simulator.texts.messages import Message
from tests.walk.texts.faults import FAULTS
from tests.walk.texts.invariants import broken
from tests.walk.texts.people import Journey, writes
from tests.walk.texts.play import Correspondence, Run, Written, told
from tests.walk.texts.town import town
from tests.walk.town import ANA, CLARA

WORDS, ANSWER = "Our tax roll is broken", "I am on it"
LINES = (
    writes("clara", "begins", WORDS, ("ana", WORDS)),
    writes("ana", "replies", f"#{{n}} {ANSWER}", ("clara", ANSWER)),
)


@pytest.fixture(scope="module")
def player() -> Iterator[Correspondence]:
    with town("texts") as world:
        yield Correspondence(world)


def answered(player: Correspondence) -> Run:
    """Ana answers Clara."""
    found = player.plays(Journey("answered", LINES))
    assert broken(found) == []
    return found


@pytest.fixture
def run(player: Correspondence) -> Run:
    """One in whose database the test may do as it likes."""
    return answered(player)


def does(run: Run, sql: str) -> Sequence[str]:
    run.world.desk.query(sql)
    return broken(run)


def out(run: Run, to: str) -> Message:
    return next(one for one in run.messages if one.to == to and one.direction != "inbound")


def test_a_text_that_was_answered_and_is_not_kept(run: Run) -> None:
    said = does(run, "DELETE FROM messages WHERE direction = 'in' AND party = 'client'")
    assert f"{WORDS!r} was answered, and is kept 0 times" in said


def test_a_text_that_nobody_took_is_nobodys_fault(run: Run) -> None:
    run.world.desk.query("DELETE FROM messages WHERE direction = 'in' AND party = 'client'")
    assert not any("is kept" in one for one in broken(replace(run, answers=frozenset())))


def test_words_that_nobody_was_given(run: Run) -> None:
    left = tuple(one for one in run.messages if one is not out(run, ANA))
    assert f"{WORDS!r} was given to nobody" in broken(replace(run, messages=left))


def test_words_that_were_given_twice(run: Run) -> None:
    copied = "INSERT INTO deeds (subject, kind, body, state, made_at, due_at)"
    said = does(run, f"{copied} SELECT subject, kind, body, state, made_at, due_at FROM deeds WHERE body ? 'legs'")
    assert f"{WORDS!r} was given to ana 2 times" in said


def test_a_text_that_was_sent_twice(run: Run) -> None:
    again = replace(run, messages=(*run.messages, out(run, CLARA)))
    assert f"{CLARA} was sent 2 times {ANSWER!r}" in broken(again)


def test_a_text_that_we_do_not_know_of(run: Run) -> None:
    run.world.desk.query("UPDATE messages SET provider_sid = 'SM0' WHERE party = 'client' AND direction = 'out'")
    said = does(run, "UPDATE deeds SET provider_sid = null WHERE kind = 'write'")
    assert f"we do not know that we sent {CLARA} {ANSWER!r}" in said


def test_texts_that_overtook_each_other(player: Correspondence) -> None:
    twice = (*LINES, writes("ana", "replies", "Try it again", ("clara", "Try it again")))
    run = player.plays(Journey("answered twice", twice))
    assert broken(run) == []
    assert "texts to the client  overtook each other" in broken(replace(run, messages=tuple(reversed(run.messages))))


def test_two_matters_of_one_client(run: Run) -> None:
    copied = "INSERT INTO matters (client, municipality, pod, number, owner, opened_at, touched_at)"
    said = does(run, f"{copied} SELECT client, municipality, pod, number, owner, opened_at, touched_at FROM matters")
    assert "clara has 2 open matters" in said


def test_words_that_are_owed_no_answer(run: Run) -> None:
    assert "the client's words were owed no answer" in does(run, "DELETE FROM promises")


def test_an_answer_that_is_still_owed(run: Run) -> None:
    assert "an answer is owed still, and was given" in does(run, "UPDATE promises SET kept_at = null")


def test_a_text_after_an_opt_out(run: Run) -> None:
    stop = replace(run.written[0], line=replace(run.written[0].line, words="STOP"))
    assert stop.message is not None
    stop.message.body = "STOP"
    said = broken(replace(run, written=(Written(stop.line, stop.message),)))
    assert f"clara wants no texts, and was sent {ANSWER!r}" in said


def test_what_is_left_undone(run: Run) -> None:
    assert "left undone: write due" in does(run, "UPDATE deeds SET state = 'due' WHERE body ? 'legs'")


def test_an_open_conversation(run: Run) -> None:
    kept = [replace(one, row={**one.row, "state": "open"}) for one in run.kept]
    assert "a contact by text stays open" in broken(replace(run, kept=kept))


def test_a_story_that_lacks_a_text(run: Run) -> None:
    kept = [replace(one, events=[each for each in one.events if each["kind"] != "text_out"][:1]) for one in run.kept]
    said = broken(replace(run, kept=kept))
    assert "the story does not tell of the text to the client ana" in said
    assert "the story does not tell of all that was written to us" in said


def test_a_status_that_is_not_twilios(run: Run) -> None:
    assert "a text is delivered at Twilio, and sent with us" in does(run, "UPDATE messages SET status = 'sent'")


def test_a_story_that_differs(run: Run) -> None:
    usual = told(run) + told(run)
    unnoticed, delayed, tale = (
        next(one for one in FAULTS if one.changes == what) for what in ("nothing", "delay", "tale")
    )
    assert any("the story differs" in one for one in broken(run, unnoticed, usual))
    assert any("the story differs" in one for one in broken(run, delayed, usual))
    assert broken(run, tale, usual) == []
