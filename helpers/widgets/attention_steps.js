/* One query of one head, from scores to the new vector, with its numbers. */
function draw(ui, data, p) {
  const n = p.tokens.length;
  const d = data.q.shape[1];
  const dv = data.v.shape[1];
  let at = p.query;
  let stage = 0;
  let root = true;
  let masked = true;
  let heat = 1;
  let dropped = {};
  let cover = false;
  const NAMES = [
    "q\u00b7k",
    "\u00f7 \u221ad",
    "mask",
    "softmax",
    "weight \u00d7 v, summed",
  ];
  function dot(i, j) {
    let s = 0;
    for (let c = 0; c < d; c++) {
      s += data.q[i * d + c] * data.k[j * d + c];
    }
    return s;
  }
  function allowed(i, j) {
    return !dropped[j] && (!masked || !data.mask || data.mask[i * n + j] > 0.5);
  }
  function run(i) {
    const scores = range(n).map((j) => dot(i, j));
    const scaled = scores.map((s) => s / (root ? Math.sqrt(d) : 1) / heat);
    const open = scaled.map((s, j) => (allowed(i, j) ? s : -Infinity));
    const top = Math.max.apply(null, open);
    const e = open.map((s) => (top === -Infinity ? 0 : Math.exp(s - top)));
    const sum = e.reduce((a, b) => a + b, 0);
    const w = e.map((x) => (sum ? x / sum : 0));
    const out = range(dv).map((c) =>
      w.reduce((s, x, j) => s + x * data.v[j * dv + c], 0),
    );
    return { scores: scores, scaled: scaled, open: open, weights: w, out: out };
  }
  /* what we compute here against what Python computed */
  let worst = 0;
  range(n).forEach((i) => {
    const r = run(i);
    range(n).forEach((j) => {
      worst = Math.max(
        worst,
        Math.abs(r.scores[j] - data.scores[i * n + j]),
        Math.abs(r.weights[j] - data.weights[i * n + j]),
      );
    });
    r.out.forEach((x, c) => {
      worst = Math.max(worst, Math.abs(x - data.out[i * dv + c]));
    });
  });
  ui.deviation("deviation", worst);

  const reach =
    Math.max.apply(
      null,
      Array.from(data.v).concat(Array.from(data.q), Array.from(data.k)).map(Math.abs),
    ) || 1;
  function strip(g, x, y, w, h, from, i, width, by) {
    for (let c = 0; c < width; c++) {
      const s = shade(SIGNS, 0.5 + (0.5 * by * from[i * width + c]) / reach);
      g.fillStyle = css(s);
      g.fillRect(x + (c * w) / width, y, w / width - 0.5, h);
    }
    g.strokeStyle = ui.color("line");
    g.lineWidth = 1;
    g.strokeRect(x, y, w, h);
  }
  const ROW = 30;
  const TOP = 74;
  const X = { key: 8, k: 100, col: [212, 298, 384, 474], v: 640, wv: 740 };
  function show(x, y, value, g, on, color) {
    g.fillStyle = ui.color(on ? color || "ink" : "line");
    g.textAlign = "right";
    g.fillText(
      !on ? "\u00b7" : value === -Infinity ? "\u2212\u221e" : value.toFixed(3),
      x + 62,
      y,
    );
  }
  const picture = ui.canvas(
    "Keys as rows, the five steps as columns. Up and down choose the query, Space shows the next step.",
    (g, c) => {
      const r = run(at);
      const best = order(n, (j) => r.weights[j])[0];
      g.fillStyle = ui.color("query");
      g.textAlign = "left";
      g.font = "bold 15px system-ui,sans-serif";
      g.fillText(`query: ${cut(p.tokens[at], 12)}`, 8, 16);
      strip(g, 150, 6, 100, 20, data.q, at, d, 1);
      g.font = "13px system-ui,sans-serif";
      g.fillStyle = ui.color("key");
      g.fillText("key", X.key, 56);
      g.fillText("k", X.k, 56);
      g.fillStyle = ui.color("ink");
      g.textAlign = "right";
      [NAMES[0], root ? NAMES[1] : "(no \u221ad)", NAMES[2], NAMES[3]].forEach(
        (t, s) => {
          g.font = `${s < stage ? "bold " : ""}13px system-ui,sans-serif`;
          g.fillText(`${s + 1} ${t}`, X.col[s] + 62, 56);
        },
      );
      g.font = `${stage > 4 ? "bold " : ""}13px system-ui,sans-serif`;
      g.textAlign = "left";
      g.fillText("v", X.v, 56);
      g.fillText("5 weight \u00d7 v", X.wv, 56);
      g.font = "13px system-ui,sans-serif";
      range(n).forEach((j) => {
        const y = TOP + j * ROW;
        const mid = y + 10;
        const off = r.open[j] === -Infinity;
        g.textAlign = "left";
        g.fillStyle = ui.color(off ? "soft" : "key");
        g.fillText(cut(p.tokens[j], 11) + (dropped[j] ? " \u2715" : ""), X.key, mid);
        strip(g, X.k, y, 90, 20, data.k, j, d, 1);
        show(X.col[0], mid, r.scores[j], g, stage > 0);
        show(X.col[1], mid, r.scaled[j], g, stage > 1);
        show(X.col[2], mid, r.open[j], g, stage > 2);
        show(X.col[3], mid, r.weights[j], g, stage > 3 && !cover, "query");
        if (stage > 3 && !cover) {
          g.fillStyle = ui.color(j === best ? "key" : "query");
          g.fillRect(X.col[3] + 70, y + 3, 78 * r.weights[j], 14);
          g.strokeStyle = ui.color("line");
          g.strokeRect(X.col[3] + 70, y + 3, 78, 14);
        }
        strip(g, X.v, y, 84, 20, data.v, j, dv, 1);
        if (stage > 4) {
          strip(g, X.wv, y, 84, 20, data.v, j, dv, r.weights[j]);
        }
      });
      const y = TOP + n * ROW + 10;
      g.textAlign = "right";
      g.fillStyle = ui.color("good");
      g.font = "bold 14px system-ui,sans-serif";
      g.fillText(
        `new vector of \u201c${cut(p.tokens[at], 12)}\u201d = sum`,
        X.wv - 10,
        y + 11,
      );
      if (stage > 4) {
        strip(g, X.wv, y, 84, 22, r.out, 0, dv, 1);
      }
      c.last = r;
    },
    {
      move: (di) => {
        choose(at + di);
      },
      lock: () => {
        step(1);
      },
      click: (_x, y) => {
        const j = Math.floor((y - TOP) / ROW);
        if (j >= 0 && j < n) {
          choose(j);
        }
      },
    },
  );
  function choose(i) {
    at = clamp(i, 0, n - 1);
    query.value = at;
    ui.paint();
  }
  function step(by) {
    stage = clamp(stage + by, 0, 5);
    ui.paint();
  }
  ui.paint = () => {
    picture.paint(X.wv + 96, TOP + n * ROW + 44);
    const r = picture.last;
    const best = order(n, (j) => r.weights[j])[0];
    const shut = range(n).filter((j) => r.open[j] === -Infinity).length;
    const texts = [
      `Step 0: the query \u201c${p.tokens[at]}\u201d meets ${n} keys.`,
      "1: each score is the dot product of query and key.",
      root
        ? `2: divided by \u221a${d} = ${Math.sqrt(d).toFixed(3)}${heat === 1 ? "." : ` and by the temperature ${heat}.`}`
        : "2: not divided by \u221ad.",
      `3: ${shut} of ${n} keys are masked: their score becomes \u2212\u221e.`,
      cover
        ? "4: choose your answer above first."
        : `4: softmax makes the scores sum to 1: most on \u201c${p.tokens[best]}\u201d, ${r.weights[best].toFixed(4)}.`,
      `5: the new vector of \u201c${p.tokens[at]}\u201d is the sum of all v, each times its weight.`,
    ];
    ui.say(
      shut === n
        ? "Every key is masked: the query may look nowhere, so there is no answer. Bring a token back."
        : texts[stage],
    );
    table.fill();
    ui.host.dataset.stage = stage;
    ui.host.dataset.query = at;
  };
  ui.button("Step back", () => {
    step(-1);
  });
  ui.button("Next step", () => {
    step(1);
  });
  const query = ui.select("Query", p.tokens, choose);
  query.value = at;
  ui.toggle("Divide by \u221ad", true, (on) => {
    root = on;
    ui.paint();
  });
  if (data.mask) {
    ui.toggle("Mask", true, (on) => {
      masked = on;
      ui.paint();
    });
  }
  ui.slider("Temperature", 0.1, 4, 0.1, 1, (t) => {
    heat = t;
    ui.paint();
  });
  ui.select("Drop key", ["none"].concat(p.tokens), (j) => {
    dropped = {};
    if (j) {
      dropped[j - 1] = true;
    }
    ui.paint();
  });
  ui.save("attention_steps", picture);
  const table = ui.table("The steps as a table", () => {
    const r = run(at);
    return [["key", "q\u00b7k", "scaled", "masked", "weight"]]
      .concat(
        range(n).map((j) => [
          p.tokens[j],
          r.scores[j].toFixed(4),
          r.scaled[j].toFixed(4),
          r.open[j] === -Infinity ? "\u2212\u221e" : r.open[j].toFixed(4),
          cover ? "?" : r.weights[j].toFixed(6),
        ]),
      )
      .concat(
        cover
          ? []
          : [
              ["new vector"].concat([
                r.out.map((x) => x.toFixed(4)).join(" "),
                "",
                "",
                "",
              ]),
            ],
      );
  });
  ui.helpText = "up, down query; Space next step.";
  function three() {
    const r = run(at);
    const best = order(n, (j) => r.weights[j]);
    return [best[0], best[Math.min(n - 1, 1)], best[n - 1]]
      .filter((x, i, a) => a.indexOf(x) === i)
      .sort((a, b) => a - b);
  }
  function winner() {
    const r = run(at);
    return order(n, (j) => r.weights[j])[0];
  }
  ui.free = () => {
    stage = 5;
  };
  ui.tour([
    {
      say: "One token asks: its query is a vector q. Each token offers a key k and a value v. Orange numbers are positive, blue ones negative.",
      go: () => {
        stage = 0;
      },
    },
    {
      say: "Step 1: how well does each key fit the query? The dot product q\u00b7k. Step 2 divides by \u221ad, so that long vectors do not make the scores large.",
      go: () => {
        stage = 2;
      },
    },
    {
      ask: "Step 3 hides masked keys, step 4 is the softmax. Predict: which key gets the greatest weight?",
      go: () => {
        stage = 4;
        cover = true;
      },
      leave: () => {
        cover = false;
      },
      choices: () => three().map((j) => `${p.tokens[j]} (position ${j})`),
      answer: () => three().indexOf(winner()),
      why: () =>
        `Its score is the greatest that is not masked; the softmax keeps the order: weight ${run(at).weights[winner()].toFixed(3)}.`,
    },
    {
      say: "Step 5: each value is multiplied by its weight, and all are added. That sum is the new vector. Try: turn \u201cDivide by \u221ad\u201d off, or drop a key.",
      go: () => {
        stage = 5;
      },
    },
  ]);
}
