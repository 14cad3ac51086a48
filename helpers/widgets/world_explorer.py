"""Stories of the world, token by token, with everything that is known of them.

Built in notebooks/00_start_here.ipynb.
"""

from collections.abc import Sequence

from helpers.pictures.token_plots import document
from helpers.widgets.checks import within
from helpers.widgets.shell import View
from helpers.widgets.stills import plain_names

DRAWN = 48  # tokens of the first story in the still picture


def world_explorer(documents: Sequence) -> View:
    """Show documents with tag, sense, head, role, entity and antecedent of each token.

    `documents` are of `helpers.corpora.world` (or have the same fields): 1 to 12, of 1
    to 200 tokens. Raises ValueError for other counts.
    """
    within(len(documents), 1, 12, "documents")
    for one in documents:
        within(len(getattr(one, "tokens", "")), 1, 200, "tokens of a document")
    puzzles = [i for i, one in enumerate(documents) if any(one.senses)]
    params = {
        "title": "Stories with everything known of them",
        "idea": "Find a pronoun whose antecedent stands in another sentence.",
        "documents": [_fields(one) for one in documents],
        "choices": _choices(documents),
        "puzzle": puzzles[0] if puzzles else 0,
    }
    first = documents[0]
    names = plain_names(first.tokens[:DRAWN], 40)
    still = document(names, {"known": _known(first)[:DRAWN]}, params["title"])
    still.caption("The first story: senses, and (→) what a pronoun stands for.")
    rows = [["token", "tag", "sense", "role", "head"]]
    for i in range(*first.sentences[0]):
        known = [first.tags[i], first.senses[i] or "–", first.roles[i]]
        rows.append([first.tokens[i], *known, first.tokens[first.heads[i]]])
    return View("world_explorer", params, {}, still, rows)


def _known(one) -> list[str | None]:
    """Return of each token its sense, or the token that it stands for."""
    names = plain_names(one.tokens, 40)
    known = list(one.senses)
    for i, antecedent in enumerate(one.antecedents):
        if antecedent is not None:
            known[i] = f"→ {names[antecedent]}"
    return known


def _choices(documents: Sequence) -> dict[str, list[str]]:
    """Return the senses that each ambiguous word of the documents can have."""
    senses = set().union(*[one.senses for one in documents]) - {None}
    choices = {}
    for one in documents:
        for token, sense in zip(one.tokens, one.senses, strict=True):
            if sense:
                word = sense.split("/")[0] + "/"  # "bank/" of "bank/river"
                choices[token] = sorted(s for s in senses if s.startswith(word))
                if len(choices[token]) == 1:
                    choices[token].append("another sense")
    return choices


def _fields(one) -> dict:
    """Return what the page tells of one document, as plain JSON values."""
    sentences = []  # of each token
    for k, (start, end) in enumerate(one.sentences):
        sentences += [k] * (end - start)
    return {
        "tokens": list(one.tokens),
        "tags": list(one.tags),
        "senses": list(one.senses),
        "scenes": [sense and sense.split("/")[-1] for sense in one.senses],
        "ambiguous": [bool(sense) for sense in one.senses],
        "heads": list(one.heads),
        "roles": list(one.roles),
        "entities": [None if name == "O" else name for name in one.entities],
        "antecedents": [-1 if i is None else i for i in one.antecedents],
        "sentences": sentences,
        "scene": one.scene,
    }
