// Sets the theme before anything is drawn: what was chosen here last, else what the system prefers.
window.scoredeskTheme = (function () {
  const key = "scoredesk-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return window.localStorage.getItem(key);
    } catch {
      return null; // storage may be switched off; the system's preference is then used
    }
  }

  function current() {
    return (chosen() || (system.matches ? "dark" : "light")) === "dark" ? "dark" : "light";
  }

  function show(theme) {
    document.documentElement.setAttribute("data-bs-theme", theme);
    document.documentElement.setAttribute("data-ag-theme-mode", theme);
    // The server draws figures in the look that the page has.
    document.cookie = `scoredesk_theme=${theme}; path=/; max-age=31536000; SameSite=Lax`;
  }

  function apply() {
    show(current());
  }

  function toggle() {
    const theme = document.documentElement.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    try {
      window.localStorage.setItem(key, theme);
    } catch {
      // then the choice lasts as long as the page
    }
    show(theme);
    return theme;
  }

  apply();
  system.addEventListener("change", apply);
  return { current, toggle };
})();
