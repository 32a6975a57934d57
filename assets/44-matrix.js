// What the shares in a confusion matrix are of: all three are there, one is shown.
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-matrix-share]");
  if (!pressed) return;
  pressed.parentElement.querySelectorAll("[data-matrix-share]").forEach((other) => other.setAttribute("aria-pressed", String(other === pressed)));
  pressed.closest(".sd-matrix-box").dataset.share = pressed.dataset.matrixShare;
});
