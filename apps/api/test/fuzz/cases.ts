import fc from 'fast-check'
import { REST_ROUTES } from '../../src/routes/route.ts'
import type { Call, Header } from './call.ts'
import { malformed } from './malformed.ts'
import { damaged, key, type Oddity, oddity } from './oddities.ts'
import { procedureCalls } from './procedure-calls.ts'
import { portugueseCall, restCall, routeCall, strayCall, webhookCall } from './route-calls.ts'
import type { Route } from './routes.ts'
import type { WireRequest } from './wire.ts'

/** One call of a run. `about` names its target; a `malformed` one is no HTTP that a server must accept. */
export type Case = { about: string; request: WireRequest; malformed?: true }

/** Every call that a run may make: derived from the router and the routes, so that it includes new ones. */
export function anyCase(routes: readonly Route[]): fc.Arbitrary<Case> {
  const { one, several } = procedureCalls()
  const call = fc.oneof(
    { weight: 12, arbitrary: one },
    { weight: 3, arbitrary: several },
    { weight: 6, arbitrary: fc.oneof(...REST_ROUTES.map(restCall)) },
    { weight: 2, arbitrary: portugueseCall },
    { weight: 1, arbitrary: webhookCall },
    { weight: 3, arbitrary: fc.constantFrom(...routes).chain(routeCall) },
    { weight: 2, arbitrary: strayCall },
  )
  return fc.oneof(
    { weight: 40, arbitrary: fc.tuple(call, key, oddity).map((parts) => finished(...parts)) },
    {
      weight: 1,
      arbitrary: malformed.map((request) => ({ about: 'malformed', malformed: true as const, request })),
    },
  )
}

function finished(call: Call, held: readonly Header[], odd: Oddity): Case {
  const { about, method, target, body } = call
  const type = odd.type ?? (body === null ? null : 'application/json')
  const headers: Header[] = [
    ['host', '127.0.0.1'],
    ...held,
    ...(type === null ? [] : [['content-type', type] as const]),
    ...(call.headers ?? []),
    ...(odd.headers ?? []),
  ]
  return {
    about,
    request: { method, target: twice(target, odd.twice), headers, body: damaged(body, odd.damage) },
  }
}

function twice(target: string, parameter: string | undefined): string {
  if (parameter === undefined) return target
  return target + (target.includes('?') ? parameter : `?${parameter.slice(1)}`)
}
