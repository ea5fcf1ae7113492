"""Two hundred checks killed at any moment: each revision that was served is in the history, and told once."""

from __future__ import annotations

import random

import pytest

from tests.kills.setting import Installation, all_is_well
from tests.kills.workers import Order, forging

pytestmark = pytest.mark.timeout(300)

ROUNDS = 25
WHOLE_EVERY = 3


@pytest.mark.parametrize("seed", range(8))
def test_checks_that_are_killed_at_any_moment_lose_nothing_and_tell_nothing_twice(
    installation: Installation, seed: int
) -> None:
    moments = random.Random(seed)  # noqa: S311 - the same in each run
    killed = 0
    with forging(installation.config, installation.now) as forge:
        installation.has_been_seen()
        installation.publish(1)
        longest = forge.check(Order(installation.wait())).seconds
        installation.has_been_seen()
        for number in range(2, ROUNDS + 2):
            installation.publish(number)
            killed += forge.check(Order(installation.wait(), after_seconds=moments.random() * longest)).killed
            if number % WHOLE_EVERY == 0 or number == ROUNDS + 1:
                assert forge.check(Order(installation.wait())).code == 0
                installation.has_been_seen()
    assert killed
    assert len(all_is_well(installation)) >= ROUNDS // WHOLE_EVERY
