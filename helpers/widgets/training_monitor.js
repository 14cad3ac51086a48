/* How a training went: losses with floors, learning rate, gradient norm. */
function draw(ui, data, p) {
  const N = p.names.length;
  const F = "px system-ui,sans-serif";
  const W = 1000;
  const LEFT = 66;
  const RIGHT = 770;
  let smooth = true;
  let cover = false;
  let log = false;
  const LIGHT = ["#0072b2", "#b84d00", "#00694c", "#a3447a", "#8a6100", "#2f6f9f"];
  const DARK = ["#74bdf0", "#ff9f5a", "#57d3a8", "#f0a8cf", "#ffd070", "#a8dcff"];
  const DASH = [[], [7, 4], [2, 3], [9, 3, 2, 3], [12, 3], [4, 2]];
  const LABEL = ["nats", "accuracy", "rate", "norm"];
  const HIGH = [150, 56, 38, 38];
  const shown = [0, 1, 2, 3].filter((k) => p.panels.indexOf(k) >= 0);
  let curve = 0;
  let step = p.steps;
  const curves = range(N).map((i) => ({
    x: data[`x${i}`],
    y: data[`y${i}`],
    z: p.panels[i] === 2 ? data[`y${i}`] : mean(data[`y${i}`]),
  }));
  /* the mean of each value and its neighbours, a fiftieth on each side */
  function mean(y) {
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
    return (ui.root.classList.contains("dark") ? DARK : LIGHT)[
      p.panels[i] < 2 ? i % 6 : 0
    ];
  }
  function floor(i) {
    const f = p.floors[p.names[i]];
    return f === undefined ? null : f;
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
  function X(s) {
    return LEFT + ((s - 1) / Math.max(1, p.steps - 1)) * (RIGHT - LEFT);
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
    range(N).forEach((i) => {
      if (p.panels[i] !== panel) {
        return;
      }
      curves[i].y.forEach((v) => {
        lo = Math.min(lo, v);
        hi = Math.max(hi, v);
      });
      if (floor(i) !== null) {
        lo = Math.min(lo, floor(i));
        hi = Math.max(hi, floor(i));
      }
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
  function tops() {
    let t = 6;
    return shown.map((k) => {
      const at = t;
      t += HIGH[k] + 8;
      return at;
    });
  }
  function height() {
    return shown.reduce((s, k) => s + HIGH[k] + 8, 34);
  }
  function trace(g, i, ys, Y, alpha, width) {
    g.globalAlpha = alpha;
    g.lineWidth = width;
    g.strokeStyle = color(i);
    g.beginPath();
    range(ys.length).forEach((j) => {
      if (curves[i].x[j] <= end()) {
        g.lineTo(X(curves[i].x[j]), Y(ys[j]));
      }
    });
    g.stroke();
    g.globalAlpha = 1;
  }
  const chart = ui.canvas(
    "Curves over the steps. Left and right choose a step, up and down a curve.",
    (g) => {
      const at = tops();
      shown.forEach((panel, k) => {
        const top = at[k];
        const Y = scale(panel, top);
        const s = span(panel);
        let y = top + 10;
        g.strokeStyle = ui.color("line");
        g.lineWidth = 1;
        g.strokeRect(LEFT, top, RIGHT - LEFT, HIGH[panel]);
        g.font = `12${F}`;
        g.fillStyle = ui.color("soft");
        g.textAlign = "right";
        g.fillText(text(s[1]), LEFT - 5, top + 8);
        g.fillText(text(s[0]), LEFT - 5, top + HIGH[panel] - 7);
        if (panel < 2) {
          g.fillText(LABEL[panel], LEFT - 5, top + HIGH[panel] / 2);
        }
        range(N).forEach((i) => {
          if (p.panels[i] !== panel) {
            return;
          }
          const c = curves[i];
          const me = i === curve;
          if (floor(i) !== null) {
            g.strokeStyle = color(i);
            g.lineWidth = 1.5;
            g.setLineDash([3, 5]);
            g.beginPath();
            g.moveTo(LEFT, Y(floor(i)));
            g.lineTo(RIGHT, Y(floor(i)));
            g.stroke();
            g.setLineDash([]);
          }
          if (smooth) {
            trace(g, i, c.y, Y, 0.3, 1);
          }
          g.setLineDash(DASH[panel < 2 ? i % 6 : 0]);
          trace(g, i, smooth ? c.z : c.y, Y, 1, me ? 3 : 1.8);
          g.setLineDash([]);
          const j = near(i, step);
          g.textAlign = "left";
          g.fillStyle = color(i);
          g.font = `${me ? "bold " : ""}13${F}`;
          g.fillText(
            (me ? "\u25b6 " : "\u25a0 ") +
              cut(p.names[i], 20) +
              (cover ? "" : ` ${text(c.y[j])}`),
            RIGHT + 12,
            y,
          );
          g.font = `12${F}`;
          if (floor(i) !== null) {
            g.fillText(
              (panel ? "\u2505 at best " : "\u2505 floor ") + text(floor(i)),
              RIGHT + 26,
              y + 17,
            );
            y += 17;
          }
          y += 20;
          if (me && !cover) {
            g.fillStyle = ui.color("paper");
            g.strokeStyle = color(i);
            g.lineWidth = 3;
            g.beginPath();
            g.arc(X(c.x[j]), Y(c.y[j]), 6, 0, 6.2832);
            g.fill();
            g.stroke();
          }
        });
      });
      const bottom = height() - 28;
      if (!cover) {
        g.strokeStyle = ui.color("ink");
        g.lineWidth = 1;
        g.beginPath();
        g.moveTo(X(step), 6);
        g.lineTo(X(step), bottom);
        g.stroke();
      } else {
        g.fillStyle = ui.color("pale");
        g.fillRect(X(end()), 6, RIGHT - X(end()), bottom - 8);
        g.fillStyle = ui.color("ink");
        g.font = `bold 16${F}`;
        g.textAlign = "center";
        g.fillText("? choose first", (X(end()) + RIGHT) / 2, 90);
      }
      g.font = `12${F}`;
      g.fillStyle = ui.color("soft");
      g.textAlign = "left";
      g.fillText("step 1", LEFT, bottom + 10);
      g.textAlign = "right";
      g.fillText(
        `step ${p.steps}${p.interrupted ? " (stopped)" : ""}`,
        RIGHT,
        bottom + 10,
      );
    },
    {
      mousemove: point,
      click: point,
      move: (di, dj) => {
        if (cover) {
          return;
        }
        if (di) {
          curve = (curve + di + N) % N;
          step = stepOf(curve, step);
          pick.value = curve;
        }
        if (dj) {
          const x = curves[curve].x;
          step = Math.round(x[clamp(near(curve, step) + dj, 0, x.length - 1)]);
        }
        ui.paint();
      },
    },
  );
  function point(x) {
    if (cover || x < LEFT || x > RIGHT) {
      return;
    }
    const s = stepOf(curve, 1 + ((x - LEFT) / (RIGHT - LEFT)) * (p.steps - 1));
    if (s !== step) {
      step = s;
      ui.paint();
    }
  }
  function jump(to) {
    if (!cover) {
      const x = curves[curve].x;
      step = Math.round(x[to < 0 ? x.length - 1 : to]);
      ui.paint();
    }
  }
  ui.keys.Home = () => {
    jump(0);
  };
  ui.keys.End = () => {
    jump(-1);
  };
  ui.paint = () => {
    chart.paint(W, height());
    const c = curves[curve];
    const j = near(curve, step);
    const f = floor(curve);
    ui.say(
      cover
        ? "Choose your answer above first."
        : "Step " +
            step +
            " of " +
            p.steps +
            ": " +
            p.names[curve] +
            " " +
            c.y[j].toPrecision(5) +
            (f !== null
              ? `, ${Math.abs(c.y[j] - f).toFixed(3)}${c.y[j] < f ? " below" : " above"}${p.panels[curve] ? " the best possible" : " its floor"}`
              : "") +
            ".",
    );
    ui.host.dataset.curve = p.names[curve];
    ui.host.dataset.step = step;
    ui.host.dataset.value = cover ? "" : c.y[j];
    table.fill();
  };
  const pick = ui.select("Curve", p.names, (i) => {
    curve = i;
    step = stepOf(i, step);
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
    const z = curves[0].z;
    const first = z[0];
    const last = z[z.length - 1];
    return (first - z[near(0, 1 + 0.1 * (p.steps - 1))]) / (first - last || 1);
  }
  ui.free = () => {
    cover = false;
  };
  ui.tour([
    {
      say: "One point per step. Above: losses, in nats; a dotted line is a floor, the exact score that no honest model beats. Below: learning rate, and the length of the gradient.",
      go: () => {
        cover = true;
      },
    },
    {
      ask: "Predict: how much of the whole fall of the loss happens in the first tenth of the steps?",
      go: () => {
        cover = true;
        curve = 0;
        pick.value = 0;
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
      why: () =>
        `The first tenth brings ${(100 * early()).toFixed(0)} % of it (smoothed).`,
    },
    {
      say: "Arrow keys or the mouse read the numbers of a step. Where the gradient is long, the weights have just met something new; the learning rate first rises, then falls to 0.",
      go: () => {
        cover = false;
      },
    },
  ]);
}
