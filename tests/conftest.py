"""How the tests run: the same examples each time, and none that is judged by a clock.

New examples are looked for on purpose: `pytest --hypothesis-profile explore`.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # on a busy machine
)
settings.register_profile("explore", deadline=None, max_examples=2000)
# a mutant that lives is run by all of its tests, and one that is killed needs no smallest example
settings.register_profile("mutants", derandomize=True, deadline=None, max_examples=30, phases=[Phase.generate])
settings.load_profile("repeatable")
