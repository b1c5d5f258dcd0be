"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const language = () => document.querySelector("main:not([hidden])").id;

// ---- language
function speak(to) {
  const from = language();
  for (const page of all("main")) page.hidden = page.id !== to;
  for (const button of all("[data-set]")) button.setAttribute("aria-pressed", String(button.dataset.set === to));
  document.documentElement.lang = data.words[to]["language.tag"];
  document.title = data.titles[to];
  document.querySelector(".print").textContent = data.words[to]["page.print"];
  if (from !== to) for (const open of all(`#${from} details.target`)) document.getElementById(`${to}-${open.dataset.target}`).open = open.open;
  hide();
  draw(document.getElementById(to));
}
for (const button of all("[data-set]")) button.addEventListener("click", () => { speak(button.dataset.set); history.replaceState(null, "", "#" + button.dataset.set); });
document.querySelector(".print").addEventListener("click", () => print());

function arrive() {
  const name = decodeURIComponent(location.hash.slice(1)), page = name.split("-")[0];
  if (page in data.words) { if (page !== language()) speak(page); }
  const place = document.getElementById(`${language()}-${name}`) || document.getElementById(name);  // #rd-intensity: in the language shown
  if (place && place.matches("details")) { if (place.hidden) choose("", ""); place.open = true; place.scrollIntoView(); place.querySelector("summary").focus({ preventScroll: true }); }
}
addEventListener("hashchange", arrive);

// ---- charts: each drawn once, when it comes to be seen; their colours are the page's variables
const drawn = new Set();
async function draw(root) {
  const font = getComputedStyle(document.body).fontFamily, width = Math.min(620, Math.max(270, document.documentElement.clientWidth - 90));
  const config = { background: "transparent", font, view: { stroke: null }, axis: { labelColor: "var(--soft)", gridColor: "var(--grid)", domainColor: "var(--soft)", tickColor: "var(--soft)", labelFontSize: 12.5 }, text: { fontSize: 12.5 } };
  for (const holder of all(".chart", root)) {
    if (drawn.has(holder) || holder.closest("details:not([open])")) continue;
    drawn.add(holder);
    const chart = data.charts[holder.id], specification = { ...chart, width: width - (chart.usermeta?.room ?? 0), height: width < 420 ? 220 : 260 };
    await vegaEmbed(holder, specification, { renderer: "svg", actions: false, config });
    const picture = holder.querySelector("svg");
    picture.setAttribute("aria-hidden", "true");
    for (const part of all("[tabindex]", holder)) part.removeAttribute("tabindex");
  }
  root.dataset.drawn = "yes";
}
document.addEventListener("toggle", event => { if (event.target.open) draw(event.target); }, true);

// ---- where a number comes from
const tip = document.getElementById("trace");
let shownFor = null, pinned = false, leaving = 0;
function show(number, pin) {
  clearTimeout(leaving);
  hide();
  const names = data.words[language()], trace = data.traces[data.facts[number.dataset.fact]];
  const lines = [["value", number.textContent], ...["indicator", "period", "release", "source"].map((key, place) => [key, trace[place]])].filter(line => line[1]);
  const list = document.createElement("dl");
  for (const [key, text] of lines) for (const [tag, content] of [["dt", names["field." + key]], ["dd", text]]) list.appendChild(Object.assign(document.createElement(tag), { textContent: content }));
  tip.replaceChildren(list);
  tip.lang = document.documentElement.lang;
  tip.hidden = false;
  const box = number.getBoundingClientRect(), wide = document.documentElement.clientWidth;
  tip.style.left = Math.max(8, Math.min(box.left, wide - tip.offsetWidth - 8)) + scrollX + "px";
  const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
  tip.style.top = (below ? box.bottom + 6 : Math.max(4, box.top - tip.offsetHeight - 6)) + scrollY + "px";
  number.setAttribute("aria-describedby", "trace");
  number.setAttribute("aria-expanded", "true");
  shownFor = number; pinned = pin;
}
function hide() {
  if (!shownFor) return;
  shownFor.removeAttribute("aria-describedby"); shownFor.removeAttribute("aria-expanded");
  tip.hidden = true; shownFor = null; pinned = false;
}
const press = number => pinned && shownFor === number ? hide() : show(number, true);
const leave = () => { clearTimeout(leaving); leaving = setTimeout(() => { if (!pinned) hide(); }, 180); };
for (const number of all(".n")) {
  number.addEventListener("mouseenter", () => { if (!pinned) show(number, false); });
  number.addEventListener("mouseleave", leave);
  number.addEventListener("focus", () => show(number, false));
  number.addEventListener("blur", leave);
  number.addEventListener("click", event => { event.preventDefault(); event.stopPropagation(); press(number); });
}
tip.addEventListener("mouseenter", () => clearTimeout(leaving));
tip.addEventListener("mouseleave", leave);
addEventListener("keydown", event => {
  if (event.key === "Escape") hide();
  if ((event.key === "Enter" || event.key === " ") && event.target.classList?.contains("n")) { event.preventDefault(); press(event.target); }
});
document.addEventListener("click", event => { if (shownFor && !tip.contains(event.target)) hide(); });

