"""Takes the needed files out of a wheel: extract_wheel.py WHEEL TARGET [PREFIX REPLACEMENT]...

Prints `total N` and `done N` (bytes) as it goes. Exits with 3 where the disk is full, 4 where the wheel is damaged.
"""

import errno
import os
import sys
import zipfile
import zlib

CHUNK = 8 << 20


def destination(name, rules):
    for prefix, folder in rules:
        if name.startswith(prefix):
            path = os.path.normpath(folder + name[len(prefix) :])
            if os.path.isabs(path) or path.split(os.sep)[0] == "..":
                raise zipfile.BadZipFile("a path leads outside: " + name)
            return path
    return None


def extract(wheel, target, rules):
    with zipfile.ZipFile(wheel) as archive:
        wanted = [(info, destination(info.filename, rules)) for info in archive.infolist() if info.filename[-1] != "/"]
        wanted = [(info, path) for info, path in wanted if path is not None]
        print("total", sum(info.file_size for info, _ in wanted), flush=True)
        done = 0
        for info, path in wanted:
            absolute = os.path.join(target, path)
            os.makedirs(os.path.dirname(absolute), exist_ok=True)
            with archive.open(info) as source, open(absolute, "wb") as sink:
                while True:
                    chunk = source.read(CHUNK)
                    if not chunk:
                        break
                    sink.write(chunk)
                    done += len(chunk)
                    if len(chunk) == CHUNK:
                        print("done", done, flush=True)
            if (info.external_attr >> 16) & 0o100:
                os.chmod(absolute, 0o755)
        print("done", done, flush=True)


arguments = sys.argv[3:]
try:
    extract(sys.argv[1], sys.argv[2], list(zip(arguments[::2], arguments[1::2])))
except OSError as error:
    print(error)
    sys.exit(3 if error.errno in (errno.ENOSPC, errno.EDQUOT) else 1)
except (zipfile.BadZipFile, zlib.error, EOFError) as error:
    print(error)
    sys.exit(4)
