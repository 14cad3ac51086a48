"""Cells → HTML that needs nothing else: formulas drawn, pictures inside, views live.

The markdown is nbconvert's, the colours of code are Pygments'.
"""

import html
import re
from collections.abc import Callable
from pathlib import Path

from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from helpers.publishing.formulas import to_mathml
from helpers.publishing.long_texts import BADGE

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
    """nbconvert's markdown, with drawn formulas, own links, and no remote picture."""

    def __init__(self, link: Callable[[str], str], prefix: str = ""):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.link_to, self.prefix = link, prefix

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
    return MarkdownWithMath(renderer=renderer).render(re.sub(BADGE, "", text))


def code(text: str) -> str:
    """Return code as HTML with classes for its colours."""
    made = Highlight2HTML(pygments_lexer="python")(text)
    return made.replace('<div class="', '<div role="group" aria-label="code" class="')


def code_css(dark: str) -> str:
    """Return the colours of code: light, and those of the dark below a selector or
    within a media query (`dark`)."""
    light = HtmlFormatter(style="vs").get_style_defs(".highlight") + READABLE
    scope = "" if dark.startswith("@") else dark
    late = HtmlFormatter(style="github-dark").get_style_defs(f"{scope} .highlight")
    return light + (f"{dark}{{{late}}}" if dark.startswith("@") else late)


def outputs(cell: dict) -> list[tuple[str, str]]:
    """Return a code cell's outputs in order as (kind, HTML): text, picture, view.

    Bars of progress are left out.
    """
    made = [_output(output) for output in cell.get("outputs", ())]
    return [(kind, text) for kind, text in made if text]


def _output(output: dict) -> tuple[str, str]:
    data = output.get("data", {})
    if "text/html" in data:
        return "view", "".join(data["text/html"])
    if WIDGET in data:
        return "text", BOX
    said = "".join(data.get("text/plain", output.get("text", "")))
    if "image/png" in data:
        alt = output.get("metadata", {}).get("image/png", {}).get("alt")
        alt = alt or re.sub(r"^(Picture|View): ", "", said)
        png = "".join(data["image/png"]).replace("\n", "")
        return "picture", (
            f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{png}">'
        )
    lines = said or "\n".join(output.get("traceback", ()))
    lines = BAR.sub("", lines).strip("\n")
    return "text", f'<pre class="out">{html.escape(lines)}</pre>' if lines else ""


def inline(path: Path) -> str:
    """Return a script or style sheet so that it can stand inside a page."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(//|/\*)# sourceMappingURL=.*$", "", text)
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
