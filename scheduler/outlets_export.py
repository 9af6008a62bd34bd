"""`cuttings outlets export`: the outlets of the configuration as CSV, which reads back, or as OPML, for feed readers."""

from collections.abc import Mapping, Sequence
from contextlib import closing

from scheduler import outlets_opml
from scheduler.config import Config
from scheduler.outlets_file import COLUMNS, cells_of, table_text
from storage import archive
from storage.feeds import feeds_of


def as_csv(config: Config) -> str:
    """Return the outlets as an outlets file."""
    return table_text(COLUMNS, map(cells_of, config.outlets))


def as_opml(config: Config) -> tuple[str, list[str]]:
    """Return the active outlets with their feeds as OPML, and the ids of those without a feed known."""
    found = _found_feeds(config)
    outlets = [outlet for outlet in config.outlets if outlet.active]
    listed = [(outlet, outlet.feeds or found.get(outlet.id, ())) for outlet in outlets]
    text = outlets_opml.write(listed, title=config.site.title)
    return text, [outlet.id for outlet, feeds in listed if not feeds]


def _found_feeds(config: Config) -> Mapping[str, Sequence[str]]:
    """Return the feeds that collecting has found, where there is an archive."""
    if not config.archive.path.exists():
        return {}
    with closing(archive.open_reader(config.archive.path)) as db:
        return {
            outlet.id: [feed.url for feed in feeds_of(db, outlet.id) if feed.kind == "feed" and feed.alive]
            for outlet in config.outlets
            if not outlet.feeds
        }
