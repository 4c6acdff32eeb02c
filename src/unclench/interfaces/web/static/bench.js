// The live bench: sliders to a question, the question to POST /api/simulate, the answer to curves, numbers and a verdict.
//
// One question is under way at a time, and at most one waits: the latest. A question that takes too long is given up
// for the one that waits. So the curves follow a slider that moves, and the last position always wins.
import { Chart, node, repaint } from "./charts.js";
import { comparison } from "./compare.js";

const PATIENCE_MS = 400; // after which an answer that is under way is given up for the one that waits
const GAP_MS = 60; // from one question to the next: a slider that is dragged for long stays within what a service allows
const QUIET_MS = 900; // after the last change, before a screen reader is told
const HOURS_SHOWN = 48;
const SUBJECTS = {
  levels: "Levels in plasma",
  relaxation: "Relaxation of muscle",
  drowsiness: "Drowsiness",
  driving: "Driving and machines",
  breathing: "Breathing",
  tolerance: "Getting used to it",
  stopping: "If it were stopped abruptly",
};
const HEADINGS = {
  diazepam: "Level of diazepam",
  nordazepam: "Build-up: its active metabolite",
  "co2-slope-together": "Breathing, taken together",
  "event-together": "Low oxygen, taken together",
};
const LATER = new Set(["temazepam", "oxazepam", "sedation", "occupancy"]); // for those who ask
const byId = (id) => document.getElementById(id);

let present = null; // the bench on the page; an answer for an earlier one is dropped

/** Begin on a bench that has just come. `ask`: the question that the page answers, as JSON. */
export function startBench(root, ask) {
  if (present?.root === root) return;
  present?.stop();
  present = new Bench(root, JSON.parse(ask));
  present.start();
}

export function source(id) {
  const link = node("a", "id", id);
  link.href = `/rules/${encodeURIComponent(id)}`;
  link.dataset.source = "";
  return link;
}

class Bench {
  constructor(root, ask) {
    Object.assign(this, { root, ask, charts: new Map(), underWay: null, waits: null, pinned: null, last: null });
    this.knobs = byId("knobs");
    this.startAge = root.dataset.age;
    this.begun = this.doses();
  }

  start() {
    this.knobs.addEventListener("submit", (event) => event.preventDefault());
    this.knobs.addEventListener("input", (event) => this.moved(event.target));
    this.knobs.addEventListener("change", (event) => this.settled(event.target));
    this.knobs.addEventListener("click", (event) => this.pressed(event.target.closest("button")));
    this.root.querySelectorAll('[name="span"]').forEach((one) => one.addEventListener("change", () => this.redraw()));
    byId("pin").addEventListener("click", () => this.pin());
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("unclench:theme", () => this.repaint(), { signal });
    addEventListener("beforeprint", () => this.forPaper(true), { signal });
    addEventListener("afterprint", () => this.forPaper(false), { signal });
    byId("bench-facts").parentElement.addEventListener("toggle", () => this.last && this.facts(this.last));
    let width = 0;
    this.sizes = new ResizeObserver(([entry]) => {
      const now = Math.round(entry.contentRect.width);
      if (width && now !== width) this.charts.forEach((one) => one.again());
      width = now;
    });
    this.sizes.observe(byId("charts"));
    if (matchMedia("(max-width: 60rem)").matches) this.root.querySelector("[data-narrow-closed]").open = false;
    this.simulate();
  }

  stop() {
    this.stopped = true;
    this.underWay?.abort();
    this.sizes.disconnect();
    clearTimeout(this.telling);
    this.listening.abort();
  }

  repaint() {
    repaint();
    this.charts.forEach((one) => one.again());
  }

  /** Paper is light, whatever the screen is. */
  forPaper(printing) {
    const { dataset } = document.documentElement;
    if (printing) this.screenTheme = dataset.theme || "";
    if (printing) dataset.theme = "light";
    else if (this.screenTheme) dataset.theme = this.screenTheme;
    else delete dataset.theme;
    this.repaint();
  }

  // --- what is asked

  field(knob) {
    return byId(`${knob}-n`);
  }

  doses() {
    const [mg, times, days] = ["mg", "times", "days"].map((one) => Number(this.field(one).value));
    return { mg, times, days };
  }

