"""Bytes of a page → text, in the order browsers use: byte order mark, HTTP, meta, then what the bytes look like. Pure."""

import codecs
import re

from charset_normalizer import from_bytes

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:\-]+)""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:\-]+)""")
_HTTP = re.compile(r"""charset\s*=\s*["']?([\w.:\-]+)""", re.IGNORECASE)
_LANG = re.compile(rb"""<html[^>]{0,300}?\blang\s*=\s*["']?([a-z]{2})""", re.IGNORECASE)
_TURKISH = re.compile(rb"(?<=[a-z])[\xf0\xfd\xfe](?=[a-z\s.,'])")  # ð, ý, þ of windows-1252; Icelandic has æ as well
# Neither looks beyond the next tag of its kind, so that thousands that are never closed cost no more than one
_UNPRINTED = re.compile(rb"(?i)<(?:script|style)\b[^<]*+(?:<(?!/?(?:script|style)\b)[^<]*+)*</(?:script|style)\b")
_MARKUP = re.compile(rb"<[^<>]*+>|&\w{1,32};")
_META_WITHIN = 1024  # bytes; WHATWG HTML, "prescan a byte stream"
_SAMPLE = 30_000  # bytes that detection looks at
_MOST_BROKEN = 0.002  # share of bytes that may be wrong in a page that is still taken as it is labelled

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# WHATWG Encoding: what a label means in browsers, where that is not what Python takes it to mean.
_MEANT = {
    **dict.fromkeys(("ascii", "iso8859-1", "latin-1"), "cp1252"),
    "iso8859-9": "cp1254",
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    **dict.fromkeys(("iso8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("utf-16", "utf-16-le", "utf-16-be", "utf-7"), "utf-8"),  # readable as ASCII, so it is not that
}
_NOT_FOR_PAGES = frozenset(
    ("idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape")
)
_LABELS = {
    "x-sjis": "cp932",
    "windows-949": "cp949",
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gb18030",
    "unicode": "utf-8",
    "utf8mb4": "utf-8",
}
_USUAL = {  # the browsers' guess for a page that says nothing but its language
    **dict.fromkeys(("ru", "uk", "bg", "be", "sr", "mk"), "cp1251"),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "hr", "sl"), "cp1250"),
    "tr": "cp1254",
    "az": "cp1254",
    "el": "cp1253",
    "he": "cp1255",
    "ar": "cp1256",
    "fa": "cp1256",
    "vi": "cp1258",
    "ja": "cp932",
    "ko": "cp949",
    "zh": "gb18030",
    "th": "cp874",
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
}


def decode(body: bytes, content_type: str = "", *, language: str | None = None) -> str:
    """Return the text of a page without NUL characters; never raises, what cannot be read becomes U+FFFD.

    `language` (ISO 639-1) helps where neither the answer nor the page names an encoding.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace").replace("\0", "")
    body = body.replace(b"\0", b"")
    if (text := _utf8(body)) is not None:  # a stale label over UTF-8 is common, the reverse does not happen
        return text
    for codec in _labels(body, content_type):
        text = body.decode(codec, "replace")
        if text.count("\ufffd") <= len(body) * _MOST_BROKEN:
            return text
    return body.decode(_detected(body, language), "replace")


def codec_of(label: str) -> str | None:
    """Return the Python codec a browser would take for an encoding label, or None for a label it does not know."""
    label = label.strip().lower()
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
        b"".decode(name)  # raises for what turns bytes into bytes: hex, base64, zip
    except (LookupError, UnicodeError):
        return None
    if name in _NOT_FOR_PAGES:
        return None
    return _MEANT.get(name, name)


def _utf8(body: bytes) -> str | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if body.isascii() and b"\x1b$" in body else text  # ISO-2022-JP is ASCII to the eye


def _labels(body: bytes, content_type: str) -> list[str]:
    found = [match[1] for match in (_HTTP.search(content_type),) if match]
    found += [
        match[1].decode("ascii", "replace") for match in (_XML.search(body), _META.search(body[:_META_WITHIN])) if match
    ]
    late = _META.search(body[_META_WITHIN : 8 * _META_WITHIN])  # beyond the prescan browsers still reload on it
    found += [late[1].decode("ascii", "replace")] if late else []
    return [codec for codec in map(codec_of, found) if codec]


def _detected(body: bytes, language: str | None) -> str:
    lang = _LANG.search(body)
    usual = _USUAL.get(lang[1].decode("ascii").lower() if lang else language or "")
    if usual:
        return usual
    broken_utf8 = body.decode("utf-8", "replace").count("\ufffd")
    if broken_utf8 <= len(body) * _MOST_BROKEN / 4:
        return "utf-8"
    sample = _text_only(body)[:_SAMPLE]
    if len(_TURKISH.findall(sample)) >= 3 and b"\xe6" not in sample:  # noqa: PLR2004 - ğ, ı, ş by accident are rarer
        return "cp1254"
    best = from_bytes(sample).best()
    return _MEANT.get(codecs.lookup(best.encoding).name, best.encoding) if best else "cp1252"


def _text_only(body: bytes) -> bytes:
    """Markup is ASCII and would drown what tells encodings apart."""
    return _MARKUP.sub(b" ", _UNPRINTED.sub(b" ", body))
