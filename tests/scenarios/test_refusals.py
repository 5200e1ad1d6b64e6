"""What Twilio did not sign, and what nobody could read, changes nothing."""

import pytest

from tests.world import BASE, LINE, TOKEN, World

FORM = {
    "CallSid": "CA" + "1" * 32,
    "AccountSid": "AC" + "0" * 31 + "1",
    "From": "+14035550120",
    "To": LINE,
    "CallStatus": "ringing",
    "Direction": "inbound",
    "ApiVersion": "2010-04-01",
    "Digits": "",
}
URL = f"{BASE}/voice/incoming"


def nothing_was_kept(world: World) -> bool:
    return not world.desk.contacts() and not world.desk.query("SELECT * FROM turns")


def test_a_signed_request_is_answered(world: World) -> None:
    assert world.post(URL, FORM).status_code == 200


def test_an_unknown_parameter_is_signed_along_and_accepted(world: World) -> None:
    assert world.post(URL, {**FORM, "NewParam": "1", "StirVerstat": "No-TN-Validation"}).status_code == 200


@pytest.mark.parametrize(
    ("why", "options"),
    [
        ("another token", {"token": TOKEN[::-1]}),
        ("another host", {"signed_url": "https://other.example/voice/incoming"}),
        ("http instead of https", {"signed_url": URL.replace("https", "http")}),
        ("another path", {"signed_url": URL + "/"}),
        ("another query", {"signed_url": URL + "?c=1"}),
        ("no signature", {"X-Twilio-Signature": ""}),
        ("a made-up signature", {"X-Twilio-Signature": "AAAA"}),
    ],
)
def test_what_twilio_did_not_sign_is_refused(world: World, why: str, options: dict[str, str]) -> None:
    answer = world.post(URL, FORM, **options)
    assert (answer.status_code, answer.text) == (403, ""), why
    assert nothing_was_kept(world)


def test_a_changed_body_is_refused(world: World) -> None:
    signed = world.run(world._post(URL, b"From=%2B1403555", {"X-Twilio-Signature": "x"}))
    assert signed.status_code == 403
    assert nothing_was_kept(world)


def test_the_second_token_of_a_rotation_holds(world: World) -> None:
    from ivr.signature import Signatures
    from simulator.webhooks.signing import signature

    signatures = Signatures(BASE, ("new" * 10, "old" * 10))
    scope = {"path": "/voice/incoming", "raw_path": b"/voice/incoming", "query_string": b""}
    for token in ("new" * 10, "old" * 10):
        assert signatures.hold(scope, FORM, signature(token, URL, FORM.items()))
    assert not signatures.hold(scope, FORM, signature("other" * 6, URL, FORM.items()))


@pytest.mark.parametrize("query", ["x=%C3%A9", "x=a%20b&y=%2B1", "x=a+b", "x=%7E~"])
def test_the_query_is_signed_as_it_was_sent(world: World, query: str) -> None:
    assert world.post(f"{URL}?{query}", FORM).status_code == 200


def test_a_large_body_is_refused(world: World) -> None:
    answer = world.post(URL, {**FORM, "Padding": "x" * 70_000})
    assert answer.status_code == 413
    assert nothing_was_kept(world)


def test_another_content_type_is_refused(world: World) -> None:
    answer = world.post(URL, FORM, **{"content-type": "application/json"})
    assert answer.status_code == 415
    assert nothing_was_kept(world)


@pytest.mark.parametrize("missing", ["CallSid", "To"])
def test_a_missing_parameter_is_named(world: World, missing: str) -> None:
    answer = world.post(URL, {key: value for key, value in FORM.items() if key != missing})
    assert (answer.status_code, missing in answer.text) == (400, True)
    assert nothing_was_kept(world)


@pytest.mark.parametrize("query", ["", "?c=abc&n=1&s=nonsense", "?c=abc&n=x&s=je30"])
def test_a_url_that_we_never_handed_out_is_refused(world: World, query: str) -> None:
    answer = world.post(f"{BASE}/voice/dialed{query}", {**FORM, "DialCallStatus": "busy"})
    assert answer.status_code == 400
    assert nothing_was_kept(world)


def test_a_body_that_is_no_form_is_refused(world: World) -> None:
    from simulator.webhooks.signing import signature

    headers = {"X-Twilio-Signature": signature(TOKEN, URL, ())}
    answer = world.run(world._post(URL, b"\xff\xfe=1", headers))
    assert 400 <= answer.status_code < 500
    assert nothing_was_kept(world)


def test_get_is_not_how_we_are_asked(world: World) -> None:
    import httpx

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=world.transport) as client:
            return await client.get(URL)

    assert world.run(get()).status_code == 405
