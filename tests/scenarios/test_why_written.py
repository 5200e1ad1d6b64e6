"""`podline why` of a conversation in writing: who was given the client's words and why, and why nothing was sent."""

from simulator.people.story import StoryClock, StoryHandset
from tests.scenarios.test_texts import BY_DAY, CLARA, NIGHT, SOON
from tests.scenarios.test_why import Ask, ask
from tests.world import Reader, World, Worlds

__all__ = ["ask"]
RUNG = ("Why this order", "Why not the next one", "Who was called in to help")


def contact(world: World, number: str = CLARA) -> str:
    found: str = world.desk.thread(number)["contact"]
    return found


def test_the_next_in_order_is_given_the_words(world: World, caller: StoryHandset, line: str, ask: Ask) -> None:
    world.api("PUT", "/api/v1/technicians/ana/presence", {"state": "away"})
    ben = world.phone("+14035550112", "Ben")
    caller.sends_text(line, "Our tax roll is broken")
    ben.got_text("Our tax roll is broken", within=SOON)
    told = ask(contact(world))
    assert "The text came from (403) 555-0120, the number of Clara Whitfield." in told
    assert "Taber is served by pod Taber." in told
    assert "Step “team” (route) is where the conversation is now." in told
    assert "Who was given the words" in told
    assert (
        "Ana Ferreira was left out: away; Ben Oduya is the next in order who is at work, so the words go to them."
        in told
    )
    assert not [one for one in RUNG if one in told]


def test_at_night_they_wait_for_who_owes_the_answer(worlds: Worlds, line: str, ask: Ask) -> None:
    world = worlds(directory=BY_DAY, start=NIGHT)
    world.phone(CLARA, "Clara").sends_text(line, "Our tax roll is broken")
    told = ask(contact(world))
    assert "left out (off shift): Ana Ferreira, Ben Oduya and Cho Min-seo" in told
    assert "nobody who could be given the words is at work, so they wait for Ana Ferreira, who owes the answer." in told


def test_what_an_opt_out_means_and_why_nobody_is_written_to_twice_an_hour(
    world: World, caller: StoryHandset, first: StoryHandset, clock: StoryClock, line: str, ask: Ask
) -> None:
    for _ in range(2):
        caller.dials(line)
        first.rings()
        caller.hangs_up()
        clock.passes(minutes=5)
    caller.sends_text(line, "STOP")
    told = ask(contact(world))
    missed = world.desk.contacts()[-1]["contact"]
    assert f"We wrote because the call {missed} had reached nobody." in told
    assert "we had written to them by ourselves within the last hour." in told
    assert "“STOP”, alone in a text, ends our texts, brings them back, or asks who we are." in told


def test_a_technicians_texts_are_explained_as_what_was_understood(
    world: World, caller: StoryHandset, first: StoryHandset, line: str, ask: Ask
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    for said in ("I am on it", "tkae #1", "who"):
        first.sends_text(line, said)
    told = ask(contact(world, "+14035550111"))
    assert "A technician wrote, so no pod was looked for." in told
    assert "only one conversation had been given to Ana Ferreira within a day, so matter #1 was meant." in told
    assert "that is nearly the command “take #1”, so Ana Ferreira was asked, and nothing was done." in told
    assert "Ana Ferreira gave the command “who”." in told


def test_a_technician_who_ended_our_texts_and_the_call_that_connects_them(
    world: World, caller: StoryHandset, first: StoryHandset, desk: Reader, line: str, ask: Ask
) -> None:
    first.sends_text(line, "CANCEL")
    caller.sends_text(line, "Our tax roll is broken")
    first.rings(within=SOON, from_=line)
    assert "Ana Ferreira ended our texts, so they are rung and connected with the client." in ask(contact(world))
    told = ask(desk.contact()["contact"])
    assert "Ana Ferreira was to be connected with the client of matter #1, as a text had asked." in told


def test_it_is_told_in_french(world: World, caller: StoryHandset, first: StoryHandset, line: str, ask: Ask) -> None:
    caller.sends_text(line, "Le rôle d'impôt est brisé")
    first.got_text("Le rôle d'impôt", within=SOON)
    told = ask(contact(world), "--language", "fr").replace("\u00a0", " ")
    assert "Qui a reçu les mots" in told
    assert "Ana Ferreira vient ensuite dans l'ordre parmi ceux qui sont au travail : les mots lui sont remis." in told
    assert "La conversation en est à l'étape « team » (route)." in told
