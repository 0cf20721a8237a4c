"""The calls of older programs: create a number, fetch its QR code, show the health of all.

    export FLEET_URL=http://127.0.0.1:3333 FLEET_KEY=...        # an admin's key
    python3 admin.py criar loja-01 +5511987654321               # writes loja-01.png: scan it
    python3 admin.py qrcode loja-01                             # a new code, valid for 45 seconds
    python3 admin.py saude
    python3 admin.py painel                                     # a viewer's key suffices
"""

import base64
import os
import sys

from fleet import Fleet, FleetError, segment


def criar(fleet, nome, numero_telefone=None):
    criada = fleet.post("/admin/instances", {"nome": nome, "numero_telefone": numero_telefone})
    if "numero_telefone" in criada:
        print(f"Telefone: {criada['numero_telefone']}")
    print(criada["message"])
    salvar(nome, criada["qrcode"])


def qrcode(fleet, nome):
    salvar(nome, fleet.get(f"/admin/instances/{segment(nome)}/qrcode"))


def salvar(nome, codigo):
    arquivo = f"{segment(nome)}.png"
    with open(arquivo, "wb") as png:
        png.write(base64.b64decode(codigo["base64"].partition(",")[2]))
    print(f"QR Code em {arquivo}")
    if codigo["pairingCode"]:
        print(f"ou, no telefone, o código {codigo['pairingCode']}")


def saude(fleet):
    health = fleet.get("/health/instances")
    print(f"{health['status']}: {health['online']} de {health['total']} online")
    for instance in health["instances"]:
        print(f"  {'✓' if instance['online'] else '✗'} {instance['nome']}  {instance['status']}")


def painel(fleet):
    painel = fleet.get("/dashboard/instances")
    resumo = painel["resumo"]
    print(
        f"{painel['status']}: {resumo['online']} de {resumo['total_instancias']} online,"
        f" {resumo['capacidade_usada_pct']} da capacidade do dia"
    )
    for instance in painel["instancias"]:
        print(f"  {instance['status_emoji']} {instance['nome']}  {instance['msgs_dia']} hoje")


COMMANDS = {"criar": criar, "qrcode": qrcode, "saude": saude, "painel": painel}


def main():
    command, *args = sys.argv[1:] or ["-h"]
    if command not in COMMANDS:
        sys.exit(__doc__)
    fleet = Fleet(os.environ.get("FLEET_URL", "http://127.0.0.1:3333"), os.environ.get("FLEET_KEY", ""))
    try:
        COMMANDS[command](fleet, *args)
    except FleetError as error:
        sys.exit(f"{error} (HTTP {error.status})" if error.status else str(error))
    except TypeError:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
