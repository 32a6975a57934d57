// A run's decisions as dashapp/tabs/threshold/payload.py packs them: counts and money at every cut-off. Nothing is drawn here.
window.scoredeskThreshold = (function () {
  const { unpacked, nearest, words } = window.scoredeskShared;
  const Z = 1.959963984540054;
  const AMOUNT_PARTS = 100000000;

  // Rows between two cut-offs become rows at or above each.
  function above(text) {
    const cells = unpacked(text);
    const found = new Float64Array(cells.length);
    let sum = 0;
    for (let i = cells.length - 1; i >= 0; i -= 1) {
      sum += cells[i];
      found[i] = sum;
    }
    return found;
  }

  function read(payload) {
    const model = { ...payload, bad: above(payload.bad), good: above(payload.good) };
    model.n = model.bad[0] + model.good[0];
    model.savedCut = nearestCut(model, model.saved);
    return model;
  }

  // Money: by amounts where they are counted, else every row counts the same.
  function priced(model, money) {
    if (!money.sums) return { ...money, of: { bad: model.bad, good: model.good, badSquares: model.bad, goodSquares: model.good }, n: model.n };
    const sums = ({ total, parts }) => above(parts).map((part) => (part / AMOUNT_PARTS) * total);
    const { bad, good, bad_squares: badSquares, good_squares: goodSquares, n } = money.sums;
    return { ...money, of: { bad: sums(bad), good: sums(good), badSquares: sums(badSquares), goodSquares: sums(goodSquares) }, n };
  }

  const nearestCut = (model, cutoff) => nearest(model.cutoffs, cutoff, (a, b) => Math.abs(a - b));

  // Wilson's 95% interval of a share, as pipeline/intervals.py.
  function share(part, whole) {
    if (!whole) return { value: null, low: null, high: null };
    const value = part / whole;
    const middle = (value + (Z * Z) / (2 * whole)) / (1 + (Z * Z) / whole);
    const reach = (Z / (1 + (Z * Z) / whole)) * Math.sqrt((value * (1 - value)) / whole + (Z * Z) / (4 * whole * whole));
    return { value, low: part ? Math.max(0, middle - reach) : 0, high: part === whole ? 1 : Math.min(1, middle + reach) };
  }

  // Counts at a cut-off: tp is a bad that is refused, fn a bad that is approved.
  function decided(model, cut) {
    const [tp, fp, bads, goods] = [model.bad[cut], model.good[cut], model.bad[0], model.good[0]];
    const [fn, tn] = [bads - tp, goods - fp];
    return {
      tp, fp, fn, tn, bads, goods, approved: share(tn + fn, model.n), bad_rate: share(fn, tn + fn), recall: share(tp, bads),
      lost: share(fp, goods), precision: share(tp, tp + fp),
    };
  }

  // Expected profit of 1,000 applicants with its normal 95% interval, as pipeline/strategy.py.
  function profit(money, cut) {
    const { gain, loss, of, n } = money;
    const total = gain * (of.good[0] - of.good[cut]) - loss * (of.bad[0] - of.bad[cut]);
    if (n < 2) return { value: n ? (1000 * total) / n : null, low: null, high: null };
    const squares = gain * gain * (of.goodSquares[0] - of.goodSquares[cut]) + loss * loss * (of.badSquares[0] - of.badSquares[cut]);
    const reach = Z * Math.sqrt(Math.max(squares - (total * total) / n, 0) / (n - 1) / n);
    return { value: (1000 * total) / n, low: 1000 * (total / n - reach), high: 1000 * (total / n + reach) };
  }

  // A cut-off in words, and the number that stands in its field: of a score from elsewhere in its own unit.
  function scored(model, place) {
    const { scale } = model;
    return scale ? scale.at_0 + place * (scale.at_1 - scale.at_0) : place;
  }

  function placed(model, score) {
    const { scale } = model;
    return scale ? (score - scale.at_0) / (scale.at_1 - scale.at_0) : score;
  }

  function text(model, cut) {
    const place = model.cutoffs[cut];
    if (model.scale) return words.minus(Number(scored(model, place).toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 6 }));
    if (model.end - model.start < 0.1) return String(Number(place.toPrecision(3)));
    return Math.abs(place * 100 - Math.round(place * 100)) < 1e-7 ? words.fixed(place, 2) : words.fixed(place, 3);
  }

  return { read, priced, nearestCut, decided, profit, scored, placed, text, share, milliseconds: [] };
})();
