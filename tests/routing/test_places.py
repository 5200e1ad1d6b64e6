"""Which municipality is meant. The worst that can happen is to be sure of the wrong one."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.directory import Municipality
from routing.kinds import province_name, spoken_kind
from routing.places import MOST, OFFERED, Found, Places, Verdict, keys_of, telling, verdict
from tests.often import often

SMALL = [
    Municipality("t", "Taber", kind="T", province="AB"),
    Municipality("md", "Taber", kind="MD", province="AB"),
    Municipality("lla", "Lloydminster", kind="CY", province="AB"),
    Municipality("lls", "Lloydminster", kind="CY", province="SK"),
    Municipality("red", "Redcliff", kind="T", province="AB"),
    Municipality("lac", "Lacombe", kind="CY", province="AB"),
    Municipality("lco", "Lacombe County", kind="MD", province="AB"),
    Municipality("rm", "Corman Park No. 344", kind="RM", province="SK"),
    Municipality("gp", "Grande Prairie County No. 1", kind="MD", province="AB"),
    Municipality("pas", "The Pas", kind="T", province="MB"),
    Municipality("lap", "La Prairie", kind="V", province="QC"),
    Municipality("tri", "Trois-Rivières", kind="V", province="QC"),
    Municipality("que", "Québec", kind="V", province="QC"),
    Municipality("hop", "Hope", kind="DM", province="BC"),
    Municipality("hto", "Hope Town", kind="MÉ", province="QC"),
    Municipality("nor", "Norfolk County", kind="CY", province="ON"),
    Municipality("aut", "Authier", kind="MÉ", province="QC"),
    Municipality("gau", "Gauthier", kind="TP", province="ON"),
    Municipality("brk", "Saint-Bruno", kind="MÉ", province="QC"),
    Municipality("brm", "Saint-Bruno-de-Montarville", kind="V", province="QC"),
    Municipality("ann", "Sainte-Anne-de-Bellevue", kind="V", province="QC"),
    Municipality("hun", "One Hundred Mile House", kind="DM", province="BC"),
    Municipality("sud", "Greater Sudbury", "Grand Sudbury", kind="CV", province="ON", aliases=("Nickel City",)),
    Municipality("app", "Qu'Appelle", kind="T", province="SK"),
    Municipality("for", "Fort Qu'Appelle", kind="T", province="SK"),
    Municipality("woo", "Woody Point, Bonne Bay", kind="T", province="NL"),
    Municipality("mou", "Mountain (South)", kind="RM", province="MB"),
]
PLACES = Places(SMALL)

SAID = [
    ("Redcliff", "sure", "red"),
    ("hi I'm calling from the Town of Redcliff please", "sure", "red"),
    ("Taber", "choose", "t md"),
    ("Taber Alberta", "choose", "t md"),
    ("the Town of Taber", "sure", "t"),
    ("M.D. of Taber", "sure", "md"),
    ("Taber municipal district, Alberta", "sure", "md"),
    ("City of Taber", "choose", "t md"),
    ("Lloydminster", "choose", "lla lls"),
    ("Lloydminster, Saskatchewan", "sure", "lls"),
    ("City of Lloydminster in Alberta", "sure", "lla"),
    ("Redcliff, Saskatchewan", "confirm", "red"),
    ("Village of Redcliff", "confirm", "red"),
    ("Lacombe", "choose", "lac lco"),
    ("Lacombe County", "sure", "lco"),
    ("County of Lacombe", "sure", "lco"),
    ("City of Lacombe", "sure", "lac"),
    ("RM of Corman Park No. 344", "sure", "rm"),
    ("Corman Park", "sure", "rm"),
    ("rural municipality of corman park number three forty-four", "sure", "rm"),
    ("R.M. 344", "confirm", "rm"),
    ("344", "nothing", ""),
    ("RM of Corman Park 345", "confirm", "rm"),
    ("County of Grande Prairie No. 1", "sure", "gp"),
    ("the Pas", "sure", "pas"),
    ("ville de La Prairie", "sure", "lap"),
    ("3 rivières", "sure", "tri"),
    ("Troisrivieres", "confirm", "tri"),
    ("Québec", "sure", "que"),
    ("Hope Town", "sure", "hto"),
    ("Town of Hope", "choose", "hop hto"),
    ("County of Norfolk", "confirm", "nor"),
    ("Authier", "choose", "aut gau"),
    ("municipalité d'Authier", "choose", "aut gau"),
    ("Authier au Québec", "sure", "aut"),
    ("Saint-Bruno", "choose", "brk brm"),
    ("ville de Saint-Bruno", "choose", "brm brk"),
    ("Bellevue", "confirm", "ann"),
    ("Sainte Anne", "confirm", "ann"),
    ("a hundred mile house", "sure", "hun"),
    ("Grand Sudbury", "sure", "sud"),
    ("Nickel City", "sure", "sud"),
    ("Qu'Appelle", "sure", "app"),
    ("for Qu'Appelle", "choose", "app for"),
    ("Woody Point", "sure", "woo"),
    ("RM of Mountain", "sure", "mou"),
    ("Redclif", "confirm", "red"),
    ("yeah hi it's the town hall in Taber", "choose", "t md"),
    ("somebody at the office in Redcliff asked me to call", "confirm", "red"),
    ("somebody at the office in Redclif asked me to call", "confirm", "red"),
    ("not Redcliff", "confirm", "red"),
    ("I hope you can help me", "nothing", ""),
    ("our printer does not work", "nothing", ""),
    ("Saint", "nothing", ""),
    ("county", "nothing", ""),
    ("the town", "nothing", ""),
    ("Saskatchewan", "nothing", ""),
    ("", "nothing", ""),
    ("...", "nothing", ""),
]

KEYED = [
    ("82237", "choose", "t md"),
    ("73325433", "sure", "red"),
    ("7332-5433", "sure", "red"),
    ("7332", "confirm", "red"),
    ("733", "confirm", "red"),
    ("73325434", "confirm", "red"),  # a wrong key
    ("7325433", "confirm", "red"),  # a lost one
    ("733225433", "confirm", "red"),  # a doubled one
    ("73235433", "confirm", "red"),  # two exchanged
    ("523662", "choose", "lac lco"),  # a slip in a beginning
    ("5226623", "choose", "lac lco"),
    ("5226623268689", "sure", "lco"),
    ("2676267275", "sure", "rm"),
    ("2676267275344", "sure", "rm"),
    ("267626727566344", "sure", "rm"),
    ("1006453", "confirm", "hun"),
    ("6634863733645346873", "sure", "hun"),
    ("72468266333235", "confirm", "ann"),
    ("7246827866", "choose", "brk brm"),
    ("78827866", "choose", "brk brm"),
    ("4673", "choose", "hop hto"),
    ("46738696", "sure", "hto"),
    ("2884437", "choose", "aut gau"),
    ("3846", "nothing", ""),
    ("2", "nothing", ""),
    ("", "nothing", ""),
    ("*#", "nothing", ""),
    ("7" * 200, "nothing", ""),
]


@pytest.mark.parametrize(("words", "kind", "keys"), SAID)
def test_what_was_said_is_found(words: str, kind: str, keys: str) -> None:
    assert verdict(PLACES.said(words)) == Verdict(kind, tuple(keys.split()))  # type: ignore[arg-type]


@pytest.mark.parametrize(("digits", "kind", "keys"), KEYED)
def test_what_was_keyed_is_found(digits: str, kind: str, keys: str) -> None:
    assert verdict(PLACES.keyed(digits)) == Verdict(kind, tuple(keys.split()))  # type: ignore[arg-type]


def test_the_callers_province_orders_equals_and_decides_nothing() -> None:
    assert verdict(PLACES.said("Lloydminster", "SK")) == Verdict("choose", ("lls", "lla"))
    assert verdict(PLACES.keyed("5569", "SK")) == Verdict("choose", ("lls", "lla"))
    assert verdict(PLACES.said("Redcliff", "SK")) == Verdict("sure", ("red",))


def test_the_given_order_decides_between_equals() -> None:
    assert Places(SMALL[::-1]).said("Taber")[0].municipality == "md"


def test_a_short_beginning_gives_a_few() -> None:
    many = Places([Municipality(str(number), f"Saint-{number}", province="QC") for number in range(300, 900)])
    assert [one.municipality for one in many.keyed("72468")] == ["300", "301", "302", "303", "304"]


def test_a_name_has_its_municipalities_in_a_province() -> None:
    assert PLACES.named("Taber", "AB") == ("t", "md")
    assert PLACES.named("taber", "SK") == ()
    assert PLACES.named("Lacombe", "AB") == ("lac", "lco")
    assert PLACES.named("Grand Sudbury", "ON") == ("sud",)
    assert PLACES.named("", "AB") == ()


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], Verdict("nothing")),
        ([100], Verdict("sure", ("a",))),
        ([100, 95, 95], Verdict("sure", ("a",))),
        ([100, 100], Verdict("choose", ("a", "b"))),
        ([100] * 5, Verdict("choose", ("a", "b", "c", "d"))),
        ([99], Verdict("confirm", ("a",))),
        ([90, 70], Verdict("confirm", ("a",))),
        ([90, 85, 70], Verdict("choose", ("a", "b"))),
    ],
)
def test_a_verdict_is_sure_of_one_very_name_only(scores: list[int], expected: Verdict) -> None:
    assert verdict([Found(key, score) for key, score in zip("abcde", scores, strict=False)]) == expected


@pytest.mark.parametrize(
    ("keys", "language", "told"),
    [
        ("t red", "en", ("Taber", "Redcliff")),
        ("t md", "en", ("the Town of Taber", "the Municipal District of Taber")),
        ("t md", "fr", ("la Ville de Taber", "le District municipal de Taber")),
        ("lla lls", "en", ("Lloydminster, Alberta", "Lloydminster, Saskatchewan")),
        ("t lla lls", "en", ("Taber", "Lloydminster, Alberta", "Lloydminster, Saskatchewan")),
        ("lac lco", "en", ("Lacombe", "Lacombe County")),
        ("sud", "fr", ("Grand Sudbury",)),
    ],
)
def test_options_are_told_apart(keys: str, language: str, told: tuple[str, ...]) -> None:
    by_key = {one.municipality: one for one in SMALL}
    assert telling([by_key[key] for key in keys.split()], language) == told


def test_what_differs_in_class_and_province_is_told_with_both_where_one_is_not_enough() -> None:
    kinds = [("T", "NL"), ("P", "NB"), ("TV", "NB"), ("CY", "ON")]
    woodstocks = [Municipality(f"{at}", "Woodstock", kind=kind, province=code) for at, (kind, code) in enumerate(kinds)]
    assert telling(woodstocks, "en") == (
        "the Town of Woodstock, Newfoundland and Labrador",
        "the Parish of Woodstock",
        "the Town of Woodstock, New Brunswick",
        "the City of Woodstock",
    )


def test_twins_in_all_are_told_by_an_alias_where_there_is_one() -> None:
    twins = [
        Municipality("1", "Saint-Elzéar", kind="MÉ", province="QC", aliases=("Saint-Elzéar de Beauce",)),
        Municipality("2", "Saint-Elzéar", kind="MÉ", province="QC"),
    ]
    assert telling(twins, "fr") == (
        "la Municipalité de Saint-Elzéar, Saint-Elzéar de Beauce",
        "la Municipalité de Saint-Elzéar",
    )


def test_an_empty_directory_knows_nobody() -> None:
    assert Places([]).said("Taber") == Places([]).keyed("82237") == ()


@given(st.text(max_size=120), st.sampled_from(["", "AB", "QC", "XX"]))
def test_any_text_has_an_answer_and_always_the_same(words: str, province: str) -> None:
    found = PLACES.said(words, province)
    assert found == PLACES.said(words, province) == Places(SMALL).said(words, province)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(0 < one.score <= 100 for one in found) and len(found) <= MOST
    assert len({one.municipality for one in found}) == len(found)
    assert len(verdict(found).municipalities) <= OFFERED


@given(st.text("0123456789*# ", max_size=30))
def test_any_keys_have_an_answer(digits: str) -> None:
    found = PLACES.keyed(digits)
    assert found == PLACES.keyed(digits) and len(found) <= MOST


@given(st.sampled_from(SMALL), st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.integers(0, 40), st.booleans())
def test_a_changed_name_is_never_sure_of_another(one: Municipality, letter: str, at: int, more: bool) -> None:
    """One letter changed or put in."""
    at = at % len(one.name)
    changed = one.name[:at] + letter + one.name[at + (not more) :]
    for found in (verdict(PLACES.said(changed)), verdict(PLACES.keyed(keys_of(changed)))):
        assert found.kind != "sure" or found.municipalities == (one.municipality,)


@pytest.fixture(scope="session")
def real(shared_data: Path) -> list[Municipality]:
    with (shared_data / "municipalities_ca.csv").open(encoding="utf-8", newline="") as file:
        return [
            Municipality(row["sgc_code"], row["name"], row["name_fr"], row["class"], row["province"])
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="session")
def all_places(real: list[Municipality]) -> Places:
    return Places(real)


def test_every_real_name_is_found_and_sure_only_where_no_other_has_it(
    real: list[Municipality], all_places: Places
) -> None:
    having = defaultdict(set)
    for one in real:
        having[_folded(one.name)].add(one.municipality)
    for one in real:
        said, keyed = all_places.said(one.name, one.province), all_places.keyed(keys_of(one.name), one.province)
        for found in (verdict(said), verdict(keyed)):
            assert one.municipality in found.municipalities, one
            assert found.kind != "sure" or len(having[_folded(one.name)]) == 1, one


def test_with_class_and_province_told_none_of_another_province_is_offered(
    real: list[Municipality], all_places: Places
) -> None:
    province_of = {one.municipality: one.province for one in real}
    for one in real:
        found = verdict(all_places.said(f"{spoken_kind(one, 'en')}, {province_name(one.province, 'en')}"))
        assert one.municipality in found.municipalities, one
        assert {province_of[key] for key in found.municipalities} == {one.province}, one


VARIANTS: list[Callable[[str], str]] = [
    str.upper,
    lambda name: _folded(name),
    lambda name: name.replace("-", " ").replace("'", "’"),
    lambda name: re.sub(r"\bSaint\b", "St.", name),
    lambda name: re.sub(r"\bSainte\b", "Ste", name),
    lambda name: re.sub(r"\bSt\b\.?", "Saint", name),
    lambda name: f"uh hi, I'm calling from {name} please",
    lambda name: f"bonjour, j'appelle de {name}",
]


@settings(max_examples=often(120), suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.sampled_from(VARIANTS))
def test_every_spelling_of_a_real_name_is_found(
    real: list[Municipality], all_places: Places, number: int, variant: Callable[[str], str]
) -> None:
    one = real[number % len(real)]
    found = verdict(all_places.said(variant(one.name), one.province))
    assert one.municipality in found.municipalities, (one, variant(one.name))


@settings(max_examples=often(120), suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.sampled_from("aeiou"), st.integers(0, 100))
def test_a_wrong_vowel_never_leads_surely_to_another(
    real: list[Municipality], all_places: Places, number: int, vowel: str, at: int
) -> None:
    one = real[number % len(real)]
    vowels = [at for at, letter in enumerate(_folded(one.name)) if letter in "aeiou"]
    if not vowels:
        return
    place = vowels[at % len(vowels)]
    said = _folded(one.name)[:place] + vowel + _folded(one.name)[place + 1 :]
    found = verdict(all_places.said(said))
    assert found.kind != "sure" or found.municipalities == (one.municipality,), (one, said)


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
