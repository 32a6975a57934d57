// The training form in the browser: which options have an effect, what was changed, each group in a line, resets and presets.
(function () {
  const asText = (value) => {
    if (value === null || value === undefined) return "";
    return Array.isArray(value) ? JSON.stringify([...value].sort()) : String(value).trim();
  };

  const holds = ([name, ...wanted], values) => {
    const value = asText(values[name]);
    return wanted.some((want) => (want.startsWith("!") ? value !== want.slice(1) : value === want));
  };

  const shown = (option, value) => {
    if (option.kind === "flag") return value && value.length ? "yes" : "no";
    if (option.kind === "choice") return option.choices[value] || asText(value);
    if (option.kind === "columns") return `${(value || []).length}`;
    if (value === null || value === undefined || asText(value) === "") return "–";
    const lines = asText(value).split("\n").filter((line) => line.trim());
    return lines.length > 1 ? `${lines.length} lines` : lines[0];
  };

  function look(...given) {
    const meta = given.pop();
    const noUpdate = window.dash_clientside.no_update;
    const nothing = given.map(() => noUpdate);
    if (!meta) return [...nothing, ...Object.keys((meta || {}).groups || {}).flatMap(() => [noUpdate, noUpdate])];
    const values = Object.fromEntries(meta.names.map((name, at) => [name, given[at]]));
    const matters = {};
    const changed = {};
    for (const name of meta.names) {
      const option = meta.options[name];
      matters[name] = option.when.length === 0 || option.when.some((condition) => holds(condition, values));
      changed[name] = matters[name] && asText(values[name]) !== asText(option.usual);
    }
    const classes = meta.names.map((name) => {
      const option = meta.options[name];
      const mark = changed[name] && meta.groups[option.group] ? " changed" : "";
      return `${option.class}${matters[name] ? "" : " off"}${mark}`;
    });
    const told = [];
    const marks = [];
    for (const [group, { told: always, id }] of Object.entries(meta.groups)) {
      const own = meta.names.filter((name) => meta.options[name].group === group && matters[name]);
      const parts = own.filter((name) => changed[name] || always.includes(name));
      told.push(parts.map((name) => `${meta.options[name].label}: ${shown(meta.options[name], values[name])}`).join(" · "));
      const n = own.filter((name) => changed[name]).length;
      marks.push(n ? `${n} changed` : "");
      const reset = document.getElementById(id.replace("-group-", "-reset-"));
      if (reset) reset.hidden = !n;
    }
    return [...classes, ...told, ...marks];
  }

  function set(...given) {
    const meta = given[given.length - 1];
    const noUpdate = window.dash_clientside.no_update;
    const context = window.dash_clientside.callback_context;
    const pressed = context.triggered.filter((one) => one.value).map((one) => one.prop_id.split(".")[0])[0];
    const preset = meta && meta.presets[pressed];
    const reset = (meta && meta.resets[pressed]) || [];
    return meta.names.map((name) => {
      if (preset && name in preset) return preset[name];
      return reset.includes(name) ? meta.options[name].usual : noUpdate;
    });
  }

  // A line for a column or label that was picked; of a product, the half that is wanted.
  function pick(picked, text, id, meta) {
    const noUpdate = window.dash_clientside.no_update;
    if (!picked || !meta) return [noUpdate, noUpdate];
    const line = meta.lines[id][picked];
    const before = (text || "").replace(/\s+$/, "");
    if (id.includes("interactions")) {
      if (before.endsWith("*")) return [`${before} ${line}`, null];
      return [`${before}${before ? "\n" : ""}${line} * `, null];
    }
    return [`${before}${before ? "\n" : ""}${line}`, null];
  }

  // Another outcome leaves other columns out; what else was ticked, or was not, stays.
  function leaveOut(found, rows, ticked) {
    if (!found || !found.before) return window.dash_clientside.no_update;
    const [now, before, used] = [found.now, found.before, (ticked || []).map((row) => row.name)].map((names) => new Set(names));
    return rows.filter(({ name }) => {
      if (name === found.target || now.has(name) !== before.has(name)) return !now.has(name);
      return used.has(name);
    });
  }

  // The name follows the penalty until it is a name of one's own.
  function named(penalty, name, meta) {
    const known = (meta && meta.run_names) || {};
    const noUpdate = window.dash_clientside.no_update;
    return known[penalty] && known[penalty] !== name && Object.values(known).includes(name) ? known[penalty] : noUpdate;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { train: { look, set, pick, leaveOut, named } });

  // A group that holds a problem opens; its mark is drawn by the style sheet.
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      for (const problem of document.querySelectorAll(".sd-group:not([open]) .sd-problem:not(:empty)")) {
        const group = problem.closest(".sd-group");
        if (group && !group.dataset.opened) { group.open = true; group.dataset.opened = "yes"; }
      }
      for (const group of document.querySelectorAll(".sd-group[data-opened]")) {
        if (!group.querySelector(".sd-problem:not(:empty)")) delete group.dataset.opened;
      }
    });
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
})();
