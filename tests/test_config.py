"""config.toml: what is allowed comes out as records, what is not names its place."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from scheduler.cli import cli
from scheduler.config import duration, load
from storage.errors import ConfigError

OUTLET = '[[outlets]]\nid = "a"\nname = "A"\nurl = "https://a.example/"\n'
TOPIC = '[[topics]]\nid = "t"\nname = "T"\nquery = "NATO"\n'


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_means_every_default(tmp_path: Path) -> None:
    loaded = load(config(tmp_path, ""))
    assert loaded.crawl.delay_s == 2.0
    assert loaded.crawl.recheck_hours == (24, 168, 720, 4320)
    assert loaded.archive.keep == "all"
    assert loaded.outlets == loaded.topics == ()


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    loaded = load(config(tmp_path, '[archive]\npath = "x/y.db"\n'))
    assert loaded.archive.path == tmp_path.resolve() / "x/y.db"


def test_outlets_and_topics_come_out_as_records(tmp_path: Path) -> None:
    loaded = load(config(tmp_path, OUTLET + 'aliases = ["AA", "Anadolu"]\ndelay_s = 1\n' + TOPIC))
    assert loaded.outlets[0].aliases == ("AA", "Anadolu")
    assert loaded.outlets[0].delay_s == 1.0
    assert dict(loaded.topics[0].queries) == {"any": "NATO"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[crawl]\ndelay = 3\n", "crawl.delay: no such setting; known: user_agent"),
        ("[crawll]\n", "crawll: no such setting; known: archive"),
        (OUTLET + 'urll = "x"\n', "outlets[0].urll: no such setting"),
        (OUTLET + "max_links = true\n", "outlets[0].max_links: expected a whole number"),
        (OUTLET + 'aliases = "AA"\n', "outlets[0].aliases: expected a list"),
        (OUTLET + 'aliases = ["AA", 3]\n', "outlets[0].aliases[1]: expected text in quotes"),
        (OUTLET + 'feeds = ["/feed"]\n', "outlets[0].feeds: '/feed' is not an absolute"),
        (OUTLET + 'kind = "paper"\n', "outlets[0].kind: 'paper' is not one of agency"),
        (OUTLET + 'ownership = "mine"\n', "outlets[0].ownership"),
        (OUTLET + 'timezone = "Istanbul"\n', "outlets[0].timezone: 'Istanbul' is no time zone"),
        (OUTLET + 'every = "often"\n', "outlets[0].every: 'often' is no duration"),
        (OUTLET + OUTLET, "outlets[1].id: 'a' is the id of outlets[0] already"),
        ('[[outlets]]\nid = "a"\nname = "A"\n', "outlets[0]: url is missing"),
        ('[[outlets]]\nid = "A b"\nname = "A"\nurl = "https://a.example"\n', "outlets[0].id"),
        (TOPIC + 'queries = { en = "NATO" }\n', "topics[0]: either query or queries"),
        ('[[topics]]\nid = "t"\nname = "T"\n', "topics[0]: a topic needs query or queries"),
        ('[[topics]]\nid = "t"\nname = "T"\nquery = "NATO AND ("\n', "topics[0].query: "),
        ('[archive]\nkeep = "some"\n', "archive.keep: 'some' is not one of all, matching"),
        ("[crawl]\nconcurrency = 0\n", "crawl.concurrency: must be at least 1"),
        ("[crawl]\nlookback = 30\n", "crawl.lookback: expected text in quotes"),
        ("outlets = 3\n", "outlets: expected [[outlets]] tables"),
        ("[crawl\n", "cannot be read"),
        ("x = " + "[" * 5000, "cannot be read"),
        (f"[crawl]\nmax_links = {'9' * 5000}\n", "cannot be read"),
        (
            '[[outlets]]\nid = "a"\nname = "A"\nurl = "http://[bad/"\n',
            "outlets[0].url: 'http://[bad/' is not an absolute",
        ),
        ('[[outlets]]\nid = "a"\nname = "A"\nurl = "http://[::::]/"\n', "outlets[0].url"),
        ('[[outlets]]\nid = "a"\nname = "A"\nurl = "ftp://a.example/"\n', "outlets[0].url"),
        (OUTLET + 'feeds = ["http://[::1]:99999/"]\n', "outlets[0].feeds: 'http://[::1]:99999/' is not"),
        (OUTLET + 'sections = ["http://exa mple/"]\n', "outlets[0].sections"),
        (OUTLET + 'hosts = ["b.example", "http://["]\n', "outlets[0].hosts[1]: 'http://[' is no host"),
        (OUTLET + 'hosts = [""]\n', "outlets[0].hosts[0]"),
        (OUTLET + 'body = "//article["\n', "outlets[0].body: '//article[' is no XPath"),
        (OUTLET + 'body = "no-such-function()"\n', "outlets[0].body"),
        (OUTLET + 'body = "count(//p)"\n', "outlets[0].body: 'count(//p)' is an XPath of float"),
        (OUTLET + 'drop = ["//p", "((("]\n', "outlets[0].drop[1]: '(((' is no XPath"),
        (OUTLET + "delay_s = -5\n", "outlets[0].delay_s: must be at least 0"),
        (OUTLET + "delay_s = nan\n", "outlets[0].delay_s: must be a number from 0"),
        (OUTLET + "max_links = 0\n", "outlets[0].max_links: must be at least 1"),
        (OUTLET + "max_links = -3\n", "outlets[0].max_links: must be at least 1"),
        (OUTLET + 'every = "0s"\n', "outlets[0].every: '0s' is not between"),
        (OUTLET + 'timezone = "Europe"\n', "outlets[0].timezone: 'Europe' is no time zone"),
        (
            OUTLET + OUTLET.replace('"a"', '"b"').replace("//a.", "//www.a."),
            "outlets[1]: a.example/ is an address of outlet 'a'",
        ),
        (
            OUTLET + OUTLET.replace('"a"', '"b"').replace("//a.", "//b.") + 'hosts = ["a.example"]\n',
            "of outlet 'a' already",
        ),
        (TOPIC + "min_score = 1.5\n", "topics[0].min_score: must be a number from 0 to 1"),
        ("[crawl]\ndelay_s = nan\n", "crawl.delay_s: must be a number from 0"),
        ("[crawl]\ntimeout_s = inf\n", "crawl.timeout_s: must be a number from 1"),
        (f"[crawl]\ndelay_s = {'9' * 400}\n", "crawl.delay_s: expected a number"),
        ("[crawl]\nrecheck_hours = [24, -1]\n", "crawl.recheck_hours: must be at least 0"),
        ('[crawl]\nuser_agent = ""\n', "crawl.user_agent: '' does not begin with a name"),
        ('[crawl]\nuser_agent = "/x"\n', "crawl.user_agent: '/x' does not begin with a name"),
        ('[crawl]\nuser_agent = "x\\ny"\n', "crawl.user_agent"),
        ('[crawl]\npass_limit = "99999999999d"\n', "crawl.pass_limit: '99999999999d' is not between 1s and 3650d"),
        (f'[crawl]\npass_limit = "{"9" * 5000}d"\n', "crawl.pass_limit: '999"),
        ('[crawl]\nlookback = "99999999d"\n', "crawl.lookback: '99999999d' is not between"),
        ('[schedule]\nevery = "0s"\n', "schedule.every: '0s' is not between"),
        ('[archive]\npath = ""\n', "archive.path: expected a file name"),
        ('[archive]\ncaptures = "a\\u0000b"\n', "archive.captures: expected a file name"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(config(tmp_path, text))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ('feeds = ["http://me:geheim@a.example/feed"]', "outlets[0].feeds"),
        ('sitemaps = ["https://me:geheim@a.example/map.xml"]', "outlets[0].sitemaps"),
        ('sections = ["https://geheim@a.example/news"]', "outlets[0].sections"),
        ('hosts = ["https://me:geheim@b.example"]', "outlets[0].hosts[0]"),
        ('feeds = ["ftp://me:geheim@a.example/feed"]', "outlets[0].feeds"),
    ],
)
def test_credentials_in_an_address_are_an_error_that_does_not_repeat_them(
    setting: str, place: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(config(tmp_path, f"{OUTLET}{setting}\n"))
    assert place in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_an_at_sign_in_a_path_is_no_credential(tmp_path: Path) -> None:
    feed = "https://medium.example/@me/feed?to=a@b"
    assert load(config(tmp_path, f'{OUTLET}feeds = ["{feed}"]\n')).outlets[0].feeds == (feed,)


def test_an_empty_text_is_a_setting_left_open(tmp_path: Path) -> None:
    loaded = load(config(tmp_path, OUTLET + 'timezone = ""\nlanguage = ""\n'))
    assert (loaded.outlets[0].timezone, loaded.outlets[0].language) == (None, None)


def test_a_missing_file_is_an_error_that_helps(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cuttings init"):
        load(tmp_path / "none.toml")


def test_outlets_file_has_the_same_column_names(tmp_path: Path) -> None:
    (tmp_path / "outlets.csv").write_text(
        "id,name,url,language,aliases,delay_s,active\nb,B,https://b.example/,tr,BB|B Ajansı,0.5,false\n",
        encoding="utf-8",
    )
    loaded = load(config(tmp_path, 'outlets_file = "outlets.csv"\n' + OUTLET))
    outlet = loaded.outlets[1]
    assert (outlet.id, outlet.aliases, outlet.delay_s, outlet.active) == ("b", ("BB", "B Ajansı"), 0.5, False)


def test_a_wrong_line_of_outlets_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "outlets.csv").write_text("id,name,url,max_links\nb,B,https://b.example/,many\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"outlets\.csv line 2"):
        load(config(tmp_path, 'outlets_file = "outlets.csv"\n'))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "id,name,url\na,A,https://a.example/,more,cells\n",
            "outlets.csv line 2: more cells than the first line has names",
        ),
        (
            "id,name,url,active\na,A,https://a.example/,ja\n",
            "outlets.csv line 2.active: expected true or false, got 'ja'",
        ),
        ('id,name,url\na,"A\nB",https://a.example/\nb,B\n', "outlets.csv line 4: url is missing"),
        ("id,name,url,feeds\na,A,https://a.example/," + "[" * 5000, "outlets.csv line 2.feeds: expected a list"),
        ("id,name,url,delay_s\na,A,https://a.example/,nan\n", "outlets.csv line 2.delay_s: must be a number"),
    ],
    ids=["too many cells", "neither yes nor no", "too few cells", "nested too deeply", "nan"],
)
def test_what_is_wrong_in_outlets_file_is_named(lines: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "outlets.csv").write_text(lines, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(config(tmp_path, 'outlets_file = "outlets.csv"\n'))
    assert said in str(caught.value)


def test_outlets_file_lies_where_the_archive_does_also_behind_a_link(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (home / "outlets.csv").write_text("id,name,url\nb,B,https://b.example/\n", encoding="utf-8")
    link = elsewhere / "config.toml"
    link.symlink_to(config(home, 'outlets_file = "outlets.csv"\n'))
    loaded = load(link)
    assert loaded.archive.path.parent.parent == home.resolve()
    assert [outlet.id for outlet in loaded.outlets] == ["b"]


def test_two_editions_on_one_host_are_two_outlets(tmp_path: Path) -> None:
    editions = OUTLET + OUTLET.replace('"a"', '"b"').replace("example/", "example/tr/")
    assert len(load(config(tmp_path, editions)).outlets) == 2


def test_addresses_come_out_as_they_will_be_asked(tmp_path: Path) -> None:
    outlet = load(config(tmp_path, OUTLET + 'feeds = [" https://A.example:443/a/../feed "]\n')).outlets[0]
    assert outlet.feeds == ("https://a.example/feed",)


def test_a_default_written_out_is_no_reason_to_warn(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    load(config(tmp_path, '[crawl]\ntdm_reserved = "metadata"\n[schedule]\nadaptive = true\n[notify]\nwebhook = ""\n'))
    assert caplog.records == []


@pytest.mark.parametrize("options", [["--outlet", "nonsense"], ["--outlet", "nonsense", "--online"]])
def test_check_knows_the_outlets_it_is_asked_for(options: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["check", "--config", str(config(tmp_path, OUTLET)), *options])
    assert result.exit_code == 2
    assert "Error: --outlet: no such outlet: nonsense" in result.stderr


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("50m", timedelta(minutes=50)),
        ("1h", timedelta(hours=1)),
        ("30d", timedelta(days=30)),
    ],
)
def test_durations(text: str, length: timedelta) -> None:
    assert duration(text) == length
