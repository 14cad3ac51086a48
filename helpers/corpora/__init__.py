"""Text to learn from: the world and its truth, tasks, real documentation, own files."""
