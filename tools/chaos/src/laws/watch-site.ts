import { setTimeout as rest } from 'node:timers/promises'
import { request } from 'undici'
import { RECORDED } from '../site/numbers.ts'
import type { Site } from '../site/open-site.ts'
import type { Program } from '../site/run-program.ts'
import { stretch } from './stretch.ts'

/** Somebody who looks at the site all the time, as an orchestrator does. */
export type Watch = {
  /** When the whole site last became right: every program ready, one leader that polls, every number connected; null while it is not. */
  rightSinceMs(): number | null
  /** What is not right now, in words. */
  wrong(): string[]
  /** Whether a program whose name starts so said, since that moment, that it is not ready. */
  wasUnready(name: string, sinceMs: number): boolean
  /** Limits that were seen exceeded, and questions about readiness that got no answer in time. */
  readonly sins: string[]
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 150
/** Programs promise to say within 2 s whether they are ready. */
const READY_WITHIN_MS = 5_000
const GIVE_UP_MS = 60_000
/** Rounds come each second; with the 5 s that a silent Evolution may take one, this is late. */
const POLL_LATE_MS = 3_000

type Readiness = { ready: boolean; leader: boolean; polls: boolean; words: string }

/** Starts to look, at each program and at the database beside them. */
export function watchSite(site: Site): Watch {
  const sins: string[] = []
  const seen = new Map<Program, Readiness>()
  const unreadyAt = new Map<Program, number>()
  let disconnected: string[] = ['not looked yet']
  let rightSinceMs: number | null = null
  let stopped = false

  const wrong = (): string[] => {
    const found = site
      .programs()
      .flatMap((program) =>
        seen.get(program)?.ready ? [] : [`${program.name}: ${seen.get(program)?.words}`],
      )
    const schedulers = site.schedulers.flatMap((program) => seen.get(program) ?? [])
    if (schedulers.filter((one) => one.leader).length !== 1) found.push('not one scheduler leads')
    if (!schedulers.some((one) => one.polls)) found.push('the poll is late')
    return disconnected.length > 0 ? [...found, `not connected: ${disconnected.join(', ')}`] : found
  }
  const judge = (): void => {
    if (wrong().length > 0) rightSinceMs = null
    else rightSinceMs ??= Date.now()
  }
  const lookAt = async (program: Program): Promise<void> => {
    while (!stopped) {
      const fromMs = Date.now()
      const answer = await askReadiness(program)
      seen.set(program, answer)
      if (!answer.ready) unreadyAt.set(program, Date.now())
      const away = program.absences.some((one) => one.toMs >= fromMs)
      if (Date.now() - fromMs > READY_WITHIN_MS * stretch() && !away)
        sins.push(`${program.name} did not say whether it is ready within ${Date.now() - fromMs} ms`)
      judge()
      await rest(LOOK_EVERY_MS)
    }
  }
  const lookAtNumbers = async (): Promise<void> => {
    while (!stopped) {
      const rows = await site.database
        .ask<{ nome: string; status: string; over: boolean }>(
          `select nome, status, msgs_enviadas_hora > capacidade_hora or msgs_enviadas_dia > capacidade_dia as over
           from public.whatsapp_instances where removida_em is null`,
        )
        .catch(() => null)
      disconnected = rows
        ? rows.filter((row) => row.status !== 'connected').map((row) => row.nome)
        : ['(the database does not answer)']
      for (const row of rows ?? [])
        if (row.over && row.nome !== RECORDED) sins.push(`the limit of ${row.nome} was exceeded`)
      judge()
      await rest(LOOK_EVERY_MS)
    }
  }
  const looking = Promise.all([...site.programs().map(lookAt), lookAtNumbers()])
  return {
    sins,
    wrong,
    rightSinceMs: () => rightSinceMs,
    wasUnready: (name, sinceMs) =>
      [...unreadyAt].some(([program, atMs]) => program.name.startsWith(name) && atMs >= sinceMs),
    async stop() {
      stopped = true
      await looking
    },
  }
}

async function askReadiness(program: Program): Promise<Readiness> {
  try {
    const { statusCode, body } = await request(`${program.address()}/health/ready`, {
      headersTimeout: GIVE_UP_MS,
      bodyTimeout: GIVE_UP_MS,
      reset: true,
    })
    const told = (await body.json()) as { leader?: boolean; pollingAgeMs?: number | null; reason?: string }
    return {
      ready: statusCode === 200,
      leader: told.leader === true,
      polls: typeof told.pollingAgeMs === 'number' && told.pollingAgeMs < POLL_LATE_MS * stretch(),
      words: told.reason ?? String(statusCode),
    }
  } catch (error) {
    return { ready: false, leader: false, polls: false, words: String(error) }
  }
}
