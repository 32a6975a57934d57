// Live tuning: the path of a run is here, so that C and the cut-off move everything without a request.
// dashapp/tabs/tune/payload.py packs it; nothing between two values of the path is made up: C and cut-off snap to what was computed.
(function () {
  const UNIT = 10000;
  const METRICS = [
    ["auc", "AUC", "ranking"],
    ["ks_statistic", "KS", "largest gap"],
    ["brier_score", "Brier score", "lower is better"],
    ["log_loss", "Log-loss", "lower is better"],
    ["slope", "Calibration slope", "1 is right"],
  ];
  const DECISIONS = [
    ["approved", "Approval rate"],
    ["badRate", "Bad among approved"],
    ["recall", "Recall of bads"],
    ["precision", "Bads among refused"],
  ];
  const CLASSES = [["accuracy", "Accuracy", "most probable class"], ["f1", "F1", "mean of classes"], ["recall", "Recall", "mean of classes"]];
  const PARTS = { training: "Training", validation: "Validation", held_out: "Held out" };
  const ROWS = { training: "training rows", validation: "validation rows", held_out: "held-out rows" };
  const NOTHING = "–";

  let model = null; // the unpacked path
  let place = { c: 0, cut: 0 }; // where C and the cut-off stand: positions in the path and in its cut-offs
  let drawn = { c: -1, cut: -1, judge: "", key: null }; // what the figures show
  let frame = 0;
  let note = { c: "", cut: "" };
  let label = null; // the class whose coefficients are shown

  // ---- Unpacking ----
  function unpacked(text) {
    const bytes = atob(text);
    const numbers = [];
    let at = 0;
    function next() {
      let value = 0;
      let factor = 1;
      for (;;) {
        const byte = bytes.charCodeAt(at);
        at += 1;
        value += (byte & 127) * factor;
        if (byte < 128) return value;
        factor *= 128;
      }
    }
    while (at < bytes.length) {
      const value = next();
      if (value) numbers.push(value);
      else for (let left = next(); left > 0; left -= 1) numbers.push(0);
    }
    return numbers;
  }

  function partOf(part, n) {
    const cells = unpacked(part.counts);
    const width = part.cutoffs.length;
    const counts = [];
    for (let c = 0; width && c < n; c += 1) {
      const both = [];
      for (let kind = 0; kind < 2; kind += 1) {
        const from = (2 * c + kind) * width;
        const above = new Int32Array(width);
        let sum = 0;
        for (let i = width - 1; i >= 0; i -= 1) {
          sum += cells[from + i];
          above[i] = sum;
        }
        both.push(above);
      }
      counts.push({ bad: both[0], good: both[1] });
    }
    return { ...part, counts };
  }

  function curvesOf(text, n) {
    const numbers = unpacked(text);
    const curves = [];
    let at = 0;
    for (let c = 0; c < n && at < numbers.length; c += 1) {
      const length = numbers[at];
      at += 1;
      const both = [[], []];
      for (const axis of both) {
        let sum = 0;
        for (let i = 0; i < length; i += 1) {
          sum += numbers[at];
          at += 1;
          axis.push(sum / UNIT);
        }
      }
      curves.push({ x: both[0], y: both[1] });
    }
    return curves;
  }

  function read(payload) {
    const n = payload.Cs.length;
    const parts = payload.parts.map((part) => partOf(part, n));
    const roc = {};
    for (const [name, text] of Object.entries(payload.roc)) roc[name] = curvesOf(text, n);
    const judged = parts.find((part) => part.name === payload.judged);
    return { ...payload, parts, roc, judged, cutoffs: judged.cutoffs, binary: judged.cutoffs.length > 0 };
  }

  // ---- Words and numbers ----
  const minus = (text) => text.replace("-", "−");
  const metric = (value) => (value === null || value === undefined ? NOTHING : minus(value.toFixed(3)));
  const share = (value) => (value === null ? NOTHING : `${(value * 100).toFixed(1)}%`);
  const count = (value) => value.toLocaleString("en-US");
  const cutoffText = (value) => (Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? value.toFixed(2) : value.toFixed(4).replace(/0$/, ""));

  function chance(value) {
    if (value === null) return NOTHING;
    if (value > 0 && value < 0.005) return "under 1%";
    if (value >= 0.995 && value < 1) return "over 99%";
    return `${(value * 100).toFixed(0)}%`;
  }

  function strength(C) {
    const rounded = Number(C.toPrecision(3));
    const digits = rounded < 1 ? Math.max(0, 2 - Math.floor(Math.log10(rounded))) : 2;
    return rounded >= 1000 ? count(rounded) : String(Number(rounded.toFixed(digits))).includes("e")
      ? rounded.toFixed(digits).replace(/0+$/, "") : String(Number(rounded.toFixed(digits)));
  }

  // ---- What a place gives ----
  function cutIn(part) {
    if (part === model.judged) return place.cut;
    return nearest(part.cutoffs, model.cutoffs[place.cut], (a, b) => Math.abs(a - b));
  }

  function nearest(values, wanted, distance) {
    let best = 0;
    for (let i = 1; i < values.length; i += 1) if (distance(values[i], wanted) < distance(values[best], wanted)) best = i;
    return best;
  }

  const nearestC = (C) => nearest(model.Cs, C, (a, b) => Math.abs(Math.log(a / b)));
  const nearestCut = (cutoff) => nearest(model.cutoffs, cutoff, (a, b) => Math.abs(a - b));

  // Counts at a C and the cut-off: tp is a bad that is refused, fn a bad that is approved.
  function decided(part, c) {
    const i = cutIn(part);
    const { bad, good } = part.counts[c];
    const tp = bad[i];
    const fp = good[i];
    const fn = bad[0] - tp;
    const tn = good[0] - fp;
    const ratio = (some, of) => (of ? some / of : null);
    return {
      tp, fp, fn, tn, bads: bad[0], goods: good[0],
      approved: ratio(tn + fn, part.n_rows), badRate: ratio(fn, tn + fn), recall: ratio(tp, bad[0]), precision: ratio(tp, tp + fp),
    };
  }

  function valueOf(part, c, name) {
    return name === "slope" ? part.slope[c] : part.metrics[name][c];
  }

  const judge = () => {
    const chosen = document.querySelector("#tune-judge input:checked");
    return chosen && chosen.value === "log_loss" ? "log_loss" : "auc";
  };

  // ---- Writing ----
  const byId = (id) => document.getElementById(id);

  function write(node, text) {
    if (node && node.textContent !== text) node.textContent = text;
  }

  function made(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function titled(id, title, under) {
    const card = byId(`${id}-card`);
    if (!card) return;
    write(card.querySelector("h2"), title);
    card.dataset.title = title;
    if (under === undefined) return;
    write(card.querySelector(".sd-card-head .sd-meta"), under);
    card.dataset.under = under;
  }

  function row(name, about, n) {
    const line = made("tr");
    const head = made("th", "", name);
    head.scope = "row";
    const small = made("span", "note", about);
    head.append(small);
    line.append(head);
    const cells = [];
    for (let i = 0; i < n; i += 1) {
      const cell = made("td", "num");
      cells.push(cell);
      line.append(cell);
    }
    return { line, cells, small };
  }

  // Builds the table once for a path; a move writes its cells.
  function tableFor() {
    const inside = byId("tune-table");
    if (!inside) return null;
    if (inside.sdModel === model) return inside.sdRows;
    const table = made("table", "sd-table");
    table.append(made("caption", "sd-hidden", "Figures of merit at the chosen C and cut-off"));
    const head = made("tr");
    head.append(made("th", "", "Metric"));
    for (const part of model.parts) head.append(made("th", "num", PARTS[part.name]));
    const candidate = made("th", "num");
    head.append(candidate);
    for (const cell of head.children) cell.scope = "col";
    const top = made("thead");
    top.append(head);
    const body = made("tbody");
    const rows = {};
    const names = model.binary ? METRICS : [...METRICS.filter(([name]) => name !== "ks_statistic" && name !== "slope"), ...CLASSES];
    for (const [name, title, about] of names) rows[name] = row(title, about, model.parts.length + 1);
    if (model.binary) for (const [name, title] of DECISIONS) rows[name] = row(title, "", model.parts.length + 1);
    for (const { line } of Object.values(rows)) body.append(line);
    table.append(top, body);
    const wrap = made("div", "sd-table-wrap");
    wrap.tabIndex = 0;
    wrap.setAttribute("role", "region");
    wrap.setAttribute("aria-label", "Figures of merit");
    wrap.append(table);
    inside.replaceChildren(wrap);
    inside.sdModel = model;
    inside.sdRows = { rows, candidate };
    model.parts.forEach((part, i) => {
      if (part === model.judged) for (const { cells } of Object.values(rows)) cells[i].classList.add("strong");
    });
    return inside.sdRows;
  }

  function showTable(by) {
    const built = tableFor();
    if (!built) return;
    const other = model[by].one_se;
    write(built.candidate, `C = ${strength(model.Cs[other])}`);
    built.candidate.title = `The one-standard-error C by ${by === "auc" ? "AUC" : "log-loss"}, on the ${ROWS[model.judged.name]}`;
    const columns = [...model.parts.map((part) => [part, place.c]), [model.judged, other]];
    const counts = model.binary ? columns.map(([part, c]) => decided(part, c)) : null;
    const at = model.binary ? `at ${cutoffText(model.cutoffs[place.cut])}` : "";
    for (const [name, { cells, small }] of Object.entries(built.rows)) {
      const decision = model.binary && DECISIONS.some(([known]) => known === name);
      if (decision) write(small, at);
      columns.forEach(([part, c], i) => {
        const value = decision ? counts[i][name] : valueOf(part, c, name);
        write(cells[i], decision ? share(value) : name === "slope" && value !== null ? minus(value.toFixed(2)) : metric(value));
      });
    }
    const { metrics, n_rows: n, name } = model.judged;
    const low = metrics.auc_low[place.c];
    const interval = low === null ? "" : ` (95% interval ${metric(low)} to ${metric(metrics.auc_high[place.c])})`;
    const where = name === "held_out" ? "Held out" : "On its own training rows";
    titled("tune-table", `${where}, the AUC is ${metric(metrics.auc[place.c])}${interval}`,
      `${count(n)} ${ROWS[name]}, with the 1-SE candidate on the same rows beside`);
  }

  function showMatrix() {
    const inside = byId("tune-matrix");
    if (!inside || !model.binary) return;
    const cutoff = cutoffText(model.cutoffs[place.cut]);
    const here = decided(model.judged, place.c);
    if (inside.sdModel !== model) {
      const grid = made("div", "sd-matrix");
      grid.style.gridTemplateColumns = "auto 1fr 1fr";
      const parts = {};
      const side = (name, className, word) => {
        const cell = made("div", className, word);
        parts[name] = made("b");
        cell.append(parts[name]);
        return cell;
      };
      const tile = (name, kind, words) => {
        const cell = made("div", `cell ${kind}`);
        parts[name] = made("b");
        parts[`${name}Share`] = made("span");
        cell.append(parts[name], made("span", "", words), parts[`${name}Share`]);
        return cell;
      };
      grid.append(
        made("div"), side("approved", "head", "Approved"), side("refused", "head", "Refused"),
        side("goods", "side", "Good"), tile("tn", "good-right", "good, approved"), tile("fp", "good-wrong", "good, refused"),
        side("bads", "side", "Bad"), tile("fn", "bad-wrong", "bad, approved"), tile("tp", "bad-right", "bad, refused"),
      );
      inside.replaceChildren(grid);
      inside.sdModel = model;
      inside.sdParts = parts;
    }
    const parts = inside.sdParts;
    write(parts.approved, count(here.tn + here.fn));
    write(parts.refused, count(here.fp + here.tp));
    write(parts.goods, count(here.goods));
    write(parts.bads, count(here.bads));
    for (const [name, of, noun] of [["tn", here.goods, "goods"], ["fp", here.goods, "goods"], ["fn", here.bads, "bads"], ["tp", here.bads, "bads"]]) {
      write(parts[name], count(here[name]));
      write(parts[`${name}Share`], of ? `${chance(here[name] / of)} of ${noun}` : NOTHING);
    }
    titled("tune-matrix", `At ${cutoff}, ${count(here.fn)} of ${count(here.bads)} bads slip through and ${count(here.fp)} of ${count(here.goods)} goods are refused`,
      `${count(model.judged.n_rows)} ${ROWS[model.judged.name]}. Strong colour marks the mistakes.`);
    titled("tune-roc", `It catches ${chance(here.recall)} of bads and refuses ${chance(here.goods ? here.fp / here.goods : null)} of goods`);
  }

  // The terms that are largest at this C, with the way they pull.
  function showStrongest() {
    const inside = byId("tune-strongest");
    const found = model.coefficients[label];
    if (!found) return;
    const order = found.values.map((_, i) => i).sort((a, b) => Math.abs(found.values[b][place.c]) - Math.abs(found.values[a][place.c]));
    const C = strength(model.Cs[place.c]);
    const fields = [];
    for (const i of order) if (found.values[i][place.c] && !fields.includes(found.fields[i])) fields.push(found.fields[i]);
    const zero = found.n_zero[place.c];
    const first = fields.slice(0, 2).join(" and ");
    const title = !fields.length ? `At C = ${C}, every coefficient is 0`
      : zero ? `At C = ${C}, ${count(found.n - zero)} of ${count(found.n)} coefficients are left; ${first} ${fields.length > 1 ? "weigh" : "weighs"} most`
        : `At C = ${C}, ${first} ${fields.length > 1 ? "move" : "moves"} the odds most`;
    titled("tune-path", title);
    titled("tune-strongest", `The largest coefficients at C = ${C}`, "Log-odds, numbers per standard deviation; the whole list is on the saved run's page");
    if (!inside) return;
    const most = Math.min(order.length, 9);
    if (inside.sdModel !== model || inside.sdLines.length !== most) {
      const table = made("table", "sd-table sd-tune-strongest");
      table.append(made("caption", "sd-hidden", "The largest coefficients at the chosen C"));
      const body = made("tbody");
      inside.sdLines = [];
      for (let i = 0; i < most; i += 1) {
        const line = made("tr");
        const name = made("th");
        name.scope = "row";
        const value = made("td", "num strong");
        const drawing = made("td", "sd-tune-bar");
        const bar = made("span");
        drawing.append(bar);
        line.append(name, drawing, value);
        body.append(line);
        inside.sdLines.push({ name, value, bar });
      }
      table.append(body);
      inside.replaceChildren(table);
      inside.sdModel = model;
      inside.sdReach = Math.max(...found.values.map((line) => Math.max(...line.map(Math.abs)))) || 1;
    }
    const reach = Math.max(...order.slice(0, 1).map((i) => Math.abs(found.values[i][place.c]))) || 1;
    inside.sdLines.forEach((line, k) => {
      const value = found.values[order[k]][place.c];
      write(line.name, found.names[order[k]]);
      line.name.title = found.names[order[k]];
      write(line.value, value ? minus((value > 0 ? "+" : "") + value.toFixed(Math.abs(value) >= 0.095 ? 2 : 3)) : "0");
      line.bar.className = value > 0 ? "bad" : "good";
      line.bar.style.width = `${(Math.abs(value) / reach) * 50}%`;
    });
  }

  function showFolds(by) {
    const found = model[by];
    const high = by === "auc";
    const limit = found.mean[found.best] + (high ? -1 : 1) * found.se[found.best];
    const within = (i) => (high ? found.mean[i] >= limit : found.mean[i] <= limit);
    const C = strength(model.Cs[place.c]);
    const word = high ? "AUC" : "log-loss";
    const verb = high ? "ranks" : "predicts";
    let all = true;
    for (let i = found.one_se; i < model.Cs.length; i += 1) all = all && within(i);
    const title = !within(place.c) ? `At C = ${C}, the ${word} of the folds is more than one standard error from the best`
      : all ? `From C = ${strength(model.Cs[found.one_se])} on, every model ${verb} about equally well`
        : `At C = ${C}, the model ${verb} about as well as the best`;
    const folds = model.repeats > 1 ? `${model.repeats} × ${model.folds} folds` : `${model.folds} folds`;
    titled("tune-cv", title, `${folds} of the training rows; band: one standard error`);
    const slope = model.binary ? model.judged.slope[found.one_se] : null;
    const simple = `1-SE, the simplest model within one standard error of the best: ${metric(found.mean[found.one_se])} against ${metric(found.mean[found.best])}.`;
    const warn = slope !== null && slope !== undefined && (slope > 1.25 || slope < 0.8) ? ` It is not calibrated, though: its slope is ${slope.toFixed(2)}.` : "";
    write(byId("tune-cv-caption"), simple + warn);
  }

  function showControls(by) {
    const found = model[by];
    write(byId("tune-best"), `Best, ${strength(model.Cs[found.best])}`);
    write(byId("tune-one-se"), `1-SE, ${strength(model.Cs[found.one_se])}`);
    byId("tune-best").setAttribute("aria-pressed", String(place.c === found.best));
    byId("tune-one-se").setAttribute("aria-pressed", String(place.c === found.one_se));
    write(byId("tune-c-note"), note.c);
    write(byId("tune-cutoff-note"), note.cut);
    spoken("tune-c", "Strength of penalty, C", strength(model.Cs[place.c]));
    if (model.binary) spoken("tune-cutoff", "Cut-off", cutoffText(model.cutoffs[place.cut]));
    const rail = byId("tune-c-rail");
    if (rail) rail.style.setProperty("--one-se", found.one_se / Math.max(1, model.Cs.length - 1));
    const at = savedPlace();
    const changes = [...model.differences];
    if (place.c !== at.c) changes.unshift(`C ${strength(model.Cs[place.c])} instead of ${strength(model.saved.C)}`);
    if (model.binary && place.cut !== at.cut) changes.push(`cut-off ${cutoffText(model.cutoffs[place.cut])} instead of ${cutoffText(model.saved.cutoff)}`);
    const bar = byId("tune-changed");
    if (bar) {
      const text = changes.join(" · ");
      if (bar.dataset.text !== text) {
        bar.dataset.text = text;
        bar.replaceChildren();
        if (text) {
          const back = made("button", "sd-button link", "Back to the saved run");
          back.type = "button";
          back.addEventListener("click", () => byId("tune-back").click());
          bar.append(made("i", "bi bi-pencil"), made("strong", "", "Not saved"), made("span", "", text), back);
        }
      }
    }
    const save = byId("tune-save");
    if (save) save.disabled = !changes.length;
    const back = byId("tune-back");
    if (back) back.disabled = !changes.length;
  }

  function spoken(id, name, text) {
    const thumb = byId(`${id}-rail`)?.querySelector('[role="slider"]');
    if (!thumb) return;
    thumb.setAttribute("aria-label", name);
    thumb.setAttribute("aria-valuetext", text);
  }

  function savedPlace() {
    return { c: nearestC(model.saved.C), cut: model.binary ? nearestCut(model.saved.cutoff) : 0 };
  }

  // ---- Figures: only shapes move, which draws nothing else anew ----
  const plot = (id) => {
    const found = document.querySelector(`#${id} .js-plotly-plot`);
    return found && found._fullLayout && found.layout && found.layout.shapes ? found : null;
  };

  function moveCursor(id) {
    const drawing = plot(id);
    if (!drawing) return false;
    const { dots } = drawing.layout.meta;
    const C = model.Cs[place.c];
    const change = { "shapes[0].x0": C, "shapes[0].x1": C, "shapes[0].label.text": `C = ${strength(C)}` };
    dots.forEach((line, i) => {
      change[`shapes[${i + 1}].xanchor`] = C;
      change[`shapes[${i + 1}].yanchor`] = line[place.c];
    });
    window.Plotly.relayout(drawing, change);
    return true;
  }

  function moveRoc() {
    const drawing = plot("tune-roc");
    if (!drawing) return false;
    if (drawn.c !== place.c || drawn.key !== drawing) {
      const names = [...new Set(["training", model.judged.name])];
      const curves = names.map((name) => model.roc[name][place.c]);
      const last = drawing.data.length;
      window.Plotly.restyle(drawing, { x: curves.map((curve) => curve.x), y: curves.map((curve) => curve.y) }, names.map((_, i) => last - names.length + i));
    }
    const here = decided(model.judged, place.c);
    window.Plotly.relayout(drawing, { "shapes[0].xanchor": here.goods ? here.fp / here.goods : 0, "shapes[0].yanchor": here.recall || 0 });
    drawn.key = drawing;
    return true;
  }

  function draw(tries) {
    if (!model || !byId("tune-results")) return;
    let ready = true;
    if (drawn.c !== place.c) ready = [moveCursor("tune-path"), moveCursor("tune-cv")].every(Boolean);
    if (model.binary && (drawn.c !== place.c || drawn.cut !== place.cut)) ready = moveRoc() && ready;
    if (ready) drawn = { ...drawn, c: place.c, cut: place.cut };
    else if (tries > 0) setTimeout(() => draw(tries - 1), 100); // plotly.js is still being loaded
  }

  function render() {
    frame = 0;
    if (!model || !byId("tune-table")) return;
    const began = performance.now();
    const by = judge();
    showControls(by);
    showTable(by);
    showMatrix();
    showStrongest();
    showFolds(by);
    draw(100);
    window.scoredeskTune.milliseconds.push(performance.now() - began);
    if (window.scoredeskTune.milliseconds.length > 500) window.scoredeskTune.milliseconds.shift();
  }

  function soon() {
    if (!frame) frame = requestAnimationFrame(render);
  }

  // ---- The address ----
  function keep() {
    const wanted = new URLSearchParams();
    const at = savedPlace();
    if (place.c !== at.c || !model.own) wanted.set("C", String(model.Cs[place.c]));
    if (model.binary && (place.cut !== at.cut || !model.own)) wanted.set("cutoff", String(model.cutoffs[place.cut]));
    if (!model.own) wanted.set("study", model.study);
    const search = wanted.size ? `?${wanted}` : "";
    if (search === window.location.search || !window.location.pathname.endsWith("/tune")) return;
    window.history.replaceState(window.history.state, "", window.location.pathname + search + window.location.hash);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate")); // so that Dash knows of it
  }

  function addressed() {
    const given = new URLSearchParams(window.location.search);
    const number = (name) => (given.get(name) === null || given.get(name) === "" ? NaN : Number(given.get(name)));
    return { C: number("C"), cutoff: number("cutoff") };
  }

  // ---- What Dash calls ----
  function marks() {
    const last = model.Cs.length - 1;
    const at = (C) => {
      let i = 0;
      while (i < last - 1 && model.Cs[i + 1] < C) i += 1;
      return i + Math.log(C / model.Cs[i]) / Math.log(model.Cs[i + 1] / model.Cs[i]);
    };
    const low = Math.ceil(Math.log10(model.Cs[0]) - 1e-9);
    const high = Math.floor(Math.log10(model.Cs[last]) + 1e-9);
    const step = Math.max(1, Math.ceil((high - low) / 3));
    const found = {};
    for (let k = low; k <= high; k += step) found[at(10 ** k).toFixed(3).replace(/\.?0+$/, "")] = strength(10 ** k);
    return found;
  }

  const state = () => ({ study: model.study, position: place.c, cutoff: model.binary ? model.cutoffs[place.cut] : null });
  const shownC = () => Number(model.Cs[place.c].toPrecision(3));
  const shownCut = () => (model.binary ? model.cutoffs[place.cut] : null);

  function opened(payload) {
    const before = model && model.run === payload.run ? { C: model.Cs[place.c], cutoff: shownCut(), touched: place.c !== savedPlace().c || place.cut !== savedPlace().cut } : null;
    model = read(payload);
    if (!model.coefficients[label]) [label] = Object.keys(model.coefficients);
    const wanted = before ? (before.touched ? before : {}) : addressed();
    const saved = savedPlace();
    place = {
      c: wanted.C > 0 ? nearestC(wanted.C) : saved.c,
      cut: model.binary && Number.isFinite(wanted.cutoff) ? nearestCut(wanted.cutoff) : saved.cut,
    };
    drawn = { c: -1, cut: -1, key: null };
    note = { c: "", cut: "" };
    // The cards of this path come with the same answer; they stand a moment later.
    let tries = 100;
    (function wait() {
      const table = byId("tune-table");
      if (table) {
        render();
        keep();
      } else if (tries > 0) {
        tries -= 1;
        setTimeout(wait, 50);
      }
    })();
    return [place.c, model.Cs.length - 1, marks(), shownC(), shownCut(), shownCut(), state()];
  }

  function turned(payload, cDrag, cValue, cNumber, cutDrag, cutValue, cutNumber, name) {
    const no = window.dash_clientside.no_update;
    const result = [no, no, no, no, no, no, no];
    const before = { ...place };
    if (name === "tune-c.drag_value" || name === "tune-c.value") {
      const wanted = name.endsWith("drag_value") ? cDrag : cValue;
      if (!Number.isInteger(wanted) || wanted < 0 || wanted >= model.Cs.length || wanted === place.c) return finished(result, name);
      place.c = wanted;
      note.c = "";
      result[3] = shownC();
    } else if (name === "tune-cutoff.drag_value" || name === "tune-cutoff.value") {
      const wanted = name.endsWith("drag_value") ? cutDrag : cutValue;
      if (!Number.isFinite(wanted) || Math.abs(wanted - model.cutoffs[place.cut]) < 1e-9) return finished(result, name);
      place.cut = nearestCut(wanted);
      note.cut = "";
      result[5] = shownCut();
    } else if (name === "tune-c-number.value") {
      if (!(cNumber > 0) || Math.abs(cNumber - shownC()) < 1e-12) return result;
      place.c = nearestC(cNumber);
      note.c = Math.abs(cNumber / model.Cs[place.c] - 1) > 0.005 ? `The nearest C of the path, ${strength(model.Cs[place.c])}, is shown.` : "";
      result[0] = place.c;
    } else if (name === "tune-cutoff-number.value") {
      if (!Number.isFinite(cutNumber) || Math.abs(cutNumber - shownCut()) < 1e-12) return result;
      place.cut = nearestCut(cutNumber);
      note.cut = Math.abs(cutNumber - shownCut()) > 1e-9 ? `The nearest cut-off that was counted, ${cutoffText(shownCut())}, is shown.` : "";
      result[4] = shownCut();
    } else if (name === "tune-best.n_clicks" || name === "tune-one-se.n_clicks") {
      const found = model[judge()];
      place.c = name.startsWith("tune-best") ? found.best : found.one_se;
      note.c = "";
      result[0] = place.c;
      result[3] = shownC();
    } else if (name === "tune-back.n_clicks") {
      place = savedPlace();
      note = { c: "", cut: "" };
      [result[0], result[3], result[4], result[5]] = [place.c, shownC(), shownCut(), shownCut()];
    }
    if (before.c !== place.c || before.cut !== place.cut) result[6] = state();
    soon();
    return finished(result, name);
  }

  // The address follows once a slider is let go, or a number or a button has spoken.
  function finished(result, name) {
    if (!name.endsWith("drag_value")) keep();
    return result;
  }

  window.scoredeskTune = {
    milliseconds: [], // of the last moves, for tests/benchmarks/bench_tune.py
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    tune: {
      turn(payload, cDrag, cValue, cNumber, cutDrag, cutValue, cutNumber) {
        const no = window.dash_clientside.no_update;
        const nothing = [no, no, no, no, no, no, no];
        const changed = window.dash_clientside.callback_context.triggered.map((entry) => entry.prop_id);
        if (!payload) {
          model = null;
          return nothing;
        }
        if (changed.includes("tune-payload.data") || !model || model.study !== payload.study) return opened(payload);
        if (changed.includes("tune-judge.value")) {
          soon();
          return nothing;
        }
        // Several arrive together when the controls appear; the one that a person moves comes alone.
        return changed.length === 1 ? turned(payload, cDrag, cValue, cNumber, cutDrag, cutValue, cutNumber, changed[0]) : nothing;
      },
      judge(by, figures) {
        if (!figures) return window.dash_clientside.no_update;
        drawn.c = -1;
        setTimeout(soon, 50);
        return figures.cv[by];
      },
      label(chosen, figures) {
        if (!figures || !figures.path[chosen]) return window.dash_clientside.no_update;
        label = chosen;
        drawn.c = -1;
        setTimeout(soon, 50);
        return figures.path[chosen];
      },
    },
  });
})();
