"""Pictures of texts and outputs: inside the page, or a line that says why not.

A page is one file that asks for nothing else, so a local or attached picture becomes a
`data:` address. No file outside the course is read.
"""

import base64
import html
import os
import re
from collections.abc import Mapping
from urllib.parse import unquote

from helpers.publishing.notebooks import ROOT

SUFFIXES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
TYPES = tuple(dict.fromkeys(SUFFIXES.values()))  # sharpest first
VALUE = r"""("[^"]*"|'[^']*'|[^\s"'>]+)"""
REST = r"""(?:[^<>"']|"[^"]*"|'[^']*')*"""  # of a tag: its marks may hold a >
LOADS = re.compile(rf"<(\w+)\b{REST}?\ssrc\s*=\s*{VALUE}{REST}>", re.IGNORECASE)


def data(kind: str, content: bytes | str) -> str:
    """Return a picture as an address; binary ones are given in base64 already."""
    if kind == "image/svg+xml" and isinstance(content, str):
        content = content.encode()
    if isinstance(content, bytes):
        content = base64.b64encode(content).decode()
    return f"data:{kind};base64,{''.join(content.split())}"


def address(url: str, attachments: Mapping[str, Mapping]) -> str:
    """Return a picture of a notebook as an address that needs no other file.

    `attachments` are those of its cell. Raises ValueError, saying why, if it is not
    there, not local, or not in the course.
    """
    if url.startswith("data:"):
        return url
    scheme, _, name = url.partition(":")
    if scheme == "attachment":
        attached = attachments.get(name) or attachments.get(unquote(name), {})
        for kind in TYPES:
            if kind in attached:
                # attached pictures are base64, drawings too
                return f"data:{kind};base64,{''.join(attached[kind])}"
        raise ValueError("it is not attached to its cell")
    if re.match(r"[\w+.-]+:|[/\\]{2}", url):
        raise ValueError("it lies elsewhere, and this page needs no network")
    name = unquote(re.sub(r"[?#].*", "", url)).replace("\0", "")
    path = (ROOT / "notebooks" / name).resolve()
    if not path.is_relative_to(ROOT):
        raise ValueError("it lies outside the course")
    kind = SUFFIXES.get(path.suffix.lower())
    if not kind or not os.path.isfile(path):
        raise ValueError(f"there is no picture {name}")
    return data(kind, path.read_bytes())


def left_out(what: str, reason: str) -> str:
    """Return the line that stands in the place of something that is not shown."""
    said = f"{what}; {reason}"
    return f'<span class="box">[Left out: {html.escape(said)}.]</span>'


def missing(alt: str, reason: str) -> str:
    """Return the line that stands in the place of a picture."""
    return left_out(f"the picture “{alt}”" if alt else "a picture", reason)


def placed(text: str, attachments: Mapping[str, Mapping]) -> str:
    """Return HTML with its pictures inside; for what else it would load, a line."""

    def place(found: re.Match) -> str:
        tag = found[1].lower()
        url = html.unescape(found[2].strip("\"'"))
        try:
            if tag != "img" and not url.startswith("data:"):
                raise ValueError("this page loads no other file")
            inside = html.escape(address(url, attachments))
        except ValueError as error:
            if tag != "img":
                return left_out(f"<{tag}>", str(error))
            alt = re.search(rf"\salt\s*=\s*{VALUE}", found[0], re.IGNORECASE)
            return missing(
                html.unescape(alt[1].strip("\"'")) if alt else "", str(error)
            )
        start, end = (place - found.start() for place in found.span(2))
        return f'{found[0][:start]}"{inside}"{found[0][end:]}'

    return LOADS.sub(place, text)
