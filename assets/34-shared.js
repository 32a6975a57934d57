// What the scripts of several pages share: numbers as dashapp/widgets/packed.py packs them, words for numbers, parts of the page.
window.scoredeskShared = (function () {
  // Seven bits a byte, the lowest first; a 0 is followed by how many zeros there are.
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

  function nearest(values, wanted, distance) {
    let best = 0;
    for (let i = 1; i < values.length; i += 1) if (distance(values[i], wanted) < distance(values[best], wanted)) best = i;
    return best;
  }

  // The number formats of dashapp/theme.py.
  const NOTHING = "–";
  const minus = (text) => text.replace("-", "−");
  const words = {
    NOTHING,
    minus,
    metric: (value) => (value === null || value === undefined ? NOTHING : minus(value.toFixed(3))),
    share: (value) => (value === null ? NOTHING : `${(value * 100).toFixed(1)}%`),
    count: (value) => value.toLocaleString("en-US"),
    cutoff: (value) => (Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? value.toFixed(2) : String(Number(value.toFixed(4)))),
    chance(value) {
      if (value === null) return NOTHING;
      if (value > 0 && value < 0.005) return "under 1%";
      if (value >= 0.995 && value < 1) return "over 99%";
      return `${(value * 100).toFixed(0)}%`;
    },
    C(C) {
      const rounded = Number(C.toPrecision(3));
      if (rounded >= 1) return rounded.toLocaleString("en-US", { maximumFractionDigits: 2 });
      return rounded.toFixed(Math.max(0, 2 - Math.floor(Math.log10(rounded)))).replace(/\.?0+$/, "");
    },
    shortened: (text, longest) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text),
  };

  // ---- The page ----
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

  // The address of a page whose path ends so, with these parameters; a link then opens the same state.
  function address(ending, wanted) {
    const search = wanted.size ? `?${wanted}` : "";
    if (search === window.location.search || !window.location.pathname.endsWith(ending)) return;
    window.history.replaceState(window.history.state, "", window.location.pathname + search + window.location.hash);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate")); // so that Dash knows of it
  }

  return { unpacked, nearest, words, byId, write, made, titled, address };
})();
