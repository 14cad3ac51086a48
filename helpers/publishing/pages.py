"""Cells → HTML that needs nothing else: formulas drawn, pictures inside, views live.

The markdown is nbconvert's, the colours of code are Pygments'.
"""

import html
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from helpers.publishing.cells import BADGE_LINE
from helpers.publishing.formulas import to_mathml

HERE = Path(__file__).parent
WIDGET = "application/vnd.jupyter.widget-view+json"
BOX = (
    '<p class="box">In the notebook, a box stands here: type a text of your own, and '
    "the view is made anew.</p>"
)
READABLE = ".highlight .nc,.highlight .kt{color:#1b6a80}"  # more contrast
BAR = re.compile(r"^.*\d+%\|.*$", re.MULTILINE)  # of progress
LINK = re.compile(r"(\d\d_\w+)\.ipynb(#.*)?")


class Renderer(IPythonRenderer):
    """nbconvert's markdown, with drawn formulas, own links, and no remote picture.

    mistune calls the methods. `link` makes an address of a notebook's name, `prefix`
    begins every id.
    """

    def __init__(self, link: Callable[[str], str], prefix: str = ""):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.link_to = link
        self.prefix = prefix

    def inline_math(self, body: str) -> str:
        """Draw a formula in a line."""
        return to_mathml(body)

    def block_math(self, body: str) -> str:
        """Draw a formula on a line of its own."""
        return to_mathml(body, display=True)

    def heading(self, text: str, level: int) -> str:
        """Give every heading an id, so that links find it."""
        return f'<h{level} id="{self.prefix}{slug(text)}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Lead to another notebook's page, not to its file."""
        other = LINK.fullmatch(url)
        return super().link(text, self.link_to(other[1]) if other else url, title)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show pictures that lie here; of others (badges) only their words."""
        remote = re.match(r"\w+://", url)
        return html.escape(text) if remote else super().image(text, url, title)


def slug(text: str) -> str:
    """Return a heading as an id: letters, numbers and hyphens."""
    plain = re.sub(r"<[^>]+>", "", html.unescape(text)).lower()
    return re.sub(r"[^\w]+", "-", plain).strip("-")


def markdown(text: str, link: Callable[[str], str], prefix: str = "") -> str:
    """Return markdown as HTML; `link` makes an address of a notebook's name."""
    return rendered(text, Renderer(link, prefix))


def rendered(text: str, renderer: Renderer) -> str:
    """Return markdown as HTML, drawn by a renderer of ours."""
    return MarkdownWithMath(renderer=renderer).render(re.sub(BADGE_LINE, "", text))


def code(text: str) -> str:
    """Return code as HTML with classes for its colours."""
    made = Highlight2HTML(pygments_lexer="python")(text)
    return made.replace('<div class="', '<div role="group" aria-label="code" class="')


def code_css(dark: str) -> str:
    """Return the colours of code: light ones, and dark ones where `dark` says.

    `dark` is a selector, or a media query, which begins with an @.
    """
    light = HtmlFormatter(style="vs").get_style_defs(".highlight") + READABLE
    night = HtmlFormatter(style="github-dark")
    if dark.startswith("@"):
        return f"{light}{dark}{{{night.get_style_defs('.highlight')}}}"
    return light + night.get_style_defs(f"{dark} .highlight")


def outputs(cell: dict) -> list[tuple[str, str]]:
    """Return a code cell's outputs in order as (kind, HTML): text, picture, view.

    Bars of progress are left out.
    """
    made = [_output(output) for output in cell.get("outputs", ())]
    return [(kind, shown) for kind, shown in made if shown]


def _output(output: dict) -> tuple[str, str]:
    data = output.get("data", {})
    if "text/html" in data:
        return "view", "".join(data["text/html"])
    if WIDGET in data:
        return "text", BOX
    said = "".join(data.get("text/plain", output.get("text", "")))
    if "image/png" in data:
        alt = output.get("metadata", {}).get("image/png", {}).get("alt")
        alt = html.escape(alt or re.sub(r"^(Picture|View): ", "", said))
        png = "".join(data["image/png"]).replace("\n", "")
        return "picture", f'<img alt="{alt}" src="data:image/png;base64,{png}">'
    lines = said or "\n".join(output.get("traceback", ()))
    lines = BAR.sub("", lines).strip("\n")
    return "text", f'<pre class="out">{html.escape(lines)}</pre>' if lines else ""


def folded(summary: str, content: str) -> str:
    """Return HTML that is folded below a summary."""
    return f"<details><summary>{summary}</summary>{content}</details>"


def inline(path: Path) -> str:
    """Return a script or style sheet so that it can stand inside a page."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(//|/\*)# sourceMappingURL=.*$", "", text)
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def page(title: str, styles: Sequence[str], body: str, comment: str = "") -> str:
    """Return a whole page; everything that it needs stands inside."""
    sheets = "".join(f"<style>{style}</style>\n" for style in styles)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title>\n{comment}{sheets}</head>"
        f"<body>{body}</body></html>\n"
    )
