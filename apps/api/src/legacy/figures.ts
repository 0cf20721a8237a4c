import { dailyLimit, type FleetStats, type Instance, type Status } from '@zapfleet/core'
import type { z } from 'zod'
import type { activity } from '../procedures/instance-schemas.ts'
import type { fleetHealth, instanceDetail, instanceStats, instancesDashboard } from './schemas.ts'
import { checksOf, verdictOf } from './verdict.ts'

const EMOJIS: Record<Status, string> = {
  connected: '🟢',
  disconnected: '🔴',
  banned: '⛔',
  connecting: '🟡',
  unknown: '❓',
}

/** What `GET /stats/instances` answers. The sums are those of the listed numbers. */
export function statsOf(instances: readonly Instance[], stats: FleetStats): z.infer<typeof instanceStats> {
  return {
    total_instancias: stats.total,
    online: stats.byStatus.connected,
    capacidade_total_dia: sumOf(instances, dailyLimit),
    enviadas_hoje: sumOf(instances, sentToday),
    instancias: instances.map((one) => ({
      nome: one.name,
      status: one.status,
      msgs_hora: one.sentThisHour,
      capacidade_hora: one.hourlyCapacity,
      msgs_dia: one.sentToday,
      capacidade_dia: dailyLimit(one),
      carga: percent(one.loadPercent),
      disponivel: one.available,
    })),
  }
}

/** What `GET /dashboard/instances` answers. */
export function dashboardOf(
  instances: readonly Instance[],
  stats: FleetStats,
  at: Date,
): z.infer<typeof instancesDashboard> {
  const { connected, banned } = stats.byStatus
  return {
    status: verdictOf(stats),
    timestamp: pythonInstant(at),
    resumo: {
      total_instancias: stats.total,
      online: connected,
      offline: stats.total - connected - banned,
      banidas: banned,
      capacidade_dia: stats.day.capacity,
      enviadas_hoje: sumOf(instances, sentToday),
      capacidade_usada_pct: percent(stats.day.usedPercent),
    },
    instancias: instances.map((one) => ({
      nome: one.name,
      numero: one.phoneNumber,
      status: one.status,
      status_emoji: EMOJIS[one.status],
      msgs_hora: `${one.sentThisHour}/${one.hourlyCapacity}`,
      msgs_dia: `${one.sentToday}/${dailyLimit(one)}`,
      carga: percent(one.loadPercent),
      ultima_msg: pythonInstant(one.lastSentAt),
    })),
  }
}

/** What `GET /dashboard/instances/{nome}` answers. */
export function detailOf(
  one: Instance,
  { contacts, hours }: z.output<typeof activity>,
): z.infer<typeof instanceDetail> {
  return {
    nome: one.name,
    numero: one.phoneNumber,
    status: one.status,
    disponivel: one.available,
    capacidade: { hora: one.hourlyCapacity, dia: dailyLimit(one) },
    uso: { msgs_hora: one.sentThisHour, msgs_dia: one.sentToday, carga_pct: one.loadPercent },
    medicos_atribuidos: contacts,
    ultima_msg: pythonInstant(one.lastSentAt),
    historico_24h: hours.map(({ at, sent }) => ({ hora: pythonInstant(at), enviadas: sent })),
  }
}

/** What `GET /dashboard/health` answers. */
export function fleetHealthOf(stats: FleetStats, at: Date): z.infer<typeof fleetHealth> {
  const online = stats.byStatus.connected
  return {
    status: verdictOf(stats),
    timestamp: pythonInstant(at),
    online,
    total: stats.total,
    // Without an answer of the database there is no answer here either.
    checks: { ...checksOf(stats), supabase: true },
    details: {
      instancias: `${online}/${stats.total} online`,
      capacidade: `${percent(stats.day.usedPercent)} da capacidade do dia`,
    },
  }
}

const sentToday = (one: Instance): number => one.sentToday

function sumOf(instances: readonly Instance[], figure: (one: Instance) => number): number {
  return instances.reduce((total, one) => total + figure(one), 0)
}

function percent(value: number): string {
  return `${value.toFixed(1)}%`
}

/** An instant in the form that `datetime.isoformat` writes: before 3.11, Python's `datetime.fromisoformat` reads no `Z`. */
function pythonInstant(at: Date | string): string
function pythonInstant(at: string | null): string | null
function pythonInstant(at: Date | string | null): string | null {
  return at === null ? null : new Date(at).toISOString().replace('Z', '+00:00')
}
