// The readout of a chart: which run is under the pointer or chosen by the arrow keys, and its value. Without this script
// the page lacks only that. Sets texts and attributes, and adds no markup.

for (const section of document.querySelectorAll("section.history")) {
  const points = (section.dataset.points ?? "").split("\n");
  for (const figure of section.querySelectorAll("figure")) {
    const svg = figure.querySelector("svg");
    const readout = figure.querySelector(".readout");
    const cursor = figure.querySelector(".cursor");
    if (!svg || !readout || !cursor) continue;
    const rest = [...readout.childNodes];
    const along = (svg.dataset.x ?? "").split(" ");
    const heights = (svg.dataset.y ?? "").split(" ");
    const values = (svg.dataset.values ?? "").split("|");
    const known = along.flatMap((text, point) => (text === "" ? [] : [point]));
    let chosen = -1;

    const show = (/** @type {number} */ index) => {
      chosen = Math.max(0, Math.min(known.length - 1, index));
      const point = known[chosen];
      cursor.setAttribute("cx", along[point]);
      cursor.setAttribute("cy", heights[point]);
      readout.textContent = `${points[point]}: ${values[point]}`;
    };
    const hide = () => {
      chosen = -1;
      cursor.setAttribute("cx", "-9");
      cursor.setAttribute("cy", "-9");
      readout.replaceChildren(...rest);
    };

    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
      const distance = (/** @type {number} */ point) => Math.abs(Number(along[point]) - x);
      let nearest = 0;
      known.forEach((point, index) => {
        if (distance(point) < distance(known[nearest])) nearest = index;
      });
      if (known.length > 0) show(nearest);
    });
    svg.addEventListener("pointerleave", hide);
    svg.addEventListener("blur", hide);
    svg.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -known.length, End: known.length };
      const step = steps[/** @type {keyof typeof steps} */ (event.key)];
      if (step === undefined || known.length === 0) return;
      event.preventDefault();
      show((chosen < 0 ? known.length : chosen) + step);
    });
  }
}
