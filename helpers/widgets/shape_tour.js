/* The parts of a model in the order of their calls: boxes, shapes, weights, lines of code. */
function draw(ui, _data, p) {
  const parts = p.parts;
  const n = parts.length;
  let at = 0;
  let noShape = false;
  let noCount = false;
  let waiting = false;
  const ROW = 34;
  const SUM = 26;
  const BOX = 27;
  const RAIL = 24;
  const EDGE = 252;
  const STEP = 24;
  const WIDE = 392;
  const TOP = 26;
  const CAP = 350;
  const kids = parts.map((_, i) => range(n).filter((j) => parts[j].inside === i));
  const roots = range(n).filter((i) => parts[i].inside < 0);
  let total = 0;
  const seen = {};
  roots.forEach((i) => {
    if (!seen[parts[i].name]) {
      seen[parts[i].name] = true;
      total += parts[i].parameters;
    }
  });
  function last(i) {
    let j = i;
    while (j + 1 < n && parts[j + 1].level > parts[i].level) {
      j++;
    }
    return j;
  }
  function text(shape) {
    return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  }
  function letters(shape) {
    const known = shape.map((s) => p.letters[s] || "\u00b7");
    return known.some((s) => s !== "\u00b7") ? known.join(", ") : "";
  }
  function count(x) {
    return x.toLocaleString("en-US");
  }
  function share(i) {
    return total ? parts[i].parameters / total : 0;
  }
  function percent(i) {
    const x = 100 * share(i);
    return `${x > 0 && x < 0.05 ? "less than 0.1" : x.toFixed(1)} %`;
  }
  function goesIn(i) {
    return parts[i].inputs.map(text).join(" and ") || "no tensor";
  }
  /* the first part that changes a size, or else the shape, is the one to ask about */
  function changes(i) {
    return (
      parts[i].inputs.length > 0 && text(parts[i].inputs[0]) !== text(parts[i].output)
    );
  }
  const changing = range(n).filter(changes);
  const asked = changing
    .filter((i) => parts[i].inputs[0].length === parts[i].output.length)
    .concat(changing, 0)[0];
  function hidden(i) {
    return noShape && i >= asked;
  }
  function hiddenIn(i) {
    return noShape && i > asked;
  }
  function short(i) {
    const around = parts[i].inside;
    const name = parts[i].name;
    return around >= 0 && name.indexOf(`${parts[around].name}.`) === 0
      ? name.slice(parts[around].name.length + 1)
      : name;
  }

  /* rows flow into columns, two of them a page; a way around is not broken if it can be helped */
  const rows = [];
  const where = [];
  const sums = [];
  let pages = 1;
  range(n).forEach((i) => {
    rows.push({ i: i, h: ROW });
    for (let k = i; k >= 0 && last(k) === i; k = parts[k].inside) {
      if (parts[k].sum >= 0) {
        rows.push({ i: k, h: SUM, sum: true });
      }
    }
  });
  function bridged(i) {
    return range(n).some((k) => parts[k].sum >= 0 && parts[k].sum < i && i <= last(k));
  }
  function good(r) {
    return !r.sum && !bridged(r.i);
  }
  (function flow() {
    const all = rows.reduce((s, r) => s + r.h, 0);
    const columns = all <= 300 ? 1 : Math.max(2, Math.ceil(all / CAP));
    const aim = all / columns;
    let column = 0;
    let y = 0;
    for (let from = 0, to; from < rows.length; from = to, column++) {
      for (to = from, y = 0; to < rows.length && y + rows[to].h <= CAP; to++) {
        if (y > aim * 0.75 && column + 1 < columns && good(rows[to])) {
          break;
        }
        y += rows[to].h;
      }
      for (let back = to; to < rows.length && back > from + 4; back--) {
        if (good(rows[back])) {
          to = back;
          break;
        }
      }
      y = TOP;
      rows.slice(from, to).forEach((r) => {
        (r.sum ? sums : where)[r.i] = {
          page: column >> 1,
          column: column & 1,
          y: y,
          x: RAIL + STEP * Math.min(parts[r.i].level, 5),
        };
        y += r.h;
      });
    }
    pages = (column + 1) >> 1;
  })();
  function together(a, b) {
    return a && b && a.page === b.page && a.column === b.column;
  }

  function line(g, points, color, head, dash) {
    g.strokeStyle = g.fillStyle = ui.color(color);
    g.lineWidth = color === "key" ? 2.5 : 1.6;
    g.setLineDash(dash ? [3, 4] : []);
    g.beginPath();
    points.forEach((q, k) => {
      g[k ? "lineTo" : "moveTo"](q[0], q[1]);
    });
    g.stroke();
    g.setLineDash([]);
    if (head) {
      const b = points[points.length - 1];
      const a = points[points.length - 2];
      const t = Math.atan2(b[1] - a[1], b[0] - a[0]);
      g.beginPath();
      g.moveTo(b[0], b[1]);
      [2.6, -2.6].forEach((d) => {
        g.lineTo(b[0] + 8 * Math.cos(t + d), b[1] + 8 * Math.sin(t + d));
      });
      g.fill();
    }
  }
  function font(g, size, bold) {
    g.font = `${(bold ? "bold " : "") + size}px system-ui,sans-serif`;
  }
  function drawShape(g, i, x, y) {
    const out = parts[i].output;
    const into = parts[i].inputs[0] || [];
    const chosen = i === at;
    g.textAlign = "left";
    if (hidden(i)) {
      font(g, 17, true);
      g.fillStyle = ui.color("key");
      g.fillText("?", x, y);
      return;
    }
    function put(piece, bold) {
      font(g, 15, bold || chosen);
      g.fillStyle = ui.color(bold ? "key" : "ink");
      g.fillText(piece, x, y - 6);
      x += g.measureText(piece).width;
    }
    put("(");
    out.forEach((size, k) => {
      const from = x;
      const letter = p.letters[size];
      put(
        String(size),
        into.length && (into.length !== out.length || into[k] !== size),
      );
      if (letter) {
        g.textAlign = "center";
        font(g, 12, true);
        g.fillStyle = ui.color("query");
        g.fillText(letter, (from + x) / 2, y + 9);
        g.textAlign = "left";
      }
      put(k + 1 < out.length ? ", " : out.length === 1 ? ",)" : ")");
    });
    if (!out.length) {
      put(")");
    }
  }
  function drawPart(g, i) {
    const w = where[i];
    const left = w.column * WIDE;
    const x = left + w.x;
    const y = w.y;
    const mid = y + BOX / 2;
    const part = parts[i];
    const chosen = i === at;
    const right = left + EDGE;
    let feeder =
      part.from >= 0 ? (parts[part.from].sum >= 0 ? null : where[part.from]) : null;
    const around = where[part.inside];
    const beside = part.inside < 0 ? roots : kids[part.inside];
    const before = beside[beside.indexOf(i) - 1];
    const added =
      part.from < 0 && !part.passed && before !== undefined && parts[before].sum >= 0;
    if (added) {
      feeder = sums[before];
    }
    if (feeder) {
      if (together(feeder, w)) {
        line(
          g,
          [
            [x + 9, feeder.y + (added ? SUM - 4 : BOX)],
            [x + 9, y],
          ],
          "soft",
          true,
        );
      } else {
        line(
          g,
          [
            [x + 9, y - 14],
            [x + 9, y],
          ],
          "soft",
          true,
        );
      }
    } else if (around && together(around, w)) {
      line(
        g,
        [
          [left + around.x + 15, around.y + BOX],
          [left + around.x + 15, mid],
          [x, mid],
        ],
        "soft",
        true,
        !part.passed,
      );
    } else if (i === 0) {
      line(
        g,
        [
          [x + 9, 15],
          [x + 9, y],
        ],
        "soft",
        true,
      );
      font(g, 14);
      g.fillStyle = ui.color("soft");
      g.textAlign = "left";
      g.fillText(`${goesIn(0)} goes in`, x + 2, 8);
    }
    g.fillStyle = ui.color(chosen ? "query" : "pale");
    g.fillRect(x, y, right - x, BOX);
    if (!noCount && total) {
      g.fillStyle = ui.color("key");
      g.fillRect(x, y + BOX - 4, (right - x) * share(i), 4);
    }
    g.strokeStyle = ui.color(chosen ? "key" : kids[i].length ? "ink" : "line");
    g.lineWidth = chosen ? 3 : kids[i].length ? 2 : 1;
    g.strokeRect(x, y, right - x, BOX);
    g.fillStyle = ui.color(chosen ? "paper" : "soft");
    font(g, 12);
    g.textAlign = "left";
    g.fillText(String(i + 1), x + 6, mid - 1);
    const weights = noCount ? "?" : part.parameters ? count(part.parameters) : "";
    let room = right - x - 34;
    font(g, 14);
    g.textAlign = "right";
    g.fillStyle = ui.color(chosen ? "paper" : "ink");
    g.fillText(weights, right - 7, mid - 1);
    room -= weights ? g.measureText(weights).width + 12 : 0;
    g.textAlign = "left";
    font(g, 15, true);
    const name = short(i);
    let size = Array.from(name).length;
    while (size > 1 && g.measureText(cut(name, size)).width > room) {
      size--;
    }
    g.fillText(cut(name, size), x + 26, mid - 1);
    line(
      g,
      [
        [right + 2, mid],
        [right + 22, mid],
      ],
      "soft",
      true,
    );
    drawShape(g, i, right + 28, mid);
  }
  function drawSum(g, i) {
    const w = sums[i];
    const left = w.column * WIDE;
    const x = left + w.x + 9;
    const y = w.y + SUM / 2 - 4;
    const start = where[parts[i].sum];
    const side = left + w.x - 12;
    if (together(where[i], w)) {
      line(
        g,
        [
          [x, where[i].y + BOX],
          [x, y - 9],
        ],
        "soft",
        true,
      );
    }
    const from = together(start, w) ? start.y - 5 : TOP - 8;
    line(
      g,
      [
        [together(start, w) ? x : side, from],
        [side, from],
        [side, y],
        [x - 9, y],
      ],
      "key",
      true,
    );
    g.fillStyle = ui.color("paper");
    g.strokeStyle = ui.color("key");
    g.lineWidth = 2.5;
    g.beginPath();
    g.arc(x, y, 8, 0, 7);
    g.fill();
    g.stroke();
    g.beginPath();
    g.moveTo(x - 5, y);
    g.lineTo(x + 5, y);
    g.moveTo(x, y - 5);
    g.lineTo(x, y + 5);
    g.stroke();
    font(g, 13);
    g.fillStyle = ui.color("key");
    g.textAlign = "left";
    g.fillText("sum with what went around", x + 16, y);
  }
  function shown() {
    return where[at].page;
  }
  const map = ui.canvas(
    "The parts in the order of their calls. Up and down choose a part, Space takes the next.",
    (g) => {
      sums.forEach((w, i) => {
        if (w.page === shown()) {
          drawSum(g, i);
        }
      });
      range(n).forEach((i) => {
        if (where[i].page === shown()) {
          drawPart(g, i);
        }
      });
    },
    {
      move: (di, dj) => {
        go(at + di + dj);
      },
      lock: next,
      click: (x, y) => {
        range(n).forEach((i) => {
          const w = where[i];
          if (
            w.page === shown() &&
            w.column === Math.floor(x / WIDE) &&
            y >= w.y &&
            y < w.y + ROW
          ) {
            go(i);
          }
        });
      },
    },
  );
  function go(i) {
    at = clamp(i, 0, n - 1);
    ui.paint();
  }
  function next() {
    go(at + 1 < n ? at + 1 : 0);
  }

  const name = el("b");
  const kind = el("span");
  const into = el("div");
  const out = el("div");
  const weights = el("div");
  const bar = el("div");
  const steps = el("div", { class: "row" });
  name.style.fontSize = "1.15em";
  name.style.overflowWrap = "anywhere";
  kind.style.color = "var(--soft)";
  const frame = el("div", { "aria-hidden": "true" }, [bar]);
  frame.style.cssText =
    "height:14px;border:1px solid var(--line);background:var(--pale);margin:3px 0 8px";
  bar.style.cssText = "height:100%;background:var(--key)";
  function field(label, node) {
    const head = el("div", { text: label });
    head.style.cssText = "color:var(--soft);font-size:.88em;margin-top:4px";
    node.style.cssText = "font-weight:600;font-size:1.1em";
    return el("div", {}, [head, node]);
  }
  const panel = el("div", {}, [
    el("div", {}, [name, " ", kind]),
    field("goes in", into),
    field("comes out", out),
    field("weights (parameters)", weights),
    frame,
    steps,
  ]);
  panel.style.cssText =
    "flex:1 1 228px;max-width:420px;border-left:3px solid var(--line);padding-left:14px;box-sizing:border-box";
  const prior = ui.button(
    "Previous",
    () => {
      go(at - 1);
    },
    {},
    steps,
  );
  const onward = ui.button("Next part", next, {}, steps);
  onward.style.fontWeight = "700";
  const code = el("pre");
  const legend = el("div", {
    class: "help",
    text: p.legend
      .concat("dashed arrow: something was computed in between")
      .join(" \u00b7 "),
  });
  code.style.cssText =
    "flex:1 1 100%;margin:0;padding:5px 10px;background:var(--pale);border-left:5px solid var(--query);white-space:pre-wrap;overflow-wrap:anywhere;font:1.05em ui-monospace,monospace";
  legend.style.cssText = "flex:1 1 100%;margin:-6px 0 0";
  ui.panes.append(panel, code, legend);
  ui.panes.style.gap = "10px 12px";
  ui.controls.remove();

  function described(shape, cover) {
    const under = cover ? "" : letters(shape);
    return (cover ? "?" : text(shape)) + (under ? `  =  (${under})` : "");
  }
  ui.paint = () => {
    const part = parts[at];
    let columns = 1;
    let deepest = 0;
    where.concat(sums).forEach((w, i) => {
      if (w && w.page === shown()) {
        columns = Math.max(columns, w.column + 1);
        deepest = Math.max(deepest, w.y + (i < n ? ROW : SUM));
      }
    });
    map.paint(columns * WIDE - 8, deepest);
    name.textContent = part.name;
    kind.textContent = part.kind;
    into.textContent = hiddenIn(at)
      ? "?"
      : part.inputs.map((s) => described(s)).join(" and ") || "no tensor";
    out.textContent = described(part.output, hidden(at));
    weights.textContent = noCount
      ? "?"
      : count(part.parameters) + (total ? `, ${percent(at)} of ${count(total)}` : "");
    bar.style.width = noCount ? 0 : `${100 * Math.min(1, share(at))}%`;
    prior.disabled = at === 0;
    onward.textContent = at + 1 < n ? "Next part" : "From the start";
    /* a comment may tell the shape */
    code.textContent =
      part.code
        .split("\n")
        .map((s) => (hidden(at) ? s.split("#")[0] : s))
        .join("\n") || "(no line of code is known)";
    const place = `${at + 1} of ${n}${pages > 1 ? `, page ${shown() + 1} of ${pages}` : ""}`;
    ui.say(
      (waiting ? "Choose your answer above. " : "") +
        place +
        ": " +
        part.name +
        ": " +
        (hiddenIn(at) ? "?" : goesIn(at)) +
        " \u2192 " +
        (hidden(at) ? "?" : text(part.output)) +
        "; " +
        (noCount ? "?" : count(part.parameters)) +
        " parameters" +
        (part.sum >= 0 ? "; then added to what went around" : "") +
        ".",
    );
    ui.host.dataset.at = at;
    ui.host.dataset.out = hidden(at) ? "" : part.output.join(",");
    ui.host.dataset.parameters = noCount ? "" : part.parameters;
    table.fill();
  };
  ui.save("shapes", map);
  const table = ui.table("All parts as a table", () =>
    [["part", "kind", "in", "out", "parameters", "share"]].concat(
      range(n).map((i) => {
        const q = parts[i];
        return [
          q.name,
          q.kind,
          hiddenIn(i) ? "?" : goesIn(i),
          hidden(i) ? "?" : text(q.output),
          noCount ? "?" : count(q.parameters),
          noCount ? "?" : percent(i),
        ];
      }),
    ),
  );
  ui.helpText = "arrows choose a part; Space or Enter the next one.";

  /* three shapes to choose from: the true one and two that could be thought of */
  function shapes() {
    const right = parts[asked].output;
    const tempting = [];
    if (parts[asked].inputs.length) {
      tempting.push(parts[asked].inputs[0]);
    }
    parts.forEach((q) => {
      tempting.push(q.output);
    });
    tempting.push(
      right.slice(0, -2).concat(right.slice(-2).reverse()),
      right.slice(0, -1),
      right.concat([1]),
      right.concat([1, 1]),
    );
    const found = [text(right)];
    tempting.forEach((s) => {
      if (found.length < 3 && found.indexOf(text(s)) < 0) {
        found.push(text(s));
      }
    });
    return found.sort();
  }
  function why() {
    const q = parts[asked];
    const a = q.inputs[0] || [];
    const b = q.output;
    if (!changes(asked)) {
      return "This part keeps the shape.";
    }
    if (a.length !== b.length) {
      return `${goesIn(asked)} goes in, ${text(b)} comes out: other axes.`;
    }
    return `${range(b.length)
      .filter((k) => a[k] !== b[k])
      .map((k) => `axis ${k + 1} of ${b.length}: ${a[k]} \u2192 ${b[k]}`)
      .join(", ")}; the rest stays.`;
  }
  function rivals() {
    let level = roots.length > 1 ? roots : kids[roots[0]];
    const names = [];
    level = order(level.length, (k) => parts[level[k]].parameters)
      .map((k) => level[k])
      .filter((i) => {
        const fresh = names.indexOf(parts[i].name) < 0;
        names.push(parts[i].name);
        return fresh;
      })
      .slice(0, 4)
      .sort((a, b) => a - b);
    return level;
  }
  const teams = rivals();
  const most = order(teams.length, (k) => parts[teams[k]].parameters);
  const fair =
    teams.length > 1 &&
    parts[teams[most[0]]].parameters > parts[teams[most[1]]].parameters;
  const anySum = parts.filter((q) => q.sum >= 0).length;
  function fresh() {
    waiting = true;
    delete ui.host.dataset.answered;
  }
  ui.free = () => {
    noShape = noCount = false;
  };
  const stops = [
    {
      say: `Each box is a module that was called, in the order of the calls; a box further right was called by the one above it. The arrow carries the shape that came out${p.legend.length ? ", with the letters of its axes." : "."}`,
      go: () => {
        at = 0;
        noShape = true;
        noCount = fair;
      },
    },
    {
      ask: `Predict: ${goesIn(asked)} goes into ${parts[asked].name} (${parts[asked].kind}). What shape comes out?`,
      go: () => {
        fresh();
        at = asked;
        noShape = true;
        noCount = fair;
      },
      leave: () => {
        waiting = noShape = false;
      },
      choices: shapes,
      answer: () => shapes().indexOf(text(parts[asked].output)),
      why: why,
    },
  ];
  if (fair) {
    stops.push({
      ask: "Predict: which of these parts holds the most weights?",
      go: () => {
        fresh();
        noShape = false;
        noCount = true;
      },
      leave: () => {
        waiting = noCount = false;
      },
      choices: () => teams.map((i) => parts[i].name),
      answer: () => most[0],
      why: () => {
        const i = teams[most[0]];
        return `${count(parts[i].parameters)}, ${percent(i)} of all; the orange bar in each box is its share.`;
      },
    });
  }
  stops.push({
    say: `Now follow the batch with \u201cNext part\u201d: what goes in, what comes out, the line that calls it.${anySum ? " At each \u2295 two tensors are added: that works because the part gives back the shape it got." : ""}`,
    go: () => {
      at = 0;
      noShape = noCount = false;
    },
  });
  ui.tour(stops);
}
