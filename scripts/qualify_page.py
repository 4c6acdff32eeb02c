"""The qualification report as one self-contained page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from scripts.qualify_groups import Verdict, covers, is_informative
from scripts.qualify_plot import forest, plot
from scripts.qualify_rows import Compared, number

STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--faint:#5c5f66;--line:#c9ccd3;--b2:#eef1f6;
--b15:#dfe6f0;--b125:#ccd8e8;--judge:#0b5fa5;--seen:#8a5a00;--build:#5c5f66;--bad:#a8201a;--good:#1d6b34}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8ec;--paper:#15171b;--faint:#a9adb6;--line:#444a55;
--b2:#1d2128;--b15:#252c36;--b125:#2f3a49;--judge:#7fbcf5;--seen:#e0b055;--build:#a9adb6;--bad:#ff8f87;
--good:#7fd197}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:72rem;
margin:0 auto;padding:1rem}h1,h2{line-height:1.2}
h2{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}a{color:var(--judge)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem;min-width:100%}
caption{text-align:left;font-weight:600;padding:.4rem 0}
th,td{border:1px solid var(--line);padding:.25rem .45rem;text-align:left;vertical-align:top}
td.why{min-width:22rem}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.bad{color:var(--bad);font-weight:600}.good{color:var(--good);font-weight:600}.faint{color:var(--faint)}
svg{max-width:46rem;width:100%;height:auto;display:block;margin:1rem 0}svg text{font-size:12px;fill:var(--ink)}
.frame{fill:none;stroke:var(--faint)}.tick{stroke:var(--faint)}
.identity{stroke:var(--ink);stroke-dasharray:4 3}.band2{fill:var(--b2)}.band15{fill:var(--b15)}
.band125{fill:var(--b125)}.interval{stroke-width:1}.judging{fill:var(--judge);stroke:var(--judge)}
.seen{fill:none;stroke:var(--seen);stroke-width:1.6}.building{fill:none;stroke:var(--build);stroke-width:1.3}
.apart{fill:none;stroke:var(--build);stroke-width:1.3}@media print{body{max-width:none;font-size:10pt}
h2{break-before:page}.scroll{overflow:visible}table{font-size:7.5pt}a{color:inherit}}
"""
KEY = (
    "Filled squares: judging values that count. Triangles: judging values that were seen when a parameter they rest "
    "on was chosen; they do not count. Circles: building values. Crosses: compared, not counted. Vertical lines: where "
    "the mean of such a study falls in nine of ten. Bands: 1.25, 1.5 and 2-fold."
)
HEADS = (
    "Value",
    "Publication",
    "Quantity",
    "Observed",
    "Predicted",
    "5 to 95 %",
    "Fold",
    "Limit",
    "Status",
    "Why, and cause",
)


