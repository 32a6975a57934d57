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
  // Digits as Python writes them: of two that are equally near the even one, so that the server and the browser tell the same.
  function fixed(value, digits) {
    const text = value.toFixed(digits);
    const halves = value * 2 ** (digits + 1);
    const tied = Number.isInteger(halves) && halves % 2 !== 0;
    return tied && Number(text.at(-1)) % 2 ? (value - Math.sign(value) * 10 ** -(digits + 1)).toFixed(digits) : text;
  }
  const precise = (value, digits) => Number(fixed(value, Math.min(20, Math.max(0, digits - 1 - Math.floor(Math.log10(value))))));
  const words = {
    NOTHING,
    minus,
    fixed,
    metric: (value) => (value === null || value === undefined ? NOTHING : minus(fixed(value, 3))),
    share: (value) => (value === null ? NOTHING : `${fixed(value * 100, 1)}%`),
    count: (value) => value.toLocaleString("en-US"),
    cutoff: (value) => (Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? value.toFixed(2) : String(Number(value.toFixed(4)))),
    chance(value) {
      if (value === null) return NOTHING;
      if (value > 0 && value < 0.005) return "under 1%";
      if (value >= 0.995 && value < 1) return "over 99%";
      return `${fixed(value * 100, 0)}%`;
    },
    C(C) {
      const rounded = Number(C.toPrecision(3));
      if (rounded >= 1) return rounded.toLocaleString("en-US", { maximumFractionDigits: 2 });
      return rounded.toFixed(Math.max(0, 2 - Math.floor(Math.log10(rounded)))).replace(/\.?0+$/, "");
    },
    money(value, currency = "") {
      if (value === null || !Number.isFinite(value)) return NOTHING;
      const size = Math.abs(value);
      let text;
      const whole = (amount) => Number(fixed(amount, 0)).toLocaleString("en-US");
      if (size >= 999500) text = size < 1e9 ? `${precise(size / 1e6, 3)}M` : `${whole(size / 1e6)}M`;
      else if (size >= 9999.5) text = `${fixed(size / 1e3, 0)}k`;
      else if (size >= 100 || Number.isInteger(size)) text = whole(size);
      else text = String(precise(size, 3));
      const sign = value < 0 && /[1-9]/.test(text) ? "−" : "";
      return /^[\p{L}\p{N}]/u.test(currency) ? `${sign}${text} ${currency}` : `${sign}${currency}${text}`;
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
    const figure = card.querySelector(".sd-figure");
    if (figure && figure.getAttribute("aria-label") !== title) figure.setAttribute("aria-label", title);
    if (under === undefined) return;
    write(card.querySelector(".sd-card-head .sd-meta"), under);
  }

  // ---- The confusion matrix: counts of decisions, each with its share of the class ----
  function buildMatrix(inside) {
    const grid = made("div", "sd-matrix sd-moved-matrix");
    const parts = {};
    const side = (name, className, word) => {
      const cell = made("div", className, word);
      parts[name] = made("b");
      cell.append(parts[name]);
      return cell;
    };
    const tile = (name, kind, about) => {
      const cell = made("div", `cell ${kind}`);
      parts[name] = made("b");
      parts[`${name}Share`] = made("span");
      cell.append(parts[name], made("span", "", about), parts[`${name}Share`]);
      return cell;
    };
    grid.append(
      made("div"), side("approved", "head", "Approved"), side("refused", "head", "Refused"),
      side("goods", "side", "Good"), tile("tn", "good-right", "good, approved"), tile("fp", "good-wrong", "good, refused"),
      side("bads", "side", "Bad"), tile("fn", "bad-wrong", "bad, approved"), tile("tp", "bad-right", "bad, refused"),
    );
    inside.replaceChildren(grid);
    inside.sdParts = parts;
  }

  function matrix(inside, here) {
    if (!inside.sdParts || !inside.firstChild) buildMatrix(inside);
    const parts = inside.sdParts;
    write(parts.approved, words.count(here.tn + here.fn));
    write(parts.refused, words.count(here.fp + here.tp));
    for (const [name, noun] of [["tn", "goods"], ["fp", "goods"], ["fn", "bads"], ["tp", "bads"]]) {
      write(parts[noun], words.count(here[noun]));
      write(parts[name], words.count(here[name]));
      write(parts[`${name}Share`], here[noun] ? `${words.chance(here[name] / here[noun])} of ${noun}` : words.NOTHING);
    }
  }

  // The address of a page whose path ends so, with these parameters; a link then opens the same state.
  function address(ending, wanted) {
    const search = wanted.size ? `?${wanted}` : "";
    if (search === window.location.search || !window.location.pathname.endsWith(ending)) return;
    window.history.replaceState(window.history.state, "", window.location.pathname + search + window.location.hash);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate")); // so that Dash knows of it
  }

  return { unpacked, nearest, words, byId, write, made, titled, matrix, address };
})();
