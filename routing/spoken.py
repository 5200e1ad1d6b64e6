"""What was said, made comparable: one normal form for names and for callers' sentences, and its readings.

A normal form is small letters and digits between single spaces. Saint, sainte, st. and ste. are one word there, so
are mount, mt. and mont, and number words of both languages are digits. A reading is what is left when words around
a name, the class ("Town of") or the province are taken off; nothing here knows which names exist.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from routing.kinds import KINDS, PROVINCES, PROVINCES_SAID

_SAME = dict.fromkeys(("st", "ste", "sts", "stes", "sainte", "saints", "saintes"), "saint") | {
    "mt": "mont",
    "mount": "mont",
    "ft": "fort",
    "et": "and",
    "twp": "township",
}
_PROVINCES_SAID = {word: code for code, words in PROVINCES_SAID.items() for word in words}
_ACRONYMS = frozenset({"rm", "md", "dm", "lgd"} | {word for word in _PROVINCES_SAID if len(word) <= 3})
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ`´ʹ"), "'") | {ord("&"): " and ", ord("#"): " number "}
_LETTERS = {ord("œ"): "oe", ord("æ"): "ae", ord("ø"): "o", ord("ł"): "l", ord("đ"): "d"}
_ELISION = re.compile(r"\b(l|d|j|m|n|s|t|c|qu)'(?=\w)")

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_FRENCH = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
_TENS = ("twenty thirty forty fifty sixty seventy eighty ninety", "vingt trente quarante cinquante soixante")
_VALUES = {word: value for words in (_ENGLISH, _FRENCH) for value, word in enumerate(words.split())}
_VALUES |= {word: 10 * tens for words in _TENS for tens, word in enumerate(words.split(), start=2)}
_VALUES |= {"oh": 0, "une": 1, "fourty": 40, "vingts": 20, "hundred": 100, "cent": 100, "cents": 100}
_VALUES |= {"thousand": 1000, "mille": 1000}
_NEVER_ALONE = frozenset({"un", "une", "oh"})  # words of other kinds too
_NUMBER_SIGNS = frozenset({"no", "nos", "number", "numero", "num"})

_FILLERS = re.compile(
    r"""(?:hi|hello|hey|good\ (?:morning|afternoon|evening|day)|bonjour|bonsoir|allo|salut|there
    |yes|yeah|yep|oui|ok|okay|so|well|uh|uhm|um|umm|uhh|er|ah|oh|eh|euh|heu|ben|bon|alors|please
    |its|it\ is|it\ s|this\ is|that\ is|thats|that\ would\ be|that\ d\ be|c\ est|ce\ serait|cest|ici|voici
    |im|i\ am|i\ m|we\ are|were|we\ re|je\ suis|nous\ sommes|on\ est|i\ work|we\ work|je\ travaille|i\ live
    |calling|phoning|speaking|i\ call|i\ was\ calling|j\ appelle|jappelle|je\ vous\ appelle|je\ telephone
    |nous\ appelons|on\ appelle|the\ name\ is|our\ municipality\ is|my\ municipality\ is|ma\ municipalite\ est
    |notre\ municipalite\ est|from|with|for|in|at|on\ behalf\ of|au\ nom\ de|de\ la\ part|pour
    |a|au|aux|de|du|des|d|the|la|le|les|l)\ """,
    re.VERBOSE,
)
_ENDINGS = re.compile(
    r" (?:please|thanks|thank you|(?<!la )merci|s il (?:vous|te) plait|svp|speaking|calling|here|ici)$"
)

_ARTICLES = ("the", "la", "le", "les", "l")
# After a class word: what joins it to the name, and the article that it may have swallowed.
_JOINTS = (
    (("of", "the"), ("the", "")),
    (("de", "la"), ("la", "")),
    (("de", "l"), ("l", "")),
    (("du",), ("le", "")),
    (("des",), ("les", "")),
    (("of",), ("",)),
    (("de",), ("",)),
    (("d",), ("",)),
)
_AROUND_PROVINCE = ("in", "en", "au", "aux", "dans", "de", "du", "of", "la", "le", "l", "the", "province", "from")

_SOUNDS = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"ph", "f"),
        (r"gh|h", ""),
        (r"qu|q|ck|c(?![eiy])|k", "k"),
        (r"c|z|x", "s"),
        (r"eau|au|aux|eaux|ou|oo", "o"),
        (r"ai|ei|ay|ey|ea|ee|ie|y", "i"),
        (r"en|em|an|am", "an"),
        (r"(.)\1+", r"\1"),
        (r"(?<=.{3})(?:es|e|s|t|d)$", ""),
    )
)

_KINDS_SAID: dict[tuple[str, ...], frozenset[str]] = {}
for _code, _kind in KINDS.items():
    for _word in _kind.said:
        _phrase = tuple(_word.split())
        _KINDS_SAID[_phrase] = _KINDS_SAID.get(_phrase, frozenset()) | {_code}


@dataclass(frozen=True, slots=True)
class Reading:
    """`kinds`: the class codes that the class word said may mean, None where none was said. `turned`: the class
    word was put behind the name, as in "County of Norfolk" for Norfolk County."""

    name: str
    kinds: frozenset[str] | None = None
    province: str = ""
    turned: bool = False


def plain(text: str) -> list[str]:
    """Its words, folded, before words of one meaning are made one."""
    text = text.translate(_APOSTROPHES).casefold().translate(_LETTERS)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _ELISION.sub(r"\1 ", text.translate(_APOSTROPHES)).replace("'", "")
    return _with_acronyms(re.findall(r"[a-z0-9]+", text))


def normal(text: str) -> str:
    words = [_SAME.get(word, word) for word in _with_numbers(plain(text))]
    return " ".join(words)


def stages(said: str) -> Iterator[str]:
    """A normal form as it is, then with one more word around the name taken off each time: "its the pas",
    "the pas", "pas". Who asks stops at the first that is a name, so that The Pas keeps its article."""
    text = said
    if text:
        yield text
    while match := _ENDINGS.search(text):
        text = text[: match.start()]
        yield text
    while match := _FILLERS.match(text):
        text = text[match.end() :]
        yield text


def readings(said: str) -> list[Reading]:
    """All that a normal form may mean: a name, a name with its class, with its province, or with both."""
    words = said.split()
    found = []
    for rest, province in ((words, ""), *_without_province(words)):
        found.append(Reading(" ".join(rest), province=province))
        found += _without_kind(rest, province)
    return [reading for reading in dict.fromkeys(found) if reading.name]


def sound(squeezed: str) -> str:
    """Roughly how it sounds in either language, so that letters that nobody hears weigh less."""
    for pattern, heard in _SOUNDS:
        squeezed = pattern.sub(heard, squeezed)
    return squeezed


def kinds_said(phrase: str) -> frozenset[str]:
    """The class codes that callers call so; empty for other words."""
    return _KINDS_SAID.get(tuple(phrase.split()), frozenset())


def names_nothing(name: str) -> bool:
    """A class, a province or "saint" alone, with which many names begin or end."""
    return name == "saint" or name in _PROVINCES or bool(kinds_said(name))


def _without_kind(words: list[str], province: str) -> Iterator[Reading]:
    begin = 1 if words and words[0] in _ARTICLES else 0
    for size in (5, 4, 3, 2, 1):
        phrase = words[begin : begin + size]
        kinds = _KINDS_SAID.get(tuple(phrase))
        if kinds and len(phrase) == size:
            for name in _joined(words[begin + size :]):
                yield Reading(" ".join(name), kinds, province)
                yield Reading(" ".join(name + phrase), None, province, turned=True)
            break
    for size in (3, 2, 1):
        kinds = _KINDS_SAID.get(tuple(words[-size:]))
        if kinds and len(words) > size:
            yield Reading(" ".join(words[:-size]), kinds, province)
            break


def _joined(rest: list[str]) -> Iterator[list[str]]:
    for joint, articles in _JOINTS:
        if tuple(rest[: len(joint)]) == joint:
            for article in articles:
                name = rest[len(joint) :]
                yield [article, *name] if article and name else name
            return
    yield rest


def _without_province(words: list[str]) -> Iterator[tuple[list[str], str]]:
    for size in (5, 4, 3, 2, 1):
        province = _PROVINCES.get(" ".join(words[-size:]))
        if province and len(words) > size:
            rest = words[:-size]
            while len(rest) > 1 and rest[-1] in _AROUND_PROVINCE:
                rest = rest[:-1]
            yield rest, province
            return


def _with_acronyms(words: list[str]) -> list[str]:
    """R. M. is one word, and so is P. E. I."""
    made: list[str] = []
    at = 0
    while at < len(words):
        size = next((n for n in (3, 2) if _is_spelled(words[at : at + n], n)), 1)
        made.append("".join(words[at : at + size]))
        at += size
    return made


def _is_spelled(words: list[str], size: int) -> bool:
    return len(words) == size and all(len(word) == 1 for word in words) and "".join(words) in _ACRONYMS


def _with_numbers(words: list[str]) -> list[str]:
    """Number words made digits, and "no." or "number" before digits dropped."""
    made: list[str] = []
    at = 0
    while at < len(words):
        end = _end_of_number(words, at)
        if end == at:
            made.append(words[at])
            at += 1
            continue
        while made and made[-1] in _NUMBER_SIGNS:
            made.pop()
        made.append(_number([word for word in words[at:end] if word in _VALUES or word.isdigit()]))
        at = end
    return made


def _end_of_number(words: list[str], at: int) -> int:
    end = at
    while end < len(words):
        word = words[end]
        if word in _VALUES or word.isdigit():
            end += 1
        elif word in ("and", "et", "a") and _goes_on(
            words[end - 1] if end > at else "", word, words[end + 1 : end + 2]
        ):
            end += 2
        else:
            break
    return at if end == at + 1 and words[at] in _NEVER_ALONE else end


def _goes_on(before: str, word: str, after: list[str]) -> bool:
    """Whether the small word is a number's: a hundred, three hundred and forty, vingt et un."""
    if not before or word == "a":
        return not before and word == "a" and after in (["hundred"], ["thousand"])
    if not after or not (after[0] in _VALUES or after[0].isdigit()):
        return False
    value = _value(before)
    return value >= 100 or (value >= 20 and value % 10 == 0 and _value(after[0]) in (1, 11))


