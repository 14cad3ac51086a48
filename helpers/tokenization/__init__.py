"""Text to ids, and back.

words           characters and whole words
wordpiece       pieces of words, as BERT reads them
fast_wordpiece  the same pieces, cut by the library `tokenizers`
"""

from helpers.tokenization.words import (
    BOS_ID,
    EOS_ID,
    PAD_ID,
    Characters,
    Words,
    split_words,
)
