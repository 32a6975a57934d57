// The applicant desk: printing the sheet, taking cases away, keeping what is typed, the box for a level that is not in the list, and Enter in the form.
//
// What is typed of an applicant is personal data: before the case is saved it stands in this tab's own storage alone, so that
// loading the page anew, going back or an ended session loses nothing. Of each address `typed` is what the page shows, `form` the
// texts of a form that was not sent, `texts` what stands in the boxes for reason and note, and `who` whose it is.
(function () {
  const OTHER = "\u0001other";
  const PREFIX = "scoredesk-desk:";
  const TEXTS = ["desk-reason", "desk-note", "desk-note-text"];
  const ASKING = ["save", "override", "edit", "try-other", "work-out", "look-up", "follow", "reopen", "note-save", "detail-open"];
  let who = "";
  let kind = "";
  let drafted = null; // where the form was last kept

  const here = (place = window.location.search) => PREFIX + window.location.pathname + place;

  // A browser may forbid the storage, or it may be full: the page goes on without.
  function read(at) {
    try {
      return JSON.parse(sessionStorage.getItem(at)) || {};
    } catch {
      return {};
    }
  }

  function write(at, record) {
    try {
      if (record.typed || record.form || record.texts) sessionStorage.setItem(at, JSON.stringify({ ...record, who }));
      else sessionStorage.removeItem(at);
    } catch {
      // As above.
    }
  }

  function forgetAll(ofOthers) {
    try {
      for (const at of Object.keys(sessionStorage)) {
        const whose = read(at).who;
        if (at.startsWith(PREFIX) && (!ofOthers || (whose && whose !== who))) sessionStorage.removeItem(at);
      }
    } catch {
      // As above.
    }
  }

  // Of a case that is open here a decision is saved without the note, and the note without a decision.
  function forgetSaved(did) {
    const record = read(here());
    const texts = { ...record.texts };
    delete texts[{ note: "desk-note-text", decision: "desk-reason" }[did]];
    write(here(), { texts: Object.keys(texts).length ? texts : undefined });
  }

  // Where the form gave way to the applicant, or the other way about, the page begins anew: at its top, and for a screen reader too.
  function attend(now) {
    const before = kind;
    kind = now;
    const title = document.querySelector(".sd-desk h1");
    if (!title || !before || now === before || ![now, before].includes("form") || document.activeElement !== document.body) return;
    title.tabIndex = -1;
    title.focus();
    window.scrollTo(0, 0);
  }

  function keepForm(change) {
    const record = read(here());
    const form = record.form || { given: {}, name: "" };
    change(form);
    const isEmpty = !form.name && Object.values(form.given).every((text) => !text);
    drafted = here();
    write(drafted, { ...record, form: isEmpty ? undefined : form });
  }

  // What is said of a field describes its control: the range of the training rows, and why a value cannot be read.
  function describe() {
    for (const about of document.querySelectorAll(".sd-desk-about")) {
      const isWrong = Boolean(about.querySelector(".sd-problem"));
      for (const control of about.parentElement.querySelectorAll("button.dash-dropdown, .sd-desk-number input, .sd-desk-other input")) {
        control.setAttribute("aria-describedby", about.id);
        control.setAttribute("aria-invalid", isWrong);
      }
    }
  }

  // A box whose text was refused, and what is said of it.
  function point(control, about, isWrong) {
    if (!control) return;
    control.setAttribute("aria-invalid", isWrong);
    control.setAttribute("aria-describedby", about);
    if (isWrong) control.focus();
  }

  // What was done to a case is told where the button was, which may be gone.
  function tell(did) {
    const where = { note: "#desk-note-save", decision: ".sd-desk-decided" }[did];
    const found = where && document.querySelector(where);
    if (!found || document.activeElement !== document.body) return;
    found.focus({ preventScroll: true });
    found.scrollIntoView({ block: "nearest" });
  }

  // A form asks for the file of cases: the name that was searched is somebody's, and so belongs in no address.
  function take({ name, show }) {
    const token = document.cookie.match(/(?:^|; )_csrf_token=([^;]*)/)?.[1] || "";
    const form = document.createElement("form");
    form.method = "post";
    form.action = "/api/cases.csv";
    form.hidden = true;
    for (const [key, value] of Object.entries({ name, show, csrf_token: decodeURIComponent(token) })) {
      const field = document.createElement("input");
      field.name = key;
      field.value = value;
      form.append(field);
    }
    document.body.append(form);
    form.submit();
    form.remove();
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    desk: {
      other: (value) => value !== OTHER,

      // As the page is opened; where something of a case was saved meanwhile, that is kept no longer.
      kept(key) {
        if (key.changed) forgetSaved(key.did);
        const { typed, form, who: whose } = read(here());
        if (!typed && !form) return null;
        return { given: null, name: "", editing: false, ...typed, form, place: window.location.search, who: whose, again: true };
      },

      describe() {
        requestAnimationFrame(describe);
      },

      // Where the form was not scored, the first value that cannot be read is where one goes on.
      wrong(problem) {
        if (!problem) return;
        requestAnimationFrame(() => {
          describe();
          const first = [...document.querySelectorAll('.sd-desk-form [aria-invalid="true"]')].filter((one) => one.offsetParent);
          const field = first[0]?.closest(".sd-field");
          if (!field) return;
          field.scrollIntoView({ block: "center" });
          (field.querySelector(".sd-desk-other:not([hidden]) input") || first[0]).focus({ preventScroll: true });
        });
      },

      refused(problem) {
        requestAnimationFrame(() => {
          const isWrong = Boolean(problem) && Boolean(document.querySelector('#desk-problem [data-wrong="desk-reason"]'));
          point(document.getElementById("desk-reason"), "desk-problem", isWrong);
        });
      },

      notFound(problem) {
        point(document.getElementById("desk-text"), "desk-find-problem", Boolean(problem));
      },

      keep(typed) {
        if (!typed || typed.again || typed.cleared) return;
        const at = here(typed.place);
        if (drafted && drafted !== at) write(drafted, {});
        drafted = null;
        write(at, { ...read(at), form: undefined, typed: typed.given || typed.editing ? typed : undefined });
      },

      draft() {
        const [values, others] = window.dash_clientside.callback_context.inputs_list;
        if (!values.length) return;
        const boxes = Object.fromEntries(others.map(({ id, value }) => [id.field, value]));
        keepForm((form) => {
          for (const { id, value } of values) form.given[id.field] = (value === OTHER ? boxes[id.field] : value) || "";
        });
      },

      // The page is filled, for this person: what the boxes held is put there again.
      texts(shown) {
        if (!shown || !shown.who) return;
        who = shown.who;
        forgetAll(true);
        attend(shown.kind);
        tell(shown.did);
        write(here(), read(here())); // what was typed before it was known whose it is
        for (const [id, value] of Object.entries(read(here()).texts || {})) {
          // The boxes of the dialog are there also while it is closed.
          if (id !== "desk-note-text" || document.getElementById(id)) window.dash_clientside.set_props(id, { value });
        }
      },

      discarded(clicks) {
        if (!clicks) return window.dash_clientside.no_update;
        write(here(), {});
        return { cleared: clicks };
      },

      saved(href) {
        if (!href) return window.dash_clientside.no_update;
        write(here(), {});
        return href;
      },
    },
  });

  // A list of levels may be drawn after it was described.
  document.addEventListener("focusin", ({ target }) => {
    if (target.closest(".sd-desk-fields")) describe();
  });

  document.addEventListener("input", ({ target }) => {
    if (TEXTS.includes(target.id)) {
      const record = read(here());
      write(here(), { ...record, texts: { ...record.texts, [target.id]: target.value } });
    }
    if (target.id === "desk-note-text") window.dash_clientside.set_props("desk-note-problem", { children: null });
    if (!target.closest(".sd-desk-form")) return;
    if (target.id === "desk-form-name") keepForm((form) => { form.name = target.value; });
    // A box tells Dash of its text when it is left; until then it is kept from here.
    if (target.id.startsWith('{"desk-form":')) keepForm((form) => { form.given[JSON.parse(target.id).field] = target.value; });
  });

  document.addEventListener("click", ({ target }) => {
    if (target.closest('[data-desk="print"]')) window.print();
    const taking = target.closest('[data-desk="take"]');
    if (taking) take(taking.dataset);
    if (target.closest('[data-shell="sign-out"]')) forgetAll(false);
    const button = target.closest(".sd-desk .sd-button[id]");
    if (!button || !ASKING.includes(button.id.replace("desk-", ""))) return;
    button.classList.add("sd-working"); // until the server has answered; the account below takes two answers, and the button's place
    if (button.id !== "desk-detail-open") {
      window.addEventListener("scoredesk-answered", () => button.classList.remove("sd-working"), { once: true });
    }
  });

  // The foot of each sheet tells whose it is.
  window.addEventListener("beforeprint", () => {
    const mark = document.querySelector(".sd-sheet")?.dataset.mark;
    document.documentElement.style.setProperty("--sd-sheet-mark", JSON.stringify(mark || ""));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".sd-desk-form input")) return;
    // What was typed is told first, as Enter does in every box of Dash.
    setTimeout(() => document.getElementById("desk-score")?.click(), 0);
  });
})();
