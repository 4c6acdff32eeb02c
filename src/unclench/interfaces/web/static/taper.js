// What the taper page does beyond its form: files into the field that is read, one more row, focus on what is wrong.
"use strict";

const MOST_BYTES = 1500000;
const BUSY = 503;
const MOST_TRIES = 3;

document.addEventListener("change", async (event) => {
  const input = event.target.closest("input[type=file][data-into]");
  if (!input || !input.files.length) return;
  event.stopPropagation();
  const [file] = input.files;
  const field = document.getElementById(input.dataset.into);
  input.setCustomValidity(file.size > MOST_BYTES ? "This file is larger than 1.5 MB." : "");
  if (!input.reportValidity()) return;
  field.value = await file.text();
  input.value = ""; // the file itself is never sent
  field.dispatchEvent(new Event("change", { bubbles: true }));
}, true);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (!button) return;
  const rows = document.querySelector(`#${button.dataset.addRow} tbody`);
  const number = rows.rows.length + 1;
  const row = rows.rows[rows.rows.length - 1].cloneNode(true);
  for (const one of row.querySelectorAll("input, select")) {
    one.setAttribute("aria-label", one.getAttribute("aria-label").replace(/\d+$/, String(number)));
    if (one.tagName === "INPUT") one.value = "";
  }
  rows.append(row);
  row.querySelector("input").focus();
});

// Whoever pressed the button is brought to the answer; whoever changes a field stays in it.
let pressed = false;
let tries = 0; // since the service last answered
document.addEventListener("submit", (event) => {
  // A button with an address of its own asks for a file: the browser sends that form, and no answer is swapped in.
  if (event.submitter && event.submitter.hasAttribute("formaction")) event.stopImmediatePropagation();
  else pressed = true;
}, true);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "result") return;
  tries = 0;
  if (!pressed) return;
  pressed = false;
  const first = document.querySelector("#wrong, #headline");
  if (first) {
    first.tabIndex = -1;
    first.focus();
  }
});

// A full search that began before the form was sent again is not the answer any more.
let sent = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, xhr } = event.detail;
  if (elt.id === "ask") sent += 1;
  xhr.sentAfter = sent;
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.sentAfter !== sent) event.detail.shouldSwap = false;
});

// A refusal by the service itself (too much, too often, too busy) comes as JSON.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (target.id !== "result" || xhr.sentAfter !== sent || !(xhr.getResponseHeader("Content-Type") || "").includes("json")) return;
  event.detail.shouldSwap = false;
  if (xhr.status === BUSY && tries < MOST_TRIES) {
    tries += 1;
    document.getElementById("stage").textContent = "Busy just now: trying again.";
    const wait = Number(xhr.getResponseHeader("Retry-After")) || 1;
    setTimeout(() => document.getElementById("ask").dispatchEvent(new Event("change", { bubbles: true })), wait * 1000);
    return;
  }
  let said = { need: "another try", fix: "Send it again in a moment." };
  try {
    said = JSON.parse(xhr.responseText).error;
  } catch {
    // Then the plain words above stand.
  }
  refuse(`The service needs ${said.need}.`, said.fix);
});

document.addEventListener("htmx:sendError", () => {
  refuse("The service cannot be reached.", "Check the connection and send it again.");
});

function refuse(says, fix) {
  const box = Object.assign(document.createElement("div"), { className: "note problem", id: "wrong", tabIndex: -1 });
  box.append(
    Object.assign(document.createElement("h2"), { textContent: says }),
    Object.assign(document.createElement("p"), { textContent: fix }),
  );
  document.getElementById("result").replaceChildren(box);
  document.getElementById("stage").textContent = says;
  if (pressed) box.focus();
  pressed = false;
  tries = 0;
}
