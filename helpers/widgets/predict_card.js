/* A question with buttons; once it is settled, the measurement, but only after a choice. */
function draw(ui, _data, p) {
  const says = el("p", { class: "say", role: "status" });
  const row = el("div", { class: "row" });
  ui.big.remove();
  ui.readout.remove();
  clear(ui.guide).append(row, says);
  ui.guide.setAttribute("aria-label", "Your guess");
  ui.root.style.borderLeft = "6px solid var(--query)";
  function sealed() {
    return JSON.parse(atob(p.sealed));
  }
  function choose(i) {
    ui.host.dataset.choice = i;
    Array.from(row.children).forEach((b, j) => {
      b.className = j === i ? "chosen" : "";
      b.setAttribute("aria-pressed", j === i);
    });
    if (!p.sealed) {
      says.textContent = `You guess \u201c${p.options[i]}\u201d. Run on: a later cell measures it.`;
      return;
    }
    const truth = sealed();
    says.textContent =
      (truth.right === i
        ? "You were right. "
        : `Measured: \u201c${p.options[truth.right]}\u201d. `) + truth.because;
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
    const before = document.querySelector(
      `[data-card="${p.card}"][data-choice]:not([data-settles])`,
    );
    ui.host.dataset.settles = "";
    says.textContent = "Choose, then see what was measured.";
    if (before) {
      choose(Number(before.dataset.choice));
    }
  }
  ui.host.dataset.card = p.card;
  ui.helpText = "Enter or Space chooses.";
}
