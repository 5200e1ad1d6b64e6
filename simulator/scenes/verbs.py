"""The table of verbs: each with its form, what it does in words, and what it does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.people.handsets import PROMPT
from simulator.scenes.forms import Form, Values
from simulator.scenes.moments import next_moment
from simulator.scenes.switching import read_switch
from simulator.scenes.vocabulary import Step, Verb
from simulator.webhooks.webhooks import Trouble

if TYPE_CHECKING:
    from simulator.scenes.playing import Play

NEAR = 10.0  # seconds within which something that is under way must be so


# What people do.


async def dials(play: Play, step: Step) -> None:
    line = play.number(step.values.get("number", "the line"))
    came_by = step.values.get("forwarded from")
    await play.hand(step).dials(line, forwarded_from=play.number(came_by) if came_by else "")


async def answers(play: Play, step: Step) -> None:
    await play.hand(step).answers()


async def rejects(play: Play, step: Step) -> None:
    await play.hand(step).rejects()


async def accepts(play: Play, step: Step) -> None:
    await play.hand(step).accepts()


async def declines(play: Play, step: Step) -> None:
    await play.hand(step).declines()


async def asks_for_help(play: Play, step: Step) -> None:
    hand = play.hand(step)
    if hand.telephone.ringing is not None:
        await hand.answers()
    await hand.presses("3")


async def presses(play: Play, step: Step) -> None:
    await play.hand(step).presses(step.values["keys"], at_once="at once" in step.values)


async def says(play: Play, step: Step) -> None:
    await play.hand(step).says(step.values["words"])


async def speaks(play: Play, step: Step) -> None:
    await play.hand(step).speaks(step.values.get("for", 8))


async def stays_silent(play: Play, step: Step) -> None:
    await play.hand(step).stays_silent()


async def hangs_up(play: Play, step: Step) -> None:
    await play.hand(step).hangs_up()


async def texts(play: Play, step: Step) -> None:
    files = step.values.get("with") or step.values.get("files") or ()
    await play.hand(step).sends_text(
        play.number(step.values.get("to", "the line")), step.values.get("words", ""), media=files
    )


# What their telephones do by themselves.


async def is_busy(play: Play, step: Step) -> None:
    play.hand(step).is_busy()


async def is_unreachable(play: Play, step: Step) -> None:
    play.hand(step).fails()


async def has_voicemail(play: Play, step: Step) -> None:
    play.hand(step).has_voicemail(step.values.get("after", 12))


async def forwards(play: Play, step: Step) -> None:
    play.hand(step).forwards_to(play.number(step.values["number"]))


async def is_a_landline(play: Play, step: Step) -> None:
    play.hand(step).is_a_landline()


async def loses_texts(play: Play, step: Step) -> None:
    play.hand(step).loses_texts()


async def is_well(play: Play, step: Step) -> None:
    play.hand(step).is_well()


# What people see and hear.


async def rings(play: Play, step: Step) -> None:
    shown = step.values.get("from")
    within = step.values.get("within", PROMPT)
    await play.hand(step).rings(within, from_=play.number(shown) if shown else None)


async def rings_for(play: Play, step: Step) -> None:
    await play.hand(step).rings(for_seconds=step.values["time"])


async def does_not_ring(play: Play, step: Step) -> None:
    await play.hand(step).does_not_ring(step.values.get("for", 0))


async def hears(play: Play, step: Step) -> None:
    await play.hand(step).hears(step.values["words"], step.values.get("within", PROMPT))


async def does_not_hear(play: Play, step: Step) -> None:
    await play.hand(step).hears_not(step.values["words"])


async def heard_no_silence(play: Play, step: Step) -> None:
    await play.hand(step).heard_no_silence_longer_than(step.values["time"])


async def heard_a_beep(play: Play, step: Step) -> None:
    await play.hand(step).heard_beep()


async def heard_no_beep(play: Play, step: Step) -> None:
    await play.hand(step).heard_no_beep()


async def talks_with(play: Play, step: Step) -> None:
    await play.hand(step).is_connected_to(play.handset(step.values["person"]), step.values.get("within", NEAR))


async def is_in_room(play: Play, step: Step) -> None:
    others = [play.handset(one) for one in step.values["people"]]
    await play.hand(step).is_in_room_with(*others, within=step.values.get("within", NEAR))


async def is_alone(play: Play, step: Step) -> None:
    await play.hand(step).is_alone_in_room(step.values.get("within", NEAR))


async def has_left(play: Play, step: Step) -> None:
    await play.hand(step).has_left_room(step.values.get("within", NEAR))


async def is_on_hold(play: Play, step: Step) -> None:
    await play.hand(step).is_on_hold(step.values.get("within", NEAR))


async def waits_in_queue(play: Play, step: Step) -> None:
    hand = play.hand(step)
    if not await play.clock.until(lambda: hand.in_queue is not None, step.values.get("within", NEAR)):
        play.fails(f"{hand} waits in no queue")


async def is_on_the_line(play: Play, step: Step) -> None:
    await play.hand(step).is_still_on()


async def is_done(play: Play, step: Step) -> None:
    await play.hand(step).has_ended(step.values.get("within", PROMPT))


async def got_text(play: Play, step: Step) -> None:
    await play.hand(step).got_text(step.values.get("with", ""), within=step.values.get("within", PROMPT))


async def got_one_text(play: Play, step: Step) -> None:
    await play.hand(step).got_text(step.values.get("with", ""), within=0, times=1)


async def got_no_text(play: Play, step: Step) -> None:
    await play.hand(step).got_no_text(step.values.get("with", ""))


# What befalls the world.


async def wait(play: Play, step: Step) -> None:
    await play.clock.passes(step.values["time"])


async def until(play: Play, step: Step) -> None:
    now = play.clock.now()
    at = next_moment(step.values["moment"], now.astimezone(play.zone))
    if at < now:
        play.fails(f"it is {now.astimezone(play.zone):%Y-%m-%d %H:%M} already")
    await play.clock.passes((at - now).total_seconds())


async def disturbs(play: Play, step: Step, **trouble: Any) -> None:
    play.exchange.disturb(Trouble(step.values["path"], times=step.values.get("times", 1), **trouble))


async def refuses(play: Play, step: Step) -> None:
    await disturbs(play, step, kind="refused")


async def takes(play: Play, step: Step) -> None:
    await disturbs(play, step, kind="slow", seconds=step.values["time"])


async def gets(play: Play, step: Step) -> None:
    await disturbs(play, step, kind="status", status=step.values["status"])


async def switches(play: Play, step: Step) -> None:
    name, value = step.values["switch"], step.values["value"]
    play.exchange.switches = replace(play.exchange.switches, **{name: read_switch(name, value)})


def wrong_switch(values: Values) -> str:
    try:
        read_switch(values["switch"], values["value"])
    except ValueError as error:
        return str(error)
    return ""


VERBS: tuple[Verb, ...] = (
    Verb(Form("dials [NUMBER] [forwarded from NUMBER]"), "does", "Calls the scene's line, or another.", dials),
    Verb(Form("answers"), "does", "Picks up the telephone that rings.", answers),
    Verb(Form("rejects"), "does", "Presses the telephone's red button: whoever calls gets the busy signal.", rejects),
    Verb(Form("accepts"), "does", "Picks up if it rings, presses 1 when asked, and talks with somebody.", accepts),
    Verb(Form("declines"), "does", "Picks up if it rings, and presses 2 when asked.", declines),
    Verb(Form("asks for help"), "does", "Picks up if it rings, and presses 3 when asked.", asks_for_help),
    Verb(
        Form("presses KEYS [at once]"),
        "does",
        "Presses these keys, each when somebody listens for it; `at once`: whether or not anybody does.",
        presses,
    ),
    Verb(Form("says WORDS"), "does", "Says this to a question that listens, or to the others on the line.", says),
    Verb(Form("speaks [for TIME]"), "does", "Talks, for 8 seconds if nothing is said; leaves a message so.", speaks),
    Verb(Form("stays silent"), "does", "Does nothing until the question that is asked is over.", stays_silent),
    Verb(Form("hangs up"), "does", "Ends their call.", hangs_up),
    Verb(
        Form("texts WORDS [with FILES] [to NUMBER]"),
        "does",
        "Sends a text to the scene's line, or to another; files of these names come with it.",
        texts,
    ),
    Verb(Form("sends FILES [to NUMBER]"), "does", "Sends a text without words, with files of these names.", texts),
    Verb(Form("is busy"), "has", "Whoever calls them gets the busy signal.", is_busy),
    Verb(Form("is unreachable"), "has", "Calls to them fail, and texts do not arrive.", is_unreachable),
    Verb(
        Form("has voicemail [after TIME]"),
        "has",
        "A machine picks up when it has rung so long, 12 seconds if nothing is said. It presses no key.",
        has_voicemail,
    ),
    Verb(Form("forwards to NUMBER"), "has", "Calls to them go on to one of the lines.", forwards),
    Verb(Form("is a landline"), "has", "Texts to them cannot be delivered.", is_a_landline),
    Verb(Form("loses texts"), "has", "Texts to them are sent and never arrive.", loses_texts),
    Verb(Form("is well"), "has", "Ends all of these.", is_well),
    Verb(
        Form("rings [within TIME] [from NUMBER]"),
        "sees",
        "Their telephone rings, within 30 seconds if nothing is said, and shows that number.",
        rings,
    ),
    Verb(Form("rings for TIME"), "sees", "Their telephone rings so long, nobody answers, and it stops.", rings_for),
    Verb(
        Form("does not ring [for TIME]"),
        "sees",
        "It does not ring, nor has it since the scene last spoke of it, nor does it for that time.",
        does_not_ring,
    ),
    Verb(
        Form("hears WORDS [within TIME]"),
        "sees",
        "These words were, or are within 30 seconds, a part of what is said on this call. Capitals make no difference.",
        hears,
    ),
    Verb(Form("does not hear WORDS"), "sees", "These words were not said on this call so far.", does_not_hear),
    Verb(
        Form("heard no silence longer than TIME"),
        "sees",
        "Since the call was answered; while this person is asked something, silence is none.",
        heard_no_silence,
    ),
    Verb(Form("heard a beep"), "sees", "On this call so far, before a recording or in a conference.", heard_a_beep),
    Verb(Form("heard no beep"), "sees", "Not on this call so far.", heard_no_beep),
    Verb(Form("talks with PERSON [within TIME]"), "sees", "The two hear each other, whoever else does.", talks_with),
    Verb(
        Form("is in a room with PEOPLE [within TIME]"),
        "sees",
        "These and nobody else are in a conference with them, and all hear each other.",
        is_in_room,
    ),
    Verb(Form("is alone [within TIME]"), "sees", "Nobody else is in the conference that they are in.", is_alone),
    Verb(Form("has left the room [within TIME]"), "sees", "They are in no conference any more.", has_left),
    Verb(Form("is on hold [within TIME]"), "sees", "They are on hold in their conference.", is_on_hold),
    Verb(Form("waits in a queue [within TIME]"), "sees", "They wait in a queue of Twilio's.", waits_in_queue),
    Verb(Form("is still on the line"), "sees", "Their call is not over.", is_on_the_line),
    Verb(Form("is done [within TIME]"), "sees", "Their call is over, within 30 seconds if nothing is said.", is_done),
    Verb(
        Form("got a text [with WORDS] [within TIME]"),
        "sees",
        "A text with these words has come to them, or does within 30 seconds.",
        got_text,
    ),
    Verb(
        Form("got one text [with WORDS]"), "sees", "One such text has come to them so far, and no more.", got_one_text
    ),
    Verb(Form("got no text [with WORDS]"), "sees", "No such text has come to them so far.", got_no_text),
    Verb(Form("wait TIME"), "world", "Time passes.", wait),
    Verb(Form("until MOMENT"), "world", "Time passes up to that moment.", until),
    Verb(
        Form("requests to PATH are refused [TIMES]"), "world", "The service cannot be reached at that address.", refuses
    ),
    Verb(Form("requests to PATH take TIME [TIMES]"), "world", "They reach the service so much later.", takes),
    Verb(
        Form("requests to PATH get status STATUS [TIMES]"),
        "world",
        "They do not reach the service; this is the answer.",
        gets,
    ),
    Verb(
        Form("switch SWITCH to VALUE"),
        "world",
        "From now on Twilio does what nobody knows for certain in this way.",
        switches,
        wrong_switch,
    ),
)
