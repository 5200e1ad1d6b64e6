"""The words by which people silence us (twilio.md 6.6)."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.optout import WORDS, Meaning, OptWord, Tongue, folded, opt_word, twilio_answers

LONG_CODE = "+14035550100"
TOLL_FREE = "+18005550199"
SHORT_CODE = "12345"

STOP = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]
ARRET = [
    "ARRET",
    "ARRÊT",
    "ARRETE",
    "ARRETER",
    "ARRÊTER",
    "ARRETT",
    "DESABONNER",
    "DÉSABONNER",
    "DESABONNEMENT",
    "DESINSCRIRE",
    "DÉSINSCRIRE",
]
EVERY_WORD: dict[str, tuple[Meaning, Tongue]] = {
    **dict.fromkeys(STOP, ("stop", "en")),
    **dict.fromkeys(ARRET, ("stop", "fr")),
    **dict.fromkeys(("START", "UNSTOP"), ("start", "en")),
    **dict.fromkeys(
        ["REABONNER", "RÉABONNER", "DEMARRER", "DÉMARRER", "COMMENCER", "REPRENDRE", "DEBUT", "DÉBUT"], ("start", "fr")
    ),
    **dict.fromkeys(("HELP", "INFO"), ("help", "en")),
    "AIDE": ("help", "fr"),
}


@pytest.mark.parametrize(("word", "meant"), EVERY_WORD.items())
def test_every_word(word: str, meant: tuple[Meaning, Tongue]) -> None:
    for written in (word, word.lower(), word.title(), unicodedata.normalize("NFD", word), f"\n {word}\t"):
        found = opt_word(written)
        assert found is not None
        assert (found.meaning, found.language, found.word) == (*meant, folded(word))


def test_every_word_of_the_table_is_tried() -> None:
    assert {folded(word) for word in EVERY_WORD} == {word for words in WORDS.values() for word in words}


@pytest.mark.parametrize(
    "body",
    [
        "Stop.",
        "STOP!!",
        "« Stop »",
        '"stop"',
        "(stop)",
        "stop…",
        "\u200fSTOP\u200f",
        "ＳＴＯＰ",
        "STÓP",
        "stop\xa0!",
        "¡Stop!",
    ],
)
def test_what_stands_around_a_word_does_not_matter(body: str) -> None:
    found = opt_word(body)
    assert found == OptWord("stop", "STOP", "en", plain=False)


# 6.6: "Whole message equals one word, case-insensitive; "stop please" does not count."
@pytest.mark.parametrize(
    "body",
    [
        "stop please",
        "please stop",
        "stop stop",
        "st op",
        "nonstop",
        "STOP🛑",
        "🛑",
        "❌ STOP",
        "СТОП",
        "ЅТОР",  # Cyrillic look-alikes
        "توقف",
        "停止",
        "arrêt d'eau",
        "cancel my appointment",
        "",
        "  ",
        "...",
        "\ud800",
        "1",
    ],
)
def test_ordinary_texts(body: str) -> None:
    assert opt_word(body) is None


# 6.6: "opt-in START, UNSTOP (YES in older text)". Clients say it to our questions.
@pytest.mark.parametrize("body", ["YES", "yes", "oui", "Y"])
def test_yes_opts_nobody_in(body: str) -> None:
    assert opt_word(body) is None


# 6.6: "Advanced Opt-Out: own words, languages and texts; adds OptOutType".
def test_what_twilio_understood_decides() -> None:
    assert opt_word("BASTA", "STOP") == OptWord("stop", "BASTA", "en")
    assert opt_word("oui", "START") == OptWord("start", "OUI", "en", plain=True)
    assert opt_word("INFO", "STOP") == OptWord("stop", "INFO", "en")
    assert opt_word("arrêt", "STOP") == OptWord("stop", "ARRET", "fr", plain=False)
    assert opt_word("🛑", "stop") == OptWord("stop", "🛑", "en")
    assert opt_word("", "HELP") == OptWord("help", "HELP", "en", plain=False)


def test_an_unknown_type_decides_nothing() -> None:
    assert opt_word("hello", "PAUSE") is None
    assert opt_word("stop", "PAUSE") == OptWord("stop", "STOP", "en")


def answers(body: str, line: str, opt_out_type: str = "") -> bool:
    word = opt_word(body, opt_out_type)
    assert word is not None
    return twilio_answers(word, line, opt_out_type=opt_out_type)


# 6.6: "Long codes, default: opt-out words STOP, STOPALL, …; opt-in START, UNSTOP; help HELP, INFO. Twilio replies".
@pytest.mark.parametrize("word", [*STOP, "START", "UNSTOP", "HELP", "INFO", "stop", " Stop\n"])
def test_twilio_answers_its_own_words_on_a_long_code(word: str) -> None:
    assert answers(word, LONG_CODE)


# 6.6: "French: the default list is English … Handle ARRET … ourselves".
@pytest.mark.parametrize("word", [*ARRET, "AIDE", "REPRENDRE", "Stop.", "STÓP"])
def test_the_other_words_are_ours_to_answer(word: str) -> None:
    assert not answers(word, LONG_CODE)
    assert not answers(word, TOLL_FREE)


# 6.6: "Toll-free: network-level, only STOP / START / UNSTOP".
def test_on_a_toll_free_line_three_words_are_answered() -> None:
    assert {word for word in EVERY_WORD if answers(word, TOLL_FREE)} == {"STOP", "START", "UNSTOP"}


# 6.6: "Short codes: nothing is handled unless in a Messaging Service with Advanced Opt-Out."
@pytest.mark.parametrize("line", [SHORT_CODE, f"whatsapp:{LONG_CODE}", "messenger:1", "nobody's"])
def test_where_twilio_answers_nothing(line: str) -> None:
    assert not any(answers(word, line) for word in EVERY_WORD)


# 6.6: "Since 16 Mar 2026 opt-outs are shared between SMS, MMS and RCS of the same sender/service."
def test_rcs_is_as_its_number() -> None:
    assert answers("HELP", f"rcs:{LONG_CODE}")
    assert not answers("HELP", f"rcs:{TOLL_FREE}")


@pytest.mark.parametrize("line", [LONG_CODE, TOLL_FREE, SHORT_CODE])
@pytest.mark.parametrize("body", ["STOP", "arrêt", "BASTA"])
def test_advanced_opt_out_always_answers(body: str, line: str) -> None:
    assert answers(body, line, "STOP")


@given(st.text(), st.sampled_from(["", "STOP", "START", "HELP", "else"]))
@example("ß", "")
@example("\u0345\u0301", "STOP")
def test_any_text_is_read(body: str, opt_out_type: str) -> None:
    found = opt_word(body, opt_out_type)
    assert (found is not None) or opt_out_type in ("", "else")
    if found is not None and opt_out_type in ("", "else"):
        assert found.word in WORDS[found.meaning, found.language]
        again = opt_word(found.word)
        assert again is not None and (again.meaning, again.plain) == (found.meaning, True)


@given(st.sampled_from(sorted(EVERY_WORD)), st.text("abcdeSTOPÉç 12").filter(str.strip))
def test_a_word_among_others_is_none(word: str, other: str) -> None:
    assert opt_word(f"{word} {other}") is None
    assert opt_word(f"{other} {word}") is None
