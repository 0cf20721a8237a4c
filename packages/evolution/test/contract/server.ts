import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Control, startSimulator } from '@zapfleet/simulator'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { createEvolution, type Evolution, EvolutionError } from '../../src/index.ts'

const url = process.env.EVOLUTION_API_URL || null

/** True when the environment names an Evolution: no phone scans its QR codes, and no message may be sent there. */
export const real = url !== null

/** The client under contract. */
export let evolution: Evolution
/** Another client of the same server, with a key that is not its own. */
export let stranger: Evolution

let control: Control | null = null
const made = new Set<string>()
const everMade = new Set<string>()

/** How long Evolution may take for acts that it answers before they are done: logout, delete, the first QR code. */
const PATIENCE_MS = 20_000
/** How long a create may still be carried out after its caller gave up; Evolution itself needs some 60 ms. */
const LATE_CREATE_MS = 3_000

/** Opens the server for a test file, removes each test's instances after it, and closes all at the end. */
export function useServer(): void {
  let closeServer = async () => {}
  let failures = 0

  beforeAll(async () => {
    const server = url === null ? await startInProcess() : { url, apiKey: keyOfEnvironment(), control: null }
    control = server.control
    if (real) console.info(`The contract tests talk to the Evolution at ${new URL(server.url).origin}.`)
    evolution = createEvolution({ url: server.url, apiKey: server.apiKey })
    stranger = createEvolution({ url: server.url, apiKey: 'zapfleet-contract-wrong-key' })

    async function startInProcess() {
      const simulator = await startSimulator({ timeScale: 0 })
      closeServer = simulator.close
      return simulator
    }
  })

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') failures++
    const names = [...made]
    made.clear()
    const outcomes = await Promise.allSettled(names.map(remove))
    const left = names.filter((_, index) => outcomes[index]?.status === 'rejected')
    if (left.length === 0) return
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    throw new AggregateError(
      reasons,
      `These instances of the contract tests are left; delete them by hand: ${left.join(', ')}`,
    )
  })

  afterAll(async () => {
    try {
      // A create that a failed test gave up may be carried out after it.
      if (failures > 0) {
        await setTimeout(LATE_CREATE_MS)
        await sweep()
      }
    } finally {
      await Promise.all([evolution?.close(), stranger?.close()])
      await closeServer()
    }
  })
}

async function sweep(): Promise<void> {
  const names = (await evolution.fetchInstances()).map(({ name }) => name)
  await Promise.all(names.filter((name) => everMade.has(name)).map(remove))
}

/** A name of this test alone; an instance with it is removed after the test, complete or not. */
export function ownName(suffix = ''): string {
  const name = `${unknownName()}${suffix}`
  made.add(name)
  everMade.add(name)
  return name
}

/** A name that no instance has or will have. */
export const unknownName = () => `zapfleet-contract-${randomBytes(6).toString('hex')}`

/** A new instance, closed and never paired. */
export async function createOwn(): Promise<string> {
  const name = ownName()
  await evolution.create({ name })
  return name
}

/** Controls the simulated phone. Throws on a real server: a test that needs it is skipped there, by name. */
export function phone(): Control {
  if (control !== null) return control
  throw new Error(
    'This server has no simulated phone: mark the test with it.skipIf(real)("…: needs a phone").',
  )
}

/** A new instance, paired and open, on the simulator. */
export async function createPaired(): Promise<string> {
  const name = await createOwn()
  await soon(() => evolution.connect(name)).toMatchObject({ kind: 'qr' })
  phone().scan(name, { phone: '5511988887777' })
  await becomes(name, 'open')
  return name
}

/** Expects a reading that is repeated until it holds or until Evolution's time limit is over. */
export const soon = <T>(read: () => Promise<T>) =>
  expect.poll(read, { timeout: PATIENCE_MS, interval: real ? 250 : 10 })

/** Waits until connectionState returns `state`. */
export async function becomes(name: string, state: 'open' | 'connecting' | 'close'): Promise<void> {
  await soon(() => evolution.connectionState(name)).toEqual({ state, word: state })
}

/** The error of a call that must be refused; throws when it was not. */
export async function refused(call: Promise<unknown>): Promise<EvolutionError> {
  const outcome: unknown = await call.then(
    (value) => new Error(`expected a refusal, came ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  )
  if (outcome instanceof EvolutionError && outcome.refusal !== undefined) return outcome
  throw outcome
}

/** The kind of refusal of a call. */
export const refusal = async (call: Promise<unknown>) => (await refused(call)).refusal

/** Waits until the name is unknown to the server, in memory and in its inventory. */
export async function isGone(name: string): Promise<void> {
  await soon(() => isUnknown(name)).toBe(true)
  expect(await evolution.fetchInstances({ name })).toEqual([])
}

async function isUnknown(name: string): Promise<boolean> {
  try {
    await evolution.connectionState(name)
    return false
  } catch (error) {
    if (error instanceof EvolutionError && error.refusal === 'not_found') return true
    throw error
  }
}

// The webhook first: a delete waits for it, and a second delete would destroy an instance that has the name by then.
async function remove(name: string): Promise<void> {
  if (await isUnknown(name)) return
  try {
    await evolution.setWebhook(name, { url: 'http://127.0.0.1:9', events: [], enabled: false })
  } catch (error) {
    // A delete by the test itself may still be in progress: its row is removed while the webhook is written.
    if (!(error instanceof EvolutionError) || error.code !== 'EVOLUTION_REFUSED') throw error
  }
  await evolution.delete(name)
  await isGone(name)
}

function keyOfEnvironment(): string {
  const key = process.env.EVOLUTION_API_KEY
  if (key) return key
  throw new Error(
    'EVOLUTION_API_URL is set and EVOLUTION_API_KEY is not: set both, or neither for the simulator.',
  )
}
