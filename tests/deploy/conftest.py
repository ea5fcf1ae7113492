"""A page on loopback, and an installation that watches it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from cli.demo_site import Site, serving
from tests.deploy.services import House


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        served.body = files("cli").joinpath("demo_pages", "2024-02-child-protection.html").read_bytes()
        yield served


@pytest.fixture
def house(tmp_path: Path, site: Site) -> House:
    found = House(tmp_path)
    found.configure(site.url)
    return found
