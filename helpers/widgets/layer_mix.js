/* Layers mixed with softmax weights; the neighbours of one word in context follow. */
function draw(ui, data, p) {
  var s = data.layers.shape, L = s[0], n = s[1], D = s[2], raw = range(L).map(function () { return 0; }), gamma = 1, at = p.first, cover = false, mixed, K = Math.min(6, n - 1);
  function shares() {
    var e = raw.map(Math.exp), sum = e.reduce(function (a, b) { return a + b; }, 0);
    return e.map(function (x) { return x / sum; });
  }
  function mix() {
    var w = shares(), out = new Float64Array(n * D);
    for (var l = 0; l < L; l++) { for (var k = 0; k < n * D; k++) { out[k] += gamma * w[l] * data.layers[l * n * D + k]; } }
    return out;
  }
  mixed = mix();
  var worst = 0;
  for (var k = 0; k < n * D; k++) { worst = Math.max(worst, Math.abs(mixed[k] - data.uniform[k])); }
  ui.deviation("deviation", worst);
  function dot(i, j) { var x = 0; for (var d = 0; d < D; d++) { x += mixed[i * D + d] * mixed[j * D + d]; } return x; }
  function cosine(i, j) { return dot(i, j) / Math.sqrt(dot(i, i) * dot(j, j) || 1); }
  function near(i) { return order(n, function (j) { return j === i ? -9 : cosine(i, j); }).slice(0, K); }
  /* share of occurrences whose nearest neighbour has the same sense; mean cosines */
  function score() {
    var right = 0, same = [0, 0], other = [0, 0];
    for (var i = 0; i < n; i++) {
      var best = -9, who = -1;
      for (var j = 0; j < n; j++) {
        if (j === i) { continue; }
        var c = cosine(i, j), to = p.senses[i] === p.senses[j] ? same : other;
        to[0] += c; to[1]++;
        if (c > best) { best = c; who = j; }
      }
      right += p.senses[who] === p.senses[i];
    }
    return { right: right / n, same: same[0] / (same[1] || 1), other: other[0] / (other[1] || 1) };
  }
  var W = 860;
  var bars = ui.canvas("The weights of the layers", function (g) {
    var w = shares();
    g.font = "14px system-ui,sans-serif";
    range(L).forEach(function (l) {
      g.textAlign = "right"; g.fillStyle = ui.color("ink"); g.fillText(p.names[l], 150, 16 + l * 28);
      g.fillStyle = ui.color("query"); g.fillRect(158, 6 + l * 28, 500 * w[l], 20);
      g.strokeStyle = ui.color("line"); g.strokeRect(158, 6 + l * 28, 500, 20);
      g.textAlign = "left"; g.fillStyle = ui.color("ink"); g.fillText("s = " + w[l].toFixed(3), 666, 16 + l * 28);
    });
  });
  var list = ui.canvas("The word in its sentence and its nearest occurrences. Up and down choose another occurrence.", function (g) {
    function line(i, y, color, note) {
      g.textAlign = "left"; g.font = "bold 14px system-ui,sans-serif"; g.fillStyle = ui.color(color); g.fillText(cut(p.senses[i], 20), 6, y);
      g.font = "14px system-ui,sans-serif"; g.fillStyle = ui.color("ink"); g.fillText(cut(p.texts[i], 72), 172, y);
      g.textAlign = "right"; g.fillText(note, W - 6, y);
    }
    g.fillStyle = ui.color("pale"); g.fillRect(0, 2, W, 28);
    line(at, 16, "query", "chosen");
    if (cover) { g.fillText("? choose first", 172, 50); return; }
    near(at).forEach(function (j, k) {
      var ok = p.senses[j] === p.senses[at];
      line(j, 50 + k * 28, ok ? "good" : "key", (ok ? "\u2713 " : "\u2717 ") + cosine(at, j).toFixed(3));
    });
  }, { move: function (di, dj) { go(at + di + 5 * dj); }, click: function (x, y) { var k = Math.round((y - 50) / 28); if (!cover && k >= 0 && k < K) { go(near(at)[k]); } } });
  function go(i) { at = (i + n) % n; ui.paint(); }
  var board = null;
  ui.paint = function () {
    bars.paint(W, 10 + L * 28); list.paint(W, 40 + K * 28 + 12);
    board = board || score();
    ui.say(cover ? "Choose your answer above first." : "Nearest neighbour has the same sense: " + (100 * board.right).toFixed(0) + " % of " + n + ". Mean cosine, same sense " + board.same.toFixed(3) + ", other " + board.other.toFixed(3) + ".");
    ui.host.dataset.at = at; ui.host.dataset.right = cover ? "" : board.right.toFixed(4);
    table.fill();
  };
  function redo() { mixed = mix(); board = null; ui.paint(); }
  var sliders = range(L).map(function (l) { return ui.slider("w" + l, -6, 6, 0.5, 0, function (v) { raw[l] = v; redo(); }); });
  ui.slider("\u03b3", 0.1, 3, 0.1, 1, function (v) { gamma = v; redo(); });
  range(L).forEach(function (l) {
    ui.button("Only " + p.names[l], function () { range(L).forEach(function (k) { raw[k] = k === l ? 6 : -6; sliders[k].set(raw[k]); }); redo(); });
  });
  ui.button("Even", function () { range(L).forEach(function (k) { raw[k] = 0; sliders[k].set(0); }); redo(); });
  ui.save("layers", list);
  var table = ui.table("The mixed vector as a table", function () {
    return [["dimension", "value"]].concat(range(D).map(function (d) { return [String(d), mixed[at * D + d].toFixed(6)]; }));
  });
  ui.table("All occurrences", function () {
    return [["sense", "sentence"]].concat(range(n).map(function (i) { return [p.senses[i], p.texts[i]]; }));
  });
  ui.helpText = "up, down another occurrence.";
  function only(l) { range(L).forEach(function (k) { raw[k] = k === l ? 20 : -20; }); mixed = mix(); var r = score().right; range(L).forEach(function (k) { raw[k] = 0; }); mixed = mix(); return r; }
  ui.tour([
    { say: "Each line is one occurrence of an ambiguous word. Its vector is a mix of layers: s = softmax(w), times \u03b3. The lines below it are its nearest occurrences; \u2713 means the same sense." },
    { ask: "Predict: with the token layer alone, how many nearest neighbours have the right sense?", go: function () { cover = true; }, leave: function () { cover = false; },
      choices: function () { return ["about as many as by chance", "nearly all"]; },
      answer: function () { return only(0) > 0.9 ? 1 : 0; },
      why: function () { return "Token layer alone: " + (100 * only(0)).toFixed(0) + " %; top layer alone: " + (100 * only(L - 1)).toFixed(0) + " %."; } },
    { say: "Move the sliders. \u03b3 makes all vectors longer: does any neighbour change? Then give one layer all the weight." }
  ]);
}
