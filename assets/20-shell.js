// The frame: theme, menus, search by keyboard, sign-out, page titles. Server-side work stays in callbacks.
let lastPath;
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  shell: {
    title(title) {
      document.title = title ? `${title} · Scoredesk` : "Scoredesk";
      return window.dash_clientside.no_update;
    },
    toggleTheme() {
      return window.scoredeskTheme.toggle();
    },
    writeAddress(wanted) {
      window.scoredeskAddress.write(wanted);
      return window.dash_clientside.no_update;
    },
    closeMenus(pathname) {
      // Dash also calls this once when the page has loaded; nothing was left then.
      const before = lastPath;
      lastPath = pathname;
      if (before === undefined || before === pathname) return window.dash_clientside.no_update;
      document.body.classList.remove("sd-nav-shown");
      document.querySelectorAll("details.sd-menu[open]").forEach((menu) => menu.removeAttribute("open"));
      if (document.activeElement && document.activeElement.closest(".sd-search")) document.activeElement.blur();
      window.scrollTo(0, 0);
      return window.dash_clientside.no_update;
    },
  },
});

// What dashapp/page_address.py says is written while the page that it is about is the one that is open.
window.scoredeskAddress = (function () {
  const parts = (search) => new URLSearchParams(search);

  function isOpen({ path, before, same }) {
    if (window.location.pathname.replace(/\/$/, "") !== path) return false;
    const [then, now] = [parts(before ?? window.location.search), parts(window.location.search)];
    return same.every((name) => then.get(name) === now.get(name));
  }

  // The address of now with what differs between the one before and the one that is wanted.
  function moved({ before, search }) {
    const now = window.location.search;
    if (before === null || before === now) return search;
    const [found, then, wanted] = [now, before, search].map(parts);
    for (const name of new Set([...then.keys(), ...wanted.keys()])) {
      if (JSON.stringify(then.getAll(name)) === JSON.stringify(wanted.getAll(name))) continue;
      found.delete(name);
      wanted.getAll(name).forEach((value) => found.append(name, value));
    }
    return found.size ? `?${found}` : "";
  }

  function write(wanted) {
    if (!wanted || !isOpen(wanted)) return;
    const search = moved(wanted);
    if (search === window.location.search) return;
    window.history.pushState({}, "", window.location.pathname + search + window.location.hash);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate")); // so that Dash knows of it
  }

  return { isOpen, write };
})();

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-shell]");
  document.querySelectorAll("details.sd-menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  });
  if (document.body.classList.contains("sd-nav-shown") && !event.target.closest(".sd-nav") && !target) {
    document.body.classList.remove("sd-nav-shown");
  }
  if (!target) return;
  if (target.dataset.shell === "menu") document.body.classList.toggle("sd-nav-shown");
  if (target.dataset.shell === "sign-out") signOut();
  if (target.dataset.shell === "copy-link") copyLink(target);
  if (target.dataset.shell === "dismiss") target.closest(".sd-notice").remove();
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    const search = document.getElementById("shell-search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Escape") {
    document.body.classList.remove("sd-nav-shown");
    document.querySelectorAll("details.sd-menu[open]").forEach((menu) => menu.removeAttribute("open"));
    if (document.activeElement && document.activeElement.id === "shell-search") document.activeElement.blur();
  }
});

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

async function signOut() {
  await fetch("/sign-out", { method: "POST", headers: { "X-CSRFToken": cookie("_csrf_token") } });
  window.location.assign("/sign-in");
}

async function copyLink(button) {
  const link = window.location.origin + (button.dataset.href || window.location.pathname);
  await copyText(link);
  const words = button.querySelector("[data-word]");
  if (!words) return;
  const before = words.textContent;
  words.textContent = "Copied";
  setTimeout(() => { words.textContent = before; }, 1500);
}

async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
window.scoredeskCopy = copyText;
