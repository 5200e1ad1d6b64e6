"""What became of a text is told once, with its words; one that did not arrive keeps a line of its own."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callflows.languages import language, languages
from telling.story import lines, tell
from telling.texting import FAILED, REPORTS, folded, has_failed
from telling.words import BY_MAIL, IN_WRITING, all_words, words
from tests.telling.test_story import NAMES, ROW, START, event

TEXT: dict[str, Any] = {**ROW, "channel": "text", "direction": "inbound", "to_number": ROW["line"]}
WRITTEN = replace(NAMES, words=words("en", "text"))


def reports(
    *statuses: str, number: int, to: str = "technician", technician: str = "ana", after: float = 0, **detail: Any
) -> list[Any]:
    """A text's reports as they come, a second apart."""
    told = {"to": to, "message": str(number), **detail}
    return [
        event(
            "text_out" if one in ("queued", "accepted") else "text_status",
            technician,
            after + number,
            status=one,
            **told,
        )
        for number, one in enumerate(statuses)
    ]


def story(*events: Any, names: Any = WRITTEN, **changes: Any) -> list[str]:
    in_order = sorted((one for group in events for one in (group if isinstance(group, list) else [group])), key=moment)
    return [one for told in tell({**TEXT, **changes}, in_order, names) for one in told.happened]


def moment(one: dict[str, Any]) -> Any:
    return one["at"]


@pytest.mark.parametrize("statuses", list(permutations(("queued", "sent", "delivered"))))
def test_reports_in_any_order_are_one_line(statuses: tuple[str, ...]) -> None:
    assert story(reports(*statuses, number=1, prompt="tech_header")) == [
        "Ana Ferreira was given the client's words (delivered)."
    ]


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        (("queued",), ["Ana Ferreira was given the client's words."]),
        (("queued", "sent"), ["Ana Ferreira was given the client's words (sent)."]),
        (("queued", "read", "delivered"), ["Ana Ferreira was given the client's words (read)."]),
        (
            ("queued", "sent", "undelivered"),
            [
                "Ana Ferreira was given the client's words (sent).",
                "The text to Ana Ferreira did not arrive (the telephone is off or away).",
            ],
        ),
        (("refused",), ["The text to Ana Ferreira did not arrive (the telephone is off or away)."]),
        (("sending",), []),
    ],
)
def test_how_far_a_text_came(statuses: tuple[str, ...], told: list[str]) -> None:
    assert story(reports(*statuses, number=1, prompt="tech_header", why="30003")) == told


def test_an_answer_carries_what_became_of_it() -> None:
    told = story(
        event("text_in", "ana", words="I am on it"),
        reports("queued", "delivered", number=7, to="client"),
        event("text_in", "ben", 10, words="It is done"),
        event("text_in", "ben", 11, words="Bye"),
        reports("queued", "undelivered", number=9, to="client", technician="ben", after=12, why="30006"),
        reports("queued", "sent", number=8, to="client", technician="ben", after=20),
    )
    assert told == [
        "Ana Ferreira answered: “I am on it” (delivered).",
        "Ben Oduya answered: “It is done” (sent).",
        "Ben Oduya answered: “Bye”.",
        "The answer of Ben Oduya did not reach the client (the number is a landline).",
    ]


def test_what_we_write_by_ourselves_carries_it_behind_its_last_sentence() -> None:
    told = story(
        event("prompted", prompt="greeting"),
        event("prompted", prompt="text_ask_place"),
        event("prompted", prompt="text_later"),
        reports("queued", "delivered", number=1, to="client", technician="", prompt="greeting", after=1),
        reports("queued", "sent", number=2, to="client", technician="", prompt="text_later", after=2),
    )
    assert told == [
        "They were greeted.",
        "They were asked which municipality they write from (delivered).",
        "They were told that nobody is at work, and by when they will hear from us (sent).",
    ]


def test_what_waits_for_the_morning_is_told_when_it_goes_out() -> None:
    told = story(
        event("prompted", prompt="text_missed_due"),
        reports("queued", "delivered", number=1, to="client", technician="", prompt="text_missed_due", after=30_000),
    )
    assert told == [
        "They were told by when we will call, and that they can write to us meanwhile.",
        "The text to the client has gone out (delivered).",
    ]


