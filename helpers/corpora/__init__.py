"""Text to learn from, and everything that is known of it.

world         documents with gold labels, splits, the vocabulary (grammar/: how written)
truth         exact probabilities and entropies of the world
tasks         senses, names, sentiment, agreement, links between words
entailment    does a sentence follow?            questions    which span answers?
translation   the world in another language      polysemy     words of two senses
letter_games  games whose right attention map is known
place_games   a distance, a place, what came last, on random words
pydocs        the documentation of installed packages; prose: which of it is sentences
files         the learner's own text files (encodings: what they are if not UTF-8)
treebank      real film reviews
"""
