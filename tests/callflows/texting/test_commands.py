"""What a technician's text means (DESIGN 5, "Texts"): a command is a whole text that matches exactly, anything else is
a reply, and what is only nearly a command is asked about."""

import unicodedata
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callflows.texting.commands import (
    LANGUAGES,
    NO_SUCH_MATTER,
    ORDERS,
    Command,
    Doubtful,
    Order,
    Reply,
    Said,
    Verb,
    read,
    usage,
    written,
)
from ivr.segments import segments
from routing.optout import opt_word

COMMANDS: dict[str, Command] = {
    "?": Command("help"),
    "？": Command("help"),
    "aide": Command("help"),
    "on": Command("on"),
    " ON \n": Command("on"),
    "dispo": Command("on"),
    "off": Command("off"),
    "parti": Command("off"),
    "Partie": Command("off"),
    "away": Command("away"),
    "away 30m": Command("away", minutes=30),
    "AWAY 30 min": Command("away", minutes=30),
    "away 2h": Command("away", minutes=120),
    "away 1h30": Command("away", minutes=90),
    "away 1 h 30 m": Command("away", minutes=90),
    "away 1 hour": Command("away", minutes=60),
    "away 90m": Command("away", minutes=90),
    "away\xa030\u202fm": Command("away", minutes=30),
    "pause 30m": Command("away", minutes=30),
    "absent 2 heures": Command("away", minutes=120),
    "absente": Command("away"),
    "who": Command("who"),
    "qui": Command("who"),
    "next": Command("next"),
    "suivant": Command("next"),
    "take #12": Command("take", 12),
    "Take  # 12": Command("take", 12),
    "tàkÉ ＃12": Command("take", 12),
    "take #0012": Command("take", 12),
    "take #١٢": Command("take", 12),
    "\u200ftake \u2068#12\u2069": Command("take", 12),
    "prendre #12": Command("take", 12),
    "note #12 Pump 3  is\nDOWN": Command("note", 12, "Pump 3  is\nDOWN"),
    "Note #12: été": Command("note", 12, "été"),
    "close #12": Command("close", 12),
    "close #12 new filter": Command("close", 12, "new filter"),
    "fermer #12 réglé": Command("close", 12, "réglé"),
    "owner #12 Ben": Command("owner", 12, "Ben"),
    "responsable #12 Zoë Roy": Command("owner", 12, "Zoë Roy"),
    "swarm": Command("swarm"),
    "Renfort": Command("swarm"),
    "swarm #12": Command("swarm", 12),
    "swarm #12 network": Command("swarm", 12, "network"),
    "renfort #12 réseau": Command("swarm", 12, "réseau"),
    "join #12": Command("join", 12),
    "rejoindre #12": Command("join", 12),
    "call #12": Command("call", 12),
    "appeler #12": Command("call", 12),
    "mute": Command("mute"),
    "mute #12": Command("mute", 12),
    "silence #12": Command("mute", 12),
}

REPLIES: dict[str, Reply] = {
    "#12 on my way": Reply(12, "on my way"),
    "# 12 on my way": Reply(12, "on my way"),
    "＃12 on my way": Reply(12, "on my way"),
    "#12: on my way": Reply(12, "on my way"),
    "#12, on my way": Reply(12, "on my way"),
    "#12. On my way": Reply(12, "On my way"),
    "#12：on my way": Reply(12, "on my way"),
    "  #12\non my way ": Reply(12, "on my way"),
    "\u200f#12 \u200fבדרך": Reply(12, "\u200fבדרך"),
    "#12 take": Reply(12, "take"),
    "#12 #13 both": Reply(12, "#13 both"),
    "#12": Reply(12, ""),
    "#0 hello": Reply(NO_SUCH_MATTER, "hello"),
    f"#{'9' * 5000} hello": Reply(NO_SUCH_MATTER, "hello"),
    "On my way": Reply(0, "On my way"),
    "off to lunch": Reply(0, "off to lunch"),
    "away for an hour": Reply(0, "away for an hour"),
    "who is there?": Reply(0, "who is there?"),
    "next week": Reply(0, "next week"),
    "take the red one": Reply(0, "take the red one"),
    "call me at 5": Reply(0, "call me at 5"),
    "Call 4 people": Reply(0, "Call 4 people"),
    "call me about #12": Reply(0, "call me about #12"),
    "close the valve": Reply(0, "close the valve"),
    "swarm of bees": Reply(0, "swarm of bees"),
    "swarm water": Reply(0, "swarm water"),
    "note that it is closed": Reply(0, "note that it is closed"),
    "task #12 is done": Reply(0, "task #12 is done"),
    "On #12 I found nothing": Reply(0, "On #12 I found nothing"),
    "invoice #12": Reply(0, "invoice #12"),
    "tkae it": Reply(0, "tkae it"),
    "done": Reply(0, "done"),
    "calls": Reply(0, "calls"),
    "": Reply(0, ""),
    " \n": Reply(0, ""),
    "🙂": Reply(0, "🙂"),
    "#": Reply(0, "#"),
    "# twelve": Reply(0, "# twelve"),
    "12": Reply(0, "12"),
}

