"""Clara writes to the line instead of phoning: the same team, the same owner, the same thread."""

from datetime import UTC, datetime, timedelta

from simulator.people.story import StoryClock, StoryHandset
from tests.world import DIRECTORY, Reader, World, Worlds

CLARA = "+14035550120"
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute


def test_a_text_reaches_the_first_technician_and_their_answer_comes_back(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("#1 Taber, Clara Whitfield: Our tax roll is broken", within=SOON)
    second.got_no_text()
    first.sends_text(line, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)

    kept = desk.thread(CLARA)
    assert (kept["owner"], kept["matter"], kept["state"]) == ("ana", 1, "open")
    said = [(one["technician"], one["detail"]["words"]) for one in kept["events"] if one["kind"] == "text_in"]
    assert said == [("", "Our tax roll is broken"), ("ana", "I am on it")]


def test_without_a_number_an_answer_goes_to_the_one_conversation_that_is_plainly_meant(
    caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    first.sends_text(line, "I am on it")
    caller.got_text("I am on it", within=SOON)
    caller.sends_text(line, "Thank you!")
    first.got_text("#1 Taber, Clara Whitfield: Thank you!", within=SOON)


TWO_CLIENTS = {
    **DIRECTORY,
    "clients.csv": DIRECTORY["clients.csv"] + "dale,Dale Petrie,+1 403 555 0121,4802022,en,voice,,\n",
}


def test_who_has_two_conversations_is_asked_which_is_meant(worlds: Worlds, line: str) -> None:
    world = worlds(directory=TWO_CLIENTS)
    clara, dale = world.phone(CLARA, "Clara"), world.phone("+14035550121", "Dale")
    ana = world.phone("+14035550111", "Ana")
    clara.sends_text(line, "The tax roll")
    ana.got_text("The tax roll", within=SOON)
    dale.sends_text(line, "The water meters")
    ana.got_text("#2 Taber, Dale Petrie: The water meters", within=SOON)
    ana.sends_text(line, "Try again now")
    ana.got_text("nothing was sent", within=SOON)
    clara.got_no_text()
    dale.got_no_text()
    ana.sends_text(line, "#2 Try again now")
    dale.got_text("Try again now", within=SOON)
    clara.got_no_text()


def test_the_owner_of_the_open_matter_is_written_to_first(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().declines()
    second.rings(within=30).accepts()
    caller.is_connected_to(second).hangs_up()
    caller.sends_text(line, "One more thing")
    second.got_text("#1 Taber, Clara Whitfield: One more thing", within=SOON)
    first.got_no_text()
    assert desk.thread(CLARA)["matter"] == 1


NIGHT = datetime(2026, 11, 4, 5, 0, tzinfo=UTC)  # ten at night in Alberta, a Tuesday
BY_DAY = {**DIRECTORY, "technicians.csv": DIRECTORY["technicians.csv"].replace("24/7", "Mon-Fri 08:00-16:30")}


def test_at_night_nobody_is_woken_and_the_client_hears_by_when(worlds: Worlds, line: str) -> None:
    world = worlds(directory=BY_DAY, start=NIGHT)
    clara, ana = world.phone(CLARA, "Clara"), world.phone("+14035550111", "Ana")
    clara.sends_text(line, "Our tax roll is broken")
    clara.got_text("Wednesday at 9:30 a.m.", within=SOON)
    ana.got_no_text()
    world.story.clock.passes(hours=9)
    ana.got_no_text()
    world.story.clock.passes(hours=1, minutes=2)
    ana.got_text("#1 Taber, Clara Whitfield: Our tax roll is broken", within=SOON)
    ana.sends_text(line, "Good morning")
    clara.got_text("Good morning", within=SOON)


def test_a_french_speaking_client_is_told_in_french(worlds: Worlds, line: str) -> None:
    french = {**BY_DAY, "clients.csv": DIRECTORY["clients.csv"].replace(",en,voice", ",fr,voice")}
    world = worlds(directory=french, start=NIGHT)
    clara = world.phone(CLARA, "Clara")
    clara.sends_text(line, "Le rôle d'impôt est brisé")
    clara.got_text("Personne n'est au travail", within=SOON)


def test_who_is_not_known_is_asked_for_their_municipality(world: World, first: StoryHandset, line: str) -> None:
    stranger = world.phone("+14035550177", "Stranger")
    stranger.sends_text(line, "The printer is on fire")
    stranger.got_text("Which municipality", within=SOON)
    first.got_no_text()
    stranger.sends_text(line, "Taber")
    first.got_text("The printer is on fire", within=SOON)


def test_who_never_says_where_they_are_reaches_somebody_all_the_same(
    world: World, first: StoryHandset, clock: StoryClock, line: str
) -> None:
    stranger = world.phone("+14035550177", "Stranger")
    stranger.sends_text(line, "The printer is on fire")
    stranger.got_text("Which municipality", within=SOON)
    clock.passes(minutes=11)
    first.got_text("The printer is on fire", within=SOON)


def test_stop_is_answered_by_twilio_alone_and_nothing_is_sent_after_it(
    caller: StoryHandset, first: StoryHandset, desk: Reader, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    caller.sends_text(line, "STOP")
    first.got_text("want no more texts", within=SOON)
    first.sends_text(line, "#1 Are you there?")
    first.got_text("want no texts", within=SOON)
    assert len([one for one in caller.texts if one.from_ == line and "Are you there" in one.body]) == 0
    assert desk.thread(CLARA)["outcome"] == "opted_out" or desk.thread(CLARA)["state"] == "open"


def test_arret_is_answered_once_in_french(caller: StoryHandset, desk: Reader, line: str) -> None:
    caller.sends_text(line, "Arrêt")
    answers = [one.body for one in caller.texts if one.from_ == line]
    assert len(answers) <= 1
    assert desk.query("SELECT word FROM opt_outs WHERE number = $1", CLARA)
    caller.sends_text(line, "Arrêt")
    assert len([one for one in caller.texts if one.from_ == line]) <= 1


def test_a_missed_call_is_followed_by_a_text_that_can_be_answered(
    caller: StoryHandset, first: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings()
    caller.hangs_up()
    caller.got_text("we missed your call", within=SOON)
    caller.sends_text(line, "It is about the tax roll")
    first.got_text("Taber, Clara Whitfield: It is about the tax roll", within=SOON)
    clock.passes(minutes=5)
    caller.dials(line)
    first.rings()
    caller.hangs_up()
    clock.passes(minutes=3)
    assert len([one for one in caller.texts if "we missed your call" in one.body]) == 1
    begun = desk.thread(CLARA)
    assert begun["direction"] == "outbound"
    assert begun["provider_sid"] in [one.sid for one in caller.texts]


def test_nobody_is_written_to_in_their_night(worlds: Worlds, line: str) -> None:
    world = worlds(directory=BY_DAY, start=NIGHT)
    clara = world.phone(CLARA, "Clara")
    clara.dials(line).hears("We will call you back")
    clara.hangs_up()
    world.story.clock.passes(hours=8)
    clara.got_no_text()
    world.story.clock.passes(hours=3)
    clara.got_text("we could not take your call", within=SOON)


def test_call_me_becomes_a_call_back(
    caller: StoryHandset, first: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    caller.sends_text(line, "Could you please call me? It is about the tax roll")
    caller.got_text("We will call you at this number by Tuesday at 11:00 a.m.", within=SOON)
    first.got_text("Could you please call me?", within=SOON)
    clock.passes(hours=2)
    first.rings(within=SOON, from_=line).answers().hears("Taber").presses("1")
    caller.rings(within=30, from_=line).answers()
    caller.is_connected_to(first)
    first.hangs_up()
    assert "promise_kept" in [one["kind"] for call in desk.contacts() for one in call["events"]]


def test_who_is_to_call_back_is_told_the_clients_number_also_where_we_have_begun(
    caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    caller.dials(line)
    first.rings()
    caller.hangs_up()
    caller.got_text("we missed your call", within=SOON)
    caller.sends_text(line, "Please call me")
    first.got_text("Clara Whitfield, (403) 555-0120: please call back by", within=SOON)


def test_the_number_in_the_words_is_called_for_this_promise_alone(
    world: World, caller: StoryHandset, first: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    cell = world.phone("+17805550123", "Clara's cell")
    caller.sends_text(line, "Please call me on my cell 780-555-0123")
    caller.got_text("We will call you at (780) 555-0123 by Tuesday at 11:00 a.m.", within=SOON)
    clock.passes(hours=2)
    first.rings(within=SOON, from_=line).answers().hears("Taber").presses("1")
    cell.rings(within=30, from_=line).answers()
    cell.is_connected_to(first)
    first.hangs_up()
    assert [one["phone"] for one in desk.query("SELECT phone FROM client_phones WHERE client = 'clara'")] == [CLARA]
    clock.passes(minutes=10)
    caller.sends_text(line, "Thank you. Call me again tomorrow, please")
    caller.got_text("We will call you at this number by", within=SOON)


def test_a_technician_who_ended_our_texts_is_rung_instead(
    caller: StoryHandset, first: StoryHandset, desk: Reader, line: str
) -> None:
    first.sends_text(line, "CANCEL")
    caller.sends_text(line, "Our tax roll is broken")
    first.rings(within=SOON, from_=line).answers().hears("Taber").presses("1")
    caller.rings(within=30, from_=line).answers()
    caller.is_connected_to(first).hangs_up()


def test_a_short_code_is_never_answered(world: World, first: StoryHandset, desk: Reader, line: str) -> None:
    bank = world.phone("72727", "Bank")
    bank.sends_text(line, "Your code is 482911")
    bank.got_no_text()
    first.got_no_text()
    assert desk.thread("72727")["outcome"] == "failed"


def test_two_machines_do_not_write_to_each_other_for_ever(
    world: World, clock: StoryClock, desk: Reader, line: str
) -> None:
    robot = world.phone("+14035550177", "Robot")
    for _ in range(16):
        robot.sends_text(line, "This mailbox is not read")
        clock.passes(seconds=90)
    assert len([one for one in robot.texts if one.from_ == line]) <= 6


def test_a_flood_is_given_in_few_texts(caller: StoryHandset, first: StoryHandset, clock: StoryClock, line: str) -> None:
    for count in range(25):
        caller.sends_text(line, f"Help {count}!")
    clock.passes(minutes=4)
    given = [one.body for one in first.texts]
    assert len(given) < 20
    assert all(any(f"Help {count}!" in body for body in given) for count in range(25))


def test_an_opt_out_at_night_wakes_nobody(worlds: Worlds, line: str) -> None:
    world = worlds(directory=BY_DAY, start=NIGHT - timedelta(hours=7))
    clara, ana = world.phone(CLARA, "Clara"), world.phone("+14035550111", "Ana")
    clara.sends_text(line, "Our tax roll is broken")
    ana.got_text("Our tax roll is broken", within=SOON)
    ana.sends_text(line, "#1 I am on it")
    clara.got_text("I am on it", within=SOON)
    world.story.clock.passes(hours=7)
    clara.sends_text(line, "STOP")
    world.story.clock.passes(hours=8)
    ana.got_no_text("want no more texts")
    world.story.clock.passes(hours=3)
    ana.got_text("want no more texts", within=SOON)
