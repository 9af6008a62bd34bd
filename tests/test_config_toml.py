"""The configuration we ship: real outlets of every kind, topics whose samples hold, a starter file that is complete."""

import dataclasses
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from crawler.language import detect
from crawler.outlets import Directory
from crawler.topics import Matcher, compile_topics
from scheduler.config import Config, load
from scheduler.setting_checks import KINDS
from storage.records import Outlet, Topic
from storage.words import fold

ROOT = Path(__file__).resolve().parents[1]
STARTER = ROOT / "scheduler" / "starter.toml"
SECTIONS = ("archive", "crawl", "schedule", "notify", "site", "backup")


@pytest.fixture(scope="module")
def config() -> Config:
    return _shipped()


def test_outlets_of_every_kind_in_many_languages(config: Config) -> None:
    collected = [outlet for outlet in config.outlets if outlet.active]
    assert len(collected) >= 30
    assert {outlet.kind for outlet in collected} == set(KINDS)
    assert len({outlet.language for outlet in collected}) >= 8
    kinds = Counter(outlet.kind for outlet in collected)
    assert min(kinds[kind] for kind in ("agency", "newspaper", "broadcaster", "think-tank", "republisher")) >= 5


def test_every_outlet_says_whose_it_is(config: Config) -> None:
    unsaid = [
        outlet.id
        for outlet in config.outlets
        if outlet.ownership == "unknown" or not (outlet.language and outlet.country and outlet.kind)
    ]
    assert unsaid == []
    assert [outlet.id for outlet in config.outlets if not re.fullmatch("[A-Z]{2}", outlet.country or "")] == []


def test_feeds_stand_under_a_host_of_their_outlet(config: Config) -> None:
    directory = Directory(config.outlets)
    astray = [
        (outlet.id, url)
        for outlet in config.outlets
        for url in (*outlet.feeds, *outlet.sitemaps, *outlet.sections)
        if directory.of_url(url) != outlet.id
    ]
    assert astray == []


def test_no_two_outlets_claim_one_address(config: Config) -> None:
    directory = Directory(config.outlets)
    assert [outlet.id for outlet in config.outlets if directory.of_url(outlet.url) != outlet.id] == []
    hosts = [(outlet.id, host) for outlet in config.outlets for host in outlet.hosts]
    assert [(id_, host) for id_, host in hosts if directory.of_url(f"https://{host}/") != id_] == []
    assert [(id_, host) for id_, host in hosts if "//" in host or host != host.lower()] == []


def test_a_name_belongs_to_one_outlet(config: Config) -> None:
    owners: dict[str, set[str]] = {}
    for outlet in config.outlets:
        for name in (outlet.id, outlet.name, *outlet.aliases):
            owners.setdefault(" ".join(fold(name).split()), set()).add(outlet.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


@pytest.mark.parametrize(
    ("name", "outlet"),
    [
        ("CRG", "globalresearch"),
        ("Centre for Research on Globalization", "globalresearch"),
        ("Sputnik News", "sputnik"),
        ("РИА Новости", "ria"),
        ("RIA Novosti", "ria"),
        ("АНАДОЛУ", "anadolu"),
        ("AA", "anadolu"),
        ("الأناضول", "anadolu"),
        ("ΤΑΣΣ", "tass"),
        ("İHA", "iha"),
        ("dpa", "dpa"),
        ("رويترز", "reuters"),
        ("УНИАН", "unian"),
        ("Немецкая волна", "dw-ru"),
    ],
)
def test_outlets_are_known_by_the_names_that_credit_them(config: Config, name: str, outlet: str) -> None:
    assert Directory(config.outlets).named(name) == outlet


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.dw.com/tr/nato-zirvesi/a-1234567", "dw-tr"),
        ("https://www.dw.com/de/a-1234567", "dw"),
        ("https://sputniknews.com/20180303/turkey-nato-1062189.html", "sputnik"),
        ("https://tr.sputniknews.com/turkiye/20180303/", "sputnik-tr"),
        ("https://www.aa.com.tr/ar/news/1", "anadolu-ar"),
        ("https://www.aa.com.tr/tr/dunya/1", "anadolu"),
        ("https://global-research.ca/x/1", "globalresearch"),
        ("https://m.bbc.com/turkce/articles/abc", "bbc-tr"),
        ("https://www.bbc.com/sport/1", None),
    ],
)
def test_addresses_find_their_edition(config: Config, url: str, outlet: str | None) -> None:
    assert Directory(config.outlets).of_url(url) == outlet


