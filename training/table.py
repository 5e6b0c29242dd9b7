"""Reads a table of rows and refuses what cannot be learnt from, with the reason."""

import csv
import math
import pathlib

from container import StepFailed
from schema import CLASSES, FEATURES, LABEL, LEAST_ROWS_OF_A_CLASS

# A table beyond this is not one for this program: it is read into memory.
MOST_BYTES = 256 * 1024 * 1024


def read_table(folder: pathlib.Path) -> list:
    """The rows of every `.csv` file of a folder, checked. Raises StepFailed."""
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not files:
        raise StepFailed("the input holds no .csv file")
    if sum(file.stat().st_size for file in files) > MOST_BYTES:
        raise StepFailed(f"the input is larger than {MOST_BYTES // 1024 // 1024} MB")
    rows = [row for file in files for row in _rows_of(file)]
    _check_classes(rows)
    return rows


def _rows_of(file: pathlib.Path) -> list:
    try:
        with file.open(newline="", encoding="utf-8") as opened:
            reader = csv.DictReader(opened, strict=True)
            _check_columns(file.name, reader.fieldnames or [])
            return [_row(file.name, number, row) for number, row in enumerate(reader, start=2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise StepFailed(f"{file.name} is not CSV in UTF-8") from error


def _check_columns(file: str, columns: list) -> None:
    if len(set(columns)) != len(columns):
        raise StepFailed(f"{file} names a column twice")
    missing = [name for name in (*FEATURES, LABEL) if name not in columns]
    if missing:
        raise StepFailed(f"{file} lacks the columns {', '.join(missing)}")
    unknown = len(set(columns) - {*FEATURES, LABEL})
    if unknown:
        raise StepFailed(f"{file} has {unknown} columns besides {', '.join((*FEATURES, LABEL))}")


def _row(file: str, line: int, row: dict) -> tuple:
    if None in row or None in row.values():
        raise StepFailed(f"{file}, line {line}: has more or fewer fields than columns")
    return tuple(_number(file, line, name, row[name]) for name in FEATURES), _class(file, line, row[LABEL])


def _number(file: str, line: int, column: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise StepFailed(f"{file}, line {line}: {column} is not a number") from error
    # NaN and infinities are floats too, and a model that learnt from them predicts nothing.
    if not math.isfinite(number):
        raise StepFailed(f"{file}, line {line}: {column} is not finite")
    return number


def _class(file: str, line: int, text: str) -> int:
    if text not in CLASSES:
        raise StepFailed(f"{file}, line {line}: {LABEL} is not one of {', '.join(CLASSES)}")
    return CLASSES.index(text)


def _check_classes(rows: list) -> None:
    if not rows:
        raise StepFailed("the input holds no row")
    counts = [sum(1 for _, label in rows if label == index) for index in range(len(CLASSES))]
    present = sum(1 for count in counts if count > 0)
    if present == 1:
        raise StepFailed(f"all rows are of one class: {LABEL} must tell {len(CLASSES)} apart")
    few = [name for name, count in zip(CLASSES, counts) if count < LEAST_ROWS_OF_A_CLASS]
    if few:
        raise StepFailed(f"fewer than {LEAST_ROWS_OF_A_CLASS} rows are of the class {', '.join(few)}")


def write_table(folder: pathlib.Path, name: str, rows: list) -> None:
    """Writes rows as they were read: the shortest text that gives each number back."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow((*FEATURES, LABEL))
        writer.writerows((*(repr(number) for number in numbers), CLASSES[label]) for numbers, label in rows)
