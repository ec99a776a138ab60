"""Answer letters to codes, for the multiple-choice sources."""

import numpy as np
import pandas as pd

from ensel.table.codes import MISSING


def letter_codes(text: pd.DataFrame, n_classes: int) -> np.ndarray:
    """Encode A, B, C ... as 0, 1, 2 ...; anything else is a missing answer.

    Stray spaces are forgiven (``" B"``); fragments (``"To"``) are not answers.

    Parameters
    ----------
    text : DataFrame of str, shape (n_items, n_queries)
    n_classes : int

    Returns
    -------
    ndarray of int8, shape (n_items, n_queries)

    See Also
    --------
    ensel.formats.cells.encoded : For answers of any name, in anybody's file.

    Examples
    --------
    >>> letter_codes(pd.DataFrame({"q": ["A", " B", "To", ""]}), 4)[:, 0].tolist()
    [0, 1, -1, -1]
    """
    code_of = {chr(ord("A") + code): code for code in range(n_classes)}
    columns = [
        text[name].astype(str).str.strip().map(code_of).fillna(MISSING).astype(np.int8)
        for name in text.columns
    ]
    return np.column_stack(columns)
