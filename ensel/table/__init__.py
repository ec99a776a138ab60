"""The prediction table: cached answers of a pool of models on labelled questions."""

from ensel.table.prediction_table import PredictionTable

__all__ = ["PredictionTable"]
