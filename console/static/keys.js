// Keys for people who do this all day. Everything here is a link or a button without it.
"use strict";
(() => {
  const store = "hallpass-keys";
  const off = () => localStorage.getItem(store) === "off";
  const seen = (element) => element && element.checkVisibility() && !element.disabled;
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const current = () => document.querySelector("[data-row][aria-current]");
  const typing = (element) =>
    element.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");

  const go = (step) => {
    const all = rows();
    const here = all.indexOf(current());
    const next = all[here < 0 ? 0 : Math.min(Math.max(here + step, 0), all.length - 1)];
    current()?.removeAttribute("aria-current");
    next.setAttribute("aria-current", "true");
    next.querySelector("[data-open]").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const tick = (row) => {
    const box = row.querySelector("input[type=checkbox]");
    box.checked = !box.checked;
  };

  const choose = (button) => {
    const list = button.closest("[data-list]");
    if (list.querySelector("[data-row] input:checked")) return true;
    const row = current() || rows()[0];
    if (!row) return false;
    tick(row);
    return true;
  };

  const open = (details) => {
    details.open = !details.open;
    if (!details.open) return details.querySelector("summary").focus();
    (details.querySelector("input[type=radio], [data-go]") || details.querySelector("summary")).focus();
    details.scrollIntoView({ block: "nearest" });
  };

  const act = (element) => {
    if (element.matches("details")) return open(element);
    if (element.matches("input[type=radio]")) {
      element.checked = true;
      return element.focus();
    }
    if (element.matches("input")) return element.focus();
    if (element.matches("[data-row-needed]") && !choose(element)) return;
    element.click();
  };

  document.addEventListener("keydown", (event) => {
    if (off() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return document.querySelector("details.act[open] summary")?.click();
    if (typing(event.target)) return;
    if (rows().length && (event.key === "j" || event.key === "k")) {
      event.preventDefault();
      return go(event.key === "j" ? 1 : -1);
    }
    if (event.key === "s" && current()) return tick(current());
    const named = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find(seen);
    if (named) {
      event.preventDefault();
      act(named);
    }
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-all]")) return;
    rows().forEach((row) => (row.querySelector("input[type=checkbox]").checked = event.target.checked));
  });

  const toggle = document.querySelector("button[data-keys]");
  if (toggle) {
    const [turnOff, turnOn] = toggle.children;
    const say = () => ([turnOff.hidden, turnOn.hidden] = [off(), !off()]);
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      localStorage.setItem(store, off() ? "on" : "off");
      say();
    });
    say();
  }
})();
