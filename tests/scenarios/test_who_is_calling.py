"""Who is calling, when the number alone doesn't tell: asked for by name, by key, by choice, and never in circles."""

from typing import Any

import pytest

from simulator.people.story import StoryHandset
from tests.dealing import but, each
from tests.scenarios.towns import ANA, BEN, CHO, TOWNS
from tests.world import BASE, World


@pytest.fixture
def towns(worlds: Any) -> World:
    world: World = worlds(directory=TOWNS)
    return world


def stranger(world: World, number: str | None = "+14035550128") -> StoryHandset:
    return world.phone(number, "A stranger")


def known(world: World) -> tuple[str | None, str | None, str | None]:
    contact = world.desk.contact()
    return contact["client"], contact["municipality"], contact["pod"]


def ends(world: World, caller: StoryHandset) -> None:
    """They hang up, and what Twilio tells of it arrives."""
    caller.hangs_up()
    world.story.clock.passes(seconds=10)
    world.catches_up()


def test_a_stranger_says_taber_is_asked_which_and_reaches_that_pod(towns: World, line: str) -> None:
    caller, cho = stranger(towns), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Which municipality").says("Taber").hears("Town of Taber").hears("Municipal District")
    caller.presses("2").hears("team for the Municipal District of Taber")
    cho.rings().answers().hears("the Municipal District of Taber").presses("1")
    caller.is_connected_to(cho)
    assert known(towns) == (None, "4802021", "north")


def test_the_class_said_tells_the_two_tabers_apart(towns: World, line: str) -> None:
    caller, ana = stranger(towns), towns.phone(ANA, "Ana")
    caller.dials(line).hears("Which municipality").says("the town of Taber")
    ana.rings().accepts()
    assert known(towns) == (None, "4802022", "south")


def test_the_province_said_tells_the_two_lloydminsters_apart(towns: World, line: str) -> None:
    caller, cho = stranger(towns), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Which municipality").says("Lloydminster, Saskatchewan")
    cho.rings().accepts()
    assert known(towns) == (None, "4717029", "north")


def test_a_doubtful_name_is_confirmed(towns: World, line: str) -> None:
    caller, cho = stranger(towns), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Which municipality").says("Rimooski").hears("Is it Rimouski").says("yes")
    cho.rings().accepts()
    assert known(towns) == (None, "2410043", "north")


def test_a_name_understood_wrongly_is_asked_again_by_keys_alone(towns: World, line: str) -> None:
    caller, cho = stranger(towns), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Which municipality").says("Moose Jar").hears("Is it Moose Jaw").presses("2")
    caller.hears("I did not find it").presses("746687#")
    caller.hears("Is it Rimouski").presses("1")
    cho.rings().accepts()
    assert known(towns) == (None, "2410043", "north")


@each(withheld_form=("anonymous", "keypad", "empty"))
def test_a_withheld_number_spells_its_town_on_the_keys(towns: World, line: str, withheld_form: str) -> None:
    caller, cho = stranger(towns, None), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Which municipality").presses("74668754#")
    cho.rings().accepts()
    assert known(towns) == (None, "2410043", "north")
    assert towns.desk.query("SELECT * FROM sightings") == []


@pytest.mark.settled(because="a helper for whose leg Twilio answered nothing is rung last", **but(rest_error="500"))
def test_after_two_failures_the_whole_desk_owes_an_answer(towns: World, line: str) -> None:
    """Never in circles: two tries, then whoever helps everybody, then a message that somebody owns."""
    caller, ana, ben = stranger(towns), towns.phone(ANA, "Ana"), towns.phone(BEN, "Ben")
    caller.dials(line).hears("Which municipality").says("Constantinople")
    caller.hears("I did not find it").presses("99999#")
    ana.rings(within=30).declines()
    ben.rings().declines()
    caller.hears("After the tone", within=towns.allows(60)).speaks(8).hears("call you back").has_ended()
    contact = towns.desk.contact()
    assert (contact["outcome"], contact["municipality"], contact["owner"]) == ("voicemail", None, "ana")


