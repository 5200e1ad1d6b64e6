"""Where numbers were given out."""

import subprocess
import sys

import pytest

from routing.exchanges import exchange_place, warm


@pytest.mark.parametrize(
    ("number", "place", "province"),
    [
        ("+14032235555", "Taber", "AB"),
        ("+19028635555", "Antigonish", "NS"),
        ("+17805550123", "", "AB"),
        ("+14165550123", "", "ON"),
        ("+18672235555", "", ""),  # three territories
        ("+19025550123", "", ""),  # two provinces
        ("+16005550123", "", ""),  # no place at all
        ("+18005550123", "", ""),
        ("+12125550123", "", ""),
        ("+33123456789", "", ""),
        ("+1403", "", ""),
        ("anonymous", "", ""),
        ("", "", ""),
    ],
)
def test_an_exchange_is_in_a_place(number: str, place: str, province: str) -> None:
    assert exchange_place(number) == (place, province)


def test_the_tables_are_read_when_first_asked() -> None:
    asked = (
        "import sys; from routing.exchanges import warm; assert 'phonenumbers.geocoder' not in sys.modules; "
        "warm(); assert 'phonenumbers.geocoder' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", asked], check=True)
    warm()
