/* A decoder writes word by word: lines to the source, and the rows of weights so far. */
function draw(ui, data, p) {
  const S = p.source.length;
  const T = p.target.length;
  const w = data.weights;
  const gold = p.gold;
  let q = 1;
  let step = 0;
  let at = 0;
  let col = null;
  let plain = false;
  let marks = !!gold;
  let ask = false;
  let pick = 0;
  let guess = false;
  let asked = 0;
  let hit = 0;
  let last = "";
  const FONT = "px system-ui,sans-serif";
  let W = 580;
  const H = 316;
  let mine = 424; /* the room of the heat map */
  let span = W;
  function words() {
    return plain && p.fixed ? p.fixed : p.target;
  }
  function value(t, j) {
    return plain ? Number(j === S - 1) : w[t * S + j];
  }
  function best(t) {
    return order(S, (j) => value(t, j))[0];
  }
  function rank(t, j) {
    return 1 + range(S).filter((k) => value(t, k) > value(t, j)).length;
  }
  function sum(t) {
    return range(S).reduce((s, j) => s + value(t, j), 0);
  }
  /* the gold word of a row; other words than the target's have none */
  function goal(t) {
    return gold && gold[t] !== null && words()[t] === p.target[t] ? gold[t] : -1;
  }
  function found(t) {
    return goal(t) < 0 ? -1 : Number(value(t, goal(t)) >= value(t, best(t)) - 2e-5);
  }
  function so(n) {
    const of = range(n).filter((t) => found(t) >= 0);
    return [of.filter((t) => found(t) === 1).length, of.length];
  }
  function name(j) {
    const k = p.source.slice(0, j).filter((x) => x === p.source[j]).length;
    return p.source[j] + (k ? ` (${k + 1})` : "");
  }
  function quote(x) {
    return `\u201c${x}\u201d`;
  }
  ui.deviation(
    "rowsum",
    Math.max.apply(
      null,
      range(T).map((t) => Math.abs(sum(t) - 1)),
    ),
  );
  /* the question: the longest jump to a word that has a source */
  q =
    order(T, (t) =>
      t && t < Math.max(2, T - 1) && (!gold || gold[t] !== null)
        ? Math.abs(best(t) - best(t - 1))
        : -1,
    )[0] || 1;

  /* how wide the longest word is */
  function widest(g, tokens) {
    g.font = `15${FONT}`;
    return Math.max.apply(
      null,
      tokens.map((x) => g.measureText(cut(x, 12)).width),
    );
  }
  function tilt(long, slot) {
    return 0.93 * long > slot - 8 ? 0.9 : 0;
  }
  function size(long, slot) {
    return long > slot - 8 && !tilt(long, slot) ? 14 : 15;
  }
  function word(g, text, x, y, slant, color, up) {
    g.save();
    g.translate(x, y);
    g.fillStyle = ui.color(color);
    if (slant) {
      g.rotate(up ? -slant : slant);
    }
    g.textAlign = slant ? "left" : "center";
    g.fillText(cut(text, 12), slant ? -3 : 0, slant ? 0 : up ? -14 : 14);
    g.restore();
  }
  function box(g, x, y, slot, color, wide, dashed) {
    g.strokeStyle = ui.color(color);
    g.lineWidth = wide;
    g.setLineDash(dashed ? [5, 4] : []);
    g.strokeRect(x - slot / 2 + 3, y, slot - 6, 30);
    g.setLineDash([]);
  }
  function line(g, t, j, color, strong) {
    const v = value(t, j);
    const a = ((j + 0.5) * span) / S;
    const b = ((t + 0.5) * span) / words().length;
    if (v < (strong ? 0.005 : 0.1)) {
      return;
    }
    g.strokeStyle = ui.color(color);
    g.globalAlpha = strong ? 0.2 + 0.8 * v : 0.1 + 0.45 * v;
    g.lineWidth = strong ? 1 + 11 * v : 1 + 4 * v;
    g.beginPath();
    g.moveTo(a, g.from);
    g.bezierCurveTo(a, (g.from + g.to) / 2, b, (g.from + g.to) / 2, b, g.to);
    g.stroke();
    g.globalAlpha = 1;
  }
  const arcs = ui.canvas(
    "Source above, written words below, lines between them. Right writes the " +
      "next word, left takes it back, up and down choose a written word.",
    (g) => {
      const list = words();
      const N = list.length;
      const longS = widest(g, p.source);
      const longT = widest(g, list);
      const slantS = tilt(longS, W / S);
      const slantT = tilt(longT, W / N);
      const sizeS = size(longS, W / S);
      const sizeT = size(longT, W / N);
      let a;
      let b;
      const top = slantS ? 26 + 0.8 * longS : 40;
      const low = H - (slantT ? 22 + 0.8 * longT : 38);
      const now = ask ? -1 : step ? at : -1;
      const c = col === null && now >= 0 ? best(now) : col;
      span =
        W -
        Math.max(
          0,
          slantS ? 0.7 * longS - W / S / 2 : 0,
          slantT ? 0.7 * longT - W / N / 2 : 0,
        );
      a = span / S;
      b = span / N;
      g.from = top + 22;
      g.to = low - 4;
      range(step).forEach((t) => {
        if (t !== now) {
          range(S).forEach((j) => {
            line(g, t, j, "soft");
          });
        }
      });
      if (now >= 0) {
        range(S).forEach((j) => {
          line(g, now, j, "query", true);
        });
      }
      range(S).forEach((j) => {
        const x = (j + 0.5) * a;
        const chosen = ask ? j === pick : now >= 0 && j === c;
        const isGold = marks && now >= 0 && goal(now) === j;
        g.font = (slantS && (chosen || isGold) ? "bold " : "") + sizeS + FONT;
        word(
          g,
          p.source[j],
          x,
          top - (slantS ? 8 : 4),
          slantS,
          chosen ? "key" : "ink",
          true,
        );
        if (!slantS) {
          box(g, x, 6, a, chosen ? "key" : "line", chosen ? 3 : 1);
        }
        g.textAlign = "center";
        g.font = `bold 13${FONT}`;
        g.fillStyle = ui.color("query");
        if (ask) {
          g.fillStyle = ui.color("key");
          g.fillText("?", x, top + 10);
        } else if (now >= 0 && !plain && value(now, j) >= 0.03) {
          g.fillText(
            value(now, j)
              .toFixed(2)
              .replace(/^0/, a < 34 ? "" : "0"),
            x,
            top + 10,
          );
        }
        if (isGold) {
          g.strokeStyle = ui.color("ink");
          g.lineWidth = 2;
          g.beginPath();
          g.moveTo(x - 13, top + 19);
          g.lineTo(x + 13, top + 19);
          g.stroke();
        }
      });
      range(N).forEach((t) => {
        const x = (t + 0.5) * b;
        const next = ask && t === step;
        const on = next || t === now;
        if (t < step || next) {
          const other = plain && p.fixed && list[t] !== p.target[t];
          g.font = (slantT && on ? "bold " : "") + sizeT + FONT;
          word(
            g,
            list[t],
            x,
            low + (slantT ? 12 : 4),
            slantT,
            next || other ? "key" : on ? "query" : "ink",
            false,
          );
          if (!slantT) {
            box(
              g,
              x,
              low + 3,
              b,
              next ? "key" : on ? "query" : "line",
              on ? 3 : 1,
              next,
            );
          }
          if (other) {
            g.fillStyle = ui.color("key");
            g.fillRect(
              x - Math.min(20, b / 2 - 8),
              slantT ? low : low + 28,
              Math.min(40, b - 16),
              3,
            );
          }
        } else {
          g.fillStyle = ui.color("soft");
          g.beginPath();
          g.arc(x, low + 18, 2.5, 0, 6.2832);
          g.fill();
        }
      });
      if (plain) {
        g.font = `bold 14${FONT}`;
        g.textAlign = "left";
        g.fillStyle = ui.color("ink");
        g.fillText("one vector, at every step", 8, g.from + 14);
      }
    },
    {
      move: (di, dj) => {
        if (ask && dj) {
          pick = (pick + dj + S) % S;
          ui.paint();
          return;
        }
        if (dj > 0) {
          next();
        } else if (dj) {
          go(step - 1);
        }
        if (di && !ask && step) {
          at = (at + di + step) % step;
          col = null;
          ui.paint();
        }
      },
      lock: space,
      mousemove: (x, y) => {
        over(x, y);
      },
      click: (x, y) => {
        over(x, y);
        if (ask && y < H / 2) {
          settle();
        }
      },
    },
  );
  function over(x, y) {
    const j = clamp(Math.floor((x * S) / span), 0, S - 1);
    const t = clamp(Math.floor((x * words().length) / span), 0, words().length - 1);
    if (y < H / 2) {
      if (y < 100) {
        if (ask) {
          set("pick", j);
        } else {
          set("col", j);
        }
      }
    } else if (y > H - 90 && t < step && !ask) {
      set("at", t);
    }
  }
  function set(what, to) {
    if (what === "pick" && pick !== to) {
      pick = to;
      ui.paint();
    }
    if (what === "col" && step && col !== to) {
      col = to;
      ui.paint();
    }
    if (what === "at" && at !== to) {
      at = to;
      col = null;
      ui.paint();
    }
  }
  /* the rows so far */
  const LEFT = 84;
  const TOP = 76;
  function cell() {
    return [
      clamp(Math.floor((mine - LEFT - 30) / S), 11, 60),
      clamp(Math.floor((H - TOP - 34) / words().length), 10, 32),
    ];
  }
  const heat = ui.canvas(
    "Heat map of the rows so far. Arrow keys choose a cell, Space writes the next word.",
    (g) => {
      const list = words();
      const N = list.length;
      const s = cell();
      const cw = s[0];
      const ch = s[1];
      const small = Math.min(14, ch + 1);
      const c = step && col === null ? best(at) : col;
      range(S).forEach((j) => {
        g.font =
          (step && !ask && j === c ? "bold " : "") + clamp(cw - 2, 12, 14) + FONT;
        word(
          g,
          p.source[j],
          LEFT + (j + 0.5) * cw + (cw < 20 ? 2 : 0),
          TOP - 6,
          cw < 20 ? 1.3 : 0.9,
          step && !ask && j === c ? "key" : "ink",
          true,
        );
      });
      range(N).forEach((t) => {
        const y = TOP + t * ch;
        const hidden = t >= step;
        g.strokeStyle = ui.color("line");
        g.lineWidth = 1;
        g.strokeRect(LEFT + 0.5, y + 0.5, cw * S - 1, ch);
        if (ask && t === step) {
          g.font = `bold ${small}${FONT}`;
          g.textAlign = "right";
          g.fillStyle = ui.color("key");
          g.fillText(`${cut(list[t], 10)} ?`, LEFT - 8, y + ch / 2);
        }
        if (hidden) {
          return;
        }
        g.font = (t === at ? "bold " : "") + small + FONT;
        g.textAlign = "right";
        g.fillStyle = ui.color(t === at ? "query" : "ink");
        g.fillText(cut(list[t], 10), LEFT - 8, y + ch / 2);
        range(S).forEach((j) => {
          const v = value(t, j);
          const color = shade(WEIGHTS, v);
          const x = LEFT + j * cw;
          g.fillStyle = css(color);
          g.fillRect(x, y, cw, ch);
          if (marks && goal(t) === j) {
            const in_ = ch < 16 ? 1.5 : 2.5;
            ["#000", "#fff"].forEach((ink, k) => {
              g.strokeStyle = ink;
              g.lineWidth = (k ? 0.8 : 1.6) * in_;
              g.strokeRect(x + in_, y + in_, cw - 2 * in_, ch - 2 * in_);
            });
          }
          if (cw > 30 && ch > 17 && v >= 0.005 && !plain) {
            g.fillStyle = onto(color);
            g.font = `13${FONT}`;
            g.textAlign = "center";
            g.fillText(v.toFixed(2).replace(/^0/, ""), x + cw / 2, y + ch / 2 + 1);
          }
        });
        if (marks && !plain) {
          const f = found(t);
          g.font = `bold ${small + 1}${FONT}`;
          g.textAlign = "left";
          g.fillStyle = ui.color(f < 0 ? "soft" : f ? "good" : "key");
          g.fillText(
            f < 0 ? "\u2013" : f ? "\u2713" : "\u2717",
            LEFT + S * cw + 8,
            y + ch / 2,
          );
        }
      });
      if (step && !ask) {
        g.strokeStyle = ui.color("key");
        g.lineWidth = 3;
        g.strokeRect(LEFT + c * cw, TOP + at * ch, cw, ch);
        g.fillStyle = ui.color("query");
        g.fillRect(LEFT - 5, TOP + at * ch + 2, 4, ch - 4);
      }
      const y = TOP + N * ch + 16;
      g.font = `13${FONT}`;
      g.fillStyle = ui.color("ink");
      if (plain) {
        g.textAlign = "left";
        g.fillText(
          `Every row the same: no weights to choose.${marks ? "  \u25a1 gold" : ""}`,
          LEFT,
          y,
        );
        return;
      }
      g.textAlign = "right";
      g.fillText("weight 0", LEFT - 6, y);
      g.textAlign = "left";
      g.fillText("1", LEFT + 106, y);
      if (marks) {
        g.fillText("\u25a1 gold  \u2713 most", LEFT + 134, y);
      }
      range(100).forEach((k) => {
        g.fillStyle = css(shade(WEIGHTS, k / 99));
        g.fillRect(LEFT + k, y - 6, 2, 12);
      });
    },
    {
      move: (di, dj) => {
        if (ask || !step) {
          return;
        }
        if (di) {
          at = clamp(at + di, 0, step - 1);
          if (col === null) {
            col = best(at);
          }
        }
        if (dj) {
          col = clamp((col === null ? best(at) : col) + dj, 0, S - 1);
        }
        ui.paint();
        heat.see(LEFT + (col || 0) * cell()[0], cell()[0]);
      },
      lock: space,
      mousemove: point,
      click: point,
    },
  );
  function point(x, y) {
    const s = cell();
    const j = Math.floor((x - LEFT) / s[0]);
    const t = Math.floor((y - TOP) / s[1]);
    if (ask || j < 0 || j >= S || t < 0 || t >= step || (t === at && j === col)) {
      return;
    }
    at = t;
    col = j;
    ui.paint();
  }
  function go(n) {
    show(clamp(n, 0, words().length));
    ui.paint();
  }
  function show(n) {
    if (n !== step) {
      step = n;
      at = Math.max(0, n - 1);
    }
    col = null;
    last = "";
    ask = false;
  }
  /* with guessing on, the next word is asked for before it is written */
  function next() {
    if (ask || !guess || plain || step >= T) {
      go(step + 1);
    } else {
      ask = true;
      pick = 0;
      last = "";
      ui.paint();
    }
  }
  function space() {
    if (ask) {
      settle();
    } else {
      next();
    }
  }
  /* the answer to "which source word?", in the tour or in free play */
  function settle() {
    const choices = ui.guide.querySelectorAll(".ask button");
    const t = step;
    if (choices.length) {
      choices[pick].click();
      return;
    }
    const right = value(t, pick) >= value(t, best(t)) - 2e-5;
    asked++;
    hit += right;
    ask = false;
    step = t + 1;
    at = t;
    col = null;
    const verdict = right ? "\u2713 Yes." : `\u2717 You said ${quote(name(pick))}.`;
    last = `${verdict} ${hit} of ${asked} right. `;
    ui.host.dataset.guessed = `${hit}/${asked}`;
    ui.paint();
  }
  ui.paint = () => {
    const room = ui.fit(0);
    const beside = room >= 760;
    W = beside ? Math.min(Math.floor(0.58 * room), 760) : Math.max(340, room);
    mine = beside ? room - W - 14 : room;
    const s = cell();
    const n = so(step);
    const j = step && col === null ? best(at) : col;
    let text;
    arcs.paint(W, H);
    heat.paint(
      LEFT + Math.max(S * s[0], Math.min(mine, 414) - LEFT - 30) + 30,
      TOP + words().length * s[1] + 30,
    );
    if (ask) {
      text = `Choose first: to write ${quote(words()[step])}, which source word gets the largest weight?`;
    } else if (!step) {
      text = "Nothing is written yet. Right arrow or \u201cWrite next word\u201d.";
    } else if (plain) {
      text =
        quote(words()[at]) +
        " is written from the one state after " +
        quote(p.source[S - 1]) +
        ", the same at every step." +
        (goal(at) >= 0
          ? ` Its source word ${quote(p.source[goal(at)])} was read ${S - 1 - goal(at)} words before.`
          : "");
    } else {
      text = `${last + quote(words()[at])} \u2190 ${quote(p.source[j])}: weight ${value(at, j).toFixed(4)}, `;
      text += `rank ${rank(at, j)} of ${S}, row sum ${sum(at).toFixed(4)}.`;
      if (marks) {
        text +=
          found(at) < 0
            ? " No gold word."
            : found(at)
              ? " \u2713 Largest on the gold word."
              : ` \u2717 Gold is ${quote(p.source[goal(at)])}.`;
        text += n[1]
          ? ` So far ${n[0]} of ${n[1]} (${((100 * n[0]) / n[1]).toFixed(0)} %).`
          : "";
      }
    }
    ui.say(text);
    ui.host.dataset.step = step;
    ui.host.dataset.at = step && !ask ? `${at},${j}` : "";
    ui.host.dataset.weight = step && !ask && !plain ? value(at, j).toFixed(6) : "";
    ui.host.dataset.share = gold && !plain && n[1] ? (n[0] / n[1]).toFixed(6) : "";
    table.fill();
  };
  ui.button("Take back", () => {
    go(step - 1);
  });
  ui.button("Write next word", next);
  ui.button("Write all", () => {
    go(words().length);
  });
  ui.button("Start over", () => {
    go(0);
  });
  const golden = gold
    ? ui.toggle("Gold words", true, (on) => {
        marks = on;
        ui.paint();
      })
    : null;
  const same = ui.toggle("Fixed context, no attention", false, (on) => {
    fix(on);
    ui.paint();
  });
  const first = ui.toggle("Guess first", false, (on) => {
    guess = on;
    asked = hit = 0;
    if (on && plain) {
      fix(false);
    }
    show(on && step === T ? 0 : step);
    if (on) {
      next();
    } else {
      ui.paint();
    }
  });
  function fix(on) {
    const all = step === words().length;
    plain = on;
    same.set(on);
    ask = false;
    last = "";
    step = all ? words().length : Math.min(step, words().length);
    at = clamp(at, 0, Math.max(0, step - 1));
    col = null;
    if (on) {
      guess = false;
      first.set(false);
    }
  }
  ui.save("alignment", arcs);
  const table = ui.table("The rows so far as a table", () =>
    [["written"].concat(range(S).map(name), ["sum", "gold word"])].concat(
      range(step).map((t) =>
        [words()[t]].concat(
          range(S).map((j) => value(t, j).toFixed(6)),
          [sum(t).toFixed(4), goal(t) < 0 ? "\u2013" : name(goal(t))],
        ),
      ),
    ),
  );
  ui.helpText =
    "left, right write; up, down written word; in the heat map arrows choose a cell; Space writes or answers.";
  function stand(n) {
    guess = false;
    first.set(false);
    fix(false);
    step = n;
    at = Math.max(0, n - 1);
    col = null;
    ask = false;
  }
  ui.free = () => {
    stand(T);
  };
  const then = `while ${quote(p.target[q])} is written? Click it in the picture or here.`;
  const stops = [
    {
      say:
        "Above: the source sentence, all read. Below: what the decoder " +
        "has written so far. For each word it looks back at the source: " +
        "the thicker a line, the larger the weight. Write a few words.",
      go: () => {
        stand(Math.min(2, q));
      },
    },
    {
      ask: `Before you see it: which source word gets the largest weight ${then}`,
      go: () => {
        stand(q);
        ask = true;
        pick = 0;
      },
      leave: () => {
        stand(q + 1);
      },
      choices: () => range(S).map(name),
      answer: () => best(q),
      why: () =>
        `${quote(p.source[best(q)])} gets ${value(q, best(q)).toFixed(3)}; ` +
        `the word before looked at ${quote(p.source[best(q - 1)])}.`,
    },
  ];
  if (gold) {
    stops.push({
      say:
        "White outline: the gold word, which this one translates. \u2713: the " +
        "largest weight lies there. \u2013: no source word, as for a particle; " +
        "its row sums to 1 all the same, so the weight goes somewhere.",
      go: () => {
        stand(T);
        marks = true;
        golden.set(true);
      },
    });
  }
  const written = p.fixed
    ? " Below: what such a model wrote; a bar marks words that differ from those written with attention."
    : "";
  stops.push({
    say:
      "Without attention the decoder gets one vector, the state after the last source word, " +
      "and the same one at every step. However long the source, it all has to fit in there." +
      written,
    go: () => {
      stand(T);
      fix(true);
      at = Math.min(q, words().length - 1);
    },
    leave: () => {
      fix(false);
    },
  });
  ui.tour(stops);
}
