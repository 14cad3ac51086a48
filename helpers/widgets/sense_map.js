/* Occurrences of ambiguous words on a map, layer by layer. */
function draw(ui, data, p) {
  const EDGE = 20;
  const [layers, count] = data.xy.shape;
  const neighbours = data.near.shape[2];
  let layer = 0;
  let at = p.first;
  let cover = false;
  let wide = 560;
  let tall = 380;
  let spans;

  function near(i, k) {
    return Math.round(data.near[(layer * count + i) * neighbours + k]);
  }
  function allNear() {
    return range(neighbours).map((k) => near(at, k));
  }
  function place(i, axis) {
    return data.xy[(layer * count + i) * 2 + axis];
  }
  function span(axis) {
    const values = range(count).map((i) => place(i, axis));
    const low = Math.min(...values);
    return [low, Math.max(...values) - low || 1];
  }
  function share(i, axis) {
    return (place(i, axis) - spans[axis][0]) / spans[axis][1];
  }
  function X(i) {
    return EDGE + share(i, 0) * (wide - 2 * EDGE);
  }
  function Y(i) {
    return tall - EDGE - share(i, 1) * (tall - 2 * EDGE - 14);
  }
  function far(i, x, y) {
    return (X(i) - x) ** 2 + (Y(i) - y) ** 2;
  }
  function right() {
    const same = range(count).filter((i) => p.groups[near(i, 0)] === p.groups[i]);
    return same.length / count;
  }
  function rightInWords() {
    return `the nearest neighbour, in all dimensions, has the same sense for ${(100 * right()).toFixed(0)} %`;
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
  function drawMap(g) {
    g.strokeStyle = ui.color("line");
    g.lineWidth = 1;
    g.strokeRect(0.5, 0.5, wide - 1, tall - 1);
    g.fillStyle = ui.color("ink");
    if (cover) {
      g.textAlign = "center";
      g.fillText("? choose first", wide / 2, tall / 2);
    } else {
      drawLines(g);
      range(count).forEach((i) => {
        ui.mark(g, p.groups[i], X(i), Y(i), 5);
      });
      g.strokeStyle = ui.color("ink");
      g.lineWidth = 3;
      g.beginPath();
      g.arc(X(at), Y(at), 10, 0, 6.2832);
      g.stroke();
    }
    g.textAlign = "left";
    g.font = "bold 15px system-ui,sans-serif";
    g.fillStyle = ui.color("ink");
    g.fillText(p.names[layer], 8, 13);
  }
  function point(x, y) {
    const i = order(count, (j) => -far(j, x, y))[0];
    if (!cover && far(i, x, y) < 200 && i !== at) {
      at = i;
      ui.paint();
    }
  }
  const map = ui.canvas(
    "Map of occurrences. Left and right choose an occurrence, up and down the layer.",
    drawMap,
    {
      mousemove: point,
      click: point,
      move: (di, dj) => {
        at = (at + dj + count) % count;
        level(layer + di);
      },
    },
  );
  const side = el("div");
  side.style.cssText = "flex:1 1 17em;min-width:0";
  ui.panes.append(side);
  function item(i, lead) {
    const same = p.groups[i] === p.groups[at];
    const sense = p.senses[p.groups[i]];
    const line = el("p", { text: `${lead} ${sense}: ${p.texts[i]}` });
    const border = same ? "solid var(--good)" : "dashed var(--key)";
    line.style.cssText = `margin:3px 0;padding-left:8px;border-left:5px ${border}`;
    return line;
  }
  /* the question is about the top layer, so that one stays until it is answered */
  function level(to) {
    layer = cover ? layers - 1 : clamp(to, 0, layers - 1);
    pick.value = layer;
    slide.set(layer);
    ui.paint();
  }
  ui.paint = () => {
    const room = ui.fit(280);
    wide = room < 620 ? room : Math.floor(0.58 * room);
    tall = clamp(Math.round(0.68 * wide), 260, 420);
    spans = [span(0), span(1)];
    map.paint(wide, tall);
    clear(side).append(item(at, "\u25c9"));
    if (!cover) {
      side.append(...allNear().map((j, k) => item(j, `${k + 1}.`)));
    }
    ui.say(
      cover
        ? "Choose your answer above first."
        : `${p.names[layer]}: ${rightInWords()} of ${count} occurrences.`,
    );
    ui.host.dataset.at = `${layer},${at}`;
    ui.host.dataset.right = cover ? "" : right().toFixed(4);
    recolour();
    table.fill();
  };
  const pick = ui.select("Vectors", p.names, level);
  const slide = ui.slider("Layer", 0, layers - 1, 1, 0, level);
  ui.button("Next occurrence", () => {
    at = (at + 1) % count;
    ui.paint();
  });
  const recolour = ui.legend(p.senses);
  ui.save("senses", map);
  const table = ui.table("The neighbours as a table", () =>
    [["occurrence", "sense", "cosine"]].concat(
      cover
        ? []
        : allNear().map((j, k) => [
            p.texts[j],
            p.senses[p.groups[j]],
            data.cosine[(layer * count + at) * neighbours + k].toFixed(4),
          ]),
    ),
  );
  ui.table("All occurrences", () =>
    [["sense", "sentence"]].concat(
      range(count).map((i) => [p.senses[p.groups[i]], p.texts[i]]),
    ),
  );
  ui.helpText = "left, right occurrence; up, down layer.";
  ui.tour([
    {
      say:
        "Every point is one occurrence of an ambiguous word in its sentence. Shape and " +
        "colour show its sense, which the model was never told. " +
        "This is the static vector: one for all senses.",
      go: () => {
        level(0);
      },
    },
    {
      ask: "Predict: in the top layer, what happens to the senses?",
      go: () => {
        cover = true;
        level(layers - 1);
      },
      leave: () => {
        cover = false;
      },
      choices: () => ["they stay mixed", "they come apart"],
      answer: () => (right() > 0.85 ? 1 : 0),
      why: () => `In this layer ${rightInWords()}.`,
    },
    {
      say:
        "The lines lead to the five nearest occurrences in the full space; the map is only " +
        "its flat shadow. Move the layer: where do the senses part?",
    },
  ]);
}
