/* A question with buttons; once it is settled, the measurement, but only after a choice.
   With `cards`: how many guesses of the page were right. */
const GUESS = "course-guess-";

/* a guess lives as long as the page's tab; where nothing may be kept, on the page */
function remember(card, i) {
  try {
    sessionStorage.setItem(GUESS + card, i);
  } catch (_error) {
    return;
  }
}
function remembered(card) {
  const before = document.querySelector(`[data-card="${card}"][data-choice]`);
  if (before) {
    return Number(before.dataset.choice);
  }
  try {
    const kept = sessionStorage.getItem(GUESS + card);
    return kept === null ? -1 : Number(kept);
  } catch (_error) {
    return -1;
  }
}
function opened(sealed) {
  const text = atob(sealed);
  return JSON.parse(text);
}
function quoted(text) {
  return `\u201c${text}\u201d`;
}
/* what was measured, in words */
function measured(options, truth) {
  return truth.right === null ? "not resolved" : quoted(options[truth.right]);
}
function prepare(ui, label) {
  ui.big.remove();
  ui.readout.remove();
  ui.guide.setAttribute("aria-label", label);
  ui.root.style.borderLeft = "6px solid var(--query)";
}

function draw(ui, _data, p) {
  if (p.cards) {
    list(ui, p.cards);
    return;
  }
  const says = el("p", { class: "say", role: "status" });
  const row = el("div", { class: "row" });
  prepare(ui, "Your guess");
  clear(ui.guide).append(row, says);
  function choose(i) {
    ui.host.dataset.choice = i;
    remember(p.card, i);
    Array.from(row.children).forEach((b, j) => {
      b.className = j === i ? "chosen" : "";
      b.setAttribute("aria-pressed", j === i);
    });
    if (!p.sealed) {
      says.textContent = `You guess ${quoted(p.options[i])}. Run on: a later cell measures it.`;
    } else {
      const truth = opened(p.sealed);
      const right = truth.right === i;
      const what = `Measured: ${measured(p.options, truth)}. `;
      says.textContent = (right ? "You were right. " : what) + truth.because;
    }
    document.dispatchEvent(new CustomEvent("course-guess"));
  }
  p.options.forEach((option, i) => {
    ui.button(
      `${String.fromCharCode(97 + i)}) ${option}`,
      () => {
        choose(i);
      },
      { "aria-pressed": "false" },
      row,
    );
  });
  if (p.sealed) {
    ui.host.dataset.settles = "";
    says.textContent = "Choose, then see what was measured.";
  }
  const before = remembered(p.card);
  if (before >= 0 && before < p.options.length) {
    choose(before);
  }
  ui.host.dataset.card = p.card;
  ui.helpText = "Enter or Space chooses.";
}

function list(ui, cards) {
  const says = el("p", { class: "say", role: "status" });
  const lines = el("ul", {});
  prepare(ui, "Your guesses");
  clear(ui.guide).append(says, lines);
  function line(card, guess) {
    const truth = card.sealed && guess >= 0 ? opened(card.sealed) : null;
    const ending = truth
      ? ` Measured: ${measured(card.options, truth)}.`
      : card.sealed
        ? ""
        : " Not measured yet.";
    const made = guess < 0 ? "no guess" : `you guessed ${quoted(card.options[guess])}`;
    const mark = truth && truth.right === guess ? "\u2713 " : "";
    return el("li", { text: `${mark}${card.question} \u2014 ${made}.${ending}` });
  }
  function count() {
    const found = cards.map((card) => {
      const here = remembered(card.card);
      return here < 0 ? (card.chosen ?? -1) : here;
    });
    const made = found.filter((guess) => guess >= 0).length;
    const right = cards.filter((card, i) => {
      return card.sealed && found[i] >= 0 && opened(card.sealed).right === found[i];
    }).length;
    says.textContent = `You made ${made} of ${cards.length} guesses; ${right} of them were right.`;
    clear(lines).append(...cards.map((card, i) => line(card, found[i])));
  }
  /* the list leaves the page with its cell: then it stops counting */
  function again() {
    if (ui.host.isConnected) {
      count();
    } else {
      document.removeEventListener("course-guess", again);
    }
  }
  document.addEventListener("course-guess", again);
  count();
  ui.helpText = "The list follows the cards of this page.";
}