def _value(word: str) -> int:
    return _VALUES[word] if word in _VALUES else int(word[:9])


def _number(words: list[str]) -> str:
    """Said in groups, numbers are written one behind the other: three forty-four is 344, like 3 44."""
    groups: list[int] = []
    for word in words:
        grown = _grown(groups[-1], word) if groups else None
        if grown is None:
            groups.append(_value(word))
        else:
            groups[-1] = grown
    return "".join(map(str, groups)).lstrip("0") or "0"


def _grown(number: int, word: str) -> int | None:
    """The number with one word more, None where that word begins another."""
    more, low = _value(word), number % 100
    if word in ("hundred", "cent", "cents", "thousand", "mille"):
        return number * more if 0 < number < more else None
    if word in ("vingt", "vingts") and low == 4:
        return number + 76  # quatre-vingts
    if number >= 100 and low == 0 and more < 100:
        return number + more
    if low >= 20 and low % 10 == 0 and 0 < more < 10:
        return number + more
    if low in (60, 80) and 10 <= more <= 16:
        return number + more  # soixante-quinze
    if low in (10, 70, 90) and 7 <= more <= 9:
        return number + more  # dix-sept
    return None


_PROVINCES = _PROVINCES_SAID | {normal(name): code for code, names in PROVINCES.items() for name in names}
