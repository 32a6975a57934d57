// A run's path as dashapp/tabs/tune/payload.py packs it: unpacked, and what it gives at a C and a cut-off. Nothing is drawn here.
window.scoredeskTune = (function () {
  const UNIT = 10000;

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

  // Rows between two cut-offs become rows at or above each.
  function partOf(part, n) {
    const cells = unpacked(part.counts);
    const width = part.cutoffs.length;
    const counts = [];
    for (let c = 0; width && c < n; c += 1) {
      const both = [];
      for (let kind = 0; kind < 2; kind += 1) {
        const from = (2 * c + kind) * width;
        const above = new Int32Array(width);
        let sum = 0;
        for (let i = width - 1; i >= 0; i -= 1) {
          sum += cells[from + i];
          above[i] = sum;
        }
        both.push(above);
      }
      counts.push({ bad: both[0], good: both[1] });
    }
    return { ...part, counts };
  }

  function curvesOf(text, n) {
    const numbers = unpacked(text);
    const curves = [];
    let at = 0;
    for (let c = 0; c < n && at < numbers.length; c += 1) {
      const length = numbers[at];
      at += 1;
      const both = [[], []];
      for (const axis of both) {
        let sum = 0;
        for (let i = 0; i < length; i += 1) {
          sum += numbers[at];
          at += 1;
          axis.push(sum / UNIT);
        }
      }
      curves.push({ x: both[0], y: both[1] });
    }
    return curves;
  }

  function read(payload) {
    const n = payload.Cs.length;
    const parts = payload.parts.map((part) => partOf(part, n));
    const roc = {};
    for (const [name, text] of Object.entries(payload.roc)) roc[name] = curvesOf(text, n);
    const judged = parts.find((part) => part.name === payload.judged);
    return { ...payload, parts, roc, judged, cutoffs: judged.cutoffs, binary: judged.cutoffs.length > 0 };
  }

  function nearest(values, wanted, distance) {
    let best = 0;
    for (let i = 1; i < values.length; i += 1) if (distance(values[i], wanted) < distance(values[best], wanted)) best = i;
    return best;
  }

  const nearestC = (model, C) => nearest(model.Cs, C, (a, b) => Math.abs(Math.log(a / b)));
  const nearestCut = (model, cutoff) => nearest(model.cutoffs, cutoff, (a, b) => Math.abs(a - b));

  // Counts of a part at a C and a cut-off: tp is a bad that is refused, fn a bad that is approved.
  function decided(model, part, { c, cut }) {
    const i = part === model.judged ? cut : nearest(part.cutoffs, model.cutoffs[cut], (a, b) => Math.abs(a - b));
    const { bad, good } = part.counts[c];
    const [tp, fp] = [bad[i], good[i]];
    const [fn, tn] = [bad[0] - tp, good[0] - fp];
    const ratio = (some, of) => (of ? some / of : null);
    return {
      tp, fp, fn, tn, bads: bad[0], goods: good[0], approved: ratio(tn + fn, part.n_rows), badRate: ratio(fn, tn + fn),
      recall: ratio(tp, bad[0]), precision: ratio(tp, tp + fp), refusedGoods: ratio(fp, good[0]),
    };
  }

  // Where the saved run stands.
  function saved(model) {
    return { c: nearestC(model, model.saved.C), cut: model.binary ? nearestCut(model, model.saved.cutoff) : 0 };
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

  return { read, unpacked, nearest, nearestC, nearestCut, decided, saved, words, milliseconds: [] };
})();
