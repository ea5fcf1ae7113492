"""The house keeps its shape: packages, layers and promises that no single module can hold."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def sources() -> list[Path]:
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return [path for package in packages for path in (ROOT / package).rglob("*.py")]


def test_the_packages_are_the_same_in_the_tree_the_contract_and_the_wheel() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders == set(PROJECT["tool"]["importlinter"]["root_packages"])
    assert folders == set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_only_the_command_line_and_the_schedules_read_a_clock() -> None:
    readers = {
        path.relative_to(ROOT).parts[0]
        for path in sources()
        if re.search(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time)\(", path.read_text(encoding="utf-8"))
    }
    assert readers <= {"cli", "schedules"}


def test_every_module_says_what_lives_there() -> None:
    silent = [path for path in sources() if not path.read_text(encoding="utf-8").startswith(('"""', 'r"""'))]
    assert silent == []


def test_the_locks_hold_hashes_and_no_address() -> None:
    for kind in ("", "-dev", "-build", "-screenshots"):
        text = (ROOT / f"requirements{kind}.lock").read_text(encoding="utf-8")
        assert text.count("--hash=sha256:") >= text.count("==")
        assert "://" not in text
        assert "index" not in text
