"""Outlets by the hundred: a list in, an outlets file and a review sheet out, and the list out again."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from news_pages import Item, article, feed_link, robots, rss, section, sitemap
from news_site import Answer, NewsSite, closed_port, news_sites
from wall_pages import CLOUDFLARE, CONSENT, SHELL
from whole_way import TOPICS, publish

from scheduler.cli import cli
from scheduler.config import load
from scheduler.outlets_file import COLUMNS, cells_of, table_text
from scheduler.outlets_lists import read_list
from storage.records import Outlet

BODY = [f"Officials in Ankara sent letter number {n} to NATO on Monday, and nobody has answered it." for n in range(5)]
NOW = "2026-11-20T10:00:00+00:00"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, list(map(str, words)))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that names an outlets file which is yet to come."""
    path = tmp_path / "config.toml"
    crawl = "[crawl]\nallow_private_addresses = true\ndelay_s = 0.0\ntimeout_s = 5\n"
    path.write_text(f'outlets_file = "outlets.csv"\n{crawl}{TOPICS}', encoding="utf-8")
    return path


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def sheet(folder: Path, name: str = "outlets-review.csv") -> dict[str, dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return {line["id"]: line for line in csv.DictReader(file)}


def edit(path: Path, id_: str, column: str, value: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        lines, names = list(reader), list(reader.fieldnames or ())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*names, *([column] if column not in names else [])])
        writer.writeheader()
        writer.writerows(line | ({column: value} if line["id"] == id_ else {}) for line in lines)


def outlets(config: Path) -> dict[str, Outlet]:
    return {outlet.id: outlet for outlet in load(config).outlets}


def newsroom(site: NewsSite, name: str) -> None:
    pages = {
        f"/news/{n}-a-letter-to-the-alliance": article(f"A letter {n} of {name}", BODY, published=NOW) for n in range(3)
    }
    publish(site, pages, published=dict.fromkeys(pages, NOW))


