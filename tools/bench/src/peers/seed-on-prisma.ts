import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import { closeFleet, type Fleet, openFleet, silentLog } from '@zapfleet/core'
import { type Arena, onConnection, TIME_ZONE } from '../arena.ts'
import { CALLERS, type Contestant } from '../contestants/contestant.ts'
import { noEvolution } from '../contestants/reserve.ts'
import type { ContestantName } from '../goals.ts'
import { drive } from '../load/drive.ts'
import { anyContact } from '../population.ts'

type Prisma = Fleet['sql']['prisma']
type SeedStrategy = 'sticky' | 'round_robin'
type Row = {
  name: string
  sentThisHour: number | null
  hourlyCapacity: number | null
  sentToday: number | null
  dailyCapacity: number | null
}

/** The best of 4, 8, 16 and 32 connections on two cores. */
const CONNECTIONS = 16
/** From this size on a call takes seconds among many, and a warm-up by a few callers is enough. */
const LARGE_FLEET = 5_000

/** The nine columns of the seed's own model, which it reads whole; zapfleet's columns are not read. */
const columns = {
  name: true,
  phoneNumber: true,
  status: true,
  hourlyCapacity: true,
  dailyCapacity: true,
  sentThisHour: true,
  sentToday: true,
  priority: true,
  lastSentAt: true,
} as const

/** The seed's own function, without windows and without zapfleet's clock. */
const SEED_FUNCTION = `create or replace function incrementar_contador_instancia(p_nome varchar) returns void as $$
begin
  update whatsapp_instances set
    msgs_enviadas_hora = msgs_enviadas_hora + 1,
    msgs_enviadas_dia = msgs_enviadas_dia + 1,
    ultima_msg_at = now()
  where nome = p_nome;
end;
$$ language plpgsql`

/**
 * The algorithm of the seed project, written for Prisma in the usual way: read the contact's number and that instance; without
 * one list the connected, take the least loaded, save the preference; then count by its SQL function. It has no rotation: calls
 * that are not sticky use the least loaded. It is not exact; only its speed matters here.
 */
export async function openSeedOnPrisma(
  arena: Arena,
  name: ContestantName,
  { numbers, strategy }: { numbers: number; strategy: SeedStrategy },
): Promise<Contestant> {
  const url = await arena.fleetDatabase({ numbers, pools: 0 })
  await onConnection(url, (client) => client.query(SEED_FUNCTION))
  const prisma = await openPrisma(arena, url)
  const warmUp = numbers >= LARGE_FLEET ? { warmUpCallers: CONNECTIONS / 2 } : {}
  return {
    name,
    driven: `the seed's algorithm on Prisma with adapter-pg, ${CONNECTIONS} connections, named statements, the nine columns of its own model, its own counting function; ${strategy}, ${numbers} numbers`,
    run: (times, signal) =>
      drive(
        () => send(prisma, anyContact(), strategy),
        { ...times, callers: CALLERS, ...warmUp, readUsage: arena.readUsage },
        signal,
      ),
  }
}

async function send(prisma: Prisma, contactId: string, strategy: SeedStrategy): Promise<void> {
  const chosen = await choose(prisma, contactId, strategy)
  if (chosen === null) throw new Error('the seed found no instance')
  await prisma.$executeRaw`select incrementar_contador_instancia(${chosen})`
}

async function choose(prisma: Prisma, contactId: string, strategy: SeedStrategy): Promise<string | null> {
  if (strategy === 'sticky') {
    const contact = await prisma.client.findUnique({
      where: { id: contactId },
      select: { preferredInstance: true },
    })
    const preferred = contact?.preferredInstance
    if (preferred) {
      const instance = await prisma.instance.findUnique({
        where: { name: preferred },
        select: columns,
      })
      if (instance?.status === 'connected' && hasRoom(instance)) return preferred
    }
  }
  const connected = await prisma.instance.findMany({ where: { status: 'connected' }, select: columns })
  const [first, ...others] = connected.filter(hasRoom)
  if (!first) return null
  const least = others.reduce((best, row) => (load(row) < load(best) ? row : best), first)
  await prisma.client.updateMany({ where: { id: contactId }, data: { preferredInstance: least.name } })
  return least.name
}

function hasRoom(row: Row): boolean {
  return (
    (row.sentThisHour ?? 0) < (row.hourlyCapacity ?? 0) && (row.sentToday ?? 0) < (row.dailyCapacity ?? 0)
  )
}

function load(row: Row): number {
  return (row.sentToday ?? 0) / (row.dailyCapacity ?? 1)
}

/** A client made by core, with the best pool size and statement names for the peer. */
async function openPrisma(arena: Arena, url: string): Promise<Prisma> {
  const fleet = await openFleet({
    databaseUrl: url,
    timeZone: TIME_ZONE,
    evolution: noEvolution,
    log: silentLog,
  })
  arena.onClose(() => closeFleet(fleet))
  const Client = fleet.sql.prisma.constructor as new (options: { adapter: PrismaPg }) => Prisma
  const names = new Map<string, string>()
  const nameOf = (sql: string): string => {
    const known = names.get(sql)
    if (known !== undefined) return known
    const name = `seed_${createHash('sha256').update(sql).digest('hex').slice(0, 12)}`
    names.set(sql, name)
    return name
  }
  const pool = { connectionString: url, max: CONNECTIONS, query_timeout: 60_000 }
  const prisma = new Client({
    adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) }),
  })
  arena.onClose(() => prisma.$disconnect())
  return prisma
}
