"""How the world is written: a grammar whose every probability is known.

lexicon     words by scene and type          morphology  their forms
words       what sentences are made of: words, nodes of a tree, choices of symbols
predicates  verbs, adjectives and names      phrases     noun phrases, places, clauses
statements  how things are                   feelings    what people like
sentences   who does what
english     which sentences follow each other; frames, what is remembered
machine     any grammar as a finite-state machine; a walk through it writes
forward_backward  two passes over a machine: every probability
next_sentence     how probable is it that one text follows another?
"""
