"""What an e-mail leads to besides an answer: a call back; and nothing at all for a sender who may be made up."""

from simulator.people.story import StoryHandset
from tests.mail.smtp import Server
from tests.scenarios.by_mail import BY_DAY, NIGHT, SOON, ana, brings, mailing, sent, server, words, written
from tests.scenarios.test_replay import replay
from tests.world import World, Worlds

__all__ = ["ana", "mailing", "server"]


def test_call_me_in_an_e_mail_becomes_a_call_back(mailing: World, ana: StoryHandset, server: Server, line: str) -> None:
    clara = mailing.phone("+14035550120", "Clara")
    brings(mailing, written(body="The pump is dead. Please call me."))
    ana.got_text("Please call me.", within=SOON)
    mailing.story.clock.passes(seconds=SOON)
    assert words(sent(server)[0]) == "We will call you by Tuesday at 11:00 a.m., at the number that we have of you."
    mailing.story.clock.passes(hours=1, minutes=50)
    ana.rings(within=10 * 60, from_=line).answers().hears("Taber").presses("1")
    clara.rings(within=30, from_=line).answers()
    clara.is_connected_to(ana)
    ana.hangs_up()
    assert "promise_kept" in [one["kind"] for call in mailing.desk.contacts() for one in call["events"]]


def test_a_forged_sender_gets_no_answer_of_ours_and_a_person_reads_it(
    worlds: Worlds, server: Server, line: str
) -> None:
    """Else our answers would go to whoever has that address."""
    world = worlds(directory=BY_DAY, start=NIGHT, smtp_url=f"smtp://127.0.0.1:{server.port}")
    ana = world.phone("+14035550111", "Ana")
    failed = "Authentication-Results: mx.desk.example; spf=fail smtp.mailfrom=example.org; dmarc=fail"
    assert brings(world, written(failed)) == 202
    world.story.clock.passes(hours=1)
    assert server.letters == []
    passed = "Authentication-Results: mx.desk.example; dkim=pass header.d=example.org"
    assert brings(world, written(passed, named="a2", body="It is really me.")) == 202
    world.story.clock.passes(hours=9, minutes=2)
    assert len(server.letters) == 1
    ana.got_text("The pump is dead.", within=SOON)
    ana.got_text("It is really me.", within=SOON)
    assert replay(world, "email") >= 2
