"""A bot that writes to contacts, each through the number that zapfleet returns.

    export FLEET_URL=http://127.0.0.1:3333 FLEET_KEY=...              # a bot's key
    export EVOLUTION_URL=http://127.0.0.1:8080 EVOLUTION_KEY=...
    python3 bot.py "Olá!" 5511987654321 5511912345678
    python3 bot.py "Olá!" --list contacts.txt                         # one contact a line

Further Evolution servers, by their names in the fleet: EVOLUTION_SERVERS='{"evolution-2": {"url": "https://…", "apiKey": "…"}}'

A line begins with a phone number, such as `(31) 98765-4321` or `5531987654321;Maria`; contact_list.py has the rules. A line without
one is reported with its number and skipped. Prints one line for each contact: sent, not sent (with the reason), or in doubt. Each
phone gets the message once in a run, also if it is in the list several times or in several forms: a message that may have been sent
stays counted and is not tried again. Exit codes: 0 if every line was served, 1 if one was not, 2 if the bot could not start.
"""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime

from contact_list import read_contact_file, read_contacts
from fleet import Fleet, FleetError, read_json, segment

# Evolution may take long for a send; after a timeout the message may have been sent.
SEND_TIMEOUT_S = 60
# The number of numbers that are tried for one message.
ATTEMPTS = 3
# How long a message waits for its turn where the numbers have a gap between messages (`minGapMs`).
MAX_WAIT_MS = 60_000
# Address and key of each further Evolution server, by its name.
SERVERS = json.loads(os.environ.get("EVOLUTION_SERVERS") or "{}")


# The errors of Evolution 2.3.6 (400 or 500) for a number without a connection: lost, never opened, opening.
NOT_CONNECTED = re.compile(
    r"^(Error: )?Connection Closed$|^(TypeError: )?Cannot read properties of undefined \(reading '(onWhatsApp|id|sendMessage|find|textMessage)'\)$|^10(0\d|1[0-5])$"
)
# The error while Evolution starts and has not loaded the instance yet, for some 20 seconds.
STARTING = re.compile(r"\(reading 'textMessage'\)$")
STARTING_S = 30
# Evolution returns any exception, also one after the send, as a 400 that begins like this.
THROWN = re.compile(r"^(\w*(Error|Exception)\b|\[object )")


class NotSent(Exception):
    """The message was surely not sent. `elsewhere`: another number may succeed. `cause`: what the release tells zapfleet."""

    def __init__(self, words, elsewhere, cause="refused"):
        super().__init__(words)
        self.elsewhere = elsewhere
        self.cause = cause


def texts_of(value):
    """Yields the texts in Evolution's answer, which may be nested lists; `{"exists": False}` if the number has no WhatsApp."""
    if isinstance(value, dict):
        yield from texts_of(value["message"]) if "message" in value else [{"exists": value.get("exists")}]
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
    else:
        yield value


def send_text(reservation, number, text):
    """Like send_once; waits up to 30 s while Evolution starts. Connections open after the instances are loaded."""
    give_up_at = time.monotonic() + STARTING_S
    starting = False
    while True:
        try:
            return send_once(reservation, number, text)
        except NotSent as error:
            starting = starting or bool(STARTING.search(str(error)))
            if not (starting and error.elsewhere) or time.monotonic() > give_up_at:
                raise
            time.sleep(1)


def server_of(reservation):
    """(address, key) of the Evolution server of the instance. Raises NotSent for a server that the bot lacks."""
    name = reservation["server"]
    if name == "default":
        return os.environ["EVOLUTION_URL"], os.environ["EVOLUTION_KEY"]
    if name not in SERVERS:
        raise NotSent(f'EVOLUTION_SERVERS has no server "{name}"', elsewhere=True, cause="not_tried")
    return SERVERS[name]["url"], SERVERS[name]["apiKey"]


