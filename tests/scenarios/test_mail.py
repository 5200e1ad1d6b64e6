"""Clara writes an e-mail: the same team, the same owner, the same matter; the answer goes back as one."""

import asyncio

import httpx

from podline.rehearsal import BASE
from simulator.people.story import StoryHandset
from tests.mail.letters import attached, parted
from tests.mail.smtp import Server
from tests.scenarios.by_mail import (
    BY_DAY,
    CLARA,
    NIGHT,
    SOON,
    ana,
    brings,
    clara_is_answered,
    clara_writes,
    emails,
    mailing,
    posts,
    sent,
    server,
    words,
    written,
)
from tests.scenarios.test_replay import replay
from tests.world import DIRECTORY, World, Worlds

__all__ = ["ana", "mailing", "server"]

REPORT = """Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; clara@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user
"""


def test_a_letter_reaches_the_first_technician_and_their_answer_goes_back(
    mailing: World, ana: StoryHandset, server: Server, line: str
) -> None:
    assert brings(mailing, written()) == 202
    ana.got_text("#1 Taber, Clara Whitfield (e-mail):\nPump\nThe pump is dead.", within=SOON)
    ana.sends_text(line, "#1 I am on it")
    mailing.story.clock.passes(seconds=SOON)
    (answer,) = sent(server)
    assert (answer["to"], answer["subject"], words(answer)) == (CLARA, "[#1] Re: Pump", "I am on it")
    assert answer["in-reply-to"] == "<a1@taber.example>"
    assert answer["auto-submitted"] is None
    (kept,) = emails(mailing)
    assert (kept["owner"], kept["matter"], kept["client"], kept["line"]) == ("ana", 1, "clara", line)
    out = [one["detail"] for one in kept["events"] if one["kind"] == "text_out" and one["detail"]["to"] == "client"]
    assert [one["status"] for one in out] == ["accepted"]
    assert "promise_kept" in [one["kind"] for one in kept["events"]]


def test_the_answer_to_our_letter_goes_on_with_the_matter_whoever_writes_it(
    mailing: World, ana: StoryHandset, server: Server, line: str
) -> None:
    ours = clara_is_answered(mailing, ana, server)
    again = written(f"In-Reply-To: {ours}", named="a2", body="It is back.\r\n\r\n> I am on it", subject="Re: [#1] Pump")
    brings(mailing, again)
    ana.got_text("#1 Taber, Clara Whitfield (e-mail): It is back.", within=SOON)
    colleague = written(f"References: {ours}", named="b1", sender="dale@elsewhere.example", body="Not here.")
    brings(mailing, colleague)
    ana.got_text("#1 Taber, dale@elsewhere.example (e-mail): Not here.", within=SOON)
    ana.sends_text(line, "#1 Thank you both")
    mailing.story.clock.passes(seconds=SOON)
    assert sent(server)[-1]["to"] == "dale@elsewhere.example"
    assert {one["matter"] for one in emails(mailing)} == {1}


def test_a_matter_that_began_by_telephone_is_gone_on_with(mailing: World, ana: StoryHandset, line: str) -> None:
    clara = mailing.phone("+14035550120", "Clara")
    clara.dials(line)
    ana.rings().accepts()
    clara.is_connected_to(ana).hangs_up()
    brings(mailing, written())
    ana.got_text("#1 Taber, Clara Whitfield (e-mail):\nPump", within=SOON)


def test_the_same_letter_twice_is_given_once(mailing: World, ana: StoryHandset) -> None:
    assert [brings(mailing, written()), brings(mailing, written())] == [202, 202]
    mailing.story.clock.passes(seconds=SOON)
    assert len([one for one in ana.texts if "The pump is dead." in one.body]) == 1


def test_without_the_key_nothing_is_taken(mailing: World) -> None:
    assert brings(mailing, written(), key="guessed") == 401
    assert emails(mailing) == []


def test_at_night_nobody_is_woken_and_the_client_hears_by_when(worlds: Worlds, server: Server, line: str) -> None:
    world = worlds(directory=BY_DAY, start=NIGHT, smtp_url=f"smtp://127.0.0.1:{server.port}")
    ana = world.phone("+14035550111", "Ana")
    brings(world, written())
    world.story.clock.passes(hours=9)
    ana.got_no_text()
    (told,) = sent(server)
    assert "Wednesday at 9:30 a.m." in words(told)
    assert told["auto-submitted"] == "auto-replied"
    world.story.clock.passes(hours=1, minutes=2)
    ana.got_text("The pump is dead.", within=SOON)


def test_without_a_mail_server_the_technician_is_told_to_write_or_phone(
    world: World, first: StoryHandset, line: str
) -> None:
    brings(world, written())
    first.got_text("The pump is dead.", within=SOON)
    first.sends_text(line, "I am on it")
    first.got_text("#1: no e-mail can go out from this desk", within=SOON)


