"""How the world is written: a grammar whose every probability is known.

lexicon     words by scene and type          morphology  their forms
phrases     noun phrases, places, clauses    predicates  verbs and names
statements  how things are                   sentences   who does what
english     which sentences follow each other; frames, what is remembered
machine     any grammar as a finite-state machine; a walk through it writes
forward_backward  two passes over a machine: every probability
"""
