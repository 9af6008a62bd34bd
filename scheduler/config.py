"""config.toml → one frozen `Config`; an unknown key or a wrong value is an error that names its place."""

import dataclasses
import hashlib
import os
import re
import tomllib
import typing
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import NoneType, UnionType
from typing import Literal, TypeVar

from crawler.settings import Crawl
from crawler.topics import compile_topics
from scheduler import outlets_file, setting_checks
from scheduler.settings import Notify as Notify  # noqa: PLC0414  the sections of the file, in one place
from scheduler.settings import Schedule as Schedule  # noqa: PLC0414
from scheduler.timing import cron_trigger
from storage.errors import ConfigError, QueryError
from storage.records import Outlet, Topic
from storage.settings import Archive, Backup, Site

LONGEST = timedelta(days=3650)
_DURATION = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_BITS = 64  # of a whole number in TOML
_SHOWN = 40  # characters of a wrong value in a message
_SECTIONS = ("archive", "crawl", "schedule", "notify", "site", "backup")

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything config.toml says, checked, with paths made absolute."""

    path: Path
    toml: str
    archive: Archive = dataclasses.field(default_factory=Archive)
    crawl: Crawl = dataclasses.field(default_factory=Crawl)
    schedule: Schedule = dataclasses.field(default_factory=Schedule)
    notify: Notify = dataclasses.field(default_factory=Notify)
    site: Site = dataclasses.field(default_factory=Site)
    backup: Backup = dataclasses.field(default_factory=Backup)
    outlets: tuple[Outlet, ...] = ()
    topics: tuple[Topic, ...] = ()

    def require_outlets(self, ids: Iterable[str], *, option: str = "--outlet") -> None:
        """Raise ConfigError where an id given with an option is no outlet's."""
        if unknown := set(ids) - {outlet.id for outlet in self.outlets}:
            raise ConfigError(option, f"no such outlet: {', '.join(sorted(unknown))}")

    @property
    def digest(self) -> str:
        """SHA-256 of the file's text."""
        return hashlib.sha256(self.toml.encode()).hexdigest()


def where(stated: Path | None) -> Path:
    """Return the configuration's path: as stated, else CUTTINGS_CONFIG, else config.toml here."""
    return stated or Path(os.environ.get("CUTTINGS_CONFIG", "config.toml"))


def load(path: Path) -> Config:
    """Read and check a configuration. Raises ConfigError; touches nothing."""
    try:
        toml = path.read_text(encoding="utf-8")
        data = tomllib.loads(toml)
    except FileNotFoundError:
        raise ConfigError(str(path), "no such file; `cuttings init` writes one") from None
    except (OSError, ValueError, RecursionError) as error:  # not UTF-8, not TOML, nested without end
        raise ConfigError(str(path), f"cannot be read: {error}") from error
    _known(data, "", (*_SECTIONS, "outlets", "topics", "outlets_file"))

    def section(kind: type[T]) -> T:
        name = kind.__name__.lower()
        return _record(kind, data.get(name, {}), name)

    home = path.resolve().parent
    archive = section(Archive)
    config = Config(
        path=path,
        toml=toml,
        archive=dataclasses.replace(archive, path=home / archive.path, captures=home / archive.captures),
        crawl=section(Crawl),
        schedule=section(Schedule),
        notify=section(Notify),
        site=section(Site),
        backup=section(Backup),
        outlets=_outlets(data, home),
        topics=_topics(_tables(data, "topics")),
    )
    _check_values(config)
    return config


def duration(text: str, place: str = "") -> timedelta:
    """Read a duration such as `90s`, `50m`, `1h`, `30d`, up to LONGEST. Raises ConfigError."""
    match = _DURATION.fullmatch(text)
    if not match:
        raise ConfigError(place, f"{_short(text)} is no duration; a whole number and s, m, h or d, such as '50m'")
    try:
        length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    except (OverflowError, ValueError):  # more days, or more digits, than Python counts
        length = timedelta.max
    if not timedelta() < length <= LONGEST:
        raise ConfigError(place, f"{_short(text)} is not between 1s and {LONGEST.days}d")
    return length


def _outlets(data: Mapping[str, object], home: Path) -> tuple[Outlet, ...]:
    tables: list[tuple[str, object]] = [(f"outlets[{i}]", table) for i, table in enumerate(_tables(data, "outlets"))]
    name = data.get("outlets_file")
    if name is not None:
        if not isinstance(name, str):
            raise ConfigError("outlets_file", "expected a file name")
        tables += outlets_file.rows(home / name)
    outlets = tuple(outlet_of(table, place) for place, table in tables)
    places = [place for place, _ in tables]
    setting_checks.distinct([outlet.id for outlet in outlets], "outlets", places)
    setting_checks.check_distinct_places(outlets, places)
    return outlets


