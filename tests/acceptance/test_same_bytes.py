"""Same input, same bytes: across processes, and whatever the order in which Python walks a set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def answer(root: Path, example: Path, seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root / "src")}
    program = "from unclench.interfaces.cli import main; main()"
    command = [sys.executable, "-c", program, "consult", str(example), "--on", "2026-11-22", "--json", "-"]
    done = subprocess.run(command, capture_output=True, check=False, env=environment, cwd=root, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.verifies("O4")
@pytest.mark.parametrize("name", ["acute-back-spasm.yaml", "ms-spasticity.json", "omeprazole-fluvoxamine.yaml"])
def test_the_same_record_gives_the_same_bytes(root: Path, name: str) -> None:
    example = root / "examples" / name
    assert answer(root, example, "1") == answer(root, example, "4242")
