"""`doctor`: looks at everything the service stands on; each check is a line."""

from typing import Literal

Verdict = Literal["ok", "note", "wrong"]
WORDS: dict[Verdict, str] = {"ok": "OK   ", "note": "NOTE ", "wrong": "WRONG"}


def doctor() -> int:
    """Check settings, database, directory, job process and Twilio's side; say what is wrong and what to do.

    Changes nothing but a schema that is missing altogether. Status 0: nothing is wrong; 1: something is.
    """
    from podline.commands.checks import examine

    worst = 0
    for check in examine():
        print(f"{WORDS[check.verdict]}  {check.what}" + (f" {check.to_do}" if check.to_do else ""), flush=True)
        worst = max(worst, check.verdict == "wrong")
    return int(worst)
