// Keys press the buttons that are there. Nothing is drawn here, and nothing from a page or a model is touched.
"use strict";

const byId = (id) => document.getElementById(id);
const editor = byId("editor");
const sheet = byId("sheet");

if (new URLSearchParams(location.search).has("token")) {
  const clean = new URL(location.href);
  clean.searchParams.delete("token"); // the cookie has it; the history need not
  history.replaceState(null, "", clean);
}

for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

function edit() {
  editor.open = true;
  byId("answer").focus();
}

function zoom() {
  sheet.classList.toggle("large");
  sessionStorage.setItem("large", sheet.classList.contains("large") ? "yes" : "");
  showMark();
}

// Scrolls the page's own pane, and never the window.
function showMark() {
  const pane = sheet.parentElement;
  const marks = [...sheet.querySelectorAll(".mark")].map((mark) => mark.getBoundingClientRect());
  if (!marks.length) return;
  const [first, last, outer] = [marks[0], marks.at(-1), pane.getBoundingClientRect()];
  pane.scrollTop += first.top - outer.top - (pane.clientHeight - first.height) / 2;
  // A row's value stands at its end: on a small screen the middle of a row shows neither its name nor its value.
  const centred = last.left - outer.left - (pane.clientWidth - last.width) / 2;
  pane.scrollLeft += Math.max(centred, last.right - outer.left - pane.clientWidth + 12);
}

const keys = {
  a: () => byId("accept")?.click(),
  r: () => byId("reject")?.click(),
  e: () => editor && edit(),
  j: () => byId("after")?.click(),
  k: () => byId("before")?.click(),
  u: () => byId("undo").requestSubmit(),
  z: () => sheet && zoom(),
  "?": () => byId("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.target.matches("textarea")) {
    if (event.key === "Escape") {
      editor.open = false;
      event.target.blur();
    } else if (event.key === "Enter" && event.ctrlKey) {
      byId("save").click();
    }
    return;
  }
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat; // a key held down decides once
  if (plain && keys[event.key] && !event.target.matches("select") && !byId("help").open) {
    event.preventDefault();
    keys[event.key]();
  }
});

byId("edit")?.addEventListener("click", edit);
byId("ask-help").addEventListener("click", keys["?"]);

if (sheet) {
  if (sessionStorage.getItem("large")) sheet.classList.add("large");
  showMark();
}
