"""Arrays to still figures.

picture      what every figure is; colours by role (lesson.mplstyle beside it)
plots        charts            token_plots  tokens with labels, trees, lists of words
drawings     networks: boxes and arrows
"""
