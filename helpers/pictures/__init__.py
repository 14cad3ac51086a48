"""Arrays to still figures.

picture      what every figure is; colours by role (lesson.mplstyle beside it)
letters      fonts for what the pictures' own font lacks
few_colors   a picture in 256 colours, where none is lost
plots        charts; bars are in bar_chart, points and words in scatter,
             curves in curve_chart, small charts in panels, runs of seeds in seeds
runs         a band of runs, their mean, the learner's own
line_labels  names at the ends of lines
looks        one colour per model; no two curves alike
ticks        plain numbers on axes
spaces       words of many dimensions on paper: planes, shadows, steps
token_plots  tokens with their labels, dependency trees, lists of words
drawings/    networks: boxes and arrows
"""
