// @ts-check
// plotly.js: from the gzipped text in the page to `window.Plotly`.
//
// Runs as a blob script, which the page's security policy allows to its own scripts. Fetches nothing.

/** @typedef {typeof import("plotly.js")} Plotly */

/**
 * @param {string} base64 plotly.js, gzipped
 * @returns {Promise<Plotly>}
 */
export async function loadPlotly(base64) {
  const stream = new Blob([bytes(base64)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const blob = new Blob([await new Response(stream).blob()], { type: "text/javascript" });
  const url = URL.createObjectURL(blob);
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("the browser refused to run plotly.js")));
    script.src = url;
    document.head.append(script);
  });
  URL.revokeObjectURL(url);
  return /** @type {Window & {Plotly: Plotly}} */ (/** @type {unknown} */ (window)).Plotly;
}

/** @param {string} base64 */
function bytes(base64) {
  const text = atob(base64.trim());
  const out = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) out[index] = text.charCodeAt(index);
  return out;
}
