// Three conveniences; without them every table and quote is still there to read.
// 1. Columns sort. 2. Long tables are folded and can be searched. 3. A number opens its quotes over the page, where one reads.
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

const drawer = document.getElementById("drawer");
const body = document.getElementById("drawer-body");
const goThere = document.getElementById("drawer-link");

function open(section, link) {
  const copy = section.cloneNode(true);
  copy.removeAttribute("id");
  for (const inner of copy.querySelectorAll("[id]")) inner.removeAttribute("id");
  body.replaceChildren(copy);
  document.getElementById("drawer-said").textContent = link.title;
  goThere.href = "#" + section.id;
  if (!drawer.open) drawer.showModal();
  drawer.scrollTop = 0;
}

document.addEventListener("click", (event) => {
  if (event.target === drawer || event.target.id === "drawer-close") return drawer.close();
  const link = event.target.closest("a[href^='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (link === goThere) return drawer.close();
  const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!section || !section.classList.contains("ev")) return;
  event.preventDefault();
  open(section, link);
});
