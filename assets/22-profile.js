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
