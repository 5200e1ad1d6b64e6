"""Messaging TwiML (twilio.md 4.7, 2.5), and its table held against the classes of Twilio's own package."""

from __future__ import annotations

import inspect
import re

import pytest
from twilio.twiml import messaging_response

from simulator.people.scripted import BASE, CALLER, LINE, SECOND, Reply, Stage
from simulator.texts.schema import TABLE, read_texts
from simulator.twiml.reading import NotTwimlError
from tests.simulator.asking import Rest

ONLY_IN_THE_PACKAGE = {"Response": "the root, which read() checks itself"}
NOT_ATTRIBUTES = {"self", "kwargs", "body", "message", "url"}  # they are the text of the element


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name.rstrip("_"))


# 4, sources: "twilio-python ... `messaging_response.py`".
def test_the_names_are_those_of_the_package() -> None:
    classes = inspect.getmembers(messaging_response, inspect.isclass)
    package = {name for name, kind in classes if kind.__module__ == messaging_response.__name__}
    assert set(TABLE) - package == set()
    assert package - set(TABLE) == {"MessagingResponse"}
    assert messaging_response.MessagingResponse().name in ONLY_IN_THE_PACKAGE


# 4.7: "Message: to, from, action, method (POST), statusCallback"; "Redirect: method (POST)".
@pytest.mark.parametrize(
    ("owner", "element"),
    [
        (messaging_response.MessagingResponse, "Message"),
        (messaging_response.MessagingResponse, "Redirect"),
        (messaging_response.Message, "Body"),
        (messaging_response.Message, "Media"),
    ],
)
def test_the_attributes_are_those_of_the_package(owner: type, element: str) -> None:
    given = set(inspect.signature(getattr(owner, element.lower())).parameters)
    assert set(TABLE[element].attributes) == {camel(name) for name in given - NOT_ATTRIBUTES}


# 4: "names and attributes are case-sensitive, camelCase" and the table of 4.7; "Body/Media in Message".
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<message>x</message>", "<message> is unknown; it is spelt <Message>"),
        ("<Say>x</Say>", "<Say> is unknown"),
        ("<Body>x</Body>", "<Body> must not stand in <Response>"),
        ("<Media>/x.png</Media>", "<Media> must not stand in <Response>"),
        ("<Message><Redirect>/x</Redirect></Message>", "<Redirect> must not stand in <Message>"),
        ("<Message><Message>x</Message></Message>", "<Message> must not stand in <Message>"),
        ('<Message From="+15875550100">x</Message>', "<Message> has no attribute From"),
        ('<Message status_callback="/x">x</Message>', "<Message> has no attribute status_callback"),
        ('<Message method="PUT">x</Message>', "is none of GET, POST"),
        ("<Message/>", "<Message> has neither text nor media"),
        ("<Message><Body/></Message>", "<Body> is empty"),
        ("<Message>x<Media>/x.png</Media></Message>", "<Message> holds text beside"),
        ("<Message><Body>x</Body><Body>y</Body></Message>", "more than one <Body>"),
        (f"<Message>{'<Media>/x.png</Media>' * 11}</Message>", "more than 10 <Media>"),
        (f"<Message>{'x' * 1601}</Message>", "is longer than 1600 characters"),
        (f"<Message><Body>{'x' * 1601}</Body></Message>", "is longer than 1600 characters"),
        ("<Redirect>two words</Redirect>", "is not a URL"),
    ],
)
def test_what_breaks_the_table(body: str, complaint: str) -> None:
    complaints = read_texts(f"<Response>{body}</Response>", "https://h/x").complaints
    assert any(complaint in each for each in complaints), complaints


