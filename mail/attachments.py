"""What may come with a letter and is kept, and what is only named."""

import re
from collections.abc import Iterable
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import PurePosixPath

from mail.bodies import octets_of
from mail.letter import Attachment
from mail.plain import one_line

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
LARGEST_TOGETHER = 20 * MEGABYTE
MOST = 20
MOST_NAMED = 100  # of those beyond, not even the names are kept

_WORD = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

# Type → the endings that its files have. Neither archives, because nobody sees what is in them, nor anything that runs,
# pages and drawings with scripts and documents with macros included.
TAKEN = {
    "application/pdf": {"pdf"},
    "image/jpeg": {"jpg", "jpeg"},
    "image/png": {"png"},
    "image/gif": {"gif"},
    "image/webp": {"webp"},
    "image/heic": {"heic"},
    "image/tiff": {"tif", "tiff"},
    "image/bmp": {"bmp"},
    "text/plain": {"txt", "log"},
    "text/csv": {"csv"},
    "application/rtf": {"rtf"},
    "application/msword": {"doc"},
    "application/vnd.ms-excel": {"xls"},
    "application/vnd.ms-powerpoint": {"ppt"},
    f"{_WORD}wordprocessingml.document": {"docx"},
    f"{_WORD}spreadsheetml.sheet": {"xlsx"},
    f"{_WORD}presentationml.presentation": {"pptx"},
    f"{_OPEN}text": {"odt"},
    f"{_OPEN}spreadsheet": {"ods"},
    f"{_OPEN}presentation": {"odp"},
}
BY_ENDING = {ending: kind for kind, endings in TAKEN.items() for ending in endings}
# What programs say when they don't know, or say otherwise: then the ending tells.
UNKNOWN = {"application/octet-stream", "application/x-pdf", "image/jpg", "image/pjpeg", "text/rtf", "application/csv"}

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_UNFIT = re.compile(r'[<>:"|?*]')


def keep(parts: Iterable[EmailMessage]) -> tuple[Attachment, ...]:
    """In their order. Whether one is kept depends on those before it."""
    kept, together = list[Attachment](), 0
    for part in list(parts)[:MOST_NAMED]:
        one = _attachment(part, together, sum(1 for other in kept if other.content is not None))
        together += one.size if one.content is not None else 0
        kept.append(one)
    return tuple(kept)


def _attachment(part: EmailMessage, together: int, count: int) -> Attachment:
    declared = declared_type(part)
    name = file_name(part, declared)
    kind = kind_of_file(declared, name)
    if part.is_multipart():
        return Attachment(name, declared, 0, refused="Letters inside a letter are not kept.")
    octets = octets_of(part)
    if not kind:
        return Attachment(name, declared, len(octets), refused="Files of this type are not kept.")
    if len(octets) > LARGEST:
        refused = f"It is larger than {LARGEST // MEGABYTE} MB."
    elif together + len(octets) > LARGEST_TOGETHER:
        refused = f"With those before it there are more than {LARGEST_TOGETHER // MEGABYTE} MB."
    elif count >= MOST:
        refused = f"It is more than the {MOST} that are kept."
    elif not octets:
        refused = "It is empty."
    else:
        return Attachment(name, kind, len(octets), octets)
    return Attachment(name, kind, len(octets), refused=refused)


def declared_type(part: EmailMessage) -> str:
    """Type and subtype (RFC 2045, section 5.1); what is none counts as unknown."""
    declared = part.get_content_type()
    return declared if _TYPE.fullmatch(declared) else "application/octet-stream"


def kind_of_file(declared: str, name: str) -> str:
    """The type as which it is kept; empty if it is not. Type and ending must agree."""
    ending = _ending(name)
    if declared in UNKNOWN:
        return BY_ENDING.get(ending, "")
    return declared if ending in TAKEN.get(declared, ()) else ""


def file_name(part: EmailMessage, declared: str) -> str:
    """The last piece of the name that was given; for one without a name, the type's own ending."""
    try:
        given = one_line(str(make_header(decode_header(part.get_filename() or ""))), 1000)
    except Exception:  # RFC 2231 and 2047, as a stranger wrote them
        given = ""
    name = _UNFIT.sub("_", given.replace("\\", "/").rpartition("/")[2]).strip(" .")
    if name:
        ending = _ending(name)
        return name if len(name) <= 150 else f"{name[:140].rstrip(' .')}.{ending[:8]}"
    endings = sorted(TAKEN.get(declared, ()))
    return f"unnamed.{endings[0]}" if endings else "unnamed"


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.removeprefix(".").lower()
