/* Words on a flat map, and their neighbours in the full space. */
function draw(ui, data, p) {
  const n = p.words.length;
  const K = data.near.shape[1];
  let at = p.first;
  let cover = false;
  const W = 640;
  const HT = 430;
  const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
  const DARK = ["#74bdf0", "#ff9f5a", "#57d3a8", "#f0a8cf", "#ffd070", "#a8dcff"];
  const xy = data.xy;
  const lo = [1e9, 1e9];
  const hi = [-1e9, -1e9];
  for (let i = 0; i < n; i++) {
    [0, 1].forEach((a) => {
      lo[a] = Math.min(lo[a], xy[2 * i + a]);
      hi[a] = Math.max(hi[a], xy[2 * i + a]);
    });
  }
  function X(i) {
    return 22 + ((xy[2 * i] - lo[0]) / (hi[0] - lo[0] || 1)) * (W - 110);
  }
  function Y(i) {
    return 18 + (1 - (xy[2 * i + 1] - lo[1]) / (hi[1] - lo[1] || 1)) * (HT - 36);
  }
  function near(i, k) {
    return Math.round(data.near[i * K + k]);
  }
  function flat(i) {
    return order(n, (j) =>
      j === i ? -1e9 : -((X(i) - X(j)) ** 2) - (Y(i) - Y(j)) ** 2,
    ).slice(0, K);
  }
  function shared(i) {
    const f = flat(i);
    return range(K).filter((k) => f.indexOf(near(i, k)) >= 0).length;
  }
  function dot(g, i, r) {
    const x = X(i);
    const y = Y(i);
    const s = p.groups[i] % 6;
    g.beginPath();
    if (s % 3 === 0) {
      g.arc(x, y, r, 0, 6.2832);
    } else if (s % 3 === 1) {
      g.rect(x - r, y - r, 2 * r, 2 * r);
    } else {
      g.moveTo(x, y - r - 1);
      g.lineTo(x + r + 1, y + r);
      g.lineTo(x - r - 1, y + r);
      g.closePath();
    }
    g.fillStyle = (ui.root.classList.contains("dark") ? DARK : COLORS)[s];
    if (s < 3) {
      g.fill();
    } else {
      g.lineWidth = 2;
      g.strokeStyle = g.fillStyle;
      g.stroke();
    }
  }
  const map = ui.canvas(
    "Map of words. Arrow keys go to the next word in that direction.",
    (g) => {
      if (!cover) {
        range(K).forEach((k) => {
          g.strokeStyle = ui.color("key");
          g.lineWidth = 2;
          g.beginPath();
          g.moveTo(X(at), Y(at));
          g.lineTo(X(near(at, k)), Y(near(at, k)));
          g.stroke();
        });
      }
      range(n).forEach((i) => {
        dot(g, i, 4);
      });
      const taken = [];
      function name(i, color, bold) {
        const x = X(i) + 8;
        const y = Y(i);
        const w = 7.4 * p.words[i].length + 4;
        if (
          !bold &&
          taken.some((b) => x < b[0] + b[2] && b[0] < x + w && Math.abs(y - b[1]) < 14)
        ) {
          return;
        }
        taken.push([x, y, w]);
        g.font = `${bold ? "bold 15px" : "12px"} system-ui,sans-serif`;
        g.textAlign = "left";
        g.lineWidth = 4;
        g.strokeStyle = ui.color("paper");
        g.strokeText(cut(p.words[i], 14), x, y);
        g.fillStyle = ui.color(color);
        g.fillText(cut(p.words[i], 14), x, y);
      }
      name(at, "query", true);
      if (!cover) {
        range(K).forEach((k) => {
          name(near(at, k), "key", true);
        });
      }
      range(n).forEach((i) => {
        if (i !== at) {
          name(i, "soft");
        }
      });
      g.beginPath();
      g.arc(X(at), Y(at), 9, 0, 6.2832);
      g.lineWidth = 3;
      g.strokeStyle = ui.color("query");
      g.stroke();
    },
    {
      mousemove: (x, y) => {
        const j = closest(x, y);
        if (j >= 0) {
          go(j);
        }
      },
      click: (x, y) => {
        const j = closest(x, y);
        if (j >= 0) {
          go(j);
        }
      },
      move: (di, dj) => {
        let best = at;
        let score = 1e9;
        range(n).forEach((i) => {
          const dx = X(i) - X(at);
          const dy = Y(i) - Y(at);
          const along = dx * dj + dy * di;
          const off = Math.abs(dx * di) + Math.abs(dy * dj);
          if (i !== at && along > 0.5 && along + 2 * off < score) {
            score = along + 2 * off;
            best = i;
          }
        });
        go(best);
      },
    },
  );
  function closest(x, y) {
    if (cover) {
      return -1;
    }
    const i = order(n, (j) => -((X(j) - x) ** 2) - (Y(j) - y) ** 2)[0];
    return (X(i) - x) ** 2 + (Y(i) - y) ** 2 < 500 ? i : -1;
  }
  const list = ui.canvas(
    "The nearest words in the full space with their cosines",
    (g) => {
      g.textAlign = "left";
      g.fillStyle = ui.color("query");
      g.font = "bold 15px system-ui,sans-serif";
      g.fillText(cut(p.words[at], 18), 4, 14);
      g.font = "13px system-ui,sans-serif";
      g.fillStyle = ui.color("soft");
      g.fillText(`nearest in all ${p.d} dimensions`, 4, 36);
      if (cover) {
        g.fillStyle = ui.color("ink");
        g.fillText("? choose first", 4, 64);
        return;
      }
      const f = flat(at);
      range(K).forEach((k) => {
        const y = 62 + k * 30;
        const c = data.cosine[at * K + k];
        const on = f.indexOf(near(at, k)) >= 0;
        g.fillStyle = ui.color("pale");
        g.fillRect(4, y - 10, 220, 22);
        g.fillStyle = ui.color("query");
        g.fillRect(4, y + 8, 220 * clamp(c, 0, 1), 4);
        g.fillStyle = ui.color("ink");
        g.textAlign = "left";
        g.fillText(cut(p.words[near(at, k)], 15) + (on ? "  \u2713" : ""), 8, y - 1);
        g.textAlign = "right";
        g.fillText(c.toFixed(3), 220, y - 1);
      });
      g.textAlign = "left";
      g.fillStyle = ui.color("soft");
      g.fillText("\u2713 also among the nearest on the map", 4, 66 + K * 30);
    },
  );
  function go(i) {
    if (i !== at) {
      at = i;
      ui.paint();
    }
  }
  ui.paint = () => {
    map.paint(W, HT);
    list.paint(290, 84 + K * 30);
    ui.say(
      cover
        ? `\u201c${p.words[at]}\u201d: choose your answer above first.`
        : `${p.words[at]} (${p.names[p.groups[at]]}): nearest are ${range(K)
            .map((k) => `${p.words[near(at, k)]} ${data.cosine[at * K + k].toFixed(3)}`)
            .join(", ")}`,
    );
    ui.host.dataset.word = at;
    table.fill();
  };
  const box = el("input", {
    type: "text",
    size: 14,
    "aria-label": "Find a word",
    placeholder: "Find a word",
  });
  box.addEventListener("keydown", (e) => {
    if (e.key !== "Enter") {
      return;
    }
    const i = p.words.indexOf(box.value.trim());
    if (i >= 0) {
      go(i);
    } else {
      ui.say(`\u201c${cut(box.value, 30)}\u201d is not on this map of ${n} words.`);
    }
  });
  ui.controls.append(box);
  ui.button("Another word", () => {
    go((at + 37) % n);
  });
  p.names.forEach((name, s) => {
    const mark = el("span", {
      text: ["\u25cf", "\u25a0", "\u25b2", "\u25cb", "\u25a1", "\u25b3"][s % 6],
      "aria-hidden": "true",
    });
    mark.style.color = COLORS[s % 6];
    ui.controls.append(el("span", {}, [mark, ` ${name}`]));
  });
  ui.save("words", map);
  const table = ui.table("The neighbours as a table", () =>
    [["word", "cosine"]].concat(
      cover
        ? []
        : range(K).map((k) => [
            p.words[near(at, k)],
            data.cosine[at * K + k].toFixed(4),
          ]),
    ),
  );
  ui.helpText = "arrows move from word to word; type a word and press Enter.";
  function bins() {
    const s = shared(at);
    return s <= 1 ? 0 : s <= 3 ? 1 : 2;
  }
  ui.tour([
    {
      say: "Each word is a point; words with similar neighbours in the text get similar vectors. Shapes and colours are groups that we know, not the model. Move over a word.",
    },
    {
      say: `A flat map has 2 dimensions, the vectors have ${p.d}. The list on the right is computed in all ${p.d}: trust the list, not the map.`,
    },
    {
      ask: `Predict: of the ${K} nearest words of \u201c${p.words[p.first]}\u201d, how many are also among the ${K} nearest on the flat map?`,
      go: () => {
        at = p.first;
        cover = true;
      },
      leave: () => {
        cover = false;
      },
      choices: () => ["0 or 1", "2 or 3", "4 or more"],
      answer: bins,
      why: () => `It is ${shared(at)} of ${K}: flattening loses neighbours.`,
    },
  ]);
}
