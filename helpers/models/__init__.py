"""One file per lesson, each importing only earlier ones.

layers   linear layers, tables and their first weights, the mean over real tokens
tracing  Tap and recording: look inside one forward pass
ngram (00) · vectors, word_vectors (01) · recurrent (02) · gated, reach,
bidirectional (03) · characters, elmo, elmo_tasks (04) · scores, seq2seq (05, 06) ·
beams (05) · attention, looker (07) · positions, relative, biases (08) ·
encoder, stack (09) · decoder (10) · bert (11) · bert_variants (12) ·
sizes (15): what a BERT costs, and the sizes that have names
"""
