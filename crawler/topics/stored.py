"""Stored articles: which languages they may be in, as when they were collected. Pure."""

from crawler.language import detect

SURE = 0.87
"""A language this likely is the only one worth trying: no other reaches 0.15 of it (crawler/language.py), for
0.13 < 0.15 x 0.87. So nothing needs to be detected again."""


def languages_of(title: str | None, text: str, *, language: str | None, confidence: float | None) -> tuple[str, ...]:
    """Return all languages a stored article may be in, best first; `language` and `confidence` as stored."""
    if confidence is not None and confidence < SURE:
        return tuple(likely.language for likely in detect(f"{title or ''}\n\n{text}")) or _stated(language)
    return _stated(language)


def _stated(language: str | None) -> tuple[str, ...]:
    return (language,) if language else ()
