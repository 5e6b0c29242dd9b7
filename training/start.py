"""Entry of every container: makes the packages importable, runs one step, and leaves the reason where it fails.

    python3 start.py <step> [--name value …]
"""

import importlib
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

STEPS = ("split", "train", "evaluate")
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from container import ROOT, StepFailed, write_failure  # noqa: E402


def install_packages() -> None:
    """From the wheels among the inputs, since the step has no network; each must have a digest that the lock names.

    The lock is part of the code, which the deployment owns: who can only write wheels cannot make a step run them.
    """
    if os.environ.get("ML_PACKAGES") == "installed":
        return
    folders = [ROOT / "processing" / "input" / "wheels", ROOT / "input" / "data" / "wheels"]
    wheels = next((folder for folder in folders if folder.is_dir()), None)
    if wheels is None or not any(wheels.glob("*.whl")):
        raise StepFailed("the wheels of the packages are not in the bucket: npm run wheels uploads them")
    target = tempfile.mkdtemp(prefix="packages-")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
    command += ["--only-binary=:all:", "--require-hashes", "--find-links", str(wheels), "--target", target]
    done = subprocess.run([*command, "-r", str(HERE / "requirements.txt")], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
        raise StepFailed("the wheels in the bucket are not those of the lock (training/requirements.txt)")
    sys.path.insert(0, target)


def arguments_of(words: list) -> dict:
    """`--name value` pairs. Raises StepFailed for anything else."""
    names, values = words[::2], words[1::2]
    if len(names) != len(values) or not all(name.startswith("--") for name in names):
        raise StepFailed("the step's arguments are not pairs of --name and value")
    return {name[2:]: value for name, value in zip(names, values)}


def main(words: list) -> int:
    try:
        if not words or words[0] not in STEPS:
            raise StepFailed(f"the step is not one of {', '.join(STEPS)}")
        arguments = arguments_of(words[1:])
        install_packages()
        importlib.import_module(words[0]).main(arguments)
        return 0
    except StepFailed as failed:
        reason = str(failed)
        if failed.__cause__ is not None:
            traceback.print_exception(failed.__cause__)
    except Exception as error:  # A fault of the script: its class for the operator, the whole of it in the log.
        traceback.print_exc()
        reason = f"{type(error).__name__} in the step {words[0]}: the log of the job has the rest"
    write_failure(reason)
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
