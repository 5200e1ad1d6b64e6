"""What a waiting client hears between two sentences: a quiet tune of our own, so that no file ships and no rights hang
on it. Played by Twilio as a sound, 8 kHz and 16 bits, as the telephone has them; its request carries no signature.
"""

import asyncio
import io
import math
import wave
from array import array
from functools import cache, lru_cache

from quart import Blueprint, Response

from ivr.links import LONGEST_MUSIC

RATE = 8000  # samples a second
LOUDEST = 5200  # of 32767: well below a voice
FADE = 0.6  # seconds, at both ends
DAY = 86_400  # seconds

# The tune: a note, in hertz, each `STEP` seconds; 0 is a rest. Below it a chord for each `CHORD_STEPS` notes. Nothing
# lies outside what a telephone carries, 300 to 3400 Hz.
STEP = 0.5
TUNE = (659.3, 0, 784.0, 523.3, 0, 587.3, 659.3, 0, 440.0, 0, 523.3, 784.0, 0, 659.3, 587.3, 0)
CHORDS = ((329.6, 392.0, 523.3), (329.6, 440.0, 523.3), (349.2, 440.0, 523.3), (392.0, 493.9, 587.3))
CHORD_STEPS = 8
# A tone's overtones, by their share; a plucked note's strength a second later.
PLUCKED, HELD = (1.0, 0.35, 0.12), (1.0, 0.2)
DECAY = 0.06


def blueprint() -> Blueprint:
    made = Blueprint("sounds", __name__, url_prefix="/sounds")

    @made.get("/waiting-<int:seconds>.wav")
    async def waiting(seconds: int) -> Response:
        if not 1 <= seconds <= LONGEST_MUSIC:
            return Response("", 404)
        sound = await asyncio.to_thread(waiting_music, seconds)
        return Response(sound, 200, {"Cache-Control": f"public, max-age={DAY}"}, content_type="audio/wav")

    return made


@lru_cache(maxsize=4)
def waiting_music(seconds: int) -> bytes:
    """A WAV file of that length, faded in and out; always the same."""
    samples = _whole_tune()[: seconds * RATE]
    rise = min(int(FADE * RATE), len(samples) // 2)
    for place in range(rise):
        samples[place] = samples[place] * place // rise
        samples[-1 - place] = samples[-1 - place] * place // rise
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return kept.getvalue()


@cache
def _whole_tune() -> "array[int]":
    """As long as anybody may ask for; slices of it are copies."""
    length = LONGEST_MUSIC * RATE
    mixed = array("d", bytes(8 * length))
    step = int(STEP * RATE)
    for count in range(length // step):
        if note := TUNE[count % len(TUNE)]:
            _mix(mixed, _plucked(note), count * step, 1.0)
        if count % CHORD_STEPS == 0:
            for note in CHORDS[count // CHORD_STEPS % len(CHORDS)]:
                _mix(mixed, _held(note), count * step, 0.22)
    loudest = max(abs(one) for one in mixed)
    return array("h", (round(one * LOUDEST / loudest) for one in mixed))


def _mix(mixed: "array[float]", tone: "array[float]", begin: int, strength: float) -> None:
    end = min(begin + len(tone), len(mixed))
    mixed[begin:end] = array("d", (one + strength * other for one, other in zip(mixed[begin:end], tone, strict=False)))


@cache
def _plucked(note: float) -> "array[float]":
    """Struck softly, and dying away within two seconds."""
    length, attack = 2 * RATE, RATE // 50
    tone = _tone(note, PLUCKED, length)
    return array(
        "d", (one * min(at / attack, 1.0) * DECAY ** (at / RATE) * (1 - at / length) for at, one in enumerate(tone))
    )


@cache
def _held(note: float) -> "array[float]":
    """Swelling and ebbing over a chord's whole time."""
    length = int(CHORD_STEPS * STEP * RATE)
    tone = _tone(note, HELD, length)
    return array("d", (one * math.sin(math.pi * at / length) for at, one in enumerate(tone)))


def _tone(note: float, overtones: tuple[float, ...], length: int) -> list[float]:
    turn = 2 * math.pi * note / RATE
    return [
        sum(share * math.sin(turn * (place + 1) * at) for place, share in enumerate(overtones)) for at in range(length)
    ]