def outlet_of(table: object, place: str) -> Outlet:
    """Return the outlet a table describes, checked. Raises ConfigError."""
    outlet = setting_checks.with_addresses(_record(Outlet, table, place), place)
    setting_checks.check_words(outlet, place)
    setting_checks.check_numbers(outlet, place)
    if outlet.every is not None:
        duration(outlet.every, f"{place}.every")
    return outlet


def _topics(tables: Sequence[object]) -> tuple[Topic, ...]:
    topics = []
    for i, table in enumerate(tables):
        place = f"topics[{i}]"
        fields = dict(_mapping(table, place))
        if "query" in fields and "queries" in fields:
            raise ConfigError(place, "either query or queries, not both")
        single = "query" in fields
        if single:
            fields["queries"] = {"any": fields.pop("query")}
        if not fields.get("queries"):
            raise ConfigError(place, "a topic needs query or queries")
        topic = _record(Topic, fields, place)
        setting_checks.identifier(topic.id, f"{place}.id")
        setting_checks.check_numbers(topic, place)
        for language, query in topic.queries.items():
            try:
                compile_topics([dataclasses.replace(topic, queries={language: query})])
            except QueryError as error:
                written = "query" if single else f"queries.{language}"
                after = query[: error.position][-_SHOWN:]
                problem = f"{error.expected} (character {error.position + 1}, after {after!r})"
                raise ConfigError(f"{place}.{written}", problem) from error
        topics.append(topic)
    setting_checks.distinct([topic.id for topic in topics], "topics", [f"topics[{i}]" for i in range(len(topics))])
    return tuple(topics)


def _check_values(config: Config) -> None:
    duration(config.crawl.lookback, "crawl.lookback")
    duration(config.crawl.pass_limit, "crawl.pass_limit")
    duration(config.schedule.every, "schedule.every")
    setting_checks.zone(config.schedule.timezone, "schedule.timezone")
    if config.schedule.cron:
        cron_trigger(config.schedule.cron)
    setting_checks.check_webhook(config.notify.webhook, "notify.webhook")
    setting_checks.check_agent(config.crawl.user_agent, "crawl.user_agent")
    setting_checks.check_numbers(config.crawl, "crawl")


def _record(kind: type[T], table: object, place: str) -> T:
    """Build a dataclass from a table, each value checked against its annotation."""
    values = _mapping(table, place)
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(typing.cast("typing.Any", kind))}
    _known(values, place, fields)
    left_open = {name for name, value in values.items() if value == "" and fields[name].default is None}
    missing = [
        name
        for name, field in fields.items()
        if field.default is field.default_factory is dataclasses.MISSING and name not in values
    ]
    if missing:
        raise ConfigError(place, f"{missing[0]} is missing")
    stated = {name: value for name, value in values.items() if name not in left_open}
    return kind(**{name: _value(value, hints[name], f"{place}.{name}") for name, value in stated.items()})


def _value(value: object, hint: object, place: str) -> object:
    """Return `value` as `hint` wants it, or say what was expected."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is UnionType or origin is typing.Union:
        return _value(value, next(a for a in arguments if a is not NoneType), place)
    if origin is Literal:
        setting_checks.one_of(value, arguments, place)
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise ConfigError(place, "expected a list")
        return tuple(_value(item, arguments[0], f"{place}[{i}]") for i, item in enumerate(value))
    if origin is Mapping:
        return {key: _value(item, arguments[1], f"{place}.{key}") for key, item in _mapping(value, place).items()}
    if hint is Path and isinstance(value, str) and value and "\0" not in value:
        return Path(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < _BITS:
        return float(value)
    if not isinstance(value, typing.cast("type", hint)) or (isinstance(value, bool) and hint is not bool):
        names = {
            str: "text in quotes",
            int: "a whole number",
            float: "a number",
            bool: "true or false",
            Path: "a file name",
        }
        raise ConfigError(place, f"expected {names.get(typing.cast('type', hint), 'another type')}, got {value!r}")
    return value


def _mapping(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ConfigError(place, "expected a table")
    return value


def _tables(data: Mapping[str, object], name: str) -> Sequence[object]:
    tables = data.get(name, [])
    if not isinstance(tables, list):
        raise ConfigError(name, f"expected [[{name}]] tables")
    return tables


def _known(values: Mapping[str, object], place: str, known: typing.Iterable[str]) -> None:
    names = list(known)
    for key in values:
        if key not in names:
            raise ConfigError(f"{place}.{key}" if place else key, f"no such setting; known: {', '.join(names)}")


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
