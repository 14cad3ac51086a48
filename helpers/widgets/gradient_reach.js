/* How far gradients reach back, by cell and scale of the recurrent weights. */
/* ten to the power of x, the power raised */
function power(x) {
  const raised = {
    "-": "\u207b",
    ".": "\u00b7",
    1: "\u00b9",
    2: "\u00b2",
    3: "\u00b3",
  };
  return `10${Array.from(String(x), (c) => raised[c] || String.fromCharCode(0x2070 + Number(c))).join("")}`;
}

function draw(ui, data, p) {
  const names = p.names;
  const S = p.scales.length;
  const n = p.tokens.length;
  let scale = p.scale;
  let at = Math.min(5, n - 1);
  let cell = names.length - 1;
  const COLOR = ["query", "key", "good", "ink"];
  const DASH = [[], [8, 4], [2, 4], [10, 3, 2, 3]];
  let W = 620;
  const H = 300;
  const LEFT = 62;
  function reach(k, back) {
    return data.reach[(k * S + scale) * n + back];
  }
  let lo = 0;
  let hi = 0;
  data.reach.forEach((v) => {
    lo = Math.min(lo, v);
    hi = Math.max(hi, v);
  });
  lo = Math.max(lo, -14);
  hi = Math.min(hi, 12);
  function X(back) {
    return LEFT + (back / Math.max(1, n - 1)) * (W - LEFT - 20);
  }
  function Y(v) {
    return 14 + ((hi - clamp(v, lo, hi)) / (hi - lo || 1)) * (H - 56);
  }
  function show(v) {
    return v > -4 && v < 5
      ? String(Number((10 ** v).toPrecision(3)))
      : power(v.toFixed(1));
  }
  const chart = ui.canvas(
    "Size of the gradient by distance, on a logarithmic axis. " +
      "Left and right choose the distance, up and down the cell.",
    (g) => {
      g.strokeStyle = ui.color("line");
      g.lineWidth = 1;
      g.strokeRect(LEFT, 14, W - LEFT - 20, H - 56);
      g.fillStyle = ui.color("soft");
      g.textAlign = "right";
      for (
        let v = Math.ceil(lo);
        v <= hi;
        v += Math.max(1, Math.round((hi - lo) / 6))
      ) {
        g.fillText(power(v), LEFT - 6, Y(v));
      }
      g.textAlign = "left";
      g.fillText("0", LEFT, H - 28);
      g.textAlign = "right";
      g.fillText(`${n - 1} steps back`, W - 20, H - 28);
      names.forEach((_name, k) => {
        if (ui.asking && k > 0) {
          return;
        }
        g.strokeStyle = g.fillStyle = ui.color(COLOR[k % 4]);
        g.setLineDash(DASH[k % 4]);
        g.lineWidth = k === cell ? 5 : 2.5;
        g.beginPath();
        range(n).forEach((b) => {
          if (b) {
            g.lineTo(X(b), Y(reach(k, b)));
          } else {
            g.moveTo(X(b), Y(reach(k, b)));
          }
        });
        g.stroke();
        g.setLineDash([]);
        g.beginPath();
        g.arc(X(at), Y(reach(k, at)), k === cell ? 7 : 4, 0, 6.2832);
        g.fill();
      });
      const each = Math.min(180, (W - 8) / names.length);
      names.forEach((name, k) => {
        const x = 4 + k * each;
        g.fillStyle = ui.color(COLOR[k % 4]);
        g.textAlign = "left";
        g.font = `${k === cell ? "bold " : ""}14px system-ui,sans-serif`;
        g.strokeStyle = g.fillStyle;
        g.setLineDash(DASH[k % 4]);
        g.lineWidth = 3;
        g.beginPath();
        g.moveTo(x, H - 8);
        g.lineTo(x + 26, H - 8);
        g.stroke();
        g.setLineDash([]);
        g.fillText(trim(g, name, each - 38), x + 31, H - 8);
      });
      g.strokeStyle = ui.color("ink");
      g.lineWidth = 1;
      g.setLineDash([3, 3]);
      g.beginPath();
      g.moveTo(X(at), 14);
      g.lineTo(X(at), H - 42);
      g.stroke();
      g.setLineDash([]);
    },
    {
      mousemove: (x) => {
        go(Math.round(((x - LEFT) / (W - LEFT - 20)) * (n - 1)));
      },
      move: (di, dj) => {
        if (di) {
          cell = (cell + di + names.length) % names.length;
          ui.paint();
        }
        if (dj) {
          go(at + dj);
        }
      },
    },
  );
  /* the text, each token as bright as its share of the gradient at the last one */
  const line = ui.canvas(
    "The text: the brighter a token, the more the last state depends on it",
    (g, c) => {
      place(g, c.w).forEach(([x, y, w], t) => {
        const back = n - 1 - t;
        const v = reach(cell, back);
        const s = shade(WEIGHTS, clamp(1 + v / 4, 0, 1));
        g.fillStyle = ui.asking ? ui.color("pale") : css(s);
        g.fillRect(x, y - 13, w - 4, 26);
        if (back === at) {
          g.strokeStyle = ui.color("key");
          g.lineWidth = 3;
          g.strokeRect(x, y - 13, w - 4, 26);
        }
        g.fillStyle = ui.asking ? ui.color("ink") : onto(s);
        g.textAlign = "center";
        g.font = "14px system-ui,sans-serif";
        g.fillText(cut(p.tokens[t], 12), x + w / 2 - 2, y);
      });
    },
  );
  /* where each token stands: left, middle, width */
  function place(g, room) {
    let x = 8;
    let y = 20;
    g.font = "14px system-ui,sans-serif";
    return p.tokens.map((token) => {
      const w = Math.ceil(g.measureText(cut(token, 12)).width) + 16;
      if (x + w > room && x > 8) {
        x = 8;
        y += 34;
      }
      x += w;
      return [x - w, y, w];
    });
  }
  function go(b) {
    b = clamp(b, 0, n - 1);
    if (b !== at) {
      at = b;
      ui.paint();
    }
  }
  ui.paint = () => {
    W = ui.fit(320, 1240);
    chart.paint(W, H);
    line.paint(W, place(line.node.getContext("2d"), W)[n - 1][1] + 20);
    ui.say(
      `${at} steps back, at \u201c${p.tokens[n - 1 - at]}\u201d: ` +
        `${names.map((name, k) => [name, ui.asking && k ? "?" : show(reach(k, at))].join(" ")).join(", ")}`,
    );
    ui.host.dataset.at = [scale, at, cell].join();
    table.fill();
  };
  if (S > 1) {
    ui.select("Scale of the recurrent weights", p.scales, (s) => {
      scale = s;
      ui.paint();
    }).value = scale;
  }
  ui.select("Cell", names, (k) => {
    cell = k;
    ui.paint();
  }).value = cell;
  ui.save("reach", chart);
  const table = ui.table("The curves as a table", () =>
    [["steps back"].concat(names, "token")].concat(
      range(n).map((b) =>
        [String(b)].concat(
          names.map((_, k) => (ui.asking && k ? "?" : reach(k, b).toFixed(4))),
          p.tokens[n - 1 - b],
        ),
      ),
    ),
  );
  ui.helpText =
    "left, right distance; up, down cell. The table gives logarithms to base 10.";
  function best() {
    return order(names.length, (k) => reach(k, n - 1))[0];
  }
  ui.tour([
    {
      say:
        "How much does the last state depend on the state some steps before? A value of 1 " +
        "means: a small change arrives in full. Each step down is a tenth of the gradient.",
    },
    {
      ask: "You see the first curve only. Predict: which of the cells reaches back furthest?",
      go: () => {
        cell = 0;
      },
      choices: () => names.slice(),
      answer: best,
      why: () =>
        `At ${n - 1} steps: ${names.map((name, k) => [name, show(reach(k, n - 1))].join(" ")).join(", ")}.`,
    },
    {
      say:
        "Below, the text itself: the brighter a token, the more of it still arrives at " +
        "the end. Change the scale of the recurrent weights: which curve moves least?",
    },
  ]);
}
