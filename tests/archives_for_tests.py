"""Small archives built like the official ones, and a local server that gives them out well or badly."""

import hashlib
import io
import socket
import struct
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from PIL import Image

from vision.datasets.download import Patience
from vision.datasets.sources import GTSRB, STANFORD_DOGS, ArchiveSpec, DatasetSource

HASTY = Patience(tries=3, pause_s=0.01, timeout_s=5)
BREEDS = ("n02085620-Chihuahua", "n02085782-Japanese_spaniel", "n02105855-Shetland_sheepdog")
SIZE_HW = (60, 80)
DOG_XYXY = (20, 15, 60, 45)
DOG_COLOUR, GROUND_COLOUR = (200, 40, 40), (40, 60, 90)


def spec_of(name: str, content: bytes) -> ArchiveSpec:
    return ArchiveSpec(name, len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")


def zip_of(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tar_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return buffer.getvalue()


# Stanford Dogs


def dog_photo(seed: int) -> bytes:
    """A JPEG of 80 x 60 pixels with a dog, of one colour, at `DOG_XYXY`."""
    photo = np.full((*SIZE_HW, 3), GROUND_COLOUR, np.uint8)
    x1, y1, x2, y2 = DOG_XYXY
    photo[y1:y2, x1:x2] = DOG_COLOUR
    photo[0, seed % 80] = seed % 256
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "JPEG", quality=95, subsampling=0)
    return buffer.getvalue()


def annotation(*boxes: tuple[int, int, int, int], size_hw: tuple[int, int] = SIZE_HW) -> bytes:
    """As Stanford Dogs has them."""
    objects = "".join(
        "<object><name>dog</name><pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult><bndbox>"
        f"<xmin>{x1}</xmin><ymin>{y1}</ymin><xmax>{x2}</xmax><ymax>{y2}</ymax></bndbox></object>"
        for x1, y1, x2, y2 in boxes
    )
    height, width = size_hw
    return (
        "<annotation><folder>02085620</folder><filename>%s</filename><source><database>ImageNet database</database>"
        f"</source><size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
        f"<segment>0</segment>{objects}</annotation>"
    ).encode()


def file_list(names: list[str]) -> bytes:
    """A MATLAB file as lists.tar has three of: cells of strings and a column of labels."""
    from scipy.io import savemat

    cells = np.empty((len(names), 1), object)
    cells[:, 0] = names
    breeds = sorted({name.partition("/")[0] for name in names})
    labels = np.array([[breeds.index(name.partition("/")[0]) + 1] for name in names], np.uint8)
    buffer = io.BytesIO()
    savemat(buffer, {"file_list": cells, "annotation_list": cells, "labels": labels})
    return buffer.getvalue()


def dogs_split() -> dict[str, list[str]]:
    """Three breeds with three training and two test photos each."""
    split: dict[str, list[str]] = {"train": [], "test": []}
    for breed in BREEDS:
        for number in range(5):
            split["train" if number < 3 else "test"].append(f"{breed}/{breed[:9]}_{100 + number}.jpg")
    return split


def dogs_archives() -> dict[str, bytes]:
    """lists.tar, annotation.tar and images.tar; the first photo has two dogs."""
    split = dogs_split()
    names = split["train"] + split["test"]
    boxes = {name: [DOG_XYXY] for name in names} | {names[0]: [DOG_XYXY, (0, 0, 40, 30)]}
    return {
        "lists.tar": tar_of(
            {
                "file_list.mat": file_list(names),
                "train_list.mat": file_list(split["train"]),
                "test_list.mat": file_list(split["test"]),
            }
        ),
        "annotation.tar": tar_of({f"Annotation/{name[:-4]}": annotation(*boxes[name]) for name in names}),
        "images.tar": tar_of({f"Images/{name}": dog_photo(seed) for seed, name in enumerate(names)}),
    }


def small_dogs(archives: dict[str, bytes]) -> DatasetSource:
    """The source of archives such as `dogs_archives` builds."""
    specs = tuple(spec_of(name, content) for name, content in archives.items())
    return replace(STANFORD_DOGS, archives=specs, class_count=3, train_count=9, test_count=6, unpacked_bytes=200_000)


# GTSRB


def sign_photo(seed: int) -> bytes:
    photo = np.random.default_rng(seed).integers(0, 256, (30, 32, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "PPM")
    return buffer.getvalue()


def gtsrb_archives() -> dict[str, bytes]:
    """Two classes with two tracks of two frames each, and three test photos."""
    training = {"GTSRB/Readme-Images.txt": b"read me"}
    for label in (0, 1):
        folder = f"GTSRB/Final_Training/Images/{label:05d}"
        training[f"{folder}/GT-{label:05d}.csv"] = b"Filename;Width;Height\n"
        for track in (0, 1):
            for frame in (0, 1):
                training[f"{folder}/{track:05d}_{frame:05d}.ppm"] = sign_photo(label * 100 + track * 10 + frame)
    test = {f"GTSRB/Final_Test/Images/{number:05d}.ppm": sign_photo(1000 + number) for number in range(3)}
    test["GTSRB/Final_Test/Images/GT-final_test.test.csv"] = b"Filename;Width;Height\n"
    truth = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\r\n" + "".join(
        f"{number:05d}.ppm;32;30;5;5;27;25;{label}\r\n" for number, label in enumerate((1, 0, 1))
    )
    return {
        "GTSRB_Final_Test_GT.zip": zip_of({"GT-final_test.csv": truth.encode()}),
        "GTSRB_Final_Test_Images.zip": zip_of(test),
        "GTSRB_Final_Training_Images.zip": zip_of(training),
    }


def small_gtsrb(archives: dict[str, bytes]) -> DatasetSource:
    """The source of archives such as `gtsrb_archives` builds."""
    specs = tuple(spec_of(name, content) for name, content in archives.items())
    return replace(GTSRB, archives=specs, class_count=2, train_count=8, test_count=3, unpacked_bytes=200_000)


# The server


@dataclass
class Server:
    """What the server gives out and how; may be changed while it runs.

    Attributes:
        files: content by file name.
        ranges: whether it can go on in the middle of a file.
        tells_size: whether it sends Content-Length.
        breaks_after: how many bytes of the body each of the next connections gives before it breaks.
        resets: whether a broken connection ends with an error, and not as if the file were over.
        statuses: what the next requests are answered with instead.
        pause_s: how long it waits before the body.
        asked: the file and the Range header of each request.
    """

    url: str
    files: dict[str, bytes]
    ranges: bool = True
    tells_size: bool = True
    breaks_after: list[int] = field(default_factory=list)
    resets: bool = False
    statuses: list[int] = field(default_factory=list)
    pause_s: float = 0
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[Server]:
    """A server on this machine for the length of the block."""
    http_server = _QuietServer(("127.0.0.1", 0), _Handler)
    server = Server(f"http://127.0.0.1:{http_server.server_port}/data", files)
    http_server.plan = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=http_server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http_server.shutdown()
        http_server.server_close()
        thread.join()


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone away is no news."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        plan: Server = self.server.plan  # type: ignore[attr-defined]
        name, wanted = self.path.removeprefix("/data/"), self.headers["Range"]
        plan.asked.append((name, wanted))
        if plan.statuses or name not in plan.files:
            self.send_error(plan.statuses.pop(0) if plan.statuses else 404)
            return
        content, start = plan.files[name], 0
        if wanted and plan.ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        body = content[start:]
        if plan.tells_size:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if plan.breaks_after:
            body = body[: plan.breaks_after.pop(0)]
            if plan.resets:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.wfile.write(body)
        self.wfile.flush()
        time.sleep(plan.pause_s)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def closed_port_url() -> str:
    """An address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/data"


def arranged_by(
    arrange: Callable[[DatasetSource, Path, Path], object],
    source: DatasetSource,
    tmp_path: Path,
    archives: dict[str, bytes],
) -> Path:
    """The folder into which a source's archives are unpacked."""
    downloads, folder = tmp_path / "downloads", tmp_path / source.name
    for path in (downloads, folder):
        path.mkdir(parents=True)
    for name, content in archives.items():
        (downloads / name).write_bytes(content)
    arrange(source, downloads, folder)
    return folder
