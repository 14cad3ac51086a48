/* What all views share: unpacking numbers, mounting, controls, colours, tour, keyboard.

   Room: ui.paint() lays the drawing out anew, by ui.fit(least, most), the width in the
   drawing's own units at the present size of text, or ui.columns(n, least), that of each
   of n canvases side by side (all the room, one below the other, where that is less than
   least). c.paint(w, h) then draws, "Larger" as far as the room allows; what is wider
   than the room scrolls within its own pane; c.see(x, w) scrolls it to what is chosen.
   ui.asking: a question of the tour waits for its answer, so what it asks is covered. */
const CIVIDIS =
  "00224e0031702a3f6d434e6c575d6d6a6c717d7c78918b78a59c74bcae6cd2c060e9d34efee838";
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
/* up to six kinds: each has a colour on white and on black, and a shape */
const ON_WHITE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const ON_BLACK = ["#74bdf0", "#ff9f5a", "#57d3a8", "#f0a8cf", "#ffd070", "#a8dcff"];
const SHAPES = "\u25cf\u25a0\u25b2\u25cb\u25a1\u25b3";
const WEIGHTS = ramp(CIVIDIS);
const SIGNS = ramp(SIGNED);

function el(tag, given = {}, kids = []) {
  const node = document.createElement(tag);
  Object.entries(given).forEach(([k, v]) => {
    if (k === "text") {
      node.textContent = v;
    } else if (k.slice(0, 2) === "on") {
      node.addEventListener(k.slice(2), v);
    } else if ((v ?? false) !== false) {
      node.setAttribute(k, v === true ? "" : v);
    }
  });
  node.append(...kids);
  return node;
}
function clear(node) {
  node.replaceChildren();
  return node;
}
function clamp(x, lo, hi) {
  return Math.max(lo, Math.min(hi, x));
}
function cut(text, n) {
  const t = Array.from(text);
  return t.length > n ? `${t.slice(0, n - 1).join("")}\u2026` : text;
}
/* a text, cut to a width of its canvas */
function trim(g, text, width) {
  let n = Array.from(text).length;
  while (n > 1 && g.measureText(cut(text, n)).width > width) {
    n--;
  }
  return cut(text, n);
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
  return [...Array(n).keys()];
}
function order(n, value) {
  return range(n).sort((a, b) => value(b) - value(a) || a - b);
}

/* rows of text or elements, the first of them the head, become a table */
function grid(rows) {
  function line(cells, kind, first) {
    return el(
      "tr",
      {},
      cells.map((x, j) =>
        el(j ? kind : "th", j ? { class: "num" } : { scope: first }, [x]),
      ),
    );
  }
  return el("table", {}, [
    el("thead", {}, [line(rows[0], "th", "col")]),
    el(
      "tbody",
      {},
      rows.slice(1).map((cells) => line(cells, "td", "row")),
    ),
  ]);
}
/* what is wider than the room scrolls by itself, also by keys */
const WIDE = {
  class: "wide",
  tabindex: 0,
  role: "group",
  "aria-label": "Scrolls sideways",
};
function widen(box, on) {
  Object.entries(WIDE).forEach(([k, v]) => {
    box[on ? "setAttribute" : "removeAttribute"](k, v);
  });
}

/* a matrix of numbers becomes an image, one pixel a number */
function image(rows, cols, value, lut, lo, hi) {
  const c = el("canvas", { width: Math.max(1, cols), height: Math.max(1, rows) });
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
async function unpack(packed, layout) {
  const text = atob(packed);
  const raw = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    raw[i] = text.charCodeAt(i);
  }
  const stream = new Blob([raw])
    .stream()
    .pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const out = {};
  let at = 0;
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
}

const SYSTEM = matchMedia("(prefers-color-scheme: dark)");
function isDark() {
  const lab = document.body.getAttribute("data-jp-theme-light");
  const code = document.body.dataset.vscodeThemeKind;
  const page = document.documentElement.getAttribute("theme");
  if (lab || page) {
    return lab ? lab === "false" : page === "dark";
  }
  return code ? !code.includes("light") : SYSTEM.matches;
}

