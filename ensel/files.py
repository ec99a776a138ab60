"""Files that are written whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ensel.exceptions import InputError


@contextlib.contextmanager
def written_whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` if the block succeeds.

    A reader never sees half a file, and a failure leaves what was there before.

    Parameters
    ----------
    path : path-like

    Yields
    ------
    Path
        Where to write; it has the suffix of `path`, which some writers go by.

    Raises
    ------
    InputError
        If the folder does not exist or cannot be written to, or `path` is no regular file.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder) / "result.txt"
    ...     with written_whole(target) as temporary:
    ...         _ = temporary.write_text("all of it")
    ...     target.read_text()
    'all of it'
    """
    target = Path(path).resolve()  # through links: what they point to is replaced
    if target.exists() and not target.is_file():
        kind = "a folder" if target.is_dir() else "no regular file"
        raise InputError(f"{path}: is {kind}; give the name of a file to write")

    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent
        )
    except OSError as error:
        raise InputError(f"{target}: cannot write here ({error.strerror})") from error
    os.close(handle)
    temporary = Path(name)

    try:
        yield temporary
        # mkstemp makes files private; give this one the mode any new file would get.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
