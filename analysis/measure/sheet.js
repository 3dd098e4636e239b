
"use strict";
// Everything shown is set as text, never as markup: a string of a page cannot run here.
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const key = "collection-practices:" + data.sheet + ":" + data.coder;
let language = "zh", place = 0, row = 0, state = {}, keeps = true;

function word(name) { return data.words[name][language]; }
function unit() { return data.units[place]; }
function codesOf(name) { return state[name] || (state[name] = { done: false, codes: {} }); }
function note(name) { at("note").textContent = name ? word(name) : ""; }

function keep() {
  try { localStorage.setItem(key, JSON.stringify(state)); note("kept"); } catch (error) { keeps = false; note("not_kept"); }
}

// Codes from a file or the browser: only known units, themes and letters are taken over.
function taken(found) {
  const clean = {};
  for (const u of data.units) {
    const given = found && Object.hasOwn(found, u.unit) ? found[u.unit] : null;
    if (!given || typeof given !== "object") continue;
    const codes = {};
    for (const t of data.themes) {
      const value = given.codes && Object.hasOwn(given.codes, t.slug) ? String(given.codes[t.slug]) : "";
      const letters = data.families.map((f) => f.letter).filter((l) => value.includes(l)).join("");
      if (letters) codes[t.slug] = letters;
    }
    clean[u.unit] = { done: given.done === true, codes: codes };
  }
  return clean;
}

function toggle(slug, letter) {
  const codes = codesOf(unit().unit).codes, now = codes[slug] || "";
  const next = data.families.map((f) => f.letter).filter((l) => (l === letter) !== now.includes(l)).join("");
  if (next) codes[slug] = next; else delete codes[slug];
  keep(); marks();
}

function build() {
  data.themes.forEach((theme, number) => {
    const line = document.createElement("div");
    line.className = "theme"; line.setAttribute("role", "group");
    const name = document.createElement("span");
    name.className = "name"; name.id = "theme-" + number;
    line.setAttribute("aria-labelledby", name.id);
    const buttons = document.createElement("span");
    buttons.className = "marks";
    for (const family of data.families) {
      const button = document.createElement("button");
      button.type = "button";
      button.addEventListener("click", () => { row = number; toggle(theme.slug, family.letter); });
      buttons.append(button);
    }
    line.append(name, buttons);
    at("themes").append(line);
  });
}

function marks() {
  const codes = codesOf(unit().unit);
  [...at("themes").children].forEach((line, number) => {
    const theme = data.themes[number];
    line.classList.toggle("here", number === row);
    line.firstChild.textContent = theme[language];
    line.firstChild.title = theme[language + "_what"];
    [...line.lastChild.children].forEach((button, f) => {
      button.textContent = data.families[f][language];
      button.setAttribute("aria-pressed", String((codes.codes[theme.slug] || "").includes(data.families[f].letter)));
    });
  });
  const done = data.units.filter((u) => state[u.unit] && state[u.unit].done).length;
  at("progress").textContent = data.coder + " · " + word("post") + " " + (place + 1) + "/" + data.units.length +
    (codes.done ? " (" + word("is_done") + ")" : "") + " · " + word("done_of") + " " + done + "/" + data.units.length;
  at("undo").hidden = !codes.done;
}

function show() {
  document.documentElement.lang = language === "zh" ? "zh" : "en";
  at("title").textContent = word("title"); document.title = word("title");
  at("text-name").textContent = word("text"); at("themes-name").textContent = word("themes");
  for (const name of ["back", "forward", "todo", "save", "undo"]) at(name).textContent = word(name);
  at("done").textContent = word("done_next"); at("language").textContent = word("other_language");
  at("load").firstChild.textContent = word("load");
  at("help").firstChild.textContent = word("help"); at("keys").textContent = word("keys"); at("rule").textContent = word("rule");
  at("families").replaceChildren(...data.families.flatMap((f) => {
    const name = document.createElement("dt"), what = document.createElement("dd");
    name.textContent = f[language] + " (" + f.letter + ")"; what.textContent = f[language + "_what"];
    return [name, what];
  }));
  at("text").textContent = unit().text;
  marks();
}

function go(step) { place = Math.min(data.units.length - 1, Math.max(0, place + step)); row = 0; show(); scrollTo(0, 0); }
function open_() {
  const next = data.units.findIndex((u) => !(state[u.unit] && state[u.unit].done));
  if (next >= 0) { place = next; row = 0; show(); scrollTo(0, 0); }
}
function finish(is) { codesOf(unit().unit).done = is; keep(); if (is) go(1); else marks(); }
function step(by) {
  row = (row + by + data.themes.length) % data.themes.length; marks();
  at("themes").children[row].scrollIntoView({ block: "nearest" });
}

function save() {
  const text = JSON.stringify({ sheet: data.sheet, coder: data.coder, themes: data.themes.map((t) => t.slug), codes: taken(state) }, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = data.coder + ".json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  note("saved");
}

async function load(event) {
  const file = event.target.files[0];
  event.target.value = "";
  if (!file) return;
  let found = null;
  try { found = JSON.parse(await file.text()); } catch (error) { found = null; }
  if (!found || found.sheet !== data.sheet || found.coder !== data.coder) { note("wrong_file"); return; }
  state = taken(found.codes); keep(); open_(); note("loaded");
}

const keys = {
  ArrowDown: () => step(1), ArrowUp: () => step(-1), ArrowRight: () => go(1), ArrowLeft: () => go(-1),
  s: save, S: save, 0: () => { delete codesOf(unit().unit).codes[data.themes[row].slug]; keep(); marks(); },
};
data.families.forEach((f, number) => { keys[String(number + 1)] = () => toggle(data.themes[row].slug, f.letter); });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const onControl = event.target.closest("button, input, summary, label");
  if (event.key === "Enter" && !onControl) { event.preventDefault(); finish(true); return; }
  if (Object.hasOwn(keys, event.key)) { event.preventDefault(); keys[event.key](); }
});
at("back").addEventListener("click", () => go(-1));
at("forward").addEventListener("click", () => go(1));
at("todo").addEventListener("click", open_);
at("done").addEventListener("click", () => finish(true));
at("undo").addEventListener("click", () => finish(false));
at("save").addEventListener("click", save);
at("file").addEventListener("change", load);
at("language").addEventListener("click", () => { language = language === "zh" ? "en" : "zh"; show(); });
try { state = taken(JSON.parse(localStorage.getItem(key))); } catch (error) { state = {}; }
build(); show(); open_();
