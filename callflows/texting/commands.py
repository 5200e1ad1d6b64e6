"""What a technician's text means: a command, a reply to a client, or something too near a command to be sent on.

A command is a whole text that matches one exactly, case, accents and white space folded; anything else is a reply
(DESIGN 5, "Texts"). Words of both languages hold for everybody. Who is asked about opt-out words comes before this.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import OSA

Verb = Literal[
    "help", "on", "off", "away", "who", "next", "take", "note", "close", "owner", "swarm", "join", "call", "mute"
]
Needs = Literal["no", "may", "must"]


@dataclass(frozen=True, slots=True)
class Order:
    """One verb. `words` by language, the first of each is the one shown; `matter`, `rest` (words) and `minutes`: what
    it takes; `example` and `says` make its line of help."""

    verb: Verb
    words: Mapping[str, tuple[str, ...]]
    says: Mapping[str, str]
    matter: Needs = "no"
    rest: Needs = "no"
    minutes: Needs = "no"
    example: Mapping[str, str] | None = None


# The one table: what is understood, and what help says. No word may be one that Twilio or `routing.optout` answers,
# but for "aide". "pause" is shown before "absent": it is shorter, and the same for everybody. Help is written in
# letters of GSM-7 alone, which take half the room.
ORDERS = (
    Order("help", {"en": ("?",), "fr": ("?", "aide")}, {"en": "this list", "fr": "cette liste"}),
    Order("on", {"en": ("on",), "fr": ("dispo",)}, {"en": "you are on duty", "fr": "en service"}),
    Order("off", {"en": ("off",), "fr": ("parti", "partie")}, {"en": "you are off duty", "fr": "hors service"}),
    Order(
        "away",
        {"en": ("away",), "fr": ("pause", "absent", "absente")},
        {"en": "back then (2h, 1h30)", "fr": "retour ensuite (2h, 1h30)"},
        minutes="may",
    ),
    Order("who", {"en": ("who",), "fr": ("qui",)}, {"en": "who is on duty", "fr": "qui est en service"}),
    Order("next", {"en": ("next",), "fr": ("suivant",)}, {"en": "what waits for you", "fr": "ce qui vous attend"}),
    Order(
        "take",
        {"en": ("take",), "fr": ("prendre",)},
        {"en": "the matter is yours", "fr": "le dossier est à vous"},
        matter="must",
    ),
    Order(
        "note",
        {"en": ("note",), "fr": ("note",)},
        {"en": "keep a note", "fr": "garder une note"},
        matter="must",
        rest="must",
        example={"en": "words", "fr": "texte"},
    ),
    Order(
        "close",
        {"en": ("close",), "fr": ("fermer",)},
        {"en": "it is done", "fr": "dossier réglé"},
        matter="must",
        rest="may",
        example={"en": "words", "fr": "texte"},
    ),
    Order(
        "owner",
        {"en": ("owner",), "fr": ("responsable",)},
        {"en": "hand it over", "fr": "le confier"},
        matter="must",
        rest="must",
        example={"en": "name", "fr": "nom"},
    ),
    Order(
        "swarm",
        {"en": ("swarm",), "fr": ("renfort",)},
        {"en": "ask for help", "fr": "demander de l'aide"},
        matter="may",
        rest="may",
        example={"en": "skill", "fr": "compétence"},
    ),
    Order(
        "join",
        {"en": ("join",), "fr": ("rejoindre",)},
        {"en": "join its call, or texts", "fr": "son appel, ou ses textos"},
        matter="must",
    ),
    Order(
        "call",
        {"en": ("call",), "fr": ("appeler",)},
        {"en": "we ring you, then them", "fr": "vous, puis le client"},
        matter="must",
    ),
    Order(
        "mute",
        {"en": ("mute",), "fr": ("silence",)},
        {"en": "its texts off, or on", "fr": "ses textos, ou non"},
        matter="may",
    ),
)
_ANSWER = {"en": "#12 words - answer the client", "fr": "#12 texte - répondre au client"}
LANGUAGES = tuple(_ANSWER)

# A number that no matter has: what "#0" and numbers past all bounds are read as, so that nothing of them is guessed.
NO_SUCH_MATTER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Command:
    """`matter` 0: none was named. `minutes` 0 of "away": until the next shift begins. "mute" turns on and off."""

    verb: Verb
    matter: int = 0
    words: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """For a client. `matter` 0: none was named. `words` may be empty where the text was a number alone."""

    matter: int
    words: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """`meant`: the line as it should have been, with … where something is lacking; `text`: as it came. Ask."""

    meant: str
    text: str


Said = Command | Reply | Doubtful

_BY_WORD = {word: order for order in ORDERS for language in LANGUAGES for word in order.words[language]}
_ALONE = tuple(word for word, order in _BY_WORD.items() if order.matter != "must" and word != "?")
_WITH_MATTER = tuple(word for word, order in _BY_WORD.items() if order.matter != "no")
_WITH_TIME = tuple(word for word, order in _BY_WORD.items() if order.minutes != "no")

# White space and the marks of direction that telephones put around numbers.
_GAP = r"[\s\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
_NOTHING = re.compile(rf"{_GAP}*")
_SIGNS = "#＃﹟"
_MATTER = rf"[{_SIGNS}]{_GAP}*(?P<digits>\d+)(?P<joint>[:：,.;]?(?={_GAP}|$)|[:：])"
_TO_MATTER = re.compile(rf"{_GAP}*{_MATTER}(?P<words>.*)", re.DOTALL)
_TO_NUMBER = re.compile(rf"{_GAP}*[{_SIGNS}]{_GAP}*(?P<digits>\d+)(?P<words>.*)", re.DOTALL)
_LINE = re.compile(rf"(?P<word>[^\s{_SIGNS}]+)(?P<space>{_GAP}*)(?:{_MATTER})?(?P<rest>.*)", re.DOTALL)
_BARE_NUMBER = re.compile(rf"(?P<digits>\d+)(?={_GAP}|$)(?P<rest>.*)", re.DOTALL)
_HOURS = r"(?:h|hours?|heures?)"
_MINUTES = r"(?:m|min|mins|minutes?)"
_MINUTES_ALONE = re.compile("[0-9]{1,3}")
_TIME = re.compile(
    rf"(?P<hours>[0-9]{{1,2}}) ?{_HOURS}(?: ?(?P<more>[0-5]?[0-9]) ?{_MINUTES}?)?|(?P<minutes>[0-9]{{1,3}}) ?{_MINUTES}"
)


def read(text: str) -> Said:
    """Never raises, never guesses."""
    if to := _TO_MATTER.match(text):
        return Reply(_number(to["digits"]) or NO_SUCH_MATTER, to["words"].strip())
    if near := _TO_NUMBER.match(text):
        return Doubtful(f"#{int(near['digits'][:18])} {near['words'].strip()}", text)
    if exact := _exact(text):
        return exact
    meant = _nearly(text)
    return Doubtful(meant, text) if meant else Reply(0, text.strip())


def written(command: Command, language: str = "en") -> str:
    """The line by which a technician gives the command: `read` understands it as that command again."""
    order = next(one for one in ORDERS if one.verb == command.verb)
    return _line(_shown(order, language), matter=command.matter, words=command.words, minutes=command.minutes)


def usage(language: str) -> tuple[str, ...]:
    """The lines of help, short enough together for one text."""
    language = language if language in LANGUAGES else LANGUAGES[0]
    return (*(_help(order, language) for order in ORDERS), _ANSWER[language])


def _help(order: Order, language: str) -> str:
    example = order.example[language] if order.example else ""
    rest = {"no": "", "may": f"[{example}]", "must": example}[order.rest]
    numbered = " ".join(filter(None, ("#12", rest)))
    takes = [
        {"no": rest, "may": f"[{numbered}]", "must": numbered}[order.matter],
        "30m" if order.minutes != "no" else "",
    ]
    return f"{' '.join((_shown(order, language), *filter(None, takes)))} - {order.says[language]}"


def _shown(order: Order, language: str) -> str:
    return order.words[language if language in LANGUAGES else LANGUAGES[0]][0]


def _line(word: str, *, matter: int | str = 0, words: str = "", minutes: int = 0) -> str:
    time = f"{minutes // 60}h{minutes % 60 or ''}" if minutes >= 60 else f"{minutes}m"
    return " ".join(filter(None, (word, f"#{matter}" if matter else "", words, time if minutes else "")))


# Exactly.


def _exact(text: str) -> Command | None:
    line = _LINE.fullmatch(text.strip())
    found = _BY_WORD.get(_folded(line["word"])) if line else None
    if line is None or found is None:
        return None
    rest = "" if _NOTHING.fullmatch(line["rest"]) else line["rest"].strip()
    if found.minutes == "no":
        return _taken(found, _named(line), rest) if line["space"] or not line["digits"] else None
    minutes = _minutes(rest)
    if line["digits"] or (rest and not minutes):
        return None
    return Command(found.verb, minutes=minutes)


def _taken(order: Order, matter: int | None, rest: str) -> Command | None:
    """The command, if it has all that it needs and nothing else: without a number no words, which are a reply. `matter`
    None: named, but no matter's number."""
    has = {"no": not matter, "may": bool(matter) or not rest, "must": bool(matter)}[order.matter]
    fits = {"no": not rest, "may": True, "must": bool(rest)}[order.rest]
    if matter is None or not has or not fits:
        return None
    return Command(order.verb, matter, rest)


