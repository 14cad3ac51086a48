/* Words on a flat map, and their neighbours in the full space. */
function draw(ui, data, p) {
  const FONT = "px system-ui,sans-serif";
  const EDGE = 22;
  const DOT = 4;
  const RING = 9;
  const LIST = 290;
  const WIDEST = 700;
  const ASPECT = 530 / 394;
  const count = p.words.length;
  const neighbours = data.near.shape[1];
  const low = [0, 1].map((axis) =>
    Math.min(...range(count).map((i) => place(i, axis))),
  );
  const high = [0, 1].map((axis) =>
    Math.max(...range(count).map((i) => place(i, axis))),
  );
  let at = p.first;
  let cover = false;
  let wide = 640;
  let tall = 430;
  function place(i, axis) {
    return data.xy[2 * i + axis];
  }
  function share(i, axis) {
    return (place(i, axis) - low[axis]) / (high[axis] - low[axis] || 1);
  }
  function X(i) {
    return EDGE + share(i, 0) * (wide - 2 * EDGE);
  }
  function Y(i) {
    return EDGE + (1 - share(i, 1)) * (tall - 2 * EDGE);
  }
  function far(i, x, y) {
    return (X(i) - x) ** 2 + (Y(i) - y) ** 2;
  }
  function near(i, k) {
    return Math.round(data.near[i * neighbours + k]);
  }
  function allNear() {
    return range(neighbours).map((k) => near(at, k));
  }
  function cosine(k) {
    return data.cosine[at * neighbours + k];
  }
  /* the map has the same shape in every room, so it has the same neighbours */
  function flat(i) {
    const apart = (j) =>
      (ASPECT * (share(i, 0) - share(j, 0))) ** 2 + (share(i, 1) - share(j, 1)) ** 2;
    return order(count, (j) => (j === i ? -1e9 : -apart(j))).slice(0, neighbours);
  }
  function shared(i) {
    const close = flat(i);
    return range(neighbours).filter((k) => close.includes(near(i, k))).length;
  }
  function drawLines(g) {
    g.strokeStyle = ui.color("key");
    g.lineWidth = 2;
    allNear().forEach((j) => {
      g.beginPath();
      g.moveTo(X(at), Y(at));
      g.lineTo(X(j), Y(j));
      g.stroke();
    });
  }

  /* a name takes the first free place around its mark: right, left, above, below */
  function places(i, width) {
    const gap = i === at ? RING + 3 : DOT + 4;
    const across = [X(i) + gap, X(i) - gap - width, X(i) - width / 2];
    return [
      [across[0], Y(i)],
      [across[1], Y(i)],
      [across[2], Y(i) - gap - 8],
      [across[2], Y(i) + gap + 8],
      [across[0], Y(i) - 13],
      [across[0], Y(i) + 13],
      [across[1], Y(i) - 13],
      [across[1], Y(i) + 13],
    ].map(([x, y]) => ({ x: clamp(x, 2, wide - width - 2), y, width }));
  }
  function meets(a, b) {
    return (
      a.x < b.x + b.width + 2 && b.x < a.x + a.width + 2 && Math.abs(a.y - b.y) < 15
    );
  }
  function onMark(a, i) {
    const reach = i === at ? RING + 2 : DOT + 2;
    const inside = X(i) > a.x - reach && X(i) < a.x + a.width + reach;
    return inside && Math.abs(Y(i) - a.y) < reach + 6;
  }
  function outside(a) {
    return a.y < 9 || a.y > tall - 9;
  }
  /* how badly a place would do: names of the chosen are set all the same, others are not */
  function cost(a, taken) {
    const names = taken.filter((b) => meets(a, b)).length;
    const marks = range(count).filter((i) => onMark(a, i)).length;
    return 100 * outside(a) + 10 * names + marks;
  }
  function name(g, i, look, taken) {
    const text = cut(p.words[i], 14);
    g.font = `${look.chosen ? "bold 15" : "12"}${FONT}`;
    const tried = places(i, g.measureText(text).width);
    const costs = tried.map((a) => cost(a, taken));
    const best = costs.indexOf(Math.min(...costs));
    if (costs[best] && !look.chosen) {
      return;
    }
    taken.push(tried[best]);
    g.textAlign = "left";
    g.lineWidth = 4;
    g.strokeStyle = ui.color("paper");
    g.strokeText(text, tried[best].x, tried[best].y);
    g.fillStyle = ui.color(look.color);
    g.fillText(text, tried[best].x, tried[best].y);
  }
  function drawNames(g) {
    const taken = [];
    const close = cover ? [] : allNear();
    name(g, at, { color: "query", chosen: true }, taken);
    close.forEach((j) => {
      name(g, j, { color: "key", chosen: true }, taken);
    });
    range(count).forEach((i) => {
      if (i !== at && !close.includes(i)) {
        name(g, i, { color: "soft" }, taken);
      }
    });
  }
  function drawMap(g) {
    if (!cover) {
      drawLines(g);
    }
    range(count).forEach((i) => {
      ui.mark(g, p.groups[i], X(i), Y(i), DOT);
    });
    drawNames(g);
    g.beginPath();
    g.arc(X(at), Y(at), RING, 0, 6.2832);
    g.lineWidth = 3;
    g.strokeStyle = ui.color("query");
    g.stroke();
  }
  /* the nearest in a direction, where what lies aside counts three times */
  function toward(di, dj) {
    let best = at;
    let least = 1e9;
    range(count).forEach((i) => {
      const dx = X(i) - X(at);
      const dy = Y(i) - Y(at);
      const along = dx * dj + dy * di;
      const score = along + 2 * (Math.abs(dx * di) + Math.abs(dy * dj));
      if (i !== at && along > 0.5 && score < least) {
        least = score;
        best = i;
      }
    });
    return best;
  }
  function point(x, y) {
    const i = order(count, (j) => -far(j, x, y))[0];
    if (far(i, x, y) < 500) {
      go(i);
    }
  }
  const map = ui.canvas(
    "Map of words. Arrow keys go to the next word in that direction.",
    drawMap,
    {
      mousemove: point,
      click: point,
      move: (di, dj) => {
        go(toward(di, dj));
      },
    },
  );
  function drawRow(g, k, right) {
    const y = 62 + k * 30;
    const also = flat(at).includes(near(at, k)) ? "  \u2713" : "";
    g.fillStyle = ui.color("pale");
    g.fillRect(4, y - 10, right, 22);
    g.fillStyle = ui.color("query");
    g.fillRect(4, y + 8, right * clamp(cosine(k), 0, 1), 4);
    g.fillStyle = ui.color("ink");
    g.textAlign = "left";
    g.fillText(cut(p.words[near(at, k)], 15) + also, 8, y - 1);
    g.textAlign = "right";
    g.fillText(cosine(k).toFixed(3), right, y - 1);
  }
  const list = ui.canvas(
    "The nearest words in the full space with their cosines",
    (g, c) => {
      g.textAlign = "left";
      g.fillStyle = ui.color("query");
      g.font = `bold 15${FONT}`;
      g.fillText(cut(p.words[at], 18), 4, 14);
      g.font = `13${FONT}`;
      g.fillStyle = ui.color("soft");
      g.fillText(`nearest in all ${p.d} dimensions, by cosine`, 4, 36);
      if (cover) {
        g.fillStyle = ui.color("ink");
        g.fillText("? choose first", 4, 64);
        return;
      }
      range(neighbours).forEach((k) => {
        drawRow(g, k, c.w - 8);
      });
      g.textAlign = "left";
      g.fillStyle = ui.color("soft");
      g.fillText("\u2713 also among the nearest on the map", 4, 66 + neighbours * 30);
    },
  );
  function go(i) {
    if (i !== at && !cover) {
      at = i;
      ui.paint();
    }
  }
  ui.paint = () => {
    const room = ui.fit(300);
    const beside = room >= 700;
    const gap = Math.ceil(14 / ui.scale);
    wide = beside ? Math.min(room - LIST - gap, WIDEST) : room;
    tall = Math.round((wide - 2 * EDGE) / ASPECT) + 2 * EDGE;
    map.paint(wide, tall);
    list.paint(beside ? room - wide - gap : room, 84 + neighbours * 30);
    const told = range(neighbours).map(
      (k) => `${p.words[near(at, k)]} ${cosine(k).toFixed(3)}`,
    );
    ui.say(
      cover
        ? `\u201c${p.words[at]}\u201d: choose your answer above first.`
        : `${p.words[at]} (${p.names[p.groups[at]]}): nearest are ${told.join(", ")}`,
    );
    ui.host.dataset.word = at;
    recolour();
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
      ui.say(`\u201c${cut(box.value, 30)}\u201d is not on this map of ${count} words.`);
    }
  });
  ui.controls.append(box);
  ui.button("Another word", () => {
    go((at + 37) % count);
  });
  const recolour = ui.legend(p.names);
  ui.save("words", map);
  const table = ui.table("The neighbours as a table", () =>
    [["word", "cosine"]].concat(
      cover
        ? []
        : range(neighbours).map((k) => [p.words[near(at, k)], cosine(k).toFixed(4)]),
    ),
  );
  ui.helpText = "arrows move from word to word; type a word and press Enter.";
  ui.tour([
    {
      say:
        "Each word is a point; words with similar neighbours in the text get similar " +
        "vectors. Shapes and colours are groups that we know, not the model. Move over a word.",
    },
    {
      say:
        `A flat map has 2 dimensions, the vectors have ${p.d}. ` +
        `The list beside it is computed in all ${p.d}: trust the list, not the map.`,
    },
    {
      ask:
        `Predict: of the ${neighbours} nearest words of \u201c${p.words[p.first]}\u201d, ` +
        `how many are also among the ${neighbours} nearest on the flat map?`,
      go: () => {
        at = p.first;
        cover = true;
      },
      leave: () => {
        cover = false;
      },
      choices: () => ["0 or 1", "2 or 3", "4 or more"],
      answer: () => {
        const s = shared(at);
        return s <= 1 ? 0 : s <= 3 ? 1 : 2;
      },
      why: () => `It is ${shared(at)} of ${neighbours}: flattening loses neighbours.`,
    },
  ]);
}
