"use strict";
const by = id => document.getElementById(id);
const put = (id, text) => { const e = by(id); if (e.textContent !== text) e.textContent = text; };
const count = n => Math.round(n).toLocaleString("en-US");
const bytes = n => { const u = ["B", "kB", "MB", "GB", "TB"]; let i = 0; while (n >= 999.5 && i < 4) { n /= 1000; i++; }
  return `${i === 0 || n >= 99.5 ? n.toFixed(0) : n.toFixed(1)} ${u[i]}`; };
const span = s => s < 60 ? `${Math.floor(s)} s` : s < 3600 ? `${Math.floor(s / 60)} min` :
  s < 86400 ? `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min` : `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
const clock = ms => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const make = (tag, text, kind) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (kind) e.className = kind; return e; };
const draw = (tag, set) => { const e = document.createElementNS("http://www.w3.org/2000/svg", tag); for (const k in set) e.setAttribute(k, set[k]); return e; };
const NAMES = { cpu_busy: "CPU", disk_utilisation: "disk", write_await: "writes", read_await: "reads", memory_used: "memory", network_share: "network", space_used: "space" };
const WAITS = ["write_await", "read_await"];
const full = gauge => WAITS.includes(gauge.measure) ? (gauge.critical || gauge.line) * 1.1 : 1;
const reading = (gauge, v) => WAITS.includes(gauge.measure) ? `×${v.toFixed(1)}` : `${(v * 100).toFixed(0)} %`;
const WORDS = { hold_limit: "held by a line", hold_knee: "held, no gain", cool_down: "cooling down", settle: "settling", measure: "measuring",
  side_lost: "side lost", shut: "outside the window" };
const CLASSES = ["empty", "up to 1 MB", "1 MB to 10 MB", "10 MB to 100 MB", "100 MB to 1 GB", "over 1 GB"];

function bar(gauge) {
  const svg = draw("svg", { viewBox: "0 0 100 28", preserveAspectRatio: "none", "aria-hidden": "true" });
  const at = value => Math.min(100, Math.max(0, value / full(gauge) * 100));
  svg.append(draw("rect", { class: "track", x: 0, y: 6, width: 100, height: 16 }), draw("rect", { class: "fill", x: 0, y: 6, width: at(gauge.fast), height: 16 }));
  for (const [kind, line] of [["soft", gauge.line], ["hard", gauge.critical]])
    if (line !== null) svg.append(draw("line", { class: kind, x1: at(line), x2: at(line), y1: 2, y2: 26, "vector-effect": "non-scaling-stroke" }));
  return svg;
}
function curve(trend) {
  const svg = draw("svg", { viewBox: "0 0 120 28", preserveAspectRatio: "none", "aria-hidden": "true" });
  if (!trend) return svg;
  const y = v => 27 - 26 * Math.min(1, Math.max(0, v / full(trend)));
  const from = 120 - trend.points.length;
  const points = trend.points.length === 1 ? [trend.points[0], trend.points[0]] : trend.points;
  svg.append(draw("line", { class: "soft", x1: 0, x2: 120, y1: y(trend.line), y2: y(trend.line), "vector-effect": "non-scaling-stroke" }),
    draw("polyline", { class: "curve", points: points.map((v, i) => `${from + i},${y(v).toFixed(1)}`).join(" ") }));
  return svg;
}
function machine(live, m) {
  const box = make("div"), age = m.sample_age && m.sample_age.secs, host = live.hosts[m.side];
  box.append(make("h2", `${m.side}${host && m.side !== "host" ? " " + host : ""}`));
  if (age === null) box.append(make("p", "not read yet", "alarm"));
  else if (age > 15) box.append(make("p", `no sample for ${span(age)}`, "alarm"));
  for (const g of m.gauges) {
    if (!(g.measure in NAMES)) continue;
    const over = g.critical !== null && g.fast > g.critical ? " beyond" : g.fast > g.line ? " over" : "";
    const row = make("div", undefined, "gauge" + over), mark = over === " beyond" ? " !" : over ? " *" : "";
    row.append(make("span", NAMES[g.measure]), bar(g), make("span", reading(g, g.fast) + mark, "value"),
      curve(live.trends.find(t => t.side === m.side && t.measure === g.measure)));
    row.title = `${NAMES[g.measure]} ${reading(g, g.fast)}, line ${reading(g, g.line)}; right: the last hour`;
    box.append(row);
  }
  return box;
}
function row(cells) {
  const tr = make("tr");
  cells.forEach(([text, kind]) => tr.append(make("td", text, kind)));
  return tr;
}
function item(wall, code, text) {
  const li = make("li");
  li.append(make("time", clock(wall)));
  if (code) li.append(make("b", code));
  li.append(text);
  return li;
}
function show(live) {
  const v = live.view, a = v.accounts, f = live.flow, s = v.elapsed.secs;
  put("run", `run ${live.run}, ${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`);
  put("state", WORDS[v.phase] || v.phase);
  by("state").className = ["side_lost", "degraded"].includes(v.phase) ? "alarm" : "";
  put("done", `${count(a.verified + a.empty + a.incomplete + a.failed)} of ${count(a.total)}`);
  put("states", `verified ${count(a.verified)}, empty ${count(a.empty)}, incomplete ${count(a.incomplete)}, failed ${count(a.failed)}, to retry ${count(a.retrying)}`);
  put("workers-now", `${v.running} of ${v.limit}`);
  put("workers-more", `parked ${v.parked}; at most ${live.ceiling}`);
  put("rate", `${bytes(v.bytes_per_s)}/s`);
  put("rates", `${v.items_per_s.toFixed(1)} items/s, ${count(v.mailboxes_per_h)} mailboxes/h; stored ${count(f.stored_items)} items, ${bytes(f.stored_bytes)}`);
  put("left", live.left ? span(live.left.likely_s) : "not yet known");
  put("range", live.left ? `${span(live.left.least_s)} to ${span(live.left.most_s)}` : "a single forecast would be a guess");
  put("clocks", [live.window ? live.window.words : "no window: always open",
    ...live.tokens.map(t => `token of the ${t.side} ${span(t.left_s)}`)].join("; "));
  by("machines").replaceChildren(...v.machines.map(m => machine(live, m)));
  by("workers").replaceChildren(...(live.workers.length ? live.workers : []).map(w => row([[w.account], [bytes(w.bytes), "n"], [bytes(w.sent_bytes), "n"],
    [w.bytes_per_s === null ? "" : bytes(w.bytes_per_s) + "/s", "n"], [w.parked ? "parked" : w.stage], [span(w.since_s), "n"]])));
  by("backlog").replaceChildren(...live.backlog.map((l, i) => row([[CLASSES[i]], [count(l.waiting), "n"], [bytes(l.waiting_bytes), "n"], [count(l.in_flight), "n"]])));
  const problems = live.problems.slice().reverse().map(p => item(p.wall_ms, p.code, `${p.account ? p.account + ": " : ""}${p.text}`));
  by("problems").replaceChildren(...(problems.length ? problems : [make("li", "none")]));
  const decisions = live.decisions.slice().reverse().map(d => item(d.wall_ms, "", d.text));
  by("decisions").replaceChildren(...(decisions.length ? decisions : [make("li", "none yet")]));
}
const source = new EventSource("/live");
source.onmessage = event => show(JSON.parse(event.data));
source.onerror = () => { put("state", "no connection: the run has ended, or the network has; trying again"); by("state").className = "alarm"; };
