/* Sinusoidal positions: curves, heat map, dot products by distance, rotation dials. */
function draw(ui, data, p) {
  var d = p.d, base = p.base, at = 10, shift = 5, n = p.n, learned = false, pair = 0, cover = false, PE;
  function omega(i) { return Math.pow(base, -2 * i / d); }
  function compute() {
    PE = new Float64Array(n * d);
    if (learned) { for (var k = 0; k < n * d; k++) { PE[k] = data.learned[k]; } return; }
    for (var t = 0; t < n; t++) {
      for (var i = 0; i < d / 2; i++) {
        PE[t * d + 2 * i] = Math.sin(t * omega(i)); PE[t * d + 2 * i + 1] = Math.cos(t * omega(i));
      }
    }
  }
  function dot(a, b) { var s = 0; for (var c = 0; c < d; c++) { s += PE[a * d + c] * PE[b * d + c]; } return s; }
  /* at one distance all dot products are equal; a rotation by k maps PE(t) to PE(t + k) */
  function identities() {
    var spread = 0, turn = 0, k = Math.min(shift, n - 1);
    for (var t = 0; t + k < n; t++) {
      spread = Math.max(spread, Math.abs(dot(t, t + k) - dot(0, k)));
      for (var i = 0; i < d / 2; i++) {
        var a = k * omega(i), s = PE[t * d + 2 * i], c = PE[t * d + 2 * i + 1], u = (t + k) * d + 2 * i;
        turn = Math.max(turn, Math.abs(s * Math.cos(a) + c * Math.sin(a) - PE[u]), Math.abs(c * Math.cos(a) - s * Math.sin(a) - PE[u + 1]));
      }
    }
    ui.deviation("dotspread", spread); ui.deviation("rotation", turn);
    return [spread, turn];
  }
  compute();
  var worst = 0;
  for (var k = 0; k < n * d; k++) { worst = Math.max(worst, Math.abs(PE[k] - data.table[k])); }
  ui.deviation("deviation", worst);

  var W = 450, HT = 190, LEFT = 44;
  function X(t) { return LEFT + t / (n - 1) * (W - LEFT - 12); }
  function axes(g, title, low, high, xlabel) {
    g.strokeStyle = ui.color("line"); g.lineWidth = 1; g.strokeRect(LEFT, 24, W - LEFT - 12, HT - 52);
    g.fillStyle = ui.color("ink"); g.textAlign = "left"; g.font = "bold 14px system-ui,sans-serif"; g.fillText(title, LEFT, 11);
    g.font = "13px system-ui,sans-serif"; g.fillStyle = ui.color("soft"); g.fillText(xlabel, LEFT, HT - 9);
    g.textAlign = "right"; g.fillText(high, LEFT - 4, 30); g.fillText(low, LEFT - 4, HT - 34);
    if (xlabel === "position") { g.fillText(n - 1, W - 12, HT - 9); }
  }
  function line(g, value, lo, hi, color, dash, wide) {
    g.beginPath(); g.strokeStyle = color; g.setLineDash(dash); g.lineWidth = wide; g.lineJoin = "round";
    for (var t = 0; t < n; t++) {
      var y = 24 + (1 - (value(t) - lo) / (hi - lo)) * (HT - 52);
      if (t) { g.lineTo(X(t), y); } else { g.moveTo(X(t), y); }
    }
    g.stroke(); g.setLineDash([]);
  }
  function mark(g, t, color) { g.strokeStyle = color; g.lineWidth = 2; g.beginPath(); g.moveTo(X(t), 24); g.lineTo(X(t), HT - 28); g.stroke(); }
  function top() { var m = 1e-9; for (var k = 0; k < n * d; k++) { m = Math.max(m, Math.abs(PE[k])); } return m; }
  var hit = { mousemove: function (x) { move(Math.round((x - LEFT) / (W - LEFT - 12) * (n - 1))); },
    move: function (di, dj) { if (di) { pair = clamp(pair - di, 0, d / 2 - 1); } move(at + dj); } };
  function move(t) { at = clamp(t, 0, n - 1); where.set(at); ui.paint(); }
  var curves = ui.canvas("Two dimensions over the positions. Left and right move the position, up and down the pair.", function (g) {
    var m = top();
    axes(g, "Dimensions " + 2 * pair + " and " + (2 * pair + 1) + " over positions", -m.toFixed(1), m.toFixed(1), "position");
    line(g, function (t) { return PE[t * d + 2 * pair]; }, -m, m, ui.color("query"), [], 3);
    line(g, function (t) { return PE[t * d + 2 * pair + 1]; }, -m, m, ui.color("key"), [7, 4], 3);
    mark(g, at, ui.color("ink"));
  }, hit);
  var map = ui.canvas("Heat map: positions from left to right, dimensions from top to bottom", function (g) {
    axes(g, "All " + d + " dimensions", d - 1, 0, "position");
    var m = top(), h = (HT - 52) / d;
    g.drawImage(image(d, n, function (c, t) { return PE[t * d + c]; }, SIGNS, -m, m), LEFT, 24, W - LEFT - 12, HT - 52);
    g.lineWidth = 2; g.strokeStyle = ui.color("ink"); g.strokeRect(LEFT, 24 + 2 * pair * h, W - LEFT - 12, 2 * h);
    mark(g, at, ui.color("key"));
  }, hit);
  var dots = ui.canvas("Dot product of the position with all others", function (g, c) {
    var hi = dot(0, 0), lo = 1e9;
    for (var t = 0; t < n; t++) { hi = Math.max(hi, dot(at, t)); lo = Math.min(lo, dot(at, t)); }
    axes(g, "Dot product of position " + at + " with every position", lo.toFixed(1), hi.toFixed(1), "position");
    if (cover) { g.fillStyle = ui.color("ink"); g.fillText("? choose first", W / 2, HT / 2); return; }
    line(g, function (t) { return dot(at, t); }, lo, hi, ui.color("good"), [], 3);
    mark(g, at, ui.color("key"));
    if (at + shift < n) { mark(g, at + shift, ui.color("query")); }
  }, hit);
  var dials = ui.canvas("One dial per pair: the angle of the position and of the shifted one", function (g) {
    var many = Math.min(d / 2, 6), r = 29;
    axes(g, learned ? "No dials: learned positions do not turn" : "Dials: position " + at + ", and " + shift + " on", "", "", "pair of dimensions: the first turns fastest");
    if (learned) { return; }
    range(many).forEach(function (q) {
      var i = Math.round(q * (d / 2 - 1) / Math.max(1, many - 1)), x = LEFT + 34 + q * 65, y = 84;
      g.strokeStyle = ui.color("line"); g.lineWidth = 1; g.beginPath(); g.arc(x, y, r, 0, 6.2832); g.stroke();
      [[at, "key", [], 4], [at + shift, "query", [5, 3], 3]].forEach(function (h) {
        var a = h[0] * omega(i);
        g.strokeStyle = ui.color(h[1]); g.lineWidth = h[3]; g.setLineDash(h[2]); g.beginPath(); g.moveTo(x, y);
        g.lineTo(x + r * Math.sin(a), y - r * Math.cos(a)); g.stroke(); g.setLineDash([]);
      });
      g.fillStyle = ui.color("ink"); g.textAlign = "center"; g.fillText(2 * i + ", " + (2 * i + 1), x, y + r + 14);
    });
  });
  ui.paint = function () {
    [curves, map, dots, dials].forEach(function (c) { c.paint(W, HT); });
    var id = identities();
    ui.say(cover ? "Choose your answer above first." : "position " + at + ", shift " + shift + ": dot product " + (at + shift < n ? dot(at, at + shift).toFixed(4) : "\u2013") +
      "; over all positions at this distance it varies by " + id[0].toExponential(1) + (learned ? "." : "; rotating by the shift misses by " + id[1].toExponential(1) + "."));
    table.fill();
  };
  function redo() { pair = clamp(pair, 0, d / 2 - 1); compute(); ui.paint(); }
  var sizes = [4, 8, 16, 32, 64, 128].filter(function (x) { return x <= 128; }), bases = [10, 100, 1000, 10000];
  var size = ui.select("d", sizes, function (i) { d = sizes[i]; redo(); });
  size.value = sizes.indexOf(d);
  var bs = ui.select("Base", bases, function (i) { base = bases[i]; redo(); });
  bs.value = bases.indexOf(base);
  var where = ui.slider("Position", 0, n - 1, 1, at, move);
  ui.slider("Shift", 1, Math.floor(n / 2), 1, shift, function (k) { shift = k; ui.paint(); });
  if (data.learned) {
    ui.toggle("Learned positions", false, function (on) {
      learned = on; d = on ? data.learned.shape[1] : p.d; size.value = sizes.indexOf(d); size.disabled = on; bs.disabled = on; redo();
    });
  }
  ui.save("positions", dots);
  var table = ui.table("The position\u2019s vector as a table", function () {
    return [["dimension", "position " + at, "position " + Math.min(n - 1, at + shift)]].concat(range(d).map(function (c) {
      return [String(c), PE[at * d + c].toFixed(6), PE[Math.min(n - 1, at + shift) * d + c].toFixed(6)];
    }));
  });
  ui.keys = { "[": function () { pair = clamp(pair - 1, 0, d / 2 - 1); ui.paint(); }, "]": function () { pair = clamp(pair + 1, 0, d / 2 - 1); ui.paint(); } };
  ui.helpText = "left, right position; up, down or [ ] pair of dimensions.";
  ui.tour([
    { say: "Each pair of dimensions is a sine (solid) and a cosine (dashed) of the position. Press ] to see slower and slower pairs." },
    { say: "The map shows all dimensions at once: a column is the vector of one position. Move with the arrow keys: all four panes follow." },
    { ask: "Predict: we take two positions 5 apart. Does their dot product depend on where they stand?", go: function () { cover = true; }, leave: function () { cover = false; },
      choices: function () { return ["Yes, it shrinks along the text", "No, only on the distance", "Only for the first pair"]; },
      answer: function () { return 1; },
      why: function () { var id = identities(); return "Over all positions at this distance it varies by " + id[0].toExponential(1) + ": rounding only."; } },
    { say: "The dials say why: moving on by the shift turns each dial by a fixed angle, wherever it stands. A turn is a linear map." }
  ]);
}
