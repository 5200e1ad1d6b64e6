"""Strategies for conversations in writing: whatever may be written, by whomever, in any state. What they are for is a
text's; of letters there is only their form."""

from dataclasses import replace
from typing import Any, get_args

from hypothesis import strategies as st

from callflows.contact import OUTCOMES, Asked, Contact, Stage
from callflows.events import Event, TextSent, TimerFired
from callflows.text_events import CallMissed, HelperVerb, LetterArrived, TechnicianAsked, TechnicianWrote, TextArrived
from callflows.texting import owing
from callflows.thread import Thread
from callflows.turn import epoch_ms
from callflows.version import Version
from routing.floor import Conversation, Floor, LiveCall
from tests.builders import CALLER, LINE, NOW, PHONE, TABER
from tests.callflows.anything import CLIENTS, PEOPLE, PLACES, any_floor, client_keys, instants, some_places
from tests.callflows.correspondence import text_flow, text_version

WRITTEN: tuple[Stage, ...] = ("new", "asking", "texting", "conversing", "over")
BEGINNING = (TextArrived, TechnicianWrote, CallMissed)  # none of them ever comes to a conversation that is over
PEERS = (CALLER, CALLER, CALLER, "whatsapp:+14035550120", "12345", "TELUS", LINE)
TIMERS = (
    *(owing.QUIET, owing.OPEN, owing.BUNDLE, owing.UNANSWERED),
    *(owing.REMINDER, owing.DUE, owing.OVERDUE, owing.RESOLUTION),
    *("promise_due", "promise_overdue", "other"),
)
FATES = ("accepted", "queued", "sent", "delivered", "read", "undelivered", "failed", "refused")
CODES = ("", "21610", "21614", "30003", "30006", "99999", "the technician is no longer in the directory")

# Steps of every kind that a flow of texts may have; the shipped one's names are among them.
ALL_KINDS = text_flow(
    who={"step": "identify", "next": "open", "unknown": "what"},
    open={"step": "hours", "open": "kind", "closed": "team"},
    kind={"step": "branch", "cases": [{"language": "fr", "to": "what"}], "otherwise": "words"},
    words={"step": "keyword", "cases": [{"words": ["bill"], "to": "thanks"}], "otherwise": "what"},
    what={"step": "ask", "say": "greeting", "answers": {"1": "goodbye", "2": "team"}, "otherwise": "team"},
    thanks={"step": "reply", "say": "greeting", "next": "team"},
    goodbye={"step": "reply", "say": "greeting"},
    team={"step": "route"},
)
STEPS = ("", *ALL_KINDS["steps"], "a step of yesterday")

bodies = st.sampled_from(
    [
        *("The printer is on fire", "Taber", "yes", "no", "1", "2.", "9", "", "bill", "👍", "Barnwell sur Oldman"),
        *("STOP", "Arrêt", "ARRET!", "START", "help", "aide", "stop it please"),
        *(
            "#12 I am on it",
            "#1 ok",
            "#2",
            "?",
            "on",
            "off",
            "away 30m",
            "who",
            "next",
            "take #1",
            "take #3",
            "tkae #2",
        ),
        *(
            "note #1 called",
            "close #2 done",
            "owner #1 ben",
            "owner #2 nobody",
            "swarm #1 gis",
            "swarm",
            "join #2",
            "call #1",
        ),
        *("mute #1", "mute", "#99 hello", "x" * 2000),
    ]
)


def client_texts(sids: Any = None) -> st.SearchStrategy[TextArrived]:
    return st.builds(
        TextArrived,
        sids or st.sampled_from(["SM1", "SM2", "SM3"]),
        st.sampled_from(PEERS),
        st.just(LINE),
        bodies,
        st.integers(0, 10),
        st.sampled_from(["", "", "", "STOP", "START", "HELP"]),
        came_at=st.sampled_from([0, 0, int(NOW.timestamp()) - 600]),
    )


