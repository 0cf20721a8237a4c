"""A bot's own instance manager, as many have one: over supabase-py, called from the command line.

    python3 instance_manager.py FUNCTION [ARGUMENT ...]

prints what the function returns, as JSON. Not a model: what is wrong with it is what docs/adopting.md tells of. The two
classes at the end stand in for supabase-py and pydantic, so that nothing but Python is needed.
"""
import asyncio
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, fields
from typing import Optional


@dataclass
class InstanciaWhatsApp:
    nome: str
    numero_telefone: Optional[str] = None
    status: str = "disconnected"
    capacidade_hora: int = 20
    capacidade_dia: int = 100
    msgs_enviadas_hora: int = 0
    msgs_enviadas_dia: int = 0
    prioridade: int = 1
    ultima_msg_at: Optional[str] = None

    @classmethod
    def de(cls, row: dict) -> "InstanciaWhatsApp":
        """Like a pydantic model: columns it does not know are ignored."""
        return cls(**{f.name: row[f.name] for f in fields(cls) if f.name in row})

    @property
    def disponivel(self) -> bool:
        return (
            self.status == "connected"
            and self.msgs_enviadas_hora < self.capacidade_hora
            and self.msgs_enviadas_dia < self.capacidade_dia
        )

    @property
    def carga_percentual(self) -> float:
        return (self.msgs_enviadas_dia / self.capacidade_dia) * 100


class InstanceManager:
    async def listar_instancias(self, apenas_ativas: bool = True):
        query = supabase.table("whatsapp_instances").select("*")
        if apenas_ativas:
            query = query.eq("status", "connected")
        return [InstanciaWhatsApp.de(row) for row in query.execute()]

    async def obter_instancia(self, nome: str):
        rows = supabase.table("whatsapp_instances").select("*").eq("nome", nome).execute()
        return InstanciaWhatsApp.de(rows[0]) if rows else None

    async def escolher_instancia(self, medico_id: Optional[str] = None, estrategia: str = "sticky"):
        if medico_id and estrategia == "sticky":
            preferida = await self._obter_preferencia(medico_id)
            if preferida:
                instancia = await self.obter_instancia(preferida)
                if instancia and instancia.disponivel:
                    return preferida
        disponiveis = [i for i in await self.listar_instancias() if i.disponivel]
        if not disponiveis:
            return None
        escolhida = min(disponiveis, key=lambda i: i.carga_percentual)
        if medico_id:
            await self._salvar_preferencia(medico_id, escolhida.nome)
        return escolhida.nome

    async def registrar_envio(self, nome: str) -> None:
        supabase.rpc("incrementar_contador_instancia", {"p_nome": nome})

    async def atualizar_status(self, nome: str, status: str) -> None:
        supabase.table("whatsapp_instances").update({"status": status}).eq("nome", nome).execute()

    async def _obter_preferencia(self, medico_id: str):
        rows = supabase.table("clientes").select("instancia_preferida").eq("id", medico_id).execute()
        return rows[0].get("instancia_preferida") if rows else None

    async def _salvar_preferencia(self, medico_id: str, nome: str) -> None:
        supabase.table("clientes").update({"instancia_preferida": nome}).eq("id", medico_id).execute()

    async def verificar_saude(self, nome: str) -> dict:
        try:
            data = call(
                "GET",
                f"{os.environ['EVOLUTION_API_URL']}/instance/connectionState/{nome}",
                {"apikey": os.environ["EVOLUTION_API_KEY"]},
            )
            status = data.get("state", "unknown")
            await self.atualizar_status(nome, status)
            return {"nome": nome, "status": status, "online": status == "open"}
        except Exception:
            return {"nome": nome, "status": "error", "online": False}

    async def verificar_todas(self):
        return [await self.verificar_saude(i.nome) for i in await self.listar_instancias(apenas_ativas=False)]

    # The routes of the application, moved: the same paths, at zapfleet.

    async def saude_da_frota(self) -> dict:
        return call("GET", f"{os.environ['ZAPFLEET_URL']}/health/instances", {})

    async def criar_instancia(self, nome: str) -> dict:
        return call(
            "POST",
            f"{os.environ['ZAPFLEET_URL']}/admin/instances",
            {"x-api-key": os.environ["ADMIN_API_KEY"]},
            {"nome": nome},
        )


def call(method: str, url: str, headers: dict, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {**headers, "content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read().decode()
        return json.loads(text) if text else None


class Query:
    """What supabase-py sends to Supabase's REST door."""

    def __init__(self, table: str):
        self.url, self.method, self.body, self.filters = f"{os.environ['SUPABASE_URL']}/rest/v1/{table}", "GET", None, {}

    def select(self, columns: str):
        self.filters["select"] = columns
        return self

    def update(self, values: dict):
        self.method, self.body = "PATCH", values
        return self

    def eq(self, column: str, value):
        self.filters[column] = f"eq.{value}"
        return self

    def execute(self):
        return call(self.method, f"{self.url}?{urllib.parse.urlencode(self.filters)}", {}, self.body)


class Supabase:
    def table(self, name: str) -> Query:
        return Query(name)

    def rpc(self, function: str, arguments: dict):
        return call("POST", f"{os.environ['SUPABASE_URL']}/rest/v1/rpc/{function}", {}, arguments)


supabase = Supabase()

if __name__ == "__main__":
    resultado = asyncio.run(getattr(InstanceManager(), sys.argv[1])(*sys.argv[2:]))
    print(json.dumps(resultado, default=lambda value: value.__dict__))
