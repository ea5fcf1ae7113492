"""`evidence`: a file that speaks for itself, is whole or not there, and is checked with `sha256sum` alone."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from domain.document import change as change_document
from storage.database import Database
from storage.history import History
from tests.cli.conftest import Installation, revision


@pytest.fixture
def unpacked(changed: Installation, tmp_path: Path) -> Path:
    """The evidence of the first change, in a folder of its own."""
    made = changed("evidence", "1", "-o", str(tmp_path / "evidence.zip"))
    assert (made.code, made.err) == (0, "")
    folder = tmp_path / "unpacked"
    with ZipFile(tmp_path / "evidence.zip") as archive:
        archive.extractall(folder)
        assert made.out == f"{tmp_path}/evidence.zip: the evidence of change 1 in {len(archive.namelist())} files\n"
    return folder


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["sha256sum", "-c", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_what_is_unpacked_is_found_well_by_sha256sum(unpacked: Path) -> None:
    found = checked(unpacked)
    files = sorted(str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file())
    assert (found.returncode, found.stderr) == (0, "")
    assert sorted(found.stdout.splitlines()) == [f"{name}: OK" for name in files if name != "SHA256SUMS"]
    assert {"STATEMENT.txt", "change.json", "comparison.html", "before.html", "after.html"} <= set(files)


@pytest.mark.parametrize("name", ["before.html", "after.html", "change.json", "chain/1.txt", "STATEMENT.txt"])
def test_a_flipped_bit_is_named(unpacked: Path, name: str) -> None:
    content = bytearray((unpacked / name).read_bytes())
    content[len(content) // 2] ^= 1
    (unpacked / name).write_bytes(content)
    found = checked(unpacked)
    assert found.returncode == 1
    assert [line for line in found.stdout.splitlines() if not line.endswith(": OK")] == [f"{name}: FAILED"]


def test_the_pages_are_those_that_the_server_sent(unpacked: Path) -> None:
    assert (unpacked / "before.html").read_bytes() == revision("2024-02-child-protection")
    assert (unpacked / "after.html").read_bytes() == revision("2025-01-child-protection")
    assert "Status: 200\n" in (unpacked / "after.headers.txt").read_text()


def test_each_record_of_the_chain_hashes_to_the_seal_that_verify_knows(changed: Installation, unpacked: Path) -> None:
    document = json.loads((unpacked / "change.json").read_text())
    for link in document["chain"]:
        record = (unpacked / "chain" / f"{link['check']}.txt").read_bytes()
        assert sha256(record).hexdigest() == link["seal"]
        assert changed("verify", "--seal", f"{link['check']}:{link['seal']}").code == 0
    assert document["head"] == changed("verify", "--json").json["head"]


def test_the_change_is_the_one_that_history_tells(changed: Installation, unpacked: Path) -> None:
    told = changed("history", "--json", "--quiet-changes").json["changes"]
    document = json.loads((unpacked / "change.json").read_text())
    assert document["change"] == next(one for one in told if one["id"] == 1)
    statement = (unpacked / "STATEMENT.txt").read_text()
    assert document["change"]["title"] in " ".join(statement.split())
    assert "sha256sum -c SHA256SUMS" in statement


def test_every_change_has_evidence_which_is_the_same_twice(changed: Installation, tmp_path: Path) -> None:
    with Database.open(f"sqlite:///{changed.folder}/monitor.db") as database:
        changes = [change_document(one) for one in History(database).changes(quiet=True)]
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    for change in changes:
        for place in (one, two):
            made = changed("-q", "evidence", str(change["id"]), "-o", str(place))
            assert (made.code, made.out, made.err) == (0, "", "")
        assert one.read_bytes() == two.read_bytes()


def test_on_standard_output_it_is_the_file_alone(changed: Installation, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cli", "--config", str(changed.config), "evidence", "1", "-o"]
    made = subprocess.run([*command, "-"], capture_output=True, check=True)
    assert made.stderr == b""
    with ZipFile(io.BytesIO(made.stdout)) as archive:
        assert archive.testzip() is None
    changed("evidence", "1", "-o", str(tmp_path / "evidence.zip"))
    assert (tmp_path / "evidence.zip").read_bytes() == made.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "Missing argument 'CHANGE'"),
        (["1"], "Missing option '-o'"),
        (["0", "-o", "x.zip"], "0 is not in the range"),
        (["one", "-o", "x.zip"], "'one' is not a valid integer"),
        (["9999", "-o", "x.zip"], "9999: no such change; `history --json` has their numbers"),
        (["9" * 30, "-o", "x.zip"], "is not in the range"),
        (["1", "-o", "/"], "/: cannot be written: it is a folder"),
        (["1", "-o", "/proc/none/x.zip"], "/proc/none/x.zip: cannot be written"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(
    changed: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], reason: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    refused = changed("evidence", *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.err
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("place", ["/dev/full", "-"])
def test_a_full_disk_is_no_defect(changed: Installation, place: str) -> None:
    command = [sys.executable, "-m", "cli", "--config", str(changed.config), "evidence", "1", "-o", place]
    with Path("/dev/full").open("wb") as full:
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    name = "standard output" if place == "-" else place
    assert told.returncode == 2
    assert told.stderr == f"hmicfrs-monitor: {name}: cannot be written: No space left on device\n"


def test_without_a_database_it_says_so(monitor: Installation) -> None:
    refused = monitor("evidence", "1", "-o", "x.zip")
    assert refused.code == 2
    assert "there is no database yet" in refused.err