// ---- sorting
const words = new Set(["title"]);
function sort(key, down) {
  for (const page of all("main")) {
    const body = page.querySelector(".list tbody"), turn = down ? -1 : 1;
    const order = (a, b) => words.has(key) ? a.dataset[key].localeCompare(b.dataset[key], page.lang) : a.dataset[key] - b.dataset[key];
    const rows = all("tr", body).sort((a, b) => turn * order(a, b) || a.dataset.place - b.dataset.place);
    body.replaceChildren(...rows);
    for (const head of all(".list th[data-key]", page)) {
      if (head.dataset.key === key) { head.setAttribute("aria-sort", down ? "descending" : "ascending"); page.querySelector("[data-told]").textContent = data.words[page.id]["page.sorted"].replace("{column}", head.textContent.trim()); }
      else head.removeAttribute("aria-sort");
    }
    page.querySelector("select.sort").value = key === "evidence" ? "place" : key;
  }
}
for (const head of all(".list th[data-key]")) head.firstElementChild.addEventListener("click", () => {
  const now = head.getAttribute("aria-sort"), first = head.dataset.key === "probability";
  sort(head.dataset.key, now ? now === "ascending" : first);
});
for (const select of all("select.sort")) select.addEventListener("change", () => sort(select.value, select.value === "probability"));

// ---- choosing: the same targets in both languages
function choose(state, asked) {
  for (const page of all("main")) {
    page.querySelector("select.state").value = state;
    page.querySelector("input.seek").value = asked;
    let found = 0;
    for (const row of all(".list tbody tr", page)) {
      const fits = (!state || row.dataset.state === state) && row.textContent.toLowerCase().includes(asked.trim().toLowerCase());
      row.hidden = document.getElementById(`${page.id}-${row.dataset.target}`).hidden = !fits;
      found += fits;
    }
    page.querySelector("[data-told]").textContent = state || asked ? data.words[page.id]["page.found"].replace("{n}", found) : "";
  }
}
for (const box of all(".chooser")) {
  const state = box.querySelector("select.state"), seek = box.querySelector("input.seek");
  for (const one of [state, seek]) one.addEventListener("input", () => choose(state.value, seek.value));
}

const shut = page => all("details.target", page).some(target => !target.open);
function label(page) {
  for (const button of all("button.all", page)) button.textContent = shut(page) ? button.dataset.open : button.dataset.close;
}
for (const page of all("main")) {
  page.addEventListener("toggle", () => label(page), true);  // does not bubble: whoever opened or shut it
  for (const button of all("button.all", page)) button.addEventListener("click", () => {
    const open = shut(page);
    for (const target of all("details.target", page)) target.open = open;
  });
}

