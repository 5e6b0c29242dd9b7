"""Writes signed-by-botocore.json: requests signed by botocore, with invented credentials and one fixed time.

Run once, with `pip install botocore`; the tests read the JSON only.
"""

import datetime
import json
import pathlib
import sys
from unittest import mock

import botocore
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

WHEN = datetime.datetime(2026, 11, 21, 8, 0, 0, tzinfo=datetime.timezone.utc)
HOST = "https://abcde12345.execute-api.eu-central-1.amazonaws.com"
KEY, SECRET, TOKEN = "AKIAEXAMPLEEXAMPLE00", "ExampleSecretExampleSecretExampleSecret0", "Example/Session+Token=="

CASES = [
    ("a GET", "GET", "/dev/v2", b"", {}, None, None),
    ("a POST with a JSON body", "POST", "/dev/mymodel", b'{"instances":[[1,2]]}', {"Content-Type": "application/json"}, None, None),
    ("a binary body", "POST", "/dev/mymodel", bytes(range(256)), {"Content-Type": "application/octet-stream"}, None, None),
    ("a session token", "POST", "/dev/mymodel", b"{}", {}, TOKEN, None),
    ("an encoded path", "GET", "/dev/v2/models/a%20b%2Fc%40d", b"", {}, None, None),
    ("a trailing slash", "GET", "/dev/v2/", b"", {}, None, None),
    ("a query", "GET", "/dev/v2?b=2&a=1&a=0&empty=&sp=%20%2B%C3%A9", b"", {}, None, None),
    ("blanks in a header", "GET", "/dev/v2", b"", {"x-note": "  a   b  "}, None, None),
    ("a presigned URL", "GET", "/dev/v2?q=1", b"", {}, None, 900),
    ("a presigned URL with a session token", "GET", "/dev/v2", b"", {}, TOKEN, 900),
]

vectors = []
for name, method, path, body, headers, token, expires in CASES:
    request = AWSRequest(method=method, url=HOST + path, data=body, headers=headers)
    credentials = Credentials(KEY, SECRET, token)
    args = (credentials, "execute-api", "eu-central-1")
    signer = SigV4Auth(*args) if expires is None else SigV4QueryAuth(*args, expires=expires)
    with mock.patch("botocore.auth.get_current_datetime", return_value=WHEN.replace(tzinfo=None), create=True):
        signer.add_auth(request)
    sent = request.prepare()
    url = sent.url[len(HOST):]
    vectors.append(
        {
            "name": name,
            "method": method,
            "url": url,
            "headers": [["host", HOST[len("https://"):]]]
            + [[key, value.decode() if isinstance(value, bytes) else value] for key, value in sent.headers.items()],
            "body": body.hex(),
            "sessionToken": token,
        }
    )
    assert "20261121T080000Z" in json.dumps(vectors[-1]), "the time was not fixed"

document = {
    "signer": f"botocore {botocore.__version__}",
    "time": WHEN.isoformat(),
    "accessKeyId": KEY,
    "secretAccessKey": SECRET,
    "vectors": vectors,
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document, indent=2) + "\n")
sys.stdout.write(f"{len(vectors)} vectors\n")
