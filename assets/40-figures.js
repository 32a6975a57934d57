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

  // Rows of a figure may stand at whole numbers, with their names on the axis.
  function names(drawing, trace) {
    const axis = drawing.layout[`yaxis${(trace.yaxis || "y").slice(1)}`] || {};
    if (axis.tickmode !== "array" || !axis.ticktext) return (value) => value;
    const known = new Map(Array.from(axis.tickvals, (value, i) => [value, axis.ticktext[i]]));
    return (value) => (known.has(value) ? known.get(value) : value);
  }

  function table(drawing) {
    const cells = drawing._fullData.some((trace) => trace.type === "heatmap");
    const unit = drawing.layout.meta && drawing.layout.meta.unit;
    const rows = [cells ? ["series", "x", "y", "value"] : ["series", "x", "y"]];
    for (const trace of drawing._fullData) {
      if (!trace.x || trace.hoverinfo === "skip") continue;
      if (trace.type === "heatmap") {
        trace.y.forEach((name, i) => trace.x.forEach((other, j) => {
          const value = trace.z[i][j];
          rows.push([trace.name, other, name, Number.isNaN(value) ? "" : value]);
        }));
        continue;
      }
      const named = unit ? (value) => value : names(drawing, trace);
      for (let i = 0; i < trace.x.length; i += 1) rows.push([trace.name, exact(trace.x, i, unit), named(exact(trace.y, i, unit))]);
    }
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
    const drawing = card.querySelector(".js-plotly-plot");
    const action = button.dataset.figureAction;
    if (action === "link") {
      window.scoredeskCopy(`${window.location.origin}${window.location.pathname}${window.location.search}#${card.id}`);
      button.querySelector(".bi").className = "bi bi-check-lg";
      setTimeout(() => { button.querySelector(".bi").className = "bi bi-link-45deg"; }, 1500);
    } else if (drawing && action === "csv") {
      save(`${card.dataset.figure}.csv`, table(drawing), "text/csv");
    } else if (drawing) {
      picture(card, drawing, action);
    }
    const menu = button.closest("details");
    if (menu) menu.removeAttribute("open");
  });
})();
