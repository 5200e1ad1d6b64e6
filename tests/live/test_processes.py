"""The processes of the running service: killed, stopped, cut off from the database, asked how they are."""

import asyncio
import json
import os
import signal
import socket
from urllib.parse import urlsplit

import asyncpg
import pytest

from simulator.webhooks.signing import signature
from tests.live.service import API_TOKEN, podline
from tests.live.town import ELI, NORA, Town
from tests.world import LINE, TOKEN

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def leaves_a_message(town: Town) -> None:
    """Nora's pod has nobody who speaks English; Eli owns what is promised to her all the same."""
    nora = town.phone(NORA, "Nora")
    await nora.dials(LINE)
    await nora.hears("After the tone")
    await nora.speaks(2.5)
    await nora.presses("#")
    await nora.has_ended()
    await town.has_closed(nora)
    assert (await town.contact(nora))["outcome"] == "voicemail"


async def test_a_text_whose_sender_is_killed_is_sent_once(town: Town) -> None:
    eli, service = town.phone(ELI, "Eli"), town.service
    had = len(eli.texts)
    town.gate.shut()
    await leaves_a_message(town)

    async def sending() -> bool:
        return any(ELI.removeprefix("+").encode() in body for body in town.gate.waiting)

    await town.until(sending)
    (killed,) = service.jobs()
    os.kill(killed, signal.SIGKILL)

    async def risen() -> bool:
        return bool(service.jobs()) and service.jobs() != [killed]

    await town.until(risen)
    town.gate.opens()  # Twilio had the request before its sender died

    async def fate_known() -> bool:
        """By Twilio's report, which carries our id; whoever looked before it came waits 60 s for it."""
        open_texts = "SELECT count(*) FROM deeds WHERE kind = 'text' AND state IN ('due', 'tried')"
        return len(eli.texts) > had and not await town.pool.fetchval(open_texts)

    await town.until(fate_known)
    assert len(eli.texts) == had + 1


async def test_not_ready_without_a_job_process_and_ready_again(town: Town) -> None:
    service = town.service
    assert service.ready() == (200, {"ready": True, "mode": "normal"})
    os.kill(service.jobs()[0], signal.SIGKILL)

    async def not_ready() -> bool:
        status, told = await asyncio.to_thread(service.ready)
        return status == 503 and "podline work" in told["why"]

    async def ready() -> bool:
        return (await asyncio.to_thread(service.ready))[0] == 200

    await town.until(not_ready)
    assert service.get("/healthz") == (200, "alive\n")
    await town.until(ready)


async def test_web_processes_that_die_at_once_are_started_again_and_again(town: Town) -> None:
    service = town.service
    for _ in range(2):
        doomed = service.web()
        for pid in doomed:
            os.kill(pid, signal.SIGKILL)

        async def replaced(dead: frozenset[int] = frozenset(doomed)) -> bool:
            return len(service.web()) == 2 and dead.isdisjoint(service.web())

        await town.until(replaced)

    async def ready() -> bool:
        try:
            return (await asyncio.to_thread(service.ready))[0] == 200
        except OSError:
            return False

    await town.until(ready)


async def test_the_database_goes_away_and_comes_back(town: Town, live_database: str) -> None:
    service, eli = town.service, town.phone(ELI, "Eli")
    had, before = len(eli.texts), service.jobs()
    name = urlsplit(live_database).path.removeprefix("/")
    admin = await asyncpg.connect(urlsplit(live_database)._replace(path="/postgres").geturl())
    try:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        status, told = await asyncio.to_thread(service.ready)
        assert (status, told["mode"]) == (503, "away")
        assert (await asyncio.to_thread(service.get, "/healthz"))[0] == 200
    finally:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await admin.close()

    async def ready() -> bool:
        return (await asyncio.to_thread(service.ready))[0] == 200

    await town.until(ready)
    await leaves_a_message(town)

    async def got_it() -> bool:
        return len(eli.texts) == had + 1

    await town.until(got_it)
    assert service.jobs() == before, "the job process outlives an absent database"


def posted(town: Town, target: str, form: str, given: str) -> int:
    """One request as its bytes stand here; nothing on the way may touch them."""
    lines = [
        f"POST {target} HTTP/1.1",
        f"Host: 127.0.0.1:{town.service.port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"X-Twilio-Signature: {given}",
        f"Content-Length: {len(form)}",
        "Connection: close",
    ]
    with socket.create_connection(("127.0.0.1", town.service.port), timeout=10) as line:
        line.sendall("\r\n".join([*lines, "", form]).encode("ascii"))
        return int(line.makefile("rb").readline().split()[1])


async def test_the_signature_covers_path_and_query_as_they_were_sent(town: Town) -> None:
    form = {"CallSid": "CA" + "7" * 32, "CallStatus": "completed", "From": "+14165550199", "To": LINE}
    body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in form.items())
    for target in (
        "/voice/status?city=Montr%C3%A9al&town=Moose%20Jaw+AB&low=%c3%a9&empty=&slash=%2F",
        "/voice/%73tatus?x=%C3%A9",
    ):
        signed = signature(TOKEN, town.service.url + target, form.items())
        assert await asyncio.to_thread(posted, town, target, body, signed) == 204, target
        for other in (target.replace("%C3%A9", "%C3%A8"), target + "&more=1"):
            assert await asyncio.to_thread(posted, town, other, body, signed) == 403, other


async def test_figures_are_told(town: Town) -> None:
    status, text = await asyncio.to_thread(town.service.get, "/metrics")
    assert status == 200
    assert "podline_requests_total" in text


async def test_what_the_commands_tell_of_it(town: Town) -> None:
    await leaves_a_message(town)
    service, nora = town.service, town.phone(NORA)

    async def run(*words: str) -> str:
        done = await asyncio.to_thread(podline, *words, env=service.env, cwd=service.home)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return done.stdout

    everything = json.loads(await run("contacts", "--client", "nora", "--limit", "2", "--json"))["contacts"]
    listed = [one for one in everything if one["channel"] == "voice"]  # a text follows a missed call
    assert listed[0]["provider_sid"] == nora.telephone.legs[-1].sid
    table = await run("contacts", "--municipality", "Yellowknife", "--since", "1h")
    assert listed[0]["id"] in table and "Nora Tsetta" in table and "Eli Stone" in table
    told = await run("story", listed[0]["id"], "--why")
    assert "Nora Tsetta of Yellowknife called Support (English)." in told
    assert "Skipped Eli Stone: does not speak the client's language." in told
    assert "because: the number is in one client's entry alone" in told
    explained = " ".join((await run("why", listed[0]["id"])).split())
    assert "Why this pod" in explained and "does not speak the client's language" in explained
    assert "would be rung" in await run("who")


async def test_nothing_secret_and_no_number_is_in_the_log(town: Town) -> None:
    log = town.service.log.read_text()
    assert log.count("\n") > 2
    assert all(isinstance(json.loads(line), dict) for line in log.splitlines())
    for secret in (TOKEN, API_TOKEN, "+1403555", "+1867555", "403555", "Traceback"):
        assert secret not in log, secret
