"""The demonstration's config.toml."""

import re
from collections.abc import Mapping
from pathlib import Path

TEMPLATE = Path(__file__).parent / "config.template.toml"


def write_config(directory: Path, addresses: Mapping[str, str]) -> Path:
    """Write the demonstration's config.toml into `directory`, with the outlets' addresses of this run; returns it."""
    text = re.sub(r"\{\{(\w+)\}\}", lambda match: addresses[match[1]], TEMPLATE.read_text(encoding="utf-8"))
    path = directory / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path
