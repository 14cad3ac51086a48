/* A recurrent network over a text: folded and unrolled, and one unit's formula in numbers. */
function draw(ui, data, p) {
  const LEAST = 76;
  const GAP = 34;
  const TOP = 38;
  const BARS = 44;
  const MIDDLE = 82;
  const FONT = "px system-ui,sans-serif";
  const steps = p.tokens.length;
  const units = data.h.shape[1];
  const inputs = data.x.shape[1];
  const across = Math.ceil(Math.sqrt(units));
  const down = Math.ceil(units / across);
  let at = 0;
  let unit = p.unit;
  let folded = true;
  let cover = false;
  let perRow = steps;
  let box = LEAST;
  let each = LEAST + GAP;
  let start = 0;

  function state(s, u) {
    return s < 0 ? 0 : data.h[s * units + u];
  }
  function parts(s, u) {
    let fromInput = 0;
    let fromState = 0;
    for (let c = 0; c < inputs; c++) {
      fromInput += data.Wx[u * inputs + c] * data.x[s * inputs + c];
    }
    for (let m = 0; m < units; m++) {
      fromState += data.Wh[u * units + m] * state(s - 1, m);
    }
    return [fromInput, fromState, data.b[u]];
  }
  function value(s, u) {
    const q = parts(s, u);
    return Math.tanh(q[0] + q[1] + q[2]);
  }
  let worst = 0;
  for (let s = 0; s < steps; s++) {
    for (let u = 0; u < units; u++) {
      worst = Math.max(worst, Math.abs(value(s, u) - state(s, u)));
    }
  }
  ui.deviation("deviation", worst);
  function hidden(s) {
    return cover && s === at;
  }

  /* unrolled, the boxes flow into as many rows as the room asks for */
  function rowHigh() {
    return TOP + box + 76;
  }
  function left(s) {
    return folded ? start + 50 : 8 + each - box + (s % perRow) * each;
  }
  function top(s) {
    return TOP + (folded ? 0 : Math.floor(s / perRow) * rowHigh());
  }
  function layOut(wide) {
    const rows = Math.ceil(
      steps / clamp(Math.floor((wide - 14) / (LEAST + GAP)), 1, steps),
    );
    perRow = Math.ceil(steps / rows);
    each = (wide - 14) / perRow;
    box = folded ? LEAST + 14 : clamp(0.68 * each, LEAST, 110);
    start = wide > 460 ? (wide - 460) / 2 : 8;
    const below = wide > 460 ? 70 : 130;
    return folded ? TOP + box + below : rows * rowHigh();
  }
  function arrow(g, x0, y0, x1, y1) {
    const a = Math.atan2(y1 - y0, x1 - x0);
    g.beginPath();
    g.moveTo(x0, y0);
    g.lineTo(x1, y1);
    g.stroke();
    g.beginPath();
    g.moveTo(x1, y1);
    g.lineTo(x1 - 9 * Math.cos(a - 0.45), y1 - 9 * Math.sin(a - 0.45));
    g.lineTo(x1 - 9 * Math.cos(a + 0.45), y1 - 9 * Math.sin(a + 0.45));
    g.fill();
  }
  function pen(g, color, width) {
    g.strokeStyle = g.fillStyle = ui.color(color);
    g.lineWidth = width;
  }
  function drawSquares(g, s, x, y) {
    const side = box - 6;
    const wide = side / across;
    const high = side / down;
    const shown = (i, j) => {
      const u = i * across + j;
      return u < units && !(hidden(s) && u === unit) ? state(s, u) : 0;
    };
    g.drawImage(image(down, across, shown, SIGNS, -1, 1), x, y, side, side);
    pen(g, "ink", 2);
    const row = Math.floor(unit / across);
    g.strokeRect(x + (unit % across) * wide, y + row * high, wide, high);
  }
  function drawBox(g, s) {
    const x = left(s);
    const y = top(s);
    const me = s === at;
    pen(g, me ? "key" : "ink", me ? 4 : 1.5);
    g.strokeRect(x, y, box, box);
    g.textAlign = "center";
    if (s <= at) {
      drawSquares(g, s, x + 3, y + 3);
    } else {
      g.fillStyle = ui.color("soft");
      g.font = `14${FONT}`;
      g.fillText("\u00b7", x + box / 2, y + box / 2);
    }
    pen(g, "query", 2);
    arrow(g, x + box / 2, y + box + 44, x + box / 2, y + box + 4);
    g.font = `${me ? "bold " : ""}14${FONT}`;
    g.fillText(cut(p.tokens[s], 12), x + box / 2, y + box + 56, each - 6);
    g.fillStyle = ui.color("soft");
    g.fillText(`h${s + 1}`, x + box / 2, y - 12);
  }
  function drawFolded(g, c) {
    drawBox(g, at);
    const x = left(0);
    const y = TOP + box / 2;
    const beside = c.w > 460;
    const [words, first] = beside ? [x + box + 42, y - 22] : [8, TOP + box + 80];
    pen(g, "good", 3);
    g.beginPath();
    g.moveTo(x + box, y);
    g.lineTo(x + box + 28, y);
    g.lineTo(x + box + 28, 8);
    g.lineTo(x - 28, 8);
    g.lineTo(x - 28, y);
    g.stroke();
    arrow(g, x - 28, y, x - 3, y);
    g.textAlign = "left";
    g.font = `14${FONT}`;
    g.fillStyle = ui.color("ink");
    const told = [
      "one box, one set of weights;",
      "its state goes round",
      `step ${at + 1} of ${steps}`,
    ];
    told.forEach((line, k) => {
      g.fillText(line, words, first + 20 * k);
    });
  }
  function drawUnrolled(g) {
    range(steps).forEach((s) => {
      const y = top(s) + box / 2;
      pen(g, "good", 3);
      arrow(g, left(s) - each + box + 2, y, left(s) - 3, y);
      drawBox(g, s);
    });
  }
  /* the step and the unit that a place in the picture belongs to; no unit: -1 */
  function under(x, y) {
    const column = clamp(Math.floor((x - 8) / each), 0, perRow - 1);
    const row = Math.max(0, Math.floor((y - 4) / rowHigh()));
    const s = folded ? at : clamp(row * perRow + column, 0, steps - 1);
    const i = Math.floor(((y - top(s) - 3) / (box - 6)) * down);
    const j = Math.floor(((x - left(s) - 3) / (box - 6)) * across);
    const inside = i >= 0 && i < down && j >= 0 && j < across;
    return [s, inside ? i * across + j : -1];
  }
  const chain = ui.canvas(
    "The network over the text. Left and right step through it, up and down choose the unit.",
    (g, c) => {
      (folded ? drawFolded : drawUnrolled)(g, c);
    },
    {
      move: (di, dj) => {
        at = clamp(at + dj, 0, steps - 1);
        choose(unit + di);
      },
      lock: () => {
        step(1);
      },
      click: (x, y) => {
        const [s, u] = under(x, y);
        at = s;
        choose(u < 0 ? unit : u);
      },
    },
  );
  function drawBar(g, s, x, wide) {
    const v = state(s, unit);
    const y = Math.min(MIDDLE, MIDDLE - 42 * v);
    g.textAlign = "center";
    g.font = `${s === at ? "bold " : ""}12${FONT}`;
    g.fillStyle = ui.color(s === at ? "ink" : "soft");
    g.fillText(
      wide > 40 ? cut(p.tokens[s], Math.floor(wide / 7)) : s + 1,
      x + wide / 2,
      140,
    );
    if (s > at || hidden(s)) {
      g.fillText(s > at ? "\u00b7" : "?", x + wide / 2, MIDDLE);
      return;
    }
    g.fillStyle = css(shade(SIGNS, 0.5 + v / 2));
    g.fillRect(x + 3, y, wide - 6, Math.abs(42 * v));
    g.strokeStyle = ui.color(s === at ? "key" : "ink");
    g.lineWidth = s === at ? 3 : 1;
    g.strokeRect(x + 3, y, wide - 6, Math.abs(42 * v));
  }
  const track = ui.canvas("The chosen unit over the text", (g, c) => {
    const wide = (c.w - BARS - 8) / steps;
    g.textAlign = "left";
    g.font = `bold 14${FONT}`;
    g.fillStyle = ui.color("ink");
    g.fillText(`Unit ${unit}, step by step`, 4, 12);
    g.font = `12${FONT}`;
    g.strokeStyle = ui.color("line");
    g.beginPath();
    g.moveTo(BARS - 4, MIDDLE);
    g.lineTo(c.w, MIDDLE);
    g.stroke();
    g.fillStyle = ui.color("soft");
    g.textAlign = "right";
    ["1", "0", "\u22121"].forEach((label, k) => {
      g.fillText(label, BARS - 8, MIDDLE + 42 * (k - 1));
    });
    g.fillText("step", BARS - 8, 140);
    range(steps).forEach((s) => {
      drawBar(g, s, BARS + s * wide, wide);
    });
  });
  function number(x) {
    return (x < 0 ? "\u2212" : "") + Math.abs(x).toFixed(4);
  }
  function formula() {
    const q = parts(at, unit).map(number);
    const sums = [
      `input \u201c${p.tokens[at]}\u201d ${q[0]}`,
      `last state ${q[1]}`,
      `bias ${q[2]}`,
    ].join("  +  ");
    return `h${at + 1}[${unit}] = tanh( ${sums} ) = ${cover ? "?" : number(state(at, unit))}`;
  }
  ui.paint = () => {
    const wide = ui.fit(290);
    chain.paint(wide, layOut(wide));
    track.paint(wide, 152);
    ui.say(formula());
    ui.host.dataset.at = `${at},${unit}`;
    table.fill();
  };
  function step(by) {
    at = clamp(at + by, 0, steps - 1);
    ui.paint();
  }
  function choose(u) {
    unit = clamp(u, 0, units - 1);
    slide.set(unit);
    ui.paint();
  }
  function unroll(on) {
    folded = !on;
    fold.set(folded);
  }
  const fold = ui.toggle("Folded", true, (on) => {
    folded = on;
    ui.paint();
  });
  ui.button("Step back", () => {
    step(-1);
  });
  ui.button("Next step", () => {
    step(1);
  });
  const slide = ui.slider("Unit", 0, units - 1, 1, unit, choose);
  ui.save("rnn", chain);
  const table = ui.table("The unit as a table", () =>
    [["step", "token", "from input", "from last state", "bias", `h[${unit}]`]].concat(
      range(at + 1).map((s) => {
        const sums = parts(s, unit).map((x) => x.toFixed(4));
        const result = hidden(s) ? "?" : state(s, unit).toFixed(6);
        return [String(s + 1), p.tokens[s], ...sums, result];
      }),
    ),
  );
  ["[", "]"].forEach((key, k) => {
    ui.keys[key] = () => {
      choose(unit + 2 * k - 1);
    };
  });
  ui.helpText = "left, right step; up, down or [ ] unit; Space next step.";
  ui.free = () => {
    unroll(true);
  };
  ui.tour([
    {
      say:
        "Folded: one box that reads one token at a time. Its state, the coloured squares, " +
        "goes round to the next step. Press \u201cNext step\u201d.",
      go: () => {
        unroll(false);
      },
    },
    {
      say:
        "Unrolled: the same box drawn once per token. The weights are the same in all " +
        "boxes; only the state changes. Below, the framed unit alone.",
      go: () => {
        unroll(true);
        at = Math.min(2, steps - 1);
      },
    },
    {
      ask: "Below are the three sums of one unit. Predict: is its new value above or below 0?",
      go: () => {
        unroll(true);
        at = Math.min(3, steps - 1);
        cover = true;
      },
      leave: () => {
        cover = false;
      },
      choices: () => ["above 0", "below 0"],
      answer: () => (state(at, unit) >= 0 ? 0 : 1),
      why: () => {
        const sum = Math.atanh(state(at, unit)).toFixed(3);
        return `The sums add up to ${sum}, and tanh keeps the sign: ${state(at, unit).toFixed(4)}.`;
      },
    },
  ]);
}
