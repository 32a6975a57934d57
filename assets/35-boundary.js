// What the log-odds under the pointer are made of: added up here from the parts along both axes that the server has sent.
(function () {
  const MOST = 5; // classes whose probabilities are told
  const minus = (text) => text.replace("-", "−");
  const two = (value) => minus(value.toFixed(2)).replace(/^−(0\.00)$/, "$1");
  const added = (value, words) => ` ${value < 0 && two(value) !== "0.00" ? "−" : "+"} ${two(Math.abs(value))} ${words}`;
  const percent = (value) => `${value < 0.0995 ? (value * 100).toFixed(1) : (value * 100).toFixed(0)}%`;

  function nearest(places, value) {
    let best = 0;
    for (let k = 1; k < places.length; k += 1) if (Math.abs(places[k] - value) < Math.abs(places[best] - value)) best = k;
    return best;
  }

  function named(axis, k) {
    return `${axis.field} ${axis.names[k]}`;
  }

  // Of many classes the most probable, and how many more there are.
  function shares(found, of) {
    const ranked = found.map((one, k) => [one.label, of[k]]).sort((a, b) => b[1] - a[1]);
    const told = ranked.slice(0, MOST).map(([label, chance]) => `${label} ${percent(chance)}`).join(", ");
    const rest = ranked.slice(MOST).reduce((sum, [, chance]) => sum + chance, 0);
    return ranked.length > MOST ? `${told}, the other ${ranked.length - MOST} together ${percent(rest)}` : told;
  }

  function parts(one, i, j) {
    const together = one.products.reduce((sum, [u, v]) => sum + u[i] * v[j], 0);
    return { label: one.label, constant: one.constant, x: one.x[i], y: one.y[j], together, total: one.constant + one.x[i] + one.y[j] + together };
  }

  // Two digits of each part, so that they add up to two digits of the sum: the largest of those that move takes what is over.
  function rounded(told) {
    const hundredths = [told.constant, told.x, told.y, told.together].map((part) => Math.round(part * 100));
    const over = Math.round(told.total * 100) - hundredths.reduce((sum, part) => sum + part, 0);
    const sizes = hundredths.slice(1).map(Math.abs);
    hundredths[1 + sizes.indexOf(Math.max(...sizes))] += over;
    return hundredths.map((part) => part / 100);
  }

  function chances(link, totals) {
    if (link === "one_vs_rest") {
      const each = totals.map((eta) => 1 / (1 + Math.exp(-eta)));
      const sum = each.reduce((a, b) => a + b, 0);
      return each.map((chance) => chance / sum);
    }
    const most = Math.max(...totals);
    const powers = totals.map((eta) => Math.exp(eta - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  }

  function sentence(data, i, j, chance) {
    const found = data.classes.map((one) => parts(one, i, j));
    const where = `At ${named(data.x, i)} and ${named(data.y, j)}`;
    let told = found[0];
    const likely = data.plain ? 1 / (1 + Math.exp(-told.total)) : chance;
    let more = likely === null ? "" : `; probability ${percent(likely)}`;
    if (data.regions) {
      const of = chances(data.link, found.map((one) => one.total));
      const best = of.indexOf(Math.max(...of));
      told = found[best];
      more = `; probabilities ${shares(found, of)}`;
    }
    const [constant, x, y, both] = rounded(told);
    const together = data.classes[0].products.length ? added(both, "for the two together") : "";
    const sum = `${two(constant)} as held${added(x, `for ${data.x.field}`)}${added(y, `for ${data.y.field}`)}${together}`;
    return `${where}: log-odds${data.of ? ` of '${told.label}'` : ""} ${two(told.total)} = ${sum}${more}.`;
  }

  // Arrow keys move the place that is told of, from the middle on, as the pointer does.
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

  function cross(x, y) {
    const line = { color: getComputedStyle(document.documentElement).getPropertyValue("--sd-text-2").trim(), width: 1, dash: "dot" };
    return [
      { type: "line", x0: x, x1: x, y0: 0, y1: 1, yref: "paper", line },
      { type: "line", y0: y, y1: y, x0: 0, x1: 1, xref: "paper", line },
    ];
  }

  function follow(box, data) {
    const at = [data.x, data.y].map((axis) => Math.floor(axis.places.length / 2));
    box.tabIndex = 0;
    box.setAttribute("aria-description", "Arrow keys move over the picture; what the log-odds are made of is told below it.");
    box.onkeydown = (event) => {
      const way = MOVES[event.key];
      const drawing = box.querySelector(".js-plotly-plot");
      if (!way || !drawing) return;
      event.preventDefault();
      [data.x, data.y].forEach((axis, k) => {
        at[k] = Math.min(Math.max(at[k] + way[k], 0), axis.places.length - 1);
      });
      const [x, y] = [data.x.places[at[0]], data.y.places[at[1]]];
      const chances = data.regions ? null : drawing._fullData.find((trace) => trace.opacity === 0);
      window.Plotly.relayout(drawing, { shapes: cross(x, y) });
      window.dash_clientside.set_props(drawing.parentElement.id, { hoverData: { points: [{ x, y, z: chances ? chances.z[at[1]][at[0]] : null }] } });
    };
    box.onblur = () => window.Plotly.relayout(box.querySelector(".js-plotly-plot"), { shapes: [] });
  }

  function read(hover, data) {
    if (!data || !data.classes) return "";
    const card = window.dash_clientside.callback_context.outputs_list.id.replace("-readout", "-figure-card");
    const box = document.querySelector(`#${card} .sd-figure`);
    if (box && box.shownParts !== data) {
      box.shownParts = data;
      follow(box, data);
    }
    const point = hover && hover.points && hover.points[0];
    if (data.classes.length && point && typeof point.x === "number" && typeof point.y === "number") {
      const chance = typeof point.z === "number" && !data.regions ? point.z : null;
      return sentence(data, nearest(data.x.places, point.x), nearest(data.y.places, point.y), chance);
    }
    if (!data.classes.length) return "The classes are too many to tell here what their log-odds are made of: choose one under 'Show', then point at the picture.";
    const { constant } = data.classes[0];
    const chance = data.held === null ? "" : `, probability ${percent(data.held)}`;
    const held = data.regions ? "" : `With both as they are held the log-odds are ${two(constant)}${chance}. `;
    return `${held}Point at the picture, or tap it, to see what the log-odds there are made of.`;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { boundary: { read } });
})();
