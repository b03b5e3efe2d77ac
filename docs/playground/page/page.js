// The page: controls, the address that holds them, and what the engine answers.

const SIDES = ["a", "b"];
const NAMES = { a: "Policy A", b: "Policy B" };

// A field: key, label, default, and the choices if it is one of several. A field with `more` hides behind a fold.
const POLICY_FIELDS = [
  { key: "schedule", label: "Schedule", value: "exponential", choices: ["constant", "exponential", "fibonacci", "linear", "steps"] },
  { key: "base", label: "First window", value: "100ms", when: (v) => v.schedule !== "steps" },
  { key: "table", label: "Windows", value: "1s, 5s, 30s", when: (v) => v.schedule === "steps" },
  { key: "step", label: "Growth per retry", value: "100ms", when: (v) => v.schedule === "linear" },
  { key: "ratio", label: "Growth factor", value: "2", when: (v) => v.schedule === "exponential" },
  { key: "max_delay", label: "Longest delay", value: "20s", when: (v) => !["constant", "steps"].includes(v.schedule) },
  { key: "jitter", label: "Jitter", value: "full", choices: ["full", "equal", "decorrelated", "none", "additive=50ms", "proportional=20%"] },
  { key: "max_attempts", label: "Attempts, or forever", value: "5" },
  { key: "deadline", label: "Deadline, or none", value: "60s" },
  { key: "attempt_timeout", label: "Time of an attempt", value: "none" },
  { key: "budget", label: "Budget of the fleet", value: "none", own: true, choices: ["none", "token", "ratio", "throttle", "concurrency"] },
  { key: "deadline_rule", label: "At the deadline", value: "give-up", more: true, choices: ["give-up", "clamp-to-remaining"] },
  { key: "throttled_base", label: "First window, throttled", value: "", more: true },
  { key: "doubtful_limit", label: "Retries if doubtful", value: "2", more: true },
  { key: "max_hint", label: "Longest hint", value: "120s", more: true },
  { key: "hint_rule", label: "A longer hint", value: "give-up", more: true, choices: ["give-up", "clamp", "ignore"] },
];

const WORLD_FIELDS = [
  { key: "server", label: "Server", value: "queue", choices: ["queue", "rate limit", "outage", "contention"] },
  { key: "clients", label: "Clients, 1 to 100,000", value: "1000" },
  { key: "within", label: "They start within", value: "10s" },
  { key: "capacity", label: "Requests per second", value: "100", when: (v) => v.server !== "contention" },
  { key: "room", label: "Places in the queue", value: "100", when: (v) => ["queue", "outage"].includes(v.server) },
  { key: "outage", label: "Outage lasts", value: "20s", when: (v) => v.server === "outage" },
  { key: "latency", label: "Network, there and back", value: "50ms" },
  { key: "until", label: "Simulated time", value: "120s" },
];

const BUDGETS = {
  concurrency: { kind: "concurrency", share: 0.2 },
  ratio: { kind: "ratio", share: 0.1 },
  throttle: { kind: "throttle", max_tokens: 10, thousandths: 100 },
  token: { kind: "token", capacity: 500, cost: 5 },
};

// The case of a first visit: what jitter is for.
const FIRST_VISIT = {
  "a.max_attempts": "12", "b.max_attempts": "12", "b.jitter": "none",
  "world.server": "outage", "world.clients": "2000", "world.within": "1s", "world.capacity": "200", "world.outage": "5s",
};

const state = { a: {}, b: {}, world: {} };
const fields = (group) => (group === "world" ? WORLD_FIELDS : POLICY_FIELDS);
const shown = (group) => fields(group).filter((field) => !field.when || field.when(state[group]));
const value = (group, key) => state[group][key];

// ---- the address

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const first = location.hash.length > 1 ? {} : FIRST_VISIT;
  for (const group of [...SIDES, "world"]) {
    for (const field of fields(group)) {
      const name = `${group}.${field.key}`;
      state[group][field.key] = given.get(name) ?? first[name] ?? field.value;
    }
  }
}

function writeAddress() {
  const pairs = new URLSearchParams();
  for (const group of [...SIDES, "world"]) {
    for (const field of shown(group)) {
      if (value(group, field.key) !== field.value) pairs.set(`${group}.${field.key}`, value(group, field.key));
    }
  }
  history.replaceState(null, "", `#${pairs.size ? pairs : "-"}`);
}

