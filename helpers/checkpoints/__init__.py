"""Models that are trained already, and how they are kept.

shipped      safetensors in and out, declared with their sha256 (weights/ beside it)
elmo         the biLM of the world                     story_bert  the BERT of the world
docs_bert    the BERT of documentation
real_bert    Google's and others': where they are found
bert_files   their config, weights and vocabulary, read into our classes
bert_weights, bert_vocabulary   the parts of that
bert_names   their names of weights, and ours
"""

from helpers.checkpoints.shipped import load, manifest, save
