// Two regimens side by side in one table: A, which was pinned, and B, which the sliders hold now.
import { node, short, when } from "./charts.js";

const MINOR = new Set(["temazepam", "oxazepam"]);
const LOWERED = new Set(["co2-slope", "co2-slope-together"]); // here the lowest point is the one that matters

function strongest(curve) {
  const best = LOWERED.has(curve.id) ? Math.min(...curve.typical) : Math.max(...curve.typical);
  return curve.typical.indexOf(best);
}

function cell(curve) {
  const at = strongest(curve);
  return `${short(curve.typical[at])} ${curve.unit} (${short(curve.p05[at])} to ${short(curve.p95[at])}), ${when(curve.t_h[at])}`;
}

function ratio(a, b) {
  return a > 0 && b > 0 ? `× ${short(b / a)}` : "not comparable";
}

/** The rows: what, A, B, how B differs from A. */
function* rows(a, b) {
  yield ["Verdict", a.verdict_words, b.verdict_words, a.verdict === b.verdict ? "the same" : "differs"];
  yield ["In all", `${a.total_mg} mg`, `${b.total_mg} mg`, ratio(a.total_mg, b.total_mg)];
  yield ["Most in a day", `${a.max_mg_per_day} mg`, `${b.max_mg_per_day} mg`, ratio(a.max_mg_per_day, b.max_mg_per_day)];
  yield ["Days", `${a.days}`, `${b.days}`, ratio(a.days, b.days)];
  for (const curve of b.curves.filter((one) => one.subject && !MINOR.has(one.id))) {
    const other = a.curves.find((one) => one.id === curve.id);
    const name = `${curve.name}, ${LOWERED.has(curve.id) ? "lowest" : "highest"}`;
    const differs = other ? ratio(other.typical[strongest(other)], curve.typical[strongest(curve)]) : "only in B";
    yield [name, other ? cell(other) : "not simulated", cell(curve), differs];
  }
  const gone = (one) => one.numbers.find((number) => number.name.startsWith("Gone after"));
  if (gone(a) && gone(b)) yield [gone(b).name, ...[a, b].map((one) => `${gone(one).typical} (${gone(one).interval})`), ""];
  const under = (one) => one.numbers.find((number) => number.id === "EFF-BACK-UNDER");
  if (under(a) && under(b)) yield [under(b).name, ...[a, b].map((one) => `${under(one).typical} (${under(one).interval})`), ""];
}

export function comparison(a, b) {
  const box = node("div", "scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Two regimens side by side");
  const table = node("table", "differs");
  table.append(node("caption", "", "Typical, when the typical curve is at its strongest; in brackets what 9 in 10 people have at that same time. The highest of each person, whenever it comes, stands in the sentences below. The last column holds B against A, typical against typical."));
  const head = table.createTHead().insertRow();
  for (const name of ["What", `A: ${a.regimen}`, `B: ${b.regimen}`, "B against A"]) {
    const one = node("th", "", name);
    one.scope = "col";
    head.append(one);
  }
  const body = table.createTBody();
  for (const [what, ...cells] of rows(a, b)) {
    const row = body.insertRow();
    const name = node("th", "", what);
    name.scope = "row";
    row.append(name, ...cells.map((text) => node("td", "", text)));
  }
  for (const [one, who] of [[a, "A"], [b, "B"]]) {
    if (one.what_if.length) table.caption.append(` ${who}: ${one.what_if.join("; ")}.`);
  }
  box.append(table);
  return box;
}
