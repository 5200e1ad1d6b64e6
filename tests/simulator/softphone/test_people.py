"""The file of the people whom one can be on the softphone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.softphone.people import BadPeople, Person, read_people

GOOD = """
people:
  - name: Cora Bell
    number: "+14035550199"
    note: Taber
  - name: Somebody
    withheld: true
    language: fr
  - name: Ana Ruiz
    number: "+14035550111"
    kind: technician
"""


def test_a_file_in_yaml_and_the_same_in_json(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text(GOOD)
    people = read_people(tmp_path / "people.yaml")
    assert people == (
        Person("Cora Bell", "+14035550199", "caller", "en", "Taber"),
        Person("Somebody", None, "caller", "fr"),
        Person("Ana Ruiz", "+14035550111", "technician"),
    )
    one = {"people": [{"name": "Cora Bell", "number": "+14035550199", "note": "Taber"}]}
    (tmp_path / "people.json").write_text(json.dumps(one))
    assert read_people(tmp_path / "people.json") == people[:1]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("people: [", "neither YAML nor JSON"),
        ("- name: Cora", "must hold `people:` with a list of people, and nothing else"),
        ("people: []\nlines: []", "and nothing else"),
        ("people: [Cora]", "person 1: write name, number, kind, language and note, not 'Cora'"),
        ("people: [{name: Cora, phone: x}]", "person 1: 'phone' is unknown; there are name, number, withheld"),
        ("people: [{name: Cora, number: 14035550199}]", 'number must not be 14035550199 (write it in quotes: "+1'),
        ("people: [{name: ' ', withheld: true}]", "the name is missing"),
        ("people: [{name: Cora, withheld: true, kind: boss}]", "kind is caller or technician, not 'boss'"),
        ("people: [{name: Cora}]", "give either a number or `withheld: true`"),
        ("people: [{name: Cora, number: '+14035550199', withheld: true}]", "give either a number or"),
        ("people: [{name: Ana, withheld: true, kind: technician}]", "a technician needs a number that can be rung"),
        ("people: [{name: Cora, number: '403 555 0199'}]", "'403 555 0199' is no number like \"+14035550199\""),
        (
            "people: [{name: Cora, number: '+14035550199'}, {name: Luc, number: '+14035550199'}]",
            "person 2: +14035550199 is somebody else's already",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, said: str, sentence: str) -> None:
    (tmp_path / "people.yaml").write_text(said)
    with pytest.raises(BadPeople) as refused:
        read_people(tmp_path / "people.yaml")
    assert sentence in str(refused.value)
    assert str(tmp_path / "people.yaml") in str(refused.value)
