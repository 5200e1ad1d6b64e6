"""Which municipality a caller means, who said its name or spelled its first letters on the keys.

Only the very name, said or keyed whole, scores 100. All that is merely near scores less, so that a caller is asked
before anything is taken for granted: a call put to the wrong municipality is worse than one question more.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from routing.directory import Municipality
from routing.kinds import province_name, spoken_kind, spoken_name
from routing.spoken import Reading, kinds_said, names_nothing, normal, plain, readings, sound, stages

MOST, OFFERED = 5, 4
SURE = 100
# Below SURE, in the order of trust. DOUBTED is a very name that one slip makes another's: Grant, Brant.
DOUBTED, RUN_TOGETHER, ONE_SLIP_OFF, OTHER_KIND, NUMBER_ALONE, SMALL_WORD_LOST = 99, 97, 96, 95, 95, 94
OTHER_PROVINCE, BEGINNING, PART = 85, 84, 80
IN_A_SENTENCE, WHOLE_SENTENCE, LONE_WORD = 82, 95, 6  # the last is taken off a word in the middle
KEYED_AND_MORE, KEYED_BEGINNING, KEYED_FEW, KEYED_SLIP, KEYED_BEGINNING_SLIP = 92, 90, 86, 80, 72
NEAR_ENOUGH = 70
SAME_AS_BEST = 8  # scores so near the best that the caller is asked to choose

FEWEST_KEYS, KEYS_OF_A_BEGINNING, KEYS_WITH_A_SLIP, MOST_KEYS = 2, 4, 6, 99
LONGEST_SENTENCE, LONGEST_NAME, PLACED = 40, 12, 5  # words; places in a sentence where one may stand
TELLING_LETTERS = 5  # of a word that stands for a whole name, or is taken for one in the middle of a sentence

_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_ARTICLES = frozenset({"the", "la", "le", "les", "l", "de", "du", "des", "d", "of", "a", "au", "aux"})
_SMALL = _ARTICLES | {"and", "et", "sur", "on", "in", "en"}
_BEFORE_A_PLACE = _ARTICLES | {"from", "in", "at", "for", "with", "town", "city", "village", "ville", "county"}
_NUMBERED = re.compile(r",?\s+(?:No\.?|Nº|#)\s*(\d+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """`municipality` is a key; `score` 0..100, 100 being the very name, said or keyed whole, that no slip makes
    another's."""

    municipality: str
    score: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with what was found; `municipalities` are keys, the likeliest first."""

    kind: Literal["sure", "confirm", "choose", "nothing"]
    municipalities: tuple[str, ...] = ()


def verdict(found: Sequence[Found]) -> Verdict:
    """Sure is one single very name and nothing else; at most four are offered."""
    if not found:
        return Verdict("nothing")
    best = max(one.score for one in found)
    gap = 0 if best == SURE else SAME_AS_BEST
    likely = tuple(one.municipality for one in found if one.score >= best - gap)
    if len(likely) > 1:
        return Verdict("choose", likely[:OFFERED])
    return Verdict("sure" if best == SURE else "confirm", likely)


@dataclass(frozen=True, slots=True)
class _Forms:
    """How a name may be said. `exact` are its very names, `by_kind` only beside a word for the class ("RM 344")."""

    exact: frozenset[str]
    by_kind: frozenset[str]
    written: frozenset[str]


class Places:
    """An index over a directory's municipalities; built once, asked often. Their order decides between equals."""

    def __init__(self, municipalities: Sequence[Municipality]) -> None:
        self._all = tuple(municipalities)
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._by_kind: dict[str, list[int]] = defaultdict(list)
        self._near: dict[str, dict[int, int]] = defaultdict(dict)  # squeezed form -> place -> the most it may score
        self._keyed: dict[str, list[int]] = defaultdict(list)
        self._words: dict[str, set[int]] = defaultdict(set)
        begins: set[tuple[str, int]] = set()
        for place, one in enumerate(self._all):
            forms = _forms_of(one)
            for form in forms.exact:
                self._exact[form].append(place)
                begins.add((form, place))
                for word in form.split():
                    self._words[word].add(place)
            for form in forms.by_kind:
                self._by_kind[form].append(place)
            for squeezed, most in _squeezed_forms(forms):
                self._near[squeezed][place] = max(most, self._near[squeezed].get(place, 0))
            for keys in {keys_of(form) for form in forms.written}:
                self._keyed[keys].append(place)
        self._begins = sorted(begins)
        self._keys = sorted((keys, place) for keys, places in self._keyed.items() for place in places)
        self._squeezed = sorted(self._near)
        self._sounds = {squeezed: sound(squeezed) for squeezed in self._squeezed}

    def said(self, words: str, province: str = "") -> tuple[Found, ...]:
        """Best first, at most MOST; empty when nothing is near enough. `province`, the calling number's, orders
        equals and decides nothing."""
        whole = text = " ".join(normal(words).split()[:LONGEST_SENTENCE])
        tried = []
        for text in stages(whole):
            tried.append(text)
            scores = self._exactly(text)
            if max(scores.values(), default=0) >= OTHER_KIND:
                return self._ordered(self._doubted(scores, tried), province)
        scores = self._within(whole, len(text))
        _keep(scores, self._nearly(text))
        return self._ordered(scores, province)

    def keyed(self, digits: str, province: str = "") -> tuple[Found, ...]:
        """First letters on the keys 2-9, digits of a name as themselves, neither spaces nor hyphens; at most MOST.

        Whoever keys the first letters stops anywhere: a whole name that others begin with is not sure.
        """
        digits = re.sub(r"[^0-9]", "", digits)
        if not FEWEST_KEYS <= len(digits) <= MOST_KEYS:
            return ()
        whole, longer = set(self._keyed.get(digits, ())), set(self._beginning_with(digits))
        likely = KEYED_BEGINNING if len(longer) == 1 else KEYED_FEW
        scores = dict.fromkeys(longer, likely if len(digits) >= KEYS_OF_A_BEGINNING else KEYED_BEGINNING_SLIP)
        slipped = self._keyed_with_a_slip(digits, beginnings=not longer)
        for place in whole:
            scores[place] = SURE if longer <= whole else KEYED_AND_MORE
            if len(whole) == 1 and scores[place] == SURE and slipped.keys() - whole:
                scores[place] = DOUBTED
                slipped = dict.fromkeys(slipped, ONE_SLIP_OFF)
        _keep(scores, slipped)
        return self._ordered(scores, province)

    def named(self, place: str, province: str) -> tuple[str, ...]:
        """Keys of all in that province whose very name this is, as `said` would score it; an empty province is
        no province's."""
        found = self._exact.get(normal(place), ())
        return tuple(self._all[each].municipality for each in found if self._all[each].province == province)

    def _ordered(self, scores: dict[int, int], province: str) -> tuple[Found, ...]:
        def order(place: int) -> tuple[int, bool, int]:
            return -scores[place], self._all[place].province != province, place

        return tuple(Found(self._all[place].municipality, scores[place]) for place in sorted(scores, key=order)[:MOST])

    def _exactly(self, text: str) -> dict[int, int]:
        scores: dict[int, int] = {}
        for reading in readings(text):
            most = OTHER_KIND if reading.turned else SURE
            places = self._exact.get(reading.name, ())
            _keep(scores, {place: min(most, self._fit(place, reading)) for place in places})
            if reading.kinds is not None:
                # "RM 344": one digit misheard is another RM, so its number alone is never sure.
                fits = (place for place in self._by_kind.get(reading.name, ()) if self._fit(place, reading) == SURE)
                _keep(scores, dict.fromkeys(fits, NUMBER_ALONE))
        return scores

    def _doubted(self, scores: dict[int, int], tried: Sequence[str]) -> dict[int, int]:
        """A single very name, the last of `tried`, is no longer sure where another's is one letter, one space or
        one small word away, or is a saint's with more behind it, which people leave off: Saint-Bruno, for
        Saint-Bruno-de-Montarville."""
        sure = {place for place, score in scores.items() if score == SURE}
        if len(sure) > 1:
            return scores
        *longer, text = tried
        others = set(self._near.get(text.replace(" ", ""), ()))
        for words in longer:  # "for Qu'Appelle" may be Fort Qu'Appelle
            others |= self._one_letter_off(words)
        for reading in readings(text):
            if reading.name in self._exact and not reading.turned:
                nearby = self._one_letter_off(reading.name) | self._near.get(_without_small(reading.name), {}).keys()
                if reading.name.startswith("saint "):
                    nearby.update(self._beginning(reading.name))
                others |= {place for place in nearby if self._fit(place, reading) == SURE}
        if others <= sure:
            return scores
        return {**scores, **dict.fromkeys(others, ONE_SLIP_OFF), **dict.fromkeys(sure, DOUBTED)}

    def _one_letter_off(self, name: str) -> set[int]:
        squeezed = name.replace(" ", "")
        near = process.extract(squeezed, self._squeezed, scorer=Levenshtein.distance, score_cutoff=1, limit=2 * MOST)
        return {place for form, _, _ in near for place in self._near[form]}

    def _fit(self, place: int, reading: Reading) -> int:
        one = self._all[place]
        if reading.province and reading.province != one.province:
            return OTHER_PROVINCE
        if reading.kinds is not None and one.kind not in reading.kinds:
            return OTHER_KIND
        return SURE

    def _within(self, text: str, letters: int) -> dict[int, int]:
        """Names somewhere in a sentence, the longest first and the more the less else was said. `letters` are
        those of the sentence that may matter."""
        words = text.split()
        taken: set[int] = set()
        scores: dict[int, int] = {}
        for size in range(min(len(words) - 1, LONGEST_NAME), 0, -1):
            for begin in range(len(words) - size + 1):
                span = range(begin, begin + size)
                placed = begin == 0 or begin + size == len(words) or words[begin - 1] in _BEFORE_A_PLACE
                if taken.intersection(span) or (size == 1 and not _may_be_a_name(words[begin], placed)):
                    continue
                window = " ".join(words[begin : begin + size])
                found = self._exactly(window)
                if found:
                    taken.update(span)
                    most = _share(window, letters) - (0 if placed or size > 1 else LONE_WORD)
                    _keep(scores, {place: min(score, most) for place, score in found.items()})
        return scores

    def _nearly(self, text: str) -> dict[int, int]:
        scores: dict[int, int] = {}
        for reading in [reading for reading in readings(text) if not reading.turned]:
            for place, score in self._like(reading.name).items():
                _keep(scores, {place: score - (SURE - self._fit(place, reading)) // 2})
            if not names_nothing(reading.name):
                _keep(scores, dict.fromkeys(self._part(reading.name), PART))
                _keep(scores, dict.fromkeys(self._beginning(reading.name), BEGINNING))
        for window in _placed_windows(text.split()):
            share = _share(window, len(text))
            _keep(scores, {place: score * share // 100 for place, score in self._like(window, 0.76).items()})
        return scores

    def _like(self, name: str, cutoff: float = 0.6) -> dict[int, int]:
        scores: dict[int, int] = {}
        for squeezed in {name.replace(" ", ""), _without_small(name)}:
            if len(squeezed) < 3:
                continue
            heard = sound(squeezed)
            near = process.extract(
                squeezed, self._squeezed, scorer=Levenshtein.normalized_similarity, score_cutoff=cutoff, limit=40
            )
            for form, written, _ in near:
                low, high = sorted((written, Levenshtein.normalized_similarity(heard, self._sounds[form])))
                score = round(96 * (0.75 * high + 0.25 * low)) if written < 1 else SURE
                if score >= NEAR_ENOUGH:
                    _keep(scores, {place: min(score, most) for place, most in self._near[form].items()})
        return scores

    def _part(self, name: str) -> Iterable[int]:
        """Bellevue, for Sainte-Anne-de-Bellevue."""
        return self._words.get(name, ()) if len(name) >= TELLING_LETTERS else ()

    def _beginning(self, name: str) -> Iterator[int]:
        if max(map(len, name.removeprefix("saint ").split()), default=0) < KEYS_OF_A_BEGINNING:
            return
        begin = f"{name} "
        for at in range(bisect_left(self._begins, (begin, -1)), len(self._begins)):
            form, place = self._begins[at]
            if not form.startswith(begin):
                return
            yield place

    def _beginning_with(self, digits: str) -> Iterator[int]:
        """Whole names too."""
        for at in range(bisect_left(self._keys, (digits, -1)), len(self._keys)):
            keys, place = self._keys[at]
            if not keys.startswith(digits):
                return
            yield place

    def _keyed_with_a_slip(self, digits: str, beginnings: bool) -> dict[int, int]:
        scores: dict[int, int] = {}
        if len(digits) >= KEYS_OF_A_BEGINNING:
            for slipped in _slips(digits):
                _keep(scores, dict.fromkeys(self._keyed.get(slipped, ()), KEYED_SLIP))
                if beginnings and len(digits) >= KEYS_WITH_A_SLIP:
                    _keep(scores, dict.fromkeys(self._beginning_with(slipped), KEYED_BEGINNING_SLIP))
        return scores


def _share(window: str, letters: int) -> int:
    """What a name in a sentence may score: the more, the less else was said."""
    return IN_A_SENTENCE + round((WHOLE_SENTENCE - IN_A_SENTENCE) * min(1.0, len(window) / letters))


def _placed_windows(words: list[str]) -> set[str]:
    """The words after those that stand before a place, as long as a name may be."""
    begins = [at for at in range(1, len(words)) if words[at - 1] in _BEFORE_A_PLACE and words[at] not in _SMALL]
    ends = [(at, end) for at in begins[-PLACED:] for end in range(at + 1, min(at + 6, len(words) + 1))]
    return {" ".join(words[at:end]) for at, end in ends if words[end - 1] not in _SMALL}


def _may_be_a_name(word: str, placed: bool) -> bool:
    return word not in _SMALL and (placed or len(word) >= TELLING_LETTERS)


def keys_of(text: str) -> str:
    """A name on the telephone keys: ABC is 2, WXYZ is 9, digits are themselves."""
    return "".join(plain(text)).translate(_KEYS)


def telling(options: Sequence[Municipality], language: str) -> tuple[str, ...]:
    """Each option said so that it differs from the others: by its name alone, or by what else they differ in of
    class and province. Two of one name, class and province are said alike, with an alias where they have one."""
    names = [spoken_name(one, language) for one in options]
    alike = Counter(map(normal, names))
    told = []
    for one, name in zip(options, names, strict=True):
        same = [other for other, its in zip(options, names, strict=True) if normal(its) == normal(name)]
        told.append(name if alike[normal(name)] == 1 else _told_among(one, same, language))
    return tuple(told)


def _told_among(one: Municipality, same: Sequence[Municipality], language: str) -> str:
    name, with_kind = spoken_name(one, language), spoken_kind(one, language)
    province = province_name(one.province, language)
    kinds = Counter(spoken_kind(other, language) for other in same)
    provinces = Counter(other.province for other in same)
    if kinds[with_kind] == 1:
        return with_kind
    if len(kinds) == 1 and provinces[one.province] == 1:
        return f"{name}, {province}" if province else name
    both = f"{with_kind}, {province}" if province and len(provinces) > 1 else with_kind
    twins = [other for other in same if (other.kind, other.province) == (one.kind, one.province)]
    return f"{both}, {one.aliases[0]}" if len(twins) > 1 and one.aliases else both


def _forms_of(one: Municipality) -> _Forms:
    written, exact, by_kind = set[str](), set[str](), set[str]()
    for name in filter(None, (one.name, one.name_fr, *one.aliases)):
        for short in _shorter(name):
            number = _NUMBERED.search(short)
            bare = _NUMBERED.sub("", short)
            written.add(" ".join(plain(short)))
            for form in {short, bare}:
                spelled = " ".join(plain(form.replace(number[0], f" {number[1]}") if number else form))
                written |= _spellings(spelled)
                exact |= {normal(form), *_without_its_kind(normal(form), one.kind)}
                written |= set(_without_its_kind(spelled, one.kind))
            if number:
                by_kind.add(number[1])
    return _Forms(frozenset(filter(None, exact)), frozenset(by_kind), frozenset(filter(None, written)))


def _shorter(name: str) -> Iterator[str]:
    """Mountain (South), also Mountain; Woody Point, Bonne Bay, also Woody Point."""
    yield name
    for mark, rest in ((" (", ")"), (", ", "")):
        short, found, more = name.partition(mark)
        if found and more.endswith(rest) and " and " not in more:
            yield short


def _without_its_kind(form: str, kind: str) -> Iterator[str]:
    """Forty Mile County No. 8 is also Forty Mile No. 8."""
    words = form.split()
    for at in range(max(1, len(words) - 2), len(words)):
        if kind in kinds_said(words[at]) and all(word.isdigit() for word in words[at + 1 :]):
            yield " ".join(words[:at] + words[at + 1 :])


def _spellings(spelled: str) -> set[str]:
    """As people key it: with st, ste, saint or sainte, mt or mount, number words or digits."""
    found = {spelled, re.sub(r"\bmount\b", "mt", spelled), re.sub(r"\bmt\b", "mount", spelled)}
    for short, long in (("st", "saint"), ("ste", "sainte")):
        found |= {re.sub(rf"\b{short}\b", long, spelled), re.sub(rf"\b{long}\b", short, spelled)}
    numbered = normal(spelled)
    return found | ({numbered} if re.search(r"\d", numbered) and "saint" not in numbered else set())


def _squeezed_forms(forms: _Forms) -> Iterator[tuple[str, int]]:
    for form in forms.exact | forms.written:
        yield form.replace(" ", ""), RUN_TOGETHER
        yield _without_small(form), SMALL_WORD_LOST


def _without_small(form: str) -> str:
    return "".join(word for word in form.split() if word not in _SMALL) or form.replace(" ", "")


def _slips(digits: str) -> Iterator[str]:
    """All that one wrong, missing, doubled or exchanged key makes of them."""
    for at in range(len(digits) + 1):
        before, after = digits[:at], digits[at:]
        yield from (f"{before}{key}{after[1:]}" for key in "23456789" if after)
        yield from (f"{before}{key}{after}" for key in "23456789")
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def _keep(scores: dict[int, int], more: dict[int, int]) -> None:
    for place, score in more.items():
        scores[place] = max(score, scores.get(place, 0))
