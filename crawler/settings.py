"""Section [crawl] of config.toml."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """[crawl]: how we ask servers."""

    user_agent: str = "cuttings/0.1 (+https://example.org/contact)"
    vantage: str = ""
    """Where we stand, in words; recorded with every run."""
    obey_robots: bool = True
    tdm_reserved: Literal["keep", "metadata", "skip"] = "metadata"
    """What to do with outlets that reserve text-and-data mining."""
    delay_s: float = 2.0
    """Between two requests to one host; a longer Crawl-delay or Retry-After wins."""
    concurrency: int = 32
    """Requests in flight over all hosts; one at a time per host."""
    timeout_s: float = 30.0
    max_body_bytes: int = 10_000_000
    max_links: int = 500
    """New articles per outlet and pass."""
    lookback: str = "30d"
    """Sitemap entries older than this are backfill's."""
    pass_limit: str = "50m"  # noqa: S105  a time
    allow_private_addresses: bool = False
    recheck_hours: tuple[int, ...] = (24, 168, 720, 4320)
    """Ages at which articles on a topic are fetched again."""