def test_a_notice_without_a_number_is_one_line_as_well_and_the_next_one_another() -> None:
    notice = [
        event("text_out", "ana", 0, status="queued", prompt="tech_overdue"),
        event("text_status", "ana", 1, status="sent", prompt="tech_overdue"),
        event("text_status", "ana", 2, status="delivered", prompt="tech_overdue"),
    ]
    later = [event("text_out", "ana", 60, status="queued", prompt="tech_overdue")]
    assert story(notice, later) == [
        "Ana Ferreira was sent a text that an answer is overdue (delivered).",
        "Ana Ferreira was sent a text that an answer is overdue.",
    ]


def test_two_hundred_reports_of_a_flood_leave_what_was_said() -> None:
    flood: list[Any] = []
    for number in range(50):
        flood.append(event("text_in", "", number, words=f"Help {number}"))
        flood += reports(
            "queued", "sending", "sent", "delivered", number=number + 1, prompt="tech_header", after=number
        )
    assert len(story(flood)) == 100


# Kinds that conversations in writing alone have.


@pytest.mark.parametrize(
    ("kind", "technician", "detail", "said"),
    [
        ("received", "", {}, "Clara Whitfield of Taber wrote to Support (English)."),
        ("text_in", "", {"words": "Our tax roll\r\n\n is  broken\n"}, "They wrote: “Our tax roll\nis broken”."),
        ("text_in", "", {"words": "See", "files": 2}, "They wrote: “See” (files with it: 2)."),
        ("text_in", "", {"words": " ", "files": 10}, "They sent files, 10 in number."),
        ("text_in", "", {"words": ""}, "They sent a text with nothing in it."),
        ("text_in", "", {"words": "Away", "automatic": True}, "A machine wrote: “Away”."),
        ("text_in", "ana", {"words": "{technician}"}, "Ana Ferreira answered: “{technician}”."),
        (
            "text_in",
            "ana",
            {"words": "See", "files": 2, "unfit": "2: xlsx"},
            "Ana Ferreira answered: “See” (files with it: 2; the client did not get 2: xlsx).",
        ),
        ("opted_out", "", {"word": "ARRET"}, "They ended our texts with the word “ARRET”."),
        ("opted_out", "", {"word": "21610"}, "Twilio sends them nothing from this line until they text START to it."),
        (
            "opted_out",
            "ana",
            {"word": "STOP"},
            "Ana Ferreira ended our texts with the word “STOP”, and is rung from now on.",
        ),
        (
            "opted_out",
            "ana",
            {"word": "21610"},
            "Twilio sends Ana Ferreira nothing from this line until they text START to it: they are rung instead.",
        ),
        (
            "text_status",
            "ana",
            {"to": "client", "status": "failed", "why": "21610", "past": True},
            "The answer of Ana Ferreira did not reach the client"
            " (they wanted no texts then, and have said since that they do).",
        ),
        (
            "text_status",
            "",
            {"to": "client", "status": "canceled", "why": "written_meanwhile", "prompt": "text_missed"},
            "The text to the client was not sent, as it was no longer needed: they have written meanwhile.",
        ),
        (
            "text_out",
            "",
            {"to": "technician", "prompt": "tech_unread"},
            "The supervisor was sent a text that the client's words reached no telephone of ours.",
        ),
        ("opted_in", "", {"word": "START"}, "They want texts from us again, by the word “START”."),
        ("joined", "ben", {}, "Ben Oduya joined the conversation."),
        ("owner_changed", "ben", {"why": "took it"}, "Ben Oduya took matter #12 and owns it now."),
        (
            "owner_changed",
            "ben",
            {"why": "handed over", "matter": 7},
            "Matter #7 was handed over to Ben Oduya, who owns it now.",
        ),
        (
            "owner_changed",
            "ben",
            {"why": "the owner has left"},
            "Ben Oduya owns matter #12 now: its owner is no longer in the directory.",
        ),
        (
            "promise_made",
            "ana",
            {"promise": "reply", "due_at": "2026-11-03T23:30:00+00:00"},
            "Ana Ferreira owes them an answer by Tue 16:30.",
        ),
        ("promise_kept", "ana", {"how": "text"}, "With that, Ana Ferreira gave the answer that was owed."),
        ("promise_overdue", "ana", {"target": "reply"}, "The answer that Ana Ferreira owes them is overdue."),
        (
            "promise_overdue",
            "ana",
            {"target": "resolution"},
            "Matter #12, owned by Ana Ferreira, is still open after the time that it should take.",
        ),
        ("swarm_opened", "", {"helpers": 1, "by": "text"}, "Help was asked for by text: one person is asked."),
        (
            "swarm_opened",
            "",
            {"helpers": 3, "by": "text", "skill": "water"},
            "Help was asked for by text (water): 3 people are asked.",
        ),
        (
            "presence",
            "ana",
            {"state": "away", "until": "2026-11-03T23:30:00+00:00"},
            "Ana Ferreira is away until Tue 16:30.",
        ),
        ("note", "ana", {"words": "Roll of 2025"}, "Ana Ferreira noted: “Roll of 2025”."),
        ("ended", "", {"outcome": "replied", "why": "a day without a word"}, "Ended: replied (a day without a word)."),
        (
            "text_out",
            "",
            {"to": "technician", "prompt": "tech_overdue"},
            "The supervisor was sent a text that an answer is overdue.",
        ),
        (
            "text_status",
            "",
            {"to": "technician", "status": "failed", "why": "30008"},
            "The text to the supervisor did not arrive (Twilio's code 30008).",
        ),
    ],
)
def test_what_happens_in_writing(kind: str, technician: str, detail: dict[str, Any], said: str) -> None:
    assert story(event(kind, technician, **detail)) == [said]


