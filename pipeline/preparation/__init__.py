"""Learning the terms from training rows: what fills a gap, how a number is scaled, which levels and bins there are."""

from pipeline.preparation.learning import learn_terms

__all__ = ["learn_terms"]
