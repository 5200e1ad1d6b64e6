"""What the technician alone hears: who, from where, what is open, what was promised, all in under 6 s."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callflows.actions import Say, Screen
from callflows.languages import language
from routing.floor import Floor
from tests.builders import CLARA, NOW, TABER, floor, local, matter, standing, unknown_floor, version
from tests.callflows.call import Call

SIX_SECONDS = 90  # characters, at 15 a second
MONDAY = local("2026-11-09 09:30")


def whispered(facts: Floor, **contact: Any) -> tuple[Say, ...]:
    """What Ana hears when she picks up."""
    call = Call(facts, version("ana"))
    call.arrives()
    if contact:
        call.contact = replace(call.contact, **contact)
    (screen,) = call.picks_up().replies
    assert isinstance(screen, Screen)
    return screen.whisper


def as_spoken(parts: tuple[Say, ...], code: str = "en") -> str:
    return " ".join(language(code).text(one.prompt, one.params) for one in parts)


def test_all_that_the_technician_must_know_is_said() -> None:
    known = floor(standing("ana", languages=("en", "fr")), callers=(replace(CLARA, language="fr"),))
    spoken = as_spoken(whispered(replace(known, matters=(matter(12, "ana", NOW, MONDAY),))))
    assert spoken == (
        "Taber: Clara Whitfield. Matter 12 is open. Promised by Monday at 9:30 a.m. Speaks French. "
        "Press 1 to take it, 2 to pass, 3 for everybody's help."
    )


def test_a_technician_hears_their_own_first_language() -> None:
    taber = replace(TABER, name_fr="Taber-la-Sucrée", languages=("en",))
    known = floor(standing("ana", languages=("fr", "en")), municipalities={"4802022": taber}, matter=matter(12, "ana"))
    parts = whispered(known)
    assert as_spoken(parts, "fr") == (
        "Taber-la-Sucrée : Clara Whitfield. Dossier 12 ouvert. Parle anglais. "
        "1 pour prendre l'appel, 2 pour passer, 3 pour de l'aide."
    )


@pytest.mark.parametrize(("name_fr", "said"), [("Sucreville", "Sucreville"), ("", "Taber")])
def test_a_place_without_a_french_name_keeps_its_own(name_fr: str, said: str) -> None:
    places = {"4802022": replace(TABER, name_fr=name_fr)}
    assert (
        whispered(floor(standing("ana", languages=("fr", "en")), municipalities=places))[0].params["municipality"]
        == said
    )


@pytest.mark.parametrize(
    ("spoken", "client", "told"),
    [
        (("en",), "en", False),
        (("en", "fr"), "en", False),
        (("en", "fr"), "fr", True),
        ((), "fr", False),
        (("en", "cr"), "cr", True),
    ],
    ids=["the same", "the first", "the second", "languages unknown: the client's", "one that we don't speak"],
)
def test_the_clients_language_is_said_when_it_is_not_the_technicians_first(
    spoken: tuple[str, ...], client: str, told: bool
) -> None:
    parts = whispered(floor(standing("ana", languages=spoken), callers=(replace(CLARA, language=client),)))
    assert ("whisper_language" in [one.prompt for one in parts]) == told


@pytest.mark.parametrize(
    ("client", "municipality", "prompt"),
    [
        ("clara", "4802022", "whisper_who"),
        ("", "4802022", "whisper_place"),
        ("clara", "", "whisper_place"),
        ("", "", "whisper_unknown"),
        ("somebody of yesterday", "a place of yesterday", "whisper_unknown"),
    ],
)
def test_who_is_calling_is_said_as_far_as_it_is_known(client: str, municipality: str, prompt: str) -> None:
    parts = whispered(floor("ana"), client=client, municipality=municipality)
    assert parts[0].prompt == prompt


def test_a_client_without_a_place_is_said_by_name() -> None:
    assert as_spoken(whispered(floor("ana"), municipality="")[:1]) == "Clara Whitfield."


def test_a_technician_who_left_the_directory_hears_the_clients_language() -> None:
    call = Call(floor("ana", callers=(replace(CLARA, language=""),)), version("ana"))
    call.arrives()
    call.floor = unknown_floor("ben")
    call.picks_up()
    assert call.said == ["whisper_unknown", "screening_keys_help"]


LONG_PLACE = "Resort Municipality of Stanley Bridge-Hope River-Bayview-Cavendish-North Rustico"


@pytest.mark.parametrize(
    ("place", "client"),
    [
        ("Taber", "Clara Whitfield"),
        (LONG_PLACE, "Maximiliana Featherstonehaugh-Cholmondeley"),
        ("Mount Carmel-Mitchells Brook-St. Catherine's", "Bartholomew Featherstonehaugh"),
        ("Taber", "A" * 120),
    ],
)
@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_whisper_fits_in_six_seconds_however_long_the_names_are(place: str, client: str, code: str) -> None:
    known = floor(
        standing("ana", languages=(code,)),
        callers=(replace(CLARA, name=client, language=code),),
        municipalities={"4802022": replace(TABER, name=place, name_fr=place)},
        matter=matter(1234, "ana", MONDAY),
    )
    *parts, keys = whispered(known)
    assert keys == Say("screening_keys_help")
    spoken = as_spoken(tuple(parts), code)
    assert spoken.startswith(place[:20])
    assert len(spoken) <= SIX_SECONDS


@pytest.mark.parametrize("code", ["en", "fr"])
@pytest.mark.parametrize("keys", ["screening_keys", "screening_keys_help", "swarm_helper_keys"])
def test_the_keys_are_said_in_time(keys: str, code: str) -> None:
    """Whoever presses nothing is hung up on 15 s after the pick-up: 6 s of whisper, 4 s of keys, 5 s to press one."""
    assert len(language(code).text(keys)) <= 4 * 15 + 5


names = st.text("abcdefghijklmnopqrstuvwxyz -'éÉ", min_size=1, max_size=60).map(lambda text: f"A{text.strip()}")


@given(names, names, st.integers(1, 99_999), st.sampled_from(["en", "fr"]), st.booleans())
def test_the_keys_always_come_last_and_the_most_important_first(
    place: str, client: str, number: int, code: str, promised: bool
) -> None:
    known = floor(
        standing("ana", languages=(code,)),
        callers=(replace(CLARA, name=client, language=code),),
        municipalities={"4802022": replace(TABER, name=place, name_fr=place)},
        matter=matter(number, "ana", *([MONDAY] if promised else [])),
    )
    said = [one.prompt for one in whispered(known)]
    whole = ["whisper_who", "whisper_matter", "whisper_promise"]
    assert said == [*whole[: len(said) - 1], "screening_keys_help"]
