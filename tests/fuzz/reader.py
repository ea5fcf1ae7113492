"""Feed the reader and the judge broken pages for some minutes: `make fuzz`, `python -m tests.fuzz.reader --minutes 5`.

It exits 1 at the first claim that does not hold, and keeps the smallest body for which it does not.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning

from tests.fuzz.bodies import CONTENT_TYPES, bodies
from tests.fuzz.claims import hold

BATCH = 200
ROUND = settings(
    max_examples=BATCH,
    deadline=None,
    database=None,
    derandomize=False,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


@dataclass(slots=True)
class Run:
    """What was tried so far; `last` is the last case, after a failure the smallest that fails."""

    cases: int = 0
    octets: int = 0
    last: tuple[bytes, str | None] = field(default=(b"", None))

    def attempt(self, number: int) -> None:
        """Try one batch of cases, the same for the same number."""

        @seed(number)
        @ROUND
        @given(bodies(), CONTENT_TYPES)
        def batch(body: bytes, content_type: str | None) -> None:
            self.cases, self.octets, self.last = self.cases + 1, self.octets + len(body), (body, content_type)
            hold(body, content_type)

        batch()


def main() -> int:
    """Run until the time is up or a claim fails; say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=int(time.monotonic_ns() % 1_000_000), help="of the first batch")
    parser.add_argument("--body", type=Path, help="try this one body again instead")
    asked = parser.parse_args()
    if asked.body:
        hold(asked.body.read_bytes(), None)
        return 0
    warnings.simplefilter("ignore", HypothesisWarning)  # whole pages are long to show
    run, number, began = Run(), asked.seed, time.monotonic()
    while time.monotonic() - began < asked.minutes * 60:
        try:
            run.attempt(number)
        except Exception:  # noqa: BLE001 - whatever the reader raises is the finding
            _tell(f"seed {number}, after {run.cases:,} cases: {_kept(run.last, traceback.format_exc())}")
            return 1
        number += 1
    _tell(f"{run.cases:,} cases, {run.octets / 1e6:,.0f} MB, seeds {asked.seed} to {number - 1}: nothing found")
    return 0


def _kept(case: tuple[bytes, str | None], told: str) -> Path:
    folder = Path(mkdtemp(prefix="fuzz-reader-"))
    (folder / "body.html").write_bytes(case[0])
    (folder / "finding.txt").write_text(f"content type: {case[1]!r}\n\n{told}", encoding="utf-8", errors="replace")
    return folder


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
