"""The course's helpers, in the order in which text becomes understanding.

first_cell.py   the setup cell: finds the helpers, or fetches them where published
lesson.py       what it calls: seed, style, view mode, missing packages, machine check
corpora/        the text, and everything that is known of it
  lexicon       words of the world by scene and type        morphology  their forms
  phrases       noun phrases, places, clauses              predicates  verbs, names
  statements    how things are                              sentences   who does what
  grammar       which sentences follow each other; frames, what is remembered
  machine       any grammar as a finite-state machine; a walk through it writes
  world         documents with gold labels, splits, the vocabulary
  passes        forward and backward passes: every probability of a machine
  truth         exact probabilities, entropies and floors of the world
  tasks         senses, names, sentiment, agreement; exports the three below
  entailment · questions · translation
  polysemy      English sentences with words of two senses
  prose         what is a sentence of prose in a docstring
  pydocs        real text: the documentation of installed packages
  files         the learner's own text files
  treebank      real film reviews, where the files are at hand
tokenizers.py   text ↔ ids: characters, words
wordpiece.py    text ↔ ids: pieces of words, as BERT reads them
objectives.py   questions and how wrong the answer was: next token, both
                directions, pairs of texts, tags; padding and masks
letters.py      games with letters whose right attention map is known
masking.py      BERT's questions: hidden tokens, pairs of sentences
story_bert.py   a BERT of the world: vocabulary, size, training, its score and floors
models/         one file per lesson, each importing only earlier ones
  products: linear layers, tables and their first weights ·
  ngram (00) · vectors (01) · recurrent (02) · gated, bidirectional (03) ·
  characters, elmo, elmo_tasks (04) · scores, seq2seq, alignments (05) ·
  attention (06) · positions (07) · encoder (08) · decoder (09) ·
  bert, bert_names (10) · bert_variants (11)
training.py     one loop: progress, schedule, clipping, evaluation, interrupts
docs_bert.py    a BERT for real text, its pieces and batches
ablations.py    BERTs pre-trained otherwise, and four tasks (results/ beside it)
four_tasks.py   sentence, pair, span, tags: what is read, what is right
finetuning.py   their batches and losses; a copy of a BERT with a head, trained
answers.py      spans and names from scores; exact match, F1
baselines.py    the usual answer, the bag of words, the best possible score
reviews.py      film reviews read by a real BERT
curves.py       scores against the number of labels (results/ beside it)
scaling.py      a grid of small BERTs: width, steps, distance from the floor (results/)
sizes.py        what a BERT costs: parameters, operations, memory, hours
sharing.py      one batch in parts: means, gradients, rounding
results.py, make_results.py  tables of long experiments; the command that fills them
resume.py       leave a training, take it up again
tracing.py      Tap and recording: look inside one forward pass
probes.py       best threshold, agreement of verbs, nearest and usual sense, linear
                probe, pruned heads, longest chain, shortest run, all single masks
pictures.py     what every figure is; colours by role; lesson.mplstyle beside it
plots.py        arrays → charts
token_plots.py  tokens with their labels, trees, lists of words
diagrams.py     networks: boxes and arrows
widgets/        arrays → interactive views; NAME.js beside each NAME.py
  shell         parameters, arrays, picture, table → one output; core.js is shared
  attention_explorer · attention_steps · position_explorer · rnn_unrolled ·
  embedding_map · world_explorer · ladder_chart · predict_card · lstm_gates ·
  gradient_reach · layer_mix · sense_map · alignment · shape_tour · fill_mask ·
  training_monitor · tokenizer_view · masking_lab · size_calculator
  live_training     TrainingMonitor: the same while a training runs
  shape_parts       checks the parts of a tour
  fill_mask_input   checks tokens and distributions
  training_curves   curves of a history, thinned; a small SVG of them
  attention_input   checks attention tensors          bertviz_offline   BertViz's views
  recompute     `ask`: a text box that makes a view anew
heads.py        does a head look where the answer lies? the best fixed offset
real_bert.py    real pre-trained weights: a folder, a package, the hub
bert_files.py   config, weights and vocabulary of such a folder, in our classes
checkpoints.py  safetensors in and out, hashes (weights/ beside it)
make_checkpoints.py  the commands that made them
ladder.py       one table of all language models (ladder.json beside it), its chart
exercises.py    compares a learner's function with ours; predict cards; show_source
exercise_inputs.py, exercise_inputs_05.py, exercise_inputs_10.py
                whose answer is right, what to try it on
distributed.py  ranks and worlds; one process is the ordinary case
shards.py       corpora larger than memory: mapped files, windows of whole sentences
chance.py       chance without a state: dice and shuffles as functions of a place
pretrain.py     a BERT on any text, on one core or many GPUs: the command line
  pretrain_help what --help says      pretrain_options  read, completed, checked
  pretrain_text sources, on the disk  pretrain_pieces   WordPiece for large texts
  pretrain_sizes, pretrain_batches, pretrain_run (one step), pretrain_keeping
gallery.py      every view on example data, on one page (gallery_inputs.py)
publishing/     notebooks → what others open
  publish, stamping: the repository's address into notebooks and README
  notebooks     found, read, hashed, executed, written      live  run for their views
  long_texts    cuts texts that are too long for a slide
  slide_plan    which cell begins a slide; writes it into the notebooks
  lecture       cells → slides with minutes    slides  one deck per notebook
  pages         cells → HTML    formulas, math_font  TeX → MathML, and its letters
  handout       one book of all, with index_of_terms

Axes: B batch_size · T seq_len · C d_model · N d_hidden · V vocab_size.
Masks are bool: True = real, may be looked at. Losses are in nats per token.
Imports point one way: corpora, tokenizers, tracing, training, pictures know nothing of
the rest; objectives → tokenizers; models → tracing; probes → masking, models;
plots, token_plots, diagrams → pictures; widgets → plots, pictures,
wordpiece, masking, sizes; ladder and exercises → widgets; gallery → all of these.
"""
