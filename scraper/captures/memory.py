"""What a WARC file has shown so far, for the records that say "the same again" instead of having a body."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from scraper.captures.messages import Headers
from scraper.captures.shelf import Place, Shelf

_MOST_NAMES = 400_000
"""Some 80 MB of memory; a file with more records than this allows has the oldest forgotten."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer that was met, its body decoded. `digests` are those that were stated, or else made, of what came."""

    status: int
    headers: Headers
    digests: tuple[str, ...]
    body: bytes


class Memory:
    """Answers by any of their names, kept on a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._places: OrderedDict[bytes, tuple[Place, Place]] = OrderedDict()

    def keep(self, names: Iterable[str], shown: Shown) -> None:
        """Keep an answer under several names, in place of what had one of them."""
        head = json.dumps([shown.status, shown.headers, shown.digests]).encode()
        self._name(names, (self._shelf.put(head), self._shelf.put(shown.body)))

    def recall(self, names: Iterable[str]) -> Shown | None:
        """The answer under the first of the names that has one."""
        for name in names:
            if places := self._places.get(_short(name)):
                status, headers, digests = json.loads(self._shelf.get(places[0]))
                pairs = tuple((key, value) for key, value in headers)
                return Shown(status, pairs, tuple(digests), self._shelf.get(places[1]))
        return None

    def _name(self, names: Iterable[str], places: tuple[Place, Place]) -> None:
        for name in names:
            self._places[_short(name)] = places
        while len(self._places) > _MOST_NAMES:
            self._places.popitem(last=False)


def _short(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