def test_after_a_quiet_day_an_answer_still_goes_out_by_mail(
    mailing: World, ana: StoryHandset, server: Server, line: str
) -> None:
    clara_writes(mailing, ana)
    mailing.story.clock.passes(hours=26)
    ana.sends_text(line, "#1 Is it still dead?")
    mailing.story.clock.passes(seconds=SOON)
    assert (sent(server)[-1]["to"], sent(server)[-1]["in-reply-to"]) == (CLARA, "<a1@taber.example>")
    assert [one["direction"] for one in emails(mailing)] == ["outbound", "inbound"]
    brings(mailing, written(f"In-Reply-To: {sent(server)[-1]['message-id']}", named="a2", body="Yes"))
    ana.got_text("#1 Taber, Clara Whitfield (e-mail): Yes", within=SOON)
    assert len(emails(mailing)) == 2


def test_a_mail_server_that_is_busy_is_asked_again(
    mailing: World, ana: StoryHandset, server: Server, line: str
) -> None:
    clara_writes(mailing, ana)
    server.answers["MAIL"] = "451 come back later"
    ana.sends_text(line, "I am on it")
    ana.sends_text(line, "Try it now")
    mailing.story.clock.passes(minutes=30)
    assert server.letters == []
    del server.answers["MAIL"]
    mailing.story.clock.passes(minutes=10)
    assert [words(one) for one in sent(server)] == ["I am on it", "Try it now"]


def test_a_mail_server_that_stays_busy_is_given_up_and_the_technician_hears(
    mailing: World, ana: StoryHandset, server: Server, line: str
) -> None:
    clara_writes(mailing, ana)
    server.answers["MAIL"] = "451 come back later"
    ana.sends_text(line, "I am on it")
    mailing.story.clock.passes(hours=4, minutes=5)
    ana.got_text("#1: our e-mail to clara@example.org was not taken (451 come back later)", within=SOON)


def test_a_letter_that_is_refused_is_not_tried_again_and_the_technician_hears(
    mailing: World, ana: StoryHandset, server: Server, line: str
) -> None:
    clara_writes(mailing, ana)
    server.answers["RCPT"] = "550 no such user"
    ana.sends_text(line, "I am on it")
    ana.got_text("#1: our e-mail to clara@example.org was not taken (550 no such user)", within=SOON)
    assert len([one for one in server.commands if one.startswith("RCPT")]) == 1


def test_a_letter_that_may_have_arrived_is_not_sent_twice_and_the_technician_hears(
    mailing: World, ana: StoryHandset, server: Server, line: str
) -> None:
    clara_writes(mailing, ana)
    server.answers["taken"] = ""
    ana.sends_text(line, "I am on it")
    ana.got_text("#1: our e-mail to clara@example.org may not have arrived", within=SOON)
    mailing.story.clock.passes(hours=1)
    assert len(server.letters) == 1


def test_a_job_process_that_is_killed_in_the_middle_sends_nothing_twice(
    mailing: World, ana: StoryHandset, server: Server, line: str
) -> None:
    clara_writes(mailing, ana)
    rehearsal = mailing.rehearsal
    mailing.run(rehearsal.ends_work())
    ana.sends_text(line, "I am on it")
    mailing.run(rehearsal.begins_work())
    server.silent = "taken"

    async def kill() -> None:
        await server.has_letter.wait()
        rehearsal.cuts_off_work()
        server.released.set()
        await rehearsal.kills_work()
        await rehearsal.begins_work()

    mailing.run(kill())
    mailing.story.clock.passes(minutes=10)
    assert len(server.letters) == 1
    ana.got_text("#1: our e-mail to clara@example.org may not have arrived", within=SOON)


def test_two_letters_at_once_begin_one_conversation(mailing: World, ana: StoryHandset) -> None:
    async def both() -> list[int]:
        return list(await asyncio.gather(*(posts(mailing, written(named=name)) for name in ("a1", "a2", "a3"))))

    assert mailing.run(both()) == [202, 202, 202]
    ana.got_text("The pump is dead.", within=SOON)
    (kept,) = emails(mailing)
    assert len([one for one in kept["events"] if one["kind"] == "text_in"]) == 3


def test_a_conversation_by_mail_replays_to_the_letter(mailing: World, ana: StoryHandset, server: Server) -> None:
    ours = clara_is_answered(mailing, ana, server)
    brings(mailing, written(f"In-Reply-To: {ours}", named="b1", sender="dale@x.example"))
    ana.got_text("dale@x.example", within=SOON)
    assert replay(mailing, "email") >= 5


def bounce(of: str, action: str = "failed") -> bytes:
    return parted(
        "report; report-type=delivery-status",
        ("Content-Type: text/plain", "It could not be delivered."),
        ("Content-Type: message/delivery-status", REPORT.format(action=action).replace("\n", "\r\n")),
        ("Content-Type: text/rfc822-headers", f"Message-ID: {of}"),
    ).replace(b"<a1@taber.example>", f"<{action}@mx.example>".encode())