def test_the_whole_desk_is_not_the_pod_of_the_exchange(towns: World, line: str) -> None:
    """A stranger from Moose Jaw who names nothing: whoever has been idle longest of all owns the answer, not only
    those who serve Moose Jaw."""
    for key in ("cho", "dee"):
        towns.api("PUT", f"/api/v1/technicians/{key}/presence", {"state": "off"})
    caller = stranger(towns, "+13066920128")
    caller.dials(line).hears("After the tone", within=towns.allows(120)).speaks(8).hears("call you back").has_ended()
    assert towns.desk.contact()["owner"] == "ana"


def test_a_silent_caller_is_not_kept_waiting_for_ever(towns: World, line: str) -> None:
    caller = stranger(towns).dials(line)
    caller.hears("people who can help you", within=60).hears("After the tone", within=towns.allows(60))


def test_who_named_their_town_is_offered_it_next_time(towns: World, line: str) -> None:
    caller, cho = stranger(towns), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Which municipality").says("Rimouski")
    cho.rings().accepts()
    ends(towns, caller)
    caller.dials(line).hears("Are you calling from Rimouski").presses("1")
    cho.rings().accepts()
    ends(towns, caller)
    assert [(one["municipality"], one["times"]) for one in towns.desk.query("SELECT * FROM sightings")] == [
        ("2410043", 2)
    ]


def test_a_shared_trunk_is_learned_as_such(towns: World, line: str) -> None:
    """Two town halls behind one number: both are offered."""
    caller, cho, ana = stranger(towns), towns.phone(CHO, "Cho"), towns.phone(ANA, "Ana")
    caller.dials(line).hears("Which municipality").says("Rimouski")
    cho.rings().accepts()
    ends(towns, caller)
    caller.dials(line).hears("Are you calling from Rimouski").presses("2").hears("Which municipality")
    caller.says("the town of Taber")
    ana.rings().accepts()
    ends(towns, caller)
    caller.dials(line).hears("For Taber, press 1").hears("For Rimouski, press 2").presses("2")
    cho.rings().accepts()
    assert known(towns) == (None, "2410043", "north")


def test_a_borrowed_number_is_not_remembered(towns: World, line: str) -> None:
    """The network says that the caller has no right to the number they show."""
    sid = "CA" + "8" * 32
    form = {"CallSid": sid, "From": "+14035550128", "To": line, "Direction": "inbound"}
    arrived = {**form, "CallStatus": "ringing", "StirVerstat": "TN-Validation-Failed-A"}
    reply = towns.post(f"{BASE}/voice/incoming", arrived).text
    action = reply.split('action="')[1].split('"')[0].replace("&amp;", "&").partition("#")[0]
    answer = {**form, "CallStatus": "in-progress", "SpeechResult": "Rimouski", "Confidence": "0.9"}
    assert "<Dial" in towns.post(action, answer).text
    assert towns.desk.query("SELECT * FROM sightings") == []


def test_the_exchange_names_a_town_of_ours(towns: World, line: str) -> None:
    """+1 306 692 is Moose Jaw's; a stranger from there is asked just that."""
    caller, cho = stranger(towns, "+13066920128"), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Are you calling from Moose Jaw").presses("1")
    cho.rings().accepts()
    assert known(towns) == (None, "4707039", "north")


def test_not_from_where_the_exchange_is(towns: World, line: str) -> None:
    caller, cho = stranger(towns, "+13066920128"), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Are you calling from Moose Jaw").presses("2").hears("Which municipality")
    caller.says("Rimouski")
    cho.rings().accepts()
    assert known(towns) == (None, "2410043", "north")


def test_a_number_of_two_municipalities_is_asked_which(towns: World, line: str) -> None:
    """Dale works for both sides of Lloydminster."""
    caller, cho = towns.phone("+17805550122", "Dale"), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Hello Dale Petrie").hears("Lloydminster, Alberta").presses("2")
    cho.rings().accepts()
    assert known(towns) == ("dale", "4717029", "north")


