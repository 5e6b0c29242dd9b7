"""What the clients call: the arguments that all of these scripts take, and the rows they send."""

import argparse
import sys
from urllib.parse import urlsplit

# Two flowers of the model that is shipped, and their species.
ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
LABELS = [0, 2]


class Target:
    """A service by its base URL (with the stage, if it has one), the CA to trust and the headers that let a caller in."""

    def __init__(self, url, ca, headers, model):
        self.url = url.rstrip("/")
        self.ca = ca
        self._headers = headers
        self.model = model
        parts = urlsplit(self.url)
        self.secure = parts.scheme == "https"
        self.without_scheme = parts.netloc + parts.path

    @property
    def headers(self):
        """A copy each time: tritonclient changes the ones that it is given."""
        return dict(self._headers)


def parse():
    parser = argparse.ArgumentParser(description="Calls the service with a client that people use.")
    parser.add_argument("--url", required=True, help="base URL, for example https://localhost:8443/dev")
    parser.add_argument("--ca", help="file with the certificate authority to trust (PEM)")
    parser.add_argument("--header", action="append", default=[], metavar="'Name: value'", help="extra header; repeatable")
    parser.add_argument("--model", default="mymodel")
    given = parser.parse_args()
    headers = dict(tuple(part.strip() for part in header.split(":", 1)) for header in given.header)
    return Target(given.url, given.ca, headers, given.model)


def run(checks):
    """Runs each check against the target, prints a line for each, and ends with how many failed as the exit status."""
    target = parse()
    failed = 0
    for check in checks:
        try:
            check(target)
            print(f"ok      {check.__doc__}")
        except Exception as error:  # Whatever a client raises is what its user would see.
            failed += 1
            print(f"FAILED  {check.__doc__}: {type(error).__name__}: {error}")
    sys.exit(min(failed, 100))
