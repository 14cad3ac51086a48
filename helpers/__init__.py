"""The course's helpers: fifteen rooms, each a question that a learner asks.

What lessons import
  corpora/       What is there to read? The world with its truth, and real text.
  tokenization/  How does text become ids?
  objectives/    What is a model asked, and how wrong was it? Padding and masks.
  models/        How does it compute? One file per lesson, each on earlier ones.
  training/      How does it learn? One loop for all.
  probes/        What does it know? Senses, agreement, heads, alignments, speed.
  finetuning/    How does a pre-trained body learn a task?
  pictures/      How is an array drawn? Still figures.
  widgets/       How does one play with it? Interactive views.
  lesson/        What does a notebook say to its learner? Setup, exercises, ladder.

What took longer than a lesson
  checkpoints/   Which models are trained already?
  studies/       Which experiments ran for minutes? `python -m helpers.studies NAME`

Programs
  pretrain/      A BERT on any text, on any number of GPUs: `python -m helpers.pretrain`
  publishing/    Notebooks as decks, as one book, as stamped copies.

And one file: environment.py, this computer: cache, view mode, whole files.

Each room's own map is its __init__.py. Which room may import which is a table in
tests/test_structure.py. Axes: B batch_size · T seq_len · C d_model · N d_hidden ·
V vocab_size. Masks are bool: True = real, may be looked at. Losses are in nats per
token.
"""
