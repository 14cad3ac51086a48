/* A recurrent network over a text: folded and unrolled, and one unit's formula in numbers. */
function draw(ui, data, p) {
  const n = p.tokens.length;
  const N = data.h.shape[1];
  const C = data.x.shape[1];
  let t = 0;
  let unit = p.unit;
  let folded = true;
  let cover = false;
  const across = Math.ceil(Math.sqrt(N));
  const down = Math.ceil(N / across);
  const BOX = 76;
  const GAP = 34;
  const TOP = 38;
  function h(s, u) {
    return s < 0 ? 0 : data.h[s * N + u];
  }
  function parts(s, u) {
    let fromInput = 0;
    let fromState = 0;
    for (let c = 0; c < C; c++) {
      fromInput += data.Wx[u * C + c] * data.x[s * C + c];
    }
    for (let m = 0; m < N; m++) {
      fromState += data.Wh[u * N + m] * h(s - 1, m);
    }
    return [fromInput, fromState, data.b[u]];
  }
  function value(s, u) {
    const q = parts(s, u);
    return Math.tanh(q[0] + q[1] + q[2]);
  }
  let worst = 0;
  for (let s = 0; s < n; s++) {
    for (let u = 0; u < N; u++) {
      worst = Math.max(worst, Math.abs(value(s, u) - h(s, u)));
    }
  }
  ui.deviation("deviation", worst);

  function left(s) {
    return 12 + (folded ? 0 : s * (BOX + GAP)) + 50;
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
  function box(g, s) {
    const x = left(s);
    const y = TOP;
    const known = s <= t;
    g.strokeStyle = ui.color(s === t ? "key" : "ink");
    g.lineWidth = s === t ? 4 : 1.5;
    g.strokeRect(x, y, BOX, BOX);
    if (known) {
      g.drawImage(
        image(
          down,
          across,
          (i, j) => {
            const u = i * across + j;
            return u < N && !(cover && s === t && u === unit) ? h(s, u) : 0;
          },
          SIGNS,
          -1,
          1,
        ),
        x + 3,
        y + 3,
        BOX - 6,
        BOX - 6,
      );
      const cw = (BOX - 6) / across;
      const ch = (BOX - 6) / down;
      g.strokeStyle = ui.color("ink");
      g.lineWidth = 2;
      g.strokeRect(
        x + 3 + (unit % across) * cw,
        y + 3 + Math.floor(unit / across) * ch,
        cw,
        ch,
      );
    } else {
      g.fillStyle = ui.color("soft");
      g.textAlign = "center";
      g.fillText("?", x + BOX / 2, y + BOX / 2);
    }
    g.strokeStyle = g.fillStyle = ui.color("query");
    g.lineWidth = 2;
    arrow(g, x + BOX / 2, TOP + BOX + 44, x + BOX / 2, TOP + BOX + 4);
    g.textAlign = "center";
    g.font = `${s === t ? "bold " : ""}14px system-ui,sans-serif`;
    g.fillText(cut(p.tokens[s], 10), x + BOX / 2, TOP + BOX + 56);
    g.fillStyle = ui.color("soft");
    g.fillText(`h${s + 1}`, x + BOX / 2, TOP - 12);
  }
  const chain = ui.canvas(
    "The network over the text. Left and right step through it, up and down choose the unit.",
    (g) => {
      g.strokeStyle = g.fillStyle = ui.color("good");
      g.lineWidth = 3;
      if (folded) {
        box(g, t);
        const x = left(0);
        const y = TOP + BOX / 2;
        g.strokeStyle = g.fillStyle = ui.color("good");
        g.lineWidth = 3;
        g.beginPath();
        g.moveTo(x + BOX, y);
        g.lineTo(x + BOX + 28, y);
        g.lineTo(x + BOX + 28, 8);
        g.lineTo(x - 28, 8);
        g.lineTo(x - 28, y);
        g.stroke();
        arrow(g, x - 28, y, x - 3, y);
        g.textAlign = "left";
        g.font = "14px system-ui,sans-serif";
        g.fillStyle = ui.color("ink");
        g.fillText(
          "one box, one set of weights; its state goes round",
          x + BOX + 42,
          y - 10,
        );
        g.fillText(`step ${t + 1} of ${n}`, x + BOX + 42, y + 12);
        return;
      }
      range(n).forEach((s) => {
        g.strokeStyle = g.fillStyle = ui.color("good");
        g.lineWidth = 3;
        arrow(g, left(s) - GAP + 2, TOP + BOX / 2, left(s) - 3, TOP + BOX / 2);
        box(g, s);
      });
    },
    {
      move: (di, dj) => {
        if (dj) {
          step(dj);
        }
        if (di) {
          choose(unit + di);
        }
      },
      lock: () => {
        step(1);
      },
      click: (x, y) => {
        const s = folded ? t : clamp(Math.floor((x - left(0)) / (BOX + GAP)), 0, n - 1);
        const cx = x - left(s) - 3;
        const cy = y - TOP - 3;
        t = Math.max(t, s);
        if (cx >= 0 && cx < BOX - 6 && cy >= 0 && cy < BOX - 6) {
          choose(
            Math.floor((cy / (BOX - 6)) * down) * across +
              Math.floor((cx / (BOX - 6)) * across),
          );
        }
        t = s;
        ui.paint();
      },
    },
  );
  const track = ui.canvas("The chosen unit over the text", (g, c) => {
    const mid = 56;
    const w = (c.w - 70) / n;
    g.strokeStyle = ui.color("line");
    g.beginPath();
    g.moveTo(40, mid);
    g.lineTo(c.w, mid);
    g.stroke();
    g.fillStyle = ui.color("soft");
    g.textAlign = "right";
    g.fillText("1", 34, 14);
    g.fillText("0", 34, mid);
    g.fillText("\u22121", 34, 98);
    range(t + 1).forEach((s) => {
      if (cover && s === t) {
        return;
      }
      const v = h(s, unit);
      g.fillStyle = css(shade(SIGNS, 0.5 + v / 2));
      g.fillRect(44 + s * w, Math.min(mid, mid - 42 * v), w - 6, Math.abs(42 * v));
      g.strokeStyle = ui.color(s === t ? "key" : "ink");
      g.lineWidth = s === t ? 3 : 1;
      g.strokeRect(44 + s * w, Math.min(mid, mid - 42 * v), w - 6, Math.abs(42 * v));
    });
  });
  function number(x) {
    return (x < 0 ? "\u2212" : "") + Math.abs(x).toFixed(4);
  }
  ui.paint = () => {
    const wide = Math.max(620, 80 + n * (BOX + GAP));
    const q = parts(t, unit);
    chain.paint(folded ? 620 : wide, TOP + BOX + 70);
    track.paint(Math.max(400, n * 48 + 70), 110);
    ui.say(
      "h" +
        (t + 1) +
        "[" +
        unit +
        "] = tanh( input \u201c" +
        p.tokens[t] +
        "\u201d " +
        number(q[0]) +
        "  +  last state " +
        number(q[1]) +
        "  +  bias " +
        number(q[2]) +
        " ) = " +
        (cover ? "?" : number(h(t, unit))),
    );
    ui.host.dataset.at = `${t},${unit}`;
    table.fill();
  };
  function step(by) {
    t = clamp(t + by, 0, n - 1);
    ui.paint();
  }
  function choose(u) {
    unit = clamp(u, 0, N - 1);
    units.set(unit);
    ui.paint();
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
  const units = ui.slider("Unit", 0, N - 1, 1, unit, choose);
  ui.save("rnn", chain);
  const table = ui.table("The unit as a table", () =>
    [["step", "token", "from input", "from last state", "bias", `h[${unit}]`]].concat(
      range(t + 1).map((s) => {
        const q = parts(s, unit);
        return [String(s + 1), p.tokens[s]].concat(
          q.map((x) => x.toFixed(4)),
          [cover && s === t ? "?" : h(s, unit).toFixed(6)],
        );
      }),
    ),
  );
  ui.keys = {
    "[": () => {
      choose(unit - 1);
    },
    "]": () => {
      choose(unit + 1);
    },
  };
  ui.helpText = "left, right step; up, down or [ ] unit; Space next step.";
  ui.free = () => {
    folded = false;
    fold.set(false);
  };
  ui.tour([
    {
      say: "Folded: one box that reads one token at a time. Its state, the coloured squares, goes round to the next step. Press \u201cNext step\u201d.",
      go: () => {
        folded = true;
        fold.set(true);
      },
    },
    {
      say: "Unrolled: the same box drawn once per token. The weights are the same in all boxes; only the state changes.",
      go: () => {
        folded = false;
        fold.set(false);
        t = Math.min(2, n - 1);
      },
    },
    {
      ask: "Below are the three sums of one unit. Predict: is its new value above or below 0?",
      go: () => {
        folded = false;
        fold.set(false);
        t = Math.min(3, n - 1);
        cover = true;
      },
      leave: () => {
        cover = false;
      },
      choices: () => ["above 0", "below 0"],
      answer: () => (h(t, unit) >= 0 ? 0 : 1),
      why: () =>
        `The sums add up to ${(Math.atanh(h(t, unit))).toFixed(3)}, and tanh keeps the sign: ${h(t, unit).toFixed(4)}.`,
    },
  ]);
}