def test_the_whole_way_from_a_list_to_articles(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    newsroom(news_site, "The Gazette")
    listed = write(tmp_path / "list.csv", "name,url,country", f"The Gazette,{news_site.url()},Turkey")
    result = run("--config", config, "outlets", "import", listed)
    assert (result.exit_code, result.stderr.splitlines()[1:]) == (0, [])
    assert "1 outlet added" in result.stdout
    outlet = outlets(config)["the-gazette"]
    assert (outlet.feeds, outlet.country, outlet.language) == ((news_site.url("/feed"),), "TR", "en")
    line = sheet(tmp_path)["the-gazette"]
    assert line["feeds"] == news_site.url("/feed")
    assert (line["newest_item"], line["robots"]) == ("2026-11-20T10:00Z", "none")
    assert (line["articles_tried"], line["articles_cleaned"], line["complete"]) == ("3", "3", "yes")
    assert run("--config", config, "check").exit_code == 0


def test_an_import_asks_only_what_is_missing(config: Path, tmp_path: Path) -> None:
    with news_sites(2) as (one, other):
        newsroom(one, "One")
        newsroom(other, "Other")
        first = write(tmp_path / "first.csv", "url", one.url())
        both = write(tmp_path / "both.csv", "url", one.url(), other.url())
        assert run("--config", config, "outlets", "import", first).exit_code == 0
        asked = len(one.requests)
        result = run("--config", config, "outlets", "import", both)
        assert result.exit_code == 0
        assert "1 outlet is in outlets-review.csv already" in result.stderr
        assert (len(one.requests), other.hits("/") > 0) == (asked, True)


def test_what_a_person_wrote_stays(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    newsroom(news_site, "One")
    listed = write(tmp_path / "list.csv", "id,name,url,owner", f"one,One,{news_site.url()},")
    run("--config", config, "outlets", "import", listed)
    edit(tmp_path / "outlets.csv", "one", "name", "The One")
    edit(tmp_path / "outlets.csv", "one", "feeds", "")
    edit(tmp_path / "outlets-review.csv", "one", "my notes", "looks good")
    write(tmp_path / "list.csv", "id,name,url,owner", f"one,Another,{news_site.url()},A House")
    result = run("--config", config, "outlets", "import", listed)
    outlet = outlets(config)["one"]
    assert (outlet.name, outlet.owner, outlet.feeds) == ("The One", "A House", ())
    assert "keeps what it says of one (name)" in result.stdout
    assert sheet(tmp_path)["one"]["my notes"] == "looks good"


def test_a_killed_import_goes_on_where_it_ended(config: Path, tmp_path: Path) -> None:
    with news_sites(2) as (quick, slow):
        newsroom(quick, "Quick")
        slow.add_answers("/", Answer(wait_for=slow.closing))
        listed = write(tmp_path / "list.csv", "id,name,url", f"quick,Quick,{quick.url()}", f"slow,Slow,{slow.url()}")
        command = [sys.executable, "-c", "from scheduler.cli import cli; cli()", "--config", str(config)]
        config.write_text(
            config.read_text(encoding="utf-8").replace("timeout_s = 5", "timeout_s = 60"), encoding="utf-8"
        )
        done = tmp_path / "outlets-review.csv"
        with subprocess.Popen([*command, "outlets", "import", str(listed)], stderr=subprocess.PIPE) as process:
            quick.wait_for_request("/news/2-a-letter-to-the-alliance")
            while not done.exists() and process.poll() is None:
                slow.closing.wait(0.05)
            os.kill(process.pid, signal.SIGKILL)
        assert set(sheet(tmp_path)) == {"quick"}
        assert outlets(config)["quick"].feeds
        asked = len(quick.requests)
        newsroom(slow, "Slow")
        assert run("--config", config, "outlets", "import", listed).exit_code == 0
        assert len(quick.requests) == asked
        assert set(sheet(tmp_path)) == {"quick", "slow"}


def test_without_a_network_the_outlets_are_there_all_the_same(config: Path, tmp_path: Path) -> None:
    with closed_port() as one, closed_port() as other:
        listed = write(tmp_path / "list.csv", "id,name,url", f"one,One,{one}", f"other,Other,{other}")
        result = run("--config", config, "outlets", "import", listed)
        assert result.exit_code == 1
        assert "did not answer: one, other; is this machine online?" in result.stderr
        assert set(outlets(config)) == {"one", "other"}
        lines = list(sheet(tmp_path).values())
        assert [(line["complete"], line["robots"]) for line in lines] == [("", "error"), ("", "error")]


def test_lines_that_cannot_be_used_are_named_and_the_rest_goes_on(
    news_site: NewsSite, config: Path, tmp_path: Path
) -> None:
    newsroom(news_site, "One")
    listed = write(
        tmp_path / "list.csv",
        "id,name,url,kind,country",
        ",No Address,,,",
        f"one,One,{news_site.url()},blog,Atlantis",
        "Bad Id,Bad,https://bad.example/,,",
        ",Mail,mailto:a@b.example,,",
    )
    result = run("--config", config, "outlets", "import", listed)
    assert result.exit_code == 1
    assert "not used: line 2: no address (No Address)" in result.stderr
    assert "not used: line 4.id: 'Bad Id'" in result.stderr
    assert "not used: line 5: 'mailto:a@b.example' is no web address" in result.stderr
    assert "country: 'Atlantis' is none we know, left empty (line 3)" in result.stdout
    assert (outlets(config)["one"].country, outlets(config)["one"].kind) == (None, "blog")


def test_a_media_cloud_collection(config: Path, tmp_path: Path) -> None:
    with news_sites(3) as sites:
        for site in sites:
            newsroom(site, "Room")
        head = (
            "id,name,url_search_string,label,homepage,notes,stories_per_week,first_story,"
            "publication_country,publication_state,primary_langauge,media_type"
        )
        listed = write(
            tmp_path / "Collection-34412-Turkey.csv",
            head,
            f"18810,aa.example,,Anadolu Ajansı,{sites[0].url()},,900,2020-01-01,TUR,,tr,video_broadcast",
            f'31,b.example,,,{sites[1].url("/index.html")},"a, b",,,DEU,,,digital_native',
            f"32,c.example,{sites[2].host}/tr/*,,{sites[2].url()},,,,,,,",
        )
        result = run("--config", config, "outlets", "import", listed, "--json")
        assert json.loads(result.stdout)["added"] == ["anadolu-ajansi", "b-example", "c-example"]
    found = outlets(config)
    first = found["anadolu-ajansi"]
    assert (first.name, first.country, first.language, first.kind) == ("Anadolu Ajansı", "TR", "tr", "broadcaster")
    assert found["b-example"].url == sites[1].url("/")
    assert found["b-example"].country == "DE"
    assert found["c-example"].url.endswith("/tr/")


def test_media_clouds_kinds_are_ours_or_nothing_is_said(config: Path, tmp_path: Path) -> None:
    with news_sites(2) as (paper, web):
        head = "id,name,url_search_string,homepage,media_type"
        lines = (f"1,paper,,{paper.url()},print_native", f"2,web,,{web.url()},digital_native")
        result = run("--config", config, "outlets", "import", write(tmp_path / "mc.csv", head, *lines))
    assert "note: kind" not in result.stdout
    assert {outlet.name: outlet.kind for outlet in outlets(config).values()} == {"paper": "newspaper", "web": None}


OPML = """<?xml version="1.0"?>
<opml version="{version}"><head><title>Mine</title></head><body>
<outline text="Agencies"><outline text="Wires">
<outline type="rss" text="The Wire: world" xmlUrl="{one}feed" htmlUrl="{one}world" category="/Regions/Turkey,wire"/>
<outline type="RSS" title="The Wire" xmlurl="{one}feed2" htmlUrl="{one}"/></outline></outline>
<outline text="Bare" xmlUrl="{other}rss"/>
<outline text="A folder that holds nothing"/>
<outline text="Broken" type="rss" xmlUrl="feed://nowhere"/>
</body></opml>"""


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_opml_feeds_of_one_site_are_one_outlet(version: str, config: Path, tmp_path: Path) -> None:
    with news_sites(2) as (one, other):
        listed = tmp_path / "feeds.opml"
        listed.write_text(OPML.format(version=version, one=one.url(), other=other.url()), encoding="utf-8")
        result = run("--config", config, "outlets", "import", listed)
    found = outlets(config)
    assert found["the-wire"].url == one.url()
    assert found["the-wire"].feeds == (one.url("/feed"), one.url("/feed2"))
    assert found["the-wire"].groups == ("Agencies", "Wires", "Regions/Turkey", "wire")
    assert (found["bare"].url, found["bare"].feeds) == (other.url(), (other.url("/rss"),))
    assert "taken from the feed's address: Bare" in result.stdout
    assert "line 8: 'feed://nowhere' is no web address" in result.stderr
    assert "holds nothing" not in result.stderr


def test_the_same_outlet_twice_in_a_list_is_one(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    newsroom(news_site, "One")
    listed = write(
        tmp_path / "list.csv",
        "name,url,groups",
        f"One,{news_site.url()},a",
        f"One again,{news_site.url().rstrip('/')},b|c",
    )
    result = run("--config", config, "outlets", "import", listed)
    assert "line 3: the same outlet as line 2 (one), merged" in result.stdout
    assert outlets(config)["one"].groups == ("a", "b", "c")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id;name;url\none;Bir; {url}\n", "utf-8-sig"),
        ("id\tname\turl\none\tBir\t{url}\n", "utf-16"),
        ('ID,Name,URL,\r\none,"Bir",{url},\r\n,,,\r\n', "utf-8"),
    ],
    ids=["semicolons and a mark", "UTF-16 and tabs", "empty column and line, capitals"],
)
def test_what_spreadsheets_write_is_read(
    text: str, encoding: str, news_site: NewsSite, config: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "list.csv"
    listed.write_bytes(text.format(url=news_site.url()).encode(encoding))
    run("--config", config, "outlets", "import", listed)
    assert outlets(config)["one"].name == "Bir"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"name,homepge\nA,https://a.example/\n", "no column url"),
        (b"url\nhttps://\xe7\xff.example/\n", "is not UTF-8"),
        (b"<html><body>no list</body></html>", "no OPML"),
        (b"", "no column url"),
    ],
    ids=["no address", "encoding", "another XML", "empty"],
)
def test_what_is_no_list_is_said_and_nothing_is_touched(body: bytes, said: str, config: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_bytes(body)
    result = run("--config", config, "outlets", "import", listed)
    assert result.exit_code == 2
    assert said in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"config.toml", "list.csv"}


