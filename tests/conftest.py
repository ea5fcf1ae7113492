"""How the tests run: the same examples each time, and none that is judged by a clock.

New examples are looked for on purpose: `pytest --hypothesis-profile explore`.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("repeatable")
