import { setTimeout as rest } from 'node:timers/promises'
import { callApi } from '../load/call-api.ts'
import { ADMIN_KEY } from '../site/open-site.ts'
import type { Fault, Stage } from './fault.ts'

type SimulatorFault = Parameters<Stage['site']['simulator']['control']['fault']>[0]

/** What an admin may be told of an Evolution that is in trouble. */
const EVOLUTION_TELLS = ['EVOLUTION_UNREACHABLE', 'EVOLUTION_REFUSED', 'EVOLUTION_MALFORMED', 'INVALID_STATE']

/** Evolution in a trouble of its own, all of it, while an admin goes on asking for things that need it. */
function evolutionIn(name: string, words: string, fault: SimulatorFault, recoversWithinMs: number): Fault {
  return {
    name,
    words,
    tells: [],
    feltBy: [],
    recoversWithinMs,
    async strike({ site, holdMs }) {
      const broken: string[] = []
      const { remove } = site.simulator.control.fault(fault)
      const untilMs = Date.now() + holdMs * 2
      let asked = 0
      while (Date.now() < untilMs) {
        const told = await callApi(site.address(), ADMIN_KEY, 'instance.qrCode', { name: 'wide-2' })
        asked++
        if (told.kind === 'silence' || told.kind === 'nonsense')
          broken.push(`an admin was told ${JSON.stringify(told)}`)
        if (told.kind === 'refused' && !EVOLUTION_TELLS.includes(told.code))
          broken.push(`an admin was told ${told.code}`)
        await rest(200)
      }
      remove()
      return { broken, note: `an admin asked ${asked} times` }
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