def text_events() -> st.SearchStrategy[Event]:
    """Any event that a conversation in writing may meet, at any time."""
    leg, person, about = st.sampled_from(["SM8", "SM9"]), st.sampled_from([*PEOPLE, "gone"]), ["", TABER.municipality]
    known = (client_keys, st.sampled_from(about), st.sampled_from(["", "south"]), st.sampled_from(["", "en", "fr"]))
    verbs = st.sampled_from(get_args(HelperVerb))
    due = st.sampled_from([0, int(NOW.timestamp()) + 3600])
    return st.one_of(
        client_texts(),
        st.builds(TechnicianWrote, leg, person, bodies, st.integers(0, 2), st.integers(1, 3), *known),
        st.builds(TechnicianAsked, leg, person, verbs, st.sampled_from(["", "gis"])),
        st.builds(CallMissed, st.just(""), st.just("another"), st.integers(0, 3), *known, due),
        st.builds(
            TextSent,
            leg,
            st.just("") | person,
            st.sampled_from(["", "text_later"]),
            st.sampled_from(FATES),
            st.sampled_from(CODES),
            st.integers(0, 9),
            st.booleans(),
            st.sampled_from([(), ("SM4",), ("SM4", "SM5")]),
            asked_at=st.sampled_from([0, epoch_ms(NOW) + 1]),
        ),
        st.builds(TimerFired, st.just(""), st.sampled_from(TIMERS)),
    )


def letters() -> st.SearchStrategy[LetterArrived]:
    """What comes by e-mail; it has no end that a text has not."""
    names = st.lists(st.sampled_from(["plan.dwg", "été.exe"]), max_size=2).map(tuple)
    return st.builds(
        LetterArrived,
        st.just("<1@example.org>"),
        st.sampled_from(["mailto:clara@example.org", ""]),
        st.just(LINE),
        bodies,
        st.integers(0, 3),
        st.just(""),
        subject=st.sampled_from(["", "Re: #12"]),
        matter=st.integers(0, 3),
        is_signed=st.booleans(),
        automatic=st.booleans(),
        unkept=names,
        is_unproven=st.booleans(),
    )


def may_come(contact: Contact, event: Event) -> bool:
    """What begins a conversation goes to another one when this is over; a technician wants nothing of one that has not
    begun, and nothing is told of what it never sent."""
    if contact.stage == "new":
        return isinstance(event, BEGINNING)
    return not (contact.is_over and isinstance(event, BEGINNING))


seconds = st.integers(0, 2 * 86_400).map(lambda ago: int(NOW.timestamp()) - ago)
times = st.lists(seconds, max_size=14).map(lambda every: tuple(sorted(every)))


def threads(technicians: st.SearchStrategy[str]) -> st.SearchStrategy[Thread]:
    some = st.lists(technicians, max_size=3, unique=True).map(tuple)
    texts = st.lists(st.tuples(st.sampled_from(["SM4", "SM5"]), technicians), max_size=4).map(tuple)
    return st.builds(
        Thread,
        members=some,
        muted=some,
        waiting=st.lists(st.sampled_from(["SM4", "SM5", "SM6"]), max_size=3, unique=True).map(tuple),
        arrivals=times,
        automatic=times,
        touched=seconds,
        told=st.just(0) | seconds,
        opening=st.sampled_from(["", "The printer is on fire"]),
        replied=st.booleans(),
        silenced=st.sampled_from([False, False, True]),
        dropped=st.sampled_from([False, False, False, True]),
        invited=some,
        given=texts,
        lost=texts,
        alarmed=st.just(0) | seconds,
        unproven=st.sampled_from([False, False, True]),
    )


# Each question that is asked in writing with the options that it is asked with.
QUESTIONS: dict[str, st.SearchStrategy[tuple[str, ...]]] = {
    "place": st.just(()),
    "text_answer": st.sampled_from(STEPS).map(lambda name: (name,)),
    **dict.fromkeys(("municipality", "from", "confirm"), some_places),
    "client": st.lists(st.sampled_from([*CLIENTS, "gone"]), max_size=3, unique=True).map(tuple),
    "language": st.sampled_from([("fr", "en"), ("en",)]),
}


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    kind = draw(st.sampled_from(list(QUESTIONS)))
    return Asked(kind, draw(QUESTIONS[kind]), draw(st.integers(0, 2)))


