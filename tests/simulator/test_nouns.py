"""Whom a Dial can ring besides a Number, and who can call besides a telephone (twilio.md 4.3, 4.4, 1.1, 1.3)."""

from __future__ import annotations

import pytest

from simulator.people.scripted import BASE, CALLER, FIRST, LINE, SECOND, Reply, Stage

EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
ANA, DESK = "client:ana", "sip:ana@desk.example"


def after(stage: Stage) -> dict[str, str]:
    stage.caller.has_ended()
    return stage.told("/after")


# 4.4: "Client: url, method, statusCallback...; text = identity <= 256 chars".
def test_a_client(stage: Stage) -> None:
    ana = stage.story.phone(ANA, "Ana's browser")
    stage.plays(f'<Dial action="/after"><Client url="/screen" {EVENTS}>ana</Client></Dial>')
    stage.page("/screen", "<Say>A call for you.</Say>")
    stage.caller.dials(stage.line)
    ana.rings(from_=CALLER).answers().hears("A call for you.").is_connected_to(stage.caller).hangs_up()
    assert after(stage)["DialCallStatus"] == "completed"
    assert (stage.told("/screen")["To"], stage.told("/screen")["Direction"]) == (ANA, "outbound-dial")
    assert [request.params["CallStatus"] for request in stage.asked("/leg")][-2:] == ["in-progress", "completed"]


# 4.4: "Client: ... or children Identity, Parameter". 8: "SDK clients rejecting give busy".
def test_a_client_with_parameters(stage: Stage) -> None:
    ana = stage.story.phone(ANA, "Ana's browser")
    client = '<Client><Identity>ana</Identity><Parameter name="case" value="7"/></Client>'
    stage.plays(f'<Dial action="/after" callerId="client:desk">{client}</Dial>')
    stage.caller.dials(stage.line)
    ana.rings(from_="client:desk")
    assert ana.leg.told == {"case": "7"}
    ana.rejects()
    assert after(stage)["DialCallStatus"] == "busy"


# 4.4: "Sip: text = SIP URI < 255 chars with X- headers as query". 1.3: "Dial action after Sip: DialSipCallId,
# DialSipResponseCode, DialSipHeader_X-...".
def test_sip(stage: Stage) -> None:
    ana = stage.story.phone(DESK, "Ana's desk")
    ana.phone.headers = {"X-Seat": "4"}
    sip = f'<Sip username="u" password="p" url="/screen" {EVENTS}>{DESK}?X-Case=7&amp;other=1</Sip>'
    stage.plays(f'<Dial action="/after" callerId="desk_1.a-b">{sip}</Dial>')
    stage.page("/screen", "<Gather numDigits='1'><Say>Press a key.</Say></Gather><Hangup/>")
    stage.caller.dials(stage.line)
    ana.rings(from_="desk_1.a-b").answers().hears("Press")
    assert ana.leg.sip is not None
    assert (ana.leg.to, ana.leg.sip.headers) == (DESK, {"X-Case": "7"})
    ana.has_ended()
    told = after(stage)
    assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "false")
    assert (told["DialSipResponseCode"], told["DialSipHeader_X-Seat"]) == ("200", "4")
    assert told["DialSipCallId"] == ana.leg.sip.call_id
    assert stage.told("/leg")["CallStatus"] == "completed"


# 1.3: DialSipResponseCode; 1.5: "486 busy, 404 unknown number as in SIP".
@pytest.mark.parametrize(("does", "status", "code"), [("is_busy", "busy", "486"), ("fails", "failed", "404")])
def test_sip_that_is_not_answered(stage: Stage, does: str, status: str, code: str) -> None:
    getattr(stage.story.phone(DESK, "Ana's desk"), does)()
    stage.plays(f'<Dial action="/after"><Sip>{DESK}</Sip></Dial>')
    stage.caller.dials(stage.line)
    told = after(stage)
    assert (told["DialCallStatus"], told["DialSipResponseCode"]) == (status, code)


