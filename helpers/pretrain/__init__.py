"""A BERT on any text, on one core or many GPUs: `python -m helpers.pretrain --help`.

command         from options to a trained model
options         read, completed, checked
help            what --help says
text            sources, on the disk
shards          corpora larger than memory: mapped files, windows of whole sentences
folders         whose a folder is: nothing of others is touched
batches         windows to batches
counter_random  random numbers without a state
step            one step of a run
keeper          what is kept, and when
distributed     ranks and worlds; one process is the ordinary case
"""
