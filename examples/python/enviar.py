"""The `enviar` of older programs (choose a number, send, count) as one call, with Python's standard library alone.

    export FLEET_URL=http://127.0.0.1:3333 FLEET_KEY=...              # a bot's key
    python3 enviar.py 5511987654321 "Olá!"

Exit codes: 0 if the message was sent or waits in the queue, 1 if it was not, or if that is not certain.
"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid

# zapfleet answers after 45 s at the latest.
TIMEOUT_S = 60


def enviar(numero, texto, **opcoes):
    """Sends a text, and returns what became of it: `state`, `instanceName`, `id` and more. With `idempotencyKey` the call may be repeated."""
    chamada = urllib.request.Request(
        os.environ["FLEET_URL"].rstrip("/") + "/v1/messages",
        data=json.dumps({"to": numero, "text": texto, **opcoes}).encode(),
        headers={"x-api-key": os.environ["FLEET_KEY"], "content-type": "application/json"},
    )
    with urllib.request.urlopen(chamada, timeout=TIMEOUT_S) as resposta:
        return json.load(resposta)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        mensagem = enviar(*sys.argv[1:], idempotencyKey=str(uuid.uuid4()), validForS=3600)
    except urllib.error.HTTPError as erro:
        with erro:
            recusa = json.load(erro)["error"]
        sys.exit(f"{recusa['code']}: {recusa['message']}")
    numero = mensagem["instanceName"] or "ainda sem número"
    print(f"{mensagem['to']}  {mensagem['state']}  {numero}  {mensagem['id']}")
    if mensagem["state"] not in ("queued", "sent", "delivered", "read"):
        sys.exit(mensagem["error"])


if __name__ == "__main__":
    main()
