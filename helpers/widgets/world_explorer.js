/* Documents of the world with everything that is known of each token. */
function draw(ui, _data, p) {
  let story = 0;
  let at = 0;
  let show = 1;
  let locked = false;
  let cover = false;
  let spans = [];
  const KINDS = ["nothing", "part of speech", "sense", "scene word", "role", "entity"];
  const FIELDS = [null, "tags", "senses", "scenes", "roles", "entities"];
  const TINT = ["#cfe4f2", "#f9d9c3", "#cdeee0", "#f3dcea", "#fbeac6", "#dcf0fb"];
  const DARK = ["#1d4f75", "#7a3c12", "#12573f", "#6b3555", "#6b5312", "#454c54"];
  function doc() {
    return p.documents[story];
  }
  const text = el("div", {
    role: "listbox",
    tabindex: 0,
    "aria-label": "The story, token by token",
  });
  text.style.cssText = "line-height:2.15;font-size:1.1em;padding:4px";
  const legend = el("div", { class: "row help" });
  const box = el("div", {}, [text, legend]);
  box.style.cssText = "flex:1 1 100%;min-width:0";
  ui.panes.append(box);
  const TOKEN =
    "padding:3px 5px;border-radius:5px;cursor:pointer;display:inline-block;" +
    "line-height:1.35;margin:0 1px;color:var(--ink)";
  function build() {
    clear(text);
    spans = doc().tokens.map((token, i) => {
      const s = el("span", {
        role: "option",
        id: `t${i}`,
        text: token,
        "aria-selected": "false",
      });
      s.style.cssText = TOKEN;
      s.addEventListener("mouseenter", () => {
        if (!locked) {
          go(i);
        }
      });
      s.addEventListener("click", () => {
        locked = cover || !(locked && at === i);
        go(i);
      });
      text.append(s, " ");
      return s;
    });
    at = clamp(at, 0, spans.length - 1);
  }
  function values() {
    const field = FIELDS[show];
    return field ? doc()[field] : [];
  }
  function sentenceOf(i) {
    return doc().sentences[i];
  }
  /* the six most frequent labels get a colour */
  function frequent(labels) {
    const counts = new Map();
    labels.filter(Boolean).forEach((label) => {
      counts.set(label, (counts.get(label) || 0) + 1);
    });
    return [...counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, 6);
  }
  function frame(i) {
    const d = doc();
    if (i === at) {
      return "inset 0 0 0 3px var(--query)";
    }
    if (d.antecedents[at] === i) {
      return "inset 0 0 0 3px var(--good)";
    }
    if (!cover && d.heads[at] === i) {
      return "inset 0 -5px 0 var(--key)";
    }
    return !cover && d.heads[i] === at ? "inset 0 -3px 0 var(--query)" : "none";
  }
  function tints() {
    return ui.root.classList.contains("dark") ? DARK : TINT;
  }
  function explain(kinds) {
    clear(legend).append(`Scene: ${cover ? "?" : doc().scene}.  Colours: `);
    kinds.forEach(([kind, count], k) => {
      const chip = el("span", { text: `${kind} (${count})` });
      chip.style.cssText = `padding:1px 6px;border-radius:5px;color:var(--ink);background:${tints()[k]}`;
      legend.append(chip);
    });
    if (!kinds.length) {
      legend.append("none");
    }
  }
  ui.paint = () => {
    const labels = values();
    const kinds = frequent(labels);
    spans.forEach((s, i) => {
      const k = kinds.findIndex((kind) => kind[0] === labels[i]);
      const bare = k < 0 || (cover && i === at);
      s.setAttribute("aria-selected", i === at);
      s.style.background = bare ? "transparent" : tints()[k];
      s.style.boxShadow = frame(i);
      s.style.fontWeight = i === at ? "700" : "400";
    });
    text.setAttribute("aria-activedescendant", `t${at}`);
    explain(kinds);
    ui.say(cover ? "Choose your answer above first." : fact(at));
    ui.host.dataset.token = at;
    table.fill();
  };
  function fact(i) {
    const d = doc();
    const out = [
      `${d.tokens[i]} (${i + 1} of ${d.tokens.length}, sentence ${sentenceOf(i) + 1})`,
      `tag ${d.tags[i]}`,
    ];
    if (d.senses[i]) {
      out.push(`sense ${d.senses[i]}`);
    }
    out.push(
      d.heads[i] === i
        ? "head of the sentence"
        : `${d.roles[i]} of \u201c${d.tokens[d.heads[i]]}\u201d (orange)`,
    );
    if (d.entities[i]) {
      out.push(`entity ${d.entities[i]}`);
    }
    if (d.antecedents[i] >= 0) {
      out.push(`stands for \u201c${d.tokens[d.antecedents[i]]}\u201d (green)`);
    }
    return out.join(" \u00b7 ") + (locked ? " (locked)" : "");
  }
  /* a question is about one word of one story: both stay until it is answered */
  function go(i) {
    if (cover) {
      return;
    }
    at = clamp(i, 0, spans.length - 1);
    ui.paint();
  }
  function turn(by) {
    if (cover) {
      pick.value = story;
      return;
    }
    story = (story + by + p.documents.length) % p.documents.length;
    pick.value = story;
    at = 0;
    locked = false;
    build();
    ui.paint();
  }
  text.addEventListener("keydown", (e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[e.key];
    if (by) {
      go(at + by);
      e.preventDefault();
    }
    if (e.key === " ") {
      locked = cover || !locked;
      ui.paint();
      e.preventDefault();
    }
  });
  const pick = ui.select(
    "Story",
    p.documents.map((_d, i) => `story ${i + 1}`),
    (i) => {
      turn(i - story);
    },
  );
  const colour = ui.select("Colour by", KINDS, (k) => {
    show = k;
    ui.paint();
  });
  colour.value = show;
  ui.button("Next pronoun", () => {
    hop((i) => doc().antecedents[i] >= 0);
  });
  ui.button("Next word with two senses", () => {
    hop((i) => doc().ambiguous[i]);
  });
  function hop(wanted) {
    const n = spans.length;
    for (let k = 1; k <= n; k++) {
      if (wanted((at + k) % n)) {
        return go((at + k) % n);
      }
    }
    ui.say("This story has none; choose another story.");
  }
  const table = ui.table("The story as a table", () => {
    const d = doc();
    return [["token", "tag", "sense", "role", "head", "entity"]].concat(
      d.tokens.map((t, i) => [
        t,
        d.tags[i],
        cover ? "?" : d.senses[i] || "\u2013",
        d.roles[i] || "\u2013",
        d.tokens[d.heads[i]],
        d.entities[i] || "\u2013",
      ]),
    );
  });
  ui.keys = {
    PageDown: () => {
      turn(1);
    },
    PageUp: () => {
      turn(-1);
    },
  };
  ui.helpText = "arrows move from token to token; Space lock; PageUp PageDown story.";
  build();
  function puzzle() {
    for (let i = 0; i < spans.length; i++) {
      if (doc().ambiguous[i]) {
        return i;
      }
    }
    return 0;
  }
  function asked() {
    const i = puzzle();
    const d = doc();
    return (
      p.choices[d.tokens[i]] || [d.senses[i] || "no sense", "another sense"]
    ).slice();
  }
  function right() {
    return Math.max(0, asked().indexOf(doc().senses[puzzle()]));
  }
  ui.tour([
    {
      say:
        "A story written by our grammar. Move over a token: the line below tells " +
        "all that is known of it. The orange line marks its head, the word it belongs to.",
    },
    {
      say:
        "Choose \u201cColour by\u201d to see parts of speech, senses or entities. " +
        "Each label is certain: the grammar wrote it down while writing.",
    },
    {
      ask: "Predict: the marked word has two senses. Which one is meant here?",
      go: () => {
        story = p.puzzle;
        pick.value = story;
        build();
        locked = true;
        cover = true;
        at = puzzle();
      },
      leave: () => {
        cover = false;
        locked = false;
      },
      choices: asked,
      answer: right,
      why: () => {
        const d = doc();
        return `The scene is \u201c${d.scene}\u201d: other words of the scene decide.`;
      },
    },
    {
      say:
        "Press \u201cNext pronoun\u201d: the word it stands for is framed in green. " +
        "A model of this text has to find all this out from the words alone.",
      go: () => {
        show = 1;
        colour.value = 1;
      },
    },
  ]);
}
