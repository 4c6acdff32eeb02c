"""The requirement matrix refuses unknown ids, and fails a run that leaves something built unshown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REQUIREMENTS = """
R1: {says: "It reads.", status: built}
S1: {says: "It screens.", status: planned}
"""


def run(root: Path, folder: Path, test: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "tests").mkdir()
    shutil.copy(root / "tests" / "conftest.py", folder / "tests")
    (folder / "requirements.yaml").write_text(REQUIREMENTS, encoding="utf-8")
    (folder / "tests" / "test_it.py").write_text(f"import pytest\n{test}\ndef test_it(): pass\n", encoding="utf-8")
    markers = "-o", "markers=verifies(*ids): requirements\nnight: long"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *markers, *options, str(folder)]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "TRACE", "CI"))}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, env={**clean, **environment}
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_built_requirement_that_is_shown_passes(root: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(root, tmp_path, '@pytest.mark.verifies("R1")', *options, TRACE="1")
    assert done.returncode == 0, done.stdout
    assert "R1   built        1" in done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_built_requirement_that_nothing_shows_fails_the_run(
    root: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    done = run(root, tmp_path, '@pytest.mark.verifies("S1")', *options, TRACE="1")
    assert done.returncode == 1
    assert "Built, but without a passing test: R1" in done.stdout


def test_an_unknown_id_is_refused(root: Path, tmp_path: Path) -> None:
    done = run(root, tmp_path, '@pytest.mark.verifies("R99")')
    assert done.returncode != 0
    assert "R99" in done.stdout + done.stderr


def test_a_skip_for_want_of_a_browser_fails_in_ci_and_is_counted_elsewhere(root: Path, tmp_path: Path) -> None:
    skip = '@pytest.mark.skip("needs Chromium, which is not here")'
    (tmp_path / "here").mkdir()
    (tmp_path / "ci").mkdir()
    here, in_ci = run(root, tmp_path / "here", skip), run(root, tmp_path / "ci", skip, CI="1")
    assert here.returncode == 0
    assert "SKIPPED 1 tests: needs Chromium" in here.stdout
    assert in_ci.returncode == 1
