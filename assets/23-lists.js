// The runs that are ticked in the list, in the order in which they were; a run that the filter hides stays picked.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  runs: {
    tick(_list, ids, picked) {
      return ids.map((id) => (picked || []).includes(id["pick-run"]));
    },
    clear(clicks, ids) {
      const noUpdate = window.dash_clientside.no_update;
      return clicks ? [[], ids.map(() => false)] : [noUpdate, ids.map(() => noUpdate)];
    },
    pick(ticked, ids, before) {
      const shown = new Map(ids.map((id, at) => [id["pick-run"], Boolean(ticked[at])]));
      const kept = (before || []).filter((run) => shown.get(run) ?? true);
      const added = [...shown].filter(([run, on]) => on && !kept.includes(run)).map(([run]) => run);
      const same = !added.length && kept.length === (before || []).length;
      return same ? window.dash_clientside.no_update : [...kept, ...added];
    },
  },
});
