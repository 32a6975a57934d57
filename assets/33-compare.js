// A run that is added to a comparison is in the address at once, so that another one may follow before the page has both.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  compare: {
    add(runId, search) {
      if (!runId) return window.dash_clientside.no_update;
      const there = (new URLSearchParams(search).get("runs") || "").split(",").filter((one) => one && one !== runId);
      return { path: "/compare", search: `?runs=${[...there, runId].join(",")}`, before: null, same: [] };
    },
  },
});
