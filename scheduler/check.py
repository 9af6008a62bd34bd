"""`cuttings check`: does the configuration mean what its writer thinks, and can its outlets be collected?"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field

from crawler.download import Clock
from crawler.topics import samples
from scheduler import outlets_cost
from scheduler.config import Config, duration
from scheduler.outlets_findings import notes, troubles
from scheduler.outlets_survey import Progress, survey
from scheduler.outlets_surveyed import Surveyed
from storage import archive, outlet_furniture
from storage.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report."""

    subject: str
    """`outlet ID` or `topic ID` or `configuration`."""
    text: str
    problem: bool = False
    about: str = ""
    """Of an outlet's problem the kind, such as `robots` or `consent`; `cost` of what collecting will take."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """Of `cost`: a day's articles, polls and bytes."""


def check_configuration(config: Config, *, topics: Sequence[str] = ()) -> list[Finding]:
    """Check the topics' sample sentences; that the rest is valid is `load`'s work. Raises ConfigError."""
    unknown = set(topics) - {topic.id for topic in config.topics}
    if unknown:
        raise ConfigError("--topic", f"no such topic: {', '.join(sorted(unknown))}")
    languages = sorted({outlet.language for outlet in config.outlets if outlet.language})
    text = f"outlets: {len(config.outlets)}, their languages: {len(languages)}, topics: {len(config.topics)}"
    findings = [Finding(subject="configuration", text=text)]
    for topic in config.topics:
        if topics and topic.id not in topics:
            continue
        problems = samples.check(topic)
        findings += [Finding(subject=f"topic {topic.id}", text=problem, problem=True) for problem in problems]
        count = len(topic.must_match) + len(topic.must_not_match)
        findings.append(Finding(subject=f"topic {topic.id}", text=f"{count - len(problems)} of {count} samples hold"))
        covered = set(topic.queries)
        missing = [language for language in languages if language not in covered and "any" not in covered]
        if missing:
            findings.append(
                Finding(subject=f"topic {topic.id}", text=f"no query for {', '.join(missing)}", problem=True)
            )
    return findings


def check_outlets(
    config: Config, *, only: Sequence[str] = (), clock: Clock, progress: Progress = lambda done, asked: None
) -> list[Finding]:
    """Ask each outlet for its places and newest articles; what is missing, what cannot be collected, and why."""
    outlets = [outlet for outlet in config.outlets if outlet.active and (not only or outlet.id in only)]
    found: dict[str, Surveyed] = {}

    def done(surveyed: Surveyed) -> None:
        found[surveyed.outlet.id] = surveyed
        progress(len(found), len(outlets))

    survey(config, outlets, done, clock=clock)
    surveys = [found[outlet.id] for outlet in outlets]
    known = _furniture(config)
    findings = [finding for surveyed in surveys for finding in _of_outlet(surveyed, config, known)]
    return [*findings, *([_cost(surveys, config)] if surveys else [])]


def _furniture(config: Config) -> dict[str, list[str]]:
    """Return what the archive, if there is one, has learned of the outlets' furniture, as printed."""
    if not config.archive.path.exists():
        return {}
    with closing(archive.open_reader(config.archive.path)) as db:
        return {outlet: outlet_furniture.shown(db, outlet) for outlet in outlet_furniture.outlets_with_some(db)}


def _of_outlet(found: Surveyed, config: Config, furniture: Mapping[str, Sequence[str]]) -> list[Finding]:
    subject = f"outlet {found.outlet.id}"
    learned = [
        f"left out of its texts, learned from its articles: “{words}”" for words in furniture.get(found.outlet.id, ())
    ]
    problems = [
        Finding(subject=subject, text=trouble.text, problem=True, about=trouble.about)
        for trouble in troubles(found, config.crawl)
    ]
    return [*(Finding(subject=subject, text=text) for text in [*notes(found), *learned]), *problems]


def _cost(surveys: Sequence[Surveyed], config: Config) -> Finding:
    every = [duration(found.outlet.every or config.schedule.every) for found in surveys]
    cost = outlets_cost.expected(surveys, crawl=config.crawl, archive=config.archive, every=every)
    text = outlets_cost.in_words(cost, config.archive)
    return Finding(subject="configuration", text=text, about="cost", figures=asdict(cost))