# 4.3: "nouns Number, Client, Sip (mix, up to 10)".
def test_a_mix_rings_all_at_once(stage: Stage) -> None:
    client, desk = stage.story.phone(ANA, "browser"), stage.story.phone(DESK, "desk")
    stage.plays(f"<Dial><Number>{FIRST}</Number><Client>ana</Client><Sip>{DESK}</Sip></Dial>")
    stage.caller.dials(stage.line)
    stage.first.rings()
    client.rings()
    desk.rings().answers().is_connected_to(stage.caller)
    stage.first.does_not_ring()
    assert [leg.status for leg in stage.caller.leg.children] == ["canceled", "canceled", "in-progress"]


# 4.3: "or exactly one of Conference, Queue, Application, WhatsApp, Sim".
@pytest.mark.parametrize(
    ("noun", "address"),
    [
        ("<WhatsApp>+14035550111</WhatsApp>", "whatsapp:+14035550111"),
        ("<Sim>DE00000000000000000000000000000001</Sim>", "sim:DE00000000000000000000000000000001"),
    ],
)
def test_a_noun_that_stands_alone(stage: Stage, noun: str, address: str) -> None:
    phone = stage.story.phone(address, "Ana")
    stage.plays(f'<Dial action="/after">{noun}</Dial>')
    stage.caller.dials(stage.line)
    phone.rings(from_=CALLER).answers().is_connected_to(stage.caller).hangs_up()
    assert after(stage)["DialBridged"] == "true"


# 4.3: Application: its voice URL runs on an inbound leg of its own, and the caller hears what is played there.
def test_an_application(stage: Stage) -> None:
    desk = stage.exchange.applications.add("Desk", voice_url=f"{BASE}/app")
    named = f'<ApplicationSid>{desk.sid}</ApplicationSid><Parameter name="case" value="7"/>'
    stage.plays(f'<Dial action="/after"><Application {EVENTS}>{named}</Application></Dial>')
    stage.page("/app", '<Gather numDigits="1" action="/key"><Say>The application.</Say></Gather>')
    stage.page("/key", "<Say>Well pressed.</Say><Hangup/>")
    stage.caller.dials(stage.line).hears("The application.")
    stage.passes(2)
    stage.caller.presses("5", at_once=True).hears("Well pressed.")
    assert stage.told("/key")["Digits"] == "5"
    assert (stage.told("/app")["ApplicationSid"], stage.told("/app")["case"]) == (desk.sid, "7")
    assert (stage.told("/app")["Direction"], stage.told("/app")["From"]) == ("inbound", CALLER)
    assert after(stage)["DialCallStatus"] == "completed"


# 1.1: "ApplicationSid: number bound to a TwiML application". 7.3: "An ApplicationSid overrides the URLs".
def test_a_number_bound_to_an_application(stage: Stage) -> None:
    desk = stage.exchange.applications.add(
        "Desk", voice_url=f"{BASE}/app", voice_fallback_url=f"{BASE}/rescue", status_callback=f"{BASE}/app-ended"
    )
    stage.line.voice_application_sid = desk.sid
    stage.line.status_callback = f"{BASE}/ended"
    stage.page("/app", Reply(status=500))
    stage.page("/rescue", "<Say>Rescued.</Say>")
    stage.caller.dials(stage.line).hears("Rescued.").has_ended()
    stage.settles()
    assert stage.told("/app")["ApplicationSid"] == desk.sid
    assert (len(stage.asked("/app-ended")), stage.asked("/ended"), stage.asked("/voice")) == (1, [], [])


# 1.1: "From: client:name". A browser calls an application, which is told what it says.
def test_a_call_from_a_client(stage: Stage) -> None:
    desk = stage.exchange.applications.add("Desk", voice_url=f"{BASE}/app")
    stage.page("/app", "<Say>Hello, browser.</Say>")
    ana = stage.story.phone(ANA, "browser")
    ana.dials(desk.sid, told={"case": "7"}).hears("Hello, browser.")
    told = stage.told("/app")
    assert (told["From"], told["case"], told["ApplicationSid"]) == (ANA, "7", desk.sid)
    assert "StirVerstat" not in told
    assert told["FromCity"] == ""


