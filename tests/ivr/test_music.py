"""The waiting music: a sound that Twilio takes, quiet, and never the same work twice."""

import io
import wave
from array import array

import pytest
from quart import Quart

from ivr.music import LOUDEST, RATE, blueprint, waiting_music


@pytest.mark.parametrize("seconds", [1, 9, 30])
def test_it_is_a_sound_as_telephones_have_them(seconds: int) -> None:
    made = waiting_music(seconds)
    with wave.open(io.BytesIO(made)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        assert sound.getnframes() == seconds * RATE
    assert len(made) < 500_000


def test_it_is_quiet_but_no_silence_and_fades_at_both_ends() -> None:
    with wave.open(io.BytesIO(waiting_music(9))) as sound:
        samples = array("h", sound.readframes(sound.getnframes()))
    loudness = max(abs(one) for one in samples)
    assert LOUDEST / 4 < loudness <= LOUDEST
    assert all(max(abs(one) for one in samples[second * RATE :][:RATE]) > LOUDEST / 20 for second in range(9))
    for end in (samples[:80], samples[-80:]):
        assert max(abs(one) for one in end) < LOUDEST / 20


def test_it_is_always_the_same() -> None:
    first = waiting_music(9)
    waiting_music.cache_clear()
    assert waiting_music(9) == first


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("waiting-1.wav", 200),
        ("waiting-30.wav", 200),
        ("waiting-0.wav", 404),
        ("waiting-31.wav", 404),
        ("waiting-x.wav", 404),
        ("waiting-.wav", 404),
    ],
)
async def test_it_is_there_for_everybody_and_may_be_kept(path: str, status: int) -> None:
    app = Quart("sounds", static_folder=None)
    app.register_blueprint(blueprint())
    answer = await app.test_client().get(f"/sounds/{path}")
    assert answer.status_code == status
    if status == 200:
        assert answer.content_type == "audio/wav"
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
