"""What every kind of test shares: the requirement matrix, ../shared, loudly counted skips, and Hypothesis profiles.

A test says which requirement it shows to hold with `@pytest.mark.verifies("R1")`; an id that requirements.yaml
does not know is refused. `TRACE=1` (as `make test` sets) prints the matrix and fails on a built requirement
without a passing test.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
REQUIREMENTS: dict[str, dict[str, str]] = yaml.safe_load((ROOT / "requirements.yaml").read_text(encoding="utf-8"))
TRACE = os.environ.get("TRACE") == "1"
CI = bool(os.environ.get("CI"))
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "small")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

hypothesis.settings.register_profile(
    "small",
    max_examples=30,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "night",
    max_examples=int(os.environ.get("NIGHT_EXAMPLES", "3000")),
    deadline=None,
    print_blob=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile(PROFILE)


@dataclass(eq=False)
class Tally:
    """What this run has shown. The controller's sees every report of every worker; a worker's own is not used."""

    passed: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    failed: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    without: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def unkept(self) -> list[str]:
        """Requirements said to be built that no passing test shows, or that a failing test denies."""
        built = [key for key, row in REQUIREMENTS.items() if row["status"] == "built"]
        return [key for key in built if self.failed[key] or not self.passed[key]]

    def forbidden_skips(self) -> list[str]:
        """In CI the browser and Node must be there: a test that skips for want of them is not run anywhere."""
        return [reason for reason in self.without if "Chromium" in reason or "Node" in reason] if CI else []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = str(report.longrepr[2]).removeprefix("Skipped: ")
            if reason.startswith("needs "):
                self.without[reason].add(report.nodeid)
        if report.failed or (report.when == "call" and report.passed):
            tests = self.failed if report.failed else self.passed
            for name, key in report.user_properties:
                if name == "verifies":
                    tests[str(key)].add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """A run that passed still fails for an unkept requirement, or in CI for a missing browser or Node."""
        if exitstatus == pytest.ExitCode.OK and ((TRACE and self.unkept()) or self.forbidden_skips()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        write = terminalreporter.write_line
        if TRACE:
            terminalreporter.section("requirements and how many passing tests show each")
            for key, row in REQUIREMENTS.items():
                shown = "fails" if self.failed[key] else str(len(self.passed[key]) or "-")
                wanting = "   <- no passing test" if key in self.unkept() else ""
                write(f"{key:4} {row['status']:8} {shown:>5}  {row['says']}{wanting}")
            if self.unkept():
                write(f"Built, but without a passing test: {', '.join(self.unkept())}", red=True, bold=True)
        for reason, tests in sorted(self.without.items()):
            write(f"SKIPPED {len(tests)} tests: {reason}", yellow=True, bold=True)
        if self.forbidden_skips():
            write("CI must not skip tests for want of Chromium or Node: this run fails.", red=True, bold=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally(), "tally")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    unknown = []
    for item in items:
        ids = [str(key) for mark in item.iter_markers("verifies") for key in mark.args]
        unknown += [f"{item.nodeid}: {key!r}" for key in ids if key not in REQUIREMENTS]
        item.user_properties += [("verifies", key) for key in dict.fromkeys(ids)]
    if unknown:
        raise pytest.UsageError("Marks without a requirement in requirements.yaml:\n  " + "\n  ".join(unknown))
    if PROFILE != "night":
        late = [item for item in items if item.get_closest_marker("night")]
        config.hook.pytest_deselected(items=late)
        items[:] = [item for item in items if item not in late]


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The evidence and samples beside the checkout, where they are."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared (evidence and sample records), which is not here")
    return SHARED


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium to drive."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("needs Chromium, which is not here: `make system-deps` installs it")
    return found


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Any]:
    """A running browser without network."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield running
        running.close()
