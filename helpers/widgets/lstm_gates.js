/* An LSTM over a text: gates, cell and state of one unit; a gate can be held at 0 or 1. */
function sigma(z) {
  return 1 / (1 + Math.exp(-z));
}
/* all gates, cells and states from zero; hold(gate, unit) is what holds a gate, if any */
function steps(data, hold) {
  const [n, C] = data.x.shape;
  const N = data.Wh.shape[1];
  let h = new Float64Array(N);
  let c = new Float64Array(N);
  return range(n).map((t) => {
    const step = range(6).map(() => new Float64Array(N));
    for (let u = 0; u < N; u++) {
      for (let k = 0; k < 4; k++) {
        const r = k * N + u;
        let z = data.b[r];
        for (let a = 0; a < C; a++) {
          z += data.Wx[r * C + a] * data.x[t * C + a];
        }
        for (let m = 0; m < N; m++) {
          z += data.Wh[r * N + m] * h[m];
        }
        step[k][u] = hold(k, u) ?? (k === 2 ? Math.tanh(z) : sigma(z));
      }
    }
    for (let u = 0; u < N; u++) {
      step[4][u] = step[1][u] * c[u] + step[0][u] * step[2][u];
      step[5][u] = step[3][u] * Math.tanh(step[4][u]);
    }
    c = step[4];
    h = step[5];
    return step;
  });
}

