/* What all views share: unpacking numbers, mounting, controls, colours, tour, keyboard. */
const STYLE = [
  ":host{display:block;margin:8px 0}",
  ".v{--paper:#fff;--ink:#1a1a1a;--soft:#555;--line:#bdbdbd;--pale:#f2f4f6;--query:#0072b2;--key:#b84d00;--good:#00694c;",
  "font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);border:1px solid var(--line);",
  "border-radius:8px;padding:10px 14px;overflow-x:auto;text-align:left}",
  ".v.dark{--paper:#15181b;--ink:#f1f1f1;--soft:#b9bec4;--line:#5a6067;--pale:#23282d;--query:#74bdf0;--key:#ff9f5a;--good:#57d3a8}",
  ".v.big{font-size:22px}",
  ".bar,.row,.tour{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;margin:4px 0}",
  ".bar b{font-size:1.15em;flex:1 1 12em}",
  ".panes{display:flex;flex-wrap:wrap;gap:14px;align-items:flex-start;margin:6px 0}",
  "button,select,input{font:inherit;color:inherit;background:var(--pale);border:1px solid var(--line);border-radius:6px;",
  "min-height:30px;min-width:30px;padding:1px 10px;box-sizing:border-box}",
  "button{cursor:pointer}button[aria-pressed=true]{background:var(--ink);color:var(--paper);font-weight:700}",
  "button[disabled]{opacity:.5;cursor:default}",
  "input[type=range]{padding:0;width:9em;accent-color:var(--query)}",
  "label{display:inline-flex;gap:6px;align-items:center}",
  ":focus-visible{outline:3px solid var(--key);outline-offset:2px}",
  ".tour{background:var(--pale);border-left:5px solid var(--query);padding:8px 12px;margin:6px 0;border-radius:4px;gap:2px 14px}",
  ".tour p{margin:0;flex:1 1 22em}.tour.done{border-color:var(--good)}.tour .ask{flex:1 1 100%}",
  ".say{min-height:1.5em;margin:6px 0;font-weight:600}",
  ".help{color:var(--soft);font-size:.88em;margin:4px 0 0}",
  "table{border-collapse:collapse;font-size:.92em;color:var(--ink)}th,td{border:1px solid var(--line);padding:2px 8px;text-align:right}",
  "th:first-child,td:first-child{text-align:left}tr.on td,tr.on th{background:var(--query);color:var(--paper)}",
  "summary{cursor:pointer;min-height:28px;padding:2px 0}canvas{display:block;border-radius:4px}",
  ".chosen{outline:3px solid var(--key);outline-offset:1px}.num{font-variant-numeric:tabular-nums}",
].join("");
const CIVIDIS =
  "00224e0e2e692f3c6c434c6d555b6e666a70757a74868a78999a77ada972c1ba69d7cd5cfee838";
const SIGNED = "0b5fa53b86c47bb0dcb9d5ecf4f4f4fbd3aef4a768db7a2cb35806";

function ramp(stops) {
  const n = stops.length / 6 - 1;
  function part(i) {
    return parseInt(stops.substr(i, 2), 16);
  }
  return range(256).map((i) => {
    const x = (i / 255) * n;
    const j = Math.min(n - 1, Math.floor(x));
    return [0, 2, 4].map((c) => {
      const a = part(6 * j + c);
      return Math.round(a + (part(6 * j + 6 + c) - a) * (x - j));
    });
  });
}
const WEIGHTS = ramp(CIVIDIS);
const SIGNS = ramp(SIGNED);

function el(tag, given, kids) {
  const node = document.createElement(tag);
  Object.keys(given || {}).forEach((k) => {
    const v = given[k];
    if (k === "text") {
      node.textContent = v;
    } else if (k.slice(0, 2) === "on") {
      node.addEventListener(k.slice(2), v);
    } else if (v === true) {
      node.setAttribute(k, "");
    } else if (v !== false && v !== null && v !== undefined) {
      node.setAttribute(k, v);
    }
  });
  (kids || []).forEach((kid) => {
    node.append(kid);
  });
  return node;
}
function clear(node) {
  while (node.firstChild) {
    node.removeChild(node.firstChild);
  }
  return node;
}
function clamp(x, lo, hi) {
  return Math.max(lo, Math.min(hi, x));
}
function cut(text, n) {
  const t = Array.from(text);
  return t.length > n ? `${t.slice(0, n - 1).join("")}\u2026` : text;
}
function shade(lut, x) {
  return lut[clamp(Math.round(x * 255), 0, 255)];
}
function css(c) {
  return `rgb(${c.join(",")})`;
}
function onto(c) {
  return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2] > 120 ? "#000" : "#fff";
}
function range(n) {
  return Array.from({ length: n }, (_, i) => i);
}
function order(n, value) {
  return range(n).sort((a, b) => value(b) - value(a) || a - b);
}

