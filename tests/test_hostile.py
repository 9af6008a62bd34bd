"""A hostile outlet beside an ordinary one: each trouble ends in one clear outcome, within the limits, and harms nobody."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hostile_pages import PAGES, Trouble, feed, page, polls
from news_pages import Item, article, feed_link, rss, section, sitemap_index
from news_site import Answer, NewsSite, news_sites
from processes import Finished, cuttings
from whole_way import one_pass, publish, rows, write_config

MAIN_MB = 200
WORKER_MB = 300
TIMEOUT_S = 2
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks processes up in /proc")


def ordinary(site: NewsSite) -> dict[str, object]:
    """Publish an ordinary outlet of ten articles."""
    line = "The town of number {} has a harbour, a letter of its own and a mayor who wrote to Ankara and NATO about it."
    publish(site, {f"/{n}": article(f"Letter number {n} of the mayor", [line.format(n)] * 3) for n in range(10)})
    return {"id": "ordinary", "name": "Ordinary", "url": site.url()}


def impatient(config: Path) -> Path:
    """Let a configuration wait for an answer as short as a test can."""
    config.write_text(config.read_text().replace("timeout_s = 10", f"timeout_s = {TIMEOUT_S}"))
    return config


def wrong_outcomes(folder: Path, troubles: Mapping[str, Trouble], kind: str) -> dict[str, object]:
    """Return what came of the hostile outlet's troubles where it is not one of those that may come of them."""
    found = rows(folder, "select url, outcome from fetches where outlet = 'hostile' and kind = ?", kind)
    came: dict[str, list[object]] = {}
    for row in found:
        came.setdefault(str(row["url"]).rsplit("/", 1)[1], []).append(row["outcome"])
    return {
        name: (came.get(name), sorted(trouble.outcomes))
        for name, trouble in troubles.items()
        if len(came.get(name, [])) != 1 or came[name][0] not in trouble.outcomes
    }


def assert_harmless(done: Finished, folder: Path) -> None:
    """The command ended well, the ordinary outlet is complete, memory stayed within the limits."""
    assert (done.exit_code, "Traceback" in done.stderr) == (0, False), done.stderr
    assert rows(folder, "select count(*) as n from articles where outlet = 'ordinary'") == [{"n": 10}]
    assert (done.main_mb <= MAIN_MB, done.worker_mb <= WORKER_MB) == (True, True), done


@pytest.fixture
def hosts() -> Iterator[dict[str, NewsSite]]:
    with ExitStack() as stack:
        names = {trouble.host for trouble in PAGES.values()} | {"ordinary"}
        yield {name: stack.enter_context(NewsSite()) for name in sorted(names)}


def test_every_page_ends_in_its_outcome_and_the_others_are_collected(
    hosts: dict[str, NewsSite], tmp_path: Path
) -> None:
    items = []
    for name, trouble in PAGES.items():
        url = hosts[trouble.host].add_answers(f"/{name}", *trouble.answers)
        items.append(Item(url.replace("http", trouble.scheme, 1), f"Report {name}"))
    near = hosts["near"]
    near.redirect("/loop-of-two-back", "/loop-of-two")
    near.add_page("/feed", rss(items), content_type="application/rss+xml")
    near.add_page("/", section([], head=feed_link("/feed")))
    others = [site.host for name, site in hosts.items() if name not in ("near", "ordinary")]
    hostile = {"id": "hostile", "name": "Hostile", "url": near.url(), "hosts": others}
    config = impatient(write_config(tmp_path, [hostile, ordinary(hosts["ordinary"])]))

    done = cuttings("collect", "--config", str(config))

    assert wrong_outcomes(tmp_path, PAGES, "article") == {}
    texts = [str(row["text"]) for row in rows(tmp_path, "select text from texts")]
    assert not [text for text in texts if "\0" in text or "root:" in text]
    assert any("Türkiye, NATO'nun hava savunma şûrasına" in text for text in texts)
    assert_harmless(done, tmp_path)


def test_every_poll_ends_in_its_outcome_and_the_others_are_collected(tmp_path: Path) -> None:
    with news_sites(2) as (bad, good):
        troubles = polls(bad.url())
        feeds = [bad.add_answers(f"/feed/{name}", *trouble.answers) for name, trouble in troubles.items()]
        bad.make_pages("/item-", lambda path: Answer(body=page(f"Report {path} of the week")))
        bad.add_page("/robots.txt", "<html><head><title>Welcome</title></head><body>Disallow: /</body></html>")
        hostile = {"id": "hostile", "name": "Hostile", "url": bad.url(), "feeds": feeds, "max_links": 20}
        config = impatient(write_config(tmp_path, [hostile, ordinary(good)]))

        done = cuttings("collect", "--config", str(config))

        assert wrong_outcomes(tmp_path, troubles, "feed") == {}
        assert [bad.hits(path) for path in ("/entity", "/rules.dtd", "/more.dtd")] == [0, 0, 0]
        asked = sum(request.path.startswith("/item-") for request in bad.requests)
    assert asked == 20
    assert rows(tmp_path, "select count(*) >= 9980 as n from links where state = 'waiting'") == [{"n": 1}]
    assert rows(tmp_path, "select cut_off >= 9980 as n from coverage where outlet = 'hostile'") == [{"n": 1}]
    links = [f"{row['url']} {row['title']}" for row in rows(tmp_path, "select url, title from links")]
    assert not [link[:100] for link in links if "root:" in link or "hunter2" in link or len(link) > 2000]
    assert_harmless(done, tmp_path)