// ---- what if: the same arithmetic as analysis.review.whatif.probability
function interpolate(x, xs, ys) {
  if (x <= xs[0]) return ys[0];
  const last = xs.length - 1;
  if (x >= xs[last]) return ys[last];
  let place = 1;
  while (xs[place] < x) place += 1;
  return ys[place - 1] + (x - xs[place - 1]) / (xs[place] - xs[place - 1]) * (ys[place] - ys[place - 1]);
}
function between(kept, last) {
  const lasts = kept.lasts, held = Math.min(Math.max(last, lasts[0]), lasts[lasts.length - 1]);
  let upper = 1;
  while (upper < lasts.length - 1 && lasts[upper] < held) upper += 1;
  const share = (held - lasts[upper - 1]) / (lasts[upper] - lasts[upper - 1]);
  return kept.table[upper - 1].map((value, place) => (1 - share) * value + share * kept.table[upper][place]);
}
function belowCount(kept, goal, last) {
  const edge = kept.comparison === ">=" || kept.comparison === "<" ? Math.ceil(goal) - 1 : Math.floor(goal);
  if (edge < kept.grid[0]) return 0;
  return edge > kept.grid[kept.grid.length - 1] ? 1 : interpolate(edge, kept.grid, between(kept, last));
}
function belowValue(kept, goal, last) {
  const values = between(kept, last), levels = kept.grid, strict = kept.comparison === ">=" || kept.comparison === "<";
  let place = 0;
  while (place < values.length && (strict ? values[place] < goal : values[place] <= goal)) place += 1;
  if (place === 0 || place === values.length) return place > 0 ? 1 : 0;
  const share = (goal - values[place - 1]) / (values[place] - values[place - 1]);
  return levels[place - 1] + share * (levels[place] - levels[place - 1]);
}
function chance(kept, { goal = kept.goal, last = kept.last, extra = 0, below = null }) {
  if (kept.form === "conditional") return interpolate(last, kept.lasts, kept.table);
  let edge = (kept.tied ? last : goal) - kept.slack;
  if (extra) edge -= extra * kept.extra.scale / (below === null ? kept.extra.below : below);
  const reached = kept.form === "counts" ? belowCount(kept, edge, last) : belowValue(kept, edge, last);
  return kept.comparison.startsWith(">") ? 1 - reached : reached;
}
// ---- as analysis.printing says a probability and its word
const edge = p => p < 0.01 ? "low" : p > 0.99 ? "high" : "plain";
const even = x => x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);  // a half goes to the even number
const whole = p => Math.min(Math.max(even(100 * p), 1), 99);
function percent(p, said) {
  const number = said["number.percent"].replace("{number}", whole(p));
  return said["probability." + edge(p)].replace("{p}", number);
}
function likelihood(p, said) {
  const shown = edge(p) === "plain" ? whole(p) / 100 : p;
  return said.likelihood.find(step => shown >= step[0])[1];
}
function answer(box) {
  const page = box.closest("main").id, kept = data.whatif[box.dataset.whatif], said = data.words[page], asked = {};
  const inputs = all("input", box);
  const why = box.querySelector(".why"), out = box.querySelector("output"), word = box.querySelector(".word");
  const refuse = text => { why.textContent = text; out.textContent = "—"; word.textContent = ""; delete out.dataset.p; };
  const below = box.querySelector("[name=below]");
  for (const input of inputs) if (Number.isFinite(input.valueAsNumber)) asked[input.name] = input.valueAsNumber;
  const bad = input => input.validity.badInput || input.validity.rangeUnderflow || input.validity.rangeOverflow;
  const missing = input => input === below && asked.extra && asked.below === undefined && !below.placeholder;
  for (const input of inputs) input.setAttribute("aria-invalid", String(bad(input) || Boolean(missing(input))));
  if (inputs.some(missing)) return refuse(said["page.whatif_missing"]);
  const wrong = inputs.find(bad);
  if (wrong) return refuse(said[wrong.max ? "page.whatif_bad" : "page.whatif_low"].replace("{low}", wrong.min).replace("{high}", wrong.max));
  if (!Object.keys(asked).length) return refuse("");
  const p = chance(kept, asked);
  why.textContent = "";
  out.textContent = percent(p, said); out.dataset.p = String(p); word.textContent = likelihood(p, said);
}
for (const box of all("[data-whatif]")) {
  box.addEventListener("input", () => answer(box));
  box.querySelector(".reset").addEventListener("click", () => { for (const input of all("input", box)) input.value = ""; answer(box); });
  answer(box);
}

// ---- paper: the overview, and the details that are open
addEventListener("beforeprint", hide);

draw(document.getElementById(language()));
arrive();
