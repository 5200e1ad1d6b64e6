"""What somebody wrote now, apart from what they quote of earlier letters and from their signature; English and French.

Each line is looked at a bounded number of times, and no pattern can run back and forth over a long one: strangers write
these letters, and the libraries for it (mail-parser-reply 1.36) are stopped for minutes by one line that begins with
many times "On". When in doubt, nothing is cut.
"""

import re
from collections.abc import Sequence

LONGEST_ATTRIBUTION = 300  # characters
WRAPPED = 3  # lines over which a mail program breaks one

_WROTE = (" wrote:", " a écrit:", " écrit:", " a ecrit:")
_BEGUN = ("on ", "le ")
_SEPARATORS = {"original message", "message d'origine", "message original", "original appointment"}
_FORWARDED = {"forwarded message", "message transféré", "begin forwarded message:", "message réexpédié"}
_FORWARDING = re.compile(r"(?:\[[^\]]{1,30}\]\s*)?(?:fwd?|tr|tf)\s?:", re.IGNORECASE)
_FIELD = re.compile(r"\*?(from|sent|date|to|cc|subject|de|envoyé|à|objet)\*?\s?:", re.IGNORECASE)
_SENT = {"sent", "date", "envoyé"}
_FROM = {"from", "de"}
_DEVICES = re.compile(
    r"(?:sent from (?:my |outlook|mail for|yahoo)|get outlook for |envoyé (?:de(?:puis)? mon |depuis |à partir de )"
    r"|(?:obtenez|télécharge[rz]) outlook pour )",
    re.IGNORECASE,
)


def own_words(whole: str, subject: str = "") -> str:
    """All of it if there would be nothing left. A letter that is passed on is quoted for its content: it stays."""
    written = whole.split("\n")
    lines = [_plain(line) for line in written]
    is_passed_on = bool(_FORWARDING.match(subject)) or any(_bare(line) in _FORWARDED for line in lines)
    kept = range(len(lines)) if is_passed_on else _without_history(lines)
    return "\n".join(written[index] for index in _without_signature(lines, kept)).strip("\n ") or whole


def _without_history(lines: Sequence[str]) -> range:
    found = _history(lines)
    if found is None:
        return range(len(lines))
    start, quoted = found
    before = start
    while before and (not lines[before - 1].strip() or _is_rule(lines[before - 1])):
        before -= 1
    below, is_between = _below(lines, quoted)
    if not below:
        return range(before)
    return range(len(lines)) if before or is_between else below


def _history(lines: Sequence[str]) -> tuple[int, int] | None:
    """Where earlier letters begin, and where their text does."""
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        taken = _attribution(lines, index)
        if taken:
            return index, index + taken
        if _bare(line) in _SEPARATORS or _is_field_block(lines, index):
            return index, len(lines)
        if line.startswith(">"):
            return index, index
    return None


def _attribution(lines: Sequence[str], index: int) -> int:
    """Over how many lines `On …, somebody wrote:` goes; 0: it is none."""
    begun = lines[index].lower().lstrip("> ")
    if not begun.startswith(_BEGUN) and not ("@" in begun and begun.endswith(_WROTE)):
        return 0
    joined = ""
    for taken, line in enumerate(lines[index : index + WRAPPED], 1):
        joined = f"{joined} {line.strip('> ')}".strip()
        if len(joined) > LONGEST_ATTRIBUTION or not line.strip():
            return 0
        said = joined.lower().replace(" :", ":")
        if said.endswith(_WROTE) and ("@" in said or any(letter.isdigit() for letter in said)):
            return taken
    return 0


def _is_field_block(lines: Sequence[str], index: int) -> bool:
    """`From: … Sent: … To: … Subject: …`, as Outlook puts it above what is answered."""
    fields = [found[1].lower() for line in lines[index : index + 6] if (found := _FIELD.match(line.strip()))]
    return bool(fields) and fields[0] in _FROM and bool(_FIELD.match(lines[index])) and _is_dated(fields)


def _is_dated(fields: list[str]) -> bool:
    return bool(_SENT & set(fields)) and len(set(fields)) >= 3


def _below(lines: Sequence[str], quoted: int) -> tuple[range, bool]:
    """What is written under quoted lines, and whether some of it stands between them; empty: nothing is."""
    nothing = range(0)
    said = [index for index in range(quoted, len(lines)) if lines[index].strip()]
    if not said or not lines[said[0]].startswith(">"):
        return nothing, False
    own = [index for index in said if not lines[index].startswith(">")]
    if not own or not any(lines[index].strip("> ") for index in _without_signature(lines, range(own[0], len(lines)))):
        return nothing, False
    return range(own[0], len(lines)), said[-1] != own[-1] or own != said[-len(own) :]


def _without_signature(lines: Sequence[str], kept: range) -> range:
    """RFC 3676, section 4.3; and what telephones write under everything."""
    end = next((index for index in kept if lines[index] in ("--", "-- ")), kept.stop)
    while end > kept.start and _says_nothing(lines[end - 1]):
        end -= 1
    return range(kept.start, end)


def _says_nothing(line: str) -> bool:
    return not line.strip() or bool(_DEVICES.match(line)) or _is_rule(line)


def _plain(line: str) -> str:
    """Typographic spaces and apostrophes as a keyboard has them."""
    return line.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'")


def _bare(line: str) -> str:
    """Without the hyphens around it."""
    return line.strip("-_ >").lower() if len(line) < LONGEST_ATTRIBUTION else ""


def _is_rule(line: str) -> bool:
    return len(line.strip()) > 4 and not line.strip(" _-")
