"""What hostile and broken servers send, a page a trouble, and the one outcome each must end in (DESIGN.md, Outcomes)."""

import gzip
import zlib
from dataclasses import dataclass

from news_pages import Item, article, feed_link, rss, section
from news_site import Answer

from storage.records import Outcome

UNREADABLE = (Outcome.HTTP_ERROR, Outcome.NETWORK)  # an answer no client can read: both are tried again later
PIECE = b"\0" * 1_000_000
PARAGRAPHS = [
    "Officials in Ankara said on Monday that the paper on air defence had been sent to NATO planners in Brussels.",
    "The paper has pages of its own and asks for a budget that two of the members have refused to pay so far this year.",
    "A second meeting is planned for the end of the month, with figures that nobody outside the committee has seen yet.",
]
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><rss version='2.0'><channel><title>&a9;</title><item><title>&a9;</title><link>{}</link></item></channel></rss>"
)
EXTERNAL_ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "{0}rules.dtd" [<!ENTITY web SYSTEM "{0}entity">'
    '<!ENTITY disk SYSTEM "file:///etc/passwd"><!ENTITY % more SYSTEM "{0}more.dtd"> %more;]>'
    "<rss version='2.0'><channel><title>&web;</title><item><title>Report &disk; of the &web; week</title>"
    "<link>{0}item-entities</link></item></channel></rss>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is answered at an address, and the only outcomes that may come of it."""

    answers: tuple[Answer, ...]
    outcomes: frozenset[Outcome]
    host: str = "near"
    """Troubles that take their time, or silence a host, have a host of their own."""
    scheme: str = "http"


def trouble(*outcomes: Outcome, host: str = "near", scheme: str = "http", **answer: object) -> Trouble:
    """Return a trouble of one answer; `answer` are the fields of `Answer`."""
    return Trouble(answers=(Answer(**answer),), outcomes=frozenset(outcomes), host=host, scheme=scheme)  # type: ignore[arg-type]


def redirect(to: str, *outcomes: Outcome) -> Trouble:
    """Return an answer that sends elsewhere."""
    return trouble(*outcomes, status=302, headers={"Location": to})


def bomb(size: int, *, layers: int = 1) -> bytes:
    """Return `size` zero bytes, rounded to whole pieces, in so many layers of gzip; its checksum is never reached."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(PIECE) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + piece * (size // len(PIECE)) + b"\x03\0" + b"\0" * 8
    for _ in range(layers - 1):
        packed = gzip.compress(packed)
    return packed


def page(title: str = "A report of the week", **more: object) -> bytes:
    """Return an article on topic."""
    return article(title, PARAGRAPHS, **more).encode()  # type: ignore[arg-type]


def wall(what: str) -> bytes:
    """Return a page that asks for consent before it shows anything."""
    return (
        f"<html><head><title>{what}</title></head><body><div role='dialog' class='cookie-consent'><h1>{what}</h1>"
        "<p>We and our 842 partners store and access information on a device, such as cookies, and process personal "
        "data, such as unique identifiers, for personalised ads. You can accept or refuse all of this.</p>"
        "<form method='post' action='/consent'><button>Accept all</button><button>Manage choices</button></form>"
        "</div></body></html>"
    ).encode()


def deep(levels: int) -> bytes:
    """Return an article below so many elements."""
    return page().replace(b"<main>", b"<main>" + b"<div>" * levels).replace(b"</main>", b"</div>" * levels + b"</main>")


def wide(size: int) -> bytes:
    """Return an article among so many bytes of tiny elements."""
    return page().replace(b"</main>", b"<p>a<b>b</b>" * (size // 12) + b"</main>")


_ZIPPED = {"Content-Encoding": "gzip"}
_RAW_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n%s\r\n\r\n" + page()
HUGE = 50_000_000

PAGES: dict[str, Trouble] = {
    # larger than they look
    "bomb": trouble(Outcome.TOO_LARGE, body=bomb(200_000_000), headers=_ZIPPED),
    "bomb-in-a-bomb": trouble(
        Outcome.TOO_LARGE, body=bomb(2_000_000_000, layers=2), headers={"Content-Encoding": "gzip, gzip"}
    ),
    "endless": trouble(Outcome.TOO_LARGE, body=b"<p>more</p>" * 10_000, repeat=None),
    "50-mb": trouble(Outcome.TOO_LARGE, body=b"<p>x</p>" * (HUGE // 800), repeat=100),
    "50-mb-unsaid": trouble(Outcome.TOO_LARGE, raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"x" * HUGE),
    "header-flood": trouble(
        *UNREADABLE,
        raw=b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 200) for n in range(50_000)) + b"\r\n",
    ),
    "long-header": trouble(*UNREADABLE, raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 5_000_000 + b"\r\n\r\n"),
    # never done
    "drip": trouble(Outcome.TIMEOUT, host="drip", body=page(), drip_s=0.2),
    "drip-of-headers": trouble(Outcome.TIMEOUT, host="silent", raw=b"HTTP/1.1 200 OK\r\nX-Slow: ", drip_s=60),
    "loop": redirect("/loop", Outcome.HTTP_ERROR),
    "loop-of-two": redirect("/loop-of-two-back", Outcome.HTTP_ERROR),
    # other than they say
    "length-too-long": trouble(Outcome.NETWORK, body=page(), headers={"Content-Length": "99999"}),
    "length-too-short": trouble(Outcome.NO_TEXT, *UNREADABLE, body=page(), headers={"Content-Length": "40"}),
    "length-garbage": trouble(*UNREADABLE, raw=_RAW_PAGE % b"Content-Length: plenty"),
    "length-negative": trouble(*UNREADABLE, raw=_RAW_PAGE % b"Content-Length: -1"),
    "two-lengths": trouble(*UNREADABLE, raw=_RAW_PAGE % b"Content-Length: 10\r\nContent-Length: 20"),
    "broken-chunks": trouble(*UNREADABLE, raw=_RAW_PAGE % b"Transfer-Encoding: chunked"),
    "cut-off-gzip": trouble(Outcome.NETWORK, body=gzip.compress(page())[:-200], headers=_ZIPPED),
    "not-gzip": trouble(Outcome.NEW, *UNREADABLE, body=page(), headers=_ZIPPED),
    "unknown-encoding": trouble(
        Outcome.NOT_HTML, Outcome.NO_TEXT, *UNREADABLE, body=bytes(range(256)) * 9, headers={"Content-Encoding": "rot13"}
    ),
    "cut-off": trouble(Outcome.NETWORK, body=page(), send_only=700),
    "http-0.9": trouble(*UNREADABLE, raw=page()),
    "garbage": trouble(*UNREADABLE, raw=bytes(range(256)) * 20),
    "cut-off-headers": trouble(Outcome.NETWORK, raw=b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "no-words": trouble(Outcome.NETWORK, drop=True),
    "plain-on-https": trouble(Outcome.NETWORK, scheme="https", body=page()),
    # statuses nobody asked for
    "304-unasked": trouble(Outcome.HTTP_ERROR, raw=b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "204": trouble(Outcome.HTTP_ERROR, status=204),
    "206": trouble(Outcome.HTTP_ERROR, status=206, body=page()[:900], headers={"Content-Range": "bytes 0-899/5000"}),
    "999": trouble(Outcome.HTTP_ERROR, status=999),
    "451": trouble(Outcome.REFUSED, status=451),
    "error-page": trouble(
        Outcome.GONE,
        body=b"<html><head><title>404 - Page not found</title></head><body><nav><a href='/'>Home</a></nav>"
        b"<h1>Page not found</h1><p>Sorry, the page you are looking for does not exist.</p></body></html>",
    ),
    # not a page
    "pdf": trouble(Outcome.NOT_HTML, body=b"%PDF-1.7\n" + b"\xe2\xe3" * 500, content_type="application/pdf"),
    "pdf-as-html": trouble(Outcome.NOT_HTML, body=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>" * 90),
    "json": trouble(Outcome.NOT_HTML, body=b'{"title": "A report"}', content_type="application/json"),
    "image": trouble(Outcome.NOT_HTML, body=b"\x89PNG\r\n\x1a\n" + b"\0" * 900, content_type="image/png"),
    "image-as-html": trouble(Outcome.NOT_HTML, body=b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 9),
    "empty": trouble(Outcome.NO_TEXT, Outcome.NOT_HTML, body=b""),
    "zeros": trouble(Outcome.NO_TEXT, Outcome.NOT_HTML, body=b"\0" * 5000),
    "consent-wall": trouble(Outcome.REFUSED, Outcome.NO_TEXT, body=wall("We value your privacy")),
    "cookie-wall": Trouble(
        answers=(Answer(status=302, headers={"Location": "/cookie-wall", "Set-Cookie": "seen=1"}),),
        outcomes=frozenset({Outcome.HTTP_ERROR}),
    ),
    # redirects we do not follow
    "to-file": redirect("file:///etc/passwd", Outcome.OFF_SITE),
    "to-ftp": redirect("ftp://a.example/x", Outcome.OFF_SITE),
    "to-data": redirect("data:text/html,<p>x</p>", Outcome.OFF_SITE),
    "to-script": redirect("javascript:alert(1)", Outcome.OFF_SITE),
    "to-nothing": redirect("", Outcome.HTTP_ERROR),
    # hard, but articles
    "wrong-charset": trouble(
        Outcome.NEW,
        body=article("Ankara'da görüşme", ["Türkiye, NATO'nun hava savunma şûrasına yeni bir yazı gönderdi."] * 3)
        .replace('charset="utf-8"', 'charset="koi8-r"')
        .encode("windows-1254"),
        content_type="text/html; charset=windows-1254",
    ),
    "nul": trouble(Outcome.NEW, body=page("A report with nothing").replace(b"Ankara", b"Ank\0ara\0")),
    "deep": trouble(Outcome.NEW, Outcome.NO_TEXT, Outcome.PARSE_ERROR, body=deep(100_000)),
    "wide": trouble(Outcome.NEW, Outcome.NO_TEXT, Outcome.PARSE_ERROR, Outcome.TOO_LARGE, body=wide(150_000)),
    "one-long-line": trouble(
        Outcome.NEW, Outcome.NO_TEXT, Outcome.PARSE_ERROR, Outcome.TOO_LARGE,
        body=page().replace(b"</article>", b"<p>" + b"a" * 8_000_000 + b"</p></article>"),
    ),
}  # fmt: skip


def feed(*links: str, title: str = "A report of the week") -> bytes:
    """Return an RSS feed of these addresses."""
    return rss([Item(link, f"{title} {n}") for n, link in enumerate(links)]).encode()


def polls(url: str) -> dict[str, Trouble]:
    """Return what stands where an outlet's feeds should be; `url` is the outlet's address, `item-N` its articles."""
    readable = feed(f"{url}item-a")
    return {
        "many": trouble(Outcome.POLL, body=feed(*(f"{url}item-{n}" for n in range(10_000)))),
        "laughs": trouble(Outcome.POLL, body=BILLION_LAUGHS.format(f"{url}item-laughs").encode()),
        "entities": trouble(Outcome.POLL, body=EXTERNAL_ENTITIES.format(url).encode()),
        "html": trouble(Outcome.PARSE_ERROR, body=section([], head=feed_link("/feed")).encode()),
        "words": trouble(
            Outcome.PARSE_ERROR, body=b"Service will be back shortly.", content_type="application/rss+xml"
        ),
        "nothing": trouble(Outcome.PARSE_ERROR, body=b""),
        "json": trouble(
            Outcome.PARSE_ERROR, body=b'{"items": [{"url": 7}, null, [[' * 900, content_type="application/json"
        ),
        "deep": trouble(Outcome.PARSE_ERROR, body=b"<rss><channel>" + b"<item>" * 100_000),
        "nul": trouble(Outcome.POLL, body=readable.replace(b"report", b"re\0port")),
        "wrong-charset": trouble(
            Outcome.POLL,
            body=readable.replace(b"week", "şûra".encode("cp1254")),
            content_type="text/xml; charset=koi8-r",
        ),
        "secrets": trouble(Outcome.POLL, body=feed(url.replace("//", "//user:hunter2@") + "item-secret")),
        "cut-off-gzip": trouble(Outcome.NETWORK, Outcome.POLL, body=gzip.compress(readable)[:-30], headers=_ZIPPED),
        "bomb": trouble(Outcome.TOO_LARGE, body=bomb(200_000_000), headers=_ZIPPED),
        "bomb-as-file": trouble(
            Outcome.PARSE_ERROR, Outcome.TOO_LARGE, body=bomb(200_000_000), content_type="application/gzip"
        ),
        "endless": trouble(Outcome.TOO_LARGE, body=readable, repeat=None),
        "304-unasked": trouble(Outcome.HTTP_ERROR, raw=b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        "gone": trouble(Outcome.GONE, status=410),
        "refused": trouble(Outcome.REFUSED, status=403),
        "loop": redirect("/feed/loop", Outcome.HTTP_ERROR),
        "to-file": redirect("file:///etc/passwd", Outcome.OFF_SITE),
    }
