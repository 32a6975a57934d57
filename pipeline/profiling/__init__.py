"""Profiling: one pass over chunks, mergeable summaries, a result of bounded size."""
