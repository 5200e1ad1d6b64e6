"""The table of TwiML (twilio.md 4), held against the classes of Twilio's own package; every difference has a
reason."""

from __future__ import annotations

import inspect
import re

import pytest
from twilio.twiml import TwiML, voice_response

from simulator.twiml.reading import Document, NotTwimlError, Place, read
from simulator.twiml.schema import TABLE
from simulator.verbs import VERBS

NOT_IN_SECTION_4 = "section 4 does not name it"
ONLY_IN_THE_PACKAGE = {
    "AiSession": NOT_IN_SECTION_4,
    "Autopilot": NOT_IN_SECTION_4,
    "Config": NOT_IN_SECTION_4,
    "Conversation": NOT_IN_SECTION_4,
    "ConversationRelay": NOT_IN_SECTION_4,
    "ConversationRelaySession": NOT_IN_SECTION_4,
    "Echo": NOT_IN_SECTION_4,
    "Header": NOT_IN_SECTION_4,
    "Headers": NOT_IN_SECTION_4,
    "Language": NOT_IN_SECTION_4,
    "Pay": NOT_IN_SECTION_4,
    "Prompt": NOT_IN_SECTION_4,
    "Recording": NOT_IN_SECTION_4,
    "Response": "the root, which read() checks itself",
    "Room": NOT_IN_SECTION_4,
    "Siprec": NOT_IN_SECTION_4,
    "Sms": "an old name of a messaging verb",
    "Transcription": NOT_IN_SECTION_4,
    "Uri": "the package's class for the text of <Sip>",
    "VirtualAgent": NOT_IN_SECTION_4,
}
ATTRIBUTES_THAT_DIFFER = {
    ("Dial", "events"): "in the package alone; section 4.3 does not name it",
    ("Dial", "passports"): "in the package alone; section 4.3 does not name it",
    ("Dial", "callReason"): "on Twilio's page (4.3), not in the package",
    ("Application", "customerId"): "in the package alone; section 4.3 names the noun only",
    ("Application", "copyParentTo"): "in the package alone; section 4.3 names the noun only",
}


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name.rstrip("_"))


def package_names() -> set[str]:
    """Element name to class. A class that needs arguments is given a word for each."""
    names = set()
    for _, kind in inspect.getmembers(voice_response, inspect.isclass):
        if kind.__module__ != voice_response.__name__:
            continue
        needed = [
            parameter
            for parameter in list(inspect.signature(kind).parameters.values())
            if parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        element: TwiML = kind(*["x"] * len(needed))
        names.add(str(element.name))
    return names


# 4, sources: "twilio-python twiml/voice_response.py".
def test_the_names_are_those_of_the_package() -> None:
    package = package_names()
    assert set(TABLE) - package == set()
    assert package - set(TABLE) == set(ONLY_IN_THE_PACKAGE)


NOT_ATTRIBUTES = {
    "self",
    "kwargs",
    "number",
    "message",
    "name",
    "url",
    "phone_number",
    "sip_url",
    "sim_sid",
    "identity",
}


# 4: "every attribute below marked sdk exists there but is not on the page".
@pytest.mark.parametrize(
    ("owner", "method", "element"),
    [
        *((voice_response.VoiceResponse, name.lower(), name) for name in VERBS),
        (voice_response.VoiceResponse, "enqueue", "Enqueue"),
        (voice_response.Dial, "number", "Number"),
        (voice_response.Dial, "conference", "Conference"),
        (voice_response.Dial, "queue", "Queue"),
        (voice_response.Dial, "client", "Client"),
        (voice_response.Dial, "sip", "Sip"),
        (voice_response.Dial, "application", "Application"),
        (voice_response.Dial, "whats_app", "WhatsApp"),
    ],
)
def test_the_attributes_are_those_of_the_package(owner: type, method: str, element: str) -> None:
    given = set(inspect.signature(getattr(owner, method)).parameters)
    has_url = element in ("Number", "Queue", "Client", "Sip", "Application", "WhatsApp")
    package = {camel(name) for name in given - NOT_ATTRIBUTES} | ({"url"} if has_url else set())
    package -= {"applicationSid"}  # the text of <Application>
    known = {name for owner_name, name in ATTRIBUTES_THAT_DIFFER if owner_name == element}
    assert set(TABLE[element].attributes) ^ package == known


# 4.1 to 4.6: what is played has its file, and what has a file is played.
def test_what_is_played_is_a_verb_with_a_file() -> None:
    at_the_top = {name for name, row in TABLE.items() if "Response" in row.inside and row.played}
    assert at_the_top == set(VERBS)


def complaints(body: str, place: Place = "call") -> tuple[str, ...]:
    return read(f"<Response>{body}</Response>", "https://h/x", place).complaints


# 4: "names and attributes are case-sensitive, camelCase" and the tables of 4.1 to 4.6.
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<say>x</say>", "<say> is unknown; it is spelt <Say>"),
        ("<Sing>x</Sing>", "<Sing> is unknown"),
        ('<Say Voice="man">x</Say>', "<Say> has no attribute Voice"),
        ('<Gather numdigits="1"/>', "<Gather> has no attribute numdigits"),
        ('<Gather numDigits="0"/>', "is no whole number from 1"),
        ('<Gather input="voice"/>', "is no list of dtmf speech"),
        ("<Gather input=\"['dtmf', 'speech']\"/>", "is no list of dtmf speech"),
        ('<Gather finishOnKey="##"/>', "is not one of 0-9 # * or empty"),
        ('<Gather actionOnEmptyResult="True"/>', "is none of true, false"),
        ('<Dial timeout="3">+14035550111</Dial>', "is no whole number from 5 to 600"),
        ("<Dial/>", "<Dial> is empty"),
        ("<Dial>+14035550111<Number>+14035550112</Number></Dial>", "a plain number and nouns"),
        ("<Dial>" + "<Number>+14035550111</Number>" * 11 + "</Dial>", "more than 10 nouns"),
        ("<Dial><Conference>a</Conference><Number>+14035550111</Number></Dial>", "must be alone"),
        (f"<Dial><Conference>{'x' * 129}</Conference></Dial>", "is longer than 128 characters"),
        (f"<Dial><Conference participantLabel='{'x' * 129}'>a</Conference></Dial>", "is longer than 128 characters"),
        ("<Dial><Conference statusCallbackEvent='began'>a</Conference></Dial>", "is no list of start end join"),
        (f"<Enqueue>{'x' * 65}</Enqueue>", "is longer than 64 characters"),
        ("<Dial><Say>x</Say></Dial>", "<Say> must not stand in <Dial>"),
        ("<Number>+14035550111</Number>", "<Number> must not stand in <Response>"),
        ('<Dial><Number statusCallbackEvent="answered,completed">1</Number></Dial>', "is no list of initiated"),
        ("<Gather><Play digits='1'/></Gather>", "<Play digits> must not stand in <Gather>"),
        ("<Record><Say>x</Say></Record>", "<Say> must not stand in <Record>"),
        ('<Record maxLength="99999"/>', "is no whole number from 1 to 14400"),
        ("<Hangup>now</Hangup>", "<Hangup> holds text"),
        ("<Say>x</Say><Reject/>", "<Reject> must be the first verb"),
        ('<Reject reason="tired"/>', "is none of rejected, busy"),
        (f"<Say>{'x' * 4097}</Say>", "is longer than 4096 characters"),
        ('<Redirect method="PUT">/x</Redirect>', "is none of GET, POST"),
        ("<Redirect>two words</Redirect>", "is not a URL"),
        (f'<Gather hints="{",".join(["x"] * 501)}"/>', "more than 500 entries"),
        (f'<Gather hints="{"x" * 101}"/>', "one over 100 characters"),
        ("<Play/>", "neither a URL nor digits"),
    ],
)
def test_what_breaks_the_table(body: str, complaint: str) -> None:
    assert any(complaint in each for each in complaints(body)), complaints(body)