@pytest.mark.parametrize(
    ("changes", "detail", "said"),
    [
        (
            {},
            {"after_call": "x"},
            "Support wrote to Clara Whitfield of Taber, whose call had reached nobody (English).",
        ),
        (
            {"client": None, "municipality": None},
            {"after_call": "x"},
            "Support wrote to (403) 555-0121, whose call had reached nobody.",
        ),
        ({}, {}, "Support began to write to Clara Whitfield of Taber (English)."),
        (
            {"channel": "email", "from_number": "desk@desk.example"},
            {},
            "desk@desk.example began to write to Clara Whitfield of Taber (English).",
        ),
    ],
)
def test_a_conversation_that_we_begin(changes: dict[str, Any], detail: dict[str, Any], said: str) -> None:
    ours = {"direction": "outbound", "from_number": ROW["line"], "to_number": "+14035550121", **changes}
    assert story(event("received", **detail), **ours) == [said]


def test_a_technicians_own_texts_are_answers_to_nobody() -> None:
    told = story(
        event("received"),
        event("identified", "ben", by="technician"),
        event("text_in", "ben", words="take #12"),
        reports("queued", "delivered", number=3, technician="ben", prompt="tech_yours_now"),
    )
    assert told == [
        "Ben Oduya, one of our technicians, wrote to Support.",
        "They were known by their own telephone.",
        "Ben Oduya wrote: “take #12”.",
        "Ben Oduya was sent a text that the matter is theirs now (delivered).",
    ]


def test_a_conversation_in_french() -> None:
    french = replace(NAMES, words=words("fr", "text"))
    told = story(
        event("received"),
        event("text_in", "", words="Le rôle d'impôt est brisé", files=1),
        event("promise_made", "ana", promise="reply", due_at="2026-11-03T23:30:00+00:00"),
        reports("queued", "delivered", number=1, prompt="tech_header"),
        event("text_in", "ana", 20, words="Je regarde"),
        reports("queued", "failed", number=2, to="client", after=20, why="30003"),
        event("opted_out", "", 40, word="ARRET"),
        names=french,
        language="fr",
    )
    assert [one.replace("\u00a0", "~") for one in told] == [
        "Clara Whitfield (Taber) a écrit à la ligne Support (langue~: français).",
        "Le client a écrit~: «~Le rôle d'impôt est brisé~» (fichiers joints~: 1).",
        "Promesse confiée à Ana Ferreira~: une réponse d'ici mar. 16 h 30.",
        "Ana Ferreira a reçu les mots du client (arrivé).",
        "Ana Ferreira a répondu~: «~Je regarde~».",
        "La réponse signée Ana Ferreira n'est pas arrivée au client (le téléphone est fermé ou hors de portée).",
        "Le client a mis fin à nos textos par le mot «~ARRET~».",
    ]


