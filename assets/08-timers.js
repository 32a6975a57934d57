// A timer waits for its answer. Of two requests for the same parts Dash forgets the first, so that a page whose answers take
// longer than its timer would never show one, and a timer could make it forget what a person has just chosen.
(function () {
  const ask = window.fetch;
  const TIMER = /"id":"([\w-]+)","property":"n_intervals"/g;
  const waiting = new Map(); // timers, and how many requests of theirs are under way

  function hold(timer, change) {
    const n = (waiting.get(timer) || 0) + change;
    waiting.set(timer, n);
    if (!window.dash_component_api.getLayout(timer)) return; // its page was left
    window.dash_clientside.set_props(timer, { max_intervals: n ? 0 : -1 });
  }

  window.fetch = async function (...given) {
    const [address, options] = given;
    const body = options && options.body;
    if (typeof body !== "string" || !String(address).includes("/_dash-update-component")) return ask.apply(this, given);
    const timers = new Set([...body.matchAll(TIMER)].map((found) => found[1]));
    timers.forEach((timer) => hold(timer, 1));
    try {
      return await ask.apply(this, given);
    } finally {
      timers.forEach((timer) => hold(timer, -1));
    }
  };
})();
