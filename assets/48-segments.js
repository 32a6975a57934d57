// Whether the screen is so narrow that the figure of groups stands its words above its dots; the server draws it either way.
(function () {
  const narrow = window.matchMedia("(max-width: 760px)");
  const size = () => (narrow.matches ? "narrow" : "wide");
  window.dash_clientside = Object.assign({}, window.dash_clientside, { segments: { size } });
  let last = size();
  narrow.addEventListener("change", () => {
    if (last === size()) return;
    last = size();
    if (document.querySelector(".sd-segments-page")) window.dash_clientside.set_props("segments-size", { data: last });
  });
})();
