"""Write the README's picture of a view: python -m tests.browser.pictures

As a browser draws it; with --all FOLDER every view, light and dark.
"""

import sys
from pathlib import Path

from helpers.widgets import gallery
from helpers.widgets.registry import VIEWS
from tests.browser.conftest import FLAGS, chromium, end_tour, is_ready
from tests.run_notebooks import ROOT

SHOWN = ("attention_explorer",)


def shoot(browser, name: str, path: Path, dark: bool = False) -> None:
    """Draw one view after its tour, at 1280 × 720, into a PNG."""
    page = browser.new_page(
        viewport={"width": 1280, "height": 720},
        color_scheme="dark" if dark else "light",
    )
    page.set_content(gallery.page([VIEWS[name].example()]))
    host = is_ready(page, name)
    if name != "predict_card":
        end_tour(host)
    if name == "rnn_unrolled":
        for _ in range(5):
            host.get_by_role("button", name="Next step").press("Enter")
    if name == "attention_explorer":
        host.locator("canvas[role=application]").nth(1).focus()
        for _ in range(5):
            page.keyboard.press("ArrowDown")
    path.parent.mkdir(parents=True, exist_ok=True)
    host.screenshot(path=path)
    page.close()


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        if arguments[:1] == ["--all"]:
            for name in VIEWS:
                for dark in (False, True):
                    theme = "dark" if dark else "light"
                    shoot(
                        browser, name, Path(arguments[1]) / f"{name}_{theme}.png", dark
                    )
        else:
            for name in SHOWN:
                shoot(browser, name, ROOT / "notebooks" / "pictures" / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
