// The intake page: hands what is done at its controls to one callback, keeps its place while parts are drawn anew, and draws
// the preview's rows.
(function () {
  let count = 0;
  let last = 0; // when the last one was, or will be, handed on
  let places = []; // selectors of where the keyboard was when something was done, the best first
  const opened = new Set(); // ids of what was unfolded

  function tell(holder, value) {
    count += 1;
    places = placesOf(document.activeElement);
    const { act, of } = holder.dataset;
    const data = { n: count, what: act, of, value };
    // A press right after typing is two acts at once; of two in one go Dash would see the second only.
    const wait = Math.max(0, last + 80 - performance.now());
    last = performance.now() + wait;
    setTimeout(() => window.dash_clientside.set_props("intake-act", { data }), wait);
  }

  // A select or an input gives its own value, once it is done; a button the one that stands at it.
  document.addEventListener("change", (event) => {
    const holder = event.target.closest("[data-act]");
    if (holder && holder.dataset.value === undefined) tell(holder, event.target.value);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.disabled) return;
    const dialog = button.closest("[data-dialog]");
    if (dialog) window.dash_clientside.set_props(dialog.dataset.dialog, { is_open: dialog.dataset.open === "yes" });
    const holder = button.closest("[data-act]");
    if (holder && holder.dataset.value !== undefined) tell(holder, holder.dataset.value);
    if (button.matches("[data-preview-rows]")) button.closest(".sd-card").classList.toggle("sd-all-rows");
  });

  function placesOf(element) {
    const found = [];
    if (!element || element === document.body) return found;
    const holder = element.closest("[data-act]");
    const field = element.closest(".sd-field");
    const control = field && field.querySelector("select[id], input[id]");
    const folded = element.closest("details[id]");
    if (element.id) found.push(`#${CSS.escape(element.id)}`);
    if (holder) {
      const named = ["act", "of", "value"].filter((name) => holder.dataset[name] !== undefined);
      found.push(`${named.map((name) => `[data-${name}="${CSS.escape(holder.dataset[name])}"]`).join("")} > :is(button, select)`);
    }
    if (control) found.push(`#${CSS.escape(control.id)}`);
    if (folded) found.push(`#${CSS.escape(folded.id)} > summary`);
    return found;
  }

  // A part that is drawn anew is made of new elements: what was unfolded is unfolded again, and the keyboard stays where it was.
  new MutationObserver(() => {
    for (const id of opened) {
      const folded = document.getElementById(id);
      if (folded && !folded.open) folded.open = true;
    }
    if (!places.length || document.activeElement !== document.body) return;
    const place = places.map((selector) => document.querySelector(selector)).find(Boolean);
    if (place) place.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => { places = []; }, true);
  document.addEventListener("toggle", (event) => {
    const folded = event.target;
    if (!folded.id || !folded.id.startsWith("intake-")) return;
    const { repair } = folded.dataset;
    if (folded.open && repair !== undefined) {
      count += 1;
      window.dash_clientside.set_props("intake-asked", { data: { n: count, at: folded.id, title: repair } });
    }
    if (folded.open) opened.add(folded.id);
    else if (folded.isConnected) opened.delete(folded.id);
  }, true);

  function cell(text, column) {
    const made = document.createElement("td");
    const unread = Array.isArray(text); // in the file it says something, which does not convert
    made.className = column.look;
    if (text === null || unread) {
      const left_out = column.look.split(" ").includes("out");
      const badge = document.createElement("span");
      badge.className = left_out ? "sd-none" : "sd-missing";
      badge.textContent = left_out ? "–" : "missing";
      badge.title = unread ? `does not convert: ${text[0]}` : "missing";
      made.append(badge);
    } else {
      made.textContent = text;
      if (text.length > 24) made.title = text;
      if (column.bad !== undefined && text === column.bad) made.classList.add("bad");
    }
    return made;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    intake: {
      rows(shown) {
        const body = document.getElementById("intake-rows");
        if (shown && body) {
          body.replaceChildren(
            ...shown.rows.map((row) => {
              const made = document.createElement("tr");
              made.append(...row.map((text, i) => cell(text, shown.columns[i])));
              return made;
            }),
          );
        }
        return window.dash_clientside.no_update;
      },
    },
  });
})();
