/* One token hidden at a time, and the guesses for it. */
function draw(ui, data, p) {
  const T = p.tokens.length;
  const K = p.ids[0].length;
  const k = p.top;
  const exact = !!data.q;
  const F = "px system-ui,sans-serif";
  let at = p.first;
  let hidden = p.first;
  let row = 0;
  let by = 0;
  let cover = false; /* by guessing first */
  let guess = false;
  let asked = 0;
  let hit = 0;
  let last = "";
  let W = 860;
  const ROW = 25;
  let boxes = [];
  let deep = 36;
  let BAR = 250;
  let X = [170, 510];
  /* the words, then a column of bars for each kind of guess */
  function arrange() {
    const word = Math.min(170, 0.28 * ui.fit(0));
    W = ui.fit(320, 1240);
    const each = (W - word - 8) / (exact ? 2 : 1);
    BAR = each - 58;
    X = [word, word + each];
  }
  function covered() {
    return cover || ui.asking;
  }
  function quote(t) {
    return `\u201c${t}\u201d`;
  }
  function free(t) {
    return p.asked.indexOf(t) >= 0;
  }
  function word(t, c) {
    return p.words[p.ids[t][c]];
  }
  function value(name, t, c) {
    return data[name][t * K + c];
  }
  function same(t, c) {
    return p.ids[t][c] === p.ids[t][K - 1];
  }
  /* the columns shown: the greatest k, and the true token below them */
  function shown(t) {
    const from = by ? k : 0;
    const list = range(k).map((c) => from + c);
    return list.some((c) => same(t, c)) ? list : list.concat([K - 1]);
  }
  function top(t) {
    return word(t, 0);
  }
  function options(t) {
    const list = range(Math.min(4, k)).map((c) => word(t, c));
    if (list.indexOf(word(t, K - 1)) < 0) {
      list[list.length - 1] = word(t, K - 1);
    }
    return list.sort();
  }
  function mean(name) {
    return p.asked.reduce((s, t) => s + data[name][t], 0) / p.asked.length;
  }
  function place(g) {
    let x = 6;
    let y = 4;
    g.font = `15${F}`;
    boxes = p.tokens.map((token, t) => {
      const text = t === hidden ? "[MASK]" : cut(token, 14);
      const w = Math.max(30, g.measureText(text).width + 16);
      if (x + w > W - 4) {
        x = 6;
        y += 34;
      }
      const box = { x: x, y: y, w: w, text: text };
      x += w + 5;
      return box;
    });
    deep = y + 34;
  }
  const line = ui.canvas(
    "The text, token by token. Left and right choose a token, Space hides it; up and down choose a guess.",
    (g) => {
      boxes.forEach((b, t) => {
        const on = t === hidden;
        g.font = `${on ? "bold " : ""}15${F}`;
        g.textAlign = "center";
        g.fillStyle = ui.color(on ? "query" : free(t) ? "pale" : "paper");
        g.fillRect(b.x, b.y, b.w, 28);
        g.fillStyle = ui.color(on ? "paper" : free(t) ? "ink" : "soft");
        g.fillText(b.text, b.x + b.w / 2, b.y + 15);
        g.strokeStyle = ui.color(t === at ? "key" : "line");
        g.lineWidth = t === at ? 3 : 1;
        if (t === at || free(t)) {
          g.strokeRect(b.x, b.y, b.w, 28);
        }
      });
    },
    {
      move: (di, dj) => {
        if (dj) {
          at = clamp(at + dj, 0, T - 1);
        }
        if (di) {
          row = clamp(row + di, 0, shown(hidden).length - 1);
        }
        ui.paint();
      },
      lock: () => {
        hide(at);
      },
      click: (x, y) => {
        const t = boxes.findIndex(
          (b) => x >= b.x && x <= b.x + b.w && y >= b.y && y <= b.y + 28,
        );
        if (t >= 0) {
          at = t;
          hide(t);
        }
      },
    },
  );
  const bars = ui.canvas("The guesses for the hidden token, as bars.", drawBars);
  bars.node.addEventListener("click", (e) => {
    const real = bars.node.getBoundingClientRect();
    const y = ((e.clientY - real.top) / real.height) * bars.h;
    const r = Math.floor((y - 20) / ROW);
    if (!covered() && r >= 0 && r < shown(hidden).length) {
      row = r;
      ui.paint();
    }
  });
  function drawBars(g) {
    const list = shown(hidden);
    const sides = exact ? ["p", "q"] : ["p"];
    g.font = `bold 13${F}`;
    g.textAlign = "left";
    sides.forEach((_name, s) => {
      g.fillStyle = ui.color(s ? "key" : "query");
      g.fillText(s ? "exact best" : "model", X[s], 10);
    });
    if (covered()) {
      g.fillStyle = ui.color("ink");
      g.font = `15${F}`;
      g.fillText("? Choose first.", X[0], 20 + ROW);
      return;
    }
    list.forEach((c, r) => {
      const y = 20 + r * ROW;
      const mine = same(hidden, c);
      g.font = `${mine ? "bold " : ""}14${F}`;
      g.textAlign = "right";
      g.fillStyle = ui.color(mine ? "good" : "ink");
      g.fillText(
        (mine ? "\u2713 " : "") + trim(g, word(hidden, c), X[0] - (mine ? 26 : 12)),
        X[0] - 8,
        y + 12,
      );
      sides.forEach((name, s) => {
        const x = value(name, hidden, c);
        const w = x * BAR;
        g.fillStyle = ui.color(s ? "key" : "query");
        g.fillRect(X[s], y + 3, w, 18);
        if (s && w > 3) {
          g.save();
          g.beginPath();
          g.rect(X[s], y + 3, w, 18);
          g.clip();
          g.strokeStyle = ui.color("paper");
          g.lineWidth = 2;
          for (let z = X[s] - 18; z < X[s] + w; z += 10) {
            g.beginPath();
            g.moveTo(z, y + 21);
            g.lineTo(z + 18, y + 3);
            g.stroke();
          }
          g.restore();
        }
        g.font = `13${F}`;
        g.textAlign = "left";
        g.fillStyle = ui.color("ink");
        g.fillText(x.toFixed(4), X[s] + w + 6, y + 12);
      });
      if (r === row) {
        g.strokeStyle = ui.color("ink");
        g.lineWidth = 3;
        g.strokeRect(2, y, W - 4, ROW - 1);
      }
    });
  }
  const quiz = el("div", { class: "row", role: "group", "aria-label": "Your guess" });
  ui.panes.after(quiz);
  function hide(t) {
    if (!free(t)) {
      ui.say(
        `${quote(p.tokens[t])} is special: it says where texts begin and end, so it is never hidden.`,
      );
      return;
    }
    hidden = t;
    row = 0;
    last = "";
    cover = guess;
    ask();
    ui.paint();
  }
  function ask() {
    clear(quiz);
    if (!cover || !guess) {
      return;
    }
    quiz.append("The model\u2019s first guess is");
    options(hidden).forEach((text) => {
      ui.button(
        text,
        () => {
          const right = text === top(hidden);
          asked++;
          hit += right;
          cover = false;
          ask();
          const verdict = right ? "\u2713 Yes." : `\u2717 You said ${quote(text)}.`;
          last = `${verdict} ${hit} of ${asked} right. `;
          ui.host.dataset.guessed = `${hit}/${asked}`;
          ui.paint();
          line.node.focus();
        },
        {},
        quiz,
      );
    });
  }
  ui.paint = () => {
    arrange();
    place(line.node.getContext("2d"));
    line.paint(W, deep);
    bars.paint(W, 24 + (k + 1) * ROW);
    const c = shown(hidden)[row];
    let text;
    if (covered()) {
      text = `Choose first: what is the model\u2019s first guess for the hidden ${quote(p.tokens[hidden])}?`;
    } else {
      text =
        last +
        "Hidden: " +
        quote(p.tokens[hidden]) +
        ", surprise " +
        data.surprise[hidden].toFixed(3) +
        " nats" +
        (exact ? `, at best ${data.least[hidden].toFixed(3)}` : "") +
        ". " +
        (row + 1) +
        ". " +
        quote(word(hidden, c)) +
        ": " +
        value("p", hidden, c).toFixed(4) +
        (exact ? `, exact ${value("q", hidden, c).toFixed(4)}` : "") +
        ".";
    }
    if (at !== hidden) {
      text += ` Chosen: ${quote(p.tokens[at])}${free(at) ? ", Space hides it." : ", special: it stays."}`;
    }
    ui.say(text);
    ui.host.dataset.hidden = hidden;
    ui.host.dataset.at = at;
    ui.host.dataset.row = row;
    ui.host.dataset.surprise = covered() ? "" : data.surprise[hidden].toFixed(4);
    ui.host.dataset.mean = mean("surprise").toFixed(4);
    guesses.fill();
    all.fill();
  };
  ui.button("Hide the token before", () => {
    step(-1);
  });
  ui.button("Hide the next token", () => {
    step(1);
  });
  function step(by) {
    const i = clamp(p.asked.indexOf(hidden) + by, 0, p.asked.length - 1);
    at = p.asked[i];
    hide(at);
  }
  if (exact) {
    ui.select("Order", ["model\u2019s guesses", "exact best"], (i) => {
      by = i;
      row = 0;
      ui.paint();
    });
  }
  const first = ui.toggle("Guess first", false, (on) => {
    guess = on;
    cover = on;
    asked = hit = 0;
    last = "";
    ask();
    ui.paint();
  });
  ui.save("fill_mask", bars);
  const guesses = ui.table("The guesses as a table", () =>
    [["guess", "model"].concat(exact ? ["exact best"] : [])].concat(
      covered()
        ? []
        : shown(hidden).map((c) =>
            [
              (same(hidden, c) ? "\u2713 " : "") + word(hidden, c),
              value("p", hidden, c).toFixed(6),
            ].concat(exact ? [value("q", hidden, c).toFixed(6)] : []),
          ),
    ),
  );
  const all = ui.table("Every token, hidden alone", () =>
    [
      ["hidden", "first guess", "probability", "surprise"].concat(
        exact ? ["at best"] : [],
      ),
    ]
      .concat(
        p.asked.map((t) => {
          if (covered() && (guess || t === hidden)) {
            return [p.tokens[t], "?", "?", "?"].concat(exact ? ["?"] : []);
          }
          return [
            p.tokens[t],
            top(t),
            value("p", t, 0).toFixed(4),
            data.surprise[t].toFixed(4),
          ].concat(exact ? [data.least[t].toFixed(4)] : []);
        }),
      )
      .concat([
        ["mean", "", "", covered() ? "?" : mean("surprise").toFixed(4)].concat(
          exact ? [covered() ? "?" : mean("least").toFixed(4)] : [],
        ),
      ]),
  );
  ui.helpText = "left, right token; Space hides it; up, down guess.";
  function stand(t) {
    guess = false;
    first.set(false);
    hidden = at = t;
    row = 0;
    last = "";
    cover = false;
    clear(quiz);
  }
  const q = p.first;
  const before = p.asked.find((t) => t !== q) ?? q; /* shown before the question */
  const other = order(p.asked.length, (i) => data.surprise[p.asked[i]])[0];
  ui.free = () => {
    stand(hidden);
  };
  ui.tour([
    {
      say:
        "One token is hidden: the model reads [MASK] in its place, and all other tokens " +
        "as they are. It answers with a probability for every word it knows.",
      go: () => {
        stand(before);
      },
    },
    {
      ask: `Before you see it: what is the model\u2019s first guess where ${quote(p.tokens[q])} was?`,
      go: () => {
        stand(q);
      },
      choices: () => options(q),
      answer: () => options(q).indexOf(top(q)),
      why: () =>
        `It gets ${value("p", q, 0).toFixed(3)}, and the true token ${value("p", q, K - 1).toFixed(3)}.`,
    },
    {
      say:
        "\u2713 marks the true token. The model\u2019s surprise is \u2212ln of its probability: " +
        "0 when it was certain and right." +
        (exact
          ? " Beside it: the exact distribution of the grammar. Nobody can know more."
          : ""),
      go: () => {
        stand(q);
      },
    },
    {
      say: "Here the model is most surprised. Click any other token to hide it instead. Special tokens stay.",
      go: () => {
        stand(p.asked[other]);
      },
    },
  ]);
}
