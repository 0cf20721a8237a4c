import { setTimeout as rest } from 'node:timers/promises'
import { callApi } from '../load/call-api.ts'
import { ADMIN_KEY } from '../site/open-site.ts'
import type { Fault, Stage } from './fault.ts'

type SimulatorFault = Parameters<Stage['site']['simulator']['control']['fault']>[0]

/** The errors that an admin may get from an Evolution with a fault. */
const EVOLUTION_ERRORS = [
  'EVOLUTION_UNREACHABLE',
  'EVOLUTION_REFUSED',
  'EVOLUTION_MALFORMED',
  'INVALID_STATE',
]

/** A fault of Evolution itself, on all routes, while an admin keeps calling procedures that need it. */
function evolutionIn(name: string, title: string, fault: SimulatorFault, recoversWithinMs: number): Fault {
  return {
    name,
    title,
    allowedErrors: [],
    noticedBy: [],
    recoversWithinMs,
    async strike({ site, holdMs }) {
      const broken: string[] = []
      const { remove } = site.simulator.control.fault(fault)
      const untilMs = Date.now() + holdMs * 2
      let calls = 0
      while (Date.now() < untilMs) {
        const reply = await callApi(site.address(), ADMIN_KEY, 'instance.qrCode', { name: 'wide-2' })
        calls++
        if (reply.kind === 'no reply' || reply.kind === 'invalid')
          broken.push(`an admin got ${JSON.stringify(reply)}`)
        if (reply.kind === 'refused' && !EVOLUTION_ERRORS.includes(reply.code))
          broken.push(`an admin got ${reply.code}`)
        await rest(200)
      }
      remove()
      return { broken, note: `an admin made ${calls} calls` }
    },
  }
}

export const evolutionHangs = evolutionIn('evolution-hangs', 'Evolution hangs', { kind: 'hang' }, 12_000)
export const evolutionFails = evolutionIn(
  'evolution-fails',
  'Evolution answers 500 to everything',
  { kind: 'status', code: 500 },
  5_000,
)
export const evolutionRambles = evolutionIn(
  'evolution-rambles',
  'Evolution answers garbage',
  { kind: 'malformed' },
  5_000,
)
export const evolutionBreaks = evolutionIn(
  'evolution-breaks',
  'Evolution breaks off in mid-answer',
  { kind: 'cut_body' },
  5_000,
)
