/* How a training went: losses with floors, learning rate, gradient norm. */
function draw(ui, data, p) {
  const FONT = "px system-ui,sans-serif";
  const LEFT = 66;
  const NAMES = 230;
  const LINE = 18;
  const LIGHT = ["#0072b2", "#b84d00", "#00694c", "#a3447a", "#8a6100", "#2f6f9f"];
  const DASH = [[], [7, 4], [2, 3], [9, 3, 2, 3], [12, 3], [4, 2]];
  const LABEL = ["nats", "accuracy", "rate", "norm"];
  const HIGH = [150, 56, 38, 38];
  const count = p.names.length;
  const panels = [0, 1, 2, 3].filter((k) => p.panels.includes(k));
  let smooth = true;
  let cover = false;
  let log = false;
  let curve = 0;
  let step = p.steps;
  let wide = 1000;
  let beside = true;
  const curves = range(count).map((i) => ({
    x: data[`x${i}`],
    y: data[`y${i}`],
    mean: p.panels[i] === 2 ? data[`y${i}`] : meanOf(data[`y${i}`]),
  }));
  /* the mean of each value and its neighbours, a fiftieth on each side */
  function meanOf(y) {
    const reach = Math.floor(y.length / 50);
    return range(y.length).map((i) => {
      const lo = Math.max(0, i - reach);
      const hi = Math.min(y.length, i + reach + 1);
      let s = 0;
      for (let j = lo; j < hi; j++) {
        s += y[j];
      }
      return s / (hi - lo);
    });
  }
  function color(i) {
    return ui.hue(p.panels[i] < 2 ? i : 0, LIGHT);
  }
  function floor(i) {
    return p.floors[p.names[i]] ?? null;
  }
  /* the place in curve i that is nearest to a step */
  function near(i, s) {
    const x = curves[i].x;
    let lo = 0;
    let hi = x.length - 1;
    while (hi - lo > 1) {
      const m = (lo + hi) >> 1;
      if (x[m] <= s) {
        lo = m;
      } else {
        hi = m;
      }
    }
    return Math.abs(x[lo] - s) <= Math.abs(x[hi] - s) ? lo : hi;
  }
  function stepOf(i, s) {
    return Math.round(curves[i].x[near(i, s)]);
  }
  function text(v) {
    return v && Math.abs(v) < 0.01 ? v.toExponential(2) : v.toFixed(3);
  }

  /* names stand to the right of their panel, or above it where the room is small */
  function right() {
    return beside ? wide - NAMES : wide - 12;
  }
  function X(s) {
    return LEFT + ((s - 1) / Math.max(1, p.steps - 1)) * (right() - LEFT);
  }
  function of(panel) {
    return range(count).filter((i) => p.panels[i] === panel);
  }
  function linesOf(panel) {
    return of(panel).reduce((n, i) => n + (floor(i) === null ? 1 : 2), 0);
  }
  function layOut() {
    let y = 6;
    const tops = panels.map((panel) => {
      const names = linesOf(panel) * LINE;
      const top = beside ? y : y + names + 2;
      y = Math.max(top + HIGH[panel], beside ? y + names : 0) + 8;
      return top;
    });
    return { tops, bottom: y - 2, high: y + 22 };
  }
  function end() {
    return cover ? Math.max(1, Math.round(p.steps * 0.1)) : p.steps;
  }
  function span(panel) {
    if (panel === 1) {
      return [0, 1];
    }
    let lo = Infinity;
    let hi = -Infinity;
    of(panel).forEach((i) => {
      [...curves[i].y, floor(i) ?? curves[i].y[0]].forEach((v) => {
        lo = Math.min(lo, v);
        hi = Math.max(hi, v);
      });
    });
    return panel === 0 ? [lo, hi] : [0, hi];
  }
  function scale(panel, top) {
    const s = span(panel);
    const f = log && panel === 0 && s[0] > 0 ? Math.log : Number;
    const lo = f(s[0]);
    const hi = f(s[1]);
    return (v) => top + 6 + ((hi - f(v)) / (hi - lo || 1)) * (HIGH[panel] - 12);
  }
  function trace(g, i, ys, Y, look) {
    g.globalAlpha = look.alpha;
    g.lineWidth = look.width;
    g.setLineDash(look.dash);
    g.strokeStyle = color(i);
    g.beginPath();
    range(ys.length).forEach((j) => {
      if (curves[i].x[j] <= end()) {
        g.lineTo(X(curves[i].x[j]), Y(ys[j]));
      }
    });
    g.stroke();
    g.setLineDash([]);
    g.globalAlpha = 1;
  }
  function drawFrame(g, panel, top) {
    const s = span(panel);
    g.strokeStyle = ui.color("line");
    g.lineWidth = 1;
    g.strokeRect(LEFT, top, right() - LEFT, HIGH[panel]);
    g.font = `12${FONT}`;
    g.fillStyle = ui.color("soft");
    g.textAlign = "right";
    g.fillText(text(s[1]), LEFT - 5, top + 8);
    g.fillText(text(s[0]), LEFT - 5, top + HIGH[panel] - 7);
    if (panel < 2) {
      g.fillText(LABEL[panel], LEFT - 5, top + HIGH[panel] / 2);
    }
  }
  function drawFloor(g, i, Y) {
    g.strokeStyle = color(i);
    g.lineWidth = 1.5;
    g.setLineDash([3, 5]);
    g.beginPath();
    g.moveTo(LEFT, Y(floor(i)));
    g.lineTo(right(), Y(floor(i)));
    g.stroke();
    g.setLineDash([]);
  }
  function drawCurve(g, i, Y) {
    const c = curves[i];
    const me = i === curve;
    const j = near(i, step);
    const dash = DASH[p.panels[i] < 2 ? i % 6 : 0];
    if (floor(i) !== null) {
      drawFloor(g, i, Y);
    }
    if (smooth) {
      trace(g, i, c.y, Y, { alpha: 0.3, width: 1, dash: [] });
    }
    trace(g, i, smooth ? c.mean : c.y, Y, { alpha: 1, width: me ? 3 : 1.8, dash });
    if (me && !cover) {
      g.fillStyle = ui.color("paper");
      g.strokeStyle = color(i);
      g.lineWidth = 3;
      g.beginPath();
      g.arc(X(c.x[j]), Y(c.y[j]), 6, 0, 6.2832);
      g.fill();
      g.stroke();
    }
  }
  /* the name, cut to the room that is left beside its number */
  function named(g, i, room) {
    const c = curves[i];
    const number = cover ? "" : ` ${text(c.y[near(i, step)])}`;
    const sign = i === curve ? "\u25b6 " : "\u25a0 ";
    const letters = Array.from(p.names[i]).length;
    const fits = (n) =>
      g.measureText(sign + cut(p.names[i], n) + number).width <= room || n < 4;
    const most = range(letters + 1).findLast(fits);
    return sign + cut(p.names[i], most) + number;
  }
  function drawNames(g, panel, top) {
    const x = beside ? right() + 12 : LEFT;
    let y = beside ? top + 9 : top - linesOf(panel) * LINE + 5;
    g.textAlign = "left";
    of(panel).forEach((i) => {
      g.fillStyle = color(i);
      g.font = `${i === curve ? "bold " : ""}13${FONT}`;
      g.fillText(named(g, i, wide - x - 4), x, y);
      y += LINE;
      if (floor(i) !== null) {
        g.font = `12${FONT}`;
        g.fillText(
          (panel ? "\u2505 at best " : "\u2505 floor ") + text(floor(i)),
          x + 14,
          y,
        );
        y += LINE;
      }
    });
  }
  function drawCover(g, bottom, top) {
    g.fillStyle = ui.color("pale");
    g.fillRect(X(end()), top, right() - X(end()), bottom - top);
    g.fillStyle = ui.color("ink");
    g.font = `bold 16${FONT}`;
    g.textAlign = "center";
    g.fillText("? choose first", (X(end()) + right()) / 2, top + 75);
  }
  function drawStep(g, bottom) {
    g.strokeStyle = ui.color("ink");
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo(X(step), layOut().tops[0]);
    g.lineTo(X(step), bottom);
    g.stroke();
  }
  function drawSteps(g, bottom) {
    g.font = `12${FONT}`;
    g.fillStyle = ui.color("soft");
    g.textAlign = "left";
    g.fillText("step 1", LEFT, bottom + 10);
    g.textAlign = "right";
    const last = `step ${p.steps}`;
    g.fillText(p.interrupted ? `${last} (stopped)` : last, right(), bottom + 10);
  }
  const chart = ui.canvas(
    "Curves over the steps. Left and right choose a step, up and down a curve.",
    (g) => {
      const { tops, bottom } = layOut();
      if (!cover) {
        drawStep(g, bottom);
      }
      panels.forEach((panel, k) => {
        const Y = scale(panel, tops[k]);
        drawFrame(g, panel, tops[k]);
        of(panel).forEach((i) => {
          drawCurve(g, i, Y);
        });
      });
      if (cover) {
        drawCover(g, bottom, tops[0]);
      }
      panels.forEach((panel, k) => {
        drawNames(g, panel, tops[k]);
      });
      drawSteps(g, bottom);
    },
    {
      mousemove: point,
      click: point,
      move: (di, dj) => {
        if (cover) {
          return;
        }
        if (di) {
          choose((curve + di + count) % count);
        }
        const x = curves[curve].x;
        step = Math.round(x[clamp(near(curve, step) + dj, 0, x.length - 1)]);
        ui.paint();
      },
    },
  );
  function choose(i) {
    curve = i;
    step = stepOf(i, step);
    pick.value = i;
  }
  function point(x) {
    if (cover || x < LEFT || x > right()) {
      return;
    }
    const share = (x - LEFT) / (right() - LEFT);
    const s = stepOf(curve, 1 + share * (p.steps - 1));
    if (s !== step) {
      step = s;
      ui.paint();
    }
  }
  function jump(to) {
    if (!cover) {
      step = Math.round(curves[curve].x.at(to));
      ui.paint();
    }
  }
  ui.keys.Home = () => {
    jump(0);
  };
  ui.keys.End = () => {
    jump(-1);
  };
  function said() {
    const value = curves[curve].y[near(curve, step)];
    const best = floor(curve);
    const first = `Step ${step} of ${p.steps}: ${p.names[curve]} ${value.toPrecision(5)}`;
    if (best === null) {
      return `${first}.`;
    }
    const side = value < best ? "below" : "above";
    const what = p.panels[curve] ? "the best possible" : "its floor";
    return `${first}, ${Math.abs(value - best).toFixed(3)} ${side} ${what}.`;
  }
  ui.paint = () => {
    wide = ui.fit(300);
    beside = wide >= 560;
    chart.paint(wide, layOut().high);
    ui.say(cover ? "Choose your answer above first." : said());
    ui.host.dataset.curve = p.names[curve];
    ui.host.dataset.step = step;
    ui.host.dataset.value = cover ? "" : curves[curve].y[near(curve, step)];
    table.fill();
  };
  const pick = ui.select("Curve", p.names, (i) => {
    choose(i);
    ui.paint();
  });
  ui.toggle("Smooth", true, (on) => {
    smooth = on;
    ui.paint();
  });
  ui.toggle("Logarithmic loss", false, (on) => {
    log = on;
    ui.paint();
  });
  ui.save("training", chart);
  const table = ui.table("The chosen curve as a table", () => {
    const c = curves[curve];
    const every = Math.ceil(c.x.length / 100);
    const rows = range(c.x.length).filter(
      (j) => !cover && (j % every === 0 || j === c.x.length - 1),
    );
    return [["step", p.names[curve]]].concat(
      rows.map((j) => [String(Math.round(c.x[j])), c.y[j].toPrecision(6)]),
    );
  });
  ui.helpText = "left, right step; up, down curve; Home, End first and last step.";
  /* the share of the whole fall of the smoothed loss that the first tenth brings */
  function early() {
    const z = curves[0].mean;
    const fall = z[0] - z[z.length - 1];
    return fall > 0 ? (z[0] - z[near(0, 1 + 0.1 * (p.steps - 1))]) / fall : 0;
  }
  function earlyInWords() {
    const z = curves[0].mean;
    return z[0] > z[z.length - 1]
      ? `The first tenth brings ${(100 * early()).toFixed(0)} % of it (smoothed).`
      : "This loss did not fall at all.";
  }
  ui.tour([
    {
      ask:
        "One point per step; the first curve is the loss. Predict: how much of its whole " +
        "fall happens in the first tenth of the steps?",
      go: () => {
        cover = true;
        choose(0);
      },
      leave: () => {
        cover = false;
      },
      choices: () => [
        "a tenth or less",
        "more than a tenth, less than half",
        "half or more",
      ],
      answer: () => {
        const e = early();
        return e <= 0.1 ? 0 : e < 0.5 ? 1 : 2;
      },
      why: earlyInWords,
    },
    {
      say:
        "On top: losses, in nats; a dotted line is a floor, the exact score that no honest " +
        "model beats. Below: learning rate, and the length of the gradient.",
    },
    {
      say:
        "Arrow keys or the mouse read the numbers of a step. Where the gradient is long, the " +
        "weights have just met something new; the learning rate first rises, then falls to 0.",
    },
  ]);
}
