import { openMetrics } from '@zapfleet/telemetry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildServer, createLog } from '../../src/index.ts'
import { procedureContract, procedureContracts } from '../../src/procedure-contract.ts'
import { REST_ROUTES, type RestRoute } from '../../src/routes/route.ts'
import { ADMIN_KEY, keyRingOf, mutate, query } from '../fleet-api.ts'
import { CALLS, CONTACT, ghost, type Named } from './pool-calls.ts'
import { startTwoPools, type TwoPools } from './two-pools.ts'

let fleet: TwoPools
beforeAll(async () => {
  fleet = await startTwoPools()
})
afterAll(() => fleet?.close())

const keyOf = (role: string): string => (role === 'bot' ? fleet.bot : fleet.viewer)
/** An answer as one text, without what differs in each call. */
const textOf = (status: number, body: unknown): string =>
  `${status} ${JSON.stringify(body, (field, value) => (field === 'requestId' ? undefined : value))}`

/** The answer to a call, with what the call names as the ghost names it. */
function asGhost(text: string, named: Named): string {
  return Object.entries(named).reduce(
    (shown, [field, value]) => shown.replaceAll(value, ghost[field as keyof Named]),
    text,
  )
}

/** Compares what a call answers for things of another pool with what it answers for things that do not exist. */
async function checkCalls(
  inputs: (named: Named) => Record<string, unknown>[],
  send: (input: Record<string, unknown>) => Promise<string>,
): Promise<string[]> {
  for (const [place, input] of inputs(fleet.theirs).entries()) {
    const [answer, expected] = [await send(input), await send(inputs(ghost)[place] ?? {})]
    const shown = asGhost(answer, fleet.theirs)
    fleet.expectNothingHidden(shown)
    if (JSON.stringify(input) !== JSON.stringify(inputs(ghost)[place])) expect(shown).toBe(expected)
  }
  const answers: string[] = []
  for (const input of inputs(fleet.ours)) answers.push(await send(input))
  for (const answer of answers) fleet.expectNothingHidden(answer)
  return answers
}

const procedures = [...procedureContracts()].filter(([, { type }]) => type !== 'subscription')
const limited = procedures.flatMap(([path, { meta, roles }]) =>
  meta.keepsToPools ? roles.filter((role) => role !== 'admin').map((role) => [path, role] as const) : [],
)

describe('a key that is bound to pool xray', () => {
  it('is tried on every procedure that it may call', () => {
    const open = [...procedureContracts()].filter(([, { meta }]) => meta.keepsToPools).map(([path]) => path)
    expect(Object.keys(CALLS).sort(), 'add an input of the new procedure to CALLS').toEqual(open.sort())
  })

  it.each(limited)('is shown nothing of other pools by %s, as a %s', async (path, role) => {
    const { type } = procedureContract(path)
    const answers = await checkCalls(CALLS[path] ?? (() => []), async (input) => {
      const { status, body } = await (type === 'query' ? query : mutate)(fleet.api, path, input, keyOf(role))
      return textOf(status, body)
    })
    // Its own things are answered; another pool is refused.
    for (const [place, answer] of answers.entries()) {
      const input = CALLS[path]?.(fleet.ours)[place]
      expect(answer).toMatch(input?.pool === 'yankee' ? /^403 .*xray.*FORBIDDEN/ : /^200 /)
    }
  })

  const routes = REST_ROUTES.filter(({ procedure }) => procedureContract(procedure).meta.keepsToPools)
  it.each(routes.map((route) => [route.method, route.path, route] as const))(
    'is shown nothing of other pools by %s %s',
    async (_method, _path, route) => {
      for (const role of procedureContract(route.procedure).roles.filter((one) => one !== 'admin'))
        await checkCalls(CALLS[route.procedure] ?? (() => []), (input) => atRoute(route, input, keyOf(role)))
    },
  )

  it('is refused at every other route', async () => {
    const closed = REST_ROUTES.filter(({ procedure }) => !procedureContract(procedure).meta.keepsToPools)
    expect(closed.length).toBeGreaterThan(20)
    for (const route of closed)
      for (const role of ['bot', 'viewer']) {
        const answer = await atRoute(route, { name: 'YANKEE-1', id: CONTACT }, keyOf(role))
        expect(answer).toMatch(/^403 .*FORBIDDEN/)
        fleet.expectNothingHidden(answer)
      }
  })

  async function atRoute(route: RestRoute, input: Record<string, unknown>, key: string): Promise<string> {
    const rest = new Map(Object.entries(input))
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, field: string) => {
      const value = rest.get(field)
      rest.delete(field)
      return encodeURIComponent(String(value))
    })
    const isRead = route.method === 'GET' || route.method === 'DELETE'
    const search = new URLSearchParams()
    if (isRead)
      for (const [field, value] of rest)
        for (const one of Array.isArray(value) ? value : [value]) search.append(field, String(one))
    const answer = await fleet.api.server.inject({
      method: route.method,
      url: `${path}${search.size > 0 ? `?${search}` : ''}`,
      headers: { 'x-api-key': key },
      ...(isRead ? {} : { payload: Object.fromEntries(rest) }),
    })
    return textOf(answer.statusCode, answer.body === '' ? null : answer.json())
  }
})

describe('routes outside of the procedures', () => {
  it('return to a bound key the status of its numbers, and no metrics', async () => {
    const metrics = openMetrics({ app: 'api', version: '1.2.3' })
    const server = buildServer({
      fleet: fleet.api.fleet,
      keyRing: keyRingOf(fleet.api.fleet),
      log: createLog('silent'),
      healthOpen: false,
      metrics: { ...metrics, open: false },
    })
    for (const key of [fleet.bot, fleet.viewer]) {
      const health = await server.inject({ url: '/health/instances', headers: { 'x-api-key': key } })
      expect(health.json()).toMatchObject({
        online: 3,
        total: 4,
        instances: ['BOTH-1', 'XRAY-1', 'XRAY-2', 'XRAY-3'].map((nome) => ({ nome })),
      })
      const figures = await server.inject({ url: '/metrics', headers: { 'x-api-key': key } })
      expect(figures.statusCode).toBe(403)
      fleet.expectNothingHidden(figures.body)
      for (const url of ['/admin/instances/YANKEE-1/qrcode', '/admin/instances/GHOST-1/qrcode'])
        expect((await server.inject({ url, headers: { 'x-api-key': key } })).statusCode).toBe(403)
    }
    for (const url of [
      '/stats/instances',
      '/dashboard/instances',
      '/dashboard/instances/BOTH-1',
      '/dashboard/health',
    ]) {
      const answer = await server.inject({ url, headers: { 'x-api-key': fleet.viewer } })
      expect(answer.statusCode).toBe(200)
      fleet.expectNothingHidden(answer.body)
      expect((await server.inject({ url, headers: { 'x-api-key': fleet.bot } })).statusCode).toBe(403)
    }
    const outside = await server.inject({
      url: '/dashboard/instances/YANKEE-1',
      headers: { 'x-api-key': fleet.viewer },
    })
    const ghostly = await server.inject({
      url: '/dashboard/instances/GHOST-1',
      headers: { 'x-api-key': fleet.viewer },
    })
    expect([outside.statusCode, outside.body.replaceAll('YANKEE-1', 'GHOST-1')]).toEqual([404, ghostly.body])
    const whole = await server.inject({ url: '/health/instances', headers: { 'x-api-key': ADMIN_KEY } })
    expect(whole.json().total).toBe(7)
    await server.close()
  })
})
