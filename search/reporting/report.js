"use strict";
// Draws each chart of the page from its JSON data and adds a legend of buttons below it.
(() => {
  const touch = matchMedia("(pointer: coarse)").matches; // dragging then scrolls the page instead of zooming
  const SVG = "http://www.w3.org/2000/svg";
  const SYMBOLS = {
    circle: "M7 3a4 4 0 1 0 .01 0z",
    x: "M3.5 3.5l7 7m0-7l-7 7",
    diamond: "M7 2l5 5-5 5-5-5z",
    star: "M7 1l1.8 4 4.2.4-3.2 2.9 1 4.2L7 10.3l-3.8 2.2 1-4.2L1 5.400l4.200-.4z",
    "line-ns": "M7 1v12",
  };

  const swatch = (trace) => {
    const svg = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    const lines = (trace.mode || "").includes("lines");
    const line = trace.line || {}, marker = trace.marker || {};
    const symbol = marker.symbol || "circle";
    const colour = lines ? line.color : marker.color;
    const open = symbol.endsWith("-open") || symbol === "x";
    svg.setAttribute("viewBox", lines ? "0 0 20 14" : "0 0 14 14");
    svg.setAttribute("width", lines ? 20 : 14);
    svg.setAttribute("height", 14);
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", lines ? "M0 7h20" : SYMBOLS[symbol.replace("-open", "")] || SYMBOLS.circle);
    path.setAttribute("fill", lines || open ? "none" : colour);
    path.setAttribute("stroke", colour);
    path.setAttribute("stroke-width", lines ? Math.max(2, line.width || 2) : open ? 2 : 0);
    if (line.dash) path.setAttribute("stroke-dasharray", line.dash === "dot" ? "2 3" : "5 3");
    svg.append(path);
    return svg;
  };

  const plain = (text) => {
    const holder = document.createElement("textarea"); // decodes entities such as &lt; without running scripts
    holder.innerHTML = text;
    return holder.value;
  };

  const legend = (chart, place) => {
    chart.data.forEach((trace, index) => {
      if (trace.showlegend === false || !trace.name) return;
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.append(swatch(trace), plain(trace.name));
      button.addEventListener("click", () => {
        const shown = button.getAttribute("aria-pressed") === "true";
        button.setAttribute("aria-pressed", String(!shown));
        Plotly.restyle(chart, { visible: shown ? "legendonly" : true }, [index]);
      });
      place.append(button);
    });
    if (place.children.length < 2) place.remove();
  };

  const scalable = (chart) => { // lets the drawing shrink as a whole in print
    const { width, height } = chart._fullLayout;
    chart.style.setProperty("--drawn-w", width);
    chart.style.setProperty("--drawn-h", height);
    chart.querySelectorAll(".main-svg").forEach((svg) => svg.setAttribute("viewBox", `0 0 ${width} ${height}`));
  };

  document.querySelectorAll("script[data-chart]").forEach(async (source) => {
    const chart = document.getElementById(source.dataset.chart);
    const { data, layout } = JSON.parse(source.textContent);
    const font = { ...layout.font, family: getComputedStyle(document.body).fontFamily };
    await Plotly.newPlot(chart, data, { ...layout, font, dragmode: touch ? false : "zoom" }, {
      responsive: true, displayModeBar: false, doubleClick: "reset",
    });
    legend(chart, chart.closest("figure").querySelector(".legend"));
    scalable(chart);
    chart.on("plotly_afterplot", () => scalable(chart));
  });
})();