def test_editions_of_a_house_share_their_owner(config: Config) -> None:
    owners: dict[str, set[str | None]] = {}
    for outlet in config.outlets:
        owners.setdefault(outlet.id.removesuffix(f"-{outlet.language}"), set()).add(outlet.owner)
    assert {house: names for house, names in owners.items() if len(names) > 1} == {}


def test_a_topic_carries_its_samples(topic: str, sample: str) -> None:
    assert topic in _topics_of(_matcher(), sample)


def test_a_topic_leaves_its_traps_alone(topic: str, trap: str) -> None:
    assert topic not in _topics_of(_matcher(), trap)


def test_topics_have_samples_in_each_language(config: Config) -> None:
    for topic in config.topics:
        languages = set(topic.queries) - {"any"}
        assert languages >= {"en", "tr", "ru", "uk", "de", "fr", "el", "ar"}
        assert "any" in topic.queries
        for samples in (topic.must_match, topic.must_not_match):
            seen = Counter(language.language for sample in samples for language in detect(sample))
            assert {language: seen[language] for language in languages if seen[language] < 3} == {}


def test_starter_loads_and_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    told = re.sub(r"^# (\w+ = )", r"\1", STARTER.read_text(encoding="utf-8"), flags=re.MULTILINE)
    written, defaults = tmp_path / "config.toml", tmp_path / "defaults.toml"
    written.write_text(told, encoding="utf-8")
    defaults.write_text("", encoding="utf-8")
    shown, unset = load(written), load(defaults)
    for name in SECTIONS:
        section = getattr(shown, name)
        assert section == getattr(unset, name)
        lines = told.partition(f"\n[{name}]")[2].partition("\n[")[0]
        assert [field.name for field in dataclasses.fields(section)] == re.findall(r"^(\w+) = ", lines, re.MULTILINE)


def test_starter_shows_every_setting_of_an_outlet_and_a_topic() -> None:
    text = STARTER.read_text(encoding="utf-8")
    for record, heading in ((Outlet, "[[outlets]]\n"), (Topic, "[[topics]]\n")):
        table = text.partition(heading)[2].partition("[[")[0]
        for field in dataclasses.fields(record):
            assert re.search(rf"^(# )?\[?(topics\.)?{field.name}\b", table, re.MULTILINE), field.name


def test_starter_is_right_as_it_is(tmp_path: Path) -> None:
    written = tmp_path / "config.toml"
    written.write_text(STARTER.read_text(encoding="utf-8"), encoding="utf-8")
    (topic,) = load(written).topics
    matcher = compile_topics([topic])
    assert all(topic.id in _topics_of(matcher, sample) for sample in topic.must_match)
    assert not any(topic.id in _topics_of(matcher, sample) for sample in topic.must_not_match)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one case of each sample sentence, so that a failure names the sentence."""
    for argument, field in (("sample", "must_match"), ("trap", "must_not_match")):
        if argument in metafunc.fixturenames:
            cases = [(topic.id, sentence) for topic in _shipped().topics for sentence in getattr(topic, field)]
            metafunc.parametrize(("topic", argument), cases, ids=[f"{id_}: {sentence}" for id_, sentence in cases])


@cache
def _shipped() -> Config:
    return load(ROOT / "config.toml")


@cache
def _matcher() -> Matcher:
    return compile_topics(_shipped().topics)


def _topics_of(matcher: Matcher, sentence: str) -> set[str]:
    """Return the topics a sentence gets as the text of an article would, its language unknown."""
    languages = [likely.language for likely in detect(sentence)]
    return {tag.topic for tag in matcher.tags(None, sentence, languages)}