/* a matrix of numbers becomes an image, one pixel a number */
function image(rows, cols, value, lut, lo, hi) {
  const c = document.createElement("canvas");
  c.width = Math.max(1, cols);
  c.height = Math.max(1, rows);
  const g = c.getContext("2d");
  const pixels = g.createImageData(c.width, c.height);
  const d = pixels.data;
  let k = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const s = shade(lut, (value(i, j) - lo) / (hi - lo || 1));
      d[k++] = s[0];
      d[k++] = s[1];
      d[k++] = s[2];
      d[k++] = 255;
    }
  }
  g.putImageData(pixels, 0, 0);
  return c;
}

/* base64, deflated; each array: the low bytes, then the high bytes, of 16-bit steps */
function unpack(packed, layout) {
  if (!layout.length) {
    return Promise.resolve({});
  }
  const text = atob(packed);
  const raw = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    raw[i] = text.charCodeAt(i);
  }
  const stream = new Blob([raw])
    .stream()
    .pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer().then((buffer) => {
    const bytes = new Uint8Array(buffer);
    let at = 0;
    const out = {};
    layout.forEach((a) => {
      const n = a.shape.reduce((x, y) => x * y, 1);
      const values = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        values[i] = a.low + a.step * (bytes[at + i] + 256 * bytes[at + n + i]);
      }
      at += 2 * n;
      values.shape = a.shape;
      out[a.name] = values;
    });
    return out;
  });
}

const SYSTEM = matchMedia("(prefers-color-scheme: dark)");
function isDark() {
  const body = document.body;
  const lab = body.getAttribute("data-jp-theme-light");
  const theme = document.documentElement.getAttribute("theme");
  if (lab) {
    return lab === "false";
  }
  if (theme) {
    return theme === "dark";
  }
  if (body.dataset.vscodeThemeKind) {
    return body.dataset.vscodeThemeKind.indexOf("light") < 0;
  }
  return SYSTEM.matches;
}

