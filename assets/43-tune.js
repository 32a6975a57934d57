// Live tuning: C and the cut-off move everything on the Tune tab without a request. They snap to what was computed.
(function () {
  const tune = window.scoredeskTune;
  const { nearestC, nearestCut, saved } = tune;
  const { words, byId, write, made, address } = window.scoredeskShared;

  let model = null; // the path, as 41-tune-path.js reads it
  let place = { c: 0, cut: 0 }; // where C and the cut-off stand: positions among what was computed
  let label = null; // the class whose coefficients are shown
  let frame = 0;
  let settling = 0;
  let before = false; // whether the path that is shown is not that of the options at the left: these are computed, or could not be

  const judge = () => (document.querySelector("#tune-judge input:checked")?.value === "log_loss" ? "log_loss" : "auc");
  const state = () => ({ study: model.study, position: place.c, cutoff: model.binary ? model.cutoffs[place.cut] : null });

  // ---- The controls ----
  function control(box, name, title, range) {
    if (box.firstChild) return;
    const number = made("input", "dash-input-element");
    Object.assign(number, { type: "number", step: "any", id: `tune-${name}-number`, disabled: true });
    number.dataset.tune = `${name}-number`;
    const head = made("div", "sd-tune-number");
    const caption = made("label", "sd-label", title);
    caption.htmlFor = number.id;
    const holder = made("div", "sd-input");
    holder.append(number);
    head.append(caption, holder);
    const slider = made("input", "sd-tune-range");
    Object.assign(slider, { type: "range", id: `tune-${name}`, disabled: true, ...range });
    slider.dataset.tune = name;
    slider.setAttribute("aria-label", title);
    const marks = made("div", "sd-tune-marks");
    marks.setAttribute("aria-hidden", "true");
    const note = made("div", "sd-help");
    note.id = `tune-${name}-note`;
    note.setAttribute("aria-live", "polite");
    box.replaceChildren(head, slider, marks, note);
  }

  function controls() {
    if (byId("tune-c-box")) control(byId("tune-c-box"), "c", "Strength of penalty, C", { min: 0, max: 1, step: 1, value: 0 });
    if (byId("tune-cutoff-box")) control(byId("tune-cutoff-box"), "cutoff", "Cut-off", { min: 0, max: 1, step: 0.01, value: 0 });
    if (!model) unready();
  }

  // Without a path nothing can be moved or saved; the way back is open.
  function unready() {
    for (const name of ["c", "c-number", "cutoff", "cutoff-number", "best", "one-se", "save"]) if (byId(`tune-${name}`)) byId(`tune-${name}`).disabled = true;
    if (byId("tune-back")) byId("tune-back").disabled = false;
    const bar = byId("tune-changed");
    if (bar) { bar.replaceChildren(); delete bar.dataset.text; }
  }

  function marksOf(name, found, last) {
    const box = byId(`tune-${name}`).nextElementSibling;
    box.replaceChildren(...found.map(([at, text]) => {
      const mark = made("span", "", text);
      mark.style.setProperty("--at", at / last);
      return mark;
    }));
  }

  // Decades, at most four of them, where they lie between the values of the path.
  function decades() {
    const last = model.Cs.length - 1;
    const at = (C) => {
      let i = 0;
      while (i < last - 1 && model.Cs[i + 1] < C) i += 1;
      return i + Math.log(C / model.Cs[i]) / Math.log(model.Cs[i + 1] / model.Cs[i]);
    };
    const low = Math.ceil(Math.log10(model.Cs[0]) - 1e-9);
    const high = Math.floor(Math.log10(model.Cs[last]) + 1e-9);
    const step = Math.max(1, Math.ceil((high - low) / 3));
    const found = [];
    for (let k = low; k <= high; k += step) found.push([at(10 ** k), words.C(10 ** k)]);
    return found;
  }

  function readyControls() {
    controls();
    for (const name of ["c", "c-number", "cutoff", "cutoff-number", "best", "one-se"]) if (byId(`tune-${name}`)) byId(`tune-${name}`).disabled = false;
    byId("tune-c").max = model.Cs.length - 1;
    marksOf("c", decades(), model.Cs.length - 1);
    marksOf("cutoff", [[0, "0"], [0.5, "0.50"], [1, "1"]], 1);
    told("c", "");
    told("cutoff", "");
  }

  const told = (name, text) => write(byId(`tune-${name}-note`), text);

  // Puts sliders and numbers where the place is, but for the one that is being moved.
  function showControls(by) {
    const C = words.C(model.Cs[place.c]);
    const found = model[by];
    set("c", place.c, C, model.Cs.length - 1, Number(model.Cs[place.c].toPrecision(3)));
    if (model.binary) set("cutoff", model.cutoffs[place.cut], words.cutoff(model.cutoffs[place.cut]), 1, words.cutoff(model.cutoffs[place.cut]));
    byId("tune-c").style.setProperty("--one-se", found.one_se / Math.max(1, model.Cs.length - 1));
    for (const [id, word, i] of [["tune-best", "Best", found.best], ["tune-one-se", "1-SE", found.one_se]]) {
      write(byId(id), `${word}, ${words.C(model.Cs[i])}`);
      byId(id).setAttribute("aria-pressed", String(place.c === i));
    }
    showChanges();
  }

  function set(name, value, text, last, number) {
    const slider = byId(`tune-${name}`);
    if (Number(slider.value) !== value) slider.value = value;
    slider.style.setProperty("--share", Math.min(1, Math.max(0, value / last)));
    slider.setAttribute("aria-valuetext", text);
    const typed = byId(`tune-${name}-number`);
    if (document.activeElement !== typed || typed.dataset.done) typed.value = number;
  }

  // What is not saved, in the head of the page with the way back.
  function showChanges() {
    const at = saved(model);
    const changes = [...model.differences];
    if (place.c !== at.c) changes.unshift(`C ${words.C(model.Cs[place.c])} instead of ${words.C(model.saved.C)}`);
    if (model.binary && place.cut !== at.cut) changes.push(`cut-off ${words.cutoff(model.cutoffs[place.cut])} instead of ${words.cutoff(model.saved.cutoff)}`);
    if (before) changes.push("what is shown does not have the options at the left yet");
    const text = changes.join(" · ");
    const bar = byId("tune-changed");
    if (bar && (bar.dataset.text !== text || !bar.firstChild)) {
      bar.dataset.text = text;
      bar.replaceChildren();
      if (text) {
        const back = made("button", "sd-button link", "Back to the saved run");
        back.type = "button";
        back.addEventListener("click", () => byId("tune-back").click());
        bar.append(made("i", "bi bi-pencil"), made("strong", "", "Not saved"), made("span", "", text), back);
      }
    }
    if (byId("tune-save")) byId("tune-save").disabled = !text || before;
    if (byId("tune-back")) byId("tune-back").disabled = !text;
  }

  // ---- Drawing ----
  function render() {
    frame = 0;
    if (!model || !byId("tune-table") || !byId("tune-c")) return;
    const began = performance.now();
    const by = judge();
    showControls(by);
    tune.cards.showTable(model, place, by);
    tune.cards.showMatrix(model, place);
    tune.cards.showStrongest(model, place, label);
    tune.cards.showFolds(model, place, by);
    draw(100);
    tune.milliseconds.push(performance.now() - began);
    if (tune.milliseconds.length > 1000) tune.milliseconds.shift();
    clearTimeout(settling);
    settling = setTimeout(() => model && tune.cards.settleRoc(model, place), 250);
  }

  function draw(tries) {
    if (!model || tune.cards.draw(model, () => place) || tries <= 0) return;
    setTimeout(() => draw(tries - 1), 100); // plotly.js is still being loaded
  }

  function soon() {
    if (!frame) frame = requestAnimationFrame(render);
  }

  // ---- The address, and what the server is told when it is asked to save ----
  function keep() {
    const at = saved(model);
    const wanted = new URLSearchParams();
    if (place.c !== at.c || !model.own) wanted.set("C", String(model.Cs[place.c]));
    if (model.binary && (place.cut !== at.cut || !model.own)) wanted.set("cutoff", String(model.cutoffs[place.cut]));
    if (!model.own) wanted.set("study", model.study);
    window.dash_clientside.set_props("tune-place", { data: state() });
    address("/tune", wanted);
  }

  function addressed() {
    const given = new URLSearchParams(window.location.search);
    const number = (name) => (given.get(name) ? Number(given.get(name)) : NaN);
    return { C: number("C"), cutoff: number("cutoff") };
  }

  // ---- A path arrives ----
  function opened(payload) {
    const same = model && model.run === payload.run;
    const at = same ? saved(model) : null;
    // What was moved stays where it is when other options are looked at.
    const wanted = !same ? addressed() : {
      C: place.c !== at.c ? model.Cs[place.c] : NaN,
      cutoff: model.binary && place.cut !== at.cut ? model.cutoffs[place.cut] : NaN,
    };
    model = tune.read(payload);
    tune.current = { model, now: () => place };
    if (!model.coefficients[label]) [label] = Object.keys(model.coefficients);
    const start = saved(model);
    place = {
      c: wanted.C > 0 ? nearestC(model, wanted.C) : start.c,
      cut: model.binary && Number.isFinite(wanted.cutoff) ? nearestCut(model, wanted.cutoff) : start.cut,
    };
    // The cards of this path come with the same answer; they stand a moment later.
    const mine = model;
    let tries = 200;
    (function wait() {
      if (model !== mine) return;
      if (byId("tune-table") && byId("tune-c-box")) {
        readyControls();
        render();
        keep();
      } else if (tries > 0) {
        tries -= 1;
        setTimeout(wait, 25);
      }
    })();
    return state();
  }

  // ---- What a person moves ----
  function moved(target) {
    const { tune: name } = target.dataset;
    if (name === "c") place = { ...place, c: Number(target.value) };
    else if (name === "cutoff") place = { ...place, cut: nearestCut(model, Number(target.value)) };
    else return;
    told(name, "");
    soon();
  }

  // A number that is typed leads to the nearest that was computed, and that is shown.
  function typed(target) {
    const { tune: name } = target.dataset;
    const value = Number(target.value);
    if (name === "c-number" && target.value !== "" && value > 0) {
      place = { ...place, c: nearestC(model, value) };
      const C = model.Cs[place.c];
      told("c", Math.abs(value / C - 1) > 0.005 ? `The nearest C of the path is ${words.C(C)}.` : "");
    } else if (name === "cutoff-number" && target.value !== "" && Number.isFinite(value)) {
      place = { ...place, cut: nearestCut(model, value) };
      const cutoff = model.cutoffs[place.cut];
      told("cutoff", Math.abs(value - cutoff) > 1e-9 ? `The nearest cut-off that was counted is ${words.cutoff(cutoff)}.` : "");
    }
    target.dataset.done = "1";
    render();
    delete target.dataset.done;
  }

  const ofTune = (event) => (model && event.target instanceof Element ? event.target.closest("[data-tune]") : null);

  document.addEventListener("input", (event) => {
    const target = ofTune(event);
    if (target) moved(target);
  });
  document.addEventListener("change", (event) => {
    const target = ofTune(event);
    if (!target) return;
    if (target.type === "number") typed(target);
    keep();
  });
  document.addEventListener("click", (event) => {
    // Back from where there is no path: nothing of what was moved before comes along.
    if (!model && event.target instanceof Element && event.target.closest("#tune-back")) address("/tune", new URLSearchParams());
    const target = ofTune(event);
    if (!target || target.tagName !== "BUTTON") return;
    const found = model[judge()];
    if (target.id === "tune-best") place = { ...place, c: found.best };
    else if (target.id === "tune-one-se") place = { ...place, c: found.one_se };
    else if (target.id === "tune-back") place = saved(model);
    else return;
    told("c", "");
    if (target.id === "tune-back") told("cutoff", "");
    soon();
    keep();
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    tune: {
      // The sliders stand before their path is there.
      controls() {
        controls();
        return window.dash_clientside.no_update;
      },
      // Whether nothing is to be asked: an answer about another path, come late, must not end the following of this one.
      rest(study, followed, payload) {
        const held = before;
        before = Boolean(study && payload && payload.study !== study.id);
        if (model && before !== held) showChanges();
        if (!study || !study.id) return true;
        if (!followed || followed.study !== study.id) return false;
        return followed.state === "ended" || (followed.state === "shown" && Boolean(payload) && payload.study === study.id);
      },
      open(payload) {
        controls();
        if (!payload) {
          model = null;
          tune.current = null;
          unready();
          return null;
        }
        const changed = window.dash_clientside.callback_context.triggered.map((entry) => entry.prop_id);
        if (model && !changed.includes("tune-payload.data")) return window.dash_clientside.no_update;
        return opened(payload);
      },
      all: (_clicks, offered) => (offered || []).map((option) => option.value),
      none: () => [],
      use: (clicks, chosen) => (clicks ? [chosen || [], false] : [window.dash_clientside.no_update, window.dash_clientside.no_update]),
      judge(by, figures) {
        setTimeout(soon, 50);
        return figures ? figures.cv[by] : window.dash_clientside.no_update;
      },
      label(chosen, figures) {
        if (!figures || !figures.path[chosen]) return window.dash_clientside.no_update;
        label = chosen;
        setTimeout(soon, 50);
        return figures.path[chosen];
      },
    },
  });
})();
