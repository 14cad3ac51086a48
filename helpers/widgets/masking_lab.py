"""One packed text under BERT's dice: who is asked, and what becomes of those.

Built in notebooks/11_bert_input.ipynb.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.pictures.picture import Picture
from helpers.pictures.token_plots import document
from helpers.tokenization.wordpiece import MASK_ID, SPECIALS, in_order
from helpers.widgets.checks import within
from helpers.widgets.shell import View, labels
from helpers.widgets.stills import plain_names

Share = tuple[float, float, float]  # asked; of those: hidden, random
SHARES = ((0.15, 0.8, 0.1), (0.15, 1.0, 0.0), (0.4, 0.8, 0.1))
FATES = ("[MASK]", "another", "stays")
# `masking.hide` takes a share below 1; of 64 tokens, the most here, this one asks all
ALL = 1 - 1e-9


def masking_lab(
    packed: tuple,
    tokens: Sequence[str] | Mapping[str, int],
    shares: Sequence[Share] = SHARES,
    n_rolls: int = 200,
    seed: int = 0,
) -> View:
    """Show who is asked in one text, and what becomes of those, roll by roll.

    `packed` is a masking.Packed of one text (1, T), 6 ≤ T ≤ 64; `tokens` the
    vocabulary: tokens[i] names id i, or {token: id}; the specials come first. A roll is
    `masking.hide(packed, len(tokens), g, masking.Shares(*share))`, g seeded with seed,
    seed + 1, …; `shares` are 1 to 4 of (asked, hidden, random). Pieces (##) add whole
    words. Raises ValueError for several texts, an id without a name, or other counts.
    Source: Devlin et al. 2019, A.1.
    """
    tokens = in_order(tokens)
    ids = _ids_of(packed, tokens)
    within(len(shares), 1, 4, "shares")
    within(n_rolls, 2, 500, "rolls")
    chosen, becomes = rolls(packed, tokens, shares, range(seed, seed + n_rolls))
    used = np.unique([MASK_ID, *ids, *becomes.flat]).tolist()
    params = {
        "title": "Who is asked, and what becomes of them?",
        "idea": "Ask tokens of your own, change the shares, roll again.",
        "tokens": [str(tokens[i]) for i in ids],
        "own": [used.index(i) for i in ids],
        "segments": packed.segments[0].tolist(),
        "special": [i < len(SPECIALS) for i in ids],
        "words": [str(tokens[i]) for i in used],
        "ids": used,
        "mask": used.index(MASK_ID),
        "shares": list(shares),
    }
    params |= {"seed": seed, "n_ids": len(tokens)}
    arrays = {"chosen": chosen, "becomes": np.searchsorted(used, becomes)}
    fates = _fates(np.array(ids), becomes[0], chosen[0, 0])  # (R, T)
    first = next((r for r, row in enumerate(fates) if set(FATES) <= set(row)), 0)
    still, rows = _still_picture(params, fates[first], seed + first)
    return View("masking_lab", params, arrays, still, rows)


def _ids_of(packed: tuple, tokens: Sequence[str]) -> list[int]:
    """Return the ids of the one text; refuse what cannot be asked."""
    if len(getattr(packed, "ids", ())) != 1:
        raise ValueError(
            "packed is not one packed text; give masking.pack([(first, second)])"
        )
    ids = packed.ids[0].tolist()
    labels("tokens", ids, 6, 64)
    if max(ids) >= len(tokens):
        raise ValueError(
            f"id {max(ids)}, but {len(tokens)} tokens; give the vocabulary that made "
            "the ids: tokenizer.tokens"
        )
    if sum(i >= len(SPECIALS) for i in ids) < 4:
        raise ValueError("fewer than 4 ordinary tokens; give a longer text")
    if tokens[: len(SPECIALS)] != list(SPECIALS):
        raise ValueError(
            f"tokens begin with {tokens[: len(SPECIALS)]}; `masking.hide` needs a "
            f"vocabulary that begins with {SPECIALS}"
        )
    return ids


def rolls(
    packed: tuple,
    tokens: Sequence[str],
    shares: Sequence[Share],
    seeds: Sequence[int],
) -> tuple[np.ndarray, np.ndarray]:
    """Return who is asked (S, W, R, T) bool and what each token would become (S, R, T).

    One entry per share, kind of asking (pieces; whole words), roll and token. The dice
    of `masking.hide` for a token's fate do not depend on who is asked, so asking all
    tells what any would become.
    """
    import torch  # only here: the other views do without

    from helpers.objectives import masking

    begins = [not tokens[i].startswith("##") for i in packed.ids[0]]
    kinds = [None]  # pieces
    if not all(begins):
        kinds.append(torch.tensor([begins]))  # (1, T): whole words
    size = (len(seeds), len(begins))
    chosen = np.zeros((len(shares), len(kinds), *size), bool)  # (S, W, R, T)
    becomes = np.zeros((len(shares), *size), int)  # (S, R, T)

    def roll(seed: int, share: Share, starts=None):
        dice = torch.Generator().manual_seed(seed)
        return masking.hide(packed, len(tokens), dice, masking.Shares(*share), starts)

    for s, share in enumerate(shares):
        for r, seed in enumerate(seeds):
            ids, _ = roll(seed, (ALL, *share[1:]))
            becomes[s, r] = ids[0]
            for w, starts in enumerate(kinds):
                _, targets = roll(seed, share, starts)
                chosen[s, w, r] = targets[0] != masking.IGNORE_INDEX
    return chosen, becomes


def _fates(
    ids: np.ndarray,
    becomes: np.ndarray,
    chosen: np.ndarray,
) -> list[list[str]]:
    """Name what became of each token asked, "" for the others: one row per roll."""
    masked, another, stays = FATES
    fates = np.where(becomes == ids, stays, another)
    fates = np.where(becomes == MASK_ID, masked, fates)
    return np.where(chosen, fates, "").tolist()


def _still_picture(
    params: dict,
    fates: list,
    seed: int,
) -> tuple[Picture, list]:
    """Return the text with its fates in one roll, drawn and as a table.

    It is the first roll that shows all fates, where there is one.
    """
    segments = ["AB"[segment] for segment in params["segments"]]
    rows = {"segment": segments, "fate": fates}
    drawn = document(plain_names(params["tokens"]), rows, params["title"])
    drawn.caption(f"The roll with seed {seed}: no fate = not asked.")
    fates = [fate or "not asked" for fate in fates]
    listed = zip(params["tokens"], segments, fates, strict=True)
    return drawn, [["token", "segment", "fate"], *listed]
