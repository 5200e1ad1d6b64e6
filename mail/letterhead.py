"""In whose name we write, and how an answer finds its matter again.

Every letter of ours has a Message-ID and an address for answers with the matter's number in it, each signed: who does
not have one of our letters can't make one up, and so can't join a stranger's matter. The signature is written in
small letters alone, because mail servers do not keep the case of addresses.
"""

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from itsdangerous import Signer
from itsdangerous.encoding import base64_decode

from mail.headers import tidy_address
from mail.letter import Letter

SALT = "podline.mail"
SIGNED = 16  # characters of a signature, five bits each

_NUMBER = r"([1-9][0-9]{0,17})"
_MESSAGE_ID = re.compile(rf"<m\.(0|{_NUMBER[1:-1]})\.{_NUMBER}\.([a-z2-7]{{{SIGNED}}})@[^<>@\s]+>", re.IGNORECASE)
_TAGGED = re.compile(rf"{_NUMBER}\.([a-z2-7]{{{SIGNED}}})", re.IGNORECASE)
_SUBJECT = re.compile(rf"\[#{_NUMBER}\]")


@dataclass(frozen=True, slots=True)
class Joined:
    """Which matter a letter belongs to. By "subject" alone it may be anybody's guess: it counts only if the sender
    belongs to the matter's client."""

    matter: int
    by: Literal["reference", "address", "subject"]

    @property
    def is_certain(self) -> bool:
        return self.by != "subject"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """`address`: ours, that clients write to. `has_tags`: whether our mail server delivers `desk+…@` as `desk@`."""

    address: str
    secret_key: str = field(repr=False)
    name: str = ""
    has_tags: bool = True

    def __post_init__(self) -> None:
        if not tidy_address(self.address):
            raise ValueError(f"{self.address!r} is no e-mail address; write it like desk@example.org.")
        if not self.secret_key:
            raise ValueError("Letters are signed: set PODLINE_SECRET_KEY.")

    def message_id(self, matter: int, deed: int) -> str:
        """The same for the same deed, however often it is done. `matter` 0: it is about none yet."""
        return f"<m.{matter}.{deed}.{self._sign(f'message {matter}.{deed}')}@{self._domain}>"

    def reply_address(self, matter: int) -> str:
        """Where answers go: ours, with the matter in it if our mail server allows that."""
        if not self.has_tags or not matter:
            return self.address
        return f"{self._local}+{matter}.{self._sign(f'address {matter}')}@{self._domain}"

    def deed_of(self, message_id: str) -> tuple[int, int] | None:
        """(matter, deed) of a letter of ours; None for anybody else's."""
        found = _MESSAGE_ID.fullmatch(message_id)
        if found is None or not self._holds(f"message {found[1]}.{found[2]}", found[3]):
            return None
        return int(found[1]), int(found[2])

    def is_our_address(self, address: str) -> bool:
        """With or without a tag, in any case."""
        local, _, domain = address.lower().rpartition("@")
        return (local.partition("+")[0], domain) == (self._local.lower(), self._domain)

    def joined(self, letter: Letter) -> Joined | None:
        """What a letter itself says of its matter, the surest first."""
        for reference in letter.references:
            if (deed := self.deed_of(reference)) and deed[0]:
                return Joined(deed[0], "reference")
        for recipient in letter.recipients:
            if matter := self._tagged(recipient):
                return Joined(matter, "address")
        named = _SUBJECT.search(letter.subject)
        return Joined(int(named[1]), "subject") if named else None

    def _tagged(self, address: str) -> int | None:
        if not self.is_our_address(address):
            return None
        found = _TAGGED.fullmatch(address.rpartition("@")[0].partition("+")[2])
        return int(found[1]) if found and self._holds(f"address {found[1]}", found[2]) else None

    @property
    def _local(self) -> str:
        return self.address.rpartition("@")[0]

    @property
    def _domain(self) -> str:
        return self.address.rpartition("@")[2].lower()

    def _holds(self, said: str, signature: str) -> bool:
        return hmac.compare_digest(self._sign(said), signature.lower())

    def _sign(self, said: str) -> str:
        signer = Signer(self.secret_key, salt=SALT, key_derivation="hmac", digest_method=sha256)
        return b32encode(base64_decode(signer.get_signature(said)))[:SIGNED].decode().lower()
