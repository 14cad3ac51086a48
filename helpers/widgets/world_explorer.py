"""Stories of the world, token by token, with everything that is known of them.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Sequence

from helpers.pictures.picture import Picture
from helpers.pictures.token_plots import document
from helpers.widgets.shell import View

MOST = (12, 200)  # stories, tokens of one


def world_explorer(documents: Sequence) -> View:
    """Show documents with tag, sense, head, role, entity and antecedent of each token.

    `documents` are of `helpers.corpora.world` (or have the same fields): 1 to 12, of 1
    to 200 tokens. Raises ValueError for other counts.
    """
    documents = list(documents)
    if not 1 <= len(documents) <= MOST[0]:
        raise ValueError(f"{len(documents)} documents; this view shows 1 to {MOST[0]}")
    for d in documents:
        if not 1 <= len(d.tokens) <= MOST[1]:
            raise ValueError(
                f"a document of {len(d.tokens)} tokens; this view shows 1 to {MOST[1]}"
            )
    senses = sorted({s for d in documents for s in d.senses if s})
    words: dict[str, list[str]] = {}
    for d in documents:
        for token, sense in zip(d.tokens, d.senses, strict=True):
            if sense:
                other = [s for s in senses if s.split("/")[0] == sense.split("/")[0]]
                words[token] = other if len(other) > 1 else [sense, "another sense"]
    puzzles = [i for i, d in enumerate(documents) if any(d.senses)]
    params = {
        "title": "Stories with everything known of them",
        "idea": "Find a pronoun whose antecedent stands in another sentence.",
        "documents": [_fields(d) for d in documents],
        "choices": words,
        "puzzle": puzzles[0] if puzzles else 0,
    }
    return View("world_explorer", params, {}, *_still(documents[0], params["title"]))


def _still(first, title: str) -> tuple[Picture, list]:
    """Draw the first document with its tags; list its first sentence."""
    start, end = first.sentences[0]
    rows = [["token", "tag", "sense", "role", "head"]]
    for i in range(start, end):
        fields = first.tokens[i], first.tags[i], first.senses[i] or "–", first.roles[i]
        rows.append([*fields, first.tokens[first.heads[i]]])
    plain = [t.replace("$", r"\$") for t in first.tokens[:48]]
    drawn = document(plain, {"tag": first.tags[:48]}, title)
    drawn.caption("The first story; the view shows all labels of every token.")
    return drawn, rows


def _fields(d) -> dict:
    where = [k for k, (start, end) in enumerate(d.sentences) for _ in range(start, end)]
    return {
        "tokens": list(d.tokens),
        "tags": list(d.tags),
        "senses": list(d.senses),
        "scenes": [s.split("/")[-1] if s else None for s in d.senses],
        "ambiguous": [bool(s) for s in d.senses],
        "heads": list(d.heads),
        "roles": list(d.roles),
        "entities": [None if e == "O" else e for e in d.entities],
        "antecedents": [-1 if a is None else a for a in d.antecedents],
        "sentences": where,
        "scene": d.scene,
    }