# 1.1: "SipDomain SipDomainSid SipCallId SipSourceIp SipUsername: call came by SIP; SipUsername only with
# credential-list authentication"; "SipHeader_NAME: one per X- header of the INVITE (also User-to-User)".
def test_a_call_by_sip(stage: Stage) -> None:
    domain = stage.exchange.add_sip_domain("desk.sip.example", voice_url=f"{BASE}/sip")
    stage.page("/sip", "<Hangup/>")
    ana = stage.story.phone(DESK, "Ana's desk")
    ana.phone.headers = {"X-Seat": "4", "User-to-User": "00", "Via": "nothing"}
    ana.dials("sip:200@desk.sip.example").has_ended()
    told = stage.told("/sip")
    assert (told["From"], told["To"]) == (DESK, "sip:200@desk.sip.example")
    assert (told["SipDomain"], told["SipDomainSid"]) == ("desk.sip.example", domain.sid)
    assert told["SipCallId"]
    assert told["SipSourceIp"]
    assert (told["SipHeader_X-Seat"], told["SipHeader_User-to-User"]) == ("4", "00")
    assert "SipHeader_Via" not in told
    assert "SipUsername" not in told
    ana.dials("sip:200@desk.sip.example", username="ana").has_ended()
    assert stage.told("/sip")["SipUsername"] == "ana"


# 4.3: "callerId on Number: ... Inbound SIP: only Twilio or verified numbers. Client-originated leg: mandatory." 2.6:
# "13214: Dial: invalid callerId".
@pytest.mark.parametrize("address", [ANA, DESK])
@pytest.mark.parametrize(
    ("caller_id", "is_rung"), [("", False), (f'callerId="{LINE}"', True), (f'callerId="{SECOND}"', True)]
)
def test_the_caller_id_of_a_call_that_is_no_telephones(
    stage: Stage, address: str, caller_id: str, is_rung: bool
) -> None:
    stage.exchange.verified.add(SECOND)
    stage.plays(f'<Dial {caller_id} action="/after">{FIRST}</Dial>')
    stage.story.phone(address, "Ana").dials(stage.line)
    if is_rung:
        stage.first.rings()
    else:
        assert stage.told("/after")["DialCallStatus"] == "failed"
        assert [alert.code for alert in stage.exchange.alerts] == [13214]


# 4.3: a client and a SIP telephone may be shown anything that is theirs to read.
@pytest.mark.parametrize(
    ("noun", "caller_id", "is_rung"),
    [
        ("<Client>ana</Client>", "client:bob", True),
        ("<Client>ana</Client>", "+14165550000", True),
        (f"<Sip>{DESK}</Sip>", "+14165550000", True),
        (f"<Sip>{DESK}</Sip>", "front_desk-2.0", True),
        (f"<Sip>{DESK}</Sip>", "front desk", False),
        (f"<Number>{FIRST}</Number>", "front_desk-2.0", False),
    ],
)
def test_the_caller_id_by_noun(stage: Stage, noun: str, caller_id: str, is_rung: bool) -> None:
    stage.plays(f'<Dial callerId="{caller_id}" timeout="5" action="/after">{noun}</Dial>')
    stage.caller.dials(stage.line)
    assert after(stage)["DialCallStatus"] == ("no-answer" if is_rung else "failed")


# 1.2: "since the November 2022 change Dial legs keep the text" of a withheld caller.
def test_a_withheld_caller_is_shown_as_such(stage: Stage) -> None:
    stage.plays(f'<Dial action="/after">{FIRST}</Dial>')
    stage.story.phone(None, "withheld").dials(stage.line)
    stage.first.rings(from_="anonymous")


# 1.1: "CallerName: only if the number has VoiceCallerIdLookup=true".
def test_the_callers_name(stage: Stage) -> None:
    stage.caller.phone.listed_name = "Cora Callaghan of Calgary"
    stage.plays("<Hangup/>")
    stage.caller.dials(stage.line).has_ended()
    assert "CallerName" not in stage.told("/voice")
    stage.line.voice_caller_id_lookup = True
    stage.caller.dials(stage.line).has_ended()
    assert stage.told("/voice")["CallerName"] == "CORA CALLAGHAN "


