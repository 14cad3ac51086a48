"""One packed text under BERT's dice: who is asked, and what becomes of those.

Built in notebooks/11_bert_input.ipynb.
"""

from collections.abc import Sequence

import numpy as np

from helpers.pictures.picture import Picture
from helpers.pictures.token_plots import document
from helpers.tokenization.wordpiece import MASK_ID, SPECIALS
from helpers.widgets.shell import View, labels

SHARES = ((0.15, 0.8, 0.1), (0.15, 1.0, 0.0), (0.4, 0.8, 0.1))
FATES = ("[MASK]", "another", "stays")


def masking_lab(
    packed,
    tokens: Sequence[str],
    shares: Sequence[tuple] = SHARES,
    n_rolls: int = 200,
    seed: int = 0,
) -> View:
    """Show who is asked in one text, and what becomes of those, roll by roll.

    `packed` is a masking.Packed of one text (1, T), 6 ≤ T ≤ 64; `tokens` the
    vocabulary: tokens[i] names id i. A roll is `masking.hide(packed, len(tokens), g,
    masking.Shares(*share))` with g = torch.Generator().manual_seed(seed), seed + 1, …;
    `shares` are 1 to 4 of (asked, hidden, random). Pieces (##) add whole words.
    Raises ValueError for several texts, an id without a name, or other counts.
    Source: Devlin et al. 2019, A.1.
    """
    ids = _row(packed, tokens)
    if not 1 <= len(shares) <= 4 or not 2 <= n_rolls <= 500:
        raise ValueError(
            f"{len(shares)} shares, n_rolls={n_rolls}; give 1 to 4, and 2 to 500 rolls"
        )
    chosen, becomes = rolls(packed, tokens, shares, range(seed, seed + n_rolls))
    used = np.unique([MASK_ID, *ids, *becomes.flat])
    params = {
        "title": "Who is asked, and what becomes of them?",
        "idea": "Ask tokens of your own, change the shares, roll again.",
        "tokens": [str(tokens[i]) for i in ids],
        "own": np.searchsorted(used, ids).tolist(),
        "segments": packed.segments[0].tolist(),
        "special": [i < len(SPECIALS) for i in ids],
        "words": [str(tokens[i]) for i in used],
        "ids": used.tolist(),
        "mask": int(np.searchsorted(used, MASK_ID)),
        "shares": [list(map(float, s)) for s in shares],
        "seed": seed,
        "n_ids": len(tokens),
    }
    arrays = {"chosen": chosen, "becomes": np.searchsorted(used, becomes)}
    named = fates(np.array(ids), becomes[0], chosen[0, 0])
    return View("masking_lab", params, arrays, *_still(params, named))


def _row(packed, tokens: Sequence[str]) -> list[int]:
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
    return ids


def rolls(
    packed, tokens: Sequence[str], shares: Sequence[tuple], seeds: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return who is asked (S, W, R, T) bool and what each token would become (S, R, T).

    One entry per share, kind of asking (pieces; whole words), roll and token. The dice
    of `masking.hide` for a token's fate do not depend on who is asked, so asking all
    tells what any would become.
    """
    import torch  # only here: the other views do without

    from helpers.objectives import masking

    begins = [[not tokens[i].startswith("##") for i in packed.ids[0]]]
    kinds = [None] if all(begins[0]) else [None, torch.tensor(begins)]

    def roll(share, seed: int, starts=None):
        dice = torch.Generator().manual_seed(seed)
        return masking.hide(packed, len(tokens), dice, masking.Shares(*share), starts)

    targets = [
        [[roll(s, k, w)[1][0].tolist() for k in seeds] for w in kinds] for s in shares
    ]
    everyone = [(1 - 1e-9, *s[1:]) for s in shares]
    becomes = [[roll(s, k)[0][0].tolist() for k in seeds] for s in everyone]
    return np.array(targets) != masking.NOT_ASKED, np.array(becomes)


def fates(ids: np.ndarray, becomes: np.ndarray, chosen: np.ndarray) -> list[list[str]]:
    """Name what became of each token asked, "" for the others: one row per roll."""
    kinds = np.where(becomes == MASK_ID, 0, np.where(becomes == ids, 2, 1))
    return np.where(chosen, np.array(FATES)[kinds], "").tolist()


def _still(params: dict, named: list[list[str]]) -> tuple[Picture, list]:
    """Draw the text with the fates of the first roll that shows all; list them."""
    first = next((r for r, row in enumerate(named) if set(FATES) <= set(row)), 0)
    tokens, letters = params["tokens"], ["AB"[s] for s in params["segments"]]
    plain = [t.replace("$", r"\$")[:12] for t in tokens]
    rows = {"segment": letters, "fate": named[first]}
    drawn = document(plain, rows, params["title"])
    drawn.caption(f"The roll with seed {params['seed'] + first}: no fate = not asked.")
    told = [name or "not asked" for name in named[first]]
    listed = zip(tokens, letters, told, strict=True)
    return drawn, [["token", "segment", "fate"], *listed]
