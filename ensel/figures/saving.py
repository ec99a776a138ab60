"""Figures into files, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ensel.files import written_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figure(figure: Figure, path: Path) -> None:
    """Save a figure in the format that its name ends in.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : Path
        Ends in .png, .pdf or .svg.

    Raises
    ------
    InputError
        If the folder does not exist or cannot be written to.

    See Also
    --------
    ensel.files.written_whole : Why a reader never sees half a file.
    """
    import matplotlib as mpl

    from ensel.figures.style import RC

    # Fonts of a PDF are settled when it is saved, not when it is drawn.
    with mpl.rc_context(RC), written_whole(path) as temporary:
        figure.savefig(temporary, format=path.suffix.lower()[1:])
