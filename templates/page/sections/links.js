// @ts-check
// The row of links to the sections below the chart.
//
// Takes the row, whose links name the sections. Only sections that are there have a link; the one that is being read
// is marked. A link scrolls and moves the focus, and leaves the address alone, since its hash holds the view.

/** @typedef {{link: HTMLAnchorElement, section: HTMLElement}} Entry */

const NEAR = 8; // px: a section that begins this far below the row is being read

/** @param {HTMLElement} row */
export function followSections(row) {
  /** @type {Entry[]} */
  const entries = [...row.querySelectorAll("a")].flatMap((link) => {
    const section = document.getElementById(link.hash.slice(1));
    if (section) return [{ link, section }];
    link.hidden = true;
    return [];
  });
  const place = () => {
    for (const { link, section } of entries) link.hidden = section.hidden;
    row.hidden = entries.every(({ section }) => section.hidden);
    mark(row, entries);
  };
  const observer = new MutationObserver(place);
  for (const { link, section } of entries) {
    const count = link.querySelector(".count");
    if (count) count.textContent = section.dataset.count ?? "";
    observer.observe(section, { attributeFilter: ["hidden"] });
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab or a window of its own
      event.preventDefault();
      goTo(section);
    });
  }
  let frame = 0;
  const remark = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => mark(row, entries));
  };
  document.addEventListener("scroll", remark, { passive: true });
  window.addEventListener("resize", remark);
  row.addEventListener("focusin", remark);
  place();
}

/**
 * Scrolls to a section and puts the focus on its heading.
 * @param {HTMLElement} section
 */
export function goTo(section) {
  section.scrollIntoView();
  section.querySelector("h2")?.focus({ preventScroll: true });
}

/**
 * Marks the link to the section that is being read: the last that has reached the row. At the page's end several may
 * be in view that never can; then it is the one with the focus, or else the last.
 * @param {HTMLElement} row
 * @param {readonly Entry[]} entries
 */
function mark(row, entries) {
  const { top, bottom } = row.getBoundingClientRect();
  const shown = entries.filter(({ section }) => !section.hidden);
  const tops = shown.map(({ section }) => section.getBoundingClientRect().top);
  const root = document.documentElement;
  const isAtEnd = window.scrollY + root.clientHeight >= root.scrollHeight - 1;
  let current = top > 0 ? -1 : tops.filter((own) => own <= bottom + NEAR).length - 1;
  if (top <= 0 && isAtEnd) {
    const focused = shown.findIndex(({ section }) => section.contains(document.activeElement));
    current = focused > current ? focused : shown.length - 1;
  }
  shown.forEach(({ link }, index) => {
    if (index === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}
