/* The parts of a model in the order of their calls: boxes, shapes, weights, lines of code. */
function draw(ui, _data, p) {
  const parts = p.parts;
  const many = parts.length;
  let at = 0;
  let noShape = false;
  let noCount = false;
  let waiting = false;
  const ROW = 34;
  const SUM = 26;
  const BOX = 27;
  const RAIL = 24;
  const STEP = 24;
  const PANEL = 242;
  const NARROWEST = 340;
  const FONT = "px system-ui,sans-serif";
  const TOP = 26;
  const CAP = 350;
  let wide = 392;
  let edge = 252;
  let perPage = 2;
  const kids = parts.map((_, i) => range(many).filter((j) => parts[j].inside === i));
  const roots = range(many).filter((i) => parts[i].inside < 0);
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
    while (j + 1 < many && parts[j + 1].level > parts[i].level) {
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
  const changing = range(many).filter(changes);
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

  /* rows flow into columns; a way around is not broken if it can be helped */
  const rows = [];
  const where = [];
  const sums = [];
  range(many).forEach((i) => {
    rows.push({ i, h: ROW });
    for (let k = i; k >= 0 && last(k) === i; k = parts[k].inside) {
      if (parts[k].sum >= 0) {
        rows.push({ i: k, h: SUM, sum: true });
      }
    }
  });
  function bridged(i) {
    return range(many).some(
      (k) => parts[k].sum >= 0 && parts[k].sum < i && i <= last(k),
    );
  }
  function good(r) {
    return !r.sum && !bridged(r.i);
  }
  /* the row before which a column that starts at a row ends */
  function breakAfter(from, aim, isLast) {
    let to = from;
    let y = 0;
    while (to < rows.length && y + rows[to].h <= CAP) {
      if (y > aim * 0.75 && !isLast && good(rows[to])) {
        break;
      }
      y += rows[to].h;
      to++;
    }
    for (let back = to; to < rows.length && back > from + 4; back--) {
      if (good(rows[back])) {
        return back;
      }
    }
    return to;
  }
  function setColumn(from, to, column) {
    let y = TOP;
    rows.slice(from, to).forEach((r) => {
      const x = RAIL + STEP * Math.min(parts[r.i].level, 5);
      (r.sum ? sums : where)[r.i] = { column, y, x };
      y += r.h;
    });
  }
  function flow() {
    const all = rows.reduce((sum, r) => sum + r.h, 0);
    const wanted = all <= 300 ? 1 : Math.max(2, Math.ceil(all / CAP));
    let column = 0;
    let from = 0;
    while (from < rows.length) {
      const to = breakAfter(from, all / wanted, column + 1 >= wanted);
      setColumn(from, to, column);
      from = to;
      column++;
    }
    return column;
  }
  const columns = flow();
  function together(a, b) {
    return a && b && a.column === b.column;
  }
  function pageOf(w) {
    return Math.floor(w.column / perPage);
  }
  function leftOf(w) {
    return (w.column % perPage) * wide;
  }
  /* as many columns a page as there is room for, the panel beside them if it can be */
  function layOut() {
    const room = ui.fit(350);
    perPage = columns > 1 && room >= 2 * NARROWEST ? 2 : 1;
    const beside = room - PANEL >= perPage * NARROWEST;
    const most = beside ? room - PANEL : room;
    wide = Math.min(Math.floor((most + 8) / perPage), beside ? 480 : 1e4);
    edge = Math.max(150, wide - 40 - widestShape());
  }
  const ruler = el("canvas").getContext("2d");
  function widestShape() {
    font(ruler, 15, true);
    return Math.max(...parts.map((q) => ruler.measureText(text(q.output)).width));
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
    g.font = `${bold ? "bold " : ""}${size}${FONT}`;
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
  /* what leads into a part: the box or the sum before it, if it stands on this page */
  function feederOf(i) {
    const part = parts[i];
    const beside = part.inside < 0 ? roots : kids[part.inside];
    const before = beside[beside.indexOf(i) - 1];
    if (
      part.from < 0 &&
      !part.passed &&
      before !== undefined &&
      parts[before].sum >= 0
    ) {
      return { from: sums[before], down: SUM - 4 };
    }
    const fed = part.from >= 0 && parts[part.from].sum < 0;
    return fed ? { from: where[part.from], down: BOX } : null;
  }
  function drawWayIn(g, i) {
    const w = where[i];
    const x = leftOf(w) + w.x;
    const around = where[parts[i].inside];
    const feeder = feederOf(i);
    if (feeder) {
      const from = together(feeder.from, w) ? feeder.from.y + feeder.down : w.y - 14;
      const way = [
        [x + 9, from],
        [x + 9, w.y],
      ];
      line(g, way, "soft", true);
    } else if (around && together(around, w)) {
      const rail = leftOf(w) + around.x + 15;
      const way = [
        [rail, around.y + BOX],
        [rail, w.y + BOX / 2],
        [x, w.y + BOX / 2],
      ];
      line(g, way, "soft", true, !parts[i].passed);
    } else if (i === 0) {
      const way = [
        [x + 9, 15],
        [x + 9, w.y],
      ];
      line(g, way, "soft", true);
      font(g, 14);
      g.fillStyle = ui.color("soft");
      g.textAlign = "left";
      g.fillText(`${goesIn(0)} goes in`, x + 2, 8);
    }
  }
  function drawBox(g, i, x, y, right) {
    const chosen = i === at;
    g.fillStyle = ui.color(chosen ? "query" : "pale");
    g.fillRect(x, y, right - x, BOX);
    if (!noCount && total) {
      g.fillStyle = ui.color("key");
      g.fillRect(x, y + BOX - 4, (right - x) * share(i), 4);
    }
    g.strokeStyle = ui.color(chosen ? "key" : kids[i].length ? "ink" : "line");
    g.lineWidth = chosen ? 3 : kids[i].length ? 2 : 1;
    g.strokeRect(x, y, right - x, BOX);
  }
  /* number, name and weights; the name is cut to the room that the weights leave */
  function drawWords(g, i, x, mid, right) {
    const chosen = i === at;
    const weights = noCount
      ? "?"
      : parts[i].parameters
        ? count(parts[i].parameters)
        : "";
    g.fillStyle = ui.color(chosen ? "paper" : "soft");
    font(g, 12);
    g.textAlign = "left";
    g.fillText(String(i + 1), x + 6, mid - 1);
    font(g, 14);
    g.textAlign = "right";
    g.fillStyle = ui.color(chosen ? "paper" : "ink");
    g.fillText(weights, right - 7, mid - 1);
    const room = right - x - 34 - (weights ? g.measureText(weights).width + 12 : 0);
    g.textAlign = "left";
    font(g, 15, true);
    const name = short(i);
    let size = Array.from(name).length;
    while (size > 1 && g.measureText(cut(name, size)).width > room) {
      size--;
    }
    g.fillText(cut(name, size), x + 26, mid - 1);
  }
  function drawPart(g, i) {
    const w = where[i];
    const mid = w.y + BOX / 2;
    const right = leftOf(w) + edge;
    const x = leftOf(w) + w.x;
    drawWayIn(g, i);
    drawBox(g, i, x, w.y, right);
    drawWords(g, i, x, mid, right);
    const out = [
      [right + 2, mid],
      [right + 22, mid],
    ];
    line(g, out, "soft", true);
    drawShape(g, i, right + 28, mid);
  }
  function drawPlus(g, x, y) {
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
  function drawSum(g, i) {
    const w = sums[i];
    const x = leftOf(w) + w.x + 9;
    const y = w.y + SUM / 2 - 4;
    const start = where[parts[i].sum];
    const side = leftOf(w) + w.x - 12;
    if (together(where[i], w)) {
      const down = [
        [x, where[i].y + BOX],
        [x, y - 9],
      ];
      line(g, down, "soft", true);
    }
    const from = together(start, w) ? start.y - 5 : TOP - 8;
    const around = [
      [together(start, w) ? x : side, from],
      [side, from],
      [side, y],
      [x - 9, y],
    ];
    line(g, around, "key", true);
    drawPlus(g, x, y);
  }
  function shown() {
    return pageOf(where[at]);
  }
  const map = ui.canvas(
    "The parts in the order of their calls. Up and down choose a part, Space takes the next.",
    (g) => {
      sums.forEach((w, i) => {
        if (pageOf(w) === shown()) {
          drawSum(g, i);
        }
      });
      range(many).forEach((i) => {
        if (pageOf(where[i]) === shown()) {
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
        const hit = range(many).find((i) => {
          const w = where[i];
          const inside = x >= leftOf(w) && x < leftOf(w) + wide;
          return pageOf(w) === shown() && inside && y >= w.y && y < w.y + ROW;
        });
        if (hit !== undefined) {
          go(hit);
        }
      },
    },
  );
  function go(i) {
    at = clamp(i, 0, many - 1);
    ui.paint();
  }
  function next() {
    go(at + 1 < many ? at + 1 : 0);
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
    "flex:1 1 228px;border-left:3px solid var(--line);padding-left:14px;box-sizing:border-box";
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
    "flex:1 1 100%;margin:0;padding:5px 10px;background:var(--pale);" +
    "border-left:5px solid var(--query);white-space:pre-wrap;overflow-wrap:anywhere;" +
    "font:1.05em ui-monospace,monospace";
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
    layOut();
    const here = [...where, ...sums].filter((w) => w && pageOf(w) === shown());
    const deepest = Math.max(...here.map((w) => w.y)) + ROW;
    map.paint(Math.max(...here.map(leftOf)) + wide - 8, deepest);
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
    onward.textContent = at + 1 < many ? "Next part" : "From the start";
    /* a comment may tell the shape */
    code.textContent =
      part.code
        .split("\n")
        .map((s) => (hidden(at) ? s.split("#")[0] : s))
        .join("\n") || "(no line of code is known)";
    const pages = Math.ceil(columns / perPage);
    const place =
      pages > 1
        ? `${at + 1} of ${many}, page ${shown() + 1} of ${pages}`
        : `${at + 1} of ${many}`;
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
      range(many).map((i) => {
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
    const changed = range(b.length)
      .filter((k) => a[k] !== b[k])
      .map((k) => `axis ${k + 1} of ${b.length}: ${a[k]} \u2192 ${b[k]}`);
    return `${changed.join(", ")}; the rest stays.`;
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
    at = 0;
    noShape = noCount = false;
  };
  const stops = [
    {
      ask:
        "Each box is a module that was called, in the order of the calls; the arrow carries " +
        `the shape that came out. Predict: ${goesIn(asked)} goes into ${parts[asked].name} ` +
        `(${parts[asked].kind}). What shape comes out?`,
      go: () => {
        fresh();
        at = asked;
        noShape = true;
        noCount = false;
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
  stops.push(
    {
      say:
        "A box further right was called by the one above it. " +
        (p.legend.length
          ? "Below each shape stand the letters of its axes; what has changed is orange."
          : "What has changed in a shape is orange."),
    },
    {
      say:
        "Now follow the batch with \u201cNext part\u201d: what goes in, what comes out, the " +
        "line that calls it." +
        (anySum
          ? " At each \u2295 two tensors are added: that works because the part gives back " +
            "the shape it got."
          : ""),
      go: () => {
        at = 0;
      },
    },
  );
  ui.tour(stops);
}
