/* Layers mixed with softmax weights; the neighbours of one word in context follow. */
function softmax(raw) {
  const top = Math.max(...raw);
  const e = raw.map((x) => Math.exp(x - top));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((x) => x / sum);
}
/* the layers (L, n, D), each times its share, summed, times gamma */
function blend(layers, shares, gamma) {
  const size = layers.length / shares.length;
  const out = new Float64Array(size);
  shares.forEach((share, l) => {
    for (let k = 0; k < size; k++) {
      out[k] += gamma * share * layers[l * size + k];
    }
  });
  return out;
}

function draw(ui, data, p) {
  const s = data.layers.shape;
  const L = s[0];
  const n = s[1];
  const D = s[2];
  const raw = range(L).map(() => 0);
  let gamma = 1;
  let at = p.first;
  let mixed;
  const K = Math.min(6, n - 1);
  function mix() {
    return blend(data.layers, softmax(raw), gamma);
  }
  mixed = mix();
  let worst = 0;
  for (let k = 0; k < n * D; k++) {
    worst = Math.max(worst, Math.abs(mixed[k] - data.uniform[k]));
  }
  ui.deviation("deviation", worst);
  function dot(i, j) {
    let x = 0;
    for (let d = 0; d < D; d++) {
      x += mixed[i * D + d] * mixed[j * D + d];
    }
    return x;
  }
  function cosine(i, j) {
    return dot(i, j) / Math.sqrt(dot(i, i) * dot(j, j) || 1);
  }
  function near(i) {
    return order(n, (j) => (j === i ? -9 : cosine(i, j))).slice(0, K);
  }
  /* share of occurrences whose nearest neighbour has the same sense; mean cosines */
  function score() {
    let right = 0;
    const same = [0, 0];
    const other = [0, 0];
    for (let i = 0; i < n; i++) {
      let best = -9;
      let who = -1;
      for (let j = 0; j < n; j++) {
        if (j === i) {
          continue;
        }
        const c = cosine(i, j);
        const to = p.senses[i] === p.senses[j] ? same : other;
        to[0] += c;
        to[1]++;
        if (c > best) {
          best = c;
          who = j;
        }
      }
      right += p.senses[who] === p.senses[i];
    }
    return {
      right: right / n,
      same: same[0] / (same[1] || 1),
      other: other[0] / (other[1] || 1),
    };
  }
  let W = 860;
  let name = 150; /* the room of the layers' names */
  let STEP = 28; /* a line each, or two where the room is narrow */
  const bars = ui.canvas("The weights of the layers", (g) => {
    const w = softmax(raw);
    g.font = "14px system-ui,sans-serif";
    range(L).forEach((l) => {
      const long = W - name - 96;
      g.textAlign = "right";
      g.fillStyle = ui.color("ink");
      g.fillText(trim(g, p.names[l], name - 4), name, 16 + l * 28);
      g.fillStyle = ui.color("query");
      g.fillRect(name + 8, 6 + l * 28, long * w[l], 20);
      g.strokeStyle = ui.color("line");
      g.strokeRect(name + 8, 6 + l * 28, long, 20);
      g.textAlign = "left";
      g.fillStyle = ui.color("ink");
      g.fillText(`s = ${w[l].toFixed(3)}`, name + 16 + long, 16 + l * 28);
    });
  });
  const list = ui.canvas(
    "The word in its sentence and its nearest occurrences. Up and down choose another occurrence.",
    (g) => {
      function line(i, y, color, note) {
        g.textAlign = "left";
        g.font = "bold 14px system-ui,sans-serif";
        g.fillStyle = ui.color(color);
        g.fillText(trim(g, p.senses[i], 156), 6, y);
        g.font = "14px system-ui,sans-serif";
        g.fillStyle = ui.color("ink");
        if (STEP > 28) {
          g.fillText(trim(g, p.texts[i], W - 20), 14, y + 20);
        } else {
          g.fillText(trim(g, p.texts[i], W - 250), 172, y);
        }
        g.textAlign = "right";
        g.fillText(note, W - 6, y);
      }
      g.fillStyle = ui.color("pale");
      g.fillRect(0, 2, W, STEP);
      line(at, 16, "query", "chosen");
      if (ui.asking) {
        g.textAlign = "left";
        g.fillText("? choose first", STEP > 28 ? 14 : 172, 22 + STEP);
        return;
      }
      near(at).forEach((j, k) => {
        const ok = p.senses[j] === p.senses[at];
        line(
          j,
          22 + (k + 1) * STEP,
          ok ? "good" : "key",
          (ok ? "\u2713 " : "\u2717 ") + cosine(at, j).toFixed(3),
        );
      });
    },
    {
      move: (di, dj) => {
        go(at + di + 5 * dj);
      },
      click: (_x, y) => {
        const k = Math.round((y - 22) / STEP) - 1;
        if (!ui.asking && k >= 0 && k < K) {
          go(near(at)[k]);
        }
      },
    },
  );
  function go(i) {
    at = (i + n) % n;
    ui.paint();
  }
  let board = null;
  ui.paint = () => {
    W = ui.fit(320, 1240);
    name = Math.min(150, 0.25 * W);
    STEP = W < 640 ? 48 : 28;
    bars.paint(W, 10 + L * 28);
    list.paint(W, 22 + (K + 1) * STEP);
    board = board || score();
    ui.say(
      ui.asking
        ? "Choose your answer above first."
        : `Nearest neighbour has the same sense: ${(100 * board.right).toFixed(0)} % of ${n}. ` +
            `Mean cosine, same sense ${board.same.toFixed(3)}, other ${board.other.toFixed(3)}.`,
    );
    ui.host.dataset.at = at;
    ui.host.dataset.right = ui.asking ? "" : board.right.toFixed(4);
    table.fill();
  };
  function redo() {
    mixed = mix();
    board = null;
    ui.paint();
  }
  const sliders = range(L).map((l) =>
    ui.slider(`w${l}`, -6, 6, 0.5, 0, (v) => {
      raw[l] = v;
      redo();
    }),
  );
  ui.slider("\u03b3", 0.1, 3, 0.1, 1, (v) => {
    gamma = v;
    redo();
  });
  range(L).forEach((l) => {
    ui.button(`Only ${p.names[l]}`, () => {
      range(L).forEach((k) => {
        raw[k] = k === l ? 6 : -6;
        sliders[k].set(raw[k]);
      });
      redo();
    });
  });
  ui.button("Even", () => {
    range(L).forEach((k) => {
      raw[k] = 0;
      sliders[k].set(0);
    });
    redo();
  });
  ui.save("layers", list);
  const table = ui.table("The mixed vector as a table", () =>
    [["dimension", "value"]].concat(
      range(D).map((d) => [String(d), mixed[at * D + d].toFixed(6)]),
    ),
  );
  ui.table("All occurrences", () =>
    [["sense", "sentence"]].concat(range(n).map((i) => [p.senses[i], p.texts[i]])),
  );
  ui.helpText = "up, down another occurrence.";
  function only(l) {
    range(L).forEach((k) => {
      raw[k] = k === l ? 20 : -20;
    });
    mixed = mix();
    const r = score().right;
    range(L).forEach((k) => {
      raw[k] = 0;
    });
    mixed = mix();
    return r;
  }
  ui.tour([
    {
      say:
        "Each line is one occurrence of an ambiguous word. Its vector is " +
        "a mix of layers: s = softmax(w), times \u03b3. The lines below " +
        "it are its nearest occurrences; \u2713 means the same sense.",
    },
    {
      ask: "Predict: with the token layer alone, how many nearest neighbours have the right sense?",
      choices: () => ["about as many as by chance", "nearly all"],
      answer: () => (only(0) > 0.9 ? 1 : 0),
      why: () =>
        `Token layer alone: ${(100 * only(0)).toFixed(0)} %; top layer alone: ${(100 * only(L - 1)).toFixed(0)} %.`,
    },
    {
      say:
        "Move the sliders. \u03b3 makes all vectors longer: does any " +
        "neighbour change? Then give one layer all the weight.",
    },
  ]);
}
