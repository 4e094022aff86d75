"use strict";
// The page is whole without this script: it searches, filters, folds, copies and switches the theme.
{
  const root = document.documentElement;
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Theme: the system's until somebody chooses. Storage may be closed to a page that is opened as a file.
  const THEME = "agencyfile.theme";

  function storedTheme() {
    try {
      return localStorage.getItem(THEME) || "auto";
    } catch {
      return "auto";
    }
  }

  function setTheme(theme) {
    root.dataset.theme = theme;
    try {
      localStorage.setItem(THEME, theme);
    } catch {
      // it holds until the page is closed
    }
  }

  // Search and filter. The text of every row is taken once, when it is first asked for.
  let rows;

  function searchable() {
    rows ??= all("#changes .list > li").map((row) => {
      const summary = row.querySelector("summary");
      const cells = [...summary.querySelectorAll(".subject, .reason, .place")];
      return { row, text: cells.map((cell) => cell.textContent).join(" ").toLowerCase() };
    });
    return rows;
  }

  function chosen() {
    const facets = new Map();
    for (const { dataset, value } of all("button[data-facet][aria-pressed=true]")) {
      facets.set(dataset.facet, (facets.get(dataset.facet) ?? new Set()).add(value));
    }
    return [...facets];
  }

  function narrow() {
    const words = one("#search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const facets = chosen();
    let shown = 0;
    for (const { row, text } of searchable()) {
      const fits =
        words.every((word) => text.includes(word)) && facets.every(([name, values]) => values.has(row.dataset[name]));
      row.hidden = !fits;
      shown += fits;
    }
    one("#shown").textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
    one("#no-match").hidden = shown > 0;
    one("#clear").hidden = !words.length && !facets.length;
  }

  let waiting = 0;

  function narrowSoon() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      narrow();
      const list = one("#changes");
      if (list.getBoundingClientRect().top < 0) list.scrollIntoView();
    });
  }

  function press(button, pressed) {
    button.setAttribute("aria-pressed", String(pressed));
  }

  function clear() {
    one("#search").value = "";
    all("button[data-facet]").forEach((button) => press(button, false));
    narrow();
  }

  function showOnly(effect) {
    clear();
    const button = all("button[data-facet=effect]").find(({ value }) => value === effect);
    if (button) press(button, true);
    narrow();
  }

  // Folds.
  function foldAll(open) {
    for (const fold of all("#changes .list > li:not([hidden]) > details")) fold.open = open;
  }

  // The address bar names the change that was unfolded last: that is the link to send.
  function address(row) {
    if (row.id) history.replaceState(null, "", `#${row.id}`);
  }

  function unfoldAddressed() {
    const row = document.getElementById(location.hash.slice(1));
    const fold = row?.querySelector(":scope > details");
    if (!fold) return;
    if (row.hidden) clear();
    fold.open = true;
    row.scrollIntoView();
  }

  // Copying.
  async function write(element) {
    try {
      await navigator.clipboard.writeText(element.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(element); // a page over plain HTTP has no clipboard: the text is selected at least
      return document.execCommand("copy");
    }
  }

  async function copy(button) {
    const name = button.dataset.copy;
    const copied = await write(document.getElementById(name));
    button.textContent = copied ? "Copied" : "Selected";
    one(".said").textContent = copied ? `The ${name} is copied.` : `The ${name} is selected.`;
    setTimeout(() => (button.textContent = `Copy ${name}`), 2000);
  }

  // One listener for each kind of event, so that the page answers while it still loads.
  const buttons = { clear, expand: () => foldAll(true), collapse: () => foldAll(false) };

  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[data-show]");
    if (link) showOnly(link.dataset.show);
    const fold = target.closest("#changes summary")?.parentElement;
    if (fold && !fold.open) address(fold.parentElement);
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    if (button.dataset.facet) {
      press(button, button.getAttribute("aria-pressed") !== "true");
      narrowSoon();
    }
    buttons[button.id]?.();
  });
  document.addEventListener("input", ({ target }) => {
    if (target.id === "search") narrowSoon();
  });
  document.addEventListener("change", ({ target }) => {
    if (target.name === "theme") setTheme(target.value);
  });
  document.addEventListener("DOMContentLoaded", () => {
    rows = undefined;
    for (const choice of all("input[name=theme]")) choice.checked = choice.value === root.dataset.theme;
    unfoldAddressed();
  });
  addEventListener("hashchange", unfoldAddressed);

  root.classList.add("js");
  root.dataset.theme = storedTheme();
}
