"""Files that come with texts: links to them, which need no login but expire, and which of them go further.

A link costs its part of a text's segments, so it is short: message, place and time, and half of what a usual
signature has (128 bits). It ends with a letter, never with a sign that a telephone takes for the sentence's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2s

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

VALID = timedelta(days=7)
SALT = "podline.files"
SIGNATURE_BYTES = 16

_OFFICE = "application/vnd.openxmlformats-officedocument."

# What a browser shows, what it saves, and the ending of each one's name. Nothing that runs or holds scripts.
PICTURES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
}
SOUNDS = {
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/3gpp": "3gp",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/vnd.wave": "wav",
}
FILMS = {"video/mp4": "mp4", "video/3gpp": "3gp", "video/quicktime": "mov", "video/webm": "webm"}
PAPERS = {"application/pdf": "pdf", "text/vcard": "vcf", "text/x-vcard": "vcf"}
DOCUMENTS = {
    "text/plain": "txt",
    "text/csv": "csv",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    f"{_OFFICE}wordprocessingml.document": "docx",
    f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx",
}
PASSED_ON = PICTURES | SOUNDS | FILMS | PAPERS
SHOWN = {*PICTURES, *SOUNDS, *FILMS, "text/plain"}  # no browser shows a PDF that may do nothing
ENDINGS = PASSED_ON | DOCUMENTS
UNKNOWN = "application/octet-stream"


def takes(kind: str) -> bool:
    """Whether a client is sent files of that media type."""
    return plain(kind) in PASSED_ON


def unfit(kinds: Sequence[str]) -> tuple[str, ...]:
    """Those of them that a client is sent none of, as people read them: "xlsx"; "2: xlsx" of several."""
    told = ((place, plain(kind)) for place, kind in enumerate(kinds, 1) if not takes(kind))
    endings = ((place, DOCUMENTS.get(kind) or kind.rpartition("/")[2] or "?") for place, kind in told)
    return tuple(f"{place}: {ending}" if len(kinds) > 1 else ending for place, ending in endings)


def plain(kind: str) -> str:
    """A media type as the tables above have it, without its parameters."""
    return kind.partition(";")[0].strip().lower()


class BadLink(Exception):
    """The link opens nothing: it is none of ours."""


class ExpiredLink(BadLink):
    """The link was one of ours."""


@dataclass(frozen=True, slots=True)
class FileLinks:
    public_url: str
    secret_key: str
    clock: Callable[[], datetime]

    def to(self, message: int, place: int) -> str:
        """`place`: which of the message's files, from 0."""
        return f"{self.public_url}/files/{self._token(message, place, self.clock())}"

    def read(self, token: str) -> tuple[int, int]:
        """(message, place). Raises ExpiredLink, else BadLink."""
        now = self.clock()
        try:
            if not token.isascii():
                raise BadLink
            (message, place), made_at = self._serializer(now).loads(token, return_timestamp=True)
        except BadData as error:
            raise BadLink from error
        if token != self._token(message, place, made_at):
            raise BadLink  # base64 can be written in several ways, and we write it in one
        # Two machines' clocks differ: a link from the next second is none that expired.
        if now - made_at > VALID:
            raise ExpiredLink
        return message, place

    def _token(self, message: int, place: int, at: datetime) -> str:
        token = self._serializer(at).dumps([message, place])
        return token if isinstance(token, str) else token.decode()

    def _serializer(self, at: datetime) -> URLSafeTimedSerializer:
        """Its clock stands at that moment."""

        class Signer(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(at.timestamp())

        digest = partial(blake2s, digest_size=SIGNATURE_BYTES)
        options = {"digest_method": digest, "key_derivation": "hmac"}
        return URLSafeTimedSerializer(self.secret_key, salt=SALT, signer=Signer, signer_kwargs=options)
