"""What our own mail server found out of the sender (RFC 8601), in the forms in which servers write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.reading import read
from tests.mail.letters import HEAD, letter

FIELD = "Authentication-Results: "
PROVEN = {
    "nobody has looked": (),
    "our server looks at nothing": (f"{FIELD}mx.desk.example; none",),
    "only at who gave it to us": (f"{FIELD}mx.desk.example; auth=pass smtp.auth=clara; iprev=fail",),
    "dmarc": (f"{FIELD}mx.desk.example; dmarc=pass (p=reject dis=none) header.from=taber.example",),
    "dmarc, though one of its ways failed": (
        f"{FIELD}mx.desk.example;\r\n spf=fail smtp.mailfrom=lists.example;\r\n dkim=pass header.d=taber.example;"
        "\r\n dmarc=pass header.from=taber.example",
    ),
    "signed by the domain": (f"{FIELD}mx.desk.example; dkim=pass header.d=taber.example header.s=s1; dmarc=none",),
    "signed by one below it": (f"{FIELD}mx.desk.example; dkim=pass (2048-bit key) header.i=@mail.taber.example",),
    "sent from there": (f"{FIELD}mx.desk.example; spf=pass (a (very) long story) smtp.mailfrom=clara@taber.example",),
    "without the server's name": (f"{FIELD}spf=pass smtp.mailfrom=taber.example; dkim=none; dmarc=bestguesspass",),
    "in capitals, with a version": (f'{FIELD}MX.desk.example 1; DKIM/1=PASS header.d="Taber.example"',),
    "in several fields of our own": (
        f"{FIELD}mx.desk.example; spf=softfail smtp.mailfrom=other.example",
        f"{FIELD}mx.desk.example; dkim=pass header.d=taber.example",
    ),
}
UNPROVEN = {
    "dmarc": (
        f"{FIELD}mx.desk.example; dmarc=fail (p=none) header.from=taber.example; spf=pass smtp.mailfrom=x.example",
    ),
    "dmarc, for now": (f"{FIELD}mx.desk.example; dmarc=temperror header.from=taber.example",),
    "all three, of another domain": (
        f"{FIELD}mx.desk.example; spf=pass smtp.mailfrom=bulk.example; dkim=pass header.d=bulk.example; dmarc=none",
    ),
    "a domain that only ends alike": (f"{FIELD}mx.desk.example; dkim=pass header.d=notaber.example",),
    "a whole country": (f"{FIELD}mx.desk.example; dkim=pass header.d=example",),
    "nothing to go by": (f"{FIELD}mx.desk.example; spf=none smtp.mailfrom=taber.example; dkim=none",),
    "what the sender wrote below our server's": (
        f"{FIELD}mx.desk.example; spf=fail smtp.mailfrom=taber.example",
        f"{FIELD}mx.crook.example; dmarc=pass header.from=taber.example",
    ),
    "a comment that says otherwise": (
        f"{FIELD}mx.desk.example; spf=fail (dmarc=pass; dkim=pass header.d=taber.example)",
    ),
    "no name, and somebody else's below": (
        f"{FIELD}spf=fail smtp.mailfrom=taber.example",
        f"{FIELD}dkim=pass header.d=taber.example",
    ),
}


@pytest.mark.parametrize("name", PROVEN)
def test_what_speaks_for_the_sender_or_says_nothing(name: str) -> None:
    assert not read(letter(*PROVEN[name]), HEAD).is_unproven


@pytest.mark.parametrize("name", UNPROVEN)
def test_what_does_not_speak_for_the_sender(name: str) -> None:
    assert read(letter(*UNPROVEN[name]), HEAD).is_unproven


@given(st.text(alphabet=st.sampled_from('ab;=()"@.: \tdkimspf')))
def test_whatever_stands_there_is_read(text: str) -> None:
    made = read(letter(FIELD + text.replace("\n", " ")), HEAD)
    assert made.is_unproven in (True, False)
    assert made.kind == "letter"
