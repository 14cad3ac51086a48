/* A text as words, pieces and ids; the longest match try by try; and the way back. */
function draw(ui, _data, p) {
  let chosen = 0;
  let at = p.first;
  let shown = 0;
  let cover = false;
  let boxes = [];
  const EDGE = ["#0072b2", "#c45200", "#00795a", "#a5507f", "#8a6a00", "#3d7ea6"];
  function text() {
    return p.texts[chosen];
  }
  function word() {
    return text().words[at];
  }
  function quote(x) {
    return `\u201c${x}\u201d`;
  }
  function letters(x) {
    return Array.from(x).length;
  }
  function unknown(x) {
    return x.pieces.length === 1 && x.pieces[0] === "[UNK]";
  }
  /* every beginning that was looked up, the longest first */
  function tries(x) {
    const list = [];
    const letters = Array.from(x.word);
    x.steps.forEach((step, k) => {
      for (let end = letters.length; end > step[0] && end >= step[1]; end--) {
        list.push({
          step: k,
          piece: (step[0] ? "##" : "") + letters.slice(step[0], end).join(""),
          hit: end === step[1],
        });
      }
    });
    return list;
  }
  const CHIP =
    "display:inline-block;padding:0 6px;margin:0 2px 2px;border-radius:5px;line-height:1.4";
  const HIT = "border:2px solid var(--good);color:var(--good);font-weight:700";
  const MISS =
    "border:1px solid var(--line);color:var(--soft);text-decoration:line-through";
  const PIECE =
    "padding:0 6px;margin:1px;line-height:1.35;text-align:center;border-radius:5px;" +
    "background:var(--pale)";
  const WORD =
    "min-width:36px;max-width:100%;padding:2px 4px;border-radius:6px;cursor:pointer;" +
    "box-sizing:border-box";
  const CHOSEN = ";outline:3px solid var(--key);outline-offset:1px";
  function chip(one) {
    const c = el("span", { text: (one.hit ? "\u2713 " : "\u2717 ") + one.piece });
    c.style.cssText = `${CHIP};${one.hit ? HIT : MISS}`;
    return c;
  }
  const words = el("div", {
    role: "listbox",
    tabindex: 0,
    "aria-label":
      "The words of the text with their pieces and ids. Left and right choose a word, up and down a text.",
  });
  words.style.cssText = "display:flex;flex-wrap:wrap;gap:6px;padding:4px;flex:1 1 100%";
  const match = el("div");
  const back = el("p");
  match.style.cssText =
    "flex:1 1 100%;background:var(--pale);border-radius:6px;padding:6px 10px;" +
    "min-height:11em;box-sizing:border-box";
  back.style.cssText = "flex:1 1 100%;margin:0;min-height:3em;overflow-wrap:anywhere";
  const head = el("b");
  const tried = el("div");
  const row = el("div", { class: "row" }, [head]);
  head.style.flex = "1 1 12em";
  row.style.margin = "0 0 4px";
  ui.button(
    "From the start",
    () => {
      if (!cover) {
        shown = 0;
        ui.paint();
      }
    },
    {},
    row,
  );
  ui.button("Next try", next, {}, row).style.fontWeight = "700";
  ui.button(
    "All tries",
    () => {
      if (!cover) {
        go(at);
      }
    },
    {},
    row,
  );
  match.append(row, tried);
  ui.panes.append(words, match, back);
  ui.panes.style.gap = "8px";
  function build() {
    clear(words);
    at = clamp(at, 0, text().words.length - 1);
    boxes = text().words.map((_x, i) => {
      const b = el("div", { role: "option", id: `w${i}` });
      b.addEventListener("click", () => {
        if (!cover) {
          go(i);
        }
      });
      words.append(b);
      return b;
    });
  }
  function drawPiece(piece, id, edge) {
    const name = el("div", { text: cut(String(piece), 24) });
    const number = el("div", { text: id, class: "num" });
    number.style.cssText = "font-size:.82em;color:var(--soft)";
    name.style.fontWeight = "700";
    const one = el("div", {}, [name, number]);
    one.style.cssText = `${PIECE};border:2px ${edge}`;
    return one;
  }
  function drawWord(b, x, i) {
    const color = ui.hue(i, EDGE);
    const me = i === at;
    const hide = cover && me;
    const edge =
      unknown(x) && !hide ? "dashed var(--key);color:var(--key)" : `solid ${color}`;
    const top = el("div", { text: cut(x.word, 24) });
    const row = el("div");
    row.style.cssText = "display:flex;flex-wrap:wrap;justify-content:center";
    (hide ? ["?"] : x.pieces).forEach((piece, k) => {
      row.append(drawPiece(piece, hide ? "?" : x.ids[k], edge));
    });
    const weight = me ? "700;text-decoration:underline" : "400";
    top.style.cssText = `text-align:center;line-height:1.4;font-weight:${weight}`;
    b.setAttribute("aria-selected", me);
    b.style.cssText = `${WORD};border-top:4px solid ${color}${me ? CHOSEN : ""}`;
    clear(b).append(top, row);
  }
  function outcome(x, many) {
    const ups = many === 1 ? "look-up" : "look-ups";
    if (!unknown(x)) {
      return `Cut: ${x.pieces.join(" + ")}  (${many} ${ups})`;
    }
    return x.steps.length > 1
      ? "No beginning of the rest is known: the whole word becomes [UNK], the pieces before are dropped."
      : "No beginning is known: the word becomes [UNK].";
  }
  function nextHint() {
    return shown
      ? "\u2717 = not in the vocabulary. Next try \u2026"
      : `Press \u201cNext try\u201d or Space: is the whole word in the vocabulary of ${p.size}?`;
  }
  function listTries(seen) {
    let row = null;
    let step = -1;
    seen.forEach((one) => {
      if (one.step !== step) {
        step = one.step;
        row = el("div", {}, [el("span", { text: `step ${step + 1}: ` })]);
        tried.append(row);
      }
      row.append(chip(one));
    });
  }
  function explain() {
    const x = word();
    const list = tries(x);
    head.textContent = `The longest known piece from the left: ${quote(x.word)}`;
    clear(tried);
    if (cover) {
      tried.append(el("p", { text: "? Choose your answer above first." }));
    } else if (!list.length) {
      const text = `${letters(x.word)} letters: a word of more than 100 is [UNK] without a try.`;
      tried.append(el("p", { text }));
    } else {
      listTries(list.slice(0, shown));
      const done = shown === list.length;
      const end = el("div", { text: done ? outcome(x, list.length) : nextHint() });
      end.style.fontWeight = done ? "600" : "400";
      tried.append(end);
    }
  }
  /* the words of the way back are joined here: a blank beside a template may be lost */
  function wayBack(ids) {
    const t = text();
    const few = ids.slice(0, 6).join(", ");
    const told = ids.length > 6 ? [few, "\u2026"].join(", ") : few;
    if (cover) {
      return `decode([?]) = ${quote("?")}`;
    }
    const begin = `decode([${told}]) = ${quote(t.back)}`;
    return t.lost
      ? [begin, "\u2260", `${quote(t.text)}.`, "Lost:", `${t.lost}.`].join(" ")
      : `${begin} = the text, letter by letter.`;
  }
  function said() {
    const x = word();
    const list = tries(x);
    const one = list[shown - 1];
    if (shown < list.length) {
      const known = one?.hit ? "is in the vocabulary." : "is not in the vocabulary.";
      return one
        ? `Try ${shown} of ${list.length}: ${quote(one.piece)} ${known}`
        : "No try yet.";
    }
    const ids = x.ids.length > 1 ? "ids" : "id";
    const where = `${quote(x.word)} (word ${at + 1} of ${text().words.length})`;
    return `${where}: ${x.pieces.join(" ")}, ${ids} ${x.ids.join(", ")}.`;
  }
  ui.paint = () => {
    const t = text();
    const x = word();
    let ids = [];
    t.words.forEach((y, i) => {
      drawWord(boxes[i], y, i);
      ids = ids.concat(y.ids);
    });
    words.setAttribute("aria-activedescendant", `w${at}`);
    explain();
    picks.forEach((b, i) => {
      b.setAttribute("aria-pressed", i === chosen);
    });
    clear(back).append(el("b", { text: "And back: " }), wayBack(ids));
    ui.say(cover ? "Choose your answer above first." : said());
    const h = ui.host.dataset;
    h.at = `${chosen},${at}`;
    h.pieces = cover ? "" : x.pieces.length;
    h.ids = cover ? "" : x.ids.join(",");
    h.tried = cover ? "" : shown;
    table.fill();
  };
  function go(i) {
    at = clamp(i, 0, text().words.length - 1);
    shown = tries(word()).length;
    ui.paint();
  }
  function turn(to) {
    chosen = (to + p.texts.length) % p.texts.length;
    at = 0;
    build();
    go(0);
  }
  function next() {
    const most = tries(word()).length;
    if (cover) {
      return;
    }
    shown = shown < most ? shown + 1 : 0;
    ui.paint();
  }
  words.addEventListener("keydown", (e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const down = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (cover) {
      return;
    }
    if (by) {
      go(at + by);
    }
    if (down) {
      turn(chosen + down);
    }
    if (e.key === " ") {
      next();
    }
    if (by || down || e.key === " ") {
      e.preventDefault();
    }
  });
  const picks = p.texts.map((t, i) =>
    ui.button(
      `${i + 1}: ${cut(t.text, 21)}`,
      () => {
        if (!cover) {
          turn(i);
        }
      },
      { "aria-pressed": "false" },
    ),
  );
  const table = ui.table("All texts as a table", () => {
    const out = [["text", "word", "pieces", "ids", "back"]];
    p.texts.forEach((t, k) => {
      t.words.forEach((x, i) => {
        const hide = cover && k === chosen && i === at;
        out.push([
          k + 1,
          x.word,
          hide ? "?" : x.pieces.join(" "),
          hide ? "?" : x.ids.join(" "),
          i || cover ? "\u2013" : t.back,
        ]);
      });
    });
    return out;
  });
  ui.helpText = "left, right word; up, down text; Space next try.";
  build();

  function fresh() {
    delete ui.host.dataset.answered;
  }
  function lookFor(test) {
    for (let k = 0; k < p.texts.length; k++) {
      for (let i = 0; i < p.texts[k].words.length; i++) {
        if (test(p.texts[k].words[i])) {
          return [k, i];
        }
      }
    }
    return null;
  }
  function stand(to) {
    [chosen, at] = to;
    build();
    shown = tries(word()).length;
  }
  const many = [0, p.first];
  const odd = lookFor((x) => unknown(x) && x.steps.length > 1) || lookFor(unknown);
  function counts() {
    const k = p.texts[0].words[p.first].pieces.length;
    const most = letters(p.texts[0].words[p.first].word);
    return [1, k, k + 1, most]
      .filter((x, i, a) => a.indexOf(x) === i)
      .sort((a, b) => a - b);
  }
  ui.free = () => {
    cover = false;
    shown = tries(word()).length;
  };
  const stops = [
    {
      ask:
        `A text is split into words, and each word into pieces of a vocabulary of ${p.size}. ` +
        "Predict: how many pieces does the framed word " +
        `${quote(p.texts[0].words[p.first].word)} become?`,
      go: () => {
        fresh();
        stand(many);
        shown = 0;
        cover = true;
      },
      leave: () => {
        cover = false;
      },
      choices: () => counts().map((k) => (k === 1 ? "1 piece" : `${k} pieces`)),
      answer: () => counts().indexOf(p.texts[0].words[p.first].pieces.length),
      why: () => {
        const x = p.texts[0].words[p.first];
        const pieces = x.pieces.join(" + ");
        if (unknown(x)) {
          return `${pieces}: one token for the whole word.`;
        }
        return x.pieces.length > 1
          ? `${pieces}. The mark ## says: goes on without a blank.`
          : `${pieces}: the whole word is in the vocabulary.`;
      },
    },
    {
      say:
        "How is it found? Press \u201cNext try\u201d: the whole word is looked up, then one " +
        "letter less, until a beginning is known. Then the same for the rest.",
      go: () => {
        cover = false;
        stand(many);
        shown = 0;
      },
    },
  ];
  if (odd) {
    stops.push({
      ask: `In ${quote(p.texts[odd[0]].words[odd[1]].word)} one part has no known piece. What becomes of the word?`,
      go: () => {
        fresh();
        stand(odd);
        cover = true;
      },
      leave: () => {
        cover = false;
      },
      choices: () => [
        "only that part becomes [UNK]",
        "the whole word becomes [UNK]",
        "that part is left out",
      ],
      answer: () => 1,
      why: () => {
        const id = p.texts[odd[0]].words[odd[1]].ids[0];
        return `One [UNK] for the whole word: id ${id}. Nothing of its letters is left for the model.`;
      },
    });
  }
  stops.push({
    say:
      "The model sees the ids only. The last line turns them back into text: what came " +
      "back, and what is lost? Try the other texts, up and down.",
    go: () => {
      cover = false;
      stand(many);
    },
  });
  ui.tour(stops);
}
