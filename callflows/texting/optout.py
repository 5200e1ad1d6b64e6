"""The words by which somebody ends our texts, wants them back, or asks what this is: answered once, by us or Twilio.

The opt-out is ours of record (DESIGN 5, "Texts"); whether Twilio has answered already is `routing.optout`'s to know.
"""

from callflows.actions import Say
from callflows.events import TextSent
from callflows.parts import known
from callflows.parts.ending import close
from callflows.text_actions import SetBlocked, SetOptOut
from callflows.text_events import TextArrived
from callflows.texting import conversing
from callflows.texting.speaking import notice
from callflows.turn import Turning
from routing.addresses import read_address
from routing.optout import OptWord, twilio_answers

CHANNELS = ("whatsapp", "messenger", "rcs")


def on_word(turn: Turning, event: TextArrived, word: OptWord) -> None:
    begins = turn.contact.stage == "new"
    if begins:
        known.share(turn)
        turn.find_matter()
        known.tell_shared(turn)
        turn.became(stage="conversing")
    turn.because("opt_out_word", detail=word.word)
    ours = not twilio_answers(word, our_address(turn), opt_out_type=event.opt_out)
    match word.meaning:
        case "stop":
            stop(turn, word, ours=ours)
        case "start":
            turn.threads(silenced=False)
            turn.change(SetOptOut(word.word, out=False), SetBlocked(False, everywhere=event.in_service))
            turn.tell("opted_in", leg=event.leg, word=word.word)
            if ours:
                answer(turn, "text_opted_in", word)
        case "help" if is_silenced(turn):
            ask_for_a_call(turn, event)
        case "help":
            if ours:
                answer(turn, "text_help", word)


def our_address(turn: Turning) -> str:
    """The line as Twilio names it on the channel on which they wrote."""
    line, channel = turn.floor.line.line, read_address(turn.floor.peer).kind
    return f"{channel}:{line}" if channel in CHANNELS and read_address(line).kind != channel else line


def is_silenced(turn: Turning) -> bool:
    return turn.floor.silenced or turn.thread.silenced


def stop(turn: Turning, word: OptWord, *, ours: bool) -> None:
    """Nothing is sent to them after the one answer, if that is `ours` to give; whoever owns their matter knows that
    they must be phoned."""
    again = is_silenced(turn)
    if ours and not again:
        answer(turn, "text_opted_out", word)
    turn.threads(silenced=True)
    turn.change(SetOptOut(word.word, out=True))
    if not ours:  # Twilio keeps it as well, for this line
        turn.change(SetBlocked(True))
    turn.tell("opted_out", word=word.word)
    if turn.matter and not again:
        notice(turn, turn.matter.owner, "tech_client_opted_out", who=turn.client_name() or turn.place_name())
    if not turn.thread.waiting:  # what they wrote before is still given to somebody, who phones them
        close(turn, "the client wants no texts")


def is_news(turn: Turning, event: TextSent) -> bool:
    """Whether Twilio's refusal for an opt-out says more than we know: not of a text that it was asked to send before
    they said START to this line, nor of one that we held back ourselves."""
    started_at = dict(turn.floor.opted_in).get("" if event.to_client else event.technician, 0)
    return event.asked_at > started_at


def ask_for_a_call(turn: Turning, event: TextArrived) -> None:
    """Who wants no texts and asks for help is sent nothing: somebody is given their word, and phones them."""
    turn.threads(waiting=(*turn.thread.waiting, event.leg))
    turn.text = event.body
    conversing.pass_on(turn)


def answer(turn: Turning, prompt: str, word: OptWord) -> None:
    """In the word's own language, whatever is known of theirs: STOP is said by everybody, ARRET is French."""
    if word.language != "en":
        turn.became(language=word.language)
    turn.send(Say(prompt), last=True)
