"""The process that draws: specifications of charts come in as lines of JSON, pictures go out behind their length."""

import json
import struct
import sys
from typing import BinaryIO, Final

LENGTH: Final = struct.Struct(">I")
"""Before each picture; no bytes follow a zero: then it could not be drawn."""


def main(given: BinaryIO, drawn: BinaryIO) -> None:
    """Draw until the input ends."""
    import vl_convert  # noqa: PLC0415 - it brings a whole JavaScript engine

    for line in given:
        try:
            picture = vl_convert.vegalite_to_png(json.loads(line), scale=2, allowed_base_urls=[])
        except ValueError as error:
            sys.stderr.write(f"chart not drawn: {str(error)[:200]}\n")
            picture = b""
        drawn.write(LENGTH.pack(len(picture)) + picture)
        drawn.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
