// A list that is filtered where it is read: the words are sent nowhere.
"use strict";

const field = document.getElementById("filter");
const list = document.getElementById(field.dataset.filters);
const entries = [...list.querySelectorAll("li")].map((entry) => [entry, entry.textContent.toLowerCase()]);
const shown = document.getElementById("shown");

function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const [entry, text] of entries) {
    const here = words.every((word) => text.includes(word));
    entry.hidden = !here;
    count += here;
  }
  for (const section of list.querySelectorAll("section")) {
    section.hidden = !section.querySelector("li:not([hidden])");
  }
  document.getElementById("none").hidden = count > 0;
  shown.textContent = `${count} of ${entries.length} shown. The words stay in this browser.`;
}

field.addEventListener("input", filter);
filter(); // a browser may give back what was typed before
