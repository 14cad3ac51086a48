/* One query of one head, from scores to the new vector, with its numbers. */
function attend(data, i, how) {
  const [n, d] = data.k.shape;
  const dv = data.v.shape[1];
  const scores = range(n).map((j) =>
    range(d).reduce((s, c) => s + data.q[i * d + c] * data.k[j * d + c], 0),
  );
  const scaled = scores.map((s) => s / how.divisor);
  const open = scaled.map((s, j) => (how.allowed(j) ? s : -Infinity));
  const top = Math.max(...open);
  const e = open.map((s) => (top === -Infinity ? 0 : Math.exp(s - top)));
  const sum = e.reduce((a, b) => a + b, 0);
  const weights = e.map((x) => (sum ? x / sum : 0));
  const out = range(dv).map((c) =>
    weights.reduce((s, x, j) => s + x * data.v[j * dv + c], 0),
  );
  return { scores, scaled, open, weights, out };
}

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
  const NAMES = [
    "q\u00b7k",
    "\u00f7 \u221ad",
    "mask",
    "softmax",
    "weight \u00d7 v, summed",
  ];
  function allowed(i, j) {
    return !dropped[j] && (!masked || !data.mask || data.mask[i * n + j] > 0.5);
  }
  function run(i) {
    return attend(data, i, {
      divisor: (root ? Math.sqrt(d) : 1) * heat,
      allowed: (j) => allowed(i, j),
    });
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
  /* names and numbers have their width; strips and bars share the rest of the room */
  let X;
  function arrange() {
    const w = ui.fit(660, 1240);
    const rest = w - 470;
    const long = Math.floor(0.26 * rest);
    const bar = Math.floor(0.22 * rest);
    const from = 110 + long;
    const col = [0, 1, 2, 3].map((i) => from + 78 * i);
    const v = col[3] + 80 + bar;
    X = { key: 8, k: 100, col, v, wv: v + long + 10, long, bar, w };
  }
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
      strip(g, 170, 6, X.long, 20, data.q, at, d, 1);
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
      g.textAlign = "right";
      g.fillText("5 weight \u00d7 v", X.wv + X.long, 56);
      g.font = "13px system-ui,sans-serif";
      range(n).forEach((j) => {
        const y = TOP + j * ROW;
        const mid = y + 10;
        const off = r.open[j] === -Infinity;
        g.textAlign = "left";
        g.fillStyle = ui.color(off ? "soft" : "key");
        g.fillText(cut(p.tokens[j], 11) + (dropped[j] ? " \u2715" : ""), X.key, mid);
        strip(g, X.k, y, X.long, 20, data.k, j, d, 1);
        show(X.col[0], mid, r.scores[j], g, stage > 0);
        show(X.col[1], mid, r.scaled[j], g, stage > 1);
        show(X.col[2], mid, r.open[j], g, stage > 2);
        show(X.col[3], mid, r.weights[j], g, stage > 3 && !ui.asking, "query");
        if (stage > 3 && !ui.asking) {
          g.fillStyle = ui.color(j === best ? "key" : "query");
          g.fillRect(X.col[3] + 70, y + 3, X.bar * r.weights[j], 14);
          g.strokeStyle = ui.color("line");
          g.strokeRect(X.col[3] + 70, y + 3, X.bar, 14);
        }
        strip(g, X.v, y, X.long, 20, data.v, j, dv, 1);
        if (stage > 4) {
          strip(g, X.wv, y, X.long, 20, data.v, j, dv, r.weights[j]);
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
        strip(g, X.wv, y, X.long, 22, r.out, 0, dv, 1);
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
    arrange();
    picture.paint(X.w, TOP + n * ROW + 44);
    const r = picture.last;
    const best = order(n, (j) => r.weights[j])[0];
    const shut = range(n).filter((j) => r.open[j] === -Infinity).length;
    const warmth = heat === 1 ? "" : ` and by the temperature ${heat}`;
    const texts = [
      `Step 0: the query \u201c${p.tokens[at]}\u201d meets ${n} keys.`,
      "1: each score is the dot product of query and key.",
      root
        ? `2: divided by \u221a${d} = ${Math.sqrt(d).toFixed(3)}${warmth}.`
        : "2: not divided by \u221ad.",
      `3: ${shut} of ${n} keys are masked: their score becomes \u2212\u221e.`,
      ui.asking
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
          ui.asking ? "?" : r.weights[j].toFixed(6),
        ]),
      )
      .concat(
        ui.asking
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
      say:
        "One token asks: its query is a vector q. Each token offers a key " +
        "k and a value v. Orange numbers are positive, blue ones negative.",
      go: () => {
        stage = 0;
      },
    },
    {
      say:
        "Step 1: how well does each key fit the query? The dot product q\u00b7k. Step " +
        "2 divides by \u221ad, so that long vectors do not make the scores large.",
      go: () => {
        stage = 2;
      },
    },
    {
      ask: "Step 3 hides masked keys, step 4 is the softmax. Predict: which key gets the greatest weight?",
      go: () => {
        stage = 4;
      },
      choices: () => three().map((j) => `${p.tokens[j]} (position ${j})`),
      answer: () => three().indexOf(winner()),
      why: () => {
        const weight = run(at).weights[winner()].toFixed(3);
        return `Its score is the greatest that is not masked, and softmax keeps the order: weight ${weight}.`;
      },
    },
    {
      say:
        "Step 5: each value is multiplied by its weight, and all are added. That sum is " +
        "the new vector. Try: turn \u201cDivide by \u221ad\u201d off, or drop a key.",
      go: () => {
        stage = 5;
      },
    },
  ]);
}
