// Where the drawing of a column stands under the table, a press on a row leads there.
document.addEventListener("click", (event) => {
  if (!event.target.closest(".sd-pick")) return;
  const panel = document.querySelector(".sd-panel");
  if (panel && getComputedStyle(panel).position !== "sticky") panel.scrollIntoView({ block: "start" });
});
