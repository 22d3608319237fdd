// @ts-check
// Drawing only what is near the view.
//
// Takes an element and what draws it, gives a function that asks for a drawing. It is drawn as soon as the element is
// within a window's height of the view; before printing at once. Knows nothing of what is drawn.

/**
 * @param {HTMLElement} element
 * @param {() => void} draw
 * @returns {() => void}
 */
export function whenNear(element, draw) {
  let [isNear, isWanted] = [false, false];
  const drawWanted = () => {
    if (isWanted) draw();
    isWanted = false;
  };
  new IntersectionObserver(
    (entries) => {
      isNear = entries[entries.length - 1].isIntersecting;
      if (isNear) drawWanted();
    },
    { rootMargin: "100% 0px" },
  ).observe(element);
  window.addEventListener("beforeprint", drawWanted);
  return () => {
    isWanted = true;
    if (isNear || "printing" in document.documentElement.dataset) drawWanted();
  };
}