def text_contacts(
    technicians: st.SearchStrategy[str] | None = None, stages: tuple[Stage, ...] = WRITTEN
) -> st.SearchStrategy[Contact]:
    """A conversation in any state that its fields can hold, likely or not."""
    people = technicians or st.sampled_from(PEOPLE)
    return st.builds(
        Contact,
        contact=st.just("contact"),
        channel=st.just("text"),
        stage=st.sampled_from(stages),
        flow=st.just("texts"),
        step=st.sampled_from(STEPS),
        moves=st.integers(0, 60),
        line=st.just(LINE),
        client=client_keys,
        municipality=st.sampled_from(["", *PLACES]),
        pod=st.sampled_from(["", "south"]),
        language=st.sampled_from(["en", "fr"]),
        matter=st.integers(0, 3),
        owner=people | st.just(""),
        known_number=st.booleans(),
        asked=st.none() | questions(),
        failed=st.integers(0, 2),
        trusted=st.booleans(),
        chosen=st.booleans(),
        due=st.sampled_from([0, int(NOW.timestamp())]),
        callbacks=st.integers(0, 3),
        thread=st.none() | threads(people),
        dismissed=st.booleans(),
        outcome=st.none() | st.sampled_from(OUTCOMES),
    ).map(whole)


def whole(contact: Contact) -> Contact:
    """Nothing is remembered of a conversation that has not begun, and of every other one there is a thread."""
    if contact.stage == "new":
        return Contact("contact")
    return replace(contact, thread=contact.thread or Thread())


conversations = st.lists(
    st.builds(
        Conversation,
        matter=st.integers(1, 3),
        owner=st.sampled_from(PEOPLE),
        contact=st.sampled_from(["", "theirs"]),
        line=st.just(LINE),
        peer=st.sampled_from(["", CALLER]),
        client=client_keys,
        municipality=st.sampled_from(["", *PLACES]),
        pod=st.sampled_from(["", "south", "north"]),
        language=st.sampled_from(["", "en", "fr"]),
        relayed=st.booleans(),
        member=st.booleans(),
        since=st.none() | instants,
        waiting=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda one: one.matter,
).map(tuple)


out_of_reach = st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple)


calls = st.lists(
    st.builds(
        LiveCall,
        contact=st.sampled_from(["a call", "another call"]),
        matter=st.integers(0, 3),
        talking=st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple),
        client=client_keys,
        municipality=st.sampled_from(["", *PLACES]),
        by_us=st.booleans(),
    ),
    max_size=2,
).map(tuple)


@st.composite
def text_floor(draw: st.DrawFn) -> Floor:
    """Any floor, from the other side of a conversation: a client's, or a technician's own telephone."""
    facts = draw(any_floor())
    peer = draw(st.sampled_from(PEERS))
    of_ours = draw(st.sampled_from([False, False, True])) and facts.standings
    calling = draw(st.sampled_from(sorted(facts.standings))) if of_ours else ""
    return replace(
        facts,
        peer=PHONE if calling else peer,
        calling=calling,
        from_our_line=peer == LINE and not calling,
        whole=True,
        silenced=draw(st.sampled_from([False, False, True])),
        opted_in=draw(st.sampled_from([(), (("", epoch_ms(NOW)),), (("ana", epoch_ms(NOW)),)])),
        deaf=draw(st.sampled_from([False, False, False, True])),
        conversations=draw(conversations) if calling else (),
        calls=draw(calls) if calling else (),
        unwritable=draw(out_of_reach),
        unreached=draw(out_of_reach),
    )


def texts_version(week: str = "24/7") -> Version:
    return text_version(ALL_KINDS, *PEOPLE, hours=week)
