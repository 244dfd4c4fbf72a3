"""Where data sets come from: their official archives, and what is known of them."""

from dataclasses import dataclass

from vision.datasets.archives import ArchiveLimits


@dataclass(frozen=True)
class ArchiveSpec:
    """One file to download.

    Attributes:
        file_name: its name below the source's address and in the folder of downloads.
        size_bytes: its exact size.
        checksum: the algorithm, a colon and the digest in hexadecimal: "sha256:...".
    """

    file_name: str
    size_bytes: int
    checksum: str


@dataclass(frozen=True)
class DatasetSource:
    """A data set that can be fetched.

    Attributes:
        name: its folder, and its word on the command line.
        base_url: address that the archives' names are appended to.
        archives: all that belongs to it.
        class_count: folders in each part.
        train_count: photos in the training part.
        test_count: photos in the test part.
        unpacked_bytes: about what the unpacked photos take.
        has_boxes: whether it comes with the boxes of the objects.
        terms: one line on who made it and what may be done with it.
    """

    name: str
    base_url: str
    archives: tuple[ArchiveSpec, ...]
    class_count: int
    train_count: int
    test_count: int
    unpacked_bytes: int
    has_boxes: bool
    terms: str

    @property
    def limits(self) -> ArchiveLimits:
        """More than any archive of the set holds: photos, folders and some notes."""
        return ArchiveLimits(self.train_count + self.test_count + 1000, 2 * self.unpacked_bytes)


# Sizes and SHA-256 as TensorFlow Datasets has recorded them.
STANFORD_DOGS = DatasetSource(
    name="stanford-dogs",
    base_url="http://vision.stanford.edu/aditya86/ImageNetDogs",
    archives=(
        ArchiveSpec("lists.tar", 481_280, "sha256:34b47cacd9a98b5d150e084f24d29391c084c55272295ec65c85651bc35f4d6c"),
        ArchiveSpec(
            "annotation.tar", 21_852_160, "sha256:662ed36f707be6b195c2fda392d8e153e83af28cedc8e2134a649f198def30fd"
        ),
        ArchiveSpec(
            "images.tar", 793_579_520, "sha256:a443fc2f9a851aa1a7b8e4fa4af94b8459fce2c9f5a2f4dd4669cf9673a4ec58"
        ),
    ),
    class_count=120,
    train_count=12_000,
    test_count=8_580,
    unpacked_bytes=800_000_000,
    has_boxes=True,
    terms="Stanford Dogs (Khosla et al., 2011): photos from ImageNet, for non-commercial research and education.",
)

# The test archives' SHA-256 as torchvision has recorded them. Of the training archive only its MD5 is public, the same
# in several projects. GTSRB-Training_fixed.zip, which torchvision takes, is another set: the 26,640 photos of the
# competition's first stage.
GTSRB = DatasetSource(
    name="gtsrb",
    base_url="https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370",
    archives=(
        ArchiveSpec(
            "GTSRB_Final_Test_GT.zip", 99_620, "sha256:f94e5a7614d75845c74c04ddb26b8796b9e483f43541dd95dd5b726504e16d6d"
        ),
        ArchiveSpec(
            "GTSRB_Final_Test_Images.zip",
            88_978_620,
            "sha256:48ba6fab7e877eb64eaf8de99035b0aaecfbc279bee23e35deca4ac1d0a837fa",
        ),
        ArchiveSpec("GTSRB_Final_Training_Images.zip", 276_294_756, "md5:f33fd80ac59bff73c82d25ab499e03a3"),
    ),
    class_count=43,
    train_count=39_209,
    test_count=12_630,
    unpacked_bytes=490_000_000,
    has_boxes=False,
    terms="GTSRB (Stallkamp et al., 2012): free to use; its makers ask you to cite their paper.",
)

SOURCES = {source.name: source for source in (STANFORD_DOGS, GTSRB)}
