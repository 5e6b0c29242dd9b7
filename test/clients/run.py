"""Calls the service with the clients that people use, each in a process of its own: kserve and MLServer both register
the protocol's messages under the same names, and cannot be imported together.

    python3 -m venv .venv && .venv/bin/pip install -r test/clients/requirements.txt
    .venv/bin/python test/clients/run.py --url https://localhost:8443/dev --ca ca.pem --header 'x-api-key: …'

Ends with status 0 if every check passed.
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def main():
    statuses = [
        subprocess.run([sys.executable, str(HERE / script), *sys.argv[1:]], check=False).returncode
        for script in ("triton.py", "kserve_rest.py", "mlserver_codecs.py")
    ]
    sys.exit(1 if any(statuses) else 0)


if __name__ == "__main__":
    main()
