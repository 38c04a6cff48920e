// The figures under the pointer. The charts are whole without this script; it asks the JSON API for
// the same figures when somebody first points at one, and not before.
(() => {
  "use strict";
  const ZONE = "Europe/Brussels";
  const SVG = "http://www.w3.org/2000/svg";
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const loaded = new Map();

  function load(source) {
    if (!loaded.has(source)) {
      const answer = fetch(source, { headers: { Accept: "application/json" } })
        .then((reply) => (reply.ok ? reply.json() : null))
        .catch(() => null);
      loaded.set(source, answer);
    }
    return loaded.get(source);
  }

  function times(series) {
    if (!series.moments) {
      // As the chart is drawn: a bucket stands in the middle of the time that it tells of.
      const middle = { raw: 0, hour: 1800e3, day: 43200e3 }[series.resolution];
      series.moments = series.at.map((at) => Date.parse(at) + middle);
    }
    return series.moments;
  }

  function nearest(moments, wanted) {
    let low = 0;
    let high = moments.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (moments[middle] < wanted) low = middle;
      else high = middle;
    }
    return wanted - moments[low] <= moments[high] - wanted ? low : high;
  }

  function written(moment, resolution) {
    const form = { weekday: "short", day: "numeric", month: "short", timeZone: ZONE };
    if (resolution !== "day") Object.assign(form, { hour: "2-digit", minute: "2-digit" });
    return new Intl.DateTimeFormat(language, form).format(moment);
  }

  function told(told, path, wanted, patience) {
    const series = told.series.find(
      (each) => each.kind === path.dataset.kind && each.key === path.dataset.key
    );
    if (!series || !series.at.length) return null;
    const place = nearest(times(series), wanted);
    if (Math.abs(times(series)[place] - wanted) > patience) return null;
    const mean = (name) => {
      const metric = series.metrics.find((each) => each.name === name);
      return metric ? metric.mean[place] : null;
    };
    let value = mean(path.dataset.metric);
    if (value === null) return null;
    value *= Number(path.dataset.times);
    if (path.dataset.per) {
      const whole = mean(path.dataset.per);
      if (!whole) return null;
      value = (100 * value) / whole;
    }
    const begun = Date.parse(series.at[place]);
    return { value, begun, moment: times(series)[place], resolution: series.resolution };
  }

  function show(chart, plot, answer, share) {
    const start = Date.parse(answer.start);
    const length = Date.parse(answer.end) - start;
    const parts = [];
    let at = null;
    for (const path of plot.querySelectorAll("path.trace")) {
      const found = told(answer, path, start + share * length, length / 40);
      if (!found) continue;
      at = at || found;
      const value = number.format(found.value / Number(chart.dataset.divisor));
      parts.push(`${path.dataset.label} ${value}`);
    }
    const reading = chart.querySelector(".reading");
    const unit = chart.dataset.unit ? `\u00a0${chart.dataset.unit}` : "";
    reading.textContent = at
      ? `${written(at.begun, at.resolution)} – ${parts.map((part) => part + unit).join(", ")}`
      : "–";
    cursor(plot, at ? (at.moment - start) / length : share);
  }

  function cursor(plot, share) {
    let line = plot.querySelector(".cursor");
    if (!line) {
      line = document.createElementNS(SVG, "line");
      line.setAttribute("class", "cursor");
      line.setAttribute("y1", "14");
      line.setAttribute("y2", "154");
      plot.append(line);
    }
    for (const end of ["x1", "x2"]) line.setAttribute(end, `${100 * share}%`);
  }

  for (const group of document.querySelectorAll(".charts")) {
    for (const chart of group.querySelectorAll(".chart")) {
      const plot = chart.querySelector(".plot");
      const point = async (event) => {
        const box = plot.getBoundingClientRect();
        const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
        const answer = await load(group.dataset.source);
        if (answer) show(chart, plot, answer, share);
      };
      plot.addEventListener("pointermove", point);
      plot.addEventListener("pointerdown", point);
      plot.addEventListener("pointerleave", () => {
        chart.querySelector(".reading").textContent = "";
        plot.querySelector(".cursor")?.remove();
      });
    }
  }
})();
