// Sets the theme before anything is drawn: what was chosen here last, else what the system prefers.
(function () {
  var root = document.documentElement;
  var chosen = null;
  try {
    chosen = window.localStorage.getItem("scoredesk-theme");
  } catch (blocked) {
    // Storage may be switched off; the system's preference is then used.
  }
  var dark = chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.setAttribute("data-bs-theme", dark ? "dark" : "light");
  root.setAttribute("data-ag-theme-mode", dark ? "dark" : "light");
})();
