"""How memory is dealt out, and how often it is looked through, where many pages are read."""

from __future__ import annotations

import ctypes
import gc

_M_ARENA_MAX = -8
"""The parameter's number in glibc's malloc.h; see mallopt(3)."""


def share_heaps() -> None:
    """Let all threads share two heaps, where the C library is glibc.

    Else each of many threads would get a heap of its own, as large as the largest page it ever read.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


def collect_seldom() -> None:
    """Let Python look for garbage in cycles less often, and never in what the program itself is made of.

    A page that is read makes many objects and hardly a cycle; looking for them took a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