def test_the_sheet_says_what_is_in_the_way(config: Path, tmp_path: Path) -> None:
    with news_sites(5) as (blocked, scripts, consent, closed, reserved):
        blocked.add_page("/", CLOUDFLARE, status=403)
        scripts.add_page("/", SHELL)
        consent.redirect("/", "/consent?back=/")
        consent.add_page("/consent", CONSENT)
        newsroom(closed, "Closed")
        closed.add_page("/robots.txt", robots(disallow=["/news/"]), content_type="text/plain")
        newsroom(reserved, "Reserved")
        reserved.add_page("/", section([], head=feed_link("/feed")), headers={"tdm-reservation": "1"})
        names = ("blocked", "scripts", "consent", "closed", "reserved")
        sites = (blocked, scripts, consent, closed, reserved)
        lines = [f"{name},{name},{site.url()}" for name, site in zip(names, sites, strict=True)]
        listed = write(tmp_path / "list.csv", "id,name,url", *lines)
        assert run("--config", config, "outlets", "import", listed).exit_code == 0
    said = sheet(tmp_path)
    assert "Cloudflare" in said["blocked"]["blocked"]
    assert said["blocked"]["status"] == "403"
    assert "needs JavaScript" in said["scripts"]["needs_javascript"]
    assert "consent wall" in said["consent"]["consent_wall"]
    assert said["closed"]["robots"] == "closed"
    assert "3 of the 3 newest articles (User-agent: *, Disallow: /news/)" in said["closed"]["problem"]
    assert closed.hits("/news/1-a-letter-to-the-alliance") == 0
    assert said["reserved"]["reservation"] == "yes"
    assert all(line["suggestion"] for line in said.values())


