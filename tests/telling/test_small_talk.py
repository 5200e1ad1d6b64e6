"""What a story leaves out, because nothing came of it."""

import pytest

from telling.story import without_bookkeeping
from tests.telling.test_story import START, event, story


@pytest.mark.parametrize("status", ["accepted", "queued", "sending"])
def test_a_text_that_waits_to_be_sent_is_no_news(status: str) -> None:
    assert story(event("text_status", "ben", status=status), event("note", "ben", 1)) == ["Ben Oduya added a note."]


def test_reasons_for_which_nothing_was_done_can_be_left_out() -> None:
    codes = ("known_number", "nothing_to_do", "late")
    kept = [(1, START, "x", [{"code": code, "technician": "", "detail": ""} for code in codes])]
    assert [[one["code"] for one in known] for _, _, _, known in without_bookkeeping(kept)] == [["known_number"]]
