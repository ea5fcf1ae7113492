"""The image's recipe, as far as it can be held without a builder: what it copies, sets and asks is there.

The image itself was built and run by hand; docs/deploy.md says how far.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cli.settings import TABLES, load_settings

ROOT = Path(__file__).parents[2]
RECIPE = re.sub(
    r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8"))
).splitlines()
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]


def steps(kind: str) -> list[str]:
    return [line.strip().removeprefix(kind).strip() for line in RECIPE if line.strip().startswith(f"{kind} ")]


def copied() -> list[str]:
    """What comes from the checkout."""
    return [name for step in steps("COPY") if "--from" not in step for name in step.split()[:-1]]


def environment() -> dict[str, str]:
    settings = (word.partition("=") for step in steps("ENV") for word in shlex.split(step))
    return {name: value for name, _, value in settings if name.startswith("HMICFRS_MONITOR_")}


def test_what_is_copied_is_there_and_let_through_and_holds_every_package() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    for name in copied():
        assert (ROOT / name).exists()
        assert f"!{name}" in ignored
    assert set(PACKAGES["targets"]["wheel"]["packages"]) <= set(copied())


def test_everything_is_installed_by_its_hash_or_is_the_program_itself() -> None:
    installs = [step for step in steps("RUN") if '"install"' in step or '"wheel"' in step]
    assert len(installs) == 4
    assert all("--require-hashes" in step or "--no-deps" in step for step in installs)


def test_the_variables_are_settings_and_the_state_is_on_the_volume(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.touch()
    assert environment().pop("HMICFRS_MONITOR_CONFIG") == "/etc/hmicfrs-monitor/config.toml"
    known = {name: value for name, value in environment().items() if name.split("__")[0][16:].lower() in TABLES}
    settings = load_settings(config, known)
    (volume,) = json.loads(steps("VOLUME")[0])
    assert settings.storage.url == f"sqlite:///{volume}/monitor.db"


def test_it_runs_as_nobody_special_and_without_a_shell() -> None:
    assert steps("USER") == ["10001:10001"]
    assert json.loads(steps("ENTRYPOINT")[0]) == ["/opt/hmicfrs-monitor/bin/hmicfrs-monitor"]
    assert json.loads(steps("CMD")[-1]) == ["run"]
    assert steps("STOPSIGNAL") == ["SIGTERM"]


@contextmanager
def answering(status: int) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(("status", "well"), [(200, True), (503, False)])
def test_its_health_is_what_the_service_answers(status: int, well: bool) -> None:
    (line,) = steps("HEALTHCHECK")
    command = json.loads(line[line.index("[") :])
    assert environment()["HMICFRS_MONITOR_MONITORING__LISTEN"] in command[-1]
    with answering(status) as port:
        asked = [sys.executable, *command[1:-1], command[-1].replace("9464", str(port))]
        proxied = {"http_proxy": "http://127.0.0.1:1"}  # which loopback needs none of
        told = subprocess.run(asked, env=proxied, capture_output=True, check=False)
    assert (told.returncode == 0) is well
