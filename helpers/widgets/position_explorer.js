/* Sinusoidal positions: curves, heat map, dot products by distance, rotation dials. */
function draw(ui, data, p) {
  const HIGH = 190;
  const LEFT = 44;
  const RIGHT = 12;
  const TOP = 24;
  const BOTTOM = 28;
  const FONT = "px system-ui,sans-serif";
  const count = p.n;
  const FIRST = Math.min(5, Math.floor(count / 2));
  let size = p.d;
  let base = p.base;
  let at = 10;
  let shift = FIRST;
  let learned = false;
  let pair = 0;
  let cover = false;
  let wide = 450;
  let table;

  function omega(i) {
    return base ** ((-2 * i) / size);
  }
  function compute() {
    table = new Float64Array(count * size);
    if (learned) {
      table.set(data.learned);
      return;
    }
    for (let t = 0; t < count; t++) {
      for (let i = 0; i < size / 2; i++) {
        table[t * size + 2 * i] = Math.sin(t * omega(i));
        table[t * size + 2 * i + 1] = Math.cos(t * omega(i));
      }
    }
  }
  function dot(a, b) {
    let sum = 0;
    for (let c = 0; c < size; c++) {
      sum += table[a * size + c] * table[b * size + c];
    }
    return sum;
  }
  /* by how much a rotation by k misses what stands k positions on */
  function missed(t, k, i) {
    const angle = k * omega(i);
    const sine = table[t * size + 2 * i];
    const cosine = table[t * size + 2 * i + 1];
    const to = (t + k) * size + 2 * i;
    return Math.max(
      Math.abs(sine * Math.cos(angle) + cosine * Math.sin(angle) - table[to]),
      Math.abs(cosine * Math.cos(angle) - sine * Math.sin(angle) - table[to + 1]),
    );
  }
  /* at one distance all dot products are equal; a rotation by k maps PE(t) to PE(t + k) */
  function identities() {
    const k = Math.min(shift, count - 1);
    let spread = 0;
    let turn = 0;
    for (let t = 0; t + k < count; t++) {
      spread = Math.max(spread, Math.abs(dot(t, t + k) - dot(0, k)));
      for (let i = 0; i < size / 2; i++) {
        turn = Math.max(turn, missed(t, k, i));
      }
    }
    ui.deviation("dotspread", spread);
    ui.deviation("rotation", turn);
    return [spread, turn];
  }
  /* what is equal but for the rounding of the last digits is called the same */
  function decimals(x) {
    return x ? `to ${Math.floor(-Math.log10(x))} decimals` : "to the last digit";
  }
  function spreadInWords(spread) {
    return spread < 1e-6
      ? `the same ${decimals(spread)} wherever the two stand, if they are ${shift} apart`
      : `it varies by up to ${spread.toPrecision(2)} over all pairs that are ${shift} apart`;
  }
  compute();
  let worst = 0;
  for (let k = 0; k < count * size; k++) {
    worst = Math.max(worst, Math.abs(table[k] - data.table[k]));
  }
  ui.deviation("deviation", worst);

  function inner() {
    return wide - LEFT - RIGHT;
  }
  function X(t) {
    return LEFT + (t / (count - 1)) * inner();
  }
  function axes(g, title, low, high, xlabel) {
    g.strokeStyle = ui.color("line");
    g.lineWidth = 1;
    g.strokeRect(LEFT, TOP, inner(), HIGH - TOP - BOTTOM);
    g.fillStyle = ui.color("ink");
    g.textAlign = "left";
    g.font = `bold 14${FONT}`;
    g.fillText(title, 4, 11);
    g.font = `13${FONT}`;
    g.fillStyle = ui.color("soft");
    g.fillText(xlabel, LEFT, HIGH - 9);
    g.textAlign = "right";
    g.fillText(high, LEFT - 4, 30);
    g.fillText(low, LEFT - 4, HIGH - 34);
    if (xlabel === "position") {
      g.fillText(count - 1, wide - RIGHT, HIGH - 9);
    }
  }
  function line(g, value, lo, hi, look) {
    g.beginPath();
    g.strokeStyle = ui.color(look.color);
    g.setLineDash(look.dash || []);
    g.lineWidth = 3;
    g.lineJoin = "round";
    for (let t = 0; t < count; t++) {
      const share = (value(t) - lo) / (hi - lo || 1);
      g.lineTo(X(t), TOP + (1 - share) * (HIGH - TOP - BOTTOM));
    }
    g.stroke();
    g.setLineDash([]);
  }
  function mark(g, t, color) {
    g.strokeStyle = ui.color(color);
    g.lineWidth = 2;
    g.beginPath();
    g.moveTo(X(t), TOP);
    g.lineTo(X(t), HIGH - BOTTOM);
    g.stroke();
  }
  function largest() {
    return table.reduce((m, x) => Math.max(m, Math.abs(x)), 1e-9);
  }

  function drawCurves(g) {
    const m = largest();
    axes(
      g,
      `Dimensions ${2 * pair} and ${2 * pair + 1} over positions`,
      `\u2212${m.toFixed(1)}`,
      m.toFixed(1),
      "position",
    );
    line(g, (t) => table[t * size + 2 * pair], -m, m, { color: "query" });
    line(g, (t) => table[t * size + 2 * pair + 1], -m, m, {
      color: "key",
      dash: [7, 4],
    });
    mark(g, at, "ink");
  }
  function drawMap(g) {
    const m = largest();
    const high = (HIGH - TOP - BOTTOM) / size;
    const pixels = image(size, count, (c, t) => table[t * size + c], SIGNS, -m, m);
    axes(g, `All ${size} dimensions`, size - 1, 0, "position");
    g.drawImage(pixels, LEFT, TOP, inner(), HIGH - TOP - BOTTOM);
    g.lineWidth = 2;
    g.strokeStyle = ui.color("ink");
    g.strokeRect(LEFT, TOP + 2 * pair * high, inner(), 2 * high);
    mark(g, at, "key");
  }
  function drawDots(g) {
    const all = range(count).map((t) => dot(at, t));
    const hi = Math.max(dot(0, 0), ...all);
    const lo = Math.min(...all);
    axes(
      g,
      `Dot product of position ${at} with each`,
      cover ? "" : lo.toFixed(1),
      cover ? "" : hi.toFixed(1),
      "position",
    );
    if (cover) {
      g.fillStyle = ui.color("ink");
      g.textAlign = "center";
      g.fillText("? choose first", LEFT + inner() / 2, HIGH / 2);
      return;
    }
    line(g, (t) => all[t], lo, hi, { color: "good" });
    mark(g, at, "key");
    if (at + shift < count) {
      mark(g, at + shift, "query");
    }
  }
  function hand(g, x, y, angle, look) {
    g.strokeStyle = ui.color(look.color);
    g.lineWidth = look.width;
    g.setLineDash(look.dash);
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(x + look.long * Math.sin(angle), y - look.long * Math.cos(angle));
    g.stroke();
    g.setLineDash([]);
  }
  function drawDial(g, i, x, long) {
    const y = 84;
    g.strokeStyle = ui.color("line");
    g.lineWidth = 1;
    g.beginPath();
    g.arc(x, y, long, 0, 6.2832);
    g.stroke();
    hand(g, x, y, at * omega(i), { color: "key", width: 4, dash: [], long });
    hand(g, x, y, (at + shift) * omega(i), {
      color: "query",
      width: 3,
      dash: [5, 3],
      long,
    });
    g.fillStyle = ui.color("ink");
    g.textAlign = "center";
    g.fillText(`${2 * i}, ${2 * i + 1}`, x, y + long + 14);
  }
  function drawDials(g) {
    const title = learned
      ? "No dials: learned ones do not turn"
      : `Dials: position ${at}, and ${shift} on (dashed)`;
    const below = learned ? "" : "pairs of dimensions, the fastest first";
    axes(g, title, "", "", below);
    if (learned) {
      return;
    }
    const many = Math.min(size / 2, clamp(Math.floor(inner() / 62), 3, 9));
    const each = inner() / many;
    range(many).forEach((q) => {
      const i = Math.round((q * (size / 2 - 1)) / Math.max(1, many - 1));
      drawDial(g, i, LEFT + (q + 0.5) * each, Math.min(29, each / 2 - 3));
    });
  }
  const hit = {
    mousemove: (x) => {
      move(Math.round(((x - LEFT) / inner()) * (count - 1)));
    },
    move: (di, dj) => {
      turn(-di);
      move(at + dj);
    },
  };
  function move(t) {
    at = clamp(t, 0, count - 1);
    where.set(at);
    ui.paint();
  }
  function turn(by) {
    pair = clamp(pair + by, 0, size / 2 - 1);
  }
  const curves = ui.canvas(
    "Two dimensions over the positions. Left and right move the position, up and down the pair.",
    drawCurves,
    hit,
  );
  const map = ui.canvas(
    "Heat map: positions from left to right, dimensions from top to bottom",
    drawMap,
    hit,
  );
  const dots = ui.canvas("Dot product of the position with all others", drawDots, hit);
  const dials = ui.canvas(
    "One dial per pair: the angle of the position and of the shifted one",
    drawDials,
  );
  function said() {
    const [spread, rotation] = identities();
    const partner = at + shift;
    const product =
      partner < count
        ? `position ${at} \u00b7 position ${partner} = ${dot(at, partner).toFixed(4)}`
        : `position ${at} has no partner ${shift} on`;
    const same =
      rotation < 1e-6
        ? `Turning each pair by its angle gives the vector ${shift} on, ${decimals(rotation)}.`
        : `Turning each pair by its angle misses the vector ${shift} on by ${rotation.toPrecision(2)}.`;
    const first = `${product}: ${spreadInWords(spread)}.`;
    return learned ? first : [first, same].join(" ");
  }
  ui.paint = () => {
    wide = Math.max(300, ui.columns(2, 360));
    [curves, map, dots, dials].forEach((c) => {
      c.paint(wide, HIGH);
    });
    const told = said();
    ui.say(cover ? "Choose your answer above first." : told);
    vector.fill();
  };
  function redo() {
    turn(0);
    compute();
    ui.paint();
  }
  const sizes = [4, 8, 16, 32, 64, 128];
  const bases = [10, 100, 1000, 10000];
  function settle() {
    sizeBox.value = sizes.indexOf(size);
    baseBox.value = bases.indexOf(base);
  }
  /* a learned table has its own size and no base, however the boxes are set */
  const sizeBox = ui.select("Dimensions", sizes, (i) => {
    size = learned ? size : sizes[i];
    settle();
    redo();
  });
  const baseBox = ui.select("Base", bases, (i) => {
    base = learned ? base : bases[i];
    settle();
    redo();
  });
  settle();
  const where = ui.slider("Position", 0, count - 1, 1, at, move);
  const by = ui.slider("Shift", 1, Math.floor(count / 2), 1, shift, (k) => {
    shift = k;
    ui.paint();
  });
  function learn(on) {
    learned = on;
    size = p.d;
    settle();
    sizeBox.disabled = on;
    baseBox.disabled = on;
    redo();
  }
  const other = data.learned && ui.toggle("Learned positions", false, learn);
  ui.save("positions", dots);
  const vector = ui.table("The position\u2019s vector as a table", () => {
    const to = Math.min(count - 1, at + shift);
    return [["dimension", `position ${at}`, `position ${to}`]].concat(
      range(size).map((c) => [
        String(c),
        table[at * size + c].toFixed(6),
        table[to * size + c].toFixed(6),
      ]),
    );
  });
  ["[", "]"].forEach((key, k) => {
    ui.keys[key] = () => {
      turn(k ? 1 : -1);
      ui.paint();
    };
  });
  ui.helpText = "left, right position; up, down or [ ] pair of dimensions.";
  ui.tour([
    {
      say:
        "Each pair of dimensions is a sine (solid) and a cosine (dashed) of the position. " +
        "Press ] to see slower and slower pairs.",
    },
    {
      say:
        "The map shows all dimensions at once: a column is the vector of one position. " +
        "Move with the arrow keys: all four panes follow.",
    },
    {
      ask: `Predict: we take two positions ${FIRST} apart. Does their dot product depend on where they stand?`,
      go: () => {
        cover = true;
        shift = FIRST;
        by.set(shift);
        other?.set(false);
        learn(false);
      },
      leave: () => {
        cover = false;
      },
      choices: () => [
        "Yes, it shrinks along the text",
        "No, only on the distance",
        "Only for the first pair",
      ],
      answer: () => 1,
      why: () => `The dot product: ${spreadInWords(identities()[0])}.`,
    },
    {
      say:
        "The dials say why: moving on by the shift turns each dial by a fixed angle, " +
        "wherever it stands. A turn is a linear map.",
    },
  ]);
}