def test_the_lines_of_a_letter_are_lines_in_print() -> None:
    letter = event("text_in", words="The pump\n\nIt is dead.\nClara")
    first, *others = list(lines(TEXT, [letter], WRITTEN))[1:]
    clock = first.removesuffix(" They wrote: “The pump")
    assert others == [f"{' ' * len(clock)} It is dead.", f"{' ' * len(clock)} Clara”."]


def test_the_page_and_the_heading_speak_of_writing() -> None:
    assert words("en", "text").page["title"] == "{who} – story of a conversation"
    assert words("en").page["title"] == "{who} – story of a call"
    assert words("fr", "email").page["telephone"] == "Adresse"
    heading = next(iter(lines({**TEXT, "flow": "texts"}, [event("received")], WRITTEN)))
    assert heading.startswith("Contact q7nm2x4kabcd, Tue 3 Nov 2026, by version 3 of the flow texts.")


@pytest.mark.parametrize("told_in", all_words().values(), ids=all_words())
def test_every_code_by_which_a_text_fails_has_words(told_in: Any) -> None:
    codes = {one.removeprefix("tech_failed_") for one in language("en").prompts if one.startswith("tech_failed_")}
    assert {one for one in told_in.failures if one.isdigit()} == codes - {"past"}
    assert "21610_past" in told_in.failures
    assert set(all_words()) == set(languages())


def test_what_is_said_instead_where_people_write_stands_beside_what_is_said() -> None:
    """A sentence of a channel's own whose name is misspelled would never be told."""
    english = words()
    for table in ("sentences", "reasons", "why", "page", "headings"):
        kept = getattr(english, table)
        for name in kept:
            for suffix in (IN_WRITING, BY_MAIL):
                if name.endswith(suffix) and name not in ("thread_text", "thread_email"):
                    assert name.removesuffix(suffix) in kept, name


KINDS = st.sampled_from(("text_out", "text_status", "text_in", "prompted", "joined"))
STATUSES = st.sampled_from(("queued", "accepted", "sending", "sent", "delivered", "read", *FAILED))
PROMPTS = st.sampled_from(("tech_header", "tech_overdue", "text_later", "greeting", ""))


@st.composite
def anything(draw: st.DrawFn) -> dict[str, Any]:
    kind, detail = draw(KINDS), {"prompt": draw(PROMPTS)}
    if kind in REPORTS:
        detail |= {"status": draw(STATUSES), "to": draw(st.sampled_from(("client", "technician")))}
        detail |= {"message": draw(st.sampled_from(("1", "2", "3", "")))}
    made = event(kind, draw(st.sampled_from(("", "ana", "ben"))), draw(st.integers(0, 900)), **detail)
    return {**made, "leg_sid": draw(st.sampled_from(("", "SM1", "SM2")))}


@given(st.lists(anything(), max_size=30))
def test_whatever_comes_no_words_and_no_failure_are_lost_and_no_text_is_told_twice(events: list[Any]) -> None:
    events.sort(key=moment)
    told = list(folded(events))
    kept = [one for one in events if one["kind"] not in REPORTS or has_failed(one)]
    left = [one for one in told if one["kind"] not in REPORTS or has_failed(one)]
    assert [(one["kind"], one["at"], one["technician"]) for one in left] == [
        (one["kind"], one["at"], one["technician"]) for one in kept
    ]
    numbers = [one["detail"]["message"] for one in told if one["kind"] in REPORTS and not has_failed(one)]
    named = [one for one in numbers if one]
    assert len(named) == len(set(named))
    story(told)


@pytest.mark.parametrize("code", list(languages()))
def test_when_a_text_came_that_could_not_be_taken_up_then(code: str) -> None:
    names = replace(NAMES, words=words(code, "text"))
    came = (START - timedelta(minutes=20)).isoformat()
    told = story(event("degraded", "", 0, came_at=came), event("text_in", "", 0, words="Hello"), names=names)
    at = names.words.instant("near", (START - timedelta(minutes=20)).astimezone(ZoneInfo(names.zone)))
    assert at in told[0]
    assert "Hello" in told[1]
