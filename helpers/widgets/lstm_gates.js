/* An LSTM over a text: gates, cell and state of one unit; a gate can be held at 0 or 1. */
function draw(ui, data, p) {
  var n = p.tokens.length, N = p.units, C = data.x.shape[1], unit = p.unit, at = n - 1, cover = false, held = {}, whole = true;
  var NAMES = ["input i", "forget f", "candidate g", "output o", "cell c", "state h"], KEYS = ["i", "f", "g", "o", "c", "h"], now;
  function sigma(z) { return 1 / (1 + Math.exp(-z)); }
  function given(k, t, u) { return data.all[(k * n + t) * N + u]; }
  function run() {
    var h = new Float64Array(N), c = new Float64Array(N), out = [];
    for (var t = 0; t < n; t++) {
      var step = [0, 1, 2, 3, 4, 5].map(function () { return new Float64Array(N); });
      for (var u = 0; u < N; u++) {
        for (var k = 0; k < 4; k++) {
          var r = k * N + u, z = data.b[r];
          for (var a = 0; a < C; a++) { z += data.Wx[r * C + a] * data.x[t * C + a]; }
          for (var m = 0; m < N; m++) { z += data.Wh[r * N + m] * h[m]; }
          step[k][u] = k === 2 ? Math.tanh(z) : sigma(z);
          if (held[k] !== undefined && (whole || u === unit)) { step[k][u] = held[k]; }
        }
      }
      for (u = 0; u < N; u++) {
        step[4][u] = step[1][u] * c[u] + step[0][u] * step[2][u];
        step[5][u] = step[3][u] * Math.tanh(step[4][u]);
      }
      c = step[4]; h = step[5];
      out.push(step);
    }
    return out;
  }
  function free() { return Object.keys(held).length === 0; }
  function value(k, t) { return free() ? given(k, t, unit) : now[t][k][unit]; }
  now = run();
  var worst = 0;
  for (var t = 0; t < n; t++) { for (var k = 0; k < 6; k++) { for (var u = 0; u < N; u++) { worst = Math.max(worst, Math.abs(now[t][k][u] - given(k, t, u))); } } }
  ui.deviation("deviation", worst);
  /* which of two words would the model write next? */
  function lean(t) {
    var d = data.odds[N], h = free() ? null : now[t][5];
    for (var u = 0; u < N; u++) { d += data.odds[u] * (h ? h[u] : given(5, t, u)); }
    return sigma(d);
  }
  var W = clamp(Math.floor(760 / n), 46, 84), LEFT = 150, ROW = 40;
  var map = ui.canvas("Gates, cell and state of one unit. Left and right move along the text, up and down choose the unit.", function (g) {
    g.font = "14px system-ui,sans-serif";
    range(n).forEach(function (t) {
      g.textAlign = "center"; g.fillStyle = ui.color(t === at ? "key" : "ink"); g.font = (t === at ? "bold " : "") + "14px system-ui,sans-serif";
      g.fillText(cut(p.tokens[t], 9), LEFT + (t + 0.5) * W, 14);
    });
    KEYS.forEach(function (key, k) {
      var y = 30 + k * ROW + (k > 3 ? 10 : 0), sure = held[k] !== undefined;
      g.textAlign = "right"; g.fillStyle = ui.color(sure ? "key" : "ink"); g.font = (sure ? "bold " : "") + "14px system-ui,sans-serif";
      g.fillText(NAMES[k] + (sure ? " = " + held[k] : ""), LEFT - 8, y + ROW / 2);
      range(n).forEach(function (t) {
        var v = value(k, t), gate = k !== 2 && k < 4, s = gate ? shade(WEIGHTS, v) : shade(SIGNS, 0.5 + v / 2 / (k === 4 ? p.reach : 1));
        if (cover && k > 3 && t === at) { s = [128, 128, 128]; }
        g.fillStyle = css(s); g.fillRect(LEFT + t * W + 1, y + 1, W - 2, ROW - 2);
        g.fillStyle = onto(s); g.textAlign = "center"; g.font = "13px system-ui,sans-serif";
        g.fillText(cover && k > 3 && t === at ? "?" : v.toFixed(2), LEFT + (t + 0.5) * W, y + ROW / 2);
      });
    });
    if (p.words) {
      var y = 50 + 6 * ROW;
      g.textAlign = "right"; g.fillStyle = ui.color("ink"); g.fillText("\u201c" + p.words[0] + "\u201d, not \u201c" + p.words[1] + "\u201d", LEFT - 8, y + 16);
      range(n).forEach(function (t) {
        var q = lean(t);
        g.strokeStyle = ui.color("line"); g.lineWidth = 1; g.strokeRect(LEFT + t * W + 4, y, W - 8, 30);
        g.fillStyle = ui.color(q > 0.5 ? "query" : "key"); g.fillRect(LEFT + t * W + 4, y + 30 - 30 * q, W - 8, 30 * q);
        g.textAlign = "center"; g.fillStyle = ui.color("ink"); g.fillText(q.toFixed(2), LEFT + (t + 0.5) * W, y + 42);
      });
    }
    g.strokeStyle = ui.color("key"); g.lineWidth = 3; g.strokeRect(LEFT + at * W, 24, W, 6 * ROW + 16);
  }, { move: function (di, dj) { if (di) { choose(unit + di); } if (dj) { go(at + dj); } },
    mousemove: function (x) { go(Math.floor((x - LEFT) / W)); }, click: function (x) { go(Math.floor((x - LEFT) / W)); } });
  function go(t) { t = clamp(t, 0, n - 1); if (t !== at) { at = t; ui.paint(); } }
  function choose(u) { unit = clamp(u, 0, N - 1); units.set(unit); if (!free()) { now = run(); } ui.paint(); }
  function num(x) { return (x < 0 ? "\u2212" : "") + Math.abs(x).toFixed(4); }
  ui.paint = function () {
    map.paint(LEFT + n * W + 4, (p.words ? 104 : 46) + 6 * ROW);
    var before = at ? value(4, at - 1) : 0;
    ui.say("\u201c" + p.tokens[at] + "\u201d, unit " + unit + ": c = f\u00b7c + i\u00b7g = " + num(value(1, at)) + " \u00b7 " + num(before) + " + " + num(value(0, at)) + " \u00b7 " + num(value(2, at)) +
      " = " + (cover ? "?" : num(value(4, at))) + (cover ? "" : ";  h = o\u00b7tanh(c) = " + num(value(5, at))));
    ui.host.dataset.at = at + "," + unit;
    ui.host.dataset.cell = cover ? "" : value(4, at).toFixed(6);
    table.fill();
  };
  var units = ui.slider("Unit", 0, N - 1, 1, unit, choose);
  ["input", "forget", null, "output"].forEach(function (name, k) {
    if (!name) { return; }
    ui.select("Hold " + name, ["free", "0", "1"], function (i) {
      if (i) { held[k] = i - 1; } else { delete held[k]; }
      now = run(); ui.paint();
    });
  });
  ui.toggle("in all units", true, function (on) { whole = on; now = run(); ui.paint(); });
  ui.button("Reset", function () {
    held = {}; now = run();
    ui.controls.querySelectorAll("select").forEach(function (s) { s.value = 0; });
    ui.paint();
  });
  ui.save("lstm", map);
  var table = ui.table("The unit as a table", function () {
    return [["token"].concat(KEYS)].concat(range(n).map(function (t) {
      return [p.tokens[t]].concat(KEYS.map(function (_, k) { return cover && k > 3 && t === at ? "?" : value(k, t).toFixed(6); }));
    }));
  });
  ui.keys = { "[": function () { choose(unit - 1); }, "]": function () { choose(unit + 1); } };
  ui.helpText = "left, right token; up, down or [ ] unit.";
  ui.tour([
    { say: "One unit of an LSTM. The three gates lie between 0 (shut, dark) and 1 (open, bright). The candidate g is what could be written into the cell." },
    { ask: "Below stand the forget gate, the old cell, the input gate and the candidate. Predict: does the cell grow or shrink at the marked token?", go: function () { at = Math.min(n - 1, 2); cover = true; }, leave: function () { cover = false; },
      choices: function () { return ["the cell goes up", "the cell goes down"]; },
      answer: function () { return value(4, at) >= (at ? value(4, at - 1) : 0) ? 0 : 1; },
      why: function () { return "It goes from " + num(at ? value(4, at - 1) : 0) + " to " + num(value(4, at)) + "."; } },
    { say: "Now hold a gate. \u201cHold forget\u201d at 0 wipes every cell at every step; at 1, with \u201cHold input\u201d at 0, nothing is ever written: the cells keep what they have." }
  ]);
}