def test_dead_feeds_are_named_and_not_written_down(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    newsroom(news_site, "One")
    news_site.add_page("/", section([], head=feed_link("/feed") + feed_link("/old")))
    news_site.add_page("/old", rss([Item(news_site.url("/old/1"), "Old", "2019-01-01T00:00:00+00:00")]))
    listed = write(tmp_path / "list.csv", "id,name,url", f"one,One,{news_site.url()}")
    run("--config", config, "outlets", "import", listed)
    assert outlets(config)["one"].feeds == (news_site.url("/feed"),)
    assert f"feed {news_site.url('/old')}: dead" in sheet(tmp_path)["one"]["problem"]


def test_a_feed_that_nobody_names_is_found_where_feeds_lie(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    newsroom(news_site, "One")
    news_site.add_page("/", section([]))
    feed = rss([Item(news_site.url("/news/1-a-letter-to-the-alliance"), "A letter", NOW)])
    news_site.add_page("/rss.xml", feed, content_type="application/rss+xml")
    news_site.add_page("/feed/", "<html><body>All our feeds</body></html>")
    listed = write(tmp_path / "list.csv", "id,name,url", f"one,One,{news_site.url()}")
    run("--config", config, "outlets", "import", listed)
    assert outlets(config)["one"].feeds == (news_site.url("/rss.xml"),)


def test_sitemaps_that_robots_names_are_found(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    newsroom(news_site, "One")
    news_site.add_page("/", section([]))
    items = [Item(news_site.url("/news/1-a-letter-to-the-alliance"), None, NOW)]
    news_site.add_page("/map.xml", sitemap(items), content_type="application/xml")
    news_site.add_page("/robots.txt", robots(sitemaps=[news_site.url("/map.xml")]), content_type="text/plain")
    listed = write(tmp_path / "list.csv", "id,name,url", f"one,One,{news_site.url()}")
    run("--config", config, "outlets", "import", listed)
    assert outlets(config)["one"].sitemaps == (news_site.url("/map.xml"),)
    assert sheet(tmp_path)["one"]["robots"] == "open"


def test_an_outlet_of_the_configuration_is_left_alone(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    block = f'[[outlets]]\nid = "mine"\nname = "Mine"\nurl = "{news_site.url()}"\n'
    config.write_text(config.read_text(encoding="utf-8") + block, encoding="utf-8")
    listed = write(tmp_path / "list.csv", "id,name,url", f"theirs,Theirs,{news_site.url()}")
    result = run("--config", config, "outlets", "import", listed)
    assert "is outlet mine of the configuration already" in result.stdout
    assert set(outlets(config)) == {"mine"}


def test_a_file_the_configuration_does_not_name_is_said(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    config.write_text(  # `cuttings init` writes such a remark
        config.read_text(encoding="utf-8").replace("outlets_file", "# outlets_file"), encoding="utf-8"
    )
    listed = write(tmp_path / "list.csv", "id,name,url", f"one,One,{news_site.url()}")
    result = run("--config", config, "outlets", "import", listed)
    assert f'next: write outlets_file = "outlets.csv" at the top of {config}' in result.stdout


def test_an_address_we_never_ask_is_an_outlet_that_does_not_answer(config: Path, tmp_path: Path) -> None:
    config.write_text(
        config.read_text(encoding="utf-8").replace("allow_private_addresses = true", ""), encoding="utf-8"
    )
    result = run("--config", config, "outlets", "import", write(tmp_path / "list.csv", "url", "http://127.0.0.1:9/"))
    assert result.exit_code == 1
    assert "private address" in next(iter(sheet(tmp_path).values()))["problem"]


ODD = Outlet(
    id="odd",
    name='A, "B"; C',
    url="https://odd.example/tr/",
    aliases=("A|B", "[c]"),
    groups=("g, h", "i"),
    drop=("//a | //b",),
    feeds=("https://odd.example/feed",),
    delay_s=1.5,
    max_links=3,
    active=False,
)


def test_an_export_reads_back_as_the_same_outlets(config: Path, tmp_path: Path) -> None:
    plain = Outlet(id="b", name="B", url="https://b.example/")
    (tmp_path / "outlets.csv").write_text(table_text(COLUMNS, [cells_of(ODD), cells_of(plain)]), encoding="utf-8")
    assert outlets(config) == {"odd": ODD, "b": plain}
    exported = run("--config", config, "outlets", "export")
    assert exported.stdout == (tmp_path / "outlets.csv").read_text(encoding="utf-8")
    assert run("--config", config, "outlets", "export", "-o", tmp_path / "out.csv").exit_code == 0
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == exported.stdout


def test_opml_out_and_in_again(config: Path, tmp_path: Path) -> None:
    write(
        tmp_path / "outlets.csv",
        "id,name,url,feeds,groups,language",
        "a,A & B,https://a.example/,https://a.example/1|https://a.example/2,x|y,tr",
        "b,B,https://b.example/,,,",
    )
    before = outlets(config)
    result = run("--config", config, "outlets", "export", "-o", tmp_path / "list.opml")
    assert "no feed is known of 1 outlet," in result.stderr
    entries = read_list(tmp_path / "list.opml").entries
    assert [entry.cells for entry in entries] == [
        {
            "name": "A & B",
            "url": before["a"].url,
            "language": "tr",
            "groups": "x|y",
            "feeds": "|".join(before["a"].feeds),
        },
        {"name": "B", "url": before["b"].url},
    ]


def test_an_outlets_file_of_a_thousand_lines_loads(config: Path, tmp_path: Path) -> None:
    lines: Sequence[str] = [f"o{n},Outlet {n},https://o{n}.example/,a|b" for n in range(1000)]
    write(tmp_path / "outlets.csv", "id,name,url,groups", *lines)
    assert len(load(config).outlets) == 1000
