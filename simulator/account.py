"""What the commands (`python -m simulator`, `python -m simulator.scenes`) are told of the account: its numbers, where
they lead, its keys and its switches."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.numbers.addresses import is_short_code
from simulator.numbers.places import is_e164
from simulator.scenes.switching import read_switches
from simulator.webhooks.urls import is_url

if TYPE_CHECKING:
    from simulator.exchange import Exchange

_URLS = {
    "voice_url": "what a call to one of the numbers asks",
    "voice_fallback_url": "what is asked when that fails",
    "status_callback": "what is told of the end of a call",
    "sms_url": "what a text to one of the numbers asks",
    "sms_fallback_url": "what is asked when that fails",
}


def account_arguments(told: ArgumentParser) -> None:
    told.add_argument("--number", action="append", required=True, metavar="+1…", help="a number of the account")
    for name, means in _URLS.items():
        needed = name == "voice_url"
        told.add_argument(_option(name), required=needed, default="", metavar="URL", help=means)
        told.add_argument(_option(_method(name)), choices=("GET", "POST"), default="POST")
    told.add_argument("--account-sid", default="AC" + "0" * 31 + "1")
    told.add_argument("--auth-token", default="12345678901234567890123456789012")
    told.add_argument(
        "--switches", action="append", default=[], metavar="NAME=VALUE",
        help="how Twilio does what nobody knows for certain; may come several times",
    )  # fmt: skip


def check_account(given: Namespace) -> None:
    """Raises ValueError: a sentence about what cannot be meant."""
    for number in given.number:
        if not is_e164(number) and not is_short_code(number):
            raise ValueError(f"{number!r} is neither E.164 nor a short code")
    for name in _URLS:
        url = getattr(given, name)
        if url and not is_url(url):
            raise ValueError(f"{_option(name)} {url}: write a whole URL, like http://127.0.0.1:8000/voice.")
    read_switches(given.switches)


def furnish(exchange: Exchange, given: Namespace) -> None:
    """After check_account."""
    exchange.switches = replace(exchange.switches, **read_switches(given.switches))
    for number in given.number:
        added = exchange.add_number(number)
        for name in _URLS:
            setattr(added, name, getattr(given, name))
            setattr(added, _method(name), getattr(given, _method(name)))


def _method(name: str) -> str:
    return f"{name.removesuffix('_url')}_method"


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
