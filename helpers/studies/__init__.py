"""Experiments that take longer than a lesson: `python -m helpers.studies NAME`.

ablations     BERTs that were pre-trained in other ways, on four tasks
label_curves  scores against the number of labels
four_heads    four tasks, each with enough labels
reviews       real film reviews, against their number
scaling       four widths, each trained for four numbers of steps
tuned         what the first three share: fine-tune, then score
results       the tables that they fill (results/*.json)
weights       the checkpoints that come with the course, made anew
"""