def test_who_wrote_hears_that_it_came_back(mailing: World, ana: StoryHandset, server: Server) -> None:
    ours = clara_is_answered(mailing, ana, server)
    assert brings(mailing, bounce(ours, "delayed")) == 202
    mailing.story.clock.passes(seconds=SOON)
    assert not [one for one in ana.texts if "did not reach" in one.body]
    assert brings(mailing, bounce(ours)) == 202
    ana.got_text("#1: our e-mail did not reach clara@example.org (550 no such user)", within=SOON)


def test_machines_are_not_answered_and_begin_nothing(worlds: Worlds, server: Server) -> None:
    world = worlds(directory=BY_DAY, start=NIGHT, smtp_url=f"smtp://127.0.0.1:{server.port}")
    for count, field in enumerate(("Auto-Submitted: auto-replied", "List-Id: <news.example>", "X-Podline-Matter: 1")):
        assert brings(world, written(field, named=f"machine{count}")) == 202
    assert brings(world, bounce("<never@desk.example>")) == 202
    world.story.clock.passes(hours=1)
    assert (emails(world), server.letters) == ([], [])
    assert {one["kind"] for one in world.desk.query("SELECT kind FROM letters")} == {"auto_reply", "bulk", "bounce"}


def test_an_automatic_answer_is_kept_in_the_conversation_and_given_to_nobody(mailing: World, ana: StoryHandset) -> None:
    clara_writes(mailing, ana)
    brings(mailing, written("Auto-Submitted: auto-replied", named="a2", body="I am on holiday."))
    mailing.story.clock.passes(seconds=SOON)
    assert not [one for one in ana.texts if "holiday" in one.body]
    (kept,) = emails(mailing)
    assert [one["detail"]["words"] for one in kept["events"] if one["kind"] == "text_in"][-1].endswith("holiday.")


def test_files_come_as_links_and_what_is_not_kept_is_named(mailing: World, ana: StoryHandset) -> None:
    pdf, virus = attached("plan.pdf", "application/pdf"), attached("run.exe", "application/x-msdownload")
    mixed = parted("mixed", ("Content-Type: text/plain", "See the plan."), pdf, virus)
    brings(mailing, mixed.replace(b"clara@taber.example>", b"clara@example.org>"))
    ana.got_text("(Not kept: run.exe)", within=SOON)
    (link,) = [word for one in ana.texts for word in one.body.split() if word.startswith(BASE)]
    answer = mailing.run(fetch(mailing, link))
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7\n")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def fetch(world: World, link: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=world.transport) as client:
        return await client.get(link)


def test_a_long_letter_is_given_in_part_with_a_link_to_all_of_it(mailing: World, ana: StoryHandset) -> None:
    brings(mailing, written(body="\r\n".join(f"line {count}" for count in range(400))))
    ana.got_text("line 0", within=SOON)
    (link,) = [word for one in ana.texts for word in one.body.split() if word.startswith(BASE)]
    answer = mailing.run(fetch(mailing, link))
    assert "line 399" in answer.text


def test_a_colleague_at_the_same_domain_is_of_the_same_municipality(worlds: Worlds, server: Server) -> None:
    own = {**DIRECTORY, "clients.csv": DIRECTORY["clients.csv"].replace(CLARA, "clara@taber.example")}
    world = worlds(directory=own, smtp_url=f"smtp://127.0.0.1:{server.port}")
    ana = world.phone("+14035550111", "Ana")
    brings(world, written(sender="dale@taber.example"))
    ana.got_text("#1 Taber, dale@taber.example (e-mail):\nPump", within=SOON)


def test_a_stranger_reaches_the_whole_desk_unasked_and_again_with_the_next_letter(
    mailing: World, ana: StoryHandset, server: Server
) -> None:
    brings(mailing, written(sender="somebody@gmail.com"))
    ana.got_text("#1 somebody@gmail.com (e-mail):\nPump", within=SOON)
    mailing.story.clock.passes(hours=30)
    brings(mailing, written(sender="somebody@gmail.com", named="a2", body="Hello?"))
    ana.got_text("#1 somebody@gmail.com (e-mail):\nPump\nHello?", within=SOON)
    assert server.letters == []


def test_a_number_in_the_subject_counts_for_the_matters_own_client_alone(mailing: World, ana: StoryHandset) -> None:
    brings(mailing, written())
    ana.got_text("#1", within=SOON)
    brings(mailing, written(sender="eve@gmail.com", named="e1", subject="[#1] Your pump"))
    ana.got_text("#2 eve@gmail.com (e-mail):\nYour pump", within=SOON)
    brings(mailing, written(named="a2", subject="[#1] My pump"))
    ana.got_text("#1 Taber, Clara Whitfield (e-mail):\nMy pump", within=SOON)


def test_stop_is_only_a_word_in_an_e_mail(mailing: World, ana: StoryHandset) -> None:
    brings(mailing, written(body="STOP", subject=""))
    ana.got_text("STOP", within=SOON)
    assert mailing.desk.query("SELECT FROM opt_outs") == []
