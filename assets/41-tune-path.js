// A run's path as dashapp/tabs/tune/payload.py packs it: unpacked, and what it gives at a C and a cut-off. Nothing is drawn here.
window.scoredeskTune = (function () {
  const { unpacked, nearest } = window.scoredeskShared;
  const UNIT = 10000;

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

  return { read, nearestC, nearestCut, decided, saved, milliseconds: [] };
})();