function Ui(host, p) {
  const ui = this;
  let stops = [];
  let at = 0;
  ui.host = host;
  ui.scale = 1;
  ui.keys = {};
  ui.paint = () => {};
  ui.title = el("b", { text: p.title });
  ui.top = el("div", { class: "bar" }, [ui.title]);
  ui.guide = el("div", { class: "tour", role: "region", "aria-label": "Guided tour" });
  ui.controls = el("div", { class: "row" });
  ui.panes = el("div", { class: "panes" });
  ui.readout = el("p", { class: "say", role: "status", "aria-live": "polite" });
  ui.more = el("div");
  ui.help = el("p", { class: "help" });
  ui.root = el("div", { class: "v" }, [
    ui.top,
    ui.guide,
    ui.controls,
    ui.panes,
    ui.readout,
    ui.more,
    el("slot", { name: "table" }),
    ui.help,
  ]);
  ui.big = ui.button(
    "Larger",
    () => {
      ui.enlarge(ui.scale === 1);
    },
    { "aria-pressed": "false" },
    ui.top,
  );

  ui.tour = (list) => {
    stops = list;
    stand();
  };
  function stand() {
    const stop = stops[at];
    clear(ui.guide);
    ui.guide.className = `tour${stop ? "" : " done"}`;
    host.dataset.tour = stop ? at + 1 : "done";
    if (stop) {
      if (stop.go) {
        stop.go();
      }
      ui.guide.append(
        el("p", { text: `${at + 1} of ${stops.length}. ${stop.ask || stop.say}` }),
      );
      if (stop.ask) {
        question(stop);
      }
    } else {
      if (ui.free) {
        ui.free();
      }
      ui.guide.append(el("p", { text: `Free play. ${p.idea || ""}` }));
    }
    const row = el("div", { class: "row" });
    if (stop) {
      ui.button(
        "Back",
        () => {
          go(at - 1);
        },
        { disabled: at === 0 },
        row,
      );
      ui.button(
        at + 1 < stops.length ? "Next" : "Free play",
        () => {
          go(at + 1);
        },
        { "data-next": "" },
        row,
      );
      if (at + 1 < stops.length) {
        ui.button(
          "Skip the tour",
          () => {
            go(stops.length);
          },
          {},
          row,
        );
      }
    } else {
      ui.button(
        "Tour again",
        () => {
          go(0);
        },
        {},
        row,
      );
    }
    ui.guide.append(row);
  }
  function go(to) {
    if (stops[at]?.leave) {
      stops[at].leave();
    }
    at = to;
    stand();
    ui.paint();
    ui.guide.querySelector("[data-next],button").focus();
  }
  function question(stop) {
    const row = el("div", { class: "row ask" });
    const says = el("p", { role: "status", class: "ask" });
    delete host.dataset.answered;
    stop.choices().forEach((choice, i) => {
      ui.button(
        choice,
        () => {
          const right = stop.answer();
          host.dataset.answered = i === right;
          Array.from(row.children).forEach((b, j) => {
            b.className = j === i ? "chosen" : "";
          });
          if (stop.leave) {
            stop.leave();
          }
          says.textContent =
            (i === right
              ? "Yes. "
              : `Not this one: \u201c${stop.choices()[right]}\u201d. `) + stop.why();
          ui.paint();
        },
        {},
        row,
      );
    });
    ui.guide.append(row, says);
  }
}
Ui.prototype = {
  say: function (text) {
    this.readout.textContent = text;
  },
  color: function (name) {
    return getComputedStyle(this.root).getPropertyValue(`--${name}`).trim();
  },
  button: function (label, press, attributes, into) {
    const b = el(
      "button",
      Object.assign({ type: "button", text: label, onclick: press }, attributes || {}),
    );
    (into || this.controls).append(b);
    return b;
  },
  toggle: function (label, on, flip, into) {
    const b = this.button(
      label,
      () => {
        on = !on;
        b.setAttribute("aria-pressed", on);
        flip(on);
      },
      { "aria-pressed": String(on) },
      into,
    );
    b.set = (to) => {
      on = to;
      b.setAttribute("aria-pressed", on);
    };
    return b;
  },
  select: function (label, options, pick, into) {
    const s = el(
      "select",
      {
        onchange: () => {
          pick(Number(s.value));
        },
      },
      options.map((o, i) => el("option", { value: i, text: o })),
    );
    (into || this.controls).append(el("label", { text: label }, [s]));
    return s;
  },
  slider: function (label, lo, hi, step, value, slide, into) {
    const shown = el("output", { class: "num", text: value });
    const s = el("input", {
      type: "range",
      min: lo,
      max: hi,
      step: step,
      value: value,
      "aria-label": label,
    });
    s.addEventListener("input", () => {
      shown.textContent = s.value;
      slide(Number(s.value));
    });
    s.set = (v) => {
      s.value = v;
      shown.textContent = s.value;
    };
    (into || this.controls).append(el("label", { text: label }, [s, shown]));
    return s;
  },
  enlarge: function (on) {
    this.scale = on ? 1.45 : 1;
    this.root.classList.toggle("big", on);
    this.big.setAttribute("aria-pressed", on);
    this.paint();
  },
  /* a canvas in our own units: draws sharp at every size; with act it takes keys and the mouse */
  canvas: function (label, draw, act, into) {
    const node = el("canvas", {
      "aria-label": label,
      role: act ? "application" : "img",
      tabindex: act ? 0 : null,
    });
    const c = { node: node, w: 0, h: 0 };
    c.paint = (w, h) => {
      const dots = this.scale * (window.devicePixelRatio || 1);
      const g = node.getContext("2d");
      c.w = w;
      c.h = h;
      node.width = Math.round(w * dots);
      node.height = Math.round(h * dots);
      node.style.width = `${w * this.scale}px`;
      node.style.height = `${h * this.scale}px`;
      g.setTransform(dots, 0, 0, dots, 0, 0);
      g.fillStyle = this.color("paper");
      g.fillRect(0, 0, w, h);
      g.imageSmoothingEnabled = false;
      g.font = "13px system-ui,sans-serif";
      g.textBaseline = "middle";
      draw(g, c);
    };
    if (act) {
      ["mousemove", "click"].forEach((kind) => {
        node.addEventListener(kind, (e) => {
          const box = node.getBoundingClientRect();
          if (act[kind]) {
            act[kind](
              (e.clientX - box.left) / this.scale,
              (e.clientY - box.top) / this.scale,
            );
          }
        });
      });
      node.addEventListener("keydown", (e) => {
        const step = {
          ArrowUp: [-1, 0],
          ArrowDown: [1, 0],
          ArrowLeft: [0, -1],
          ArrowRight: [0, 1],
        }[e.key];
        if (step && act.move) {
          act.move(step[0], step[1]);
          e.preventDefault();
        }
        if ((e.key === " " || e.key === "Enter") && act.lock) {
          act.lock();
          e.preventDefault();
        }
      });
    }
    (into || this.panes).append(node);
    return c;
  },
  save: function (name, c) {
    this.button(
      "Save picture",
      () => {
        c.node.toBlob((blob) => {
          const a = el("a", {
            href: URL.createObjectURL(blob),
            download: `${name}.png`,
          });
          a.click();
          setTimeout(() => {
            URL.revokeObjectURL(a.href);
          }, 1000);
          this.say("Saved.");
        });
      },
      {},
      this.top,
    );
  },
  /* a table of what is shown now, made when it is opened: within the click itself, for
     the browser's own "toggle" comes later than what reads the table after the click */
  table: function (label, rows) {
    const box = el("div");
    const top = el("summary", { text: label });
    const d = el("details", {}, [top, box]);
    d.fill = () => {
      if (!d.open) {
        clear(box);
        return;
      }
      const all = rows();
      const head = all.shift();
      clear(box).append(
        el("table", {}, [
          el("thead", {}, [
            el(
              "tr",
              {},
              head.map((h) => el("th", { scope: "col" }, [h])),
            ),
          ]),
          el(
            "tbody",
            {},
            all.map((r) =>
              el(
                "tr",
                {},
                r.map((x, j) =>
                  el(j ? "td" : "th", j ? { class: "num" } : { scope: "row" }, [x]),
                ),
              ),
            ),
          ),
        ]),
      );
    };
    top.addEventListener("click", (e) => {
      e.preventDefault();
      d.open = !d.open;
      d.fill();
    });
    this.more.append(d);
    return d;
  },
  deviation: function (name, worst) {
    this.host.dataset[name] = worst.toExponential(2);
  },
};

