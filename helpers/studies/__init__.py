"""Experiments that take longer than a lesson: `python -m helpers.studies NAME`.

ablations   BERTs pre-trained otherwise, on four tasks
labels      scores against the number of labels       heads    four tasks, enough labels
reviews     real film reviews against their number    scaling  widths × steps
results     the tables that they fill (results/*.json beside it)
"""
