// Other values for the open applicant: the controls, and one request at a time while one of them moves, always for the latest.
(function () {
  const { byId, made, titled, write } = window.scoredeskShared;
  const PATIENCE = 5000; // ms after which an answer is no longer waited for
  const SETTLED = 700; // ms without a move after which the address takes the values

  let spec = null; // of the applicant: row, controls, given values
  let rows = {}; // of each field: its parts on the page
  let given = {}; // field -> text, of fields that are not as they were
  let sent = null; // what was asked last, as a text
  let asked = 0; // when; 0 while nothing is waited for
  let again = false; // whether it was asked a second time
  let patience = 0;
  let settling = 0;

  const phone = window.matchMedia("(max-width: 600px)"); // where 39-applicant.css shows the other drawing

  const text = (value) => String(value ?? "");
  const isChanged = (control) => control.field in given;
  const now = (control) => text(isChanged(control) ? given[control.field] : control.value);

  function ask() {
    const wanted = JSON.stringify(given);
    if (wanted === sent || asked) return;
    sent = wanted;
    asked = Date.now();
    clearTimeout(patience);
    patience = setTimeout(unanswered, PATIENCE);
    window.dash_clientside.set_props("explain-asked", { data: { row: spec.row, given: { ...given }, narrow: phone.matches, at: asked } });
  }

  // What was asked last is asked a second time, what is newer at once; Dash takes no answer to what was asked before.
  function unanswered() {
    asked = 0;
    if (!byId("explain-controls") || (again && JSON.stringify(given) === sent)) return;
    again = JSON.stringify(given) === sent;
    sent = null;
    ask();
  }

  function put(control, value) {
    if (value === text(control.value)) delete given[control.field];
    else given[control.field] = value;
    show(control);
    clearTimeout(settling);
    again = false;
    ask();
  }

  // `read` is what the server made of a text, such as 0.45 of "0,45".
  function show(control, read) {
    const row = rows[control.field];
    const value = read ?? now(control);
    if (row.pick) row.pick.value = value;
    if (row.typed && document.activeElement !== row.typed) row.typed.value = now(control);
    if (row.slide && value !== "" && Number.isFinite(Number(value)) && document.activeElement !== row.slide) row.slide.value = value;
    if (row.slide) {
      row.slide.classList.toggle("missing", value === "");
      const share = (Number(row.slide.value) - control.low) / (control.high - control.low || 1);
      row.slide.style.setProperty("--share", Math.min(1, Math.max(0, share)));
      row.slide.setAttribute("aria-valuetext", `${value === "" ? "missing" : value} ${control.unit || ""}`.trim());
    }
    row.whole.classList.toggle("changed", isChanged(control));
    write(row.was, isChanged(control) ? `was ${text(control.value) || "missing"}` : "");
    const n = Object.keys(given).length;
    write(byId("explain-changed"), n ? `${n} ${n === 1 ? "value is" : "values are"} changed` : "");
  }

  function slider(control) {
    const slide = made("input", "sd-tune-range");
    const start = Number(now(control) === "" ? (control.low + control.high) / 2 : now(control));
    Object.assign(slide, { type: "range", min: control.low, max: control.high, step: "any", value: start });
    slide.setAttribute("aria-label", control.label);
    slide.addEventListener("input", () => {
      const step = control.step || (control.high - control.low) / 100;
      const snapped = Math.min(control.high, Math.max(control.low, Math.round(Number(slide.value) / step) * step));
      put(control, text(Number(snapped.toPrecision(12))));
    });
    slide.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
      if (!by) return;
      event.preventDefault();
      const step = control.step || (control.high - control.low) / 100;
      const here = now(control);
      const at = (here !== "" && Number.isFinite(Number(here)) ? here : slide.value) / step; // a value between two steps goes to the next
      slide.value = (by + (by > 0 ? Math.floor(at + 1e-9) : Math.ceil(at - 1e-9))) * step;
      slide.dispatchEvent(new Event("input"));
    });
    return slide;
  }

  function picker(control, id) {
    const pick = made("select", "sd-explain-pick");
    pick.id = id;
    const levels = ["", ...(control.levels || [])];
    if (!levels.includes(text(control.value))) levels.push(text(control.value));
    if (!levels.includes(now(control))) levels.push(now(control));
    for (const level of levels) {
      const option = made("option", "", level === "" ? "missing" : level);
      option.value = level;
      pick.append(option);
    }
    pick.addEventListener("change", () => put(control, pick.value));
    return pick;
  }

  function drawn(control, at) {
    const id = `explain-control-${at}`;
    const row = { whole: made("div", "sd-explain-control"), was: made("button", "sd-explain-was"), warning: made("div", "sd-explain-warning") };
    Object.assign(row.was, { type: "button", title: `Set ${control.label} back` });
    row.was.addEventListener("click", () => {
      put(control, text(control.value));
      (row.typed || row.pick).focus(); // the button is gone
    });
    row.warning.setAttribute("role", "status");
    const label = made("label", "", control.unit ? `${control.label}, ${control.unit}` : control.label);
    label.htmlFor = id;
    label.title = control.help || "";
    const inside = made("div", "sd-explain-set");
    if (control.levels || control.low === undefined || control.high === undefined) {
      if (control.levels) inside.append((row.pick = picker(control, id)));
    } else if (control.high > control.low) inside.append((row.slide = slider(control)));
    if (!row.pick) {
      row.typed = made("input", "dash-input-element");
      Object.assign(row.typed, { type: "text", inputMode: "decimal", id, placeholder: "missing", maxLength: 40 });
      row.typed.addEventListener("input", () => put(control, row.typed.value.trim()));
      row.typed.addEventListener("blur", () => show(control));
      inside.append(row.typed);
    }
    const head = made("div", "sd-explain-control-head");
    head.append(label, row.was);
    row.whole.append(head, inside, row.warning);
    rows[control.field] = row;
    return row.whole;
  }

  function warn(warnings, problems) {
    for (const control of spec.controls) {
      const { warning } = rows[control.field];
      write(warning, problems[control.field] || warnings[control.field] || "");
      warning.classList.toggle("wrong", control.field in problems);
    }
  }

  // The address takes the values once the controls rest, so that a link shows them and going back is one step.
  function settle({ state, put }) {
    clearTimeout(settling);
    settling = setTimeout(() => {
      if (!spec || !byId("explain-controls")) return;
      if (!window.scoredeskAddress.isOpen(put)) return; // the user has left, and the next page is still on its way
      window.dash_clientside.set_props("explain-shown", { data: state });
      window.scoredeskAddress.write(put);
    }, SETTLED);
  }

  phone.addEventListener("change", () => {
    if (!spec || !byId("explain-controls")) return;
    sent = null; // the drawing that was hidden may be of older values
    ask();
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explain = {
    begin(found) {
      const place = byId("explain-controls");
      clearTimeout(settling);
      if (!found || !place) return window.dash_clientside.no_update;
      spec = found;
      given = { ...found.given };
      sent = JSON.stringify(given);
      asked = 0;
      again = false;
      clearTimeout(patience);
      rows = {};
      place.replaceChildren(...found.controls.map(drawn));
      found.controls.forEach((control) => show(control));
      warn(found.warnings || {}, {});
      return window.dash_clientside.no_update;
    },
    answered(answer) {
      if (!answer || !spec || answer.row !== spec.row) return window.dash_clientside.no_update;
      asked = 0;
      clearTimeout(patience);
      warn(answer.warnings, answer.problems);
      if (answer.title) titled("explain-moved", answer.title);
      if (JSON.stringify(given) !== sent) ask();
      else {
        const read = answer.read || {};
        for (const control of spec.controls) if (control.field in read) show(control, read[control.field]);
        if (answer.state) settle(answer);
      }
      return window.dash_clientside.no_update;
    },
    // The button that copies a link follows what the page shows.
    shown(state) {
      const link = document.querySelector(".sd-page [data-shell='copy-link']");
      if (link && state) link.dataset.href = window.location.pathname + state[0];
      return window.dash_clientside.no_update;
    },
    reset(clicks) {
      if (!clicks || !spec) return window.dash_clientside.no_update;
      given = {};
      spec.controls.forEach((control) => show(control));
      ask();
      return window.dash_clientside.no_update;
    },
  };
})();
