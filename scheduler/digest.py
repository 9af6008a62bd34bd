"""A digest in words: per topic the new stories, and who carries whose text. As text for a mail, and as HTML. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from scheduler.wording import counted
from storage.digest import Carrier, Story, TopicDigest

CREDITS: Mapping[str | None, str] = {
    "exact": "credited",
    "intermediary": "credited through another",
    "other": "another source is named",
    "citation": "named as a citation only",
    "none": "no source named",
}
"""What is said of a reprint's credit; what is not known is not said."""
_HOW: Mapping[str | None, str] = {
    "verbatim": "carries the text of",
    "edited": "carries, edited, the text of",
    "excerpt": "carries part of a text of",
    "claimed": "says its text is from",
}
_STYLE = "body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}li{margin:.3em 0}small{color:#555}"


def as_text(topics: Sequence[TopicDigest], *, period: str, base_url: str) -> str:
    """Return a digest as plain text; `base_url`: where the site is published, empty for links to the outlets' pages."""
    return "\n".join(_text_lines(topics, period, base_url)) + "\n"


def _text_lines(topics: Sequence[TopicDigest], period: str, base_url: str) -> Iterator[str]:
    for i, topic in enumerate(topics):
        head = f"{topic.name}, {period}: {_size(topic)}"
        yield from ([""] if i else [])
        yield from (head, "=" * len(head))
        for story in topic.stories:
            yield from ("", f"{_one_line(story.title)}{_known(story)}")
            yield from (f"  {line}" for line in _story_lines(story))
            yield f"  {_address(story, base_url)}"


def as_html(topics: Sequence[TopicDigest], *, title: str, period: str, base_url: str) -> str:
    """Return a digest as an HTML document that needs nothing else."""
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        f"<title>{escape(title)}: {escape(period)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
    ]
    for topic in topics:
        parts.append(
            f"<h2>{escape(topic.name)}</h2><p>{escape(period[:1].upper() + period[1:])}: {escape(_size(topic))}.</p>"
        )
        parts.append("<ul>" if topic.stories else "")
        for story in topic.stories:
            head = f'<a href="{escape(_address(story, base_url))}" dir="auto">{escape(_one_line(story.title))}</a>'
            lines = "".join(f"<li>{escape(line)}</li>" for line in _story_lines(story))
            parts.append(f"<li>{head}<small>{escape(_known(story))}</small><ul>{lines}</ul></li>")
        parts.append("</ul>" if topic.stories else "")
    return "\n".join([*filter(None, parts), "</body></html>"]) + "\n"


def _size(topic: TopicDigest) -> str:
    shared = sum(story.outlets > 1 for story in topic.stories)
    stories = counted(len(topic.stories), "story", "stories")
    return f"{counted(topic.articles, 'new article')} in {stories}, {shared} carried by several outlets"


def _known(story: Story) -> str:
    return " (known before, carried further)" if story.older else ""


def _story_lines(story: Story) -> Iterator[str]:
    """Yield a line an article; an article with a source says whose text it carries."""
    for carrier in story.carriers:
        day = f", {carrier.published_day}" if carrier.published_day else ""
        yield f"{carrier.outlet}{day}{_use(carrier)}"


def _use(carrier: Carrier) -> str:
    how = _HOW.get(carrier.kind)
    if how is None:
        return ""
    credit = CREDITS.get(carrier.credit_status)
    return f" {how} {carrier.source or 'a source that is not known'}{f' ({credit})' if credit else ''}"


def _address(story: Story, base_url: str) -> str:
    return f"{base_url.rstrip('/')}/story/{story.id}" if base_url else story.carriers[0].url


def _one_line(title: str | None) -> str:
    return " ".join((title or "(no headline)").split())
