// Dash's dropdown names itself by its value alone; this puts the label in front, so that a screen reader says which one it is.
(function () {
  let count = 0;

  function name() {
    for (const label of document.querySelectorAll("label[for]")) {
      const control = document.getElementById(label.htmlFor);
      const named = control && control.getAttribute("aria-labelledby");
      if (!named) continue;
      if (!label.id) label.id = `sd-label-${(count += 1)}`;
      if (!named.split(" ").includes(label.id)) control.setAttribute("aria-labelledby", `${label.id} ${named}`);
    }
  }

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; name(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
