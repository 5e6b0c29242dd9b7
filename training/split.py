"""Step: checks the data, and splits it into rows to learn from and rows to judge by. Arguments: --test-percent, --seed."""

import random

from container import PROCESSING, StepFailed, whole_number
from schema import CLASSES
from table import read_table, write_table


def split(rows: list, test_percent: int, seed: int) -> tuple:
    """Two lists, with each class's share in both. Deterministic: the order of the rows and the seed decide."""
    shuffled = random.Random(seed)
    train, test = [], []
    for label in range(len(CLASSES)):
        own = [row for row in rows if row[1] == label]
        shuffled.shuffle(own)
        held_out = max(1, round(len(own) * test_percent / 100))
        test += own[:held_out]
        train += own[held_out:]
    return train, test


def main(arguments: dict) -> None:
    rows = read_table(PROCESSING / "input" / "data")
    percent = whole_number(arguments, "test-percent", 1, 90)
    train, test = split(rows, percent, whole_number(arguments, "seed", 0, 2**31 - 1))
    if not train:
        raise StepFailed(f"test-percent {percent} leaves no row to learn from")
    write_table(PROCESSING / "output" / "train", "train.csv", train)
    write_table(PROCESSING / "output" / "test", "test.csv", test)
    print(f"{len(rows)} rows: {len(train)} to learn from, {len(test)} to judge by")
