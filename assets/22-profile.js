// Where the drawing of a column stands under the table, a press on a row leads there.
document.addEventListener("click", (event) => {
  if (!event.target.closest(".sd-pick")) return;
  const panel = document.querySelector(".sd-panel");
  if (panel && getComputedStyle(panel).position !== "sticky") panel.scrollIntoView({ block: "start" });
});

// A table that is built anew after a press of a key keeps the focus where it was.
document.addEventListener("click", (event) => {
  const pressed = event.target.closest(".sd-pick, .sd-sort");
  if (!pressed || event.detail !== 0) return;
  const { id } = pressed;
  const seen = new MutationObserver(() => {
    const now = document.getElementById(id);
    if (!now || now === pressed || document.activeElement !== document.body) return;
    seen.disconnect();
    now.focus({ preventScroll: true });
  });
  seen.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => seen.disconnect(), 5000);
});

// A role that a person moves is told with its column: {n, place, role}.
(function () {
  let count = 0;
  document.addEventListener("change", (event) => {
    const holder = event.target.closest("[data-role-of]");
    if (!holder) return;
    count += 1;
    const data = { n: count, place: Number(holder.dataset.roleOf), role: event.target.value };
    window.dash_clientside.set_props("dataset-role", { data });
  });
})();

// What was asked of the table of columns, in the order in which it was: words, columns to sort by, pages.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  profile: {
    keep(words, _sorts, _pages, moves) {
      const before = moves || [];
      const asked = window.dash_clientside.callback_context.triggered
        .filter((one) => one.value && one.prop_id.startsWith("{"))
        .map((one) => JSON.parse(one.prop_id.slice(0, one.prop_id.lastIndexOf("."))))
        .map((id) => ("profile-sort" in id ? { sort: id["profile-sort"] } : { page: id["profile-page"] }));
      const last = before.findLast((one) => "words" in one);
      if ((words || "") !== (last ? last.words : "")) asked.unshift({ words: words || "" });
      return asked.length ? [...before, ...asked] : window.dash_clientside.no_update;
    },
  },
});
