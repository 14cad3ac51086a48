/* Attention of all layers and heads: thumbnails, one head in full, what its rows say. */
function draw(ui, data, p) {
  let S = 0;
  let L = p.layer;
  let H = p.head;
  let q = 0;
  let key = 0;
  let locked = false;
  let top = 3;
  let bare = false;
  let renorm = false;
  let filter = 0;
  let stretch = false;
  let pin = null;
  let M;
  let rows;
  let cols;
  const NAMES = p.statistics;
  function src() {
    return p.sources[S];
  }
  function weight(l, h, i, j) {
    const d = data[`w${S}`];
    const s = d.shape;
    return d[((l * s[1] + h) * s[2] + i) * s[3] + j];
  }
  function shape() {
    return data[`w${S}`].shape;
  }
  function label(l) {
    return p.layers[l] ?? l;
  }
  function empty() {
    return !rows.length || !cols.length;
  }
  function special(t) {
    return p.special.indexOf(t) >= 0;
  }
  function keep(tokens, part) {
    const b = p.b;
    return range(tokens.length).filter(
      (i) => (!bare || !special(tokens[i])) && (!part || (part === "A") === i < b),
    );
  }
  function cell(head, i, j) {
    const w = weight(head[0], head[1], rows[i], cols[j]);
    return renorm ? w / (head.sums[i] || 1) : w;
  }
  function choose(head) {
    head.sums = rows.map((i) =>
      cols.reduce((sum, j) => sum + weight(head[0], head[1], i, j), 0),
    );
    return head;
  }
  function setup() {
    const f = p.filters[filter] || "";
    rows = keep(src().queries, f[0]);
    cols = keep(src().keys, f[f.length - 1]);
    q = clamp(q, 0, rows.length - 1);
    key = clamp(key, 0, cols.length - 1);
    M = choose([L, H]);
    if (pin) {
      choose(pin);
    }
  }
  function peak(head) {
    if (!stretch) {
      return 1;
    }
    let m = 0;
    rows.forEach((_, i) => {
      cols.forEach((_, j) => {
        m = Math.max(m, cell(head, i, j));
      });
    });
    return m || 1;
  }
  function Q(i) {
    return src().queries[rows[i]];
  }
  function K(j) {
    return src().keys[cols[j]];
  }
  const LEFT = 92;
  const TOP = 84;
  const LEFT0 = 34;
  let T = 28;
  let wide = 374;
  /* the grid and the arcs stand beside the map where both have room */
  function arrange() {
    const room = ui.fit(0);
    const heads = shape()[1];
    const beside = room >= 680;
    const most = beside ? Math.max(374, room * 0.42) : room;
    T = clamp(Math.floor((most - LEFT0 - 4) / heads), 26, 52);
    wide = beside ? Math.max(LEFT0 + heads * T + 4, 330) : Math.min(room, 480);
  }
  function size() {
    const room = ui.fit(0);
    const mine = room >= 680 ? room - wide - 14 : room;
    const each = Math.min((mine - LEFT - 44) / cols.length, 440 / rows.length);
    return clamp(Math.floor(each), 3, 40);
  }
  const cache = {};

  /* the grid: one thumbnail a head, each to its own maximum */
  function thumb(l, h) {
    const id = [S, l, h].join();
    const s = shape();
    let m = 0;
    if (!cache[id]) {
      for (let i = 0; i < s[2]; i++) {
        for (let j = 0; j < s[3]; j++) {
          m = Math.max(m, weight(l, h, i, j));
        }
      }
      cache[id] = image(s[2], s[3], (i, j) => weight(l, h, i, j), WEIGHTS, 0, m);
    }
    return cache[id];
  }
  function headAt(x, y) {
    const s = shape();
    const h = Math.floor((x - LEFT0) / T);
    const l = Math.floor((y - 18) / T);
    return l >= 0 && l < s[0] && h >= 0 && h < s[1] ? [l, h] : null;
  }
  function open(l, h) {
    const s = shape();
    const begun = performance.now();
    L = clamp(l, 0, s[0] - 1);
    H = clamp(h, 0, s[1] - 1);
    layer.value = L;
    head.value = H;
    setup();
    ui.paint();
    ui.host.dataset.switched = (performance.now() - begun).toFixed(1);
  }
  const side = el("div");
  ui.panes.append(side);
  const grid = ui.canvas(
    "All heads: a row per layer, a column per head. Arrow keys choose one.",
    (g) => {
      const s = shape();
      g.fillStyle = ui.color("soft");
      g.textAlign = "center";
      range(s[1]).forEach((h) => {
        g.fillText(h, LEFT0 + (h + 0.5) * T, 9);
      });
      g.textAlign = "right";
      range(s[0]).forEach((l) => {
        g.fillStyle = ui.color("soft");
        g.fillText(`L${label(l)}`, LEFT0 - 6, 18 + (l + 0.5) * T);
        range(s[1]).forEach((h) => {
          g.drawImage(thumb(l, h), LEFT0 + h * T + 2, 18 + l * T + 2, T - 4, T - 4);
        });
      });
      [
        [M, "key"],
        [pin, "good"],
      ].forEach((pair) => {
        if (!pair[0]) {
          return;
        }
        g.strokeStyle = ui.color(pair[1]);
        g.lineWidth = 4;
        g.setLineDash(pair[1] === "good" ? [5, 4] : []);
        g.strokeRect(LEFT0 + pair[0][1] * T, 18 + pair[0][0] * T, T, T);
      });
      g.setLineDash([]);
    },
    {
      click: (x, y) => {
        const at = headAt(x, y);
        if (at) {
          open(at[0], at[1]);
        }
      },
      move: (dl, dh) => {
        open(L + dl, H + dh);
      },
    },
    side,
  );

  function matrix(g, headPair, active) {
    if (empty()) {
      g.fillText("No token is left to show.", 8, TOP / 2);
      return;
    }
    const s = size();
    const top1 = peak(headPair);
    const m = ui.asking && active;
    const picture = image(
      rows.length,
      cols.length,
      (i, j) => (m && i === q ? 0 : cell(headPair, i, j)),
      WEIGHTS,
      0,
      top1,
    );
    g.drawImage(picture, LEFT, TOP, cols.length * s, rows.length * s);
    g.textAlign = "right";
    rows.forEach((_, i) => {
      if (s < 12 && i !== q) {
        return;
      }
      g.fillStyle = ui.color(i === q ? "query" : "ink");
      g.font = `${i === q ? "bold " : ""}13px system-ui,sans-serif`;
      g.fillText(cut(Q(i), 11), LEFT - 5, TOP + (i + 0.5) * s);
    });
    g.textAlign = "left";
    cols.forEach((_, j) => {
      if (s < 12 && j !== key) {
        return;
      }
      g.save();
      g.translate(LEFT + (j + 0.5) * s, TOP - 5);
      g.rotate(-1.1);
      g.fillStyle = ui.color(j === key ? "key" : "ink");
      g.font = `${j === key ? "bold " : ""}13px system-ui,sans-serif`;
      g.fillText(cut(K(j), 11), 0, 0);
      g.restore();
    });
    g.lineWidth = 2;
    g.strokeStyle = ui.color("query");
    g.strokeRect(LEFT - 1, TOP + q * s - 1, cols.length * s + 2, s + 2);
    g.strokeStyle = ui.color("key");
    g.lineWidth = 3;
    g.strokeRect(LEFT + key * s - 1, TOP + q * s - 1, s + 2, s + 2);
    if (m) {
      g.fillStyle = "#fff";
      g.textAlign = "center";
      g.fillText("?", LEFT + (cols.length * s) / 2, TOP + (q + 0.5) * s);
    }
  }
  function point(x, y) {
    const s = size();
    const i = Math.floor((y - TOP) / s);
    const j = Math.floor((x - LEFT) / s);
    return i >= 0 && i < rows.length && j >= 0 && j < cols.length ? [i, j] : null;
  }
  function look(at, force) {
    if (!at || (locked && !force)) {
      return;
    }
    const begun = performance.now();
    q = clamp(at[0], 0, rows.length - 1);
    key = clamp(at[1], 0, cols.length - 1);
    light();
    ui.host.dataset.hover = (performance.now() - begun).toFixed(1);
  }
  function lock() {
    locked = !locked;
    light();
  }
  const heat = ui.canvas(
    "The chosen head: rows are queries, columns are keys. Arrow keys choose, Space locks.",
    (g) => {
      matrix(g, M, true);
    },
    {
      mousemove: (x, y) => {
        look(point(x, y));
      },
      click: (x, y) => {
        const at = point(x, y);
        if (at) {
          locked = false;
          look(at);
          locked = true;
          light();
        }
      },
      move: (di, dj) => {
        look([q + di, key + dj], true);
        heat.see(LEFT + key * size(), size());
      },
      lock: lock,
    },
  );

  /* the row of the query as arcs to the keys that it looks at most */
  const fan = ui.canvas(
    "Arcs from the query to the keys with the greatest weights",
    (g, c) => {
      if (ui.asking || empty()) {
        g.fillStyle = ui.color("ink");
        g.fillText(ui.asking ? "? choose first" : "No arcs", 20, c.h / 2);
        return;
      }
      const best = order(cols.length, (j) => cell(M, q, j)).slice(0, top);
      best.sort((a, b) => a - b);
      const gap = Math.min(26, (c.h - 30) / Math.max(1, best.length));
      const y0 = c.h / 2 - (gap * (best.length - 1)) / 2;
      best.forEach((j, n) => {
        const w = cell(M, q, j);
        const y = y0 + n * gap;
        g.beginPath();
        g.moveTo(86, c.h / 2);
        g.bezierCurveTo(125, c.h / 2, 125, y, 165, y);
        g.lineWidth = 1 + 9 * w;
        g.strokeStyle = ui.color(j === key ? "key" : "query");
        g.stroke();
        g.textAlign = "left";
        g.fillStyle = ui.color(j === key ? "key" : "ink");
        g.fillText(`${cut(K(j), 12)}  ${w.toFixed(3)}`, 171, y);
      });
      g.textAlign = "right";
      g.fillStyle = ui.color("query");
      g.font = "bold 14px system-ui,sans-serif";
      g.fillText(cut(Q(q), 9), 80, c.h / 2);
    },
    null,
    side,
  );
  const second = ui.canvas("The pinned head", (g) => {
    if (pin) {
      matrix(g, pin, false);
      g.textAlign = "left";
      g.fillStyle = ui.color("good");
      g.fillText(`pinned ${label(pin[0])}\u00b7${pin[1]}`, 4, 12);
    }
  });
  function sentence() {
    if (empty()) {
      const side = rows.length ? "key" : "query";
      return `No ${side} token is left here: show all, or the special tokens again.`;
    }
    if (ui.asking) {
      return `Query \u201c${Q(q)}\u201d: choose your answer above first.`;
    }
    const w = cell(M, q, key);
    let rank = 1;
    let sum = 0;
    cols.forEach((_, j) => {
      const x = cell(M, q, j);
      sum += x;
      if (x > w) {
        rank++;
      }
    });
    return (
      "layer " +
      label(L) +
      " head " +
      H +
      ": " +
      Q(q) +
      " \u2192 " +
      K(key) +
      "  weight " +
      w.toFixed(p.note ? 3 : 4) +
      ", rank " +
      rank +
      " of " +
      cols.length +
      ", row sum " +
      sum.toFixed(3) +
      (locked ? "  (locked)" : "") +
      (pin ? `; pinned: ${cell(pin, q, key).toFixed(3)}` : "")
    );
  }
  function light() {
    const s = size();
    heat.paint(LEFT + cols.length * s + 44, TOP + rows.length * s + 3);
    fan.paint(wide, Math.max(90, Math.min(TOP + 400 - grid.h, 30 + top * 26)));
    second.box.style.display = pin ? "" : "none";
    if (pin) {
      second.paint(heat.w, heat.h);
    }
    ui.say(sentence());
    ui.host.dataset.at = [S, L, H, rows[q], cols[key]].join();
    ui.host.dataset.weight = ui.asking || empty() ? "" : cell(M, q, key).toFixed(7);
    rowTable.fill();
  }
  ui.paint = () => {
    const s = shape();
    arrange();
    grid.paint(LEFT0 + s[1] * T + 4, 22 + s[0] * T);
    light();
  };
  if (p.sources.length > 1) {
    ui.select(
      "Attention",
      p.sources.map((x) => x.name),
      (i) => {
        S = i;
        unpin();
        options(layer, shape()[0], label);
        options(head, shape()[1], String);
        open(0, 0);
      },
    );
  }
  /* a source may have fewer layers and heads than the one before */
  function options(select, n, name) {
    clear(select).append(
      ...range(n).map((i) => el("option", { value: i, text: name(i) })),
    );
  }
  const layer = ui.select("Layer", range(shape()[0]).map(label), (l) => {
    open(l, H);
  });
  const head = ui.select("Head", range(shape()[1]), (h) => {
    open(L, h);
  });
  const part = p.filters.length
    ? ui.select("Show", ["all"].concat(p.filters.slice(1)), (i) => {
        filter = i;
        setup();
        ui.paint();
      })
    : null;
  ui.slider("Arcs", 1, Math.min(12, data.w0.shape[3]), 1, top, (n) => {
    top = n;
    light();
  });
  const hide = ui.toggle("Hide special tokens", false, (on) => {
    bare = on;
    setup();
    ui.paint();
  });
  ui.toggle("Make rows sum to 1 again", false, (on) => {
    renorm = on;
    ui.paint();
  });
  ui.toggle("Stretch colours", false, (on) => {
    stretch = on;
    ui.paint();
  });
  function unpin() {
    pin = null;
    pinned.textContent = "Pin this head";
  }
  const pinned = ui.button("Pin this head", () => {
    if (pin) {
      unpin();
    } else {
      pin = choose([L, H]);
      pinned.textContent = "Unpin";
    }
    ui.paint();
  });
  ui.button("Copy row", () => {
    const row = empty() ? [] : cols;
    const text = row.map((_, j) => `${K(j)}\t${cell(M, q, j).toFixed(4)}`).join("\n");
    const done = () => {
      ui.say(`Row of \u201c${Q(q) || ""}\u201d copied.`);
    };
    const not = () => {
      ui.say("This page may not copy; open \u201cThe row as a table\u201d instead.");
    };
    try {
      navigator.clipboard.writeText(text).then(done, not);
    } catch (e) {
      not();
    }
  });
  ui.save("attention", heat);
  const rowTable = ui.table("The row as a table", () =>
    [["key", "weight"]].concat(
      ui.asking || empty() ? [] : cols.map((_, j) => [K(j), cell(M, q, j).toFixed(4)]),
    ),
  );
  let sorted = 0;
  const stats = ui.table("Statistics of all heads", () => {
    const s = shape();
    const d = data[`s${S}`];
    const n = NAMES.length;
    const list = order(s[0] * s[1], (k) => (sorted < 0 ? -k : d[k * n + sorted]));
    return [
      ["head"].concat(
        NAMES.map((name, j) =>
          el("button", {
            type: "button",
            text: name + (j === sorted ? " \u25be" : ""),
            onclick: () => {
              sorted = j;
              stats.fill();
            },
          }),
        ),
      ),
    ].concat(
      list.map((k) => {
        const l = Math.floor(k / s[1]);
        const h = k % s[1];
        return [
          el("button", {
            type: "button",
            text: `${label(l)}\u00b7${h}`,
            onclick: () => {
              open(l, h);
            },
          }),
        ].concat(
          NAMES.map((_, j) => {
            const x = d[k * n + j];
            return x < 0 ? "\u2013" : x.toFixed(3);
          }),
        );
      }),
    );
  });
  if (p.note) {
    ui.more.prepend(el("p", { class: "help", text: p.note }));
  }
  if (p.rows) {
    ui.more.prepend(el("p", { class: "help", text: p.rows }));
  }
  ui.keys = {
    "[": () => {
      open(L, H - 1);
    },
    "]": () => {
      open(L, H + 1);
    },
    PageUp: () => {
      open(L - 1, H);
    },
    PageDown: () => {
      open(L + 1, H);
    },
  };
  ui.helpText = "arrows move; [ ] head; PageUp PageDown layer; Space lock.";
  layer.value = L;
  head.value = H;
  setup();
  function three() {
    const best = order(cols.length, (j) => cell(M, q, j));
    const n = best.length;
    const some = [best[0], best[Math.min(n - 1, Math.ceil(n / 3))], best[n - 1]].filter(
      (x, i, all) => all.indexOf(x) === i,
    );
    return some.sort((a, b) => a - b);
  }
  ui.tour([
    {
      say:
        "Each small square is one head: a row per layer, a column per head. Bright " +
        "means that a token looks there. Click one, or use the arrow keys.",
    },
    {
      say:
        "The large map shows the head that you chose. Rows are queries: " +
        "the tokens that look. Columns are keys: the tokens looked at. " +
        "Each row is one token\u2019s attention and sums to 1.",
    },
    {
      ask: "Predict before you see it: at which key does this query look most? (The marked row is covered.)",
      go: () => {
        locked = bare = false;
        hide.set(false);
        if (part) {
          filter = part.value = 0;
        }
        setup();
        q = Math.floor(rows.length / 2);
        light();
      },
      choices: () => three().map((j) => `${K(j)} (position ${cols[j]})`),
      answer: () => three().indexOf(order(cols.length, (j) => cell(M, q, j))[0]),
      why: () => {
        const b = order(cols.length, (j) => cell(M, q, j))[0];
        return (
          `Weight of ${K(b)}: ${cell(M, q, b).toFixed(3)}; an even ` +
          `spread would be ${(1 / cols.length).toFixed(3)}.`
        );
      },
    },
    {
      say:
        "Open \u201cStatistics of all heads\u201d below and sort: entropy tells how widely " +
        "a head looks, \u201cprevious\u201d how much of its weight goes one token back.",
    },
  ]);
}
