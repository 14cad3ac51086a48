/* Documents of the world with everything that is known of each token. */
function draw(ui, data, p) {
  var D = 0, at = 0, show = 1, locked = false, cover = false, spans = [];
  var KINDS = ["nothing", "part of speech", "sense", "scene word", "role", "entity"], FIELDS = [null, "tags", "senses", "scenes", "roles", "entities"];
  var TINT = ["#cfe6f7", "#fbd9bf", "#c9ecdf", "#f3d8e8", "#fbe6b5", "#d9dde2"], DARK = ["#1d4f75", "#7a3c12", "#12573f", "#6b3555", "#6b5312", "#454c54"];
  function doc() { return p.documents[D]; }
  var text = el("div", { role: "listbox", tabindex: 0, "aria-label": "The story, token by token" });
  text.style.cssText = "max-width:46em;line-height:2.15;font-size:1.1em;padding:4px";
  var legend = el("div", { class: "row help" });
  ui.panes.append(el("div", {}, [text, legend]));
  function build() {
    clear(text); spans = doc().tokens.map(function (token, i) {
      var s = el("span", { role: "option", id: "t" + i, text: token, "aria-selected": "false" });
      s.style.cssText = "padding:3px 5px;border-radius:5px;cursor:pointer;display:inline-block;line-height:1.35;margin:0 1px;color:var(--ink)";
      s.addEventListener("mouseenter", function () { if (!locked) { go(i); } });
      s.addEventListener("click", function () { locked = !(locked && at === i); go(i); });
      text.append(s, " ");
      return s;
    });
    at = clamp(at, 0, spans.length - 1);
  }
  function values() { var field = FIELDS[show]; return field ? doc()[field] : []; }
  function sentenceOf(i) { return doc().sentences[i]; }
  ui.paint = function () {
    var d = doc(), vals = values(), dark = ui.root.classList.contains("dark"), count = {};
    vals.forEach(function (v) { if (v) { count[v] = (count[v] || 0) + 1; } });
    var kinds = Object.keys(count).sort(function (a, b) { return count[b] - count[a] || (a < b ? -1 : 1); }).slice(0, 6);
    spans.forEach(function (s, i) {
      var k = kinds.indexOf(vals[i]), me = i === at, head = d.heads[at] === i && !me, back = d.antecedents[at] === i, under = d.heads[i] === at && !me;
      s.setAttribute("aria-selected", me);
      s.style.background = k < 0 || (cover && i === at) ? "transparent" : (dark ? DARK : TINT)[k];
      s.style.boxShadow = me ? "inset 0 0 0 3px var(--query)" : back ? "inset 0 0 0 3px var(--good)" : head && !cover ? "inset 0 -5px 0 var(--key)" : under && !cover ? "inset 0 -3px 0 var(--query)" : "none";
      s.style.fontWeight = me ? "700" : "400";
    });
    text.setAttribute("aria-activedescendant", "t" + at);
    clear(legend).append("Scene: " + (cover ? "?" : d.scene) + ".  Colours: ");
    kinds.forEach(function (kind, k) {
      var chip = el("span", { text: kind + " (" + count[kind] + ")" });
      chip.style.cssText = "padding:1px 6px;border-radius:5px;color:var(--ink);background:" + (dark ? DARK : TINT)[k];
      legend.append(chip);
    });
    if (!kinds.length) { legend.append("none"); }
    ui.say(cover ? "Choose your answer above first." : fact(at));
    ui.host.dataset.token = at; table.fill();
  };
  function fact(i) {
    var d = doc(), out = [d.tokens[i] + " (" + (i + 1) + " of " + d.tokens.length + ", sentence " + (sentenceOf(i) + 1) + ")", "tag " + d.tags[i]];
    if (d.senses[i]) { out.push("sense " + d.senses[i]); }
    out.push(d.heads[i] === i ? "head of the sentence" : d.roles[i] + " of \u201c" + d.tokens[d.heads[i]] + "\u201d (orange)");
    if (d.entities[i]) { out.push("entity " + d.entities[i]); }
    if (d.antecedents[i] >= 0) { out.push("stands for \u201c" + d.tokens[d.antecedents[i]] + "\u201d (green)"); }
    return out.join(" \u00b7 ") + (locked ? " (locked)" : "");
  }
  function go(i) { at = clamp(i, 0, spans.length - 1); ui.paint(); }
  function turn(by) { D = (D + by + p.documents.length) % p.documents.length; pick.value = D; at = 0; locked = false; build(); ui.paint(); }
  text.addEventListener("keydown", function (e) {
    var by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[e.key];
    if (by) { go(at + by); e.preventDefault(); }
    if (e.key === " ") { locked = !locked; ui.paint(); e.preventDefault(); }
  });
  var pick = ui.select("Story", p.documents.map(function (d, i) { return "story " + (i + 1); }), function (i) { turn(i - D); });
  var colour = ui.select("Colour by", KINDS, function (k) { show = k; ui.paint(); });
  colour.value = show;
  ui.button("Next pronoun", function () { hop(function (i) { return doc().antecedents[i] >= 0; }); });
  ui.button("Next word with two senses", function () { hop(function (i) { return doc().ambiguous[i]; }); });
  function hop(wanted) {
    var n = spans.length;
    for (var k = 1; k <= n; k++) { if (wanted((at + k) % n)) { return go((at + k) % n); } }
    ui.say("This story has none; choose another story.");
  }
  var table = ui.table("The story as a table", function () {
    var d = doc();
    return [["token", "tag", "sense", "role", "head", "entity"]].concat(d.tokens.map(function (t, i) {
      return [t, d.tags[i], cover ? "?" : d.senses[i] || "\u2013", d.roles[i] || "\u2013", d.tokens[d.heads[i]], d.entities[i] || "\u2013"];
    }));
  });
  ui.keys = { PageDown: function () { turn(1); }, PageUp: function () { turn(-1); } };
  ui.helpText = "arrows move from token to token; Space lock; PageUp PageDown story.";
  build();
  function puzzle() { for (var i = 0; i < spans.length; i++) { if (doc().ambiguous[i]) { return i; } } return 0; }
  function asked() {
    var i = puzzle(), d = doc();
    return (p.choices[d.tokens[i]] || [d.senses[i] || "no sense", "another sense"]).slice();
  }
  function right() { return Math.max(0, asked().indexOf(doc().senses[puzzle()])); }
  ui.tour([
    { say: "A story written by our grammar. Move over a token: the line below tells all that is known of it. The orange line marks its head, the word it belongs to." },
    { say: "Choose \u201cColour by\u201d to see parts of speech, senses or entities. Each label is certain: the grammar wrote it down while writing." },
    { ask: "Predict: the marked word has two senses. Which one is meant here?", go: function () { D = p.puzzle; pick.value = D; build(); locked = true; cover = true; at = puzzle(); },
      leave: function () { cover = false; locked = false; }, choices: asked, answer: right,
      why: function () { var d = doc(); return "The scene is \u201c" + d.scene + "\u201d: other words of the scene decide."; } },
    { say: "Press \u201cNext pronoun\u201d: the word it stands for is framed in green. A model of this text has to find all this out from the words alone.", go: function () { show = 1; colour.value = 1; } }
  ]);
}
