"""config.toml: what is allowed comes out as records, what is not names its place."""

from datetime import timedelta
from pathlib import Path

import pytest

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
        ('[[topics]]\nid = "t"\nname = "T"\nquery = "NATO AND ("\n', "topics[0].queries.any"),
        ('[archive]\nkeep = "some"\n', "archive.keep: 'some' is not one of all, matching"),
        ("[crawl]\nconcurrency = 0\n", "crawl.concurrency: must be at least 1"),
        ("[crawl]\nlookback = 30\n", "crawl.lookback: expected text in quotes"),
        ("outlets = 3\n", "outlets: expected [[outlets]] tables"),
        ("[crawl\n", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(config(tmp_path, text))
    assert said in str(caught.value)


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