# 4.4: "Number url (screening) document: Say, Play, Gather, Hangup only (Pause works in practice); no Dial."
def test_a_screening_document_holds_less() -> None:
    assert complaints("<Gather><Say>x</Say></Gather><Hangup/>", "screening") == ()
    assert complaints("<Dial>+14035550111</Dial>", "screening")
    assert not read("<Response><Dial>+14035550111</Dial></Response>", None, "screening").verbs


# 4.8: the minimal examples break nothing.
@pytest.mark.parametrize(
    "body",
    [
        '<Dial answerOnBridge="true" timeout="20" callerId="+16475550199" action="https://h.example/v/next?c=1&amp;i=1">'
        '<Number url="https://h.example/v/screen?c=1&amp;i=1" statusCallback="https://h.example/v/leg?c=1&amp;i=1" '
        'statusCallbackEvent="initiated ringing answered completed">+14165550101</Number></Dial>',
        '<Gather numDigits="1" timeout="6" action="https://h.example/v/accept?c=1&amp;i=1"><Say>Press 1.</Say></Gather>'
        "<Hangup/>",
        '<Dial action="https://h.example/v/after"><Conference startConferenceOnEnter="false" '
        'endConferenceOnExit="true" beep="false" participantLabel="client" waitUrl="https://h.example/v/wait" '
        'statusCallback="https://h.example/v/conf" statusCallbackEvent="start end join leave">call-7f3a</Conference>'
        "</Dial>",
        '<Say voice="Polly.Chantal" language="fr-CA"><lang xml:lang="en-US">Hi</lang></Say><!-- a comment -->',
    ],
)
def test_the_examples_are_sound(body: str) -> None:
    assert complaints(body) == ()


# 2.5: "no BOM, no blank before <?xml (12100)"; "Unclosed element, missing <Response> root: 12100".
@pytest.mark.parametrize(
    "body",
    [
        "",
        "\ufeff<Response/>",
        " <?xml version='1.0'?><Response/>",
        "<Response>",
        "<Say>x</Say>",
        "<Response>\x01</Response>",
    ],
)
def test_what_is_no_twiml_at_all(body: str) -> None:
    with pytest.raises(NotTwimlError):
        read(body, None)


# 4: "Relative URLs resolve against the URL of the current document; with a Twiml= REST parameter there is no
# base".
def test_relative_urls() -> None:
    document = Document((), "https://h.example/a/b?c=1")
    assert document.resolve("d?e=2") == "https://h.example/a/d?e=2"
    assert document.resolve("/d") == "https://h.example/d"
    assert document.resolve("?e=2") == "https://h.example/a/b?e=2"
    assert document.resolve("") == "https://h.example/a/b?c=1"
    assert document.resolve("https://other.example/x") == "https://other.example/x"
    assert Document((), None).resolve("/d") == "/d"
