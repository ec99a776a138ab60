"""Files are whole or not at all."""

import os

import pytest

from ensel import InputError
from ensel.files import written_whole


def test_failure_leaves_what_was_there(tmp_path):
    target = tmp_path / "result.json"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError), written_whole(target) as temporary:
        temporary.write_text(f"half{1 / 0}")
    assert target.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]


def test_success_replaces(tmp_path):
    target = tmp_path / "result.json"
    target.write_text("before")
    with written_whole(target) as temporary:
        assert temporary.suffix == ".json"
        temporary.write_text("after")
    assert target.read_text() == "after"


def test_special_files_are_left_alone(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="no regular file"), written_whole(pipe):
        pass
    with pytest.raises(InputError, match="is a folder"), written_whole(tmp_path):
        pass


def test_links_are_written_through(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with written_whole(tmp_path / "link") as temporary:
        temporary.write_text("here")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "here"


def test_absent_folder_is_one_line(tmp_path):
    with pytest.raises(InputError, match="cannot write here"), written_whole(tmp_path / "no" / "x"):
        pass