  whatIf() {
    const changes = {};
    const age = this.field("age").value;
    if (age !== "" && age !== this.startAge) changes.age_y = Number(age);
    const answers = {};
    for (const one of this.knobs.querySelectorAll("[data-if]")) if (one.value) answers[one.dataset.if] = one.value;
    if (Object.keys(answers).length) changes.answers = answers;
    const pressed = (name) => [...this.knobs.querySelectorAll(`[data-${name}][aria-pressed=true]`)].map((one) => one.dataset[name]);
    const [medicines, without] = [pressed("medicine"), pressed("without")];
    if (medicines.length) changes.medicines = medicines;
    if (without.length) changes.without = without;
    return changes;
  }

  question() {
    const { request, ...rest } = this.ask;
    return JSON.stringify({ ...rest, doses: this.doses(), what_if: this.whatIf() });
  }

  // --- the controls

  moved(input) {
    if (!input.dataset.knob) return;
    const knob = input.dataset.knob;
    const pair = byId(`${knob}-${input.type === "range" ? "n" : "r"}`);
    if (input.type === "number" && !input.checkValidity()) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", "bench-problem");
      this.wrong({ need: `${input.labels[0].textContent} from ${input.min} to ${input.max} ${input.parentElement.textContent.trim()}, in steps of ${input.step}`, fix: "Change the number; nothing was simulated." });
      return;
    }
    for (const name of ["aria-invalid", "aria-describedby"]) this.field(knob).removeAttribute(name);
    if (input.value !== "") pair.value = input.value;
    if (input.value === "" && knob !== "age") return;
    this.simulate();
  }

  settled(input) {
    if (input.dataset.if) this.simulate();
  }

  pressed(button) {
    if (!button) return;
    if (button.id === "also-add") this.add();
    else if (button.id === "bench-reset") this.reset();
    else if ("preset" in button.dataset) this.set(button.dataset);
    else if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    else return;
    this.simulate();
  }

  set(doses) {
    for (const knob of ["mg", "times", "days"]) byId(`${knob}-r`).value = this.field(knob).value = doses[knob];
  }

  add() {
    const line = byId("also-line").value.trim();
    if (!line) return;
    const chip = node("button", "chip", line);
    chip.type = "button";
    chip.dataset.medicine = line;
    chip.setAttribute("aria-pressed", "true");
    byId("also-chips").append(chip);
    byId("also-line").value = "";
    byId("also-line").focus();
  }

  reset() {
    this.set(this.begun);
    this.field("age").value = this.startAge;
    if (this.startAge) byId("age-r").value = this.startAge;
    for (const one of this.knobs.querySelectorAll("[data-if]")) one.value = "";
    for (const one of this.knobs.querySelectorAll("[aria-pressed=true]")) one.setAttribute("aria-pressed", "false");
  }

  // --- asking

  simulate() {
    performance.mark("unclench:moved");
    const asked = { body: this.question(), at: performance.now() };
    this.waits = asked;
    if (!this.underWay) this.pace();
    else if (performance.now() - this.sentAt > PATIENCE_MS) this.underWay.abort();
  }

  /** Send what waits: at once, unless another was sent only just now. */
  pace() {
    const early = (this.sentAt || -Infinity) + GAP_MS - performance.now();
    if (early <= 0) this.next();
    else this.pacing ||= setTimeout(() => this.next(), early);
  }

  next() {
    const asked = this.waits;
    this.waits = null;
    this.pacing = 0;
    if (asked && !this.underWay && !this.stopped) this.send(asked);
  }

  async send(asked) {
    this.underWay = new AbortController();
    this.sentAt = performance.now();
    try {
      const answer = await fetch("/api/simulate", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: asked.body,
        signal: this.underWay.signal,
        referrerPolicy: "no-referrer",
      });
      const said = await answer.json();
      if (this.stopped) return;
      asked.answered = performance.now();
      if (answer.ok) await this.show(said, asked);
      else if (answer.status === 503 || answer.status === 429) this.later(asked, answer, said.error);
      else this.wrong(said.error);
    } catch (error) {
      if (this.stopped) return;
      if (error.name !== "AbortError") this.wrong({ need: "an answer of the service", fix: "Check the connection, then move a slider again." });
    } finally {
      this.underWay = null;
      if (this.waits) this.pace();
    }
  }

  /** The service is busy: once more after the time that it names, unless something newer waits by then. */
  later(asked, answer, error) {
    this.wrong(error);
    const seconds = Number(answer.headers.get("Retry-After")) || 1;
    setTimeout(() => {
      if (!this.underWay && !this.stopped && this.question() === asked.body) this.send(asked);
    }, seconds * 1000);
  }

  // --- showing

  async show(said, asked) {
    this.last = said;
    byId("bench-problem").hidden = true;
    byId("view").classList.remove("stale");
    this.verdict(said);
    this.banner(said);
    this.redraw();
    this.facts(said);
    await null; // uPlot draws when this task ends
    await null;
    performance.measure("unclench:redraw", { start: asked.at, end: performance.now() });
    performance.measure("unclench:draw", { start: asked.answered, end: performance.now() });
    this.root.dataset.shown = asked.body;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell(said), QUIET_MS);
  }

  tell(said) {
    const some = said.curves.filter((one) => ["diazepam", "drowsy"].includes(one.id)).map((one) => one.summary);
    byId("live").textContent = `${said.verdict_words} for ${said.regimen}. ${some.join(" ")}`;
  }

  wrong(error) {
    const box = byId("bench-problem");
    const says = [error.where, error.found && `found ${error.found}`, `needed: ${error.need}`].filter(Boolean).join("; ");
    const old = this.last ? ` The curves are still those of ${this.last.regimen}.` : "";
    box.replaceChildren(node("p", "provided", `${says[0].toUpperCase()}${says.slice(1)}.`), node("p", "", `${error.fix}${old}`));
    box.hidden = false;
    byId("view").classList.add("stale");
  }

  verdict(said) {
    const box = byId("bench-verdict");
    box.className = `bench-verdict v-${said.verdict || "none"}`;
    byId("bench-word").textContent = said.verdict_words;
    byId("bench-regimen").textContent = `${said.regimen}: ${said.total_mg} mg in all, ${said.max_mg_per_day} mg a day at most.`;
    const because = byId("bench-because");
    because.replaceChildren();
    if (said.because.length) because.append(node("p", "small", `Because: ${said.because.join("; ")}.`));
    if (said.provided_that.length) because.append(node("p", "small", `Provided that none of these holds: ${said.provided_that.join("; ")}.`));
    if (said.above_limits.length) {
      const list = node("ul", "plain small broken-rules");
      for (const one of said.above_limits) {
        const line = node("li");
        line.append(node("strong", "", one.title), ` ${one.say} `, source(one.rule));
        list.append(line);
      }
      because.append(node("p", "small", "These doses break:"), list);
    }
  }

  banner(said) {
    const box = byId("bench-banner");
    const doses = this.doses();
    const asked = [...this.root.querySelectorAll("[data-preset]")].some((one) => ["mg", "times", "days"].every((knob) => Number(one.dataset[knob]) === doses[knob]));
    const lines = said.what_if.map((one) => one.replace(/^what if: /, ""));
    if (!asked) lines.unshift(`${doses.mg} mg × ${doses.times} a day for ${doses.days} days`);
    box.className = `note ${said.verdict === "avoid" ? "v-avoid" : "banner"}`;
    box.replaceChildren();
    if (said.verdict === "avoid") box.append(node("p", "", "Avoid: the curves show what these doses would do, not that they may be given."));
    if (lines.length) box.append(Object.assign(node("p"), { textContent: `What if: ${lines.join("; ")}. This is not the record, and not a recommendation.` }));
    box.firstChild?.classList.add("provided");
    box.hidden = !box.firstChild;
  }

  /** From a quarter of a day before the first dose over two days; or everything. */
  span(curve) {
    const hours = this.root.querySelector('[name="span"]:checked').value === "hours";
    if (!hours || curve.subject === "stopping") return [0, Infinity];
    const from = Math.floor((this.last.dose_times_h[0] || 0) / 6) * 6;
    return [from, from + HOURS_SHOWN];
  }

  redraw() {
    const said = this.last;
    if (!said) return;
    this.lay(said);
    for (const curve of said.curves) {
      const chart = this.charts.get(curve.id);
      const other = this.pinned?.curves.find((one) => one.id === curve.id);
      if (!LATER.has(curve.id) || this.more.open) chart.update(curve, said.dose_times_h, this.span(curve), other);
    }
    byId("in-words").replaceChildren(...this.inWords(said));
    byId("compared").hidden = !this.pinned;
    if (this.pinned) byId("compared").replaceChildren(comparison(this.pinned, said));
  }

  /** A place for each curve, made anew only when other curves come: with an opioid, or without. */
  lay(said) {
    const wanted = said.curves.map((one) => one.id).join(" ");
    if (this.laid === wanted) return;
    this.laid = wanted;
    this.charts.forEach((one) => one.plot?.destroy());
    this.charts.clear();
    const room = byId("charts");
    this.more = node("details", "more-curves");
    this.more.append(node("summary", "", "More curves: other metabolites, sedation, receptors"), node("div", "charts"));
    this.more.addEventListener("toggle", () => this.redraw());
    room.replaceChildren();
    for (const subject of Object.keys(SUBJECTS)) {
      const curves = said.curves.filter((one) => one.subject === subject && !LATER.has(one.id));
      for (const curve of curves) {
        const chart = new Chart(curve.id, HEADINGS[curve.id] || SUBJECTS[subject]);
        this.charts.set(curve.id, chart);
        room.append(chart.figure);
      }
    }
    for (const curve of said.curves.filter((one) => LATER.has(one.id))) {
      const chart = new Chart(curve.id, curve.name);
      this.charts.set(curve.id, chart);
      this.more.lastChild.append(chart.figure);
    }
    room.append(this.more);
  }

  /** The sentences of each subject, each number in bold with its source beside it, and what must be seen with them. */
  inWords(said) {
    return Object.entries(SUBJECTS).flatMap(([subject, name]) => {
      const numbers = said.numbers.filter((one) => one.subject === subject);
      return numbers.length ? [this.subject(name, numbers, said.notes.find((one) => one.subject === subject))] : [];
    });
  }

  subject(name, numbers, notes) {
    const marks = new Set(numbers.map((one) => one.mark));
    const shared = marks.size === 1 ? numbers[0].mark : "";
    const box = node("section");
    const head = node("h3", "", name);
    if (shared) head.append(node("span", "tag", shared));
    const list = node("ul", "says");
    for (const one of numbers) {
      const line = node("li");
      const at = one.says.indexOf(one.typical);
      if (at < 0) line.append(one.says);
      else line.append(one.says.slice(0, at), node("strong", "", one.typical), one.says.slice(at + one.typical.length));
      if (one.mark && !shared) line.append(" ", node("em", "small", `${one.mark}.`));
      if (one.id) line.append(" ", source(one.id));
      list.append(line);
    }
    box.append(head, list);
    if (notes) box.append(node("p", "small", notes.says.join(" ")));
    if (numbers.some((one) => !one.id)) {
      const more = node("button", "btn little quiet", "What these rest on");
      more.type = "button";
      more.addEventListener("click", () => this.openFacts());
      const room = node("p");
      room.append(more);
      box.append(room);
    }
    return box;
  }

  openFacts() {
    const room = byId("bench-facts").parentElement;
    room.open = true;
    room.firstElementChild.focus();
  }

  /** Hundreds of links: made only when they are looked at. */
  facts(said) {
    const box = byId("bench-facts");
    if (!box.parentElement.open) return;
    const ids = node("p");
    for (const id of said.facts) ids.append(source(id), " ");
    const assumed = node("ul", "plain small");
    for (const one of [...said.assumed, ...said.extrapolated.map((line) => `Outside what was studied: ${line}`)]) assumed.append(node("li", "", one));
    box.replaceChildren(
      node("p", "small", `${said.people} simulated people like this patient (${said.patient}); seed ${said.seed}; knowledge ${said.made_with.edition}.`),
      assumed,
      ids,
    );
  }

  // --- two regimens side by side

  pin() {
    this.pinned = this.pinned ? null : this.last;
    const button = byId("pin");
    button.setAttribute("aria-pressed", String(Boolean(this.pinned)));
    button.textContent = this.pinned ? "Stop comparing" : "Pin these doses as A";
    byId("key-a").hidden = !this.pinned;
    this.redraw();
  }
}

