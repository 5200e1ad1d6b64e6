"""Who is let in: a browser's other pages, and names that somebody else's DNS gives to this machine, are not."""

from __future__ import annotations

import pytest
from quart.testing import QuartClient

from simulator.people.handsets import Handset
from simulator.people.scripted import CALLER, LINE, Stage
from simulator.people.story import Run
from simulator.rest.app import RestApi
from simulator.softphone.app import PAGE, Softphone, is_ours
from simulator.texts.media import Attachment

OURS = {"Host": "localhost:8900", "Origin": "http://localhost:8900"}
DIAL = {"as": CALLER, "line": LINE}


@pytest.fixture
def softphone(stage: Stage) -> Softphone:
    return Softphone(stage.exchange, (), RestApi(stage.exchange))


@pytest.fixture
def client(softphone: Softphone) -> QuartClient:
    client = softphone.app.test_client()
    assert isinstance(client, QuartClient)
    return client


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost:8900", True),
        ("127.0.0.1:8900", True),
        ("[::1]:8900", True),
        ("192.0.2.7:8900", True),
        ("desk.localhost", True),
        ("rebound.example:8900", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_by_which_names_it_is_known(host: str, ours: bool) -> None:
    assert is_ours(host) is ours


def test_only_a_picture_is_shown_and_any_other_file_only_kept(
    run: Run, stage: Stage, softphone: Softphone, client: QuartClient
) -> None:
    """What somebody sends may be a page with a script in it."""
    files = [
        Attachment("image/png", b"a picture"),
        Attachment("text/html", b"<script>"),
        Attachment("image/svg+xml", b"<svg>"),
    ]
    run(Handset(stage.exchange, stage.exchange.phone(CALLER)).sends_text(LINE, media=files))
    kept = {one.content_type: sid for sid, one in softphone.feed.files.items()}
    answers = {kind: run(client.get(f"/files/{sid}", headers=OURS)) for kind, sid in kept.items()}
    assert {kind: one.headers.get("Content-Disposition") for kind, one in answers.items()} == {
        "image/png": None,
        "text/html": "attachment",
        "image/svg+xml": "attachment",
    }
    assert all(one.headers["X-Content-Type-Options"] == "nosniff" for one in answers.values())
    assert run(answers["image/png"].get_data()) == b"a picture"
    assert run(client.get("/files/ME0", headers=OURS)).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (OURS, 200),
        ({**OURS, "Origin": "https://evil.example"}, 403),
        ({**OURS, "Origin": "http://localhost:9999"}, 403),
        ({**OURS, "Origin": "null"}, 403),
        ({"Host": "localhost:8900"}, 403),
        ({"Host": "rebound.example", "Origin": "http://rebound.example"}, 403),
    ],
)
def test_only_its_own_page_may_act(
    run: Run, stage: Stage, client: QuartClient, headers: dict[str, str], status: int
) -> None:
    answer = run(client.post("/deeds/dial", json=DIAL, headers=headers))
    assert answer.status_code == status
    assert len(stage.exchange.legs) == (status == 200)


@pytest.mark.parametrize("name", ["dial", "erase"])
def test_what_is_no_deed_is_not_found(run: Run, client: QuartClient, name: str) -> None:
    answer = run(client.post(f"/deeds/{name}", data="[]", headers=OURS))
    assert answer.status_code == 404


def test_the_page_may_load_nothing_from_elsewhere(run: Run, client: QuartClient) -> None:
    answer = run(client.get("/", headers=OURS))
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert run(client.get("/page/..%2fapp.py", headers=OURS)).status_code == 404
    assert run(client.get("/", headers={"Host": "rebound.example"})).status_code == 403


def test_every_module_of_the_page_is_small() -> None:
    lengths = {file.name: file.read_text().count("\n") for file in PAGE.glob("*.js")}
    assert lengths and all(length < 200 for length in lengths.values()), lengths


def test_the_story_alone_may_be_framed(run: Run, stage: Stage) -> None:
    softphone = Softphone(stage.exchange, (), RestApi(stage.exchange), lambda: "http://127.0.0.1:8000/s?c={call_sid}")
    answer = run(softphone.app.test_client().get("/", headers=OURS))
    assert "frame-src http://127.0.0.1:8000;" in answer.headers["Content-Security-Policy"]