# 4.7: "text or children Body (one) and Media (≤ 10)".
@pytest.mark.parametrize(
    "body",
    [
        "",
        "<Message>Hello.</Message>",
        '<Message to="+14035550111" from="+15875550100" action="/told" method="GET"><Body>x</Body></Message>',
        f"<Message><Body>{'x' * 1600}</Body>{'<Media>/x.png</Media>' * 10}</Message><Message>y</Message>",
        '<Message><Media>/x.png</Media></Message><Redirect method="GET">/next</Redirect>',
    ],
)
def test_what_is_sound(body: str) -> None:
    assert read_texts(f"<Response>{body}</Response>", "https://h/x").complaints == ()


# 2.5: "Unclosed element, missing `<Response>` root: 12100".
@pytest.mark.parametrize("body", ["", "<Response>", "<Message>x</Message>", " <?xml version='1.0'?><Response/>"])
def test_what_is_no_twiml_at_all(body: str) -> None:
    with pytest.raises(NotTwimlError):
        read_texts(body, "https://h/x")


@pytest.fixture
def desk(stage: Stage) -> Stage:
    stage.line.sms_url = f"{BASE}/text"
    return stage


# 4.7: "Message: to (sender of the inbound message), from (number that received it)". 7.3: "direction ...
# outbound-reply".
def test_a_reply(desk: Stage, rest: Rest) -> None:
    desk.page("/text", "<Message>Thank you.</Message>")
    desk.caller.sends_text(desk.line, "Hello.").got_text("Thank you.")
    assert desk.caller.texts[0].from_ == LINE
    reply, _ = rest("GET", "/Messages.json").json()["messages"]
    assert (reply["direction"], reply["to"], reply["from"]) == ("outbound-reply", CALLER, LINE)


# 4.7: "Several Message elements send several messages"; "to", "from".
def test_several_messages(desk: Stage) -> None:
    desk.exchange.add_number("+15875550101")
    desk.page("/text", f'<Message>One.</Message><Message to="{SECOND}" from="+15875550101"><Body>Two.</Body></Message>')
    desk.caller.sends_text(desk.line, "Hello.").got_text("One.").got_no_text("Two.")
    desk.second.got_text("Two.")
    assert desk.second.texts[0].from_ == "+15875550101"


# 4.7: "children Body (one) and Media (≤ 10)". 4: "Relative URLs resolve against the URL of the current document".
def test_a_reply_with_pictures(desk: Stage) -> None:
    desk.page("/text", "<Message><Body>See.</Body><Media>/one.png</Media><Media>/two.png</Media></Message>")
    desk.page("/one.png", Reply("1", content_type="image/png"))
    desk.page("/two.png", Reply("2", content_type="image/png"))
    desk.caller.sends_text(desk.line, "Hello.").got_text("See.")
    assert desk.caller.texts[0].media == (f"{BASE}/one.png", f"{BASE}/two.png")


# 4.7: "`action`/statusCallback of Message receives the message status parameters (6.4)"; "method (POST)".
@pytest.mark.parametrize(
    ("attributes", "method"),
    [('action="/told"', "POST"), ('statusCallback="/told"', "POST"), ('action="/told" method="GET"', "GET")],
)
def test_the_status_callback_of_a_message(desk: Stage, attributes: str, method: str) -> None:
    desk.page("/text", f"<Message {attributes}>Thank you.</Message>")
    desk.caller.sends_text(desk.line, "Hello.")
    desk.passes(5)
    assert [request.params["MessageStatus"] for request in desk.asked("/told")] == ["sending", "sent", "delivered"]
    assert {request.method for request in desk.asked("/told")} == {method}


# 4.7: "Redirect: fetch another messaging document"; verbs below it are unreachable (4.1).
def test_a_redirect(desk: Stage) -> None:
    desk.page("/text", '<Message>One.</Message><Redirect method="GET">/next?a=1</Redirect><Message>Never.</Message>')
    desk.page("/next", "<Message>Two.</Message>")
    desk.caller.sends_text(desk.line, "Hello.").got_text("One.").got_text("Two.").got_no_text("Never.")
    (asked,) = desk.asked("/next")
    assert (asked.method, asked.params["Body"]) == ("GET", "Hello.")