// ---- controls

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function control(group, field) {
  const id = `${group}.${field.key}`;
  const change = (event) => {
    state[group][field.key] = event.target.value.trim();
    const dependsOnIt = fields(group).some((other) => other.when) && ["schedule", "server"].includes(field.key);
    if (dependsOnIt) drawControls(id);
    update();
  };
  let input;
  if (field.choices) {
    const choices = field.choices.includes(value(group, field.key)) ? field.choices : [...field.choices, value(group, field.key)];
    input = element("select", { id, onchange: change }, ...choices.map((choice) => element("option", {}, choice)));
    input.value = value(group, field.key);
  } else {
    input = element("input", { id, value: value(group, field.key), oninput: change, autocomplete: "off", spellcheck: "false" });
  }
  return element("label", { for: id }, field.label, input);
}

function drawControls(focus) {
  const open = document.querySelector("#policies details[open]") !== null;
  document.querySelector("#policies").replaceChildren(...SIDES.map((side) => {
    const [plain, more] = [false, true].map((isMore) =>
      element("div", { class: "fields" }, ...shown(side).filter((field) => Boolean(field.more) === isMore).map((field) => control(side, field))));
    return element("form", { class: `card ${side}`, "aria-label": NAMES[side], onsubmit: (event) => event.preventDefault() },
      element("h3", {}, NAMES[side]), plain,
      element("details", open ? { open: "" } : {}, element("summary", {}, "Rules for hints, doubtful failures and the deadline"), more),
      element("p", { class: "sentence", id: `${side}.sentence`, "aria-live": "polite" }));
  }));
  const world = document.querySelector("#world");
  world.replaceChildren(element("div", { class: "fields" }, ...shown("world").map((field) => control("world", field))),
    element("p", { class: "sentence wrong", id: "world.sentence", "aria-live": "polite" }));
  if (focus) document.getElementById(focus)?.focus();
}

// ---- the engine

const engine = (() => {
  const text = (id) => document.getElementById(id).textContent;
  const worker = new Worker(URL.createObjectURL(new Blob([text("worker")], { type: "text/javascript" })));
  const waiting = new Map();
  let next = 0;
  worker.onmessage = ({ data }) => {
    waiting.get(data.id)(data.answer);
    waiting.delete(data.id);
  };
  const packed = Uint8Array.from(atob(text("engine").trim()), (letter) => letter.charCodeAt(0));
  const unpacked = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  const ready = unpacked.then((engine) => worker.postMessage({ engine }));
  return async (request) => {
    await ready;
    next += 1;
    const id = next;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      worker.postMessage({ id, request });
    });
  };
})();

function policyKeys(side) {
  const kept = shown(side).filter((field) => !field.own && value(side, field.key) !== "" && value(side, field.key) !== field.value);
  const keys = Object.fromEntries(kept.map((field) => [field.key, value(side, field.key)]));
  if (keys.schedule === "steps") keys.table = value(side, "table");
  if (value(side, "deadline") === "none") delete keys.deadline_rule;
  return keys;
}

function worldKeys(side) {
  const of = (key) => value("world", key);
  const number = (key) => {
    const given = Number(of(key));
    if (of(key) === "" || Number.isNaN(given)) throw new Error(`${fieldLabel(key)}: ${of(key) || "nothing"} is not a number`);
    return given;
  };
  const rate = () => {
    const given = number("capacity");
    if (!(given >= 1 && given <= 1e6)) throw new Error("Requests per second: a number from 1 to 1,000,000 is expected");
    return given;
  };
  const world = { until: of("until"), fleet: { clients: number("clients"), within: of("within") }, network: { mean: of("latency") } };
  const budget = BUDGETS[value(side, "budget")];
  if (budget) world.budget = budget;
  switch (of("server")) {
    case "outage":
      world.faults = { outage: { from: "0s", lasting: of("outage") } };
      world.server = queue(rate(), number("room"));
      break;
    case "queue":
      world.server = queue(rate(), number("room"));
      break;
    case "rate limit":
      world.server = { model: "fixed-latency", latency: "5ms" };
      world.rate_limit = { limit: Math.round(rate()), window: "1s" };
      break;
    default:
      world.server = { model: "optimistic-row" };
  }
  return world;
}

