"""One file per lesson, each importing only earlier ones."""