def test_traps_without_end_are_left_after_a_few_pages(tmp_path: Path) -> None:
    def month(path: str) -> Answer:
        n = int(path.rsplit("/", 1)[1])
        days = [
            Item(f"/2026/{n:02}/{day:02}/what-is-on-this-day-in-town", f"What is on in town, day {day}")
            for day in range(1, 29)
        ]
        return Answer(body=section(days, next_page=f"/calendar/{n + 1}").encode())

    def index(path: str) -> Answer:
        n = int(path.rsplit("/", 1)[1])
        return Answer(
            body=sitemap_index([bad.url(f"/index/{n * 100 + child}") for child in range(100)]).encode(),
            content_type="application/xml",
        )

    with news_sites(2) as (bad, good):
        bad.make_pages("/calendar/", month)
        bad.make_pages("/index/", index)
        bad.make_pages("/2026/", lambda path: Answer(body=page(f"What is on in town {path}")))
        sections, sitemaps = [bad.url("/calendar/1")], [bad.url("/index/1")]
        hostile = {"id": "hostile", "name": "Hostile", "url": bad.url(), "sections": sections, "sitemaps": sitemaps}
        config = write_config(tmp_path, [{**hostile, "max_links": 10}, ordinary(good)])
        done = cuttings("collect", "--config", str(config))
        asked = [request.path.split("/")[1] for request in bad.requests]
    assert {place: asked.count(place) for place in ("calendar", "2026")} == {"calendar": 5, "2026": 10}
    assert asked.count("index") <= 51
    assert_harmless(done, tmp_path)


PRIVATE = {
    "loopback": "http://127.0.0.1:{port}/",
    "localhost": "http://localhost:{port}/",
    "short": "http://127.1:{port}/",
    "number": "http://2130706433:{port}/",
    "hexadecimal": "http://0x7f000001:{port}/",
    "nobody": "http://0.0.0.0:{port}/",
    "six": "http://[::1]:{port}/",
    "four-in-six": "http://[::ffff:127.0.0.1]:{port}/",
    "with-name": "http://user:word@127.0.0.1:{port}/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "ten": "http://10.0.0.1/",
    "carrier": "http://100.64.0.1/",
    "multicast": "http://224.0.0.1/",
    "local-six": "http://[fd00::1]/",
    "file": "file:///etc/passwd",
}


def test_behind_a_proxy_redirects_to_private_addresses_are_refused(tmp_path: Path) -> None:
    """A proxy on loopback plays the public web: nothing but what we refuse keeps us from the secret beside it."""
    with news_sites(2) as (proxy, secret):
        outlet, port = "http://gazette.example", secret.host.split(":")[1]
        for name, to in PRIVATE.items():
            proxy.redirect(f"{outlet}/{name}", to.format(port=port))
        links = [f"{outlet}/{name}" for name in (*PRIVATE, "ordinary")]
        proxy.add_page(f"{outlet}/ordinary", page())
        proxy.add_page(f"{outlet}/feed", feed(*links), content_type="application/rss+xml")
        proxy.add_page(f"{outlet}/", section([], head=feed_link("/feed")))
        config = write_config(tmp_path, [{"id": "hostile", "name": "Hostile", "url": f"{outlet}/"}])
        config.write_text(config.read_text().replace("allow_private_addresses = true", ""))
        environment = {name: proxy.url() for name in ("http_proxy", "https_proxy")} | {"no_proxy": ""}

        done = cuttings("collect", "--config", str(config), environment=environment)

        assert done.exit_code == 0, done.stderr
        assert secret.requests == []
        strange = [request.path for request in proxy.requests if not request.path.startswith(f"{outlet}/")]
        assert strange == []
    found = rows(tmp_path, "select url, outcome from fetches where kind = 'article'")
    outcomes = {str(row["url"]).removeprefix(f"{outlet}/"): row["outcome"] for row in found}
    assert outcomes == {"ordinary": "new", **dict.fromkeys(PRIVATE, "off_site")}


def test_a_wait_asked_for_is_kept_whatever_it_says(tmp_path: Path) -> None:
    """Hours after the first pass at which each host is asked again."""
    waits = {
        "7200": 3,
        format_datetime(NOW + timedelta(hours=2), usegmt=True): 3,
        format_datetime(NOW - timedelta(days=400), usegmt=True): 1,
        "soon": 1,
        "-5": 1,
        "0": 1,
        "99999999999999999999": 31 * 24,
        "Fri, 31 Dec 9999 23:59:59 GMT": 31 * 24,
    }
    with news_sites(len(waits) + 1) as (good, *bad):
        outlets = [ordinary(good)]
        for n, (site, wait) in enumerate(zip(bad, waits, strict=True)):
            then = Answer(body=feed(site.url("/item")), content_type="application/rss+xml")
            site.too_many_requests("/feed", retry_after=wait, then=then)
            site.add_page("/item", page())
            outlets.append({"id": f"busy{n}", "name": "Busy", "url": site.url(), "feeds": [site.url("/feed")]})
        config = write_config(tmp_path, outlets)
        found = dict.fromkeys(waits, 0)
        for hours in (0, 1, 3, 24, 31 * 24):
            one_pass(config, now=NOW + timedelta(hours=hours))
            for site, wait in zip(bad, waits, strict=True):
                found[wait] = found[wait] or (hours if site.hits("/item") else 0)
    assert found == waits
    assert rows(tmp_path, "select count(*) as n from articles where outlet = 'ordinary'") == [{"n": 10}]