// Ten workers that serve so many requests per second. To refuse one costs a twenty-fifth of serving it.
function queue(rate, room) {
  const service = 10 / rate;
  return { model: "worker-pool", workers: 10, service: `${service}s`, room, refusal_cost: `${service / 25}s` };
}

function fieldLabel(key) {
  return WORLD_FIELDS.find((field) => field.key === key).label;
}

// ---- charts

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 1000;

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The scale of an axis: round steps, about five of them.
function ticks(end) {
  const rough = end / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, index) => index * step);
}

function short(number) {
  if (number >= 1e6) return `${+(number / 1e6).toPrecision(3)}M`;
  return number >= 1e4 ? `${+(number / 1e3).toPrecision(3)}k` : `${+number.toPrecision(3)}`;
}

function seconds(time) {
  if (time >= 120) return `${+(time / 60).toPrecision(3)} min`;
  return time >= 1 || time === 0 ? `${+time.toPrecision(3)} s` : `${+(time * 1000).toPrecision(3)} ms`;
}

// On a narrow screen a chart is drawn narrower, so that its text keeps its size.
function chartWidth() {
  return Math.min(WIDE, Math.max(340, document.querySelector("main").clientWidth));
}

function drawSchedule(plans) {
  const width = chartWidth(), left = 58, right = 12, row = 12, gap = 18, top = 4;
  const known = SIDES.filter((side) => plans[side] && !plans[side].error);
  const lastOf = (plan) => plan.retries.at(-1)?.late ?? 0;
  const end = Math.max(0.001, ...known.map((side) => lastOf(plans[side]))) * 1.03;
  const x = (time) => left + (Math.min(time, end) / end) * (width - left - right);
  const parts = [];
  let y = top;
  for (const side of known) {
    const { retries, deadline, goes_on: goesOn } = plans[side];
    const from = y;
    retries.forEach((retry, index) => {
      const middle = y + row / 2;
      const length = Math.max(2, x(retry.late) - x(retry.early));
      parts.push(svg("rect", { x: x(retry.early), y: y + 2, width: length, height: row - 4, rx: 2, class: `${side}-fill`, opacity: retry.share < 0.995 ? 0.35 : 0.75 }));
      parts.push(svg("line", { x1: x(retry.median), x2: x(retry.median), y1: y, y2: y + row, class: `${side}-line`, "stroke-width": 2 }));
      if (index === 0 || index === retries.length - 1) {
        parts.push(svg("text", { x: left - 8, y: middle + 4, "text-anchor": "end" }, `${side.toUpperCase()}  ${index + 1}${goesOn && index ? "…" : ""}`));
      }
      y += row;
    });
    if (deadline && deadline <= end) {
      parts.push(svg("line", { x1: x(deadline), x2: x(deadline), y1: from, y2: y, class: `${side}-line`, "stroke-dasharray": "4 3", "stroke-width": 1.5 }));
    }
    if (retries.length === 0) {
      parts.push(svg("text", { x: left, y: y + 10 }, `${NAMES[side]} makes no retry`));
      y += row;
    }
    y += gap;
  }
  const axis = ticks(end).flatMap((time) => [
    svg("line", { x1: x(time), x2: x(time), y1: 0, y2: y - 6, class: "grid" }),
    svg("text", { x: x(time), y: y + 8, "text-anchor": time === 0 ? "start" : "middle" }, seconds(time)),
  ]);
  document.querySelector("#schedule").replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${y + 12}` }, ...axis, ...parts));
  document.querySelector("#schedule-table").replaceChildren(scheduleTable(known, plans));
}

function scheduleTable(known, plans) {
  const head = ["Retry", "Window", "5 % by", "Half by", "95 % by", "Calls that make it"];
  const rows = known.flatMap((side) => plans[side].retries.map((retry, index) =>
    [`${side.toUpperCase()} ${index + 1}`, seconds(retry.window), seconds(retry.early), seconds(retry.median), seconds(retry.late), percent(retry.share)]));
  return table(head, rows);
}

function table(head, rows) {
  return element("table", {}, element("thead", {}, element("tr", {}, ...head.map((cell) => element("th", { scope: "col" }, cell)))),
    element("tbody", {}, ...rows.map(([first, ...cells]) => element("tr", {}, element("th", { scope: "row" }, first), ...cells.map((cell) => element("td", {}, cell))))));
}

function percent(share) {
  if (share === null || Number.isNaN(share)) return "–";
  return `${(100 * share).toFixed(share > 0.995 && share < 1 ? 2 : share < 0.1 ? 2 : 1)} %`;
}

let runs = {};

// Joins intervals until few enough are left to be told apart.
function coarse(run, most = 150) {
  const size = Math.max(1, Math.ceil(run.attempts.length / most));
  const join = (counts) => Array.from({ length: Math.ceil(counts.length / size) }, (_, index) =>
    counts.slice(index * size, (index + 1) * size).reduce((sum, count) => sum + count, 0));
  return { ...run, step: run.step * size, attempts: join(run.attempts), succeeded: join(run.succeeded) };
}

function drawLoad() {
  const known = SIDES.filter((side) => runs[side] && !runs[side].error);
  const width = chartWidth(), height = 280, left = 58, right = 12, top = 8, bottom = 24;
  const span = (run) => run.step * run.attempts.length;
  const end = Math.max(0.001, ...known.map((side) => span(runs[side])));
  const now = (document.querySelector("#cursor").value / 1000) * end;
  const peak = Math.max(1, ...known.map((side) => Math.max(...runs[side].attempts) / runs[side].step));
  const x = (time) => left + (time / end) * (width - left - right);
  const y = (rate) => height - bottom - (rate / peak) * (height - top - bottom);
  const grid = [
    ...ticks(peak).flatMap((rate) => [
      svg("line", { x1: left, x2: width - right, y1: y(rate), y2: y(rate), class: "grid" }),
      svg("text", { x: left - 8, y: y(rate) + 4, "text-anchor": "end" }, short(rate)),
    ]),
    ...ticks(end).map((time) => svg("text", { x: x(time), y: height - 6, "text-anchor": time === 0 ? "start" : "middle" }, seconds(time))),
  ];
  const curves = known.flatMap((side) => {
    const run = runs[side];
    const seen = Math.min(run.attempts.length, Math.ceil(now / run.step));
    const points = (counts) => counts.slice(0, seen).map((count, index) => `${x((index + 0.5) * run.step).toFixed(1)},${y(count / run.step).toFixed(1)}`);
    const area = points(run.succeeded);
    if (area.length === 0) return [];
    const [first, last] = [area[0], area.at(-1)].map((point) => point.split(",")[0]);
    return [
      svg("polygon", { points: `${first},${y(0)} ${area.join(" ")} ${last},${y(0)}`, class: `${side}-fill`, opacity: 0.22 }),
      svg("polyline", { points: points(run.attempts).join(" "), class: `${side}-line`, fill: "none", "stroke-width": 1.6 }),
    ];
  });
  const line = svg("line", { x1: x(now), x2: x(now), y1: top, y2: height - bottom, class: "grid", "stroke-dasharray": "2 3" });
  document.querySelector("#load").replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}` }, ...grid, ...curves, line));
  document.querySelector("#clock").value = `${seconds(now)} of ${seconds(end)}`;
  drawResults(known, now);
}