function draw(ui, data, p) {
  const n = p.tokens.length;
  const N = p.units;
  let unit = p.unit;
  let at = n - 1;
  let held = {};
  let whole = true;
  const NAMES = ["input i", "forget f", "candidate g", "output o", "cell c", "state h"];
  const KEYS = ["i", "f", "g", "o", "c", "h"];
  let now;
  function given(k, t, u) {
    return data.all[(k * n + t) * N + u];
  }
  function run() {
    return steps(data, (k, u) => (whole || u === unit ? held[k] : undefined));
  }
  function free() {
    return Object.keys(held).length === 0;
  }
  function value(k, t) {
    return free() ? given(k, t, unit) : now[t][k][unit];
  }
  now = run();
  let worst = 0;
  for (let t = 0; t < n; t++) {
    for (let k = 0; k < 6; k++) {
      for (let u = 0; u < N; u++) {
        worst = Math.max(worst, Math.abs(now[t][k][u] - given(k, t, u)));
      }
    }
  }
  ui.deviation("deviation", worst);
  /* which of two words would the model write next? */
  function lean(t) {
    let d = data.odds[N];
    const h = free() ? null : now[t][5];
    for (let u = 0; u < N; u++) {
      d += data.odds[u] * (h ? h[u] : given(5, t, u));
    }
    return sigma(d);
  }
  let LEFT = 150;
  let W = 84;
  const ROW = 40;
  const map = ui.canvas(
    "Gates, cell and state of one unit. Left and right move along the text, up and down choose the unit.",
    (g) => {
      g.font = "14px system-ui,sans-serif";
      range(n).forEach((t) => {
        g.textAlign = "center";
        g.fillStyle = ui.color(t === at ? "key" : "ink");
        g.font = `${t === at ? "bold " : ""}14px system-ui,sans-serif`;
        g.fillText(cut(p.tokens[t], 9), LEFT + (t + 0.5) * W, 14);
      });
      KEYS.forEach((_key, k) => {
        const y = 30 + k * ROW + (k > 3 ? 10 : 0);
        const sure = held[k] !== undefined;
        g.textAlign = "right";
        g.fillStyle = ui.color(sure ? "key" : "ink");
        g.font = `${sure ? "bold " : ""}14px system-ui,sans-serif`;
        g.fillText(NAMES[k] + (sure ? ` = ${held[k]}` : ""), LEFT - 8, y + ROW / 2);
        range(n).forEach((t) => {
          const v = value(k, t);
          const gate = k !== 2 && k < 4;
          let s = gate
            ? shade(WEIGHTS, v)
            : shade(SIGNS, 0.5 + v / 2 / (k === 4 ? p.reach : 1));
          if (ui.asking && k > 3 && t === at) {
            s = [128, 128, 128];
          }
          g.fillStyle = css(s);
          g.fillRect(LEFT + t * W + 1, y + 1, W - 2, ROW - 2);
          g.fillStyle = onto(s);
          g.textAlign = "center";
          g.font = "13px system-ui,sans-serif";
          g.fillText(
            ui.asking && k > 3 && t === at ? "?" : v.toFixed(2),
            LEFT + (t + 0.5) * W,
            y + ROW / 2,
          );
        });
      });
      if (p.words) {
        const y = 50 + 6 * ROW;
        g.textAlign = "right";
        g.fillStyle = ui.color("ink");
        const words = `\u201c${p.words[0]}\u201d, not \u201c${p.words[1]}\u201d`;
        g.fillText(trim(g, words, LEFT - 10), LEFT - 8, y + 16);
        range(n).forEach((t) => {
          const q = lean(t);
          g.strokeStyle = ui.color("line");
          g.lineWidth = 1;
          g.strokeRect(LEFT + t * W + 4, y, W - 8, 30);
          g.fillStyle = ui.color(q > 0.5 ? "query" : "key");
          g.fillRect(LEFT + t * W + 4, y + 30 - 30 * q, W - 8, 30 * q);
          g.textAlign = "center";
          g.fillStyle = ui.color("ink");
          g.fillText(q.toFixed(2), LEFT + (t + 0.5) * W, y + 42);
        });
      }
      g.strokeStyle = ui.color("key");
      g.lineWidth = 3;
      g.strokeRect(LEFT + at * W, 24, W, 6 * ROW + 16);
    },
    {
      move: (di, dj) => {
        if (di) {
          choose(unit + di);
        }
        if (dj) {
          go(at + dj);
          map.see(LEFT + at * W, W);
        }
      },
      mousemove: (x) => {
        go(Math.floor((x - LEFT) / W));
      },
      click: (x) => {
        go(Math.floor((x - LEFT) / W));
      },
    },
  );
  function go(t) {
    t = clamp(t, 0, n - 1);
    if (t !== at) {
      at = t;
      ui.paint();
    }
  }
  function choose(u) {
    unit = clamp(u, 0, N - 1);
    units.set(unit);
    if (!free()) {
      now = run();
    }
    ui.paint();
  }
  function num(x) {
    return (x < 0 ? "\u2212" : "") + Math.abs(x).toFixed(4);
  }
  ui.paint = () => {
    LEFT = ui.fit(0) < 620 ? 104 : 150;
    W = clamp(Math.floor((ui.fit(0) - LEFT - 4) / n), 46, 130);
    map.paint(LEFT + n * W + 4, (p.words ? 104 : 46) + 6 * ROW);
    const before = at ? value(4, at - 1) : 0;
    ui.say(
      "\u201c" +
        p.tokens[at] +
        "\u201d, unit " +
        unit +
        ": c = f\u00b7c + i\u00b7g = " +
        num(value(1, at)) +
        " \u00b7 " +
        num(before) +
        " + " +
        num(value(0, at)) +
        " \u00b7 " +
        num(value(2, at)) +
        " = " +
        (ui.asking ? "?" : num(value(4, at))) +
        (ui.asking ? "" : `;  h = o\u00b7tanh(c) = ${num(value(5, at))}`),
    );
    ui.host.dataset.at = `${at},${unit}`;
    ui.host.dataset.cell = ui.asking ? "" : value(4, at).toFixed(6);
    table.fill();
  };
  const units = ui.slider("Unit", 0, N - 1, 1, unit, choose);
  ["input", "forget", null, "output"].forEach((name, k) => {
    if (!name) {
      return;
    }
    ui.select(`Hold ${name}`, ["free", "0", "1"], (i) => {
      if (i) {
        held[k] = i - 1;
      } else {
        delete held[k];
      }
      now = run();
      ui.paint();
    });
  });
  ui.toggle("in all units", true, (on) => {
    whole = on;
    now = run();
    ui.paint();
  });
  ui.button("Reset", () => {
    held = {};
    now = run();
    ui.controls.querySelectorAll("select").forEach((s) => {
      s.value = 0;
    });
    ui.paint();
  });
  ui.save("lstm", map);
  const table = ui.table("The unit as a table", () =>
    [["token"].concat(KEYS)].concat(
      range(n).map((t) =>
        [p.tokens[t]].concat(
          KEYS.map((_, k) =>
            ui.asking && k > 3 && t === at ? "?" : value(k, t).toFixed(6),
          ),
        ),
      ),
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
  ui.helpText = "left, right token; up, down or [ ] unit.";
  ui.tour([
    {
      say:
        "One unit of an LSTM. The three gates lie between 0 (shut, dark) and 1 (open, " +
        "bright). The candidate g is what could be written into the cell.",
    },
    {
      ask:
        "Below stand the forget gate, the old cell, the input gate and the candidate. " +
        "Predict: does the cell grow or shrink at the marked token?",
      go: () => {
        at = Math.min(n - 1, 2);
      },
      choices: () => ["the cell goes up", "the cell goes down"],
      answer: () => (value(4, at) >= (at ? value(4, at - 1) : 0) ? 0 : 1),
      why: () =>
        `It goes from ${num(at ? value(4, at - 1) : 0)} to ${num(value(4, at))}.`,
    },
    {
      say:
        "Now hold a gate. \u201cHold forget\u201d at 0 wipes every " +
        "cell at every step; at 1, with \u201cHold input\u201d at 0, " +
        "nothing is ever written: the cells keep what they have.",
    },
  ]);
}
