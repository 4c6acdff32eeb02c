// One curve with its bands, drawn by uPlot and told in words and in a table.
/* global uPlot */

const DAY = 24;
const DAY_STEPS = [1, 2, 4, 7, 14, 28, 56, 91, 182, 364];
const HEIGHT = 168;
const COLOURS = { nordazepam: "--nd" };

export const node = (tag, className = "", text = "") => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

let palette = new Map(); // asking the browser for a colour makes it lay out the page: once for each theme

/** What a colour of the style sheet is in the present theme. */
function colour(name, alpha = 1) {
  if (!palette.has(name)) {
    const probe = node("i");
    probe.hidden = true;
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    palette.set(name, getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).join());
    probe.remove();
  }
  return `rgba(${palette.get(name)},${alpha})`;
}

/** The theme is another one. */
export function repaint() {
  palette = new Map();
}

/** day 2, 14:00 */
export function when(hours) {
  const minutes = Math.round(hours * 60);
  const clock = [Math.floor(minutes / 60) % DAY, minutes % 60].map((one) => String(one).padStart(2, "0"));
  return `day ${Math.floor(minutes / 60 / DAY) + 1}, ${clock.join(":")}`;
}

/** Three significant digits, as a reader wants them. */
export function short(value) {
  if (value === 0 || Math.abs(value) < 1e-6) return "0";
  if (Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** The next round number above, so that an axis does not move with every step of a slider. */
function above(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((one) => one * power).find((one) => one >= value * 1.02);
}

export class Chart {
  /** `id`: of the curve. `heading`: what it is about. */
  constructor(id, heading) {
    this.id = id;
    this.figure = node("figure", "chart");
    const caption = node("figcaption");
    this.heading = node("h3", "", heading);
    this.caption = node("p", "small");
    caption.append(this.heading, this.caption);
    this.canvas = node("div", "canvas");
    this.canvas.setAttribute("role", "img");
    this.readout = node("p", "small readout");
    this.readout.setAttribute("aria-hidden", "true");
    this.summary = node("p", "soft summary");
    this.table = node("details");
    this.table.append(node("summary", "", "Numbers of this curve"));
    this.table.firstChild.setAttribute("aria-label", `Numbers of this curve: ${heading}`);
    this.table.addEventListener("toggle", () => this.tabulate());
    this.figure.append(caption, this.canvas, this.readout, this.summary, this.table);
  }

  /** Show a curve. `span`: [from, to] in hours. `pinned`: the same curve of the doses that are compared with. */
  update(curve, doses, span, pinned) {
    Object.assign(this, { curve, doses, pinned });
    this.span = [Math.min(span[0], curve.t_h.at(-1)), Math.min(span[1], curve.t_h.at(-1))];
    this.caption.textContent = `${curve.name}, ${curve.unit}${curve.reference === null ? "" : `; broken line: ${curve.reference_name}, ${short(curve.reference)} ${curve.unit}`}`;
    this.canvas.setAttribute("aria-label", `${curve.name}, ${curve.unit}. ${curve.summary}`);
    this.summary.textContent = curve.summary;
    const highest = this.highest();
    // A share of a hundred ends there; "as alcohol in blood" is a percentage too, far below it.
    this.top = curve.unit === "%" && highest <= 100 && highest > 60 ? 100 : above(highest);
    const data = [curve.t_h, curve.p95, curve.p75, curve.typical, curve.p25, curve.p05];
    // The width is asked for once: asking again would lay out the page for every curve of every redraw.
    if (this.plot) this.plot.setData(data);
    else {
      this.width = this.canvas.clientWidth || 320;
      this.plot = new uPlot(this.options(this.width), data, this.canvas);
    }
    if (this.table.open) this.tabulate();
  }

  highest() {
    const inside = (curve) => {
      const shown = curve.p95.filter((_, at) => curve.t_h[at] >= this.span[0] && curve.t_h[at] <= this.span[1]);
      return Math.max(...shown, between(curve, this.span[0]), between(curve, this.span[1]), 0);
    };
    return Math.max(inside(this.curve), this.pinned ? inside(this.pinned) : 0, this.curve.reference ?? 0);
  }

  options(width) {
    const line = COLOURS[this.id] || "--dz";
    const soft = colour("--soft");
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const axis = { stroke: soft, font, ticks: { show: false }, grid: { stroke: colour("--line"), width: 1 } };
    const hidden = { stroke: colour(line, 0.35), width: 0.7, points: { show: false } };
    return {
      width,
      height: HEIGHT,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: false, range: () => this.span }, y: { range: () => [0, this.top] } },
      series: [
        {},
        hidden,
        { ...hidden, stroke: undefined },
        { stroke: colour(line), width: 2, points: { show: false } },
        { ...hidden, stroke: undefined },
        hidden,
      ],
      bands: [
        { series: [1, 5], fill: colour(line, 0.16) },
        { series: [2, 4], fill: colour(line, 0.26) },
      ],
      axes: [
        { ...axis, splits: () => this.splits(), values: (_, at) => at.map((one) => this.tick(one)), size: 30 },
        { ...axis, size: 42, values: (_, at) => at.map((one) => short(one)) },
      ],
      hooks: { draw: [(plot) => this.decorate(plot)], setCursor: [(plot) => this.read(plot)] },
    };
  }

  splits() {
    const [from, to] = this.span;
    if (to - from <= 3 * DAY) {
      const step = this.width < 380 ? 12 : 6;
      const first = Math.ceil(from / step) * step;
      return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, at) => first + at * step);
    }
    const most = this.width < 380 ? 5 : 7;
    const step = DAY_STEPS.find((one) => (to - from) / DAY / one <= most) || 364;
    return Array.from({ length: Math.floor(to / DAY / step) + 1 }, (_, at) => at * step * DAY).filter((one) => one >= from);
  }

  tick(hours) {
    if (hours % DAY === 0) return `day ${hours / DAY + 1}`;
    return `${String(hours % DAY).padStart(2, "0")}:00`;
  }

  /** Doses as strokes at the foot, the reference, and the pinned curve. */
  decorate(plot) {
    const { ctx, bbox } = plot;
    const x = (hours) => plot.valToPos(hours, "x", true);
    const y = (value) => plot.valToPos(value, "y", true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.strokeStyle = colour("--edge");
    ctx.lineWidth = devicePixelRatio;
    const seen = this.doses.filter((at) => at >= this.span[0] && at <= this.span[1]);
    if (seen.length < bbox.width / 6) {
      for (const at of seen) stroke(ctx, [[x(at), bbox.top + bbox.height], [x(at), bbox.top + bbox.height - 8 * devicePixelRatio]]);
    }
    if (this.curve.reference !== null) {
      ctx.strokeStyle = colour("--ink");
      ctx.lineWidth = 1.3 * devicePixelRatio;
      ctx.setLineDash([6, 4].map((one) => one * devicePixelRatio));
      stroke(ctx, [[bbox.left, y(this.curve.reference)], [bbox.left + bbox.width, y(this.curve.reference)]]);
    }
    if (this.pinned) {
      const line = (values) => values.map((value, at) => [x(this.pinned.t_h[at]), y(value)]);
      ctx.strokeStyle = colour("--b-line");
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.setLineDash([7, 4].map((one) => one * devicePixelRatio));
      stroke(ctx, line(this.pinned.typical));
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([2, 3].map((one) => one * devicePixelRatio));
      stroke(ctx, line(this.pinned.p95));
      stroke(ctx, line(this.pinned.p05));
    }
    ctx.restore();
  }

  read(plot) {
    const at = plot.cursor.idx;
    this.readout.textContent = at === null || at === undefined ? "" : `${when(this.curve.t_h[at])}: ${this.cell(this.curve, at)}`;
  }

  cell(curve, at) {
    return `${short(curve.typical[at])} ${curve.unit} (${short(curve.p05[at])} to ${short(curve.p95[at])})`;
  }

  /** The same numbers as a table, made only when it is looked at. */
  tabulate() {
    this.table.querySelector(".scroll")?.remove();
    if (!this.table.open) return;
    const box = node("div", "scroll tall");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `Numbers: ${this.curve.name}`);
    const table = node("table");
    table.append(node("caption", "", `${this.curve.name}, ${this.curve.unit}: typical, and the ranges that hold 50 and 90 of 100 people`));
    const head = table.createTHead().insertRow();
    for (const name of ["When", "Typical", "50 %", "90 %"]) {
      const cell = node("th", name === "When" ? "" : "n", name);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    const { curve } = this;
    curve.t_h.forEach((hours, at) => {
      if (hours < this.span[0] || hours > this.span[1]) return;
      const row = body.insertRow();
      const name = node("th", "", when(hours));
      name.scope = "row";
      row.append(
        name,
        node("td", "n", short(curve.typical[at])),
        node("td", "n", `${short(curve.p25[at])} to ${short(curve.p75[at])}`),
        node("td", "n", `${short(curve.p05[at])} to ${short(curve.p95[at])}`),
      );
    });
    box.append(table);
    this.table.append(box);
  }

  /** In other colours, or another width. */
  again() {
    if (!this.plot || !this.canvas.clientWidth) return;
    this.plot.destroy();
    this.plot = null;
    this.update(this.curve, this.doses, this.span, this.pinned);
  }
}

function stroke(ctx, points) {
  ctx.beginPath();
  points.forEach(([x, y], at) => (at ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.stroke();
}

/** The upper end of a curve at an edge of what is shown, where it is drawn between two points. */
function between(curve, hours) {
  const next = curve.t_h.findIndex((one) => one >= hours);
  if (next < 1) return 0;
  const [from, to] = [curve.t_h[next - 1], curve.t_h[next]];
  const share = (hours - from) / (to - from);
  return curve.p95[next - 1] + share * (curve.p95[next] - curve.p95[next - 1]);
}
