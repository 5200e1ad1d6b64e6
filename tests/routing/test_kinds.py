"""What municipalities are called, in both languages."""

import csv
from pathlib import Path

import pytest

from routing.directory import Municipality
from routing.kinds import KINDS, PROVINCES, province_name, spoken_kind, spoken_name

SPOKEN = [
    ("Taber", "T", "AB", "the Town of Taber", "la Ville de Taber"),
    ("Taber", "MD", "AB", "the Municipal District of Taber", "le District municipal de Taber"),
    ("Digby", "MD", "NS", "the Municipality of Digby", "la Municipalité de Digby"),
    ("Lacombe County", "MD", "AB", "Lacombe County", "Lacombe County"),
    ("Forty Mile County No. 8", "MD", "AB", "Forty Mile County No. 8", "Forty Mile County No. 8"),
    ("Strathcona County", "SM", "AB", "Strathcona County", "Strathcona County"),
    ("White City", "T", "SK", "the Town of White City", "la Ville de White City"),
    ("Ville-Marie", "V", "QC", "the City of Ville-Marie", "la Ville de Ville-Marie"),
    ("Amos", "V", "QC", "the City of Amos", "la Ville d'Amos"),
    ("Hampstead", "V", "QC", "the City of Hampstead", "la Ville de Hampstead"),
    ("Yamachiche", "MÉ", "QC", "the Municipality of Yamachiche", "la Municipalité de Yamachiche"),
    ("Les Cèdres", "MÉ", "QC", "the Municipality of Les Cèdres", "la Municipalité des Cèdres"),
    ("Le Goulet", "VL", "NB", "the Village of Le Goulet", "le Village du Goulet"),
    ("L'Île-Perrot", "V", "QC", "the City of L'Île-Perrot", "la Ville de L'Île-Perrot"),
    ("Îles-du-Nord", "MÉ", "QC", "the Municipality of Îles-du-Nord", "la Municipalité d'Îles-du-Nord"),
    ("Halifax", "RGM", "NS", "Halifax Regional Municipality", "la Municipalité régionale de Halifax"),
    ("Corman Park No. 344", "RM", "SK", "the Rural Municipality of Corman Park No. 344", None),
    ("Village of Rest", "VL", "SK", "Village of Rest", "Village of Rest"),
    ("Somewhere", "", "AB", "Somewhere", "Somewhere"),
    ("Somewhere", "XX", "", "Somewhere", "Somewhere"),
    ("Alma", "", "", "Alma", "Alma"),
    ("Rest", "LGD", "MB", "the Local Government District of Rest", "le District d'administration locale de Rest"),
]


@pytest.mark.parametrize(("name", "kind", "province", "english", "french"), SPOKEN)
def test_a_municipality_is_called_by_its_class(
    name: str, kind: str, province: str, english: str, french: str | None
) -> None:
    one = Municipality("1", name, kind=kind, province=province)
    assert spoken_kind(one, "en") == english
    assert french is None or spoken_kind(one, "fr") == french


def test_each_language_has_its_name() -> None:
    sudbury = Municipality("1", "Greater Sudbury", "Grand Sudbury", kind="CV", province="ON")
    assert spoken_name(sudbury, "en") == "Greater Sudbury"
    assert spoken_kind(sudbury, "fr-CA") == "la Ville de Grand Sudbury"
    assert spoken_name(Municipality("1", "", "Lévis"), "en") == "Lévis"


def test_provinces_have_names_in_both_languages() -> None:
    assert province_name("SK", "en") == "Saskatchewan"
    assert province_name("QC", "fr") == "Québec"
    assert province_name("XX", "en") == province_name("", "fr") == ""
    assert len(PROVINCES) == 13


def test_every_class_of_the_real_list_is_known_and_called_as_it_calls_itself(shared_data: Path) -> None:
    with (shared_data / "municipalities_ca.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["class"] for row in rows} == set(KINDS)
    for row in rows:
        one = Municipality(row["sgc_code"], row["name"], row["name_fr"], row["class"], row["province"])
        for language in ("en", "fr"):
            called = spoken_kind(one, language)
            assert spoken_name(one, language).removeprefix("Les ").removeprefix("Le ") in called
            assert not called.lower().endswith(("county county", "municipality municipality"))
        if row["organization_name"].startswith(("Town of", "City of", "Village of", "Township of")) and (
            row["class"] not in ("V", "MD")
        ):
            assert spoken_kind(one, "en") == f"the {row['organization_name']}"
