"""make_wheel.py WHEEL METADATA_LINES [NAME FILE]...: a wheel with the given files, small but valid."""

import os
import sys
import zipfile

wheel, metadata, entries = sys.argv[1], sys.argv[2], sys.argv[3:]
name, version, tag = os.path.basename(wheel)[: -len(".whl")].split("-", 2)
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(wheel, "w") as archive:
    archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}\n")
    archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
    archive.writestr(f"{info}/RECORD", "")
    for target, source in zip(entries[::2], entries[1::2]):
        if os.path.isdir(source):
            for folder, _, files in os.walk(source):
                for file in files:
                    path = os.path.join(folder, file)
                    archive.write(path, os.path.join(target, os.path.relpath(path, source)))
        else:
            archive.write(source, target)
