"""How the C library deals out memory to threads."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8
"""The parameter's number in glibc's malloc.h; see mallopt(3)."""


def share_heaps() -> None:
    """Let all threads share two heaps, where the C library is glibc.

    Else each of many threads would get a heap of its own, as large as the largest page it ever read.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)
