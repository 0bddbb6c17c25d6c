"""A zip taken apart with bounds: parts that are packed in one of the two usual ways, and no more than is allowed."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

MOST_PARTS = 10_000


class DamagedZip(ValueError):  # noqa: N818 - it names what the data is
    """Bytes that are no zip, or one that is not read; `large` where it unpacks to too much."""

    def __init__(self, large: bool = False) -> None:
        super().__init__()
        self.large = large


def zip_parts(raw: bytes, most: int) -> dict[str, bytes]:
    """The parts by name, in their order; all of them have `most` bytes at most. Raises `DamagedZip`."""
    import zipfile  # it brings much along, and few requests name such a file

    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
                raise DamagedZip(large=True)
            usual = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            if not all(part.compress_type in usual and not part.flag_bits & 0x1 for part in parts):  # 0x1: a password
                raise DamagedZip
            found = {}
            for part in parts:
                with archive.open(part) as stream:  # says what is wrong with it before more than its size is unpacked
                    found[part.filename] = stream.read(part.file_size)
                    if len(found[part.filename]) != part.file_size or stream.read(1):
                        raise DamagedZip
            return found
    except (zipfile.BadZipFile, struct.error, zlib.error, NotImplementedError, EOFError, OSError, OverflowError):
        raise DamagedZip from None
    except ValueError as error:  # names that are no text, places before the beginning
        raise error if isinstance(error, DamagedZip) else DamagedZip() from None
