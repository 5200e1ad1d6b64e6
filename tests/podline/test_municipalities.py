"""The public list becomes the directory's file, and every one of its rows imports."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from db.importing import import_directory
from podline.municipalities import BadSource, convert_municipalities, languages_of, timezone_of
from podline.world import generate_clients

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SOURCE = """sgc_code,province,class,name,name_fr,organization_name
4802022,AB,T,Taber,Taber,Town of Taber
3547020,ON,TP,"Brudenell, Lyndoch and Raglan","Brudenell, Lyndoch and Raglan",
2491042,QC,V,Saint-Félicien,Saint-Félicien,Ville de Saint-Félicien
4815023,AB,T,Canmore,Canmore,Town of Canmore
"""


def converted(folder: Path) -> list[dict[str, str]]:
    with (folder / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("code", "province", "zone"),
    [
        ("4802022", "AB", "America/Edmonton"),
        ("4717029", "SK", "America/Edmonton"),
        ("4707039", "SK", "America/Regina"),
        ("3560010", "ON", "America/Winnipeg"),
        ("3560049", "ON", "America/Atikokan"),
        ("3547020", "ON", "America/Toronto"),
        ("5955014", "BC", "America/Dawson_Creek"),
        ("5901012", "BC", "America/Edmonton"),
        ("1010025", "NL", "America/Goose_Bay"),
        ("1010003", "NL", "America/St_Johns"),
        ("2401023", "QC", "America/Halifax"),
        ("6205017", "NU", "America/Rankin_Inlet"),
        ("6001009", "YT", "America/Whitehorse"),
        ("9900001", "ZZ", ""),
    ],
)
def test_time_zones(code: str, province: str, zone: str) -> None:
    assert timezone_of(code, province) == zone


@pytest.mark.parametrize(
    ("province", "name", "name_fr", "languages"),
    [
        ("AB", "Taber", "Taber", "en"),
        ("QC", "Rimouski", "Rimouski", "fr"),
        ("NB", "Grand Falls", "Grand-Sault", "fr;en"),
        ("NB", "Dieppe", "Dieppe", "en;fr"),
        ("ON", "Greater Sudbury", "Grand Sudbury", "en;fr"),
        ("ON", "Kenora", "", "en"),
    ],
)
def test_languages(province: str, name: str, name_fr: str, languages: str) -> None:
    assert languages_of(province, name, name_fr) == languages


def test_pods_are_dealt_in_turn_or_by_province(tmp_path: Path) -> None:
    source = tmp_path / "source.csv"
    source.write_text(SOURCE, encoding="utf-8")
    assert convert_municipalities(source, tmp_path / "turn", ["a", "b"]) == 4
    assert [row["pod"] for row in converted(tmp_path / "turn")] == ["a", "b", "a", "b"]
    convert_municipalities(source, tmp_path / "province", ["a", "b"], "province")
    assert [row["pod"] for row in converted(tmp_path / "province")] == ["a", "b", "b", "a"]
    convert_municipalities(source, tmp_path / "none", [])
    assert {row["pod"] for row in converted(tmp_path / "none")} == {""}
    assert converted(tmp_path / "none")[1]["name"] == "Brudenell, Lyndoch and Raglan"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"", "no column sgc_code"),
        (b"sgc_code,province\n", "no column class"),
        (b"\xff\xfe\xff", "not CSV in UTF-8"),
    ],
)
def test_a_source_that_cannot_be_converted(tmp_path: Path, content: bytes | None, said: str) -> None:
    source = tmp_path / "source.csv"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(BadSource, match=said):
        convert_municipalities(source, tmp_path, ["a"])


async def test_every_municipality_of_canada_imports(database_url: str, shared_data: Path, tmp_path: Path) -> None:
    count = convert_municipalities(shared_data / "municipalities_ca.csv", tmp_path, ["a", "b", "c"])
    assert count == 3594
    (tmp_path / "pods.csv").write_text(
        "pod,name,strategy,timezone\n" + "".join(f"{pod},{pod},linear,America/Edmonton\n" for pod in "abc")
    )
    generate_clients(tmp_path, 2_000)
    connection = await asyncpg.connect(database_url)
    report = await import_directory(connection, tmp_path, now=NOW, strict=True)
    assert not report.problems
    assert [(file.file, file.added) for file in report.files] == [
        *(("pods.csv", 3), ("municipalities.csv", 3594), ("clients.csv", 2000))
    ]
    again = await import_directory(connection, tmp_path, now=NOW, strict=True)
    assert [file.unchanged for file in again.files] == [3, 3594, 2000]
    dealt = await connection.fetch("SELECT pod FROM municipalities")
    assert max(Counter(record["pod"] for record in dealt).values()) == 1198
    await connection.close()
