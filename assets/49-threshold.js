// The cut-off moves everything on the Threshold tab without a request: a slider, a number, a rule or a row of the table.
(function () {
  const threshold = window.scoredeskThreshold;
  const { nearestCut, text, scored, placed, cards } = threshold;
  const { byId, write, made, address } = window.scoredeskShared;
  const marks = window.scoredeskMarks;
  const FIGURES = ["threshold-scores", "threshold-roc", "threshold-precision-recall", "threshold-profit"];

  let model = null; // as 46-threshold-model.js reads it
  let money = null;
  let place = { cut: 0, rule: null }; // the position among the cut-offs, and the rule that found it
  let frame = 0;
  let asked = null; // what the address asked for, until the rules are there

  const state = () => ({ seen: model.seen, cutoff: model.cutoffs[place.cut], rule: place.rule || "by_hand", worth: money && money.worth, targets: money && money.targets });
  const changed = () => place.cut !== model.savedCut;

  // ---- The controls ----
  function controls() {
    const box = byId("threshold-cutoff-box");
    const holder = byId("threshold-cutoff-box-number");
    if (!box || !holder || box.firstChild) return;
    const slider = made("input", "sd-tune-range");
    Object.assign(slider, { type: "range", id: "threshold-cutoff", min: model.start, max: model.end, step: model.grain, value: model.saved });
    slider.setAttribute("aria-label", "Cut-off");
    const note = made("div", "sd-help");
    note.id = "threshold-cutoff-note";
    note.setAttribute("aria-live", "polite");
    box.replaceChildren(slider);
    const number = made("input", "dash-input-element");
    Object.assign(number, { type: "number", step: "any", id: "threshold-number" });
    number.setAttribute("aria-label", "Cut-off as a number");
    const input = made("div", "sd-input");
    input.append(number);
    holder.replaceChildren(input, note);
  }

  function showControls() {
    const slider = byId("threshold-cutoff");
    const cutoff = model.cutoffs[place.cut];
    if (Math.abs(Number(slider.value) - cutoff) > model.grain / 2) slider.value = cutoff;
    const share = (cutoff - model.start) / (model.end - model.start);
    slider.style.setProperty("--share", Math.min(1, Math.max(0, share)));
    slider.setAttribute("aria-valuetext", text(model, place.cut));
    const typed = byId("threshold-number");
    if (document.activeElement !== typed || typed.dataset.done) typed.value = text(model, place.cut).replaceAll(",", "").replace("−", "-");
    showState();
  }

  // The slider is as long as the axis that it stands under.
  function align() {
    const drawing = marks.plot("threshold-scores");
    const slider = byId("threshold-cutoff");
    if (!drawing || !slider) return;
    const { xaxis } = drawing._fullLayout;
    const half = (parseFloat(getComputedStyle(slider).getPropertyValue("--thumb")) || 16) / 2;
    slider.style.marginLeft = `${xaxis._offset - half}px`;
    slider.style.width = `${xaxis._length + 2 * half}px`;
  }

  function showState() {
    const now = text(model, place.cut);
    const unsaved = changed();
    write(byId("threshold-state"), unsaved ? `, not saved yet: ${now}` : "");
    const save = byId("threshold-save");
    const ruled = money && place.rule && !unsaved;
    if (save) {
      save.disabled = !unsaved && !ruled;
      write(save.lastChild.nodeType === 3 ? save.lastChild : save, `Save ${now}`);
    }
    const back = byId("threshold-back");
    if (back) {
      back.disabled = !unsaved;
      write(back, `Back to ${text(model, model.savedCut)}`);
    }
  }

  // ---- Drawing ----
  function render() {
    frame = 0;
    if (!model || !money || !byId("threshold-cutoff")) return;
    const began = performance.now();
    showControls();
    cards.showKpis(model, money, place.cut);
    cards.showMatrix(model, place.cut);
    cards.showTable(model, money, place);
    cards.showRules(model, money, place);
    draw(100);
    threshold.milliseconds.push(performance.now() - began);
    if (threshold.milliseconds.length > 1000) threshold.milliseconds.shift();
  }

  function figures() {
    const ready = [cards.showScores(model, place.cut), cards.showCurves(model, money, place.cut)].every(Boolean);
    for (const id of FIGURES) {
      const drawing = marks.plot(id);
      if (drawing) marks.watched(drawing, again);
    }
    return ready;
  }

  // Plotly has drawn a figure anew: its marks, and the slider under it, take their places again.
  function again() {
    if (!model || !money || !byId("threshold-cutoff")) return;
    figures();
    align();
  }

  function draw(tries) {
    if (!model || !money) return;
    if (figures()) align();
    else if (tries > 0) setTimeout(() => draw(tries - 1), 100); // plotly.js is still being loaded
  }

  function soon() {
    if (!frame) frame = requestAnimationFrame(render);
  }

  // ---- The address, and what the server is told when it is asked to save ----
  function keep() {
    if (!money) return;
    const wanted = new URLSearchParams(money.address);
    if (changed()) wanted.set("cutoff", String(model.cutoffs[place.cut]));
    if (place.rule) wanted.set("rule", place.rule);
    window.dash_clientside.set_props("threshold-place", { data: state() });
    address("/threshold", wanted);
    const copy = document.querySelector('.sd-actions [data-shell="copy-link"]');
    if (copy) copy.dataset.href = window.location.pathname + window.location.search;
  }

  function addressed() {
    const given = new URLSearchParams(window.location.search);
    return { cutoff: given.get("cutoff") ? Number(given.get("cutoff")) : NaN, rule: given.get("rule") };
  }

  // ---- A run arrives, and what its decisions are worth ----
  function opened(payload) {
    model = threshold.read(payload);
    money = null;
    asked = addressed();
    place = { cut: Number.isFinite(asked.cutoff) ? nearestCut(model, asked.cutoff) : model.savedCut, rule: null };
  }

  function valued(found) {
    money = threshold.priced(model, found);
    const named = (rule) => money.rules.find((one) => one.rule === rule && one.cut !== null);
    const wanted = asked ? named(asked.rule) : named(place.rule);
    // A rule that was chosen goes on choosing when the worth changes; a link's rule holds as long as it finds the link's cut-off.
    if (asked) place.rule = wanted && (wanted.cut === place.cut || !Number.isFinite(asked.cutoff)) ? wanted.rule : null;
    if (wanted && place.rule) place.cut = wanted.cut;
    asked = null;
  }

  function wait(mine, tries) {
    if (model !== mine || tries <= 0) return;
    if (!byId("threshold-cutoff-box") || !byId("threshold-table") || !document.querySelector("#threshold-table table")) {
      setTimeout(() => wait(mine, tries - 1), 25);
      return;
    }
    controls();
    // Of a column of amounts gain and loss are shares.
    for (const unit of document.querySelectorAll("[data-thr-unit]")) write(unit, money.worth.amount ? "share" : money.currency);
    render();
    keep();
  }

  // ---- What a person moves ----
  function told(words) {
    write(byId("threshold-cutoff-note"), words);
  }

  function typed(target) {
    const value = target.value === "" ? NaN : placed(model, Number(target.value));
    if (Number.isFinite(value)) {
      place = { cut: nearestCut(model, value), rule: null };
      const away = Math.abs(scored(model, value) - scored(model, model.cutoffs[place.cut]));
      told(away > 1e-9 * Math.max(1, Math.abs(scored(model, value))) && text(model, place.cut) !== target.value ? `Nearest counted: ${text(model, place.cut)}` : "");
    }
    target.dataset.done = "1";
    render();
    delete target.dataset.done;
  }

  function picked(cut, rule) {
    place = { cut, rule: rule === "given" ? null : rule };
    told("");
    soon();
    keep();
  }

  document.addEventListener("input", (event) => {
    if (!model || event.target.id !== "threshold-cutoff") return;
    place = { cut: nearestCut(model, Number(event.target.value)), rule: null };
    told("");
    soon();
  });
  document.addEventListener("change", (event) => {
    if (!model || !["threshold-cutoff", "threshold-number"].includes(event.target.id)) return;
    if (event.target.id === "threshold-number") typed(event.target);
    keep();
  });
  document.addEventListener("click", (event) => {
    if (!model || !money || !(event.target instanceof Element)) return;
    if (event.target.closest("#threshold-back")) {
      picked(model.savedCut, null);
      return;
    }
    const found = event.target.closest("#threshold-table [data-thr-cut], #threshold-rules [data-thr-cut]");
    if (!found) return;
    picked(Number(found.dataset.thrCut), found.dataset.thrRule);
    byId("threshold-rules").removeAttribute("open");
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    threshold: {
      open(payload, found) {
        const ids = window.dash_clientside.callback_context.triggered.map((entry) => entry.prop_id);
        if (!payload) {
          model = null;
          money = null;
          return null;
        }
        const fresh = ids.includes("threshold-payload.data") || !model || model.run !== payload.run;
        if (fresh) opened(payload);
        if (!ids.includes("threshold-money.data") || !found) return window.dash_clientside.no_update;
        valued(found);
        wait(model, 400);
        return state();
      },
    },
  });
})();
