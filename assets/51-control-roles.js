// Roles and names that Dash's own controls lack or have wrong, mended for screen readers on what is drawn.
(function () {
  let count = 0;

  // Radio buttons and tick boxes say that they are options of a list, which hides that they are radio buttons and tick boxes.
  function unlist() {
    for (const list of document.querySelectorAll(".dash-radioitems[role], .dash-checklist[role]")) list.removeAttribute("role");
    for (const option of document.querySelectorAll(":is(.dash-radioitems, .dash-checklist) > .dash-options-list-option")) {
      option.removeAttribute("role");
      option.removeAttribute("aria-selected"); // it comes back with each choice
    }
  }

  // A grid has no name: that of its card.
  function nameGrids() {
    for (const grid of document.querySelectorAll(".ag-root[role]:not([aria-labelledby])")) {
      const card = grid.closest("section");
      const head = card && card.querySelector("h2, h3");
      if (!head) continue;
      if (!head.id) head.id = `sd-grid-head-${(count += 1)}`;
      grid.setAttribute("aria-labelledby", head.id);
    }
  }

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      unlist();
      nameGrids();
    });
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["aria-selected"] });
})();
