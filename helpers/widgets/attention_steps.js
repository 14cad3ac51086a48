/* One query of one head, from scores to the new vector, with its numbers. */
function draw(ui, data, p) {
  var n = p.tokens.length, d = data.q.shape[1], dv = data.v.shape[1];
  var at = p.query, stage = 0, root = true, masked = true, heat = 1, dropped = {}, cover = false;
  var NAMES = ["q\u00b7k", "\u00f7 \u221ad", "mask", "softmax", "weight \u00d7 v, summed"];
  function dot(i, j) {
    var s = 0;
    for (var c = 0; c < d; c++) { s += data.q[i * d + c] * data.k[j * d + c]; }
    return s;
  }
  function allowed(i, j) { return !dropped[j] && (!masked || !data.mask || data.mask[i * n + j] > 0.5); }
  function run(i) {
    var scores = range(n).map(function (j) { return dot(i, j); });
    var scaled = scores.map(function (s) { return s / (root ? Math.sqrt(d) : 1) / heat; });
    var open = scaled.map(function (s, j) { return allowed(i, j) ? s : -Infinity; });
    var top = Math.max.apply(null, open), e = open.map(function (s) { return top === -Infinity ? 0 : Math.exp(s - top); });
    var sum = e.reduce(function (a, b) { return a + b; }, 0), w = e.map(function (x) { return sum ? x / sum : 0; });
    var out = range(dv).map(function (c) {
      return w.reduce(function (s, x, j) { return s + x * data.v[j * dv + c]; }, 0);
    });
    return { scores: scores, scaled: scaled, open: open, weights: w, out: out };
  }
  /* what we compute here against what Python computed */
  var worst = 0;
  range(n).forEach(function (i) {
    var r = run(i);
    range(n).forEach(function (j) {
      worst = Math.max(worst, Math.abs(r.scores[j] - data.scores[i * n + j]), Math.abs(r.weights[j] - data.weights[i * n + j]));
    });
    r.out.forEach(function (x, c) { worst = Math.max(worst, Math.abs(x - data.out[i * dv + c])); });
  });
  ui.deviation("deviation", worst);

  var reach = Math.max.apply(null, Array.from(data.v).concat(Array.from(data.q), Array.from(data.k)).map(Math.abs)) || 1;
  function strip(g, x, y, w, h, from, i, width, by) {
    for (var c = 0; c < width; c++) {
      var s = shade(SIGNS, 0.5 + 0.5 * by * from[i * width + c] / reach);
      g.fillStyle = css(s); g.fillRect(x + c * w / width, y, w / width - 0.5, h);
    }
    g.strokeStyle = ui.color("line"); g.lineWidth = 1; g.strokeRect(x, y, w, h);
  }
  var ROW = 30, TOP = 74, X = { key: 8, k: 100, col: [212, 298, 384, 474], v: 640, wv: 740 };
  function show(x, y, value, g, on, color) {
    g.fillStyle = ui.color(on ? color || "ink" : "line"); g.textAlign = "right";
    g.fillText(!on ? "\u00b7" : value === -Infinity ? "\u2212\u221e" : value.toFixed(3), x + 62, y);
  }
  var picture = ui.canvas("Keys as rows, the five steps as columns. Up and down choose the query, Space shows the next step.", function (g, c) {
    var r = run(at), best = order(n, function (j) { return r.weights[j]; })[0];
    g.fillStyle = ui.color("query"); g.textAlign = "left"; g.font = "bold 15px system-ui,sans-serif";
    g.fillText("query: " + cut(p.tokens[at], 12), 8, 16);
    strip(g, 150, 6, 100, 20, data.q, at, d, 1);
    g.font = "13px system-ui,sans-serif"; g.fillStyle = ui.color("key"); g.fillText("key", X.key, 56); g.fillText("k", X.k, 56);
    g.fillStyle = ui.color("ink"); g.textAlign = "right";
    [NAMES[0], root ? NAMES[1] : "(no \u221ad)", NAMES[2], NAMES[3]].forEach(function (t, s) {
      g.font = (s < stage ? "bold " : "") + "13px system-ui,sans-serif"; g.fillText((s + 1) + " " + t, X.col[s] + 62, 56);
    });
    g.font = (stage > 4 ? "bold " : "") + "13px system-ui,sans-serif"; g.textAlign = "left"; g.fillText("v", X.v, 56); g.fillText("5 weight \u00d7 v", X.wv, 56);
    g.font = "13px system-ui,sans-serif";
    range(n).forEach(function (j) {
      var y = TOP + j * ROW, mid = y + 10, off = r.open[j] === -Infinity;
      g.textAlign = "left"; g.fillStyle = ui.color(off ? "soft" : "key"); g.fillText(cut(p.tokens[j], 11) + (dropped[j] ? " \u2715" : ""), X.key, mid);
      strip(g, X.k, y, 90, 20, data.k, j, d, 1);
      show(X.col[0], mid, r.scores[j], g, stage > 0);
      show(X.col[1], mid, r.scaled[j], g, stage > 1);
      show(X.col[2], mid, r.open[j], g, stage > 2);
      show(X.col[3], mid, r.weights[j], g, stage > 3 && !cover, "query");
      if (stage > 3 && !cover) {
        g.fillStyle = ui.color(j === best ? "key" : "query"); g.fillRect(X.col[3] + 70, y + 3, 78 * r.weights[j], 14);
        g.strokeStyle = ui.color("line"); g.strokeRect(X.col[3] + 70, y + 3, 78, 14);
      }
      strip(g, X.v, y, 84, 20, data.v, j, dv, 1);
      if (stage > 4) { strip(g, X.wv, y, 84, 20, data.v, j, dv, r.weights[j]); }
    });
    var y = TOP + n * ROW + 10;
    g.textAlign = "right"; g.fillStyle = ui.color("good"); g.font = "bold 14px system-ui,sans-serif";
    g.fillText("new vector of \u201c" + cut(p.tokens[at], 12) + "\u201d = sum", X.wv - 10, y + 11);
    if (stage > 4) { strip(g, X.wv, y, 84, 22, r.out, 0, dv, 1); }
    c.last = r;
  }, { move: function (di) { choose(at + di); }, lock: function () { step(1); },
    click: function (x, y) { var j = Math.floor((y - TOP) / ROW); if (j >= 0 && j < n) { choose(j); } } });
  function choose(i) { at = clamp(i, 0, n - 1); query.value = at; ui.paint(); }
  function step(by) { stage = clamp(stage + by, 0, 5); ui.paint(); }
  ui.paint = function () {
    picture.paint(X.wv + 96, TOP + n * ROW + 44);
    var r = picture.last, best = order(n, function (j) { return r.weights[j]; })[0], shut = range(n).filter(function (j) { return r.open[j] === -Infinity; }).length;
    var texts = ["Step 0: the query \u201c" + p.tokens[at] + "\u201d meets " + n + " keys.",
      "1: each score is the dot product of query and key.",
      root ? "2: divided by \u221a" + d + " = " + Math.sqrt(d).toFixed(3) + (heat === 1 ? "." : " and by the temperature " + heat + ".") : "2: not divided by \u221ad.",
      "3: " + shut + " of " + n + " keys are masked: their score becomes \u2212\u221e.",
      cover ? "4: choose your answer above first." : "4: softmax makes the scores sum to 1: most on \u201c" + p.tokens[best] + "\u201d, " + r.weights[best].toFixed(4) + ".",
      "5: the new vector of \u201c" + p.tokens[at] + "\u201d is the sum of all v, each times its weight."];
    ui.say(shut === n ? "Every key is masked: the query may look nowhere, so there is no answer. Bring a token back." : texts[stage]);
    table.fill();
    ui.host.dataset.stage = stage; ui.host.dataset.query = at;
  };
  ui.button("Step back", function () { step(-1); });
  ui.button("Next step", function () { step(1); });
  var query = ui.select("Query", p.tokens, choose);
  query.value = at;
  ui.toggle("Divide by \u221ad", true, function (on) { root = on; ui.paint(); });
  if (data.mask) { ui.toggle("Mask", true, function (on) { masked = on; ui.paint(); }); }
  ui.slider("Temperature", 0.1, 4, 0.1, 1, function (t) { heat = t; ui.paint(); });
  ui.select("Drop key", ["none"].concat(p.tokens), function (j) { dropped = {}; if (j) { dropped[j - 1] = true; } ui.paint(); });
  ui.save("attention_steps", picture);
  var table = ui.table("The steps as a table", function () {
    var r = run(at);
    return [["key", "q\u00b7k", "scaled", "masked", "weight"]].concat(range(n).map(function (j) {
      return [p.tokens[j], r.scores[j].toFixed(4), r.scaled[j].toFixed(4), r.open[j] === -Infinity ? "\u2212\u221e" : r.open[j].toFixed(4), cover ? "?" : r.weights[j].toFixed(6)];
    })).concat(cover ? [] : [["new vector"].concat([r.out.map(function (x) { return x.toFixed(4); }).join(" "), "", "", ""])]);
  });
  ui.helpText = "up, down query; Space next step.";
  function three() {
    var r = run(at), best = order(n, function (j) { return r.weights[j]; });
    return [best[0], best[Math.min(n - 1, 1)], best[n - 1]].filter(function (x, i, a) { return a.indexOf(x) === i; }).sort(function (a, b) { return a - b; });
  }
  function winner() { var r = run(at); return order(n, function (j) { return r.weights[j]; })[0]; }
  ui.free = function () { stage = 5; };
  ui.tour([
    { say: "One token asks: its query is a vector q. Each token offers a key k and a value v. Orange numbers are positive, blue ones negative.", go: function () { stage = 0; } },
    { say: "Step 1: how well does each key fit the query? The dot product q\u00b7k. Step 2 divides by \u221ad, so that long vectors do not make the scores large.", go: function () { stage = 2; } },
    { ask: "Step 3 hides masked keys, step 4 is the softmax. Predict: which key gets the greatest weight?", go: function () { stage = 4; cover = true; },
      leave: function () { cover = false; },
      choices: function () { return three().map(function (j) { return p.tokens[j] + " (position " + j + ")"; }); },
      answer: function () { return three().indexOf(winner()); },
      why: function () { return "Its score is the greatest that is not masked; the softmax keeps the order: weight " + run(at).weights[winner()].toFixed(3) + "."; } },
    { say: "Step 5: each value is multiplied by its weight, and all are added. That sum is the new vector. Try: turn \u201cDivide by \u221ad\u201d off, or drop a key.", go: function () { stage = 5; } }
  ]);
}
