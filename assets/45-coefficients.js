// The table of coefficients: heads sort, the field above searches, and one class of several is shown.
const rowsOf = (box) => [...box.querySelectorAll("tbody > tr:not(.sd-coef-group)")];

function arrange(box, key, falling) {
  const body = box.querySelector("tbody");
  const value = (row) => (row.dataset[key] === undefined ? Infinity : Number(row.dataset[key]));
  const order = (row) => Number(row.dataset.order);
  const rows = rowsOf(box).sort((a, b) => {
    if (value(a) === Infinity || value(b) === Infinity) return (value(a) === Infinity) - (value(b) === Infinity) || order(a) - order(b);
    return (falling ? value(b) - value(a) : value(a) - value(b)) || order(a) - order(b);
  });
  const grouped = key === "order" && !falling;
  box.querySelector("table").classList.toggle("sorted", !grouped);
  const heads = [...box.querySelectorAll("tr.sd-coef-group")];
  rows.forEach((row) => {
    const head = grouped && heads.find((one) => one.dataset.field === row.dataset.field && row.classList.contains("inside"));
    if (head) {
      heads.splice(heads.indexOf(head), 1);
      body.appendChild(head);
    }
    body.appendChild(row);
  });
  heads.forEach((head) => body.appendChild(head));
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest(".sd-coef-sort");
  if (pressed) {
    const box = pressed.closest(".sd-coef-box");
    const head = pressed.closest("th");
    const falling = head.getAttribute("aria-sort") === "ascending";
    box.querySelectorAll("th[aria-sort]").forEach((other) => other.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    arrange(box, pressed.dataset.sort, falling);
    return;
  }
  const chosen = event.target.closest("[data-coef-class]");
  if (!chosen) return;
  chosen.parentElement.querySelectorAll("[data-coef-class]").forEach((other) => other.setAttribute("aria-pressed", String(other === chosen)));
  document.querySelectorAll(".sd-coef-class").forEach((card) => {
    card.hidden = card.dataset.class !== chosen.dataset.coefClass;
  });
});

document.addEventListener("input", (event) => {
  const field = event.target.closest(".sd-coef-search input, input.sd-coef-search");
  if (!field) return;
  const box = field.closest(".sd-coef-box");
  const words = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  const fields = new Set();
  rowsOf(box).forEach((row) => {
    row.hidden = !words.every((word) => row.dataset.term.includes(word));
    if (row.hidden) return;
    found += 1;
    fields.add(row.dataset.field);
  });
  box.querySelectorAll("tr.sd-coef-group").forEach((head) => {
    head.hidden = !fields.has(head.dataset.field);
  });
  const said = box.querySelector(".sd-coef-found");
  said.textContent = words.length ? (found === 1 ? "1 term" : `${found || "No"} terms`) : "";
});
