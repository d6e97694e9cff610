"""size.py FOLDER [--crates PROGRAM]: the deployment packages of the functions against their budgets.

Strips each program in FOLDER that tests/size.tsv names, zips it as `bootstrap` the way it is deployed,
prints `size NAME BYTES BUDGET`, and fails where one is over its budget. With --crates, only that
program, and then where its bytes are: `bytes CRATE N`, of the code by the symbol table, largest first.
"""

import argparse
import csv
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter

BUDGETS = pathlib.Path(__file__).with_name("size.tsv")
CRATES_SHOWN = 20


def package_size(program: pathlib.Path) -> int:
    """Bytes of the zip that holds the program without its symbols."""
    with tempfile.TemporaryDirectory() as folder:
        bare = pathlib.Path(folder) / "bootstrap"
        subprocess.run(["strip", "-o", bare, program], check=True)
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(bare, "bootstrap")
        return len(package.getvalue())


def crate_of(symbol: str) -> str:
    """The crate of a demangled symbol: of `<T as Trait>::f`, that of T."""
    path = re.search(r"([a-z_][a-z0-9_]*)::", symbol)
    if path:
        return path[1]
    # C has no crates; aws-lc prefixes all it has.
    return "aws_lc" if symbol.startswith("aws_lc") else "(C and others)"


def by_crate(program: pathlib.Path) -> Counter:
    """Bytes of code by crate."""
    table = subprocess.run(
        ["nm", "--print-size", "--demangle", program], check=True, capture_output=True, text=True
    ).stdout
    bytes_of: Counter = Counter()
    for line in table.splitlines():
        fields = line.split(maxsplit=3)
        if len(fields) == 4 and fields[2] in "tTwW":
            bytes_of[crate_of(fields[3])] += int(fields[1], 16)
    return bytes_of


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--crates", metavar="PROGRAM")
    arguments = parser.parse_args()
    lines = [line for line in BUDGETS.read_text().splitlines() if not line.startswith("#")]
    over = []
    for row in csv.DictReader(lines, delimiter="\t"):
        name, budget = row["program"], int(row["budget"])
        if arguments.crates not in (None, name):
            continue
        size = package_size(arguments.folder / name)
        print(f"size {name} {size} {budget}")
        if size > budget:
            over.append(name)
    if arguments.crates:
        crates = by_crate(arguments.folder / arguments.crates)
        print(f"bytes (all code) {crates.total()}")
        for crate, count in crates.most_common(CRATES_SHOWN):
            print(f"bytes {crate} {count}")
    if over:
        print(
            f"over budget: {', '.join(over)}. Make it smaller, or raise the budget in tests/size.tsv "
            "and say there what grew and why.",
            file=sys.stderr,
        )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
