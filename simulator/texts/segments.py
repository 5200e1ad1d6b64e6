"""How many parts a text takes (twilio.md 6.5): GSM-7 as long as every character has a place in it, else UCS-2."""

from __future__ import annotations

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}[]~|€\\")
# What a word processor writes instead of a plain character.
_LOOK_ALIKES = {
    '"': "«»“”„‟ʺˮ❝❞〝〞＂″‶",
    "'": "‘’‚‛ʻˈʼʽʹ＇´ˊ`ˋ❛❜′‵",
    "-": "‐‑‒–—―−﹘﹣－",
    "/": "÷⁄∕／",
    "<": "‹＜",
    ">": "›＞",
    "!": "ǃ！",
    ",": "，、﹐",
    ".": "。．﹒",
    ":": "：∶",
    ";": "；",
    "?": "？",
    "(": "（❨❪",
    ")": "）❩❫",
    "*": "∗＊⁎",
    "%": "％",
    "&": "＆",
    "#": "＃",
    "_": "＿‗",
    "~": "～˜∼",
    " ": "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t",
    "\n": "\u2028\u2029\u0085\u000b",
    "": "\u200b\u200c\u200d\u2060\ufeff\u00ad",
    "...": "…",
}
_PLAIN = str.maketrans({look: plain for plain, looks in _LOOK_ALIKES.items() for look in looks})


def segments(body: str) -> int:
    """GSM-7: 160, or 153 a part; UCS-2: 70, or 67 a part. Nothing that counts double is cut in two."""
    if _is_gsm(body):
        sizes, one, part = [2 if each in _GSM_TWICE else 1 for each in body], 160, 153
    else:
        sizes, one, part = [len(each.encode("utf-16-le")) // 2 for each in body], 70, 67
    if sum(sizes) <= one:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > part:
            parts, used = parts + 1, 0
        used += size
    return parts


def smart_encoded(body: str) -> str:
    """SmartEncoded=true: look-alikes become plain, if that is enough to make the whole text GSM-7."""
    plain = body.translate(_PLAIN)
    return plain if _is_gsm(plain) else body


def _is_gsm(body: str) -> bool:
    return all(each in _GSM or each in _GSM_TWICE for each in body)