def page(rows: Sequence[Compared], verdicts: Sequence[Verdict], plan: dict[str, Any], made_with: dict[str, Any]) -> str:
    """The whole page."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Qualification of the model</title>',
        f"<style>{STYLE}</style></head><body><main><h1>Qualification of the model</h1>",
        "<p>Predicted against published human data. Use, limit and reason of every value were committed before the "
        "first prediction; what was changed since is listed. Targets are targets: what misses them stays here.</p>",
        _made(made_with),
        _summary(verdicts),
        "<h2>Rules of the comparison</h2><ul>",
        *(f"<li>{escape(rule)}</li>" for rule in plan["rules"]),
        "</ul>",
        "<h2>Changes of the plan since its first commit</h2><ul>",
        *(f"<li>{escape(change)}</li>" for change in plan["changes"]),
        "</ul>",
        _parameters(plan),
    ]
    for found in verdicts:
        parts += _group(found, [row for row in rows if found.group in row.groups], plan)
    parts += [_failures(rows), _not_used(plan), "</main></body></html>"]
    return "\n".join(parts) + "\n"


def anchor(group: str) -> str:
    return "group-" + group.replace(" ", "-")


def _made(made_with: dict[str, Any]) -> str:
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in made_with.items())
    return f"<details><summary>Made with</summary><dl>{items}</dl></details>"


def _fold(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f} %"


def _table(caption: str, heads: Sequence[str], body: Sequence[str]) -> str:
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    said = escape(caption)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{said}"><table><caption>{said}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _summary(verdicts: Sequence[Verdict]) -> str:
    heads = (
        "Group",
        "Verdict",
        "Why",
        "Counted",
        "GMFE",
        "1.25-fold",
        "1.5-fold",
        "2-fold",
        "Seen",
        "GMFE",
        "Building",
        "GMFE",
    )
    body = []
    for one in verdicts:
        tone = {"met": "good", "not met": "bad"}.get(one.word, "faint")
        cells = (
            str(one.counted), _fold(one.gmfe), _percent(one.within_1_25), _percent(one.within_1_5),
            _percent(one.within_2), str(one.seen), _fold(one.seen_gmfe), str(one.building), _fold(one.building_gmfe),
        )  # fmt: skip
        body.append(
            f'<tr><th scope="row"><a href="#{anchor(one.group)}">{escape(one.group)}</a></th>'
            f'<td class="{tone}">{one.word}</td><td class="why">{escape(one.why)}</td>'
            + "".join(f'<td class="n">{cell}</td>' for cell in cells)
            + "</tr>"
        )
    return "<h2>Summary</h2>" + _table("Verdict by group (GMFE: geometric mean fold error)", heads, body)


def _parameters(plan: dict[str, Any]) -> str:
    parts = ["<h2>What was refitted</h2><p>From building studies alone:</p><ul>"]
    parts += [f"<li>{escape(name)}: {escape(what)}</li>" for name, what in plan["refitted"].items()]
    parts.append(
        "</ul><p>Not refitted; judging values of the evidence pack that rest on these are labelled seen:</p><ul>"
    )
    parts += [f"<li>{escape(name)}: {escape(what)}</li>" for name, what in plan["not_refitted"].items()]
    return "".join(parts) + "</ul>"


def _group(found: Verdict, rows: Sequence[Compared], plan: dict[str, Any]) -> list[str]:
    tone = {"met": "good", "not met": "bad"}.get(found.word, "faint")
    parts = [
        f'<section aria-labelledby="{anchor(found.group)}"><h2 id="{anchor(found.group)}">{escape(found.group)}</h2>'
    ]
    parts.append(f'<p><span class="{tone}">{found.word}</span>: {escape(found.why)}.</p>')
    drawn = plot(found.group, rows)
    if drawn:
        parts.append(
            f'<figure>{drawn}{forest(found.group, rows)}<figcaption class="faint">{escape(KEY)}</figcaption></figure>'
        )
    judging = [row for row in rows if row.use == "judging"]
    building = [row for row in rows if row.use == "building"]
    for name, some in (("Judging", judging), ("Building", building)):
        if some:
            parts.append(_table(f"{name}: {found.group}", HEADS, [_row(row, plan) for row in some]))
    parts.append("</section>")
    return parts


def _row(row: Compared, plan: dict[str, Any]) -> str:
    error, fold = row.error, _fold(row.fold)
    if row.quantity in MEASURES and row.p5 is not None:
        fold = "inside" if covers(row) else "outside"
        if not is_informative(row, plan["targets"]["effect"]["widest"]) and row.p5 > 0:
            fold += ", wide: consistent, uninformative"
    off = error is not None and error > row.limit
    interval = f"{number(row.p5)} to {number(row.p95)}" if row.p5 is not None else ""
    quantity = row.quantity if row.time_h is None else f"{row.quantity} at {number(row.time_h)} h"
    why = escape(row.because) + (f" <strong>Cause: {escape(row.cause)}</strong>" if row.cause else "")
    numbers = (number(row.observed), number(row.predicted), interval)
    return (
        f'<tr><th scope="row">{escape(row.id)}</th><td>{escape(row.publication)}</td><td>{escape(quantity)}</td>'
        + "".join(f'<td class="n">{value}</td>' for value in numbers)
        + f'<td class="n{" bad" if off else ""}">{fold}</td><td class="n">{number(row.limit)}</td>'
        f'<td>{escape(row.status)}</td><td class="why">{why}</td></tr>'
    )


MEASURES = frozenset(
    {"co2_slope_ratio", "drowsy", "alcohol_equivalent", "receptor_half_life_h", "back_pain_log_odds", "eeg_beta_points"}
)


def _failures(rows: Sequence[Compared]) -> str:
    failed = [row for row in rows if row.use == "judging" and (row.error or 1.0) > 2.0]
    body = [
        f'<tr><th scope="row">{escape(row.id)}</th><td>{escape(row.quantity)}</td><td class="n">{number(row.fold)}</td>'
        f'<td>{escape(row.status)}</td><td class="why">{escape(row.cause or "no cause found")}</td></tr>'
        for row in failed
    ]
    return "<h2>Judging values beyond 2-fold</h2>" + _table(
        "Beyond 2-fold, counted or not", ("Value", "Quantity", "Fold", "Status", "Cause"), body
    )


def _not_used(plan: dict[str, Any]) -> str:
    body = []
    for entry in plan["not_used"]:
        name = entry.get("arm") or entry.get("ratio") or entry.get("effect") or ""
        body.append(
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(entry.get("quantity", ""))}</td>'
            f'<td class="why">{escape(entry["because"])}</td></tr>'
        )
    return "<h2>Not used</h2>" + _table(
        "Rows of the evidence that are not compared", ("Row", "Quantity", "Reason"), body
    )