function drawResults(known, now) {
  const until = (run, counts) => counts.slice(0, Math.ceil(now / run.step)).reduce((sum, count) => sum + count, 0);
  const head = ["", ...known.map((side) => NAMES[side])];
  const row = (label, of) => [label, ...known.map((side) => of(runs[side]))];
  const rows = [
    row("Attempts until now", (run) => until(run, run.attempts).toLocaleString("en")),
    row("Calls that succeeded until now", (run) => `${until(run, run.succeeded).toLocaleString("en")} of ${run.calls.toLocaleString("en")}`),
    row("Calls that succeed in the end", (run) => percent(run.metrics.success)),
    row("Attempts per call", (run) => run.metrics.amplification?.toFixed(2) ?? "–"),
    row("Median duration of a success", (run) => (run.metrics.p50_ms === null ? "–" : seconds(run.metrics.p50_ms / 1000))),
    row("99th percentile of it", (run) => (run.metrics.p99_ms === null ? "–" : seconds(run.metrics.p99_ms / 1000))),
    row("Last call ends after", (run) => seconds(run.metrics.time_ms / 1000)),
  ];
  document.querySelector("#results").replaceChildren(table(head, rows));
}

// ---- what can be copied

let notation = "Rust";

function drawCopies(plans) {
  const text = {
    Rust: (side) => plans[side].rust,
    TOML: (side) => plans[side].toml || "# every setting has its default\n",
    "Command line": (side) => `backoff plan${Object.entries(policyKeys(side)).map(([key, value]) => ` --${key.replaceAll("_", "-")} ${quoted(value)}`).join("")}\n`,
  };
  document.querySelector("#copies").replaceChildren(...SIDES.map((side) => {
    const source = plans[side].error ? "" : text[notation](side);
    const done = element("output");
    const copy = async () => {
      await navigator.clipboard.writeText(source);
      done.value = "copied";
    };
    const tabs = Object.keys(text).map((name) => element("button", {
      type: "button", id: `${side}.${name}`, "aria-pressed": String(name === notation), onclick: () => { notation = name; drawCopies(plans); document.getElementById(`${side}.${name}`).focus(); },
    }, name));
    return element("div", { class: `card ${side}` }, element("h3", {}, NAMES[side]),
      element("div", { class: "tabs" }, ...tabs, element("button", { type: "button", onclick: copy }, "Copy"), done),
      element("pre", { id: `${side}.source`, tabindex: "0" }, source));
  }));
}

