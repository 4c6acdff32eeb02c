// The main page: the record is sent for each answer, the bench begins again with each answer, and a rule opens beside
// the page so that nothing entered is lost. Only text is ever put into the page from what the server sends as JSON.
import { startBench } from "./bench.js";

const WIDE = matchMedia("(min-width: 68rem)");
const byId = (id) => document.getElementById(id);
let submittedBy = ""; // what caused the answer that is awaited: "form" or "question"

function fresh() {
  const bench = byId("the-bench");
  if (bench) startBench(bench, byId("ask-json").value);
}

function say(text) {
  byId("live").textContent = text;
}

// --- the record

function askAgain(why) {
  submittedBy = why;
  byId("record-form").requestSubmit();
}

async function readFile(input) {
  const file = input.files[0];
  if (!file) return;
  byId("record-text").value = await file.text();
  byId("how-text").checked = true;
  input.value = "";
  say(`${file.name} was read.`);
  askAgain("form");
}

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.id === "record-file") readFile(field);
  else if (field.matches("[data-ask]") && byId("consulted")) askAgain(field.matches("[data-answer]") ? "question" : "form");
});

document.addEventListener("click", (event) => {
  const drop = event.target.closest("[data-drop]");
  if (drop) {
    event.preventDefault();
    document.querySelector(`input[name="${CSS.escape(drop.dataset.drop)}"]`)?.remove();
    askAgain("question");
  }
  if (event.target.closest("[data-print]")) print();
  const link = event.target.closest("a[data-source]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    openSource(link);
  }
});

// --- answers as they come

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (target.id !== "answer" || !(xhr.getResponseHeader("Content-Type") || "").includes("json")) return;
  event.detail.shouldSwap = false; // a refusal by the service itself: too much, too often, too busy
  target.replaceChildren(refusal(xhr.responseText, xhr.status));
  landed();
});

document.addEventListener("htmx:sendError", () => {
  byId("answer").replaceChildren(problem("The service cannot be reached.", "Check the connection and send it again."));
  landed();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "answer") landed();
});

function refusal(body, status) {
  try {
    const { need, fix } = JSON.parse(body).error;
    return problem(`The service needs ${need}.`, fix);
  } catch {
    return problem(`The service answered ${status}.`, "Send it again in a moment.");
  }
}

function problem(says, fix) {
  const box = document.createElement("section");
  box.className = "note problem";
  box.tabIndex = -1;
  box.dataset.focus = "";
  const head = document.createElement("h1");
  head.textContent = says;
  const what = document.createElement("p");
  what.textContent = fix;
  box.append(head, what);
  return box;
}

/** What was wrong, tied to the field that it is about, for as long as it stands. */
function tie() {
  const about = document.querySelector("#answer [data-about]")?.dataset.about;
  for (const [id, others] of [["record-text", ""], ["request", "request-hint"], ["on", ""]]) {
    const field = byId(id);
    const said = [id === about && "wrong-facts", others].filter(Boolean).join(" ");
    if (id === about) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    if (said) field.setAttribute("aria-describedby", said);
    else field.removeAttribute("aria-describedby");
  }
}

/** Where the reader goes next: from a question to the next one, else to the verdict. */
function landed() {
  fresh();
  tie();
  const verdict = document.querySelector("#answer [data-focus]");
  if (byId("consulted") && !WIDE.matches) document.querySelector("[data-record]").open = false;
  const next = submittedBy === "question" && document.querySelector(".ask-list input, .ask-list select");
  (next || verdict)?.focus({ preventScroll: Boolean(next) });
  if (!next) verdict?.scrollIntoView({ block: "nearest" });
  const word = document.querySelector("#verdict .word");
  say(word ? `Verdict: ${word.textContent}` : verdict?.textContent.trim().replace(/\s+/g, " ") || "");
  submittedBy = "";
}

/** htmx notes the address of a page, whose history is off. It holds nothing of a patient; still, nothing is kept. */
function forget() {
  try {
    sessionStorage.removeItem("htmx-current-path-for-history");
  } catch {
    // Storage is forbidden: then nothing is in it.
  }
}

// --- a rule or a fact, beside the page

async function openSource(link) {
  const dialog = byId("source");
  byId("source-title").textContent = link.textContent;
  byId("source-open").href = link.href;
  const body = byId("source-body");
  body.replaceChildren(Object.assign(document.createElement("p"), { textContent: "Opening …" }));
  dialog.showModal();
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" }, referrerPolicy: "no-referrer" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = answer.ok && page.querySelector("main");
    if (!main) throw new Error("no page");
    for (const part of main.querySelectorAll("script, form, nav, .fact-id")) part.remove(); // the dialog bears the id
    for (const part of main.querySelectorAll("[id], [aria-labelledby], [aria-describedby]")) {
      for (const name of ["id", "aria-labelledby", "aria-describedby"]) part.removeAttribute(name);
    }
    body.replaceChildren(...document.adoptNode(main).childNodes);
  } catch {
    body.replaceChildren(problem("The source cannot be shown here.", "Open it in a new tab."));
  }
}

document.addEventListener("DOMContentLoaded", ready);
function ready() {
  const record = document.querySelector("[data-record]");
  if (WIDE.matches) record.open = true;
  // Only somebody who closes it gives its column to the answer: nothing may move while the page comes.
  record.querySelector("summary").addEventListener("click", () => record.closest(".desk").classList.toggle("folded", record.open));
  byId("source-close").addEventListener("click", () => byId("source").close());
  byId("source").addEventListener("click", (event) => {
    if (event.target === event.currentTarget) event.currentTarget.close();
  });
  forget();
  byId("record-form").addEventListener("submit", () => {
    submittedBy ||= "form";
  });
  fresh();
}
