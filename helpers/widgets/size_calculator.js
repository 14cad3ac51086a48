/* What a BERT costs: the formulas of helpers/sizes.py, with sliders. */
function draw(ui, _data, p) {
  const PARTS = ["weights", "gradients", "AdamW", "activations"];
  const W = 760;
  const ROW = 46;
  const LEFT = 120;
  const GB = 1073741824;
  let at = 3;
  let cover = false;
  let half = false;
  let again = false;
  let rate = 0;
  let use = 40;
  let size = null;
  let text = p.tokens[0];
  let length = p.tokens[1];
  let read = 3;
  let devices = 0;
  const TEXTS = p.choices[0];
  const LENGTHS = p.choices[1];
  const READ = p.choices[2];
  const MANY = p.choices[3];
  function whole(x) {
    return Math.round(x).toLocaleString("en");
  }
  function short(x) {
    return x.toExponential(2).replace("e+", "e");
  }
  function take(k) {
    size = Object.assign({}, p.sizes[k]);
  }
  take(p.first);

  /* parameters without and with heads, operations per token, four memories in bytes */
  function costs(s, n, t, two, redo) {
    const c = s.d_model;
    const f = s.d_ff;
    const l = s.n_layers;
    const v = s.vocab_size;
    let body =
      v * c +
      (s.longest + 2) * c +
      2 * c +
      l * (4 * (c * c + c) + 2 * c) +
      l * (2 * c * f + f + c + 2 * c) +
      c * c +
      c;
    body += s.norm === "pre" ? 2 * c : 0;
    const all = body + c * c + 3 * c + v + 2 * c + 2;
    const forward = 2 * l * (4 * c * c + 2 * c * f) + 4 * t * c * l;
    const work = forward * (redo ? 4 : 3) + 3 * 0.15 * 2 * c * (c + v);
    const one = t * (8 * c + 2 * f + s.n_heads + 4);
    const kept = redo ? l * t * c + one : l * one;
    return [
      body,
      all,
      work,
      all * (two ? 6 : 4),
      all * 4,
      all * 8,
      n * kept * (two ? 2 : 4),
    ];
  }
  let worst = 0;
  p.checks.forEach((wanted, i) => {
    const q = p.samples[i % p.samples.length];
    const found = costs(
      p.sizes[Math.floor(i / p.samples.length)],
      q[0],
      q[1],
      q[2] !== "fp32",
      q[3],
    );
    wanted.forEach((x, k) => {
      worst = Math.max(worst, Math.abs(found[k] / x - 1));
    });
  });
  ui.deviation("deviation", worst);

  function now() {
    return costs(size, TEXTS[text], LENGTHS[length], half, again);
  }
  function hours(work) {
    return (work * READ[read]) / ((MANY[devices] * p.rates[rate] * use) / 100) / 3600;
  }
  function time(h) {
    return h < 1
      ? `${(60 * h).toPrecision(3)} minutes`
      : h < 48
        ? `${h.toPrecision(3)} hours`
        : h < 17532
          ? `${(h / 24).toPrecision(3)} days`
          : `${(h / 8766).toPrecision(3)} years`;
  }
  const chart = ui.canvas(
    "Memory of one device in training, by part. Up and down choose a part, left and right the number of texts.",
    (g) => {
      const m = now().slice(3);
      const top = Math.max.apply(null, m) * 1.3;
      const sum = m.reduce((a, b) => a + b, 0);
      m.forEach((bytes, k) => {
        const y = 14 + k * ROW;
        const me = k === at;
        const w = (bytes / top) * (W - LEFT - 20);
        g.textAlign = "right";
        g.fillStyle = ui.color("ink");
        g.font = `${me ? "bold " : ""}15px system-ui,sans-serif`;
        g.fillText(PARTS[k], LEFT - 10, y + 15);
        g.textAlign = "left";
        if (cover) {
          g.fillText("?", LEFT + 6, y + 15);
          return;
        }
        g.fillStyle = ui.color(k === 3 ? "key" : "query");
        g.fillRect(LEFT, y, w, 30);
        if (me) {
          g.strokeStyle = ui.color("ink");
          g.lineWidth = 4;
          g.strokeRect(LEFT, y, Math.max(w, 4), 30);
        }
        g.fillStyle = ui.color("ink");
        g.fillText(
          `${(bytes / GB).toPrecision(3)} GB, ${Math.round((100 * bytes) / sum)} %`,
          LEFT + w + 10,
          y + 15,
        );
      });
      g.fillStyle = ui.color("soft");
      g.textAlign = "left";
      g.font = "14px system-ui,sans-serif";
      g.fillText(
        cover ? "" : `together ${(sum / GB).toPrecision(3)} GB on each device`,
        LEFT,
        22 + 4 * ROW,
      );
    },
    {
      click: (_x, y) => {
        at = clamp(Math.floor((y - 8) / ROW), 0, 3);
        ui.paint();
      },
      move: (di, dj) => {
        at = clamp(at + di, 0, 3);
        text = clamp(text + dj, 0, TEXTS.length - 1);
        texts.value = text;
        ui.paint();
      },
    },
  );
  ui.paint = () => {
    const c = now();
    const h = hours(c[2]);
    const sum = c[3] + c[4] + c[5] + c[6];
    const d = ui.host.dataset;
    chart.paint(W, 40 + 4 * ROW);
    ui.say(
      cover
        ? "Choose your answer above first."
        : `${whole(c[0])} parameters (${whole(c[1])} with the heads); ${short(c[2])} operations per token; ${time(h)} for ${short(READ[read])} tokens. ${PARTS[at]}: ${(c[3 + at] / GB).toPrecision(4)} GB.`,
    );
    d.parameters = c[0];
    d.all = c[1];
    d.work = c[2];
    d.memory = cover ? "" : sum;
    d.hours = h;
    d.part = PARTS[at];
    table.fill();
  };
  const preset = ui.select("Size", p.names, (k) => {
    take(k);
    layers.set(size.n_layers);
    width.set(size.d_model);
    ui.paint();
  });
  preset.value = p.first;
  const layers = ui.slider("Layers", 1, 48, 1, size.n_layers, (v) => {
    size.n_layers = v;
    ui.paint();
  });
  const width = ui.slider("Width", 64, 2048, 64, size.d_model, (v) => {
    size.d_model = v;
    size.n_heads = v / 64;
    size.d_ff = 4 * v;
    ui.paint();
  });
  const texts = ui.select("Texts on a device", TEXTS, (k) => {
    text = k;
    ui.paint();
  });
  texts.value = text;
  ui.select("Tokens in a text", LENGTHS, (k) => {
    length = k;
    ui.paint();
  }).value = length;
  ui.select("Numbers", ["fp32", "bf16"], (k) => {
    half = k === 1;
    ui.paint();
  });
  const redo = ui.toggle("Activation checkpointing", false, (on) => {
    again = on;
    ui.paint();
  });
  ui.select("Tokens read in all", READ.map(short), (k) => {
    read = k;
    ui.paint();
  }).value = read;
  ui.select("Devices", MANY, (k) => {
    devices = k;
    ui.paint();
  });
  ui.select("Each at best", p.devices, (k) => {
    rate = k;
    ui.paint();
  });
  ui.slider("Used, %", 5, 80, 5, use, (v) => {
    use = v;
    ui.paint();
  });
  ui.save("costs", chart);
  const table = ui.table("The costs as a table", () => {
    const c = now();
    return [
      ["what", "how much"],
      ["parameters", whole(c[0])],
      ["with heads", whole(c[1])],
      ["operations per token", short(c[2])],
    ].concat(
      PARTS.map((name, k) => [`${name}, bytes`, cover ? "?" : whole(c[3 + k])]),
      [["hours", hours(c[2]).toPrecision(4)]],
    );
  });
  ui.helpText = "up, down part; left, right texts on a device.";
  function largest() {
    const m = now().slice(3);
    return order(4, (k) => m[k])[0];
  }
  ui.tour([
    {
      say: "Choose a size of BERT, and see what training it costs: parameters, memory on each device, operations, hours. All but the hours is exact; these rest on the share of a device\u2019s speed that is really used.",
    },
    {
      ask: "Predict: at these settings, what takes the most memory?",
      go: () => {
        cover = true;
      },
      leave: () => {
        cover = false;
      },
      choices: () => PARTS.slice(),
      answer: largest,
      why: () => {
        const c = now();
        return `${PARTS.map((name, k) => `${name} ${(c[3 + k] / GB).toPrecision(3)} GB`).join(", ")}.`;
      },
    },
    {
      say: "Turn on activation checkpointing: what shrinks, and what becomes of the hours? Then double the texts: which bars move, which do not?",
      go: () => {
        cover = false;
      },
    },
    {
      say: "Now the hours: take more devices, or a smaller size. The last choice, the share used, is the one that you must measure.",
    },
  ]);
}