function quoted(text) {
  return /^[\w.,/=%-]+$/.test(text) ? text : `'${text}'`;
}

// ---- updating

let asked = 0;

// Asks the engine anew, a moment after the last change. An answer to an older question is not drawn.
function update() {
  asked += 1;
  const turn = asked;
  document.body.dataset.busy = "true";
  writeAddress();
  setTimeout(async () => {
    if (turn !== asked) return;
    const plans = {};
    for (const side of SIDES) plans[side] = await engine({ plan: policyKeys(side) });
    if (turn !== asked) return;
    SIDES.forEach((side) => explain(side, plans[side]));
    drawSchedule(plans);
    drawCopies(plans);
    await simulate(turn, plans);
  }, 120);
}

function explain(side, plan) {
  const sentence = document.getElementById(`${side}.sentence`);
  sentence.textContent = plan.error ? `${plan.error.key ?? ""}: ${plan.error.message}` : plan.text;
  sentence.classList.toggle("wrong", Boolean(plan.error));
  for (const field of shown(side)) {
    const isWrong = plan.error?.key === field.key;
    document.getElementById(`${side}.${field.key}`).setAttribute("aria-invalid", String(isWrong));
  }
}

async function simulate(turn, plans) {
  const message = document.getElementById("world.sentence");
  const found = {};
  message.textContent = "";
  document.body.dataset.busy = "true";
  try {
    for (const side of SIDES.filter((side) => !plans[side].error)) {
      found[side] = await engine({ simulate: { policy: policyKeys(side), world: worldKeys(side) } });
      if (!found[side].error) found[side] = coarse(found[side]);
      if (turn !== asked) return;
      if (found[side].error) message.textContent = found[side].error.message;
    }
  } catch (error) {
    message.textContent = error.message;
  }
  runs = found;
  drawLoad();
  document.body.dataset.busy = "false";
}

// ---- playing

let playing = 0;

function play() {
  const cursor = document.querySelector("#cursor"), button = document.querySelector("#play");
  if (playing) return stop();
  if (Number(cursor.value) >= 1000) cursor.value = 0;
  button.textContent = "Pause";
  let last;
  const frame = (time) => {
    const passed = last === undefined ? 0 : time - last;
    last = time;
    cursor.value = Math.min(1000, Number(cursor.value) + passed / 8); // eight seconds from start to end
    drawLoad();
    playing = Number(cursor.value) < 1000 ? requestAnimationFrame(frame) : stop();
  };
  playing = requestAnimationFrame(frame);
}

function stop() {
  cancelAnimationFrame(playing);
  playing = 0;
  document.querySelector("#play").textContent = "Play";
  return 0;
}

document.querySelector("#play").addEventListener("click", play);
document.querySelector("#cursor").addEventListener("input", () => { stop(); drawLoad(); });
document.querySelector("#cursor").step = "any";
document.querySelector("#world").addEventListener("submit", (event) => event.preventDefault());
document.querySelector("#share").addEventListener("click", async () => {
  await navigator.clipboard.writeText(location.href);
  document.querySelector("#shared").value = "copied";
});
addEventListener("hashchange", () => { readAddress(); drawControls(); update(); });
addEventListener("resize", () => update());
readAddress();
drawControls();
update();
