"""Cells → HTML that needs nothing else: formulas drawn, pictures inside, views live.

The markdown is nbconvert's, the colours of code are Pygments'.
"""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from helpers.publishing import images
from helpers.publishing.cells import BADGE_LINE
from helpers.publishing.formulas import to_mathml

HERE = Path(__file__).parent
WIDGET = "application/vnd.jupyter.widget-view+json"
BOX = (
    '<p class="box">In the notebook, a box stands here: type a text of your own, and '
    "the view is made anew.</p>"
)
READABLE = ".highlight .nc,.highlight .kt{color:#1b6a80}"  # more contrast
# of progress: blocks between two lines, or how many of how many and the seconds
BAR = re.compile(r"^.*\d+%\|(?:[ █-▏]*[█-▏] *\||.*\| *\S+/\S+ \[).*$", re.MULTILINE)
LINK = re.compile(r"(\d\d_\w+)\.ipynb(#.*)?")
NAMED = re.compile(
    r"""(\s(?:id|for|href|aria-(?:labelledby|describedby))\s*=\s*["']?)(#?)([^"'\s>]*)"""
)
# A page asks nobody for anything: it holds all, and what an output or a text would
# load, send or frame is refused by the browser. The frames are the speaker's view.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data:; frame-src 'self' file:; "
    "base-uri 'none'; form-action 'none'"
)
RICHEST = ("text/markdown", "image/svg+xml", "text/latex", *images.TYPES[1:])


class Renderer(IPythonRenderer):
    """nbconvert's markdown, with drawn formulas, own links, and pictures inside.

    mistune calls the methods. `link` makes an address of a notebook's name, `prefix`
    begins every id; no id stands twice in what one renderer draws. `attachments` are
    those of the cell that is drawn.
    """

    def __init__(self, link: Callable[[str], str], prefix: str = ""):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.link_to = link
        self.prefix = prefix
        self.taken: set[str] = set()

    def unused(self, wanted: str) -> str:
        """Return an id: `wanted` or, where it is taken, with a number."""
        mark = wanted
        number = 1
        while mark in self.taken:
            number += 1
            mark = f"{wanted}-{number}"
        self.taken.add(mark)
        return mark

    def inline_math(self, body: str) -> str:
        """Draw a formula in a line."""
        return to_mathml(body)

    def block_math(self, body: str) -> str:
        """Draw a formula on a line of its own."""
        return to_mathml(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        """Draw a formula that stands in an environment, as in align."""
        return to_mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", display=True)

    def heading(self, text: str, level: int) -> str:
        """Give every heading an id, so that links find it."""
        mark = self.unused(self.prefix + slug(text))
        return f'<h{level} id="{mark}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Lead to another notebook's page, not to its file, or within this one."""
        other = LINK.fullmatch(url)
        if other:
            url = self.link_to(other[1])
        elif url.startswith("#"):
            url = f"#{self.prefix}{slug(unquote(url))}"
        return super().link(text, url, title)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show a picture of the course; of others (badges) only their words."""
        try:
            inside = images.address(url, self.attachments)
        except ValueError as error:
            return images.missing(_words(text), str(error))
        return super().image(text, inside, title)

    def block_html(self, html: str) -> str:
        """Draw what is HTML already, with pictures inside and ids of its own."""
        return super().block_html(self._own(html))

    def inline_html(self, html: str) -> str:
        """Draw a tag in a line as `block_html` does."""
        return super().inline_html(self._own(html))

    def _own(self, made: str) -> str:
        """Begin ids with the prefix, and what refers to them."""

        def rename(found: re.Match) -> str:
            before, mark, name = found.groups()
            if "href" in before and not mark:
                return found[0]
            mine = self.prefix + slug(name)
            is_new = before.lstrip().startswith("id")
            return before + mark + (self.unused(mine) if is_new else mine)

        return NAMED.sub(rename, images.placed(made, self.attachments))


def slug(text: str) -> str:
    """Return a heading as an id: letters, numbers and hyphens."""
    return re.sub(r"[^\w]+", "-", _words(text).lower()).strip("-")


def _words(text: str) -> str:
    return re.sub(r"<[^>]+>", "", html.unescape(text))


def rendered(
    text: str, renderer: Renderer, attachments: Mapping[str, Mapping] | None = None
) -> str:
    """Return the markdown of a cell, which may have attachments, as HTML."""
    renderer.attachments = attachments or {}
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


def outputs(cell: dict, renderer: Renderer) -> list[tuple[str, str]]:
    """Return a code cell's outputs in order as (kind, HTML): text, picture, view.

    Bars of progress are left out; for what a page cannot show, a line says so.
    """
    made = [_output(output, renderer) for output in cell.get("outputs", ())]
    return [(kind, shown) for kind, shown in made if shown]


def _output(output: dict, renderer: Renderer) -> tuple[str, str]:
    data = output.get("data", {})
    if "text/html" in data:
        made = "".join(data["text/html"])
        if "data-view=" in made:
            return "view", made
        return "text", images.placed(made, {})
    if WIDGET in data:
        return "text", BOX
    said = "".join(data.get("text/plain", output.get("text", "")))
    for kind in RICHEST:
        if kind not in data:
            continue
        content = "".join(data[kind])
        if kind.startswith("text/"):
            return "text", rendered(content, renderer)
        alt = output.get("metadata", {}).get(kind, {}).get("alt")
        alt = alt or re.sub(r"^(Picture|View): |^<.*>$", "", said) or "a picture"
        source = images.data(kind, content)
        return "picture", f'<img alt="{html.escape(alt)}" src="{source}">'
    lines = said or "\n".join(output.get("traceback", ()))
    lines = BAR.sub("", strip_ansi(lines)).strip("\n")
    shown = raw(lines) if lines else ""
    for kind in data:
        if kind != "text/plain":
            shown += images.left_out(kind, "a page cannot show it")
    return "text", shown


def raw(text: str) -> str:
    """Return a text as it stands."""
    return f'<pre class="out">{html.escape(text)}</pre>'


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
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title>\n{comment}{sheets}</head>"
        f"<body>{body}</body></html>\n"
    )
