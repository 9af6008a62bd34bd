"""The pages of one article → one article. Pure.

What stands on every page is said once: the headline and the first lines that each begins with, the last lines that each
ends with, and a paragraph that is repeated where a page breaks.
"""

from dataclasses import replace
from itertools import dropwhile, takewhile

from crawler.extract import STUB
from crawler.furniture import MAY_REPEAT
from crawler.pager import MOST_PAGES
from crawler.pager_rules import MARK
from crawler.urls import url_key
from storage.records import Article, Credit, Paging, TextStatus
from storage.sameness import bare
from storage.words import WORD, fold

LEAST_OF_PAGE = 0.5
"""Of a page's paragraphs: one that says it has the whole text and has fewer of them is something else."""


def with_page(article: Article, page: Article) -> Article:
    """Return an article as read so far with one page more: the one its `paging` names; tags are the caller's matter.

    What has the whole text replaces what was read; what turns out not to have it is left out. `paging` then says what is
    to be asked next, until it is None. A page that adds nothing is the last, and so is MOST_PAGES-th, as a cut. A page
    under another headline is another article: then this one has ended, and `paging` is empty.
    """
    paging = article.paging or Paging()
    if not same_headline(article.title, page.title):
        return (
            without_whole(article)
            if paging.whole
            else replace(_with(article, article, article.text, None), pages=article.pages, paging=Paging())
        )
    if paging.whole and url_key(page.requested_url) == url_key(paging.whole):
        return _whole(article, page)
    text = joined(article.text, page.text)
    read = (*paging.read, page.requested_url)
    following = page.paging.following if page.paging and text != article.text else None
    if following and url_key(following) in map(url_key, (article.url, article.requested_url, *read)):
        following = None  # in a circle
    cut = following is not None and len(read) + 1 >= MOST_PAGES
    left = Paging(following=following, read=read) if following and not cut else None
    return _with(article, page, text, left, in_part=cut)


def same_headline(first: str | None, second: str | None) -> bool:
    """Say whether two pages may be of one article by their headlines: one has the other's, but for the page's number."""
    one, other = (f" {' '.join(WORD.findall(fold(MARK.sub(' ', title or ''))))} " for title in (first, second))
    return one.isspace() or other.isspace() or one in other or other in one


def joined(first: str, second: str) -> str:
    """Return the texts of two pages that follow each other as one; `first` where the second adds nothing."""
    before, after = first.split("\n\n"), second.split("\n\n")
    known = set(map(bare, before))
    if all(bare(paragraph) in known for paragraph in after):
        return first
    ends = zip(reversed(before), reversed(after), strict=False)
    foot = sum(1 for _ in takewhile(lambda pair: bare(pair[0]) == bare(pair[1]), ends))
    before = before[: len(before) - foot]  # what stands under every page stands under the last
    known = set(map(bare, before))
    after = list(dropwhile(lambda paragraph: bare(paragraph) in known, after))
    return "\n\n".join([*before, *(each for each in after if len(each) <= MAY_REPEAT or bare(each) not in known)])


def without_whole(article: Article) -> Article:
    """Return an article whose page with the whole text is none: what follows page by page is left to read."""
    paging = article.paging or Paging()
    asked = (paging.whole,) if paging.whole else ()
    left = Paging(following=paging.following, read=(*paging.read, *asked)) if paging.following else None
    return replace(article, paging=left, text_status=_status(article, article, article.text, in_part=left is not None))


def _whole(article: Article, page: Article) -> Article:
    """Return an article with the text of what says to be all of it, if that has its first page, more, and no next page."""
    before, after = article.text.split("\n\n"), set(map(bare, page.text.split("\n\n")))
    kept = sum(bare(paragraph) in after for paragraph in before)
    goes_on = page.paging is not None and page.paging.following is not None
    if goes_on or kept < LEAST_OF_PAGE * len(before) or joined(article.text, page.text) == article.text:
        return without_whole(article)
    return _with(article, page, page.text, None)


def _with(article: Article, page: Article, text: str, left: Paging | None, *, in_part: bool = False) -> Article:
    """Return an article with another text, and with what one of its pages says beside it."""
    claims: dict[tuple[str, str, str], Credit] = {}
    for claim in (*article.credits, *page.credits):
        claims.setdefault((claim.name, claim.role, claim.kind), claim)
    times = [time for time in (article.modified_at, page.modified_at) if time]
    return replace(
        article,
        authors=article.authors or page.authors,
        published=article.published or page.published,
        modified_at=max(times, default=None),
        text=text,
        text_status=_status(article, page, text, in_part=in_part or left is not None),
        credits=tuple(claims.values()),
        pages=article.pages + 1,
        paging=left,
    )


def _status(article: Article, page: Article, text: str, *, in_part: bool) -> TextStatus:
    if "paywalled" in (article.text_status, page.text_status):
        return "paywalled"
    return "truncated" if in_part else "stub" if len(text) < STUB else "full"
