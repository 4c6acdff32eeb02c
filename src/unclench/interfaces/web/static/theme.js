// Light, dark, or as the device has it. Loaded before the page is drawn, so that no page flashes in the other theme.
// The choice is the only thing that this program keeps in a browser.
(() => {
  "use strict";
  const KEY = "unclench-theme";
  const root = document.documentElement;

  function kept() {
    try {
      return localStorage.getItem(KEY) || "";
    } catch {
      return ""; // storage may be forbidden; the page then follows the device
    }
  }

  function show(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === (root.dataset.theme || "")));
    }
    document.dispatchEvent(new CustomEvent("unclench:theme"));
  }

  root.classList.add("js");
  show(kept());
  document.addEventListener("DOMContentLoaded", () => {
    show(kept());
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-theme-set]");
      if (!button) return;
      try {
        localStorage.setItem(KEY, button.dataset.themeSet);
      } catch {
        // Shown all the same, until the next page.
      }
      show(button.dataset.themeSet);
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(kept()));
})();
