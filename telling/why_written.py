"""Who was given a client's words, and why: what each turn of a conversation in writing decided. Part of `why`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callflows.plain import plain
from db.stories import Played
from telling.names import Names
from telling.teller import Teller
from telling.why_hunt import moment
from telling.why_pod import TOLD_OF_POD
from telling.why_way import TELLING

Row = Mapping[str, Any]

# Told elsewhere, or of nothing that was done.
ELSEWHERE = {
    *("known_number", "shared_number", "unknown_number", "nothing_to_do", "late", "promise_settled", "promise_owner"),
    *(code for codes in TELLING.values() for code in codes),
    *TOLD_OF_POD,
}


def why_written(row: Row, played: Sequence[Played], names: Names) -> Iterator[str]:
    """A sentence for each moment at which there was something to decide; none for a call."""
    if row.get("channel", "voice") == "voice":
        return
    teller, found = Teller(row, names), False
    for one in played:
        kept = [reason for reason in plain(one.turn.reasons) if reason["code"] not in ELSEWHERE]
        reasons = list(dict.fromkeys(teller.reasons(kept)))
        if reasons:
            found = True
            at = moment(names, one.floor.at, seconds=True)
            yield names.words.explain("written", moment=at, why="; ".join(reasons))
    if not found:
        yield names.words.explain("written_none")