DOUBTFUL = {
    "On.": "on",
    "dispo!": "dispo",
    "who?": "who",
    "qui ?": "qui",
    "??": "?",
    "onn": "on",
    "of": "off",
    "nxt": "next",
    "netx": "next",
    "dispos": "dispo",
    "suivants": "suivant",
    "next #12": "next",
    "take": "take #…",
    "Fermer.": "fermer #…",
    "take #": "take #…",
    "take #twelve": "take #…",
    "take #0": "take #…",
    f"take #{'9' * 30}": "take #…",
    "take 12": "take #12",
    "take#12": "take #12",
    "tkae #12": "take #12",
    "tkae 12": "take #12",
    "prendr #12": "prendre #12",
    "reprendre #12": "prendre #12",
    "take #12 please": "take #12",
    "take #12 #13": "take #12",
    "call #12 now": "call #12",
    "note #12": "note #12 …",
    "note 12 called back": "note #12 called back",
    "noet #12 Called  back": "note #12 Called  back",
    "owner #12": "owner #12 …",
    "close 12 it is done": "close #12 it is done",
    "colse #12": "close #12",
    "swrm #12 network": "swarm #12 network",
    "mute 12": "mute #12",
    "away 30": "away 30m",
    "away 90": "away 1h30",
    "away 30m.": "away 30m",
    "away 0m": "away 30m",
    "away 5 days": "away 30m",
    "pause 45": "pause 45m",
    "awya 30m": "away 30m",
    "puase 20": "pause 20m",
    "#12abc": "#12 abc",
    "#12-4 is the unit": "#12 -4 is the unit",
}


@pytest.mark.parametrize(("text", "command"), COMMANDS.items())
def test_commands(text: str, command: Command) -> None:
    assert read(text) == command


@pytest.mark.parametrize(("text", "reply"), REPLIES.items(), ids=lambda one: repr(one)[:40])
def test_replies(text: str, reply: Reply) -> None:
    assert read(text) == reply


@pytest.mark.parametrize(("text", "meant"), DOUBTFUL.items())
def test_what_is_asked_about(text: str, meant: str) -> None:
    assert read(text) == Doubtful(meant, text)


@pytest.mark.parametrize(("text", "meant"), [(text, meant) for text, meant in DOUBTFUL.items() if "…" not in meant])
def test_what_was_meant_can_be_sent_as_it_stands(text: str, meant: str) -> None:
    assert isinstance(read(meant), Command | Reply)


# What technicians write most: none of it may be held back for a likeness to a command.
SHORT = """
    no non oui yes yep nope ok okay sure now how one son in an so what why when where quoi quand ici here soon
    merci thanks salut hello hi bye bonjour d'accord done fixed fait fini
"""


@pytest.mark.parametrize("text", SHORT.split())
def test_short_answers_are_replies(text: str) -> None:
    for said in (text, text.title(), f"{text}!"):
        assert read(said) == Reply(0, said)


# 6.6: Twilio answers STOP, END, CANCEL, HELP … itself; `aide` alone is taken from those that we answer to clients.
def test_no_command_is_a_word_that_silences_us() -> None:
    words = {word for order in ORDERS for words in order.words.values() for word in words}
    assert {word for word in words if opt_word(word)} == {"aide"}


