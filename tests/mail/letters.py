"""Letters for the tests: made by hand, as mail programs write them."""

from collections.abc import Sequence

from mail.letterhead import Letterhead

HEAD = Letterhead("desk@desk.example", "a secret for tests", "Prairie Support")


def letter(
    *fields: str, body: str = "The pump is dead.", sender: str = "Clara Whitfield <clara@taber.example>"
) -> bytes:
    """One message: `fields` are further lines of its header."""
    header = (
        f"From: {sender}" if sender else "",
        "To: desk@desk.example",
        "Subject: Pump",
        "Message-ID: <a1@taber.example>",
    )
    return "\r\n".join((*(line for line in header if line), *fields, "", body)).encode()


def parted(kind: str, *parts: Sequence[str], fields: Sequence[str] = ()) -> bytes:
    """A multipart message; each part is the lines of its header and, at last, its body."""
    pieces = ["\r\n".join((*part[:-1], "", part[-1])) for part in parts]
    body = "".join(f"--B0\r\n{piece}\r\n" for piece in pieces) + "--B0--\r\n"
    return letter("MIME-Version: 1.0", f'Content-Type: multipart/{kind}; boundary="B0"', *fields, body=body)


def attached(name: str, kind: str, content: str = "JVBERi0xLjcK", *, encoding: str = "base64") -> tuple[str, ...]:
    """A part that comes along."""
    return (
        f'Content-Type: {kind}; name="{name}"',
        f'Content-Disposition: attachment; filename="{name}"',
        f"Content-Transfer-Encoding: {encoding}",
        content,
    )


TEXT = ("Content-Type: text/plain; charset=utf-8", "See the photo.")
PAGE = ("Content-Type: text/html; charset=utf-8", "<p>See the <b>photo</b>.</p>")