# 6.7: "Queue holds 10 h; beyond: ... 21611".
def test_a_reply_of_a_sender_whose_queue_is_full(desk: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.texts.messages.LONGEST_QUEUE", 2.0)
    desk.page("/text", "<Message>Thank you.</Message>" * 4)
    desk.caller.sends_text(desk.line, "Hello.")
    desk.passes(10)
    assert len(desk.caller.texts) == 3
    assert [alert.code for alert in desk.exchange.alerts] == [21611]


# 14106: a session may ask for 50 documents.
def test_redirects_without_an_end(desk: Stage) -> None:
    desk.page("/text", "<Redirect/>")
    desk.caller.sends_text(desk.line, "Hello.")
    assert len(desk.asked("/text")) == 50
    assert [alert.code for alert in desk.exchange.alerts] == [14106]


# 2.4: an error in a later document goes to the fallback as well.
def test_a_redirect_that_fails(desk: Stage) -> None:
    desk.line.sms_fallback_url = f"{BASE}/text-fallback"
    desk.page("/text", "<Redirect>/next</Redirect>")
    desk.page("/next", Reply(status=500))
    desk.page("/text-fallback", "")
    desk.caller.sends_text(desk.line, "Hello.")
    assert desk.told("/text-fallback")["ErrorUrl"] == f"{BASE}/next"


# 2.5: "`<Response/>`: nothing to do. Messaging: no reply."
def test_an_empty_response(desk: Stage) -> None:
    desk.page("/text", "")
    desk.caller.sends_text(desk.line, "Hello.")
    desk.passes(60)
    desk.caller.got_no_text()
    assert desk.exchange.alerts == []


# 2.5: "text/plain: TwiML if it parses, else ... sent as the reply text (messaging, old API page)".
@pytest.mark.parametrize(
    ("body", "reply"),
    [("Thank you & goodbye.", "Thank you & goodbye."), ("<Response><Message>Hi.</Message></Response>", "Hi.")],
)
def test_plain_text(desk: Stage, body: str, reply: str) -> None:
    desk.page("/text", Reply(body, content_type="text/plain"))
    desk.caller.sends_text(desk.line, "Hello.").got_text(reply)
    assert [text.body for text in desk.caller.texts] == [reply]


# 2.5: "text/xml, application/xml, text/html: parsed as TwiML"; "Empty 200 body on a TwiML request: treat as error".
@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply("<Response/>", content_type="text/html"), None),
        (Reply("<Response/>", content_type="application/xml"), None),
        (Reply("{}", content_type="application/json"), 12300),
        (Reply(""), 12100),
        (Reply("", content_type="text/plain"), 12100),
    ],
)
def test_content_types(desk: Stage, reply: Reply, code: int | None) -> None:
    desk.page("/text", reply)
    desk.caller.sends_text(desk.line, "Hello.")
    assert [alert.code for alert in desk.exchange.alerts] == ([code] if code else [])
    desk.caller.got_no_text()


# 2.5: "Simulator: strict mode fails the test". 14101, 14102, 14103: invalid to, from and body of a Message.
@pytest.mark.parametrize(
    ("verbs", "sentence", "code"),
    [
        ("<message>x</message>", "<message> is unknown", 12200),
        ('<Message to="911">x</Message>', "'To' number 911 is not a valid", 14101),
        ('<Message from="+14165550000">x</Message>', "not a message-capable Twilio number", 14102),
        (f'<Message to="{LINE}">x</Message>', "cannot be the same", 14102),
        ("<Message/>", "neither text nor media", 14103),
    ],
)
def test_a_broken_rule_fails_the_story(desk: Stage, verbs: str, sentence: str, code: int) -> None:
    desk.page("/text", verbs)
    with pytest.raises(AssertionError, match=sentence):
        desk.caller.sends_text(desk.line, "Hello.")
    assert desk.exchange.alerts[-1].code == code
    assert len(desk.exchange.messages.all) == 1
