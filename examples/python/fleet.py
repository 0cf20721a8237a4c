"""Calls zapfleet over HTTP, with Python's standard library alone.

    fleet = Fleet("http://127.0.0.1:3333", key)
    reservation = fleet.post("/v1/reservations", {"contactId": "5511987654321"})

/openapi.json describes every path and answer; /docs is a page to try them.
"""

import json
import time
import urllib.error
import urllib.request
from urllib.parse import quote

# Pairing is the slowest call: zapfleet waits up to 15 s for a QR code.
TIMEOUT_S = 40
# Temporary refusals that changed nothing: the call may be repeated.
PASSING = ("OVERLOADED", "DATABASE_UNAVAILABLE", "RATE_LIMITED")
# The total time for repeated calls; after it the error is raised.
PATIENCE_S = 15


class FleetError(Exception):
    """An error answer of zapfleet, or no answer (`UNREACHABLE`). `code` is its kind; `available_at` is an ISO 8601 instant or None."""

    def __init__(self, status, answer, retry_after_s):
        error = answer.get("error") or {}
        # The Portuguese routes answer {"detail": "..."}.
        super().__init__(error.get("message") or answer.get("detail") or f"HTTP {status}")
        self.status = status
        self.code = error.get("code") or f"HTTP_{status}"
        self.available_at = error.get("availableAt")
        self.reasons = error.get("reasons") or {}
        self.retry_after_s = retry_after_s


class Fleet:
    def __init__(self, url, key):
        self.url = url.rstrip("/")
        self.key = key

    def get(self, path):
        return self._call("GET", path, None, True)

    def post(self, path, body=None, repeatable=False):
        """`repeatable`: a second call has no further effect, so it is repeated if no answer arrives."""
        return self._call("POST", path, body or {}, repeatable)

    def _call(self, method, path, body, repeatable):
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self._call_once(method, path, body)
            except FleetError as error:
                wait_s = error.retry_after_s or 1
                passing = error.code in PASSING or (repeatable and error.code == "UNREACHABLE")
                if not passing or time.monotonic() + wait_s > give_up_at:
                    raise
                time.sleep(wait_s)

    def _call_once(self, method, path, body):
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            # The key is sent in a header, never in a URL.
            headers={"x-api-key": self.key, "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                retry_after = error.headers.get("retry-after")
                raise FleetError(error.code, read_json(error), int(retry_after) if retry_after else None) from None
        except OSError as error:
            words = f"zapfleet at {self.url} does not answer: {error}"
            raise FleetError(0, {"error": {"code": "UNREACHABLE", "message": words}}, None) from None


def read_json(answer):
    """Returns the answer as a dictionary; {} if it is not one, such as a proxy's page."""
    try:
        value = json.load(answer)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def segment(name):
    """Encodes a name or an id as one segment of a path, such as `Loja São Paulo/1`."""
    return quote(name, safe="")
