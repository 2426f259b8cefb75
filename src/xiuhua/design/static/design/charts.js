// Draws the charts of a page from the figures that stand in it as JSON. The table below says the same without script.
"use strict";

const INK = "#4c463e";
const QUIET = "#6b645a";
const LINE = "#e7e1d6";
const RED = "#b3261e";
const YARN = { wage: "#7d5d3f", business: "#c28b4e", property: "#dcc7a0", transfer: "#a3b89a" };
const SPARE = ["#7d5d3f", "#c28b4e", "#dcc7a0", "#a3b89a", "#8d8474"];
const FONT = getComputedStyle(document.body).fontFamily;

const text = (more) => ({ color: QUIET, fontFamily: FONT, fontSize: 12, ...more });
const valueAxis = (more) => ({
  type: "value",
  axisLabel: text(),
  splitLine: { lineStyle: { color: LINE } },
  splitNumber: 4,
  ...more,
});
const legend = (names) => ({ data: names, top: 0, left: 0, itemWidth: 10, itemHeight: 10, itemGap: 14, textStyle: text({ color: INK }) });
// Rich text, not markup: the page's policy allows no inline style, so the tooltip is drawn on the canvas.
const tooltip = { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" }, textStyle: text({ color: INK }) };

// The line holds for the whole width of its year, so it runs on an axis of its own from edge to edge.
function steps(line) {
  const points = [];
  line.forEach((value, at) => points.push([at, value], [at + 1, value]));
  return points;
}

function incomeOption(figures, width) {
  const names = figures.sources.map((source) => source.label);
  const last = figures.line.length - 1;
  const bars = figures.sources.map((source, at) => ({
    name: source.label,
    type: "bar",
    stack: "income",
    barMaxWidth: 46,
    data: source.values,
    itemStyle: { color: YARN[source.key] || SPARE[at % SPARE.length], borderColor: "#fff", borderWidth: 0.5 },
  }));
  const line = {
    name: figures.line_label,
    type: "line",
    xAxisIndex: 1,
    data: steps(figures.line),
    symbol: "none",
    silent: true,
    z: 5,
    lineStyle: { color: RED, width: 2, type: "dashed" },
    itemStyle: { color: RED },
    tooltip: { show: false },
    endLabel: { show: true, formatter: () => (figures.line[last] ?? "").toLocaleString(), color: RED, fontFamily: FONT, fontSize: 12, offset: [-2, -11], align: "right" },
  };
  return {
    animation: false,
    aria: { enabled: false },
    legend: legend([...names, { name: figures.line_label, icon: "path://M0,4h10v2h-10z", itemStyle: { color: RED } }]),
    grid: { left: 4, right: 8, top: width < 460 ? 66 : 44, bottom: 4, containLabel: true },
    tooltip,
    xAxis: [
      { type: "category", data: figures.years.map(String), axisTick: { show: false }, axisLine: { lineStyle: { color: INK } }, axisLabel: text() },
      { type: "value", min: 0, max: figures.years.length, show: false, axisPointer: { show: false } },
    ],
    yAxis: valueAxis(),
    series: [...bars, line],
  };
}

function spreadOption(figures) {
  const step = figures.bins[1] - figures.bins[0];
  const bars = figures.groups.map((group, at) => ({
    name: group.label,
    type: "bar",
    stack: "households",
    barCategoryGap: "6%",
    data: group.values,
    itemStyle: { color: [SPARE[1], SPARE[3], SPARE[4]][at % 3] },
  }));
  const line = {
    type: "line",
    xAxisIndex: 1,
    data: [],
    markLine: {
      silent: true,
      symbol: "none",
      data: [{ xAxis: figures.line }],
      lineStyle: { color: RED, width: 2, type: "dashed" },
      label: { formatter: figures.line.toLocaleString(), color: RED, fontFamily: FONT, fontSize: 12 },
    },
  };
  return {
    animation: false,
    legend: legend(figures.groups.map((group) => group.label)),
    grid: { left: 4, right: 12, top: 48, bottom: 4, containLabel: true },
    tooltip,
    xAxis: [
      { type: "category", data: figures.bins.map((low) => low.toLocaleString()), axisTick: { show: false }, axisLine: { lineStyle: { color: INK } }, axisLabel: text() },
      { type: "value", min: figures.bins[0], max: figures.bins[figures.bins.length - 1] + step, show: false, axisPointer: { show: false } },
    ],
    yAxis: valueAxis({ minInterval: 1 }),
    series: [...bars, line],
  };
}

const OPTIONS = { income: incomeOption, spread: spreadOption };

for (const place of document.querySelectorAll("[data-chart]")) {
  const figures = JSON.parse(document.getElementById(place.dataset.figures).textContent);
  place.hidden = false;
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(OPTIONS[place.dataset.chart](figures, place.clientWidth));
  place.setAttribute("aria-hidden", "true");
  const table = place.parentElement.querySelector("[data-close-when-drawn]");
  if (table) table.open = false;
  new ResizeObserver(() => chart.resize()).observe(place);
}
