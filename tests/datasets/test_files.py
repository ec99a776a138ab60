"""Where files come from: a named folder, the cache, a download that pooch checks."""

import hashlib
import http.server
import threading
from functools import partial

import pytest

from ensel import InputError, list_datasets, load_dataset
from ensel.datasets import DATASETS, files


def test_manifest_covers_every_dataset():
    named = {file.dataset for file in files.manifest()}
    assert named == set(list_datasets()) - {"imdb"}
    for file in files.manifest():
        assert len(file.sha256) == 64
        assert file.n_bytes > 0
        assert file.licence


def test_address_is_percent_encoded():
    file = next(f for f in files.manifest() if f.dataset == "imdb-llm")
    assert file.url.startswith("https://raw.githubusercontent.com/sylyoung/TestEnsemble/")
    assert "imdb%3Amodel%3D" in file.url


def test_shared_files_match_the_manifest(shared, monkeypatch):
    """Not only the sizes: `fetch_all` hashes what it finds in the named folder."""
    monkeypatch.setenv(files.DATA_FOLDER_VARIABLE, str(shared / "raw"))
    for dataset in DATASETS.values():
        found = files.fetch_all(dataset.files)
        assert len(found) == len(dataset.files)


def test_a_changed_local_file_is_refused(tmp_path, monkeypatch):
    file = next(f for f in files.manifest() if f.dataset == "mmlu")
    path = tmp_path / file.relative
    path.parent.mkdir(parents=True)
    path.write_text("not it")
    monkeypatch.setenv(files.DATA_FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match="not the published file"):
        load_dataset("mmlu")


@pytest.fixture
def web(tmp_path, monkeypatch):
    """A web server on this machine in place of the public one, and an empty cache."""
    folder = tmp_path / "web"
    folder.mkdir()
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *a: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv(files.DATA_FOLDER_VARIABLE, str(tmp_path / "nothing"))
    monkeypatch.setattr(files, "cache_folder", lambda: tmp_path / "cache")
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(files.RawFile, "url", property(lambda file: f"{address}/{file.path}"))
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


def raw_file(path: str, content: bytes) -> files.RawFile:
    digest = hashlib.sha256(content).hexdigest()
    return files.RawFile("mmlu", "owner/repo", "c0ffee", path, digest, len(content), "MIT")


def test_downloads_are_checked_and_kept(web, tmp_path):
    (web / "a.csv").write_bytes(b"hello")
    file = raw_file("a.csv", b"hello")
    assert files.find_local(file) is None
    assert files.fetch_all([file])["a.csv"].read_bytes() == b"hello"
    (web / "a.csv").unlink()  # from here on it is in the cache
    assert files.fetch_all([file])["a.csv"] == tmp_path / "cache" / "owner/repo/c0ffee/a.csv"


def test_wrong_hash_download_leaves_nothing(web, tmp_path):
    (web / "a.csv").write_bytes(b"tampered")
    with pytest.raises(InputError, match=r"wrong sha256.*nothing was kept"):
        files.fetch_all([raw_file("a.csv", b"hello")])
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_absent_download_says_what_to_run(web):
    with pytest.raises(InputError, match="go online and run `ensel datasets --download mmlu`"):
        files.fetch_all([raw_file("none.csv", b"hello")])
