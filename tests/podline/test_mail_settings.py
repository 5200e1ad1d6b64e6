"""What is said of e-mail in the environment: read, checked and named."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from podline.commands.checks import of_mail, of_relay
from podline.settings import Settings
from tests.mail.smtp import mail_server

NO_FILE: dict[str, Any] = {"_env_file": None}
WHOLE: dict[str, Any] = {
    "mail_key": "a-key",
    "mail_address": "Prairie Support <desk@desk.example>",
    "secret_key": "a-secret",
    "smtp_url": "smtps://desk:pass%40word@mail.example.org",
}


def found(**given: Any) -> list[tuple[str, str]]:
    return [(one.verdict, one.what) for one in of_mail(Settings(**NO_FILE, **given))]


def test_a_whole_set_of_them_makes_a_letterhead_and_a_relay() -> None:
    settings = Settings(**NO_FILE, **WHOLE)
    head, relay = settings.letterhead, settings.relay
    assert head is not None
    assert relay is not None
    assert (head.address, head.name, head.has_tags) == ("desk@desk.example", "Prairie Support", False)
    assert (relay.host, relay.port, relay.password) == ("mail.example.org", 465, "pass@word")
    assert [verdict for verdict, _ in found(**WHOLE)] == ["ok"]


def test_the_mail_servers_password_is_a_secret_by_itself() -> None:
    assert "pass@word" in Settings(**NO_FILE, **WHOLE).secrets


@pytest.mark.parametrize(
    ("name", "given"), [("mail_address", "desk"), ("mail_address", "Support"), ("smtp_url", "http://mail.example.org")]
)
def test_what_can_not_be_meant_is_refused(name: str, given: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**NO_FILE | {name: given})
    assert "like" in str(refused.value.errors()[0]["msg"])


def test_a_password_in_a_wrong_address_is_not_told() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**NO_FILE, smtp_url=SecretStr("http://desk:hidden@mail.example.org"))
    assert "hidden" not in str(refused.value.errors(include_input=False))


def test_nobody_who_wants_no_e_mail_hears_of_it() -> None:
    assert found() == []
    assert found(secret_key="a-secret") == []


@pytest.mark.parametrize("lacking", ["mail_address", "secret_key"])
def test_letters_need_an_address_and_a_key_to_sign_them(lacking: str) -> None:
    told = found(**{name: value for name, value in WHOLE.items() if name != lacking})
    assert [what for verdict, what in told if verdict == "wrong"] == [
        f"E-mail: PODLINE_{lacking.upper()} not set, so no answer goes out, and none finds its matter."
    ]


def test_without_a_mail_server_or_without_a_key_it_goes_one_way_alone() -> None:
    assert [verdict for verdict, _ in found(**{**WHOLE, "smtp_url": None})] == ["ok", "note"]
    assert [verdict for verdict, _ in found(**{**WHOLE, "mail_key": None})] == ["note"]


async def of_server(url: str) -> list[tuple[str, str]]:
    settings = Settings(**NO_FILE | WHOLE | {"smtp_url": url})
    return [(one.verdict, one.what) async for one in of_relay(settings)]


async def test_the_mail_server_is_asked_whether_it_lets_us_in() -> None:
    async with mail_server() as server:
        url = f"smtp://127.0.0.1:{server.port}"
        ((verdict, what),) = await of_server(url)
    assert (verdict, what) == ("ok", f"E-mail: answers go out as desk@desk.example by 127.0.0.1:{server.port}.")
    assert not [one for one in server.commands if one.startswith("MAIL")]
    ((verdict, what),) = await of_server(url)
    assert verdict == "wrong"
    assert "does not let us in" in what
    async with mail_server(EHLO="554 not you", HELO="554 not you") as server:
        assert "554 not you" in (await of_server(f"smtp://127.0.0.1:{server.port}"))[0][1]


async def test_of_no_mail_server_nothing_is_said() -> None:
    assert [one async for one in of_relay(Settings(**NO_FILE | WHOLE | {"smtp_url": None}))] == []
