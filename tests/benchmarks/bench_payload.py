"""What opening each tab of a run sends, beside the shared scripts: for 1,000 rows, and for as many as there may be.

The large result is that of the same run with every curve as long as it may be and counts of eight digits, as 10,000,000 rows
and more give them. A page is opened as a browser opens it: the bytes of the answers of all callbacks that fill it are added.
Goal: at most 150 kB of each tab.
"""

import sys

from installation import installed, signed_in

from tests.dashapp.payload_pages import MOST_BYTES, OF_A_RUN, Reader, enlarge, opened, small_run


def sizes(reader: Reader, run: str) -> dict[str, int]:
    return {address: opened(reader, address.replace("<run_id>", run)) for address in OF_A_RUN}


def main() -> int:
    with installed() as (desk, folder):
        run, reader = small_run(desk, folder), Reader(signed_in(desk))
        small = sizes(reader, run)
        enlarge(desk, run)
        large = sizes(reader, run)
    print(f"{'kB that opening a tab sends':44} {'1,000 rows':>12} {'10,000,000 rows':>17}")
    for address in OF_A_RUN:
        print(f"{address:44} {small[address] / 1e3:12.1f} {large[address] / 1e3:17.1f}")
    most = max(*small.values(), *large.values())
    print(f"Most: {most / 1e3:.1f} kB; the goal is {MOST_BYTES / 1e3:.0f} kB: {'met' if most <= MOST_BYTES else 'MISSED'}.")
    return 0 if most <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
