/* Occurrences of ambiguous words on a map, layer by layer. */
function draw(ui, data, p) {
  const s = data.xy.shape;
  const L = s[0];
  const n = s[1];
  const K = data.near.shape[2];
  let layer = 0;
  let at = p.first;
  let cover = false;
  const W = 560;
  const H = 380;
  const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
  const DARK = ["#74bdf0", "#ff9f5a", "#57d3a8", "#f0a8cf", "#ffd070", "#a8dcff"];
  function near(i, k) {
    return Math.round(data.near[(layer * n + i) * K + k]);
  }
  function span(a) {
    let lo = 1e9;
    let hi = -1e9;
    for (let i = 0; i < n; i++) {
      const v = data.xy[(layer * n + i) * 2 + a];
      lo = Math.min(lo, v);
      hi = Math.max(hi, v);
    }
    return [lo, hi - lo || 1];
  }
  let sx;
  let sy;
  function X(i) {
    return 20 + ((data.xy[(layer * n + i) * 2] - sx[0]) / sx[1]) * (W - 40);
  }
  function Y(i) {
    return H - 20 - ((data.xy[(layer * n + i) * 2 + 1] - sy[0]) / sy[1]) * (H - 40);
  }
  function right() {
    let r = 0;
    for (let i = 0; i < n; i++) {
      r += p.groups[near(i, 0)] === p.groups[i];
    }
    return r / n;
  }
  const map = ui.canvas(
    "Map of occurrences. Left and right choose an occurrence, up and down the layer.",
    (g) => {
      sx = span(0);
      sy = span(1);
      if (!cover) {
        range(K).forEach((k) => {
          g.strokeStyle = ui.color("key");
          g.lineWidth = 2;
          g.beginPath();
          g.moveTo(X(at), Y(at));
          g.lineTo(X(near(at, k)), Y(near(at, k)));
          g.stroke();
        });
        range(n).forEach((i) => {
          const x = X(i);
          const y = Y(i);
          const kind = p.groups[i] % 6;
          g.fillStyle = g.strokeStyle = (
            ui.root.classList.contains("dark") ? DARK : LIGHT
          )[kind];
          g.lineWidth = 2;
          g.beginPath();
          if (kind % 3 === 0) {
            g.arc(x, y, 5, 0, 6.2832);
          } else if (kind % 3 === 1) {
            g.rect(x - 5, y - 5, 10, 10);
          } else {
            g.moveTo(x, y - 6);
            g.lineTo(x + 6, y + 5);
            g.lineTo(x - 6, y + 5);
            g.closePath();
          }
          if (kind < 3) {
            g.fill();
          } else {
            g.stroke();
          }
        });
      } else {
        g.fillStyle = ui.color("ink");
        g.textAlign = "center";
        g.fillText("? choose first", W / 2, H / 2);
      }
      g.strokeStyle = ui.color("ink");
      g.lineWidth = 3;
      g.beginPath();
      g.arc(X(at), Y(at), 10, 0, 6.2832);
      g.stroke();
      g.textAlign = "left";
      g.font = "bold 15px system-ui,sans-serif";
      g.fillStyle = ui.color("ink");
      g.fillText(p.names[layer], 8, 12);
    },
    {
      move: (di, dj) => {
        if (di) {
          level(layer + di);
        }
        if (dj) {
          go(at + dj);
        }
      },
      mousemove: (x, y) => {
        hit(x, y);
      },
      click: (x, y) => {
        hit(x, y);
      },
    },
  );
  function hit(x, y) {
    if (cover) {
      return;
    }
    const i = order(n, (j) => -((X(j) - x) ** 2) - (Y(j) - y) ** 2)[0];
    if ((X(i) - x) ** 2 + (Y(i) - y) ** 2 < 200 && i !== at) {
      at = i;
      ui.paint();
    }
  }
  const side = el("div");
  side.style.cssText = "max-width:34em;flex:1 1 20em";
  ui.panes.append(side);
  function item(i, lead) {
    const same = p.groups[i] === p.groups[at];
    const d = el("p", { text: `${lead} ${p.senses[p.groups[i]]}: ${p.texts[i]}` });
    d.style.cssText = `margin:3px 0;padding-left:8px;border-left:5px ${same ? "solid var(--good)" : "dashed var(--key)"}`;
    return d;
  }
  function go(i) {
    at = (i + n) % n;
    ui.paint();
  }
  function level(l) {
    layer = clamp(l, 0, L - 1);
    pick.value = layer;
    slide.set(layer);
    ui.paint();
  }
  ui.paint = () => {
    map.paint(W, H);
    clear(side).append(item(at, "\u25c9"));
    if (!cover) {
      range(K).forEach((k) => {
        side.append(item(near(at, k), `${k + 1}.`));
      });
    }
    ui.say(
      cover
        ? "Choose your answer above first."
        : `${p.names[layer]}: the nearest neighbour has the same sense for ${(100 * right()).toFixed(0)} % of ${n} occurrences.`,
    );
    ui.host.dataset.at = `${layer},${at}`;
    ui.host.dataset.right = cover ? "" : right().toFixed(4);
    table.fill();
  };
  const pick = ui.select("Vectors", p.names, (l) => {
    level(l);
  });
  const slide = ui.slider("Layer", 0, L - 1, 1, 0, (l) => {
    level(l);
  });
  ui.button("Next occurrence", () => {
    go(at + 1);
  });
  p.senses.forEach((name, kind) => {
    const mark = el("span", {
      text: ["\u25cf", "\u25a0", "\u25b2", "\u25cb", "\u25a1", "\u25b3"][kind % 6],
      "aria-hidden": "true",
    });
    mark.style.color = LIGHT[kind % 6];
    ui.controls.append(el("span", {}, [mark, ` ${name}`]));
  });
  ui.save("senses", map);
  const table = ui.table("The neighbours as a table", () =>
    [["occurrence", "sense", "cosine"]].concat(
      cover
        ? []
        : range(K).map((k) => [
            p.texts[near(at, k)],
            p.senses[p.groups[near(at, k)]],
            data.cosine[(layer * n + at) * K + k].toFixed(4),
          ]),
    ),
  );
  ui.table("All occurrences", () =>
    [["sense", "sentence"]].concat(
      range(n).map((i) => [p.senses[p.groups[i]], p.texts[i]]),
    ),
  );
  ui.helpText = "left, right occurrence; up, down layer.";
  ui.tour([
    {
      say: "Every point is one occurrence of an ambiguous word in its sentence. Shape and colour show its sense, which the model was never told. This is the static vector: one for all senses.",
    },
    {
      ask: "Predict: in the top layer, what happens to the senses?",
      go: () => {
        layer = L - 1;
        cover = true;
      },
      leave: () => {
        cover = false;
        pick.value = layer;
        slide.set(layer);
      },
      choices: () => ["they stay mixed", "they come apart"],
      answer: () => (right() > 0.85 ? 1 : 0),
      why: () =>
        `The nearest neighbour, in all dimensions, has the same sense for ${(100 * right()).toFixed(0)} %.`,
    },
    {
      say: "The lines lead to the five nearest occurrences in the full space; the map is only its flat shadow. Move the layer: where do the senses part?",
    },
  ]);
}
