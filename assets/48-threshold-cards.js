// The cards of the Threshold tab at a cut-off: small curves, titles, marks, matrix and the slider's row of the table.
(function () {
  const threshold = window.scoredeskThreshold;
  const { decided, profit, text } = threshold;
  const { words, byId, write, made, titled, matrix } = window.scoredeskShared;
  const marks = window.scoredeskMarks;
  const SVG = "http://www.w3.org/2000/svg";
  const [WIDTH, HEIGHT] = [92, 38];

  const upper = (said) => said.charAt(0).toUpperCase() + said.slice(1);
  const range = (found, say) => (found.low === null ? "" : `${say(found.low)} to ${say(found.high)}`);
  const cash = (money) => (value) => words.money(value, money.currency);

  // ---- Small curves ----
  const OF = {
    approved: (model, money, cut) => decided(model, cut).approved.value,
    bad_rate: (model, money, cut) => decided(model, cut).bad_rate.value,
    profit: (model, money, cut) => profit(money, cut).value,
    recall: (model, money, cut) => decided(model, cut).recall.value,
  };

  function curveOf(model, money, name) {
    const points = [];
    model.cutoffs.forEach((cutoff, cut) => {
      if (cutoff < model.start - 1e-9 || cutoff > model.end + 1e-9) return;
      const value = OF[name](model, money, cut);
      if (value !== null) points.push([cutoff, value]);
    });
    const values = points.map(([, value]) => value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const x = (cutoff) => ((Math.min(Math.max(cutoff, model.start), model.end) - model.start) / (model.end - model.start)) * (WIDTH - 8) + 4;
    const y = (value) => HEIGHT - 4 - (high > low ? (value - low) / (high - low) : 0.5) * (HEIGHT - 8);
    const thin = points.filter((_, i) => i % Math.max(1, Math.floor(points.length / 120)) === 0 || i === points.length - 1);
    return { x, y, path: thin.length ? `M${thin.map(([cutoff, value]) => `${x(cutoff).toFixed(1)},${y(value).toFixed(1)}`).join("L")}` : "" };
  }

  function buildSpark(box, model, money, name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    const curve = curveOf(model, money, name);
    const parts = ["path", "line", "circle"].map((tag) => svg.appendChild(document.createElementNS(SVG, tag)));
    parts[0].setAttribute("d", curve.path);
    parts[1].setAttribute("y1", 2);
    parts[1].setAttribute("y2", HEIGHT - 2);
    parts[2].setAttribute("r", 3.5);
    box.replaceChildren(svg);
    Object.assign(box, { sdModel: model, sdMoney: money, sdCurve: curve, sdLine: parts[1], sdDot: parts[2] });
  }

  function showKpis(model, money, cut) {
    const here = { ...decided(model, cut), profit: profit(money, cut) };
    const then = { ...decided(model, model.savedCut), profit: profit(money, model.savedCut) };
    const at = text(model, model.savedCut);
    for (const card of document.querySelectorAll("#threshold-kpis > [data-kpi]")) {
      const name = card.dataset.kpi;
      const found = here[name];
      const say = name === "profit" ? cash(money) : words.share;
      write(card.querySelector('[data-thr="value"]'), say(found.value));
      write(card.querySelector('[data-thr="interval"]'), found.low === null ? "\u00a0" : `95%: ${range(found, say)}`);
      write(card.querySelector('[data-thr="note"]'), difference(name, found.value, then[name].value, at, money, cut === model.savedCut));
      const box = card.querySelector(".sd-thr-spark");
      if (box.sdModel !== model || box.sdMoney !== money || !box.firstChild) buildSpark(box, model, money, name);
      const x = box.sdCurve.x(model.cutoffs[cut]);
      box.sdLine.setAttribute("x1", x);
      box.sdLine.setAttribute("x2", x);
      box.sdDot.setAttribute("visibility", found.value === null ? "hidden" : "visible");
      if (found.value !== null) box.sdDot.setAttribute("transform", `translate(${x},${box.sdCurve.y(found.value)})`);
    }
  }

  function difference(name, now, before, at, money, same) {
    if (same) return "as saved";
    if (now === null || before === null) return "\u00a0";
    const by = now - before;
    if (name === "profit") return by === 0 ? `as at ${at}` : `${words.money(Math.abs(by), money.currency)} ${by < 0 ? "less" : "more"} than at ${at}`;
    const points = words.fixed(Math.abs(by) * 100, 1);
    return Number(points) === 0 ? `as at ${at}` : `${points} points ${by < 0 ? "fewer" : "more"} than at ${at}`;
  }

  // ---- Scores by outcome ----
  function oneIn(rate) {
    if (rate === null) return "nobody is approved";
    if (rate === 0) return "none of them goes bad";
    if (rate > 0.29) return `${words.chance(rate)} of them go bad`;
    return `1 in ${words.count(Math.round(1 / rate))} of them goes bad`;
  }

  function showScores(model, cut) {
    const here = decided(model, cut);
    const at = text(model, cut);
    const approved = here.tn + here.fn;
    const title = approved ? `At ${at}, ${words.chance(here.approved.value)} are approved and ${oneIn(here.bad_rate.value)}` : `At ${at}, nobody is approved`;
    const by = model.scale && !model.probability ? model.scale.column : "predicted chance";
    titled("threshold-scores", title, `${words.count(model.n)} ${model.rows} by ${by}. Goods above, bads below, mistakes in strong colour.`);
    const drawing = marks.plot("threshold-scores");
    if (!drawing) return false;
    const x = model.cutoffs[cut];
    const { xaxis } = drawing._fullLayout;
    const px = xaxis.d2p(x);
    const [left, right] = [px < 56, xaxis._length - px < 120]; // no room for words there
    const brief = px < 132;
    const stands = tallest(drawing._fullData[1], x, model.end - model.start);
    const label = (up, anchor, words_, tone, hidden) => ({ kind: "words", x, up, text: words_, anchor, right: anchor === "end" ? -10 : 10, tone, hidden });
    marks.put(drawing, [
      { kind: "line", x, over: 2 },
      { kind: "words", x, up: 1, down: -9, text: `cut-off ${at}`, anchor: px < 40 ? "start" : xaxis._length - px < 40 ? "end" : "middle", tone: "strong" },
      label(0.95, "end", brief ? words.count(approved) : `approved ${words.count(approved)}`, "strong", left),
      label(0.95, "start", `refused ${words.count(here.tp + here.fp)}`, "strong", right),
      label(0.72, "end", brief ? words.count(here.tn) : `${words.count(here.tn)} goods approved`, "", left),
      { ...label(undefined, "start", `${words.count(here.fp)} goods refused`, "goods", right), y: stands, down: -10 },
      label(0.025, "end", brief ? words.count(here.fn) : `${words.count(here.fn)} bads approved`, "bads", left),
      label(0.025, "start", `${words.count(here.tp)} bads refused`, "", right),
    ]);
    marks.clip(drawing, "right", 1, px, xaxis._length + 50);
    marks.clip(drawing, "left", 3, -50, px);
    drawing.sdSaved = () => marks.saved(drawing, (data) => data.map((trace, i) => (i === 1 || i === 3 ? { ...trace, ...side(drawing._fullData[i], x, i === 1) } : trace)));
    return true;
  }

  // The highest bar within reach of the words right of the cut-off.
  function tallest(trace, cutoff, width) {
    let most = 0;
    for (let i = 0; i < trace.x.length; i += 1) {
      if (trace.x[i] + trace.width[i] / 2 > cutoff && trace.x[i] - trace.width[i] / 2 < cutoff + width * 0.25) most = Math.max(most, trace.y[i]);
    }
    return most;
  }

  // The bars of a trace on one side of the cut-off, the one that it falls into cut there.
  function side(trace, cutoff, above) {
    const cut = { x: [], y: [], width: [], base: [] };
    for (let i = 0; i < trace.x.length; i += 1) {
      const [low, high] = [trace.x[i] - trace.width[i] / 2, trace.x[i] + trace.width[i] / 2];
      const [from, to] = above ? [Math.max(low, cutoff), high] : [low, Math.min(high, cutoff)];
      if (to <= from) continue;
      cut.x.push((from + to) / 2);
      cut.width.push(to - from);
      cut.y.push(trace.y[i]);
      cut.base.push(trace.base[i]);
    }
    return cut;
  }

  // ---- Curves with a dot ----
  function dotted(id, x, y, at) {
    const drawing = marks.plot(id);
    if (!drawing) return false;
    const hidden = x === null || y === null;
    const { xaxis } = drawing._fullLayout;
    const end = !hidden && xaxis._length - xaxis.d2p(x) < 64;
    marks.put(drawing, [
      { kind: "dot", x: x || 0, y: y || 0, hidden },
      { kind: "words", x: x || 0, y: y || 0, text: at, anchor: end ? "end" : "start", right: end ? -10 : 10, down: 16, tone: "strong", hidden },
    ]);
    drawing.sdSaved = () => marks.saved(drawing);
    return true;
  }

  function showCurves(model, money, cut) {
    const here = decided(model, cut);
    const at = text(model, cut);
    titled("threshold-roc", `It catches ${words.chance(here.recall.value)} of bads and refuses ${words.chance(here.lost.value)} of goods`);
    const refused = here.precision.value === null ? "Nobody is refused" : `Of those refused, ${words.chance(here.precision.value)} would have gone bad`;
    titled("threshold-precision-recall", refused);
    const earned = profit(money, cut);
    titled("threshold-profit", `${upper(words.chance(here.approved.value))} approved ${earned.value < 0 ? "lose" : "earn"} ${words.money(Math.abs(earned.value), money.currency)} per 1,000 applicants`,
      `${words.count(money.n)} ${model.rows}, the best scores approved first; band: 95% interval`);
    return [
      dotted("threshold-roc", here.lost.value, here.recall.value, at),
      dotted("threshold-precision-recall", here.recall.value, here.precision.value, at),
      dotted("threshold-profit", here.approved.value, earned.value, at),
    ].every(Boolean);
  }

  // ---- Matrix and table ----
  function showMatrix(model, cut) {
    const inside = byId("threshold-matrix");
    if (!inside) return;
    const here = decided(model, cut);
    matrix(inside, here);
    titled("threshold-matrix", `${words.count(here.fn)} of ${words.count(here.bads)} bads slip through and ${words.count(here.fp)} of ${words.count(here.goods)} goods are refused`,
      `${words.count(model.n)} ${model.rows} at ${text(model, cut)}`);
  }

  function showTable(model, money, place) {
    const table = document.querySelector("#threshold-table table");
    if (!table) return;
    titled("threshold-table", money.title, money.under);
    const here = { ...decided(model, place.cut), profit: profit(money, place.cut) };
    const counted = (found, n) => (found.value === null ? words.NOTHING : `${words.count(n)}, ${words.share(found.value)}`);
    const say = cash(money);
    const best = money.rules.find((rule) => rule.rule === "highest_profit");
    const off = best.cut === null ? 0 : here.profit.value - profit(money, best.cut).value;
    const told = {
      cutoff: [text(model, place.cut), ""],
      approved: [words.share(here.approved.value), range(here.approved, words.share)],
      bad_rate: [words.share(here.bad_rate.value), range(here.bad_rate, words.share)],
      recall: [counted(here.recall, here.tp), range(here.recall, words.share)],
      lost: [counted(here.lost, here.fp), range(here.lost, words.share)],
      profit: [say(here.profit.value), range(here.profit, say)],
      to_best: [Math.abs(off) < 1e-9 * Math.abs(here.profit.value) ? words.NOTHING : `${off > 0 ? "+" : ""}${say(off)}`, ""],
    };
    for (const cell of table.querySelectorAll("[data-here]")) {
      const [value, interval] = told[cell.dataset.here];
      write(cell.firstChild, value);
      write(cell.lastChild, interval);
    }
    for (const row of table.querySelectorAll("tr[data-thr-cut]")) {
      const chosen = Number(row.dataset.thrCut) === place.cut && (!place.rule || place.rule === row.dataset.thrRule);
      if (row.classList.contains("chosen") !== chosen) row.classList.toggle("chosen", chosen);
      const button = row.querySelector("button");
      if (button && button.getAttribute("aria-pressed") !== String(chosen)) button.setAttribute("aria-pressed", String(chosen));
    }
  }

  // The menu of the rules with what each finds.
  function showRules(model, money, place) {
    const menu = byId("threshold-rules");
    if (!menu) return;
    const list = menu.querySelector(".sd-thr-rules");
    if (menu.sdMoney !== money || !list.firstChild) {
      menu.sdMoney = money;
      list.replaceChildren(...money.rules.filter((rule) => model.probability || rule.rule !== "break_even").map((rule) => {
        const button = made("button", "sd-float-link");
        button.type = "button";
        button.disabled = rule.cut === null;
        if (rule.cut !== null) button.dataset.thrCut = rule.cut;
        button.dataset.thrRule = rule.rule;
        button.append(made("i", "bi bi-check-lg"), made("span", "", rule.label), made("span", "sd-thr-found", rule.cut === null ? "not reached" : text(model, rule.cut)));
        return button;
      }));
    }
    const current = money.rules.find((rule) => rule.rule === place.rule);
    write(menu.querySelector("summary"), current ? current.label : place.cut === model.savedCut ? "As saved" : "By hand");
    for (const button of list.children) {
      const on = String(button.dataset.thrRule === place.rule);
      if (button.getAttribute("aria-pressed") !== on) button.setAttribute("aria-pressed", on);
    }
  }

  threshold.cards = { showKpis, showScores, showCurves, showMatrix, showTable, showRules };
})();