def _named(line: re.Match[str]) -> int | None:
    """0: no number was given."""
    return 0 if line["digits"] is None else _number(line["digits"])


def _number(digits: str) -> int | None:
    """None for one that no matter can have."""
    digits = digits.lstrip("0０")
    return int(digits) if 0 < len(digits) <= 18 and int(digits) else None


def _minutes(rest: str) -> int:
    """0 for what is no time. At most 99 hours: whoever is away longer has an absence entered."""
    time = _TIME.fullmatch(_folded(rest))
    if time is None:
        return 0
    return int(time["minutes"]) if time["minutes"] else int(time["hours"]) * 60 + int(time["more"] or 0)


# Nearly.


def _nearly(text: str) -> str:
    """The line that was probably meant, empty for what is plainly a reply."""
    bare = _folded(text)
    if bare and set(bare) == {"?"}:
        return "?"
    line = _LINE.fullmatch(_without_end(text))
    if line is None:
        return ""
    word = _without_end(_folded(line["word"]))
    if not line["digits"] and not line["rest"].strip():
        return _nearly_alone(word)
    if word in _WITH_TIME:
        return _nearly_away(word, line["rest"])
    told = _folded(line["rest"])
    is_time = _TIME.fullmatch(told) or _MINUTES_ALONE.fullmatch(told)
    if slip := next((one for one in _WITH_TIME if is_time and _is_slip(word, one)), ""):
        return _nearly_away(slip, told)
    return _nearly_with_matter(word, line)


