"""Texts as sentences: who wrote what, to whom it was given, and what became of it. Part of `teller`."""

from collections.abc import Mapping
from typing import Any

from telling.knowing import Knowing
from telling.texting import FAILED

Row = Mapping[str, Any]


class TextTeller(Knowing):
    """The kinds of events that conversations in writing have."""

    __slots__ = ()

    def _text_in(self, event: Row, detail: Row) -> str:
        who = "ours" if self.ours else "technician" if event["technician"] else "client"
        words, files = line_by_line(str(detail.get("words", ""))), detail.get("files", 0)
        how = ("_files" if files else "") if words else "_only_files" if files else "_empty"
        if detail.get("automatic"):
            return self._say("text_in_machine", words=words)
        unfit = self._say("text_in_unfit", kinds=detail["unfit"]) if detail.get("unfit") else ""
        told = self._usual(event) | {"words": words, "files": files, "unfit": unfit, "arrived": self._arrived(detail)}
        return self._say(f"text_in_{who}{how}", **told)

    def _degraded(self, event: Row, detail: Row) -> str:
        if not detail.get("came_at"):
            return self._say("degraded")
        return self._say("degraded_text", came=self.due(detail["came_at"]))

    def _text_out(self, event: Row, detail: Row) -> str:
        prompt = str(detail.get("prompt", ""))
        told = self._usual(event) | {"arrived": self._arrived(detail), "about": self._about(prompt)}
        to = addressee(event)
        if to == "technician" and f"text_out_{prompt}" in self.words.sentences:
            return self._say(f"text_out_{prompt}", **told)
        return self._say(f"text_out_{to}", **told)

    def _text_status(self, event: Row, detail: Row) -> str:
        status, why = str(detail.get("status", "")), str(detail.get("why", ""))
        to = addressee(event)
        if status in FAILED:
            to = "answer" if to == "client" and event["technician"] else to
            failed = self.words.failures.get(f"{why}_past" if detail.get("past") else why) or self._failure(why)
            known = f"text_status_{to}_failed" if why else f"text_status_{to}_failed_silently"
            known = "text_status_client_canceled" if why and status == "canceled" and to == "client" else known
            return self._say(known, **self._usual(event) | {"why": failed})
        known = {"sent": "sent", "delivered": "delivered"}.get(status, "other")
        to = "technician" if to == "supervisor" else to
        return self._say(f"text_status_{to}_{known}", **self._usual(event) | {"status": status})

    def _failure(self, why: str) -> str:
        return self.words.failures["code"].format(code=why) if why.isdigit() else why

    def _about(self, prompt: str) -> str:
        """What a text to one of ours was about; the ways in which a text may fail are one."""
        known = "tech_failed" if prompt.startswith("tech_failed") else prompt
        return self.words.texts.get(known, self.words.texts[""])

    def _arrived(self, detail: Row) -> str:
        return self.words.arrived.get(str(detail.get("arrived", "")), "")

    def _opted_out(self, event: Row, detail: Row) -> str:
        if str(detail.get("word", "")).isdigit():
            return self._say("opted_out_twilio" + ("_technician" if event["technician"] else ""), **self._usual(event))
        return self._opted(event, detail, "opted_out")

    def _opted_in(self, event: Row, detail: Row) -> str:
        return self._opted(event, detail, "opted_in")

    def _opted(self, event: Row, detail: Row, known: str) -> str:
        known += "_technician" if event["technician"] else ""
        known += "_word" if detail.get("word") else ""
        return self._say(known, **self._usual(event) | {"word": detail.get("word", "")})


def line_by_line(words: str) -> str:
    """What somebody wrote, without empty lines: of an e-mail the first is its subject."""
    return "\n".join(" ".join(line.split()) for line in words.splitlines() if line.strip())


def addressee(event: Row) -> str:
    """Whom a text of ours went to. Notices of a call are a technician's."""
    to = event["detail"].get("to", "technician" if event["technician"] else "client")
    return "supervisor" if to == "technician" and not event["technician"] else str(to)
