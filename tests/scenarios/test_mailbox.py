"""Whoever reads of an e-mail sees which address of ours it was written to."""

from simulator.people.story import StoryHandset
from telling.names import Names
from telling.story import lines
from telling.summary import facts
from tests.mail.smtp import Server
from tests.scenarios.by_mail import CLARA, SOON, ana, clara_is_answered, emails, mailing, server
from tests.world import LINE, World

__all__ = ["ana", "mailing", "server"]
DESK = "desk@desk.example"


def test_readers_see_the_address_that_was_written_to(mailing: World, server: Server, ana: StoryHandset) -> None:
    clara_is_answered(mailing, ana, server)
    (kept,) = emails(mailing)
    assert (kept["from_number"], kept["to_number"]) == (f"mailto:{CLARA}", DESK)
    told = "\n".join(lines(kept, kept["events"], Names()))
    assert f"sent an e-mail to {DESK}" in told
    assert ("Line", DESK) in facts(kept, Names())
    mailing.story.clock.passes(hours=25)
    ana.sends_text(LINE, "#1 Does it work now?")
    mailing.story.clock.passes(seconds=SOON)
    begun, _ = mailing.api("GET", "/api/v1/contacts?client=clara").json()["contacts"]
    assert (begun["from"], begun["to"], begun["direction"]) == (DESK, f"mailto:{CLARA}", "outbound")
