"""Every view on example data, on one page: what `start.py run --gallery` writes."""

import html
from collections.abc import Sequence
from pathlib import Path

from helpers import environment
from helpers.widgets.registry import VIEWS
from helpers.widgets.shell import View

STYLE = (
    "body{max-width:1180px;margin:1em auto;font-family:system-ui,sans-serif}"
    "@media(prefers-color-scheme:dark){body{background:#0d0f11;color:#eee}}"
)
# nothing is fetched, nothing is sent; what the page needs stands in it
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:"
)


def page(views: Sequence[View], title: str = "All views") -> str:
    """Return one HTML page with the views: nothing else is needed to open it."""
    title = html.escape(title)
    sections = [f"<section>{view.html()}</section>" for view in views]
    body = "\n".join(sections)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{title}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )


def write(path: Path) -> Path:
    """Write the page of all examples, in one step; return its path."""
    views = [entry.example() for entry in VIEWS.values()]
    path.parent.mkdir(parents=True, exist_ok=True)
    environment.write(path, page(views, "From RNN to BERT: all views"))
    return path
