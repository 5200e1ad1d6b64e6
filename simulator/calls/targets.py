"""Whom a Dial rings (twilio.md 4.4): its plain number, or each of its nouns Number, Client, Sip, WhatsApp, Sim and
Application, read into an address and what is wanted of that leg."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.calls import sip
from simulator.calls.detection import Detection, read
from simulator.calls.legs import Fetch
from simulator.calls.lines import APPLICATION
from simulator.numbers.parties import dialled
from simulator.twiml.schema import TABLE

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element


@dataclass(frozen=True)
class Target:
    """`headers` are those of a Sip's INVITE, and None for all others. `told` are the parameters of a Client, or of an
    Application's first request."""

    address: str
    screening: Fetch | None = None
    send_digits: str = ""
    callback: tuple[str, str, frozenset[str]] | None = None  # url, method, events
    detection: Detection | None = None
    headers: dict[str, str] | None = None
    told: dict[str, str] = field(default_factory=dict)


def plain(number: str) -> Target:
    return Target(dialled(number.strip()))


def target(reading: Reading, noun: Element) -> Target:
    url, headers = _attribute(noun, "url"), None
    address = _address(noun)
    if noun.name == "Sip":
        address, headers = sip.split(address)
    return Target(
        address,
        Fetch(reading.document.resolve(url), noun.value("method")) if url and noun.name != "Application" else None,
        _attribute(noun, "sendDigits") or "",
        _callback(reading, noun),
        _detection(reading, noun),
        headers,
        {each.given["name"]: each.given.get("value", "") for each in noun.children if "name" in each.given},
    )


def _address(noun: Element) -> str:
    named = next((child.text for child in noun.children if child.name in ("Identity", "ApplicationSid")), noun.text)
    text = named.strip()
    match noun.name:
        case "Number":
            return dialled(text)
        case "Client":
            return _typed("client:", text)
        case "WhatsApp":
            return _typed("whatsapp:", text)
        case "Sim":
            return _typed("sim:", text)
        case "Application":
            return _typed(APPLICATION, text)
        case _:
            return text if text.startswith(("sip:", "sips:")) else f"sip:{text}"


def _typed(scheme: str, text: str) -> str:
    return text if text.startswith(scheme) else scheme + text


def _attribute(noun: Element, name: str) -> str | None:
    return noun.attribute(name) if name in TABLE[noun.name].attributes else None


def _callback(reading: Reading, noun: Element) -> tuple[str, str, frozenset[str]] | None:
    url = _attribute(noun, "statusCallback")
    if not url:
        return None
    events = frozenset(noun.value("statusCallbackEvent").split())
    return reading.document.resolve(url), noun.value("statusCallbackMethod"), events


def _detection(reading: Reading, noun: Element) -> Detection | None:
    """Never before the bridge: the verdict goes to amdStatusCallback alone."""
    url = _attribute(noun, "amdStatusCallback")
    callback = Fetch(reading.document.resolve(url), noun.value("amdStatusCallbackMethod")) if url else None
    kind = _attribute(noun, "machineDetection")
    return read(lambda name, _: noun.number(f"machineDetection{name}"), kind, callback, is_async=True)
