"""The words by which people silence us, call us back, or ask for help: alone in a text, in both languages.

Twilio answers some of them itself (twilio.md 6.6), and there we say nothing. The record of who has opted out is ours
and is kept elsewhere.
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from routing.addresses import is_toll_free, read_address

Meaning = Literal["stop", "start", "help"]
Tongue = Literal["en", "fr"]

# Folded, as `folded` leaves them. YES opts nobody in: clients say it to questions (older texts of Twilio have it).
WORDS: dict[tuple[Meaning, Tongue], tuple[str, ...]] = {
    ("stop", "en"): ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
    ("stop", "fr"): ("ARRET", "ARRETE", "ARRETER", "ARRETT", "DESABONNER", "DESABONNEMENT", "DESINSCRIRE"),
    ("start", "en"): ("START", "UNSTOP"),
    ("start", "fr"): ("REABONNER", "DEMARRER", "COMMENCER", "REPRENDRE", "DEBUT"),
    ("help", "en"): ("HELP", "INFO"),
    ("help", "fr"): ("AIDE",),
}
# What Twilio answers by itself where nobody has configured anything (twilio.md 6.6).
ON_LONG_CODES = frozenset(word for (_, tongue), words in WORDS.items() if tongue == "en" for word in words)
ON_TOLL_FREE = frozenset({"STOP", "START", "UNSTOP"})

_KNOWN = {word: (meaning, tongue) for (meaning, tongue), words in WORDS.items() for word in words}
_MEANINGS: dict[str, Meaning] = {"STOP": "stop", "START": "start", "HELP": "help"}
_AROUND = ("P", "Z", "C")  # punctuation, white space, marks of direction: Unicode's categories


@dataclass(frozen=True, slots=True)
class OptWord:
    """`word`: folded, in capitals. `language`: the word's own, so STOP is English from whomever it comes; English too
    for the words of a Messaging Service that we don't know. `plain`: written as Twilio reads it, in any case but
    without accents or punctuation."""

    meaning: Meaning
    word: str
    language: Tongue
    plain: bool = True


def opt_word(body: str, opt_out_type: str = "") -> OptWord | None:
    """What a whole text means, None if it is an ordinary one. `opt_out_type`: Twilio's OptOutType, which decides."""
    word, type_told = folded(body), opt_out_type.strip().upper()
    told, found = _MEANINGS.get(type_told), _KNOWN.get(word)
    if told is None and found is None:
        return None
    meaning, tongue = found or ("stop", "en")
    word = word or type_told
    return OptWord(told or meaning, word, tongue, plain=body.strip().upper() == word)


def twilio_answers(word: OptWord, line: str, *, opt_out_type: str) -> bool:
    """Whether Twilio itself answers this on that line of ours, so that we must not.

    Never on a short code without Advanced Opt-Out, nor on other channels than SMS, MMS and RCS.
    """
    if opt_out_type:
        return True
    address = read_address(line)
    if not word.plain or address.kind not in ("phone", "rcs"):
        return False
    return word.word in (ON_TOLL_FREE if is_toll_free(address.number) else ON_LONG_CODES)


def sender_of(line: str, peer: str) -> str:
    """By which of our addresses Twilio keeps its own list, when `line` writes to `peer`: SMS, MMS and RCS share one
    (twilio.md 6.6), every other channel has its own."""
    ours, channel = read_address(line), read_address(peer).kind
    return ours.number or line if channel in ("phone", "rcs") else f"{channel}:{ours.value}"


def folded(text: str) -> str:
    """Capitals without accents, and without what stands around them: " « Arrêt ! » " is ARRET."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper())
    letters = "".join(one for one in letters if unicodedata.category(one) != "Mn")
    first, last = 0, len(letters)
    while first < last and _is_around(letters[first]):
        first += 1
    while first < last and _is_around(letters[last - 1]):
        last -= 1
    return letters[first:last]


def _is_around(character: str) -> bool:
    return unicodedata.category(character)[0] in _AROUND