def test_two_people_at_one_number_are_asked_who(towns: World, line: str) -> None:
    caller, ana = towns.phone("+14035550123", "The town hall"), towns.phone(ANA, "Ana")
    caller.dials(line).hears("If you are Priya Nair, press 1").hears("Tom Eriksen, press 2").presses("2")
    ana.rings().accepts()
    assert known(towns) == ("tom", "4802022", "south")


def test_two_people_of_two_municipalities_are_known_by_the_one_they_choose(towns: World, line: str) -> None:
    caller, cho = towns.phone("+14035550124", "Both Tabers"), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Municipal District of Taber, press 2").presses("2")
    cho.rings().accepts()
    assert known(towns) == ("hana", "4802021", "north")


def test_whoever_does_not_choose_goes_on_with_what_they_share(towns: World, line: str) -> None:
    """Asked twice, then rung: the town hall's people share their town."""
    caller, ana = towns.phone("+14035550123", "The town hall"), towns.phone(ANA, "Ana")
    caller.dials(line).hears("If you are Priya Nair").presses("7")
    ana.rings(within=60).accepts()
    assert known(towns) == (None, "4802022", "south")
    prompts = [one["detail"]["prompt"] for one in towns.desk.contact()["events"] if one["kind"] == "prompted"]
    assert prompts.count("ask_none") == 2


def test_strangers_choose_their_language_on_a_line_with_two(worlds: Any, line: str) -> None:
    lines = TOWNS["lines.csv"].replace(",en,", ",en;fr,")
    world: World = worlds(directory={**TOWNS, "lines.csv": lines})
    caller, ben, cho = stranger(world), world.phone(BEN, "Ben"), world.phone(CHO, "Cho")
    caller.dials(line).hears("For English, press 1. Pour le français, faites le 2").presses("2")
    caller.hears("De quelle municipalité").says("Rimouski").hears("équipe pour Rimouski")
    cho.rings().accepts()
    ben.does_not_ring()
    assert world.desk.contact()["language"] == "fr"


def test_a_french_client_hears_french_all_the_way(towns: World, line: str) -> None:
    caller, cho = towns.phone("+14185550132", "Sylvie"), towns.phone(CHO, "Cho")
    caller.dials(line).hears("Bonjour Sylvie Ouellet")
    cho.rings().accepts()
    assert towns.desk.contact()["language"] == "fr"


def test_a_name_of_which_the_recogniser_is_not_sure_is_confirmed(towns: World, line: str) -> None:
    form = {"CallSid": "CA" + "7" * 32, "From": "+14035550128", "To": line, "Direction": "inbound"}
    reply = towns.post(f"{BASE}/voice/incoming", {**form, "CallStatus": "ringing"}).text
    action = reply.split('action="')[1].split('"')[0].replace("&amp;", "&").partition("#")[0]
    answer = {**form, "CallStatus": "in-progress", "SpeechResult": "Rimouski", "Confidence": "0.21"}
    doubted = towns.post(action, answer).text
    assert "<Dial" not in doubted
    assert "Rimouski" in doubted


@pytest.mark.parametrize(
    ("number", "names"),
    [
        ("+14035550128", "Taber,Lloydminster,Rimouski,Moose Jaw"),
        ("+13065550128", "Lloydminster,Moose Jaw,Taber,Rimouski"),
        ("+14185550128", "Rimouski,Taber,Lloydminster,Moose Jaw"),
    ],
    ids=["Alberta", "Saskatchewan", "Quebec"],
)
def test_the_recogniser_is_told_which_names_may_be_said(towns: World, line: str, number: str, names: str) -> None:
    """Those of the caller's province first, and of them those with most clients."""
    form = {"CallSid": "CA" + "6" * 32, "From": number, "To": line, "Direction": "inbound"}
    reply = towns.post(f"{BASE}/voice/incoming", {**form, "CallStatus": "ringing"}).text
    assert reply.split('hints="')[1].split('"')[0] == names
    assert 'input="dtmf speech"' in reply
    assert 'finishOnKey="#"' in reply
