// The sign-in page: show or hide what is typed as password.
document.addEventListener("DOMContentLoaded", function () {
  var button = document.querySelector("[data-shows]");
  if (!button) return;
  var field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", function () {
    var shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.textContent = shown ? "Show" : "Hide";
    button.setAttribute("aria-pressed", String(!shown));
    field.focus();
  });
});
