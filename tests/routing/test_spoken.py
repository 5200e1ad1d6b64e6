"""What people say and how it is written, brought to one form."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.spoken import Reading, kinds_said, normal, readings, sound, stages

ONE_FORM = {
    "3 hills": ["Three Hills", "3 hills", "THREE HILLS", " three-hills "],
    "3 rivieres": ["Trois-Rivières", "trois rivieres", "3 rivières", "Trois‑Rivières"],
    "100 mile house": ["One Hundred Mile House", "100 Mile House", "a hundred mile house"],
    "1000 isles": ["Mille-Isles", "mille isles"],
    "saint anne": ["Sainte-Anne", "Ste. Anne", "ste anne", "Saint Anne", "St Anne"],
    "saint marys": ["St. Mary's", "Saint Marys", "st marys", "St. Mary’s"],
    "mont royal": ["Mont-Royal", "Mount Royal", "Mt. Royal"],
    "l ange gardien": ["L'Ange-Gardien", "l’ange gardien"],
    "stoneham and tewkesbury": ["Stoneham-et-Tewkesbury", "Stoneham and Tewkesbury", "Stoneham & Tewkesbury"],
    "sacre coeur": ["Sacré-Cœur", "sacre coeur"],
    "saint come liniere": ["Saint-Côme—Linière"],
    "edwardsburgh cardinal": ["Edwardsburgh/Cardinal"],
    "corman park 344": [
        *("Corman Park No. 344", "corman park number three forty-four", "Corman Park # 344", "corman park nº 344"),
        *("corman park three hundred and forty four", "corman park no three four four", "corman park 3 44"),
        *("corman park numéro trois cent quarante-quatre", "corman park 3 hundred 44"),
    ],
    "rm 344": ["R.M. 344", "RM 344", "r. m. no. 344", "R M three forty four"],
    "pei": ["P.E.I.", "P E I"],
}

NUMBERS = {
    "zero": "0",
    "oh": "oh",
    "one oh one": "101",
    "twelve": "12",
    "ninety-nine": "99",
    "three fifty": "350",
    "one hundred and sixteen": "116",
    "two thousand and ten": "2010",
    "cent": "100",
    "vingt et un": "21",
    "dix-sept": "17",
    "soixante-quinze": "75",
    "soixante et onze": "71",
    "quatre-vingts": "80",
    "quatre-vingt-dix-neuf": "99",
    "deux cent trois": "203",
    "un": "un",
    "007": "7",
    "three and rock": "3 and rock",
}


@pytest.mark.parametrize(("form", "text"), [(form, text) for form, texts in ONE_FORM.items() for text in texts])
def test_all_spellings_have_one_form(form: str, text: str) -> None:
    assert normal(text) == form


@pytest.mark.parametrize(("said", "digits"), NUMBERS.items())
def test_number_words_of_both_languages_are_digits(said: str, digits: str) -> None:
    assert normal(said) == digits


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("uh, it's Taber", "taber"),
        ("Hi, I'm calling from Taber please", "taber"),
        ("hello this is Taber calling", "taber"),
        ("Bonjour, j'appelle de Lévis, s'il vous plaît", "levis"),
        ("je suis de Lévis", "levis"),
        ("ici Lévis, merci", "levis"),
        ("oui bonjour, c'est Lévis", "levis"),
        ("Notre-Dame-de-la-Merci", "notre dame de la merci"),
    ],
)
def test_words_around_a_name_come_off(said: str, left: str) -> None:
    assert list(stages(normal(said)))[-1] == left


def test_they_come_off_one_at_a_time_so_that_the_pas_keeps_its_article() -> None:
    assert list(stages(normal("it's the Pas"))) == ["its the pas", "the pas", "pas"]
    assert list(stages("")) == []


@pytest.mark.parametrize(
    ("said", "name", "code"),
    [
        ("Town of Taber", "taber", "T"),
        ("the town of taber", "taber", "T"),
        ("Taber town", "taber", "T"),
        ("Lacombe County", "lacombe", "MD"),
        ("the M.D. of Bighorn No. 8", "bighorn 8", "MD"),
        ("municipal district of Bighorn", "bighorn", "MD"),
        ("Rural Municipality of Corman Park", "corman park", "RM"),
        ("RM 344", "344", "RM"),
        ("Halifax Regional Municipality", "halifax", "RGM"),
        ("ville de Lévis", "levis", "V"),
        ("la ville d'Amos", "amos", "V"),
        ("ville de La Prairie", "la prairie", "V"),
        ("municipalité des Îles-de-la-Madeleine", "les iles de la madeleine", "MÉ"),
        ("la municipalité du Bic", "le bic", "MÉ"),
        ("paroisse de Saint-Donat", "saint donat", "PE"),
        ("canton de Hatley", "hatley", "CT"),
        ("village d'Angliers", "angliers", "VL"),
        ("summer village of Jarvis Bay", "jarvis bay", "SV"),
    ],
)
def test_a_class_word_before_or_behind_is_recognised(said: str, name: str, code: str) -> None:
    assert any(each.name == name and each.kinds and code in each.kinds for each in readings(normal(said)))


@pytest.mark.parametrize(
    ("said", "name", "province"),
    [
        ("Taber Alberta", "taber", "AB"),
        ("Lloydminster, Saskatchewan", "lloydminster", "SK"),
        ("Taber in Alberta", "taber", "AB"),
        ("Lévis au Québec", "levis", "QC"),
        ("Montague P.E.I.", "montague", "PE"),
        ("Charlottetown, Île-du-Prince-Édouard", "charlottetown", "PE"),
        ("Gander, Newfoundland", "gander", "NL"),
        ("Kent British Columbia", "kent", "BC"),
        ("Moncton au Nouveau-Brunswick", "moncton", "NB"),
    ],
)
def test_a_province_is_recognised(said: str, name: str, province: str) -> None:
    assert Reading(name, None, province) in readings(normal(said))


def test_a_name_that_is_a_province_stays_a_name() -> None:
    assert [each.name for each in readings("quebec")] == ["quebec"]


def test_a_class_word_may_stand_on_the_other_side() -> None:
    assert Reading("norfolk county", turned=True) in readings("county of norfolk")


def test_what_is_no_class_is_none() -> None:
    assert kinds_said("county") >= {"MD", "SM"}
    assert kinds_said("kingdom") == frozenset()


@pytest.mark.parametrize(
    ("one", "other"), [("thecle", "tecle"), ("philippe", "filipe"), ("beaulieu", "boliu"), ("quesnel", "kesnel")]
)
def test_what_sounds_alike_is_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@given(st.text(max_size=200))
def test_any_text_has_a_normal_form(text: str) -> None:
    form = normal(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?: [a-z0-9]+)*)?", form)
    for stage in stages(form):
        assert all(reading.name for reading in readings(stage))


NUMBER_WORDS = "three 3 hundred forty cent et and vingt quatre dix no number a un oh 44 mille hills of rm"


@given(st.lists(st.sampled_from(NUMBER_WORDS.split()), max_size=12))
def test_any_row_of_number_words_can_be_read(words: list[str]) -> None:
    assert normal(" ".join(words)) == normal("  ".join(words).upper())
