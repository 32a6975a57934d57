// Marks over a figure in the units of its axes: lines, dots and words that move without plotly drawing anything anew. What is
// saved as a picture gets the same marks from plotly.
window.scoredeskMarks = (function () {
  const SVG = "http://www.w3.org/2000/svg";

  const plot = (id) => {
    const found = document.querySelector(`#${id} .js-plotly-plot`);
    return found && found._fullLayout && found._fullLayout._size && found.querySelector(":is(.scatterlayer, .barlayer) > .trace") ? found : null;
  };

  function node(tag, parent, attributes = {}) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    parent.append(made);
    return made;
  }

  function layer(drawing) {
    const holder = drawing.querySelector(".svg-container");
    let over = holder.querySelector(":scope > .sd-marks");
    if (!over) {
      over = node("svg", holder, { class: "sd-marks", "aria-hidden": "true" });
      over.sdNodes = [];
    }
    return over;
  }

  const across = (drawing, x) => drawing._fullLayout.xaxis._offset + drawing._fullLayout.xaxis.d2p(x);
  const down = (drawing, mark) => {
    const { yaxis } = drawing._fullLayout;
    return mark.up === undefined ? yaxis._offset + yaxis.d2p(mark.y) : yaxis._offset + (1 - mark.up) * yaxis._length;
  };

  function set(target, name, value) {
    if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value);
  }

  const TAGS = { line: "line", dot: "circle", words: "text" };

  function put(drawing, marks) {
    const over = layer(drawing);
    drawing.sdMarks = marks;
    marks.forEach((mark, i) => {
      let found = over.sdNodes[i];
      if (!found || found.tagName !== TAGS[mark.kind]) {
        if (found) found.remove();
        found = node(TAGS[mark.kind], over);
        over.sdNodes[i] = found;
      }
      const x = across(drawing, mark.x);
      const hidden = mark.hidden || !Number.isFinite(x);
      set(found, "visibility", hidden ? "hidden" : "visible");
      if (hidden) return;
      set(found, "class", mark.tone || "");
      if (mark.kind === "line") {
        const { yaxis } = drawing._fullLayout;
        for (const [name, value] of [["x1", x], ["x2", x], ["y1", yaxis._offset - (mark.over || 0)], ["y2", yaxis._offset + yaxis._length]]) set(found, name, value);
      } else if (mark.kind === "dot") {
        set(found, "transform", `translate(${x},${down(drawing, mark)})`);
        set(found, "r", 5);
      } else {
        set(found, "text-anchor", mark.anchor || "start");
        set(found, "transform", `translate(${x + (mark.right || 0)},${down(drawing, mark) + (mark.down || 0)})`);
        if (found.textContent !== mark.text) found.textContent = mark.text;
      }
    });
    while (over.sdNodes.length > marks.length) over.sdNodes.pop().remove();
  }

  // The figure as it is to be saved: with its marks as shapes and words of plotly's, and what `changed` makes of its traces.
  function saved(drawing, changed) {
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(`--sd-${name}`).trim();
    const tones = { goods: colour("series-1-ink"), bads: colour("series-2-ink") };
    const layout = { ...drawing.layout, shapes: [...(drawing.layout.shapes || [])], annotations: [...(drawing.layout.annotations || [])] };
    const data = changed ? changed(drawing.data) : [...drawing.data];
    for (const mark of (drawing.sdMarks || []).filter((one) => !one.hidden)) {
      const y = mark.up === undefined ? { y: mark.y } : { y: mark.up, yref: "paper" };
      if (mark.kind === "line") layout.shapes.push({ type: "line", x0: mark.x, x1: mark.x, y0: 0, y1: 1, yref: "paper", line: { color: colour("fig-ink"), width: 1.5 } });
      else if (mark.kind === "dot") data.push({ type: "scatter", mode: "markers", x: [mark.x], y: [mark.y], cliponaxis: false, marker: { size: 10, color: colour("fig-ink"), line: { width: 2, color: colour("surface") } } });
      else {
        layout.annotations.push({
          x: mark.x, ...y, text: mark.text, showarrow: false, xshift: mark.right || 0, yshift: -(mark.down || 0) + 5,
          xanchor: { start: "left", middle: "center", end: "right" }[mark.anchor || "start"], font: { size: 12, color: tones[mark.tone] || colour("text-2") },
        });
      }
    }
    return { data, layout };
  }

  // Of a trace of bars only one side of a place is shown: a rectangle in the units of the plot clips it.
  function clip(drawing, name, position, from, to) {
    const over = layer(drawing);
    const id = `${drawing.parentElement.id}-${name}`;
    let box = over.querySelector(`#${CSS.escape(id)} rect`);
    if (!box) box = node("rect", node("clipPath", node("defs", over), { id }), { y: -10000, height: 20000 });
    set(box, "x", from);
    set(box, "width", Math.max(0, to - from));
    const bars = drawing.querySelectorAll(".barlayer > .trace");
    if (bars[position]) set(bars[position], "clip-path", `url(#${id})`);
  }

  // A drawing that plotly makes anew (another width, another look) gets its marks again.
  function watched(drawing, again) {
    if (drawing.sdAgain) {
      drawing.sdAgain = again;
      return;
    }
    drawing.sdAgain = again;
    drawing.on("plotly_afterplot", () => drawing.sdAgain());
  }

  return { plot, put, saved, clip, watched };
})();