def _nearly_alone(word: str) -> str:
    """One word: all of a verb that needs more, or a slip in one that doesn't."""
    if word in _BY_WORD:
        return _line(word, matter="…") if _BY_WORD[word].matter == "must" else word
    return next((one for one in _ALONE if _is_slip(word, one)), "")


def _nearly_away(word: str, rest: str) -> str:
    """A time without its unit is minutes; one that can't be read has the example's."""
    told = _folded(rest)
    if not told[:1].isdigit():
        return ""
    minutes = int(told) if _MINUTES_ALONE.fullmatch(told) else 0
    return _line(word, minutes=minutes or 30)


def _nearly_with_matter(word: str, line: re.Match[str]) -> str:
    """A verb, or a slip in one, before a number, or before what was to be one."""
    number, rest, is_signed = line["digits"], line["rest"].strip(), line["digits"] is not None
    if not is_signed and (bare := _BARE_NUMBER.fullmatch(rest)):
        number, rest = bare["digits"], bare["rest"].strip()
    if word in _BY_WORD:
        return _completed(word, number, rest, may_be_more=is_signed)
    slips = (_completed(one, number, rest) for one in _WITH_MATTER if _is_slip(word, one))
    return next(filter(None, slips), "")


def _completed(word: str, number: str | None, rest: str, may_be_more: bool = False) -> str:
    """The line with what it needs; empty if the text is not shaped like it. `may_be_more`: it is all the same when
    more stands behind the number than the verb takes."""
    order = _BY_WORD[word]
    if order.matter == "no":
        return word if may_be_more and not rest else ""
    if number is None:
        return _line(word, matter="…") if rest[:1] and rest[:1] in _SIGNS else ""
    words = {"no": "", "may": rest, "must": rest or "…"}[order.rest]
    if rest and not words and not may_be_more:
        return ""
    return _line(word, matter=_number(number) or "…", words=words)


def _is_slip(word: str, meant: str) -> bool:
    """A letter wrong, left out, doubled or in the wrong place; two in a long word. Short words are too near others
    ("no", "oui"): of them only a letter too many or too few of the same kind."""
    if len(meant) <= 3:
        return _squeezed(word) == _squeezed(meant)
    most = 1 if len(meant) <= 5 else 2
    return OSA.distance(word, meant, score_cutoff=most) <= most


def _squeezed(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _without_end(text: str) -> str:
    """Without the full stop that telephones put there by themselves, and its like."""
    return re.sub(rf"(?:{_GAP}|[.!?…,;:])+$", "", text.strip())


def _folded(text: str) -> str:
    """Small letters without accents and marks, between single spaces."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(one for one in letters if unicodedata.category(one) not in ("Mn", "Cf")).split())
