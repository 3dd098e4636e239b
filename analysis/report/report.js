// Four conveniences; without them every table and quote is still there to read, and every link leads there.
// 1. Columns sort. 2. Long tables are folded and can be searched. 3. A number opens its quotes over the page, where one reads.
// 4. The marks of a figure are one stop of the tab key; arrow keys go from mark to mark.
"use strict";
const value = (cell) => (cell === undefined ? "" : "v" in cell.dataset ? cell.dataset.v : cell.textContent);

function compare(a, b, down) {
  if (a === "" || b === "") return (a === "") - (b === ""); // empty cells stay last
  const difference = Number(a) - Number(b);
  const order = Number.isNaN(difference) ? a.localeCompare(b, document.documentElement.lang) : difference;
  return down ? -order : order;
}

function sort(table, column, head) {
  const first = head.classList.contains("number") ? "descending" : "ascending"; // numbers: the largest first
  const sorted = head.getAttribute("aria-sort");
  const down = (sorted ? (sorted === "ascending" ? "descending" : "ascending") : first) === "descending";
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => [value(row.cells[column]), row]);
  rows.sort(([a], [b]) => compare(a, b, down));
  body.append(...rows.map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
}

function makeSortable(table) {
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, column, head));
    head.append(button);
  });
}

function makeSearchable(table) {
  const box = document.createElement("input");
  box.type = "search";
  box.className = "find";
  box.placeholder = table.dataset.search;
  box.setAttribute("aria-label", table.dataset.search);
  box.addEventListener("input", () => {
    table.classList.remove("folded");
    const wanted = box.value.trim().toLowerCase();
    for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
  table.parentElement.before(box);
}

function makeFoldable(table) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "all";
  button.textContent = table.dataset.all;
  button.addEventListener("click", () => table.classList.remove("folded"));
  table.classList.add("folded");
  table.after(button);
}

for (const table of document.querySelectorAll("table.data")) {
  makeSortable(table);
  if ("search" in table.dataset) makeSearchable(table);
  if ("all" in table.dataset && !table.closest("details")) makeFoldable(table);
}

// The step of each arrow: along it, and how far off its line a mark may be before another is nearer.
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

function middle(mark) {
  const box = mark.querySelector("rect").getBBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

function nearest(marks, from, [dx, dy]) {
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const mark of marks) {
    const [a, b] = middle(mark);
    const along = (a - x) * dx + (b - y) * dy;
    const off = Math.abs((a - x) * dy) + Math.abs((b - y) * dx);
    if (along > 0.5 && along + 4 * off < least) [best, least] = [mark, along + 4 * off];
  }
  return best;
}

function makeOneStop(figure) {
  const marks = Array.from(figure.querySelectorAll("a"));
  marks.forEach((mark, at) => mark.setAttribute("tabindex", at ? "-1" : "0"));
  figure.addEventListener("keydown", (event) => {
    const from = event.target.closest("a");
    if (!(event.key in STEPS) || !from) return;
    event.preventDefault();
    const to = nearest(marks, from, STEPS[event.key]);
    if (!to) return;
    from.setAttribute("tabindex", "-1");
    to.setAttribute("tabindex", "0");
    to.focus();
  });
}

for (const figure of document.querySelectorAll("svg.marks")) makeOneStop(figure);

const drawer = document.getElementById("drawer");
const body = document.getElementById("drawer-body");
const goThere = document.getElementById("drawer-link");

function open(section, link) {
  const copy = section.cloneNode(true);
  copy.removeAttribute("id");
  for (const inner of copy.querySelectorAll("[id]")) inner.removeAttribute("id");
  body.replaceChildren(copy);
  const said = link.querySelector("title"); // a mark of a figure says what it is in an element
  document.getElementById("drawer-said").textContent = said ? said.textContent : link.title;
  goThere.href = "#" + section.id;
  if (!drawer.open) drawer.showModal();
  drawer.scrollTop = 0;
}

document.addEventListener("click", (event) => {
  if (event.target === drawer || event.target.id === "drawer-close") return drawer.close();
  const link = event.target.closest("a[href^='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (link === goThere) return drawer.close();
  const section = document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
  if (!section) return;
  const details = section.closest("details");
  if (details) details.open = true; // a row of a figure's table
  if (!section.classList.contains("ev")) return;
  event.preventDefault();
  open(section, link);
});