def send_once(reservation, number, text):
    """Sends through the instance of a reservation. Raises NotSent, or another exception if the message may have been sent."""
    instance = reservation["instanceName"]
    url, key = server_of(reservation)
    request = urllib.request.Request(
        f"{url.rstrip('/')}/message/sendText/{segment(instance)}",
        data=json.dumps({"number": number, "text": text}).encode(),
        headers={"apikey": key, "content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SEND_TIMEOUT_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            envelope = read_json(error)
            texts = list(texts_of(envelope.get("response")))
        if {"exists": False} in texts:
            raise NotSent("this number has no WhatsApp", elsewhere=False, cause="not_on_whatsapp") from None
        words = "; ".join(one for one in texts if isinstance(one, str))
        if NOT_CONNECTED.search(words):
            cause = "refused" if STARTING.search(words) else "line_down"
            raise NotSent(f"{instance} is not connected now: {words}", elsewhere=True, cause=cause) from None
        if error.code == 404 and "does not exist" in words:
            raise NotSent(f"Evolution does not have {instance}: {words}", elsewhere=True) from None
        if error.code == 500 and envelope.get("status") == 500:
            # A 500 in Evolution's own format is from before the send; a 5xx of a proxy may be from after it.
            raise NotSent(f"Evolution failed before the send: {words}", elsewhere="database" not in words) from None
        if error.code in (401, 404) or (error.code == 400 and words and not THROWN.search(words)):
            raise NotSent(f"Evolution answered {error.code}: {words}", elsewhere=False) from None
        raise
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            raise NotSent("Evolution cannot be reached", elsewhere=bool(SERVERS), cause="not_tried") from None
        raise


def turn_s(reservation):
    """The seconds until the message may be sent. Both instants are of zapfleet's clock, so the clock of this machine does not matter."""
    if reservation["notBefore"] is None:
        return 0
    reserved_at, not_before = (
        datetime.fromisoformat(reservation[one].replace("Z", "+00:00")) for one in ("reservedAt", "notBefore")
    )
    return max(0, (not_before - reserved_at).total_seconds())


def write_to(fleet, contact, text):
    """Sends one message to one contact. Returns the instance that sent it."""
    failed = []
    while True:
        reservation = fleet.post(
            "/v1/reservations",
            # With the key this call may be repeated, and counts once.
            {"contactId": contact, "exclude": failed, "idempotencyKey": str(uuid.uuid4()), "maxWaitMs": MAX_WAIT_MS},
            repeatable=True,
        )
        if reservation["state"] != "reserved":
            # The answer to a key of an earlier message: confirmed, it was sent before; released, it is not counted.
            raise NotSent(f"its reservation is {reservation['state']} already", elsewhere=False)
        time.sleep(turn_s(reservation))
        instance, seat = reservation["instanceName"], f"/v1/reservations/{reservation['id']}"
        try:
            answer = send_text(reservation, contact, text)
        except NotSent as error:
            fleet.post(f"{seat}/release", {"cause": error.cause}, repeatable=True)
            failed.append(instance)
            if not error.elsewhere or len(failed) == ATTEMPTS:
                raise
            continue
        try:
            # By the id of the message zapfleet finds what became of it.
            message_id = answer["key"]["id"] if answer.get("key", {}).get("id") else None
            fleet.post(f"{seat}/confirm", {"messageId": message_id} if message_id else None, repeatable=True)
        except FleetError:
            pass  # The message was sent, and without a confirmation the reservation stays counted.
        return instance


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    text, *rest = sys.argv[1:]
    try:
        if rest[0] == "--list" and len(rest) == 2:
            contacts, problems = read_contact_file(rest[1])
        else:
            contacts, problems = read_contacts((f"contact {place}", one) for place, one in enumerate(rest, 1))
    except OSError as error:
        print(f"The list {rest[1]} could not be read: {error}", file=sys.stderr)
        sys.exit(2)
    for problem in problems:
        print(problem, file=sys.stderr)
    fleet = Fleet(os.environ.get("FLEET_URL", "http://127.0.0.1:3333"), os.environ.get("FLEET_KEY", ""))
    unsent = len(problems)
    for contact in contacts:
        try:
            print(f"{contact}  sent by {write_to(fleet, contact, text)}")
        except NotSent as error:
            unsent += 1
            print(f"{contact}  not sent: {error}")
        except FleetError as error:
            unsent += 1
            when = f", try again at {error.available_at}" if error.available_at else ""
            print(f"{contact}  not sent: {error}{when}")
        except OSError as error:
            unsent += 1
            print(f"{contact}  in doubt, not tried again: {error}")
    sys.exit(1 if unsent else 0)


if __name__ == "__main__":
    main()