def test_every_verb_stands_in_the_table_once() -> None:
    assert [order.verb for order in ORDERS] == list(get_args(Verb))
    for order in ORDERS:
        assert set(order.words) == set(order.says) == set(LANGUAGES)
        assert (order.example is not None) == (order.rest != "no")
    meanings: dict[str, Verb] = {}
    for order in ORDERS:
        for word in {word for words in order.words.values() for word in words}:
            assert meanings.setdefault(word, order.verb) == order.verb


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_names_every_command_and_fits_one_text(language: str) -> None:
    lines = usage(language)
    assert len(lines) == len(ORDERS) + 1
    for order, line in zip(ORDERS, lines, strict=False):
        assert line.startswith(order.words[language][0])
        assert "#12" in line or order.matter == "no"
    assert len("\n".join(lines)) < 480
    assert segments("\n".join(lines)) <= 4, "a letter that GSM-7 lacks makes it seven"


def test_help_in_an_unknown_language_is_english() -> None:
    assert usage("de") == usage("en")
    assert "take #12 - the matter is yours" in usage("en")
    assert "renfort [#12 [compétence]] - demander de l'aide" in usage("fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_help_are_commands(language: str) -> None:
    for order, line in zip(ORDERS, usage(language), strict=False):
        said = read(line.partition(" - ")[0].replace("[", "").replace("]", ""))
        assert isinstance(said, Command)
        assert said.verb == order.verb
    assert isinstance(read(usage(language)[-1].partition(" - ")[0]), Reply)


def is_seen(text: str) -> bool:
    return any(unicodedata.category(one) not in ("Cf", "Zs") for one in text)


def some(order: Order) -> st.SearchStrategy[Command]:
    """Any command of that verb."""
    matters = st.integers(1, 10**18 - 1)
    words = st.text().map(str.strip).filter(is_seen)
    made = st.builds(
        Command,
        st.just(order.verb),
        {"no": st.just(0), "may": st.just(0) | matters, "must": matters}[order.matter],
        {"no": st.just(""), "may": st.just("") | words, "must": words}[order.rest],
        st.just(0) if order.minutes == "no" else st.integers(0, 99 * 60 + 59),
    )
    return made.filter(lambda one: bool(one.matter) or not one.words)


@given(st.one_of([some(order) for order in ORDERS]), st.sampled_from(LANGUAGES), st.booleans())
def test_a_written_command_is_read_again(command: Command, language: str, shouted: bool) -> None:
    line = written(command, language)
    if shouted and not command.words:
        line = f"  {line.upper()}\n"
    assert read(line) == command


@given(st.integers(1, 10**18 - 1), st.text(st.characters()))
@example(12, "take")
@example(12, ": hello")
@example(12, "#13 👨‍👩‍👧  \u200f שלום\n!")
def test_words_after_a_number_are_kept_exactly(matter: int, words: str) -> None:
    assert read(f"#{matter} {words}") == Reply(matter, words.strip())


WORDS = [word for order in ORDERS for words in order.words.values() for word in words]


@given(
    st.text(st.characters())
    | st.lists(
        st.sampled_from([*WORDS, "#", "＃", "#12", "12", " ", "  ", ":", "h", "m", "0", "²", "٣", "\u200f", ".", "x"])
    ).map("".join)
)
@example("away ²")
@example("take #²")
@example("\ud800")
def test_any_text_is_something(text: str) -> None:
    said: Said = read(text)
    match said:
        case Command(matter=matter, minutes=minutes):
            assert 0 <= matter < 10**18
            assert 0 <= minutes < 100 * 60
        case Reply(words=words):
            assert words in text
        case Doubtful(meant=meant):
            assert meant.strip()
            assert said.text == text


@given(
    st.sampled_from(WORDS),
    st.text("abcdefghijklmnopqrstuvwxyzé ,.!'", min_size=2).filter(lambda one: one.strip(" .!,")),
)
def test_a_sentence_without_a_number_is_never_taken_for_a_command(word: str, rest: str) -> None:
    said = f"{word} {rest}"
    assert read(said) == Reply(0, said.strip())


@given(st.sampled_from(WORDS), st.data())
def test_a_slip_is_never_a_command_of_another_kind(word: str, data: st.DataObject) -> None:
    """A letter lost or doubled: asked about or sent as a reply, or the same verb."""
    at = data.draw(st.integers(0, len(word) - 1))
    slip = data.draw(st.sampled_from([word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]))
    said, meant = read(f"{slip} #12 x"), read(f"{word} #12 x")
    if isinstance(said, Command):
        assert isinstance(meant, Command)
        assert said.verb == meant.verb