# 4.3: "referUrl, referMethod"; 1.3: "Dial referUrl: ReferTransferTarget". Whoever is left goes on with its document.
@pytest.mark.parametrize("who", ["callee", "caller"])
def test_a_sip_telephone_hands_the_other_one_over(stage: Stage, who: str) -> None:
    desk = stage.story.phone(DESK, "Ana's desk")
    stage.exchange.add_sip_domain("desk.sip.example", voice_url=f"{BASE}/voice")
    stage.page("/refer", '<Say>You are handed over.</Say><Pause length="60"/>')
    if who == "callee":
        stage.plays(f'<Dial referUrl="/refer" referMethod="GET"><Sip>{DESK}</Sip></Dial>')
        other = stage.caller.dials(stage.line)
        desk.rings().answers()
    else:
        stage.plays(f'<Dial callerId="{LINE}" referUrl="/refer" referMethod="GET">{FIRST}</Dial>')
        desk.dials("sip:200@desk.sip.example")
        other = stage.first.rings().answers()
    other.is_connected_to(desk)
    desk.refers_to("sip:ben@desk.example")
    other.hears("You are handed over.").is_still_on()
    desk.has_ended()
    (request,) = stage.asked("/refer")
    assert (request.method, request.params["ReferTransferTarget"]) == ("GET", "sip:ben@desk.example")
    assert request.params["CallSid"] == other.leg.sid


# 4.3: without referUrl a REFER is not taken.
def test_a_refer_that_nobody_lets(stage: Stage) -> None:
    desk = stage.story.phone(DESK, "Ana's desk")
    stage.plays(f"<Dial><Sip>{DESK}</Sip></Dial>")
    stage.caller.dials(stage.line)
    desk.rings().answers().is_connected_to(stage.caller)
    with pytest.raises(AssertionError, match="its Dial has no referUrl"):
        desk.refers_to("sip:ben@desk.example")
    desk.is_still_on().hangs_up()
    stage.plays(f'<Dial referUrl="/refer">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers().is_connected_to(stage.caller)
    with pytest.raises(AssertionError, match="it is no SIP telephone"):
        stage.first.refers_to("sip:ben@desk.example")


# 4.1: "Refer: action, method; child Sip: SIP only".
def test_refer(stage: Stage) -> None:
    stage.plays('<Refer action="/after"><Sip>sip:ben@desk.example</Sip></Refer>')
    desk = stage.story.phone(DESK, "Ana's desk").dials(stage.line).has_ended()
    assert desk.phone.referred_to == ["sip:ben@desk.example"]
    assert stage.told("/after")["ReferCallStatus"] == "completed"
    with pytest.raises(AssertionError, match="<Refer> is for a call by SIP alone"):
        stage.caller.dials(stage.line)


# 4.4: "Client ... text = identity <= 256 chars, or children Identity"; "Sip: SIP URI < 255 chars". 4.3: "exactly one".
@pytest.mark.parametrize(
    ("noun", "complaint"),
    [
        ("<Client/>", "<Client> names nobody"),
        ("<Application/>", "<Application> names nobody"),
        (f"<Client>{'x' * 257}</Client>", "is longer than 256 characters"),
        (f"<Sip>sip:{'x' * 251}</Sip>", "is longer than 254 characters"),
        (f"<Sim>DE1</Sim><Number>{FIRST}</Number>", "must be alone"),
        (f"<WhatsApp>{FIRST}</WhatsApp><Client>ana</Client>", "must be alone"),
        ("<Client><Sip>sip:a@b.example</Sip></Client>", "must not stand in <Client>"),
    ],
)
def test_nouns_that_break_the_table(stage: Stage, noun: str, complaint: str) -> None:
    stage.plays(f"<Dial>{noun}</Dial>")
    with pytest.raises(AssertionError, match=complaint):
        stage.caller.dials(stage.line)
