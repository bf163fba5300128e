"""Write the made-up intake register of Anlu: ``python examples/anlu/generate.py --cases 120 --seed 2026``."""

from __future__ import annotations

import argparse
from pathlib import Path

from casework.rescue.demo import generate, with_mistakes, write_lines, write_register

HERE = Path(__file__).parent


def main() -> None:
    """Write a register, and with --errors one of thirty lines with mistakes in it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, default=120)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--out", type=Path, default=HERE / "register.csv")
    parser.add_argument("--errors", type=Path, nargs="?", const=HERE / "register-with-errors.csv")
    asked = parser.parse_args()
    print(f"{write_register(generate(asked.cases, asked.seed), asked.out)} lines: {asked.out}")
    if asked.errors:
        print(f"{write_lines(with_mistakes(30, asked.seed), asked.errors)} lines: {asked.errors}")


if __name__ == "__main__":
    main()
