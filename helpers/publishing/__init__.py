"""Notebooks → what others open: stamped copies, decks of slides, one book."""
