"""Evidence: what is in it is what was recorded, `sha256sum` finds an altered byte, and the chain can be followed."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from domain.capture import Source
from domain.change import ChangeKind, FieldChange
from domain.document import change as change_document
from domain.evidence import Evidence, Sealed
from exports.evidence import SUMS, write_evidence
from exports.statement import MOST_TEXT
from tests.exports.proofs import BOUNDS, CHAIN, WHOLE
from tests.exports.sights import LINKS, ONE, TWO, URL
from tests.notifier.comparisons import HARM
from tests.notifier.letters import ADDED, CLEVELAND, FUTURE, PAGE_EDITED, REMOVED, changed


def packed(evidence: Evidence) -> bytes:
    out = io.BytesIO()
    names = write_evidence(out, evidence)
    assert tuple(ZipFile(out).namelist()) == names
    return out.getvalue()


def files(evidence: Evidence) -> Mapping[str, bytes]:
    archive = ZipFile(io.BytesIO(packed(evidence)))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def statement(evidence: Evidence) -> str:
    """The statement with its lines joined."""
    return " ".join(files(evidence)["STATEMENT.txt"].decode().split())


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    ZipFile(io.BytesIO(packed(WHOLE))).extractall(tmp_path)
    return tmp_path


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("sha256sum")
    if not program:
        pytest.skip("sha256sum is not here")
    command = [program, "--strict", "--check", SUMS]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_files_are_what_was_received_and_recorded() -> None:
    found = files(WHOLE)
    assert [*found] == [
        "STATEMENT.txt", "change.json", "comparison.html", "before.html", "before.headers.txt", "after.html",
        "after.headers.txt", *(f"chain/{number}.txt" for number in range(1, 9)), SUMS,
    ]  # fmt: skip
    assert (found["before.html"], found["after.html"]) == (ONE, TWO)
    assert found["after.headers.txt"].decode() == (
        f"Asked: http://www.hmic.gov.uk/\nAsked: {URL}\nStatus: 200\n\ncontent-length: 13\n"
    )
    assert "x-name: café\n" in found["before.headers.txt"].decode()
    document = json.loads(found["change.json"])
    assert document["change"] == json.loads(json.dumps(change_document(WHOLE.change)))
    assert (document["before"]["snapshot"], document["after"]["check"]) == (2, 8)
    assert document["head"] == {"check": 11, "seal": CHAIN[-1].seal.hex()}


def test_the_sums_hold_and_an_altered_byte_is_found(unpacked: Path) -> None:
    good = checked(unpacked)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.count(": OK\n") == sum(path.is_file() for path in unpacked.rglob("*")) - 1
    for name in ("after.html", "STATEMENT.txt", "chain/4.txt", "change.json"):
        path = unpacked / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        bad = checked(unpacked)
        assert bad.returncode == 1
        assert f"{name}: FAILED" in bad.stdout
        path.write_bytes(whole)


def test_the_seal_of_each_check_is_the_sum_of_its_file_and_the_next_one_names_it(unpacked: Path) -> None:
    lines = (unpacked / SUMS).read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for number in range(1, 9):
        text = (unpacked / f"chain/{number}.txt").read_text(encoding="utf-8")
        assert sums[f"chain/{number}.txt"] == CHAIN[number - 1].seal.hex()
        if number > 1:
            assert f"\nprevious {sums[f'chain/{number - 1}.txt']}\n" in text
    assert (unpacked / "chain/8.txt").read_text(encoding="utf-8").endswith(f'\nbody "{sums["after.html"]}"\n')
    assert f'\nbody "{sums["before.html"]}"\n' in (unpacked / "chain/1.txt").read_text(encoding="utf-8")


def test_two_files_of_one_evidence_are_the_same_bytes() -> None:
    assert packed(WHOLE) == packed(WHOLE)
    entries = ZipFile(io.BytesIO(packed(WHOLE))).infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}


def test_the_statement_says_what_changed_when_and_how_to_check_it() -> None:
    told = statement(WHOLE)
    for words in (
        f"Page: {URL}",
        "Change: What is said of a report was edited: “The Metropolitan Police Service’s handling",
        "Recorded by: hmicfrs-monitor 0.1.0, as change 7",
        "recommendations: 11 → 12",
        "Last seen as it was: 4 March 2025, 06:00:00 GMT (2025-03-04T06:00:00.000120Z)",
        "First seen changed: 4 March 2025, 09:00:00 GMT (2025-03-04T09:00:00.000120Z)",
        "Before: snapshot 2, brought by check 1",
        f"bytes: 13, SHA-256 {sha256(TWO).hexdigest()}",
        "sha256sum -c SHA256SUMS",
        f"The newest seal when this was made: 11:{CHAIN[-1].seal.hex()}. The checks up to it are not all",
        "It is the word of one observer",
        f"check 8, seal {CHAIN[7].seal.hex()}.",
    ):
        assert words in told
    assert "pruned" not in told
    assert "imported" not in told


def test_times_are_told_in_london_and_in_utc() -> None:
    summer = replace(WHOLE.change, bounds=replace(BOUNDS, first_seen_after=BOUNDS.first_seen_after.replace(month=7)))
    told = statement(replace(WHOLE, change=summer))
    assert "4 July 2025, 10:00:00 BST (2025-07-04T09:00:00.000120Z)" in told


def test_what_is_missing_of_the_chain_is_said() -> None:
    told = statement(replace(WHOLE, chain=(CHAIN[0], *CHAIN[4:8]), head=(8, CHAIN[7].seal)))
    assert "Of check 5 the one before is not among the files: it was left out, or pruned." in told
    assert "not all among" not in told


def test_an_imported_state_is_said_to_be_the_word_of_another() -> None:
    imported = replace(LINKS[0], source=Source.WAYBACK, headers=None, hops=None)
    before = replace(WHOLE.before, snapshot=replace(WHOLE.before.snapshot, source=Source.WAYBACK))
    evidence = replace(WHOLE, before=before, chain=(Sealed(imported, bytes(32)), *CHAIN[1:8]))
    assert "Check 1 is no look of this installation: it was imported (wayback)" in statement(evidence)
    assert files(evidence)["before.headers.txt"].decode() == (
        f"Asked: {URL}\nStatus: 200\n\nThe headers of this answer were not kept.\n"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (ADDED, "A report is newly listed: “Cleveland Police: National child protection inspection”"),
        (REMOVED, "Last seen with it"),
        (PAGE_EDITED, "topics: Victims and resolutions; Protecting people online → Protecting people online"),
        (changed(ChangeKind.SECTION_MOVED, FUTURE, FUTURE), "Its place on the page alone."),
        (changed(ChangeKind.SECTION_ADDED, None, FUTURE), "A section was added: “Future inspections”"),
        (changed(ChangeKind.SECTION_RENAMED, FUTURE, FUTURE), "A section has another heading"),
        (changed(ChangeKind.SECTION_CHANGED, FUTURE, FUTURE), "A section was edited"),
        (changed(ChangeKind.REPORT_MOVED, CLEVELAND, CLEVELAND), "A report was moved on the page"),
        (replace(ADDED, change=replace(ADDED.change, first_seen=BOUNDS.last_seen_before)), "A report is listed again"),
    ],
)
def test_each_kind_of_change_is_told_in_words(change: object, words: str) -> None:
    assert words in statement(replace(WHOLE, change=change))  # type: ignore[arg-type]


def test_a_page_that_means_harm_steers_nothing() -> None:
    nasty = replace(CLEVELAND, title=" ".join(HARM), text="\n".join(HARM), section=HARM[:2])
    change = changed(ChangeKind.REPORT_ADDED, None, nasty, {"title": FieldChange(HARM[8], [*HARM])})
    headers = (("x", "a\r\nStatus: 404"), ("y", "\ud800 \x1b[31m"))
    link = replace(LINKS[7], headers=headers, hops=("https://x.example/\r\n\x1b",))
    found = files(replace(WHOLE, change=change, chain=(*CHAIN[:7], Sealed(link, CHAIN[6].seal)), comparison="\ud800"))
    for name in ("STATEMENT.txt", "after.headers.txt"):
        text = found[name].decode()
        assert all(character.isprintable() or character == "\n" for character in text), name
    assert found["after.headers.txt"].decode().count("\nStatus: ") == 1
    assert json.loads(found["change.json"])["change"]["title"] == nasty.title


def test_a_long_text_is_quoted_in_part_and_whole_in_the_document() -> None:
    long = replace(CLEVELAND, text="word " * MOST_TEXT)
    found = files(replace(WHOLE, change=changed(ChangeKind.REPORT_ADDED, None, long)))
    assert "(and more: change.json has all of it)" in found["STATEMENT.txt"].decode()
    assert json.loads(found["change.json"])["change"]["text"]["after"] == long.text


def test_without_a_comparison_none_is_spoken_of() -> None:
    found = files(replace(WHOLE, comparison=None))
    assert "comparison.html" not in found
    assert b"comparison" not in found["STATEMENT.txt"]


def test_parts_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="snapshot 3 has other bytes than check 8"):
        replace(WHOLE, after=replace(WHOLE.after, body=b"forged"))
    with pytest.raises(ValueError, match="snapshot 2 has other bytes than check 2"):
        replace(WHOLE, before=replace(WHOLE.before, check=2))
    with pytest.raises(ValueError, match="check 8 is not among the checks"):
        replace(WHOLE, chain=CHAIN[:7])
    with pytest.raises(ValueError, match="not in order"):
        replace(WHOLE, chain=CHAIN[7::-1])


def test_the_statement_fits_a_page() -> None:
    text = files(WHOLE)["STATEMENT.txt"].decode()
    wide = [line for line in text.splitlines() if len(line) > 92 and not re.search(r"\S{60}", line)]
    assert wide == []