function build(host, p, data, draw) {
  const ui = new Ui(host, p);
  const root = host.attachShadow({ mode: "open" });
  root.append(el("style", { text: STYLE }), ui.root);
  ui.root.addEventListener("keydown", (e) => {
    const typing = e.composedPath()[0].matches("input,select");
    e.stopPropagation();
    if (e.key === "Escape") {
      if (root.activeElement) {
        root.activeElement.blur();
      }
      ui.say("Left the view.");
    }
    if (ui.keys[e.key] && !typing) {
      ui.keys[e.key]();
      e.preventDefault();
    }
  });
  function theme() {
    const dark = isDark();
    if (ui.root.classList.contains("dark") !== dark) {
      ui.root.classList.toggle("dark", dark);
      ui.paint();
    }
  }
  ui.root.classList.toggle("dark", isDark());
  draw(ui, data, p);
  ui.help.textContent = `Keys: ${ui.helpText || ""} Tab: next control. Esc: leave.`;
  if (p.lecture) {
    ui.enlarge(true);
  } else {
    ui.paint();
  }
  [document.body, document.documentElement].forEach((node) => {
    new MutationObserver(theme).observe(node, { attributes: true });
  });
  SYSTEM.addEventListener("change", theme);
}

function start(id, p, layout, packed, draw) {
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
      unpack(packed, layout)
        .then((data) => {
          build(host, p, data, draw);
          host.dataset.ready = Math.round(performance.now() - begun);
        })
        .catch((error) => {
          host.dataset.error = error.message;
          if (host.shadowRoot) {
            clear(host.shadowRoot).append(el("slot"), el("slot", { name: "table" }));
          }
        });
    });
  })();
}
