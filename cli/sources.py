"""Where settings come from: the file that is used, and the environment's overrides. What they mean is `settings`'s."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.errors import CommandError

PREFIX = "HMICFRS_MONITOR_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
LOCAL_FILE = "hmicfrs-monitor.toml"


def settings_file(config: Path | None, environment: Mapping[str, str]) -> Path | None:
    """The settings file in use: the named one, `$HMICFRS_MONITOR_CONFIG`, the working folder's, the XDG folder's.

    None where there is none. A file that is named, and not there, raises CommandError.
    """
    named = config or (Path(environment[CONFIG_VARIABLE]) if environment.get(CONFIG_VARIABLE) else None)
    if named:
        if not named.is_file():
            raise CommandError(f"{named}: no such settings file; `hmicfrs-monitor init` writes one")
        return named
    candidates = (Path(LOCAL_FILE), xdg_folder(environment, "XDG_CONFIG_HOME", ".config") / "config.toml")
    return next((path for path in candidates if path.is_file()), None)


def xdg_folder(environment: Mapping[str, str], variable: str, default: str) -> Path:
    """The program's own folder below an XDG base folder, which counts only where absolute, as the XDG rules say."""
    base = Path(environment.get(variable, ""))
    if not base.is_absolute():
        home = environment.get("HOME")
        base = (Path(home) if home else Path.home()) / default
    return base / "hmicfrs-monitor"


def read_document(path: Path | None) -> dict[str, Any]:
    """The file's tables, {} where there is no file. Raises CommandError naming the file and the line."""
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: is not TOML: {error}") from error


def variable(table: str, key: str) -> str:
    """The environment variable that overrides a setting: `mail.host` is `HMICFRS_MONITOR_MAIL__HOST`."""
    return f"{PREFIX}{table}__{key}".upper()
