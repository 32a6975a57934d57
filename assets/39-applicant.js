// "Copy for the letter": the reasons as plain text, which stands hidden in their card.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy-letter]");
  if (!button) return;
  const card = button.closest(".sd-card");
  window.scoredeskCopy(card.querySelector(".sd-letter").textContent);
  const mark = button.querySelector(".bi");
  const said = card.querySelector("[role='status']");
  mark.className = "bi bi-check-lg";
  said.textContent = "Copied";
  setTimeout(() => {
    mark.className = "bi bi-clipboard";
    said.textContent = "";
  }, 1500);
});

// "All fields as a table": it comes as text, a line for each row and a tab between cells, and is made as it is opened.
// Another reference brings a new card, with the table closed.
(function () {
  function cell(kind, scope, text) {
    const made = document.createElement(kind);
    if (scope) made.scope = scope;
    made.textContent = text;
    return made;
  }

  function row(names) {
    const [name, value, ...numbers] = names;
    const made = document.createElement("tr");
    const head = cell("th", "row", name);
    const under = cell("span", "", value);
    under.className = "sd-account-value"; // under the name, so that a phone has room for the numbers
    head.append(under);
    made.append(head, ...numbers.map((number) => cell("td", "", number)));
    return made;
  }

  function draw(place) {
    const { label } = place.dataset;
    const [[first, , ...heads], ...rows] = place.dataset.account.split("\n").map((line) => line.split("\t"));
    const table = document.createElement("table");
    table.className = "sd-table numbers wrap sd-account";
    const caption = table.createCaption();
    Object.assign(caption, { className: "sd-hidden", textContent: label });
    table.createTHead().insertRow().append(...[first, ...heads].map((head) => cell("th", "col", head)));
    table.createTBody().append(...rows.map(row));
    const frame = document.createElement("div");
    Object.assign(frame, { className: "sd-table-wrap", tabIndex: 0 });
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", label);
    frame.append(table);
    place.replaceChildren(frame);
  }

  document.addEventListener("toggle", (event) => {
    const place = event.target.open && event.target.querySelector && event.target.querySelector("[data-account]");
    if (place) draw(place);
  }, true);
})();
