"""Downloads: resumed, verified, and never half of one taken for a whole."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.archives_for_tests import HASTY, Server, closed_port_url, serving, spec_of
from vision.datasets.download import download, fetch
from vision.datasets.sources import DatasetSource
from vision.datasets.workshop import Report
from vision.errors import DatasetError, SettingsError

CONTENT = np.random.default_rng(0).bytes(1_000_000)
SPEC = spec_of("photos.tar", CONTENT)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving({"photos.tar": CONTENT}) as running:
        yield running


def get(server: Server, folder: Path, **options: object) -> Path:
    return download(SPEC, server.url, folder, patience=replace(HASTY, **options))


def refusal(server: Server, folder: Path, **options: object) -> str:
    """What is said of a download that fails: one sentence."""
    with pytest.raises(DatasetError) as caught:
        get(server, folder, **options)
    message = str(caught.value)
    assert message.endswith(".") and message.count(". ") == 0 and "\n" not in message
    return message


def ranges(server: Server) -> list[str | None]:
    return [wanted for _, wanted in server.asked]


def test_a_file_arrives_whole(server, tmp_path):
    path = get(server, tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "photos.tar"
    assert path.read_bytes() == CONTENT
    assert [file.name for file in path.parent.iterdir()] == ["photos.tar"]


@pytest.mark.parametrize("resets", [False, True])
def test_a_broken_connection_goes_on_where_it_broke(server, tmp_path, resets):
    server.breaks_after, server.resets = [300_000, 200_000], resets
    assert get(server, tmp_path).read_bytes() == CONTENT
    first, *others = ranges(server)
    assert first is None
    assert len(others) == 2
    assert all(wanted and wanted != "bytes=0-" for wanted in others)
    if not resets:  # a reset may swallow what was under way
        assert others == ["bytes=300000-", "bytes=500000-"]


def test_a_connection_that_breaks_more_often_than_it_is_tried_is_well_as_long_as_something_comes(server, tmp_path):
    server.breaks_after = [100_000] * 9
    assert get(server, tmp_path, tries=2).read_bytes() == CONTENT
    assert len(server.asked) == 10


def test_what_an_earlier_call_left_is_used(server, tmp_path):
    (tmp_path / "photos.tar.partial").write_bytes(CONTENT[:123_456])
    assert get(server, tmp_path).read_bytes() == CONTENT
    assert ranges(server) == ["bytes=123456-"]


def test_a_complete_partial_file_needs_no_server(tmp_path):
    (tmp_path / "photos.tar.partial").write_bytes(CONTENT)
    assert download(SPEC, closed_port_url(), tmp_path, patience=HASTY).read_bytes() == CONTENT


def test_a_server_that_cannot_go_on_begins_again(server, tmp_path):
    server.ranges, server.breaks_after = False, [300_000]
    assert get(server, tmp_path).read_bytes() == CONTENT
    assert ranges(server) == [None, "bytes=300000-"]


def test_a_server_that_always_breaks_at_the_same_place_is_given_up(server, tmp_path):
    server.ranges, server.breaks_after = False, [300_000] * 9
    assert "0.3 MB have arrived and are kept" in refusal(server, tmp_path)
    assert len(server.asked) == 1 + HASTY.tries
    assert (tmp_path / "photos.tar.partial").read_bytes() == CONTENT[:300_000]


def test_a_partial_file_that_is_too_long_is_dropped(server, tmp_path):
    (tmp_path / "photos.tar.partial").write_bytes(CONTENT + b"more")
    assert get(server, tmp_path).read_bytes() == CONTENT


def test_a_server_that_refuses_the_range_is_asked_for_all(server, tmp_path):
    (tmp_path / "photos.tar.partial").write_bytes(CONTENT[:10])
    server.statuses = [416]
    assert get(server, tmp_path).read_bytes() == CONTENT
    assert ranges(server) == ["bytes=10-", None]


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"x", b"<html>Moved</html>"])
def test_a_file_of_another_size_is_refused_before_it_comes(server, tmp_path, content):
    server.files["photos.tar"] = content
    message = refusal(server, tmp_path)
    assert f"has {len(content):,} bytes where photos.tar has 1,000,000" in message
    assert "--from" in message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("goes_on", "reason"), [(True, "has 999,999 bytes where"), (False, "the connection broke")])
def test_a_file_cut_short_by_a_server_that_tells_no_size_is_not_taken_for_whole(server, tmp_path, goes_on, reason):
    server.tells_size, server.ranges, server.files["photos.tar"] = False, goes_on, CONTENT[:-1]
    assert reason in refusal(server, tmp_path)
    assert not (tmp_path / "photos.tar").exists()


def test_a_file_without_end_is_cut_off(server, tmp_path):
    server.tells_size, server.files["photos.tar"] = False, CONTENT * 5
    assert "has more bytes where photos.tar has 1,000,000" in refusal(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_bytes_of_the_right_size_are_thrown_away(server, tmp_path):
    server.files["photos.tar"] = b"x" + CONTENT[1:]
    message = refusal(server, tmp_path)
    assert "its sha256 checksum is" in message and "try again" in message
    assert list(tmp_path.iterdir()) == []


def test_md5_will_do(server, tmp_path):
    spec = replace(SPEC, checksum="md5:" + "0" * 32)
    with pytest.raises(DatasetError, match=r"its md5 checksum is [0-9a-f]{32}, expected 0{32}"):
        download(spec, server.url, tmp_path, patience=HASTY)


def test_a_file_that_is_there_is_not_fetched_again(server, tmp_path):
    get(server, tmp_path)
    get(server, tmp_path)
    assert len(server.asked) == 1


def test_a_wrong_file_put_there_by_hand_is_left_alone(server, tmp_path):
    path = tmp_path / "photos.tar"
    path.write_bytes(b"x" * len(CONTENT))
    message = refusal(server, tmp_path)
    assert "is not the official archive" in message and "delete it" in message
    assert path.exists() and not server.asked


def test_without_a_network_one_sentence_says_what_to_do(tmp_path):
    url = closed_port_url()
    with pytest.raises(DatasetError) as caught:
        download(SPEC, url, tmp_path, patience=HASTY)
    message = str(caught.value)
    assert message.startswith(f"{url}/photos.tar was tried 3 times without success: no connection (Connection refused)")
    for advice in ("connect to the internet", "--from", f"put photos.tar into '{tmp_path}' by hand"):
        assert advice in message


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "bad host"])
def test_a_host_that_does_not_exist_is_named(tmp_path, host):
    with pytest.raises(DatasetError, match="without success"):
        download(SPEC, f"http://{host}/data", tmp_path, patience=replace(HASTY, tries=1))


def test_a_file_that_the_server_does_not_have_is_asked_for_once(server, tmp_path):
    server.files.clear()
    assert "the server says 404" in refusal(server, tmp_path)
    assert len(server.asked) == 1


def test_a_busy_server_is_asked_again(server, tmp_path):
    server.statuses = [503, 500]
    assert get(server, tmp_path).read_bytes() == CONTENT


def test_a_server_that_falls_silent_is_given_up(server, tmp_path):
    server.breaks_after, server.pause_s = [400_000] * 5, 1
    server.ranges = False
    assert "timed out" in refusal(server, tmp_path, timeout_s=0.2, tries=1)
    assert (tmp_path / "photos.tar.partial").stat().st_size == 400_000


def test_stopping_by_hand_keeps_what_has_arrived(server, tmp_path):
    def stop(line: str) -> None:
        if "of 1.0 MB" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(SPEC, server.url, tmp_path, stop, HASTY)
    kept = (tmp_path / "photos.tar.partial").stat().st_size
    assert 0 < kept < len(CONTENT)
    assert get(server, tmp_path).read_bytes() == CONTENT
    assert ranges(server)[-1] == f"bytes={kept}-"


# A whole data set


@pytest.fixture
def source(server: Server) -> DatasetSource:
    return DatasetSource(
        name="photos",
        base_url=server.url + "/",
        archives=(SPEC,),
        class_count=1,
        train_count=1,
        test_count=1,
        unpacked_bytes=1000,
        has_boxes=False,
        terms="Free.",
    )


def write_two(source: DatasetSource, archives: Path, folder: Path, report: Report) -> None:
    assert (archives / "photos.tar").read_bytes() == CONTENT
    for part in ("train", "test"):
        (folder / part / "0").mkdir(parents=True)
        (folder / part / "0" / "a.png").write_bytes(b"photo")


def test_a_data_set_appears_whole(source, tmp_path):
    assert fetch(source, tmp_path / "data", write_two, patience=HASTY) == tmp_path / "data" / "photos"
    assert (tmp_path / "data" / "photos" / "test" / "0" / "a.png").exists()
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [".downloads", "photos"]


def test_a_data_set_that_is_there_is_left_alone(source, server, tmp_path):
    for part in ("train", "test"):
        (tmp_path / "photos" / part).mkdir(parents=True)
    fetch(source, tmp_path, write_two, patience=HASTY)
    assert not server.asked
    assert not list((tmp_path / "photos" / "train").iterdir())


def test_another_folder_of_that_name_is_left_alone(source, server, tmp_path):
    (tmp_path / "photos" / "holidays").mkdir(parents=True)
    with pytest.raises(DatasetError, match="has no folders train and test; move it away"):
        fetch(source, tmp_path, write_two, patience=HASTY)
    assert not server.asked


def test_archives_put_there_by_hand_need_no_network(source, tmp_path):
    (tmp_path / ".downloads").mkdir()
    (tmp_path / ".downloads" / "photos.tar").write_bytes(CONTENT)
    fetch(replace(source, base_url=closed_port_url()), tmp_path, write_two, patience=HASTY)
    assert (tmp_path / "photos" / "train").is_dir()


@pytest.mark.parametrize("error", [DatasetError("Wrong."), KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_what_fails_while_unpacking_leaves_no_data_set_and_keeps_the_archives(source, tmp_path, error):
    def fail(source: DatasetSource, archives: Path, folder: Path, report: Report) -> None:
        (folder / "train").mkdir()
        (folder / "test").mkdir()
        raise error

    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else DatasetError):
        fetch(source, tmp_path, fail, patience=HASTY)
    assert [path.name for path in tmp_path.iterdir()] == [".downloads"]
    assert (tmp_path / ".downloads" / "photos.tar").exists()


def test_what_a_killed_run_has_left_is_cleared_away(source, tmp_path):
    (tmp_path / ".photos.partial" / "train" / "9").mkdir(parents=True)
    fetch(source, tmp_path, write_two, patience=HASTY)
    assert not (tmp_path / "photos" / "train" / "9").exists()
    assert not (tmp_path / ".photos.partial").exists()


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(source, server, tmp_path):
    with pytest.raises(DatasetError, match=r"needs 1,000,000.0 GB and has [\d,.]+ GB free; free some space"):
        fetch(replace(source, unpacked_bytes=10**15), tmp_path / "data", write_two, patience=HASTY)
    assert not server.asked
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("address", ["ftp://host/data", "/home/me", "file:///etc", "data"])
def test_only_web_addresses_are_taken(source, tmp_path, address):
    with pytest.raises(SettingsError, match="begins with http:// or https://"):
        fetch(replace(source, base_url=address), tmp_path, write_two, patience=HASTY)


def test_a_place_that_cannot_be_written_is_named(source, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DatasetError, match=r"cannot be written \(.*\); free some space or choose another"):
        fetch(source, tmp_path / "file", write_two, patience=HASTY)
