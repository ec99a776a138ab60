"""ensel: which language models to ask, when every query costs money."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ensel.datasets import list_datasets, load_dataset
    from ensel.ensemble import Ensemble
    from ensel.errors import InputError, InputWarning
    from ensel.evaluation import compare, describe, error_floor, frontier, reselect, select
    from ensel.formats import read_table
    from ensel.predictions import PredictionTable

__version__ = "0.1.0"

_HOME = {
    "Ensemble": "ensel.ensemble",
    "InputError": "ensel.errors",
    "InputWarning": "ensel.errors",
    "PredictionTable": "ensel.predictions",
    "compare": "ensel.evaluation",
    "describe": "ensel.evaluation",
    "error_floor": "ensel.evaluation",
    "frontier": "ensel.evaluation",
    "list_datasets": "ensel.datasets",
    "load_dataset": "ensel.datasets",
    "read_table": "ensel.formats",
    "reselect": "ensel.evaluation",
    "select": "ensel.evaluation",
}

__all__ = [
    "Ensemble",
    "InputError",
    "InputWarning",
    "PredictionTable",
    "__version__",
    "compare",
    "describe",
    "error_floor",
    "frontier",
    "list_datasets",
    "load_dataset",
    "read_table",
    "reselect",
    "select",
]


def __getattr__(name: str) -> Any:
    # Names are imported when first used, so that `import ensel` and `ensel --help` stay quick.
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'ensel' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
