"""Mutate the files that decide what readers are told, and see that the tests notice: `make mutants`.

mutmut does the work, as `[tool.mutmut]` in pyproject.toml has it, in a folder `mutants`; this prints what share of the
mutants each file's tests kill, and exits 1 where it is too small.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

LEAST_KILLED = 0.85
_ROOT = Path(__file__).parent.parent
_MUTANTS = _ROOT / "mutants"
_SURVIVED = 0
_NOT_TESTED = 33


def main() -> int:
    """Run mutmut and print a line for each file."""
    shutil.rmtree(_MUTANTS, ignore_errors=True)  # it would believe results of tests that have changed since
    mutmut = Path(sys.executable).with_name("mutmut")
    ran = subprocess.run([mutmut, "run"], cwd=_ROOT, check=False)
    if ran.returncode:
        return ran.returncode
    files = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]["only_mutate"]
    enough = True
    for name in files:
        exits = json.loads((_MUTANTS / f"{name}.meta").read_text(encoding="utf-8"))["exit_code_by_key"]
        lived = [key for key, code in exits.items() if code in {_SURVIVED, _NOT_TESTED, None}]
        share = 1 - len(lived) / len(exits)
        enough = enough and share >= LEAST_KILLED
        sys.stdout.write(f"{name:<24}{len(exits) - len(lived):>5} of {len(exits):>4} killed {share:>7.1%}\n")
        sys.stdout.writelines(f"    {key}\n" for key in lived)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
