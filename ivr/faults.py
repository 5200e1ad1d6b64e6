"""What is answered when something of ours breaks and not even a turn can be taken: by who asked.

DESIGN 5, "Faults". The caller always hears a voice; a technician's leg is always hung up, because a screening
document that simply ends bridges the caller; somebody who waits goes on waiting.
"""

from twilio.twiml.voice_response import Dial, VoiceResponse

from callflows.contact import Contact
from callflows.events import Asker
from callflows.languages import language
from ivr.links import Links
from ivr.twiml import record
from routing.directory import Line

VOICEMAIL_SECONDS = 180


def answer(asker: Asker, *, contact: Contact, number: int, line: Line, links: Links, again: str = "") -> str:
    """`again`: the URL that a waiting caller asks once more."""
    speech = language(contact.language)
    response = VoiceResponse()

    def say(prompt: str) -> None:
        response.say(speech.text(prompt), voice=speech.voice, language=speech.speech)

    match asker:
        case "technician":
            say("technician_fault")
            response.hangup()
        case "waiting":
            say("apology_waiting")
            response.redirect(again)
        case "caller" if line.fallback and contact.stage != "fallback":
            say("apology")
            dial = Dial(action=links.to("fellback", contact, number), caller_id=line.line, timeout=30)
            picked_up = links.to("client", contact, number)
            dial.number(line.fallback, status_callback=picked_up, status_callback_event="answered")
            response.append(dial)
        case "caller":
            say("apology")
            say("apology_voicemail")
            urls = (links.to(place, contact, number) for place in ("recorded", "recording"))
            record(response, VOICEMAIL_SECONDS, *urls)
    return str(response)


def goodbye(contact: Contact) -> str:
    """The message is spoken and Twilio has it; asking for it once more would be telling twice."""
    speech = language(contact.language)
    response = VoiceResponse()
    response.say(speech.text("goodbye"), voice=speech.voice, language=speech.speech)
    response.hangup()
    return str(response)
