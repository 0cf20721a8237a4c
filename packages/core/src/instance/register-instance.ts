import { onDatabase } from '../db/on-database.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { FleetError } from '../fleet/fleet-error.ts'

export type NewInstance = {
  name: string
  phoneNumber?: string | undefined
  hourlyCapacity?: number | undefined
  dailyCapacity?: number | undefined
  priority?: number | undefined
}

/**
 * Writes the row of a new instance: disconnected, until Evolution says otherwise. A removed one of the same name comes
 * back with the counters of today.
 *
 * @returns `created` when there was no such instance before, `returned` when a removed one came back, `existed` otherwise
 * @throws FleetError INVALID_STATE when the adopted table wants a value that only its owner knows
 */
export async function registerInstance(
  fleet: Fleet,
  input: NewInstance,
): Promise<'created' | 'returned' | 'existed'> {
  const foreign = await foreignValues(fleet)
  const settings: [column: string, value: unknown][] = [
    ['nome', input.name],
    ['numero_telefone', input.phoneNumber],
    ['status', 'disconnected'],
    ['status_motivo', 'NEVER_CONNECTED'],
    ['capacidade_hora', input.hourlyCapacity],
    ['capacidade_dia', input.dailyCapacity],
    ['prioridade', input.priority],
  ]
  const given = settings.filter(([, value]) => value !== undefined)
  const columns = [
    ...given.map(([column]) => column),
    'status_desde',
    ...foreign.map(({ column }) => `"${column.replaceAll('"', '""')}"`),
  ]
  const values = [...given.map((_, index) => `$${index + 1}`), 'now()', ...foreign.map(({ value }) => value)]
  return onDatabase(async () => {
    const text = `insert into public.whatsapp_instances (${columns.join(', ')}) values (${values.join(', ')}) on conflict (nome) do nothing`
    const parameters = given.map(([, value]) => value)
    if ((await fleet.sql.prisma.$executeRawUnsafe(text, ...parameters)) > 0) return 'created'
    const data = Object.fromEntries(
      Object.entries({
        ...input,
        name: undefined,
        removedAt: null,
        status: 'disconnected',
        statusReason: 'NEVER_CONNECTED',
        paused: false,
      }).filter(([, value]) => value !== undefined),
    )
    const { count } = await fleet.sql.prisma.instance.updateMany({
      where: { name: input.name, removedAt: { not: null } },
      data,
    })
    return count > 0 ? 'returned' : 'existed'
  })
}

/** Takes a registration back that Evolution refused. The row stays, marked: its counters are still true. */
export async function unregisterInstance(fleet: Fleet, name: string): Promise<void> {
  await onDatabase(() =>
    fleet.sql.prisma.instance.updateMany({
      where: { name, removedAt: null },
      data: { removedAt: new Date() },
    }),
  )
}

const OURS = [
  'nome',
  'numero_telefone',
  'status',
  'capacidade_hora',
  'capacidade_dia',
  'msgs_enviadas_hora',
  'msgs_enviadas_dia',
  'prioridade',
  'janela_hora',
  'janela_dia',
  'pausada',
  'status_motivo',
  'status_desde',
  'silencios',
]

/** What an adopted table wants in columns of its own that have no default: ids and times can be made up, no more. */
async function foreignValues(fleet: Fleet): Promise<{ column: string; value: string }[]> {
  const rows = await onDatabase(
    () =>
      fleet.sql.prisma.$queryRaw<{ column: string; type: string }[]>`
      select a.attname::text as column, format_type(a.atttypid, null) as type from pg_attribute a
      where a.attrelid = 'public.whatsapp_instances'::regclass and a.attnum > 0 and not a.attisdropped
        and a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = ''`,
  )
  return rows
    .filter(({ column }) => !OURS.includes(column))
    .map(({ column, type }) => {
      if (type === 'uuid') return { column, value: 'gen_random_uuid()' }
      if (/^timestamp|^date$/.test(type)) return { column, value: 'now()' }
      if (column === 'id' && ['text', 'character varying'].includes(type))
        return { column, value: 'gen_random_uuid()::text' }
      throw new FleetError(
        'INVALID_STATE',
        `whatsapp_instances.${column} is NOT NULL without a default, and zapfleet does not know what belongs there. Give the column a default, then call again.`,
      )
    })
}