function Ui(host, p) {
  const ui = this;
  let stops = [];
  let at = 0;
  ui.host = host;
  ui.scale = 1;
  ui.width = 640;
  ui.asking = false;
  ui.keys = {};
  ui.paint = () => {};
  ui.title = el("b", { text: p.title });
  ui.top = el("div", { class: "bar" }, [ui.title]);
  ui.guide = el("div", { class: "tour", role: "region", "aria-label": "Guided tour" });
  ui.controls = el("div", { class: "row" });
  ui.panes = el("div", { class: "panes" });
  ui.readout = el("p", { class: "say", role: "status" });
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
    const last = at + 1 === stops.length;
    const row = el("div", { class: "row" });
    const ways = [
      ["Back", at - 1],
      [last ? "Free play" : "Next", at + 1],
      ["Skip the tour", stops.length],
    ];
    clear(ui.guide).className = `tour${stop ? "" : " done"}`;
    host.dataset.tour = stop ? at + 1 : "done";
    ui.asking = !!stop?.ask;
    (stop ? stop.go : ui.free)?.();
    const text = stop
      ? `${at + 1} of ${stops.length}. ${stop.ask || stop.say}`
      : `Free play. ${p.idea || ""}`;
    ui.guide.append(el("p", { text: text }));
    if (ui.asking) {
      question(stop);
    }
    (stop ? ways.slice(0, last ? 2 : 3) : [["Tour again", 0]]).forEach((way) => {
      const more = { disabled: way[1] < 0, "data-next": way[1] === at + 1 };
      ui.button(way[0], () => go(way[1]), more, row);
    });
    ui.guide.append(row);
  }
  function go(to) {
    stops[at]?.leave?.();
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
          ui.asking = false;
          stop.leave?.();
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
  say(text) {
    this.readout.textContent = text;
  },
  color(name) {
    return getComputedStyle(this.root).getPropertyValue(`--${name}`).trim();
  },
  hue(kind, onWhite = ON_WHITE) {
    return (this.root.classList.contains("dark") ? ON_BLACK : onWhite)[kind % 6];
  },
  /* a mark of its kind: a disc, square or triangle, full or hollow */
  mark(g, kind, x, y, r) {
    const shape = kind % 3;
    g.beginPath();
    if (shape === 0) {
      g.arc(x, y, r, 0, 6.2832);
    } else if (shape === 1) {
      g.rect(x - r, y - r, 2 * r, 2 * r);
    } else {
      g.moveTo(x, y - r - 1);
      g.lineTo(x + r + 1, y + r);
      g.lineTo(x - r - 1, y + r);
      g.closePath();
    }
    g.fillStyle = g.strokeStyle = this.hue(kind);
    g.lineWidth = 2;
    g[kind % 6 < 3 ? "fill" : "stroke"]();
  },
  /* the names of the kinds among the controls; returns how to colour them anew */
  legend(names) {
    const marks = names.map((name, kind) => {
      const mark = el("span", { text: SHAPES[kind % 6], "aria-hidden": "true" });
      this.controls.append(el("span", {}, [mark, ` ${name}`]));
      return mark;
    });
    return () => {
      marks.forEach((mark, kind) => {
        mark.style.color = this.hue(kind);
      });
    };
  },
  button(label, press, attributes, into) {
    const b = el("button", {
      type: "button",
      text: label,
      onclick: press,
      ...attributes,
    });
    (into || this.controls).append(b);
    return b;
  },
  toggle(label, on, flip, into) {
    const press = () => {
      b.set(!on);
      flip(on);
    };
    const b = this.button(label, press, { "aria-pressed": String(on) }, into);
    b.set = (to) => {
      on = to;
      b.setAttribute("aria-pressed", on);
    };
    return b;
  },
  select(label, options, pick, into) {
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
  slider(label, lo, hi, step, value, slide, into) {
    const shown = el("output", { class: "num", text: value });
    const s = el("input", {
      type: "range",
      min: lo,
      max: hi,
      step,
      value,
      "aria-label": label,
      oninput: () => {
        s.set(s.value);
        slide(Number(s.value));
      },
    });
    s.set = (v) => {
      s.value = v;
      shown.textContent = s.value;
    };
    (into || this.controls).append(el("label", { text: label }, [s, shown]));
    return s;
  },
  enlarge(on) {
    this.scale = on ? 1.45 : 1;
    this.root.classList.toggle("big", on);
    this.big.setAttribute("aria-pressed", on);
    this.paint();
  },
  fit(least, most) {
    return clamp(Math.floor(this.width / this.scale), least, most || 1e4);
  },
  columns(n, least) {
    const each = Math.floor((this.width - 14 * (n - 1)) / n / this.scale);
    return each < least ? this.fit(0) : each;
  },
  /* a canvas in our own units: draws sharp at every size; with act it takes keys and the mouse */
  canvas(label, draw, act, into) {
    const node = el("canvas", {
      "aria-label": label,
      role: act ? "application" : "img",
      tabindex: act ? 0 : null,
    });
    const box = el("div", {}, [node]);
    const c = { node, box };
    c.paint = (w, h) => {
      const g = node.getContext("2d");
      c.w = w;
      c.h = h;
      c.scale = clamp(this.width / w, 1, this.scale);
      const dots = c.scale * devicePixelRatio;
      node.width = Math.round(w * dots);
      node.height = Math.round(h * dots);
      node.style.width = `${w * c.scale}px`;
      node.style.height = `${h * c.scale}px`;
      widen(box, w > this.width);
      g.setTransform(dots, 0, 0, dots, 0, 0);
      g.fillStyle = this.color("paper");
      g.fillRect(0, 0, w, h);
      g.imageSmoothingEnabled = false;
      g.font = "13px system-ui,sans-serif";
      g.textBaseline = "middle";
      draw(g, c);
    };
    c.see = (x, w) => {
      const [from, to] = [x * c.scale, (x + w) * c.scale];
      box.scrollLeft = clamp(box.scrollLeft, to - box.clientWidth, from);
    };
    if (act) {
      ["mousemove", "click"].forEach((kind) => {
        node.addEventListener(kind, (e) => {
          const at = node.getBoundingClientRect();
          const real = at.width / c.w;
          act[kind]?.((e.clientX - at.left) / real, (e.clientY - at.top) / real);
        });
      });
      node.addEventListener("keydown", (e) => {
        const step = {
          ArrowUp: [-1, 0],
          ArrowDown: [1, 0],
          ArrowLeft: [0, -1],
          ArrowRight: [0, 1],
        }[e.key];
        const does = step ? act.move : [" ", "Enter"].includes(e.key) && act.lock;
        if (does) {
          does(...(step || []));
          e.preventDefault();
        }
      });
    }
    (into || this.panes).append(box);
    return c;
  },
  save(name, c) {
    const save = () => {
      el("a", { href: c.node.toDataURL(), download: `${name}.png` }).click();
      this.say("Saved.");
    };
    this.button("Save picture", save, {}, this.top);
  },
  /* a table of what is shown now, made when it is opened: within the click itself, for
     the browser's own "toggle" comes later than what reads the table after the click */
  table(label, rows) {
    const box = el("div");
    const open = (e) => {
      e.preventDefault();
      d.open = !d.open;
      d.fill();
    };
    const d = el("details", {}, [el("summary", { text: label, onclick: open }), box]);
    d.fill = () => {
      clear(box);
      if (d.open) {
        box.append(grid(rows()));
      }
      widen(box, box.scrollWidth > box.clientWidth);
    };
    this.more.append(d);
    return d;
  },
  deviation(name, worst) {
    this.host.dataset[name] = worst.toExponential(2);
  },
};

function build(host, p, data, draw) {
  const ui = new Ui(host, p);
  const root = host.attachShadow({ mode: "open" });
  root.append(el("style", { text: STYLE }), ui.root, el("slot", { class: "still" }));
  ui.root.addEventListener("keydown", (e) => {
    const typing = e.composedPath()[0].matches("input,select");
    e.stopPropagation();
    if (e.key === "Escape") {
      root.activeElement?.blur();
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
  /* a hidden view has no width: it keeps the one it had */
  function measure() {
    const width = ui.panes.clientWidth || ui.width;
    if (width !== ui.width) {
      ui.width = width;
      ui.paint();
    }
  }
  const size = new ResizeObserver(measure);
  const page = new MutationObserver(theme);
  function come() {
    theme();
    size.observe(ui.panes);
    [document.body, document.documentElement].forEach((node) => {
      page.observe(node, { attributes: true });
    });
    SYSTEM.addEventListener("change", theme);
  }
  function leave() {
    size.disconnect();
    page.disconnect();
    SYSTEM.removeEventListener("change", theme);
  }
  theme();
  measure();
  draw(ui, data, p);
  ui.help.textContent = `Keys: ${ui.helpText || ""} Tab: next control. Esc: leave.`;
  ui.enlarge(!!p.lecture);
  ui.root.append(el(LIFE, { oncome: come, onleave: leave }));
}

/* an element that says when it comes onto the page and when it leaves it: a view that is
   taken off the page observes nothing, and one that is put back follows the page again */
const LIFE = "view-life";
if (!customElements.get(LIFE)) {
  customElements.define(
    LIFE,
    class extends HTMLElement {
      connectedCallback() {
        this.dispatchEvent(new Event("come"));
      }
      disconnectedCallback() {
        this.dispatchEvent(new Event("leave"));
      }
    },
  );
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
    hosts.forEach(async (host) => {
      host.setAttribute("data-mounted", "");
      try {
        build(host, p, await unpack(packed, layout), draw);
        host.dataset.ready = Math.round(performance.now() - begun);
      } catch (error) {
        host.dataset.error = error.message;
        if (host.shadowRoot) {
          clear(host.shadowRoot).append(el("slot"), el("slot", { name: "table" }));
        }
      }
    });
  })();
}
