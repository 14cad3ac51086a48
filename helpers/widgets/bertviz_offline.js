/* Run BertViz's own script, without a loader and without a network. */
function inflate(packed) {
  const text = atob(packed);
  const raw = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    raw[i] = text.charCodeAt(i);
  }
  return new Response(
    new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate")),
  ).arrayBuffer();
}
/* thousandths, the low bytes before the high bytes -> lists of layers, heads, queries, keys */
function lists(bytes, layout) {
  const n = layout.shape.reduce((a, b) => a * b, 1);
  const at = layout.at;
  let k = 0;
  return (function level(depth) {
    const out = [];
    for (let i = 0; i < layout.shape[depth]; i++) {
      if (depth < 3) {
        out.push(level(depth + 1));
      } else {
        out.push((bytes[at + k] + 256 * bytes[at + n + k]) / 1000);
        k++;
      }
    }
    return out;
  })(0);
}
function part(attn, cut) {
  return attn.map((layer) =>
    layer.map((head) =>
      head.slice(cut[0], cut[1]).map((row) => row.slice(cut[2], cut[3])),
    ),
  );
}
function start(id, params, layout, numbers, code) {
  const begun = performance.now();
  let tries = 0;
  (function look() {
    const hosts = document.querySelectorAll(
      `[data-view-id="${id}"]:not([data-mounted])`,
    );
    if (!hosts.length && tries++ < 100) {
      setTimeout(look, 50);
    }
    hosts.forEach((host) => {
      host.setAttribute("data-mounted", "");
      Promise.all([inflate(numbers), inflate(code)])
        .then((both) => {
          const bytes = new Uint8Array(both[0]);
          const root = document.createElement("div");
          const own = JSON.parse(JSON.stringify(params));
          own.attention.forEach((a, i) => {
            a.attn = layout[i].cut
              ? part(own.attention[0].attn, layout[i].cut)
              : lists(bytes, layout[i]);
          });
          window.courseBertViz = window.courseBertViz || { count: 0, waiting: [] };
          root.id = own.root_div_id = `${id}-${window.courseBertViz.count++}`;
          window.courseBertViz.waiting.push(own);
          root.append(
            ...new DOMParser().parseFromString(own.body, "text/html").body.childNodes,
          );
          host.append(root);
          host.querySelector("img").hidden = true;
          const script = document.createElement("script");
          script.textContent = new TextDecoder().decode(both[1]);
          document.head.append(script);
          script.remove();
          host.querySelectorAll("select").forEach((s) => {
            s.setAttribute("data-lm-suppress-shortcuts", "true");
            s.setAttribute("aria-label", s.id || "choice");
          });
          host.dataset.ready = Math.round(performance.now() - begun);
        })
        .catch((error) => {
          host.dataset.error = error.message;
        });
    });
  })();
}
