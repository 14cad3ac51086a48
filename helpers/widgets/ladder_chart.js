/* Every language model's loss above the exact floor. */
function draw(ui, data, p) {
  const n = p.models.length;
  let at = n - 1;
  let unit = 0;
  let by = 0;
  let W = 800;
  const ROW = 32;
  let LEFT = 190;
  const UNITS = ["nats per token", "nats above the floor", "perplexity"];
  function covered(i) {
    return ui.asking && i === n - 1;
  }
  function value(i) {
    const x = data.loss[i];
    return unit === 0 ? x : unit === 1 ? x - p.floor : Math.exp(x);
  }
  function rows() {
    return by === 0
      ? range(n)
      : order(n, (i) => (by === 1 ? -data.seconds[i] : -data.parameters[i]));
  }
  let list = rows();
  function text(x) {
    return x >= 1000 ? Math.round(x).toLocaleString("en") : x.toFixed(2);
  }
  const chart = ui.canvas(
    "Bars, one per model. Up and down choose one.",
    (g) => {
      const top = Math.max(0, ...range(n).map(value)) * 1.12 || 1;
      /* a loss may lie below the floor by its error: a bar of no length */
      const X = (x) => LEFT + (Math.max(0, x) / top) * (W - LEFT - 70);
      const floor = unit === 0 ? p.floor : unit === 1 ? 0 : Math.exp(p.floor);
      list.forEach((i, row) => {
        const y = 26 + row * ROW;
        const hidden = covered(i);
        const me = i === at;
        g.textAlign = "right";
        g.fillStyle = ui.color(me ? "query" : "ink");
        g.font = `${me ? "bold " : ""}14px system-ui,sans-serif`;
        g.fillText(trim(g, p.models[i], LEFT - 12), LEFT - 8, y + 11);
        if (hidden) {
          g.textAlign = "left";
          g.fillText("?", LEFT + 8, y + 11);
          return;
        }
        g.fillStyle =
          p.live.indexOf(p.models[i]) >= 0 ? ui.color("query") : ui.color("soft");
        g.fillRect(LEFT, y, X(value(i)) - LEFT, 22);
        if (p.live.indexOf(p.models[i]) >= 0) {
          g.save();
          g.beginPath();
          g.rect(LEFT, y, X(value(i)) - LEFT, 22);
          g.clip();
          g.strokeStyle = ui.color("paper");
          g.lineWidth = 2;
          for (let x = LEFT - 22; x < X(value(i)); x += 12) {
            g.beginPath();
            g.moveTo(x, y + 22);
            g.lineTo(x + 22, y);
            g.stroke();
          }
          g.restore();
        }
        if (me) {
          g.strokeStyle = ui.color("key");
          g.lineWidth = 3;
          g.strokeRect(LEFT, y, X(value(i)) - LEFT, 22);
        }
        g.textAlign = "left";
        g.fillStyle = ui.color("ink");
        g.fillText(text(value(i)), X(value(i)) + 6, y + 11);
      });
      g.strokeStyle = g.fillStyle = ui.color("key");
      g.lineWidth = 2;
      g.setLineDash([6, 4]);
      g.beginPath();
      g.moveTo(X(floor), 18);
      g.lineTo(X(floor), 26 + n * ROW);
      g.stroke();
      g.setLineDash([]);
      g.textAlign = "left";
      g.font = "bold 14px system-ui,sans-serif";
      g.fillText(`floor ${text(floor)}`, X(floor) + 4, 9);
      g.fillStyle = ui.color("soft");
      g.font = "13px system-ui,sans-serif";
      g.textAlign = "right";
      g.fillText(UNITS[unit], W - 6, 34 + n * ROW);
    },
    {
      mousemove: (_x, y) => {
        hit(y);
      },
      click: (_x, y) => {
        hit(y);
      },
      move: (di) => {
        const r = clamp(list.indexOf(at) + di, 0, n - 1);
        at = list[r];
        ui.paint();
      },
    },
  );
  function hit(y) {
    const r = Math.floor((y - 22) / ROW);
    if (r >= 0 && r < n && list[r] !== at) {
      at = list[r];
      ui.paint();
    }
  }
  ui.paint = () => {
    W = ui.fit(320, 1240);
    LEFT = Math.min(190, 0.32 * W);
    chart.paint(W, 46 + n * ROW);
    ui.say(
      covered(at)
        ? "Choose your answer above first."
        : p.models[at] +
            ": " +
            data.loss[at].toFixed(3) +
            " nats per token, perplexity " +
            text(Math.exp(data.loss[at])) +
            ", " +
            (data.loss[at] - p.floor).toFixed(3) +
            " above the floor" +
            (data.parameters[at]
              ? `; ${Math.round(data.parameters[at]).toLocaleString("en")} parameters, ` +
                `trained ${data.seconds[at].toFixed(1)} s`
              : "") +
            ".",
    );
    ui.host.dataset.model = p.models[at];
    table.fill();
  };
  ui.select("Unit", UNITS, (u) => {
    unit = u;
    ui.paint();
  });
  ui.select("Order", ["by loss", "by training seconds", "by parameters"], (k) => {
    by = k;
    list = rows();
    ui.paint();
  });
  ui.save("ladder", chart);
  const table = ui.table("The ladder as a table", () =>
    [
      [
        "model",
        "nats per token",
        "above the floor",
        "perplexity",
        "parameters",
        "seconds",
      ],
    ].concat(
      list.map((i) => {
        if (covered(i)) {
          return [p.models[i], "?", "?", "?", "?", "?"];
        }
        return [
          p.models[i],
          data.loss[i].toFixed(3),
          (data.loss[i] - p.floor).toFixed(3),
          text(Math.exp(data.loss[i])),
          String(Math.round(data.parameters[i])),
          data.seconds[i].toFixed(1),
        ];
      }),
    ),
  );
  ui.helpText = "up, down choose a model.";
  function closed(i) {
    return (data.loss[0] - data.loss[i]) / (data.loss[0] - p.floor || 1);
  }
  function answer() {
    const c = closed(n - 1);
    return c < 0.5 ? 0 : c < 0.8 ? 1 : c < 0.95 ? 2 : 3;
  }
  ui.tour([
    {
      say:
        "Each bar is a model: the shorter, the better it predicts the " +
        "next token. The dashed line is the floor, the exact score " +
        "of the grammar itself. Nothing honest can be shorter.",
    },
    {
      ask:
        `Predict: how much of the way from \u201c${p.models[0]}\u201d down to the ` +
        `floor does \u201c${p.models[n - 1]}\u201d go? (Its bar is covered.)`,
      go: () => {
        at = n - 1;
      },
      choices: () => ["less than half", "50 to 80 %", "80 to 95 %", "more than 95 %"],
      answer: answer,
      why: () => `It goes ${(100 * closed(n - 1)).toFixed(0)} % of the way.`,
    },
    {
      say:
        "Change the unit to \u201cnats above the floor\u201d: only the part " +
        "that can still be won. Striped bars were measured in this notebook.",
    },
  ]);
}
