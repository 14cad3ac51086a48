/* Sinusoidal positions: curves, heat map, dot products by distance, rotation dials. */
function draw(ui, data, p) {
  let d = p.d;
  let base = p.base;
  let at = 10;
  let shift = 5;
  const n = p.n;
  let learned = false;
  let pair = 0;
  let cover = false;
  let PE;
  function omega(i) {
    return base ** ((-2 * i) / d);
  }
  function compute() {
    PE = new Float64Array(n * d);
    if (learned) {
      for (let k = 0; k < n * d; k++) {
        PE[k] = data.learned[k];
      }
      return;
    }
    for (let t = 0; t < n; t++) {
      for (let i = 0; i < d / 2; i++) {
        PE[t * d + 2 * i] = Math.sin(t * omega(i));
        PE[t * d + 2 * i + 1] = Math.cos(t * omega(i));
      }
    }
  }
  function dot(a, b) {
    let s = 0;
    for (let c = 0; c < d; c++) {
      s += PE[a * d + c] * PE[b * d + c];
    }
    return s;
  }
  /* at one distance all dot products are equal; a rotation by k maps PE(t) to PE(t + k) */
  function identities() {
    let spread = 0;
    let turn = 0;
    const k = Math.min(shift, n - 1);
    for (let t = 0; t + k < n; t++) {
      spread = Math.max(spread, Math.abs(dot(t, t + k) - dot(0, k)));
      for (let i = 0; i < d / 2; i++) {
        const a = k * omega(i);
        const s = PE[t * d + 2 * i];
        const c = PE[t * d + 2 * i + 1];
        const u = (t + k) * d + 2 * i;
        turn = Math.max(
          turn,
          Math.abs(s * Math.cos(a) + c * Math.sin(a) - PE[u]),
          Math.abs(c * Math.cos(a) - s * Math.sin(a) - PE[u + 1]),
        );
      }
    }
    ui.deviation("dotspread", spread);
    ui.deviation("rotation", turn);
    return [spread, turn];
  }
  compute();
  let worst = 0;
  for (let k = 0; k < n * d; k++) {
    worst = Math.max(worst, Math.abs(PE[k] - data.table[k]));
  }
  ui.deviation("deviation", worst);

  const W = 450;
  const HT = 190;
  const LEFT = 44;
  function X(t) {
    return LEFT + (t / (n - 1)) * (W - LEFT - 12);
  }
  function axes(g, title, low, high, xlabel) {
    g.strokeStyle = ui.color("line");
    g.lineWidth = 1;
    g.strokeRect(LEFT, 24, W - LEFT - 12, HT - 52);
    g.fillStyle = ui.color("ink");
    g.textAlign = "left";
    g.font = "bold 14px system-ui,sans-serif";
    g.fillText(title, LEFT, 11);
    g.font = "13px system-ui,sans-serif";
    g.fillStyle = ui.color("soft");
    g.fillText(xlabel, LEFT, HT - 9);
    g.textAlign = "right";
    g.fillText(high, LEFT - 4, 30);
    g.fillText(low, LEFT - 4, HT - 34);
    if (xlabel === "position") {
      g.fillText(n - 1, W - 12, HT - 9);
    }
  }
  function line(g, value, lo, hi, color, dash, wide) {
    g.beginPath();
    g.strokeStyle = color;
    g.setLineDash(dash);
    g.lineWidth = wide;
    g.lineJoin = "round";
    for (let t = 0; t < n; t++) {
      const y = 24 + (1 - (value(t) - lo) / (hi - lo)) * (HT - 52);
      if (t) {
        g.lineTo(X(t), y);
      } else {
        g.moveTo(X(t), y);
      }
    }
    g.stroke();
    g.setLineDash([]);
  }
  function mark(g, t, color) {
    g.strokeStyle = color;
    g.lineWidth = 2;
    g.beginPath();
    g.moveTo(X(t), 24);
    g.lineTo(X(t), HT - 28);
    g.stroke();
  }
  function top() {
    let m = 1e-9;
    for (let k = 0; k < n * d; k++) {
      m = Math.max(m, Math.abs(PE[k]));
    }
    return m;
  }
  const hit = {
    mousemove: (x) => {
      move(Math.round(((x - LEFT) / (W - LEFT - 12)) * (n - 1)));
    },
    move: (di, dj) => {
      if (di) {
        pair = clamp(pair - di, 0, d / 2 - 1);
      }
      move(at + dj);
    },
  };
  function move(t) {
    at = clamp(t, 0, n - 1);
    where.set(at);
    ui.paint();
  }
  const curves = ui.canvas(
    "Two dimensions over the positions. Left and right move the position, up and down the pair.",
    (g) => {
      const m = top();
      axes(
        g,
        `Dimensions ${2 * pair} and ${2 * pair + 1} over positions`,
        -m.toFixed(1),
        m.toFixed(1),
        "position",
      );
      line(g, (t) => PE[t * d + 2 * pair], -m, m, ui.color("query"), [], 3);
      line(g, (t) => PE[t * d + 2 * pair + 1], -m, m, ui.color("key"), [7, 4], 3);
      mark(g, at, ui.color("ink"));
    },
    hit,
  );
  const map = ui.canvas(
    "Heat map: positions from left to right, dimensions from top to bottom",
    (g) => {
      axes(g, `All ${d} dimensions`, d - 1, 0, "position");
      const m = top();
      const h = (HT - 52) / d;
      g.drawImage(
        image(d, n, (c, t) => PE[t * d + c], SIGNS, -m, m),
        LEFT,
        24,
        W - LEFT - 12,
        HT - 52,
      );
      g.lineWidth = 2;
      g.strokeStyle = ui.color("ink");
      g.strokeRect(LEFT, 24 + 2 * pair * h, W - LEFT - 12, 2 * h);
      mark(g, at, ui.color("key"));
    },
    hit,
  );
  const dots = ui.canvas(
    "Dot product of the position with all others",
    (g, _c) => {
      let hi = dot(0, 0);
      let lo = 1e9;
      for (let t = 0; t < n; t++) {
        hi = Math.max(hi, dot(at, t));
        lo = Math.min(lo, dot(at, t));
      }
      axes(
        g,
        `Dot product of position ${at} with every position`,
        lo.toFixed(1),
        hi.toFixed(1),
        "position",
      );
      if (cover) {
        g.fillStyle = ui.color("ink");
        g.fillText("? choose first", W / 2, HT / 2);
        return;
      }
      line(g, (t) => dot(at, t), lo, hi, ui.color("good"), [], 3);
      mark(g, at, ui.color("key"));
      if (at + shift < n) {
        mark(g, at + shift, ui.color("query"));
      }
    },
    hit,
  );
  const dials = ui.canvas(
    "One dial per pair: the angle of the position and of the shifted one",
    (g) => {
      const many = Math.min(d / 2, 6);
      const r = 29;
      axes(
        g,
        learned
          ? "No dials: learned positions do not turn"
          : `Dials: position ${at}, and ${shift} on`,
        "",
        "",
        "pair of dimensions: the first turns fastest",
      );
      if (learned) {
        return;
      }
      range(many).forEach((q) => {
        const i = Math.round((q * (d / 2 - 1)) / Math.max(1, many - 1));
        const x = LEFT + 34 + q * 65;
        const y = 84;
        g.strokeStyle = ui.color("line");
        g.lineWidth = 1;
        g.beginPath();
        g.arc(x, y, r, 0, 6.2832);
        g.stroke();
        [
          [at, "key", [], 4],
          [at + shift, "query", [5, 3], 3],
        ].forEach((h) => {
          const a = h[0] * omega(i);
          g.strokeStyle = ui.color(h[1]);
          g.lineWidth = h[3];
          g.setLineDash(h[2]);
          g.beginPath();
          g.moveTo(x, y);
          g.lineTo(x + r * Math.sin(a), y - r * Math.cos(a));
          g.stroke();
          g.setLineDash([]);
        });
        g.fillStyle = ui.color("ink");
        g.textAlign = "center";
        g.fillText(`${2 * i}, ${2 * i + 1}`, x, y + r + 14);
      });
    },
  );
  ui.paint = () => {
    [curves, map, dots, dials].forEach((c) => {
      c.paint(W, HT);
    });
    const id = identities();
    ui.say(
      cover
        ? "Choose your answer above first."
        : "position " +
            at +
            ", shift " +
            shift +
            ": dot product " +
            (at + shift < n ? dot(at, at + shift).toFixed(4) : "\u2013") +
            "; over all positions at this distance it varies by " +
            id[0].toExponential(1) +
            (learned
              ? "."
              : `; rotating by the shift misses by ${id[1].toExponential(1)}.`),
    );
    table.fill();
  };
  function redo() {
    pair = clamp(pair, 0, d / 2 - 1);
    compute();
    ui.paint();
  }
  const sizes = [4, 8, 16, 32, 64, 128].filter((x) => x <= 128);
  const bases = [10, 100, 1000, 10000];
  const size = ui.select("d", sizes, (i) => {
    d = sizes[i];
    redo();
  });
  size.value = sizes.indexOf(d);
  const bs = ui.select("Base", bases, (i) => {
    base = bases[i];
    redo();
  });
  bs.value = bases.indexOf(base);
  const where = ui.slider("Position", 0, n - 1, 1, at, move);
  ui.slider("Shift", 1, Math.floor(n / 2), 1, shift, (k) => {
    shift = k;
    ui.paint();
  });
  if (data.learned) {
    ui.toggle("Learned positions", false, (on) => {
      learned = on;
      d = on ? data.learned.shape[1] : p.d;
      size.value = sizes.indexOf(d);
      size.disabled = on;
      bs.disabled = on;
      redo();
    });
  }
  ui.save("positions", dots);
  const table = ui.table("The position\u2019s vector as a table", () =>
    [["dimension", `position ${at}`, `position ${Math.min(n - 1, at + shift)}`]].concat(
      range(d).map((c) => [
        String(c),
        PE[at * d + c].toFixed(6),
        PE[Math.min(n - 1, at + shift) * d + c].toFixed(6),
      ]),
    ),
  );
  ui.keys = {
    "[": () => {
      pair = clamp(pair - 1, 0, d / 2 - 1);
      ui.paint();
    },
    "]": () => {
      pair = clamp(pair + 1, 0, d / 2 - 1);
      ui.paint();
    },
  };
  ui.helpText = "left, right position; up, down or [ ] pair of dimensions.";
  ui.tour([
    {
      say: "Each pair of dimensions is a sine (solid) and a cosine (dashed) of the position. Press ] to see slower and slower pairs.",
    },
    {
      say: "The map shows all dimensions at once: a column is the vector of one position. Move with the arrow keys: all four panes follow.",
    },
    {
      ask: "Predict: we take two positions 5 apart. Does their dot product depend on where they stand?",
      go: () => {
        cover = true;
      },
      leave: () => {
        cover = false;
      },
      choices: () => [
        "Yes, it shrinks along the text",
        "No, only on the distance",
        "Only for the first pair",
      ],
      answer: () => 1,
      why: () => {
        const id = identities();
        return `Over all positions at this distance it varies by ${id[0].toExponential(1)}: rounding only.`;
      },
    },
    {
      say: "The dials say why: moving on by the shift turns each dial by a fixed angle, wherever it stands. A turn is a linear map.",
    },
  ]);
}
