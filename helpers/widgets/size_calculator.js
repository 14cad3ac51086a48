/* What a BERT costs: the formulas of helpers/models/sizes.py, with sliders. */
function draw(ui, _data, p) {
  const PARTS = ["weights", "gradients", "AdamW", "activations"];
  const ROW = 46;
  const LEFT = 96;
  const GB = 1073741824;
  const [TEXTS, LENGTHS, READ, MANY] = p.choices;
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
  function whole(x) {
    return Math.round(x).toLocaleString("en");
  }
  function short(x) {
    return x.toExponential(2).replace("e+", "e");
  }
  function gigabytes(bytes) {
    return `${(bytes / GB).toPrecision(3)} GB`;
  }
  function take(k) {
    size = { ...p.sizes[k] };
  }
  take(p.first);

  function bodyOf(s) {
    const c = s.d_model;
    const f = s.d_ff;
    const embeddings = s.vocab_size * c + (s.longest + 2) * c + 2 * c;
    const attention = s.n_layers * (4 * (c * c + c) + 2 * c);
    const forward = s.n_layers * (2 * c * f + f + c + 2 * c);
    const lastNorm = s.norm === "pre" ? 2 * c : 0;
    return embeddings + attention + forward + c * c + c + lastNorm;
  }
  /* parameters without and with heads, operations per token, four memories in bytes */
  function costs(s, n, t, two, redo) {
    const c = s.d_model;
    const f = s.d_ff;
    const l = s.n_layers;
    const v = s.vocab_size;
    const body = bodyOf(s);
    const all = body + c * c + 3 * c + v + 2 * c + 2;
    const forward = 2 * l * (4 * c * c + 2 * c * f) + 4 * t * c * l;
    const work = forward * (redo ? 4 : 3) + 3 * 0.15 * 2 * c * (c + v);
    const one = t * (8 * c + 2 * f + s.n_heads + 4);
    const kept = redo ? l * t * c + one : l * one;
    const memories = [all * (two ? 6 : 4), all * 4, all * 8, n * kept * (two ? 2 : 4)];
    return [body, all, work, ...memories];
  }
  let worst = 0;
  p.checks.forEach((wanted, i) => {
    const q = p.samples[i % p.samples.length];
    const checked = p.sizes[Math.floor(i / p.samples.length)];
    const found = costs(checked, q[0], q[1], q[2] !== "fp32", q[3]);
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
    if (h < 1) {
      return `${(60 * h).toPrecision(3)} minutes`;
    }
    if (h < 48) {
      return `${h.toPrecision(3)} hours`;
    }
    return h < 17532
      ? `${(h / 24).toPrecision(3)} days`
      : `${(h / 8766).toPrecision(3)} years`;
  }
  function drawBar(g, c, k, memories) {
    const y = 14 + k * ROW;
    const me = k === at;
    const sum = memories.reduce((a, b) => a + b, 0);
    const room = c.w - LEFT - 130;
    const wide = (memories[k] / Math.max(...memories)) * room;
    g.textAlign = "right";
    g.fillStyle = ui.color("ink");
    g.font = `${me ? "bold " : ""}14px system-ui,sans-serif`;
    g.fillText(PARTS[k], LEFT - 8, y + 15);
    g.textAlign = "left";
    if (cover) {
      g.fillText("?", LEFT + 6, y + 15);
      return;
    }
    g.fillStyle = ui.color(k === 3 ? "key" : "query");
    g.fillRect(LEFT, y, wide, 30);
    if (me) {
      g.strokeStyle = ui.color("ink");
      g.lineWidth = 4;
      g.strokeRect(LEFT, y, Math.max(wide, 4), 30);
    }
    const told = `${gigabytes(memories[k])}, ${Math.round((100 * memories[k]) / sum)} %`;
    g.fillStyle = ui.color("ink");
    g.fillText(told, LEFT + wide + 8, y + 15);
  }
  const chart = ui.canvas(
    "Memory of one device in training, by part. Up and down choose a part, left and right the number of texts.",
    (g, c) => {
      const memories = now().slice(3);
      const sum = memories.reduce((a, b) => a + b, 0);
      range(4).forEach((k) => {
        drawBar(g, c, k, memories);
      });
      g.fillStyle = ui.color("soft");
      g.textAlign = "left";
      g.font = "14px system-ui,sans-serif";
      const told = cover ? "" : `together ${gigabytes(sum)} on each device`;
      g.fillText(told, 8, 22 + 4 * ROW);
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
  function told(c) {
    const parts = `${whole(c[0])} parameters (${whole(c[1])} with the heads)`;
    const work = `${short(c[2])} operations per token`;
    const wait = `${time(hours(c[2]))} for ${short(READ[read])} tokens`;
    const memory = `${PARTS[at]} ${(c[3 + at] / GB).toPrecision(4)} GB`;
    return `${parts}; ${work}; ${wait}; ${memory}.`;
  }
  ui.paint = () => {
    const c = now();
    const d = ui.host.dataset;
    chart.paint(ui.fit(320), 40 + 4 * ROW);
    ui.say(cover ? "Choose your answer above first." : told(c));
    d.parameters = c[0];
    d.all = c[1];
    d.work = c[2];
    d.memory = cover ? "" : c[3] + c[4] + c[5] + c[6];
    d.hours = hours(c[2]);
    d.part = PARTS[at];
    table.fill();
  };
  const preset = ui.select("Size", p.names, (k) => {
    take(k);
    layers.set(size.n_layers);
    width.set(size.d_model);
    tellSize();
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
  /* a size between or beyond the marks of a slider is told as it is */
  function tellSize() {
    layers.nextSibling.textContent = size.n_layers;
    width.nextSibling.textContent = size.d_model;
  }
  tellSize();
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
  ui.toggle("Activation checkpointing", false, (on) => {
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
  ui.select("Full speed of a device", p.devices, (k) => {
    rate = k;
    ui.paint();
  });
  ui.slider("Share of full speed used, in %", 5, 80, 5, use, (v) => {
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
      ...PARTS.map((name, k) => [`${name}, bytes`, cover ? "?" : whole(c[3 + k])]),
      ["hours", hours(c[2]).toPrecision(4)],
    ];
  });
  ui.helpText = "up, down part; left, right texts on a device.";
  ui.tour([
    {
      say:
        "Choose a size of BERT, and see what training it costs: parameters, memory on each " +
        "device, operations, hours. All but the hours is exact; these rest on the share of " +
        "a device\u2019s full speed that is really used.",
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
      answer: () => {
        const memories = now().slice(3);
        return order(4, (k) => memories[k])[0];
      },
      why: () => {
        const c = now();
        const sizes = PARTS.map((name, k) => `${name} ${gigabytes(c[3 + k])}`);
        return `${sizes.join(", ")}.`;
      },
    },
    {
      say:
        "Turn on activation checkpointing: what shrinks, and what becomes of the hours? " +
        "Then double the texts: which bars move, which do not?",
    },
    {
      say:
        "Now the hours: take more devices, or a smaller size. The last choice, the share of " +
        "the full speed, is the one that you must measure.",
    },
  ]);
}
