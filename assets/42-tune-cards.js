// The cards of the Tune tab at a place of the path: titles, tables, tiles and figures. Builds once for a path, then writes.
(function () {
  const tune = window.scoredeskTune;
  const { decided } = tune;
  const { words, byId, write, made, titled, matrix } = window.scoredeskShared;
  const METRICS = [
    ["auc", "AUC", "ranking"],
    ["ks_statistic", "KS", "largest gap"],
    ["brier_score", "Brier score", "lower is better"],
    ["log_loss", "Log-loss", "lower is better"],
    ["slope", "Calibration slope", "1 is right"],
  ];
  const DECISIONS = [["approved", "Approval rate"], ["badRate", "Bad among approved"], ["recall", "Recall of bads"], ["precision", "Bads among refused"]];
  const CLASSES = [["accuracy", "Accuracy", "most probable class"], ["f1", "F1", "mean of classes"], ["recall", "Recall", "mean of classes"]];
  const PARTS = { training: "Training", validation: "Validation", held_out: "Held out" };
  const ROWS = { training: "training rows", validation: "validation rows", held_out: "held-out rows" };
  const STRONGEST = 8;

  // ---- The table ----
  function row(name, about, n) {
    const line = made("tr");
    const head = made("th", "", name);
    head.scope = "row";
    const small = made("span", "note", about);
    head.append(small);
    line.append(head);
    const cells = Array.from({ length: n }, () => made("td", "num"));
    line.append(...cells);
    return { line, cells, small };
  }

  function buildTable(inside, model) {
    const table = made("table", "sd-table");
    table.append(made("caption", "sd-hidden", "Figures of merit at the chosen C and cut-off"));
    const candidate = made("th", "num");
    const head = made("tr");
    head.append(made("th", "", "Metric"), ...model.parts.map((part) => made("th", "num", PARTS[part.name])), candidate);
    for (const cell of head.children) cell.scope = "col";
    const top = made("thead");
    top.append(head);
    const body = made("tbody");
    const rows = {};
    const names = model.binary ? METRICS : [...METRICS.filter(([name]) => name !== "ks_statistic" && name !== "slope"), ...CLASSES];
    for (const [name, title, about] of names) rows[name] = row(title, about, model.parts.length + 1);
    if (model.binary) for (const [name, title] of DECISIONS) rows[name] = row(title, "", model.parts.length + 1);
    for (const { line, cells } of Object.values(rows)) {
      cells[model.parts.indexOf(model.judged)].classList.add("strong");
      body.append(line);
    }
    table.append(top, body);
    const wrap = made("div", "sd-table-wrap");
    wrap.tabIndex = 0;
    wrap.setAttribute("role", "region");
    wrap.setAttribute("aria-label", "Figures of merit");
    wrap.append(table);
    inside.replaceChildren(wrap);
    Object.assign(inside, { sdModel: model, sdRows: rows, sdCandidate: candidate });
  }

  function showTable(model, place, by) {
    const inside = byId("tune-table");
    if (!inside) return;
    if (inside.sdModel !== model || !inside.firstChild) buildTable(inside, model);
    const other = model[by].one_se;
    write(inside.sdCandidate, `C = ${words.C(model.Cs[other])}`);
    const columns = [...model.parts.map((part) => [part, place.c]), [model.judged, other]];
    const counts = model.binary ? columns.map(([part, c]) => decided(model, part, { c, cut: place.cut })) : null;
    const at = model.binary ? `at ${words.cutoff(model.cutoffs[place.cut])}` : "";
    for (const [name, { cells, small }] of Object.entries(inside.sdRows)) {
      const decision = model.binary && DECISIONS.some(([known]) => known === name);
      if (decision) write(small, at);
      columns.forEach(([part, c], i) => {
        if (decision) write(cells[i], words.share(counts[i][name]));
        else if (name === "slope") write(cells[i], part.slope[c] === null ? words.NOTHING : words.minus(part.slope[c].toFixed(2)));
        else write(cells[i], words.metric(part.metrics[name][c]));
      });
    }
    const { metrics, n_rows: n, name } = model.judged;
    const low = metrics.auc_low[place.c];
    const interval = low === null ? "" : ` (95% interval ${words.metric(low)} to ${words.metric(metrics.auc_high[place.c])})`;
    const where = name === "held_out" ? "Held out" : "On its own training rows";
    titled("tune-table", `${where}, the AUC is ${words.metric(metrics.auc[place.c])}${interval}`,
      `${words.count(n)} ${ROWS[name]}; at the right the 1-SE candidate by ${by === "auc" ? "AUC" : "log-loss"} on the same rows`);
  }

  // ---- The confusion matrix ----
  function showMatrix(model, place) {
    const inside = byId("tune-matrix");
    if (!inside || !model.binary) return;
    const here = decided(model, model.judged, place);
    matrix(inside, here);
    const slip = `${words.count(here.fn)} of ${words.count(here.bads)} bads slip through`;
    const refused = `${words.count(here.fp)} of ${words.count(here.goods)} goods are refused`;
    titled("tune-matrix", `At ${words.cutoff(model.cutoffs[place.cut])}, ${slip} and ${refused}`,
      `${words.count(model.judged.n_rows)} ${ROWS[model.judged.name]}. Strong colour marks the mistakes.`);
    titled("tune-roc", `It catches ${words.chance(here.recall)} of bads and refuses ${words.chance(here.refusedGoods)} of goods`);
  }

  // ---- Coefficients ----
  function buildStrongest(inside, model, most) {
    const table = made("table", "sd-table sd-tune-strongest");
    table.append(made("caption", "sd-hidden", "The largest coefficients at the chosen C"));
    const body = made("tbody");
    const lines = [];
    for (let i = 0; i < most; i += 1) {
      const line = made("tr");
      const head = made("th");
      head.scope = "row";
      const [name, about, bar, value] = [made("div", "name"), made("div", "note"), made("span"), made("td", "num strong")];
      const drawing = made("td", "sd-tune-bar");
      head.append(name, about);
      drawing.append(bar);
      line.append(head, drawing, value);
      body.append(line);
      lines.push({ head, name, about, bar, value });
    }
    const widths = made("colgroup");
    widths.append(made("col", "name"), made("col"), made("col", "value"));
    table.append(widths, body);
    inside.replaceChildren(table);
    Object.assign(inside, { sdModel: model, sdLines: lines });
  }

  function showStrongest(model, place, label) {
    const found = model.coefficients[label];
    const size = (i) => Math.abs(found.values[i][place.c]);
    const order = found.values.map((_, i) => i).sort((a, b) => size(b) - size(a));
    const C = words.C(model.Cs[place.c]);
    const fields = [...new Set(order.filter((i) => size(i) > 0).map((i) => found.fields[i]))];
    const first = fields.slice(0, 2).map((field) => words.shortened(field, 26)).join(" and ");
    const left = found.n - found.n_zero[place.c];
    const some = fields.length > 1;
    titled("tune-path", !fields.length ? `At C = ${C}, every coefficient is 0`
      : left < found.n ? `At C = ${C}, ${words.count(left)} of ${words.count(found.n)} coefficients are left; ${first} ${some ? "weigh" : "weighs"} most`
        : `At C = ${C}, ${first} ${some ? "move" : "moves"} the odds most`);
    titled("tune-strongest", `The largest coefficients at C = ${C}`, `Log-odds of ${label}; numbers per standard deviation, levels against their reference`);
    const inside = byId("tune-strongest");
    if (!inside) return;
    const most = Math.min(order.length, STRONGEST);
    if (inside.sdModel !== model || !inside.firstChild || inside.sdLines.length !== most) buildStrongest(inside, model, most);
    const reach = (order.length && size(order[0])) || 1;
    inside.sdLines.forEach((line, k) => {
      const i = order[k];
      const value = found.values[i][place.c];
      write(line.name, found.levels[i] === null ? found.names[i] : found.levels[i]);
      write(line.about, found.levels[i] === null ? "" : found.fields[i]);
      line.head.title = found.names[i];
      write(line.value, value ? words.minus((value > 0 ? "+" : "") + value.toFixed(Math.abs(value) >= 0.095 ? 2 : 3)) : "0");
      line.bar.className = value > 0 ? "bad" : "good";
      line.bar.style.width = `${(Math.abs(value) / reach) * 50}%`;
    });
  }

  // ---- The folds ----
  function showFolds(model, place, by) {
    const found = model[by];
    const high = by === "auc";
    const limit = found.mean[found.best] + (high ? -1 : 1) * found.se[found.best];
    const within = (i) => (high ? found.mean[i] >= limit : found.mean[i] <= limit);
    const C = words.C(model.Cs[place.c]);
    const verb = high ? "ranks" : "predicts";
    const all = model.Cs.every((_, i) => i < found.one_se || within(i));
    const title = !within(place.c) ? `At C = ${C}, the ${high ? "AUC" : "log-loss"} is more than one standard error from the best`
      : all ? `From C = ${words.C(model.Cs[found.one_se])} on, every model ${verb} about equally well`
        : `At C = ${C}, the model ${verb} about as well as the best`;
    const folds = model.repeats > 1 ? `${model.repeats} × ${model.folds} folds` : `${model.folds} folds`;
    titled("tune-cv", title, `${folds} of the training rows; band: one standard error`);
    const slope = model.binary ? model.judged.slope[found.one_se] : null;
    const off = slope !== null && (slope > 1.25 || slope < 0.8);
    const simple = found.one_se === found.best ? "The best is the simplest model within one standard error of itself."
      : `The simplest model inside the band has ${words.metric(found.mean[found.one_se])}, the best ${words.metric(found.mean[found.best])}.`;
    write(byId("tune-cv-caption"), simple + (off ? ` It is not calibrated, though: its slope is ${slope.toFixed(2)}.` : ""));
  }

  // ---- Figures: the marks are moved in the drawing itself; plotly would draw everything anew ----
  const plot = (id) => {
    const found = document.querySelector(`#${id} .js-plotly-plot`);
    return found && found._fullLayout && found.querySelector(".scatterlayer .trace") ? found : null;
  };

  // A drawing that plotly makes anew (another width) gets its marks where they belong.
  function watched(drawing, again) {
    if (drawing.sdWatched === again) return;
    drawing.sdWatched = again;
    drawing.on("plotly_afterplot", () => drawing.sdWatched === again && again());
  }

  function dots(drawing, xs, ys) {
    const { xaxis, yaxis } = drawing._fullLayout;
    const last = drawing.data[drawing.data.length - 1];
    [last.x, last.y] = [xs, ys]; // for a picture that is saved
    const nodes = drawing.querySelectorAll(".scatterlayer > .trace:last-child .points path.point");
    nodes.forEach((node, i) => node.setAttribute("transform", `translate(${xaxis.d2p(xs[i])},${yaxis.d2p(ys[i])})`));
  }

  function moveCursor(id, model, place) {
    const drawing = plot(id);
    if (!drawing) return false;
    const C = model.Cs[place.c];
    const text = `C = ${words.C(C)}`;
    const { xaxis } = drawing._fullLayout;
    const shape = drawing.layout.shapes[0];
    Object.assign(shape, { x0: C, x1: C, label: { ...shape.label, text } });
    const x = xaxis._offset + xaxis.d2p(C);
    const group = drawing.querySelector('.shape-group[data-index="0"]');
    const line = group.querySelector("path");
    line.setAttribute("d", line.getAttribute("d").replace(/([ML])[^,]*,/g, `$1${x},`));
    const name = group.querySelector("text");
    name.setAttribute("x", x);
    name.removeAttribute("transform");
    write(name, text);
    const lines = drawing.layout.meta.dots;
    dots(drawing, lines.map(() => C), lines.map((values) => values[place.c]));
    return true;
  }

  function moveRoc(model, place) {
    const drawing = plot("tune-roc");
    if (!drawing) return false;
    const { xaxis, yaxis } = drawing._fullLayout;
    const names = [...new Set(["training", model.judged.name])];
    const traces = drawing.querySelectorAll(".scatterlayer > .trace");
    names.forEach((name, i) => {
      const curve = model.roc[name][place.c];
      const node = curve && traces[1 + i].querySelector("path.js-line");
      if (!node) return;
      node.setAttribute("d", `M${curve.x.map((x, k) => `${xaxis.d2p(x).toFixed(1)},${yaxis.d2p(curve.y[k]).toFixed(1)}`).join("L")}`);
    });
    const here = decided(model, model.judged, place);
    dots(drawing, [here.refusedGoods || 0], [here.recall || 0]);
    return true;
  }

  // Once nothing moves, plotly learns of the curve, so that pointing at it and saving it say the same.
  function settleRoc(model, place) {
    const drawing = plot("tune-roc");
    if (!drawing || !model.binary || drawing.sdCurve === `${model.study} ${place.c}`) return;
    drawing.sdCurve = `${model.study} ${place.c}`;
    const names = [...new Set(["training", model.judged.name])].filter((name) => model.roc[name][place.c]);
    const curves = names.map((name) => model.roc[name][place.c]);
    window.Plotly.restyle(drawing, { x: curves.map((curve) => curve.x), y: curves.map((curve) => curve.y) }, names.map((_, i) => 1 + i));
  }

  function draw(model, now) {
    const place = now();
    const ready = [moveCursor("tune-path", model, place), moveCursor("tune-cv", model, place), !model.binary || moveRoc(model, place)];
    for (const id of ["tune-path", "tune-cv", "tune-roc"]) {
      const drawing = plot(id);
      if (drawing) watched(drawing, id === "tune-roc" ? tune.againRoc || (tune.againRoc = () => tune.current && moveRoc(tune.current.model, tune.current.now())) : cursorAgain(id));
    }
    return ready.every(Boolean);
  }

  const again = {};
  function cursorAgain(id) {
    again[id] = again[id] || (() => tune.current && moveCursor(id, tune.current.model, tune.current.now()));
    return again[id];
  }

  tune.cards = { showTable, showMatrix, showStrongest, showFolds, draw, settleRoc };
})();
