import { setTimeout as rest } from 'node:timers/promises'
import { request } from 'undici'
import { RECORDED } from '../site/numbers.ts'
import type { Site } from '../site/open-site.ts'
import type { Program } from '../site/run-program.ts'
import { loadFactor } from './load-factor.ts'

/** A monitor that polls the site all the time, as an orchestrator does. */
export type Monitor = {
  /**
   * The time since when the whole site is right: every program ready, one leader that polls, every number connected; null while
   * it is not.
   */
  rightSinceMs(): number | null
  /** What is not right now, as text. */
  wrong(): string[]
  /** Whether a program whose name starts with this reported that it is not ready, since that moment. */
  wasUnready(name: string, sinceMs: number): boolean
  /** Limits that were exceeded, and readiness requests without an answer in time. */
  readonly violations: string[]
  stop(): Promise<void>
}

const POLL_EVERY_MS = 150
/** Programs promise an answer about readiness within 2 s. */
const READY_WITHIN_MS = 5_000
const GIVE_UP_MS = 60_000
/** Health rounds come each second; with the 5 s that a silent Evolution may take for one, more than this is late. */
const POLL_LATE_MS = 3_000

type Readiness = { ready: boolean; leader: boolean; polls: boolean; reason: string }

/** Starts to poll each program and, beside them, the database. */
export function monitorSite(site: Site): Monitor {
  const violations: string[] = []
  const readings = new Map<Program, Readiness>()
  const unreadyAt = new Map<Program, number>()
  let disconnected: string[] = ['not read yet']
  let rightSinceMs: number | null = null
  let stopped = false

  const wrong = (): string[] => {
    const found = site
      .programs()
      .flatMap((program) =>
        readings.get(program)?.ready ? [] : [`${program.name}: ${readings.get(program)?.reason}`],
      )
    const schedulers = site.schedulers.flatMap((program) => readings.get(program) ?? [])
    if (schedulers.filter((one) => one.leader).length !== 1)
      found.push('the number of leading schedulers is not one')
    if (!schedulers.some((one) => one.polls)) found.push('the poll is late')
    return disconnected.length > 0 ? [...found, `not connected: ${disconnected.join(', ')}`] : found
  }
  const judge = (): void => {
    if (wrong().length > 0) rightSinceMs = null
    else rightSinceMs ??= Date.now()
  }
  const pollReadiness = async (program: Program): Promise<void> => {
    while (!stopped) {
      const fromMs = Date.now()
      const answer = await readReadiness(program)
      readings.set(program, answer)
      if (!answer.ready) unreadyAt.set(program, Date.now())
      const away = program.absences.some((one) => one.toMs >= fromMs)
      if (Date.now() - fromMs > READY_WITHIN_MS * loadFactor() && !away)
        violations.push(`${program.name} did not answer about readiness within ${Date.now() - fromMs} ms`)
      judge()
      await rest(POLL_EVERY_MS)
    }
  }
  const pollNumbers = async (): Promise<void> => {
    while (!stopped) {
      const rows = await site.database
        .query<{ nome: string; status: string; over: boolean }>(
          `select nome, status, msgs_enviadas_hora > capacidade_hora or msgs_enviadas_dia > capacidade_dia as over
           from public.whatsapp_instances where removida_em is null`,
        )
        .catch(() => null)
      disconnected = rows
        ? rows.filter((row) => row.status !== 'connected').map((row) => row.nome)
        : ['(the database does not answer)']
      for (const row of rows ?? [])
        if (row.over && row.nome !== RECORDED) violations.push(`the limit of ${row.nome} was exceeded`)
      judge()
      await rest(POLL_EVERY_MS)
    }
  }
  const polling = Promise.all([...site.programs().map(pollReadiness), pollNumbers()])
  return {
    violations,
    wrong,
    rightSinceMs: () => rightSinceMs,
    wasUnready: (name, sinceMs) =>
      [...unreadyAt].some(([program, atMs]) => program.name.startsWith(name) && atMs >= sinceMs),
    async stop() {
      stopped = true
      await polling
    },
  }
}

async function readReadiness(program: Program): Promise<Readiness> {
  try {
    const { statusCode, body } = await request(`${program.address()}/health/ready`, {
      headersTimeout: GIVE_UP_MS,
      bodyTimeout: GIVE_UP_MS,
      reset: true,
    })
    const reply = (await body.json()) as { leader?: boolean; pollingAgeMs?: number | null; reason?: string }
    return {
      ready: statusCode === 200,
      leader: reply.leader === true,
      polls: typeof reply.pollingAgeMs === 'number' && reply.pollingAgeMs < POLL_LATE_MS * loadFactor(),
      reason: reply.reason ?? String(statusCode),
    }
  } catch (error) {
    return { ready: false, leader: false, polls: false, reason: String(error) }
  }
}
