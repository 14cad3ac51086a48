/* One packed text: who is asked, what becomes of those, this time and over many rolls. */
function draw(ui, data, p) {
  const shape = data.chosen.shape;
  const S = shape[0];
  const W = shape[1];
  const R = shape[2];
  const n = shape[3];
  let s = 0;
  let w = 0;
  let r = 0;
  let at = 1;
  let thrown = false;
  let own = null;
  let quiet = false; /* the second question stands: the text is seen, the answer is not */
  let far = -1;
  const NAMES = ["[MASK]", "another", "stays"];
  const MARKS = ["\u25a0 ", "\u21c4 ", "= "];
  const may = range(n).filter((i) => !p.special[i]);
  const tallies = {};
  function covered() {
    return ui.asking && !quiet;
  }
  function quote(x) {
    return `\u201c${x}\u201d`;
  }
  function word(k) {
    return p.words[k];
  }
  function code(roll, i) {
    return Math.round(data.becomes[(s * R + roll) * n + i]);
  }
  function fate(roll, i) {
    const k = code(roll, i);
    return k === p.mask ? 0 : k === p.own[i] ? 2 : 1;
  }
  function picked(roll, i) {
    return data.chosen[((s * W + w) * R + roll) * n + i] > 0.5;
  }
  function asked(i) {
    return covered() ? false : own ? !!own[i] : thrown && picked(r, i);
  }
  function all() {
    return range(n).filter(asked);
  }
  /* how many are asked, hidden, swapped, left: in one roll, and in rolls 0 to r */
  function count(roll, list) {
    const c = [list.length, 0, 0, 0];
    list.forEach((i) => {
      c[1 + fate(roll, i)]++;
    });
    return c;
  }
  function tally() {
    const key = `${s},${w}`;
    if (!tallies[key]) {
      let sum = [0, 0, 0, 0];
      tallies[key] = range(R).map((roll) => {
        const c = count(
          roll,
          range(n).filter((i) => picked(roll, i)),
        );
        sum = sum.map((x, k) => x + c[k]);
        return sum;
      });
    }
    return tallies[key];
  }
  function bare(x) {
    return (100 * x).toFixed(1);
  }
  function percent(x) {
    return `${bare(x)} %`;
  }
  function shareOf(c, rolls) {
    return c.map((x) => x / may.length / rolls);
  }
  function promised() {
    const q = p.shares[s];
    return [q[0], q[0] * q[1], q[0] * q[2], q[0] * (1 - q[1] - q[2])];
  }

  const text = el("div", {
    role: "listbox",
    tabindex: 0,
    "aria-multiselectable": "true",
    "aria-label": "The packed text. Arrows move, Space asks a token or not.",
  });
  text.style.cssText =
    "display:grid;grid-template-columns:repeat(auto-fill,minmax(5.9em,1fr));gap:5px;" +
    "padding:4px;flex:1 1 min(560px,100%);min-width:0";
  const side = el("div");
  side.style.cssText = "flex:0 1 auto;max-width:100%";
  const recipe = el("p", { class: "help" });
  recipe.style.cssText = "flex:1 1 100%;margin:0;overflow-wrap:anywhere";
  ui.panes.append(text, side, recipe);
  ui.panes.style.gap = "6px 14px";
  const legend = el("div");
  const boxes = range(n).map((i) => {
    const top = el("div", { text: cut(p.tokens[i], 11) });
    const low = el("div");
    const letter = el("sup", { text: ` ${"AB"[p.segments[i]]}` });
    letter.style.cssText = "font-size:.68em;color:var(--soft)";
    top.append(letter);
    low.style.cssText = "font-size:.86em;font-weight:700;white-space:nowrap";
    top.style.whiteSpace = "nowrap";
    const b = el(
      "div",
      {
        role: "option",
        id: `t${i}`,
        "aria-selected": "false",
        "aria-disabled": p.special[i] ? "true" : null,
      },
      [top, low],
    );
    b.top = top;
    b.low = low;
    b.addEventListener("click", () => {
      at = i;
      ask(i);
    });
    text.append(b);
    return b;
  });
  function look(i) {
    const b = boxes[i];
    const on = asked(i);
    const f = on && thrown ? fate(r, i) : -1;
    const edge = [
      "5px solid var(--key)",
      "3px dashed var(--query)",
      "5px double var(--good)",
    ];
    b.setAttribute("aria-selected", on);
    b.style.cssText =
      "box-sizing:border-box;height:3.1em;overflow:hidden;display:flex;flex-direction:column;" +
      "justify-content:center;line-height:1.25;text-align:center;border-radius:6px;cursor:" +
      (p.special[i] ? "default" : "pointer") +
      ";border:" +
      (f >= 0
        ? edge[f]
        : on
          ? "3px solid var(--ink)"
          : p.special[i]
            ? "1px dotted var(--soft)"
            : "1px solid var(--line)") +
      ";background:var(--" +
      (p.special[i] ? "paper" : "pale") +
      ");color:var(--" +
      (p.special[i] ? "soft" : "ink") +
      ")" +
      (i === at ? ";outline:3px solid var(--key);outline-offset:1px" : "");
    b.top.style.textDecoration = i === at ? "underline" : "";
    b.low.textContent =
      f >= 0
        ? MARKS[f] + (f === 2 ? "stays" : cut(word(code(r, i)), 9))
        : on
          ? "asked: ?"
          : "\u00a0";
    b.low.style.color = `var(--${f < 0 ? "ink" : ["key", "query", "good"][f]})`;
  }
  function fact(i) {
    const name = quote(p.tokens[i]);
    const where = `${name} (${i + 1} of ${n}, segment ${"AB"[p.segments[i]]}): `;
    if (p.special[i]) {
      return `${where}a special token, never asked.`;
    }
    if (!asked(i)) {
      return `${where}not asked. The model reads it, and nobody asks for it.`;
    }
    if (!thrown) {
      return `${where}asked. Roll the dice: what becomes of it?`;
    }
    const what = [
      "hidden. The model reads [MASK]",
      `replaced. The model reads ${quote(word(code(r, i)))}`,
      `left as it is. The model reads ${name}`,
    ][fate(r, i)];
    const end = fate(r, i) === 2 ? " all the same." : ".";
    return `${where}asked, and ${what} and must answer ${name}${end}`;
  }
  function rows() {
    const list = all();
    const t = tally();
    const out = [[`of ${may.length} tokens`, "asked"].concat(NAMES)];
    function line(name, values) {
      out.push([name].concat(covered() ? ["?", "?", "?", "?"] : values));
    }
    const now = count(r, list);
    function known(c, k) {
      return thrown || (own && !k) ? c : "\u2013";
    }
    line(own ? "your tokens" : "this roll", now.map(known));
    line(
      "in %",
      now.map((c, k) => known(bare(c / may.length), k)),
    );
    line(
      far > 0 ? `seeds ${p.seed}\u2013${p.seed + far}, %` : `seed ${p.seed}, %`,
      far < 0
        ? ["\u2013", "\u2013", "\u2013", "\u2013"]
        : shareOf(t[far], far + 1).map(bare),
    );
    line(`all ${R} rolls, %`, shareOf(t[R - 1], R).map(bare));
    line("promised, %", promised().map(bare));
    return out;
  }
  function fill() {
    clear(side).append(legend, grid(rows()));
    side.lastChild.style.whiteSpace = ui.fit(0) < 480 ? "normal" : "nowrap";
    widen(side, false);
    widen(side, side.scrollWidth > side.clientWidth);
    const rolled = thrown ? recipeOf() : "No dice thrown yet.";
    recipe.textContent = `Special tokens (dotted) are never asked. ${rolled}`;
  }
  /* the call that gives this roll in Python */
  function recipeOf() {
    const dice = `torch.Generator().manual_seed(${p.seed + r})`;
    const shares = `masking.Shares(${p.shares[s].join(", ")})${w ? ", starts" : ""}`;
    let more = w
      ? ". The last word comes whole, so more than the share may be asked."
      : ".";
    if (own) {
      more = ", asked about your tokens.";
    }
    return `This roll is masking.hide(packed, ${p.n_ids}, ${dice}, ${shares})${more}`;
  }
  ui.paint = () => {
    if (thrown) {
      far = Math.max(far, r);
    }
    range(n).forEach(look);
    fill();
    text.setAttribute("aria-activedescendant", `t${at}`);
    ui.say(ui.asking ? "Choose your answer above first." : fact(at));
    const list = all();
    const h = ui.host.dataset;
    h.token = at;
    h.seed = thrown ? p.seed + r : "";
    h.asked = list.join(",");
    h.becomes = thrown ? list.map((i) => p.ids[code(r, i)]).join(",") : "";
    h.shares = covered()
      ? ""
      : shareOf(tally()[R - 1], R)
          .map((x) => x.toFixed(6))
          .join(",");
    mine.set(!!own);
    table.fill();
  };
  function go(i) {
    at = clamp(i, 0, n - 1);
    ui.paint();
  }
  /* with whole words on, all pieces of a word are asked, or none */
  function ask(i) {
    if (p.special[i] || ui.asking) {
      ui.paint();
      return;
    }
    const on = !asked(i);
    const next = {};
    let a = i;
    let b = i + 1;
    all().forEach((k) => {
      next[k] = true;
    });
    if (w) {
      while (p.tokens[a].slice(0, 2) === "##") {
        a--;
      }
      while (b < n && p.tokens[b].slice(0, 2) === "##") {
        b++;
      }
    }
    while (a < b) {
      next[a++] = on;
    }
    own = next;
    ui.paint();
  }
  function roll() {
    if (ui.asking) {
      ui.paint();
      return;
    }
    if (thrown) {
      r = (r + 1) % R;
    }
    thrown = true;
    seed.set(p.seed + r);
    ui.paint();
  }
  /* the token above or below: the nearest in the next line of boxes */
  function line(down) {
    const me = boxes[at];
    const list = range(n).filter((i) =>
      down > 0
        ? boxes[i].offsetTop > me.offsetTop + 9
        : boxes[i].offsetTop < me.offsetTop - 9,
    );
    if (!list.length) {
      return;
    }
    const edge = boxes[list[down > 0 ? 0 : list.length - 1]].offsetTop;
    go(
      order(n, (i) =>
        Math.abs(boxes[i].offsetTop - edge) > 9
          ? -1e9
          : -Math.abs(boxes[i].offsetLeft - me.offsetLeft),
      )[0],
    );
  }
  text.addEventListener("keydown", (e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const down = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (by) {
      go(at + by);
    }
    if (down) {
      line(down);
    }
    if (e.key === " ") {
      ask(at);
    }
    if (by || down || e.key === " ") {
      e.preventDefault();
    }
  });
  ui.button("Roll the dice", roll).style.fontWeight = "700";
  const seed = ui.slider("Seed", p.seed, p.seed + R - 1, 1, p.seed, (v) => {
    if (ui.asking) {
      seed.set(p.seed + r);
    } else {
      r = v - p.seed;
      thrown = true;
    }
    ui.paint();
  });
  const mine = ui.toggle("I choose who is asked", false, (on) => {
    own = on ? {} : null;
    ui.paint();
  });
  const share = ui.select(
    "Shares",
    p.shares.map(
      (q) =>
        `${Math.round(100 * q[0])} % asked: ` +
        `${[q[1], q[2], 1 - q[1] - q[2]].map((x) => Math.round(100 * x)).join(" / ")}`,
    ),
    (k) => {
      s = k;
      far = -1;
      ui.paint();
    },
  );
  const whole =
    W > 1
      ? ui.toggle("Whole words", false, (on) => {
          w = Number(on);
          far = -1;
          ui.paint();
        })
      : null;
  NAMES.forEach((name, k) => {
    const chip = el("span", { text: `${MARKS[k] + name}\u2003` });
    chip.style.cssText = `font-weight:700;color:var(--${["key", "query", "good"][k]})`;
    legend.append(chip);
  });
  const table = ui.table("The tokens as a table", () =>
    [
      ["token", "segment", "asked", "the model reads", "id it reads", "must answer"],
    ].concat(
      range(n).map((i) => {
        const on = asked(i);
        const k = on && thrown ? code(r, i) : p.own[i];
        return [
          p.tokens[i],
          "AB"[p.segments[i]],
          p.special[i] ? "never" : covered() ? "?" : on ? "yes" : "no",
          on && !thrown ? "?" : word(k),
          on && !thrown ? "?" : p.ids[k],
          quiet && on ? "?" : on ? p.tokens[i] : "\u2013",
        ];
      }),
    ),
  );
  ui.keys = { r: roll };
  ui.helpText = "arrows move from token to token; Space asks it or not; r rolls.";

  function fresh() {
    delete ui.host.dataset.answered;
  }
  function set(now) {
    s = w = 0;
    own = now;
    thrown = false;
    far = -1;
    r = 0;
    share.value = 0;
    seed.set(p.seed);
    if (whole) {
      whole.set(false);
    }
  }
  function guesses() {
    const q = p.shares[0];
    return [q[0] * q[1], q[0], q[1]]
      .filter((x, k, a) => a.indexOf(x) === k)
      .sort((a, b) => a - b);
  }
  function firstStay() {
    for (let k = 0; k < R; k++) {
      for (let i = 0; i < n; i++) {
        if (picked(k, i) && fate(k, i) === 2) {
          return [k, i];
        }
      }
    }
    return null;
  }
  ui.free = () => {
    thrown = true;
    own = null;
  };
  const stay = firstStay();
  const part = (x) => percent(x).replace(".0", "");
  const some = `${part(p.shares[0][0])} are asked; of those, ${part(p.shares[0][1])}`;
  const howMany = `Of ${may.length} ordinary tokens, ${some} become [MASK].`;
  const changed =
    "Now change the shares: with 100 / 0 / 0 every asked token is a [MASK]." +
    (W > 1 ? " \u201cWhole words\u201d asks all pieces of a word, or none." : "");
  const stops = [
    {
      say:
        "BERT reads this: one text, or two, with special tokens between; " +
        "the small letter is the segment. Some tokens are asked: the model " +
        "must say which token stood there. Click one, or press Space.",
      go: () => {
        set({});
        at = may[0];
      },
    },
    {
      ask: `${howMany} How many [MASK] does the model see, on average?`,
      go: () => {
        fresh();
        set(null);
      },
      leave: () => {
        thrown = true;
      },
      choices: () =>
        guesses().map(
          (x) =>
            `${(Math.round(10 * x * may.length + 1e-6) / 10).toFixed(1)} (${percent(x).replace(".0", "")})`,
        ),
      answer: () => guesses().indexOf(p.shares[0][0] * p.shares[0][1]),
      why: () => {
        const t = tally()[R - 1];
        return (
          `A share of a share. Over ${R} rolls of this text: ${(t[1] / R).toFixed(1)} ` +
          `of ${may.length}, ${percent(t[1] / R / may.length)}.`
        );
      },
    },
    {
      say:
        "Press \u201cRoll the dice\u201d a few times. Each asked token is hidden, replaced " +
        "or left. The number of the seed gives the same roll in your code; the table counts.",
      go: () => {
        own = null;
        s = 0;
        share.value = 0;
        thrown = true;
      },
    },
  ];
  if (stay) {
    stops.push({
      ask: `Look at ${quote(p.tokens[stay[1]])}: it was chosen and left as it is. Must the model answer for it, too?`,
      go: () => {
        fresh();
        set(null);
        thrown = true;
        r = stay[0];
        seed.set(p.seed + r);
        at = stay[1];
        quiet = true;
      },
      leave: () => {
        quiet = false;
      },
      choices: () => ["No: the answer is there to read", "Yes: like every asked token"],
      answer: () => 1,
      why: () =>
        "Nothing tells the model which visible tokens are asked. So it " +
        "needs a good vector for every token, not only for [MASK].",
    });
  }
  stops.push({
    say: `${changed} Which numbers in the table change?`,
    go: () => {
      own = null;
      thrown = true;
    },
  });
  ui.tour(stops);
}
