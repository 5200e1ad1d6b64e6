"""A plumber's telephone line: a menu, a call that is passed on, a message, and a call back placed by REST.

`python app.py` serves it at http://127.0.0.1:5000; `python app.py call +14035550199` has the line call somebody.
"""

import asyncio
import os
import sys

from quart import Quart, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

ACCOUNT_SID = os.environ.get("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001")
AUTH_TOKEN = os.environ.get("TWILIO_AUTH_TOKEN", "12345678901234567890123456789012")
TWILIO = os.environ.get("TWILIO_API_URL", "http://127.0.0.1:8900")  # leave it out of a program that goes live
PORT = int(os.environ.get("PORT", "5000"))
LINE, PLUMBER = "+15875550100", "+14035550111"

app = Quart(__name__)
client = Client(ACCOUNT_SID, AUTH_TOKEN)
client.api.base_url = TWILIO  # this line alone leads to the local Twilio


@app.before_request
async def is_from_twilio() -> None:
    signature = request.headers.get("X-Twilio-Signature", "")
    if not RequestValidator(AUTH_TOKEN).validate(request.url, dict(await request.form), signature):
        abort(403)


@app.post("/voice")
async def voice() -> Response:
    answer = VoiceResponse()
    menu = Gather(num_digits=1, action="/menu", timeout=5)
    menu.say("Hello, this is Rivard Plumbing. Press 1 to talk with us, 2 to leave a message, 3 to be called back.")
    answer.append(menu)
    answer.redirect("/voice")
    return twiml(answer)


@app.post("/menu")
async def menu() -> Response:
    form, answer = await request.form, VoiceResponse()
    match form["Digits"]:
        case "1":
            dial = Dial(action="/dialled", timeout=15, caller_id=LINE)
            dial.number(PLUMBER)
            answer.append(dial)
        case "2":
            record(answer)
        case "3":
            await asyncio.to_thread(call, form["From"])
            answer.say("We call you back at once. Goodbye.")
        case _:
            answer.redirect("/voice")
    return twiml(answer)


@app.post("/dialled")
async def dialled() -> Response:
    answer = VoiceResponse()
    if (await request.form)["DialCallStatus"] != "completed":
        record(answer)
    return twiml(answer)


@app.post("/recorded")
async def recorded() -> Response:
    answer = VoiceResponse()
    answer.say(f"Thank you. We got {(await request.form)['RecordingDuration']} seconds.")
    return twiml(answer)


def record(answer: VoiceResponse) -> None:
    answer.say("Nobody is at the shop. Please leave a message after the tone.")
    answer.record(action="/recorded", max_length=60, timeout=5)


def twiml(answer: VoiceResponse) -> Response:
    return Response(str(answer), content_type="text/xml")


def call(number: str) -> None:
    """Calls somebody, and says what this account's last calls were."""
    client.calls.create(to=number, from_=LINE, twiml="<Response><Say>Rivard Plumbing calls you back.</Say></Response>")
    for one in client.calls.list(limit=5):
        sys.stdout.write(f"{one.sid} {one.direction} to {one.to}: {one.status}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["call"]:
        call(sys.argv[2])
    else:
        app.run(port=PORT)
