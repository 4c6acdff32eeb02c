"""Compare the model with the evidence, by the plan: `make qualify`.

Writes evidence/qualification.csv, .json and .html, and prints the verdict of each group. The same parameters, evidence
and plan give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scripts.qualify_groups import Verdict, verdict
from scripts.qualify_page import page
from scripts.qualify_rows import compared, plan, to_csv
from scripts.split_evidence import EVIDENCE, GROUPS
from unclench.knowledge import knowledge

ROOT = EVIDENCE.parent
DATA = ROOT / "src" / "unclench" / "knowledge" / "data"
TABLES = ("kinetics.csv", "levels.csv", "interactions.csv", "effects.csv", "causes.csv", "qualification_plan.yaml")
# What a prediction rests on besides the code.
ROWS = ("parameter*.csv", "perpetrators.csv", "ratios.csv")


def inputs() -> list[Path]:
    """Every file that holds a number of the comparison."""
    rows = [path for pattern in ROWS for path in DATA.glob(pattern)]
    return [*sorted(rows), *(EVIDENCE / name for name in TABLES)]


def fingerprint() -> str:
    """Changes when a parameter, a study or the plan does."""
    whole = hashlib.sha256()
    for path in inputs():
        whole.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return whole.hexdigest()[:16]


def commit() -> str:
    """The last commit that changed the model or the evidence; the results themselves do not count."""
    paths = [*(str(path.relative_to(ROOT)) for path in inputs()), "src/unclench/simulation", "src/unclench/models"]
    try:
        run = subprocess.run(
            ["git", "log", "-1", "--format=%H", "--", *paths], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return run.stdout.strip()[:12] or "unknown"


def made_with(the_plan: dict[str, Any]) -> dict[str, Any]:
    return {
        "commit": commit(),
        "knowledge edition": knowledge().edition,
        "parameters and evidence": fingerprint(),
        "replicates": the_plan["draw"]["replicates"],
        "seed": the_plan["draw"]["seed"],
    }


def printed(verdicts: list[Verdict]) -> str:
    """One line a group."""
    lines = [
        f"{'group':24}{'verdict':15}{'counted':>8}{'GMFE':>7}{'1.25':>7}{'1.5':>7}{'2':>7}{'seen':>6}{'building':>10}"
    ]
    for one in verdicts:
        gmfe = "" if one.gmfe is None else f"{one.gmfe:.2f}"
        parts = [
            "" if part is None else f"{100 * part:.0f} %" for part in (one.within_1_25, one.within_1_5, one.within_2)
        ]
        shares = "".join(f"{part:>7}" for part in parts)
        lines.append(f"{one.group:24}{one.word:15}{one.counted:>8}{gmfe:>7}{shares}{one.seen:>6}{one.building:>10}")
        if one.word == "not met":
            lines.append(f"{'':24}{one.why}")
    return "\n".join(lines)


def main() -> None:
    """Compare, write and print."""
    the_plan = plan()
    rows = compared(the_plan)
    verdicts = [verdict(group, rows, the_plan["targets"]) for group in reversed(GROUPS)]
    made = made_with(the_plan)
    summary = {"made_with": made, "groups": {one.group: asdict(one) for one in verdicts}}
    (EVIDENCE / "qualification.csv").write_text(to_csv(rows), encoding="utf-8")
    (EVIDENCE / "qualification.json").write_text(json.dumps(_rounded(summary), indent=1) + "\n", encoding="utf-8")
    (EVIDENCE / "qualification.html").write_text(page(rows, verdicts, the_plan, made), encoding="utf-8")
    print(printed(verdicts))
    print(f"\n{len(rows)} values; evidence/qualification.html holds them all.")


def _rounded(value: Any) -> Any:
    """Numbers to the digits that mean something."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
