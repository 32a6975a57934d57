// The tools of a figure's card: download as picture, drawing or data, and a link to the card. The card's head is the picture's title.
(function () {
  function save(name, text, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function quote(value) {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  // Curves come in single precision, where more than seven digits would be noise, or in whole units of a figure's `meta`.
  function exact(values, i, unit) {
    if (values instanceof Float32Array) return Number(values[i].toPrecision(7));
    return unit && values instanceof Uint16Array ? values[i] / unit : values[i];
  }

  const plain = (text) => String(text).replaceAll("&lt;", "<").replaceAll("&amp;", "&").trim();

  // Rows of a figure, and the strips and cells of levels, may stand at whole numbers, with their names on the axis.
  function names(drawing, trace, letter = "y") {
    const axis = drawing.layout[`${letter}axis${(trace[`${letter}axis`] || letter).slice(1)}`] || {};
    if (axis.tickmode !== "array" || !axis.ticktext) return (value) => value;
    const known = new Map(Array.from(axis.tickvals, (value, i) => [value, plain(axis.ticktext[i])]));
    return (value) => (known.has(value) ? known.get(value) : value);
  }

  // The ends of an interval, of x or of y.
  function ends(trace, i) {
    for (const [axis, bar] of [["x", trace.error_x], ["y", trace.error_y]]) {
      if (!bar || !bar.visible || !bar.array) continue;
      const above = bar.array[i];
      const below = bar.symmetric === false && bar.arrayminus ? bar.arrayminus[i] : above;
      const at = exact(trace[axis], i);
      return [at - below, at + above].map((end) => (Number.isNaN(end) ? "" : Number(end.toPrecision(7))));
    }
    return ["", ""];
  }

  function table(drawing) {
    const filled = (trace) => trace.type === "heatmap" || trace.type === "contour";
    const barred = (trace) => [trace.error_x, trace.error_y].some((bar) => bar && bar.visible && bar.array);
    const cells = drawing._fullData.some(filled);
    const intervals = !cells && drawing._fullData.some(barred);
    const { unit, marks } = drawing.layout.meta || {};
    const rows = [["series", "x", "y", ...(cells ? ["value"] : []), ...(intervals ? ["low", "high"] : [])]];
    for (const trace of drawing._fullData) {
      if (!trace.x || (trace.hoverinfo === "skip" && trace.meta !== "saved") || trace.meta === "mark") continue;
      if (filled(trace)) {
        const [across, up] = [names(drawing, trace, "x"), names(drawing, trace)];
        for (let i = 0; i < trace.y.length; i += 1) for (let j = 0; j < trace.x.length; j += 1) {
          const value = exact(trace.z[i], j);
          rows.push([trace.name, across(exact(trace.x, j)), up(exact(trace.y, i)), Number.isNaN(value) ? "" : value]);
        }
        continue;
      }
      const named = unit ? (value) => value : names(drawing, trace);
      const whole = Array.isArray(trace.hovertext) ? trace.hovertext : []; // names that the axis may have shortened
      for (let i = 0; i < trace.x.length; i += 1) {
        if (trace.meta === "saved" && Number.isNaN(trace.x[i])) continue; // between two chains of points
        const name = whole[i] ? plain(whole[i]) : named(exact(trace.y, i, unit));
        rows.push([trace.name, exact(trace.x, i, unit), name, ...(intervals ? ends(trace, i) : [])]);
      }
    }
    for (const [name, x] of marks || []) rows.push([name, x, "", ...(intervals ? ["", ""] : [])]); // lines across the figure
    return rows.map((row) => row.map(quote).join(",")).join("\n") + "\n";
  }

  // What the card's head says, in lines that fit: plotly would take `<` for the start of a tag, and wraps nothing.
  function said(card, place, longest) {
    const found = card.querySelector(`.sd-card-head ${place}`);
    const lines = [""];
    for (const word of found ? found.textContent.trim().split(/\s+/) : []) {
      if (lines.at(-1) && lines.at(-1).length + word.length >= longest) lines.push("");
      lines[lines.length - 1] += (lines.at(-1) ? " " : "") + word;
    }
    return lines.map((line) => line.replaceAll("&", "&amp;").replaceAll("<", "&lt;"));
  }

  async function picture(card, drawing, format) {
    const css = getComputedStyle(document.documentElement);
    const shown = drawing.sdSaved ? drawing.sdSaved() : drawing; // with the marks that are not plotly's
    const width = Math.max(640, drawing.clientWidth);
    const title = said(card, "h2", width / 8.5);
    const under = said(card, ".sd-meta", width / 6.2);
    const head = 24 + 20 * (title.length + under.length);
    const height = drawing.clientHeight + head;
    const text = `<b>${title.join("<br>")}</b><br><span style="font-size:12px">${under.join("<br>")}</span>`;
    const layout = {
      ...shown.layout,
      title: { text, x: 0.02, xanchor: "left", y: 1 - 22 / height, yref: "container", yanchor: "top", font: { size: 15, color: css.getPropertyValue("--sd-text").trim() } },
      margin: { ...shown.layout.margin, t: head + (shown.layout.margin?.t ?? 8) },
      paper_bgcolor: css.getPropertyValue("--sd-surface").trim(),
    };
    const copy = { data: shown.data, layout };
    const url = await window.Plotly.toImage(copy, { format, width, height, scale: format === "png" ? 2 : 1 });
    const link = document.createElement("a");
    link.href = url;
    link.download = `${card.dataset.figure}.${format}`;
    link.click();
  }

  const FORMATS = { png: "Picture (PNG)", svg: "Drawing (SVG)", csv: "Its data (CSV)" };

  document.addEventListener("toggle", (event) => {
    const list = event.target.querySelector && event.target.querySelector("[data-formats]:empty");
    if (!list || !event.target.open) return;
    for (const format of list.dataset.formats.split(" ")) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "sd-float-link", textContent: FORMATS[format] });
      button.dataset.figureAction = format;
      list.append(button);
    }
  }, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-figure-action]");
    if (!button) return;
    const card = button.closest("[data-figure]");
    // Of a figure that is drawn for phones too, the one that is seen.
    const drawings = [...card.querySelectorAll(".js-plotly-plot")];
    const drawing = drawings.find((one) => one.offsetParent) || drawings[0];
    const action = button.dataset.figureAction;
    if (action === "link") {
      window.scoredeskCopy(`${window.location.origin}${window.location.pathname}${window.location.search}#${card.id}`);
      button.querySelector(".bi").className = "bi bi-check-lg";
      setTimeout(() => { button.querySelector(".bi").className = "bi bi-link-45deg"; }, 1500);
    } else if (drawing && action === "csv") {
      save(`${card.dataset.figure}.csv`, `\ufeff${table(drawing)}`, "text/csv"); // marked as the CSV files of the server
    } else if (drawing) {
      picture(card, drawing, action);
    }
    const menu = button.closest("details");
    if (menu) menu.removeAttribute("open");
  });
})();
