"""The simple verbs (twilio.md 4.1), and what answers a call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.people.scripted import BASE, FIRST, SECOND, Reply, Stage


def ended(stage: Stage) -> str:
    stage.passes(60)
    return stage.told("/ended")["CallStatus"]


@pytest.fixture(autouse=True)
def told_of_the_end(stage: Stage) -> None:
    stage.line.status_callback = f"{BASE}/ended"


# 4.1: "Say: loop (1; 0 = until hangup or 1000)"; "SSML children: break, emphasis, lang, p, ...".
def test_say(stage: Stage) -> None:
    stage.plays('<Say loop="2">Hi <emphasis level="strong">there</emphasis>.</Say>')
    stage.caller.dials(stage.line).has_ended()
    assert stage.caller.leg.heard().count("there") == 2
    assert stage.told("/ended")["CallDuration"] == "2"


# 4.1: "Say lasts" here as long as its words at the exchange's speech rate: an interrupted one is heard in
# part.
def test_a_sentence_is_heard_as_far_as_it_was_spoken(stage: Stage) -> None:
    stage.plays("<Say>A sentence that goes on and on, and then some more of it.</Say>")
    stage.caller.dials(stage.line)
    stage.passes(1)
    stage.caller.hangs_up().hears("A sentence that").hears_not("some more of it")


# 4.1: "Play: content = URL"; "digits (0-9 A-D w W # *)"; "w = 0.5 s, W = 1 s".
def test_play(stage: Stage) -> None:
    stage.plays('<Play>music.mp3</Play><Play digits="Ww1"/>')
    stage.caller.dials(stage.line).hears(f"{BASE}/music.mp3").has_ended()
    file, tones = stage.caller.leg.sounds
    assert (file.kind, file.seconds) == ("file", stage.exchange.play_seconds)
    assert (tones.kind, tones.text, tones.seconds) == ("tone", "Ww1", 1.75)


# 4.1: "Play: loop (1; 0 = up to 1000)".
def test_play_for_ever(stage: Stage) -> None:
    stage.plays('<Play loop="0">music.mp3</Play>')
    stage.caller.dials(stage.line)
    stage.passes(600)
    stage.caller.is_still_on().hangs_up()


# 4.1: "Pause: length (1 s)": it is silence.
def test_pause(stage: Stage) -> None:
    stage.plays('<Say>One.</Say><Pause length="4"/><Say>Two.</Say><Pause/>')
    stage.caller.dials(stage.line).has_ended().heard_no_silence_longer_than(4)
    with pytest.raises(AssertionError, match="heard silence for 4 s"):
        stage.caller.heard_no_silence_longer_than(3)


# 4.1: "Redirect: content = URL; blank = same document; following verbs unreachable".
def test_redirect(stage: Stage) -> None:
    stage.plays('<Redirect method="GET">/next?x=1</Redirect><Say>Never.</Say>')
    stage.page("/next", lambda given: "<Redirect/>" if len(stage.asked("/next")) < 2 else "<Say>Here.</Say>")
    stage.caller.dials(stage.line).hears("Here.").hears_not("Never.")
    assert [request.method for request in stage.asked("/next")] == ["GET", "POST"]


# 4.1: "Reject: the call is never answered and not billed; final status busy (busy) or no-answer (rejected)".
@pytest.mark.parametrize(("reason", "status"), [("", "no-answer"), ('reason="busy"', "busy")])
def test_reject(stage: Stage, reason: str, status: str) -> None:
    stage.plays(f"<Reject {reason}/>")
    stage.caller.dials(stage.line).has_ended()
    assert ended(stage) == status
    assert stage.told("/ended")["CallDuration"] == "0"
    assert stage.caller.leg.answered_at is None


# 4.1: "Hangup: as first verb the call is answered, then ended (billed)".
def test_hangup(stage: Stage) -> None:
    stage.plays("<Hangup/><Say>Never.</Say>")
    stage.caller.dials(stage.line).has_ended().hears_not("Never.")
    assert ended(stage) == "completed"
    assert stage.caller.leg.answered_at is not None


# 4.1: "Pause as first verb delays answering (unverified)".
def test_a_first_pause_delays_the_answer(stage: Stage) -> None:
    stage.plays('<Pause length="5"/><Say>Hello.</Say>')
    stage.caller.dials(stage.line)
    assert stage.caller.leg.answered_at is None
    stage.caller.hears("Hello.")
    assert stage.caller.leg.answered_at is not None


# 1.1: "first request of an inbound call ringing; later ones in-progress".
def test_the_call_status_of_requests(stage: Stage) -> None:
    stage.plays("<Say>Hello.</Say><Redirect>/after</Redirect>")
    stage.caller.dials(stage.line).has_ended()
    assert stage.told("/voice")["CallStatus"] == "ringing"
    assert stage.told("/after")["CallStatus"] == "in-progress"


# 1.5: "phone number StatusCallback (inbound leg, one request when the call ends)"; "with only completed
# subscribed SequenceNumber is 0".
def test_the_numbers_status_callback(stage: Stage) -> None:
    stage.plays("<Say>Hello.</Say>")
    stage.caller.dials(stage.line).has_ended()
    (told,) = stage.asked("/ended")
    assert told.params["Direction"] == "inbound"
    assert told.params["SequenceNumber"] == "0"
    assert told.params["CallDuration"] == "1"
    assert "ParentCallSid" not in told.params


# 4: "when the document ends the call is hung up".
def test_the_end_of_the_document_hangs_up(stage: Stage) -> None:
    stage.plays("<Say>Hello.</Say>")
    stage.caller.dials(stage.line).has_ended()
    assert ended(stage) == "completed"


# 2.5: "Unknown verb, unknown attribute, wrong case, wrong nesting: ... strict mode fails the test, lenient
# mode warns and skips".
def test_a_fault_reaches_the_story(stage: Stage) -> None:
    stage.page("/voice", Reply("<Response><say>Hello.</say></Response>"))
    with pytest.raises(AssertionError, match="it is spelt <Say>"):
        stage.caller.dials(stage.line)
    stage.caller.has_ended()


# 4.1: "Connect/Start/Stop Stream: names only ...; not simulated": "a clear fault sentence, never silence". So is what
# says how a recording is configured (4.3, 4.5, 4.6).
@pytest.mark.parametrize(
    ("verb", "name"),
    [
        ('<Connect><Stream url="wss://desk.example/s"/></Connect>', "Connect"),
        ('<Start><Stream url="wss://desk.example/s"/></Start>', "Start"),
        ('<Stop><Stream name="s"/></Stop>', "Stop"),
        ('<Record recordingConfigurationId="1"/>', "Record recordingConfigurationId"),
        (f'<Dial recordingConfigurationId="1">{SECOND}</Dial>', "Dial recordingConfigurationId"),
        (
            '<Dial><Conference recordingConfigurationId="1">Room</Conference></Dial>',
            "Conference recordingConfigurationId",
        ),
    ],
)
def test_what_is_not_played_says_so(stage: Stage, verb: str, name: str) -> None:
    stage.plays(f"{verb}<Dial>{FIRST}</Dial>")
    with pytest.raises(AssertionError, match=f"<{name}> is not played yet"):
        stage.caller.dials(stage.line)
    stage.first.rings()


# 4.1: "Say: loop ... 0 = until hangup or 1000".
def test_say_for_ever(stage: Stage) -> None:
    stage.plays('<Say loop="0">On.</Say>')
    stage.caller.dials(stage.line)
    stage.passes(0.2 * 999)
    stage.caller.is_still_on()
    stage.passes(2)
    stage.caller.has_ended()


# 4.1: "Say: max 4096 characters".
def test_a_say_of_4096_characters(stage: Stage) -> None:
    stage.plays(f"<Say>{'x' * 4096}</Say>")
    stage.caller.dials(stage.line)
    stage.passes(4096 / 15 + 1)
    stage.caller.has_ended()


# 4.1: "wrong voice/language pair fails the Say": nothing of it is heard, and the document goes on.
def test_a_voice_of_another_language(staged: Callable[..., Stage]) -> None:
    stage = staged(strict=False)
    stage.plays('<Say voice="Google.fr-CA-Standard-A" language="en-US">No.</Say><Say>Yes.</Say>')
    stage.caller.dials(stage.line).hears("Yes.").has_ended().hears_not("No.")
    assert [alert.code for alert in stage.exchange.alerts] == [12200]


# 4.1: "SSML children: break, emphasis, lang, p, phoneme, prosody, s, say-as, sub, w": they mark words of a sentence.
@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Press <emphasis>one</emphasis> now", "Press one now"),
        ("<p>One.</p><p><s>Two.</s><s>Three.</s></p>Four<break/>five", "One. Two. Three. Four five"),
        ("<prosody>One <w>two</w></prosody> three", "One two three"),
        ('The <sub alias="World Wide Web">WWW</sub>.', "The World Wide Web."),
        ("Press <b>hard</b> one", "Press one"),
    ],
)
def test_the_words_of_ssml_are_heard_in_their_order(staged: Callable[..., Stage], written: str, heard: str) -> None:
    stage = staged(strict=False)
    stage.plays(f"<Gather numDigits='1'><Say>{written}</Say></Gather>")
    stage.caller.dials(stage.line)
    assert [sound.text for sound in stage.caller.leg.sounds if sound.kind == "speech"] == [heard]


# 4.1, as above.
def test_every_ssml_element_is_spoken(stage: Stage) -> None:
    stage.plays(
        '<Say voice="Polly.Joanna">A<break time="1s"/><emphasis level="strong">b</emphasis>'
        '<lang xml:lang="fr-CA">c</lang><p>d</p><phoneme alphabet="ipa" ph="x">e</phoneme>'
        '<prosody rate="slow">f</prosody><s>g</s>'
        '<say-as interpret-as="digits">8</say-as><sub alias="nine">9</sub><w role="x">i</w></Say>'
    )
    stage.caller.dials(stage.line).has_ended()
    assert stage.caller.leg.heard() == "A bc d ef g 8ninei"


# 4.1: "Reject: first verb only".
def test_reject_further_down_is_a_fault(stage: Stage) -> None:
    stage.plays("<Say>Hello.</Say><Reject/>")
    with pytest.raises(AssertionError, match="<Reject> must be the first verb"):
        stage.caller.dials(stage.line)


# 4.1: "Redirect: blank = same document": with its query, and POST by default.
def test_a_blank_redirect_keeps_the_query(stage: Stage) -> None:
    stage.line.voice_url = f"{BASE}/voice?step=1"
    stage.page("/voice", lambda _: "<Redirect/>" if len(stage.asked("/voice")) < 3 else "<Hangup/>")
    stage.caller.dials(stage.line).has_ended()
    assert {(request.url, request.method) for request in stage.asked("/voice")} == {(f"{BASE}/voice?step=1", "POST")}


# 2.5: "lenient mode warns and skips"; "unknown attributes are ignored".
def test_lenient_mode_only_warns(staged: Callable[..., Stage]) -> None:
    stage = staged(strict=False)
    stage.plays('<Sing>la</Sing><Say Voice="man">Hello.</Say>')
    stage.caller.dials(stage.line).hears("Hello.").has_ended()
    assert [alert.code for alert in stage.exchange.alerts] == [12200, 12200]
    assert stage.exchange.faults == []
