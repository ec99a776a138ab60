"""The report of figures made again."""

from dataclasses import dataclass
from pathlib import Path

from ensel.report.figures_built import built_report


@dataclass(frozen=True)
class Built:
    name: str
    what: str
    reason: str = ""
    seconds: float = 0.0


def test_seconds_where_something_was_made_and_reasons_where_not():
    done = [Built("a", "built", seconds=1.26), Built("b", "unchanged", seconds=0.1)]
    done += [Built("c", "skipped", "no data")]
    report = built_report(done, Path("folder"))
    assert report.blocks[0].shown() == [
        ["a", "built", "1.3"],
        ["b", "unchanged", ""],
        ["c", "skipped", ""],
    ]
    texts = [block.text for block in report.blocks[1:]]
    assert texts == ["c skipped: no data", "index: folder/README.md"]
