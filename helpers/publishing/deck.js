/* Start reveal.js so that views work in it: no scaling, and their keys stay theirs. */
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const SECTION = "section.page";

  function theme(dark) {
    root.setAttribute("theme", dark ? "dark" : "light");
  }
  function turn() {
    theme(root.getAttribute("theme") !== "dark");
  }
  theme(system.matches);

  /* a key belongs to the view, control or fold that has the focus; else it is ours */
  function isOurs(event) {
    if (!event.composedPath) {
      return true;
    } /* from the speaker's window */
    const presses = event.key === " " || event.key === "Enter";
    return !event.composedPath().some((node) => {
      if (!node.matches) {
        return false;
      }
      return (
        node.matches("[data-view]") || (presses && node.matches("summary, a, button"))
      );
    });
  }

  function scroll(by) {
    return () => {
      const page = Reveal.getCurrentSlide();
      page.scrollBy(0, by * page.clientHeight * 0.8);
    };
  }

  function jump(step) {
    return () => {
      const all = Reveal.getSlides();
      let at = all.indexOf(Reveal.getCurrentSlide()) + step;
      while (all[at] && !all[at].hasAttribute("data-starts")) {
        at += step;
      }
      if (all[at]) {
        Reveal.slide(at);
      }
    };
  }

  /* lecture size, where the view then still fits onto its slide */
  function enlarge(host) {
    const inner = host.shadowRoot?.querySelector(".v");
    const page = host.closest(SECTION);
    if (!inner || host.dataset.deck) {
      return;
    }
    host.dataset.deck = "seen";
    const button = inner.querySelector(".bar button[aria-pressed=false]");
    if (!button) {
      inner.classList.add("big");
      return;
    }
    button.click();
    const end =
      inner.querySelector(".say").getBoundingClientRect().bottom -
      page.getBoundingClientRect().top;
    if (inner.scrollWidth > inner.clientWidth + 1 || end > page.clientHeight) {
      button.click();
    }
  }

  function show() {
    const page = Reveal.getCurrentSlide();
    const active = document.activeElement;
    if (active && active !== document.body && !page.contains(active)) {
      active.blur();
    }
    window.dispatchEvent(new Event("resize"));
    (function wait(tries) {
      const hosts = Array.from(page.querySelectorAll("[data-view]"));
      hosts.forEach((host) => {
        if (host.dataset.ready) {
          enlarge(host);
        }
      });
      if (tries && hosts.some((h) => !h.dataset.ready && !h.dataset.error)) {
        setTimeout(wait, 50, tries - 1);
      }
    })(200);
  }

  document.querySelectorAll("[data-view]").forEach((host) => {
    host.setAttribute("data-prevent-swipe", "");
  });
  Reveal.initialize({
    disableLayout: true,
    display: "flex",
    center: false,
    transition: "none",
    navigationMode: "linear",
    hash: true,
    overview: false,
    slideNumber: "c/t",
    controls: true,
    touch: true,
    viewDistance: 2,
    keyboard: { 38: scroll(-1), 40: scroll(1) },
    keyboardCondition: isOurs,
    plugins: [RevealNotes],
  }).then(() => {
    Reveal.addKeyBinding({ keyCode: 84, key: "T", description: "Light or dark" }, turn);
    Reveal.addKeyBinding(
      { keyCode: 219, key: "[", description: "Section before" },
      jump(-1),
    );
    Reveal.addKeyBinding(
      { keyCode: 221, key: "]", description: "Next section" },
      jump(1),
    );
    Reveal.on("slidechanged", show);
    show();
    root.dataset.deck = Reveal.getTotalSlides();
  });
})();
