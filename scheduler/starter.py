"""`cuttings init`: a commented configuration to begin with."""

from importlib.resources import files
from pathlib import Path

from storage.errors import ConfigError


def write_starter(directory: Path) -> Path:
    """Write `config.toml` into a folder, made if needed, and return its path. Raises ConfigError where one is there."""
    path = directory / "config.toml"
    text = files("scheduler").joinpath("starter.toml").read_text(encoding="utf-8")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(str(path), "is there already and was left alone") from None
    except OSError as error:
        raise ConfigError(str(path), f"cannot be written: {error}") from error
    return path
