import fc from 'fast-check'
import { z } from 'zod'
import { newInstanceBody } from '../../src/legacy/new-instance.ts'
import { procedureContract } from '../../src/procedure-contract.ts'
import { pathFields, type RestRoute } from '../../src/routes/route.ts'
import { type Call, encoded } from './call.ts'
import { anyInput, hostileJson, hostileText, type Schema } from './json-arbitrary.ts'
import type { Route } from './routes.ts'
import { KNOWN, UNUSED_NAMES } from './world.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'QUERY']

/** Calls of a route. */
export function restCall(route: RestRoute): fc.Arbitrary<Call> {
  const schema = z.toJSONSchema(procedureContract(route.procedure).input, { io: 'input' }) as Schema
  const fields = pathFields(route.path)
  const rest = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => !fields.includes(name)),
  )
  const body = anyInput({ type: 'object', properties: rest }, KNOWN)
  const about = `${route.method} ${route.path}`
  return fc.tuple(fc.tuple(...fields.map(segment)), body, search).map(([segments, json, query]) => {
    const path = fields.reduce(
      (path, field, index) => path.replace(`{${field}}`, segments[index] ?? ''),
      route.path,
    )
    return route.method === 'GET'
      ? { about, method: 'GET', target: path + query, body: null }
      : { about, method: 'POST', target: path, body: Buffer.from(json) }
  })
}

/** A value for a parameter of a path: one that exists, or one that decoders fail on. */
function segment(field: string): fc.Arbitrary<string> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(...(KNOWN[field] ?? ['a']), ...(field === 'nome' ? UNUSED_NAMES : []))
        .map(encoded),
    },
    { weight: 2, arbitrary: hostileText.map(encoded) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '%00',
        '%zz',
        '%',
        '%C0%AF',
        '%ED%A0%80',
        '%252F',
        '..',
        '%2e%2e',
        '.',
        '',
        'a;b=c',
        '\xff',
        'a'.repeat(6_000),
      ),
    },
  )
}

const search: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '?status=connected',
      '?status=connected&status=banned&availableOnly=true',
      '?availableOnly=true&availableOnly=true',
      '?availableOnly=1',
      '?status[]=connected',
      '?__proto__=1&constructor=2',
      '?a[b][c]=1',
      '?%zz=%zz&&&=',
      '?status=%00',
      `?${'status=connected&'.repeat(500)}`,
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(hostileText, hostileText)
      .map(([name, value]) => `?${encoded(name)}=${encoded(value)}`),
  },
)

/** Calls of the Portuguese routes. */
export const portugueseCall: fc.Arbitrary<Call> = fc.oneof(
  anyInput(z.toJSONSchema(newInstanceBody, { io: 'input' }) as Schema, {
    ...KNOWN,
    nome: [...(KNOWN.nome ?? []), ...UNUSED_NAMES],
  }).map((json) => ({
    about: 'POST /admin/instances',
    method: 'POST',
    target: '/admin/instances',
    body: Buffer.from(json),
  })),
  segment('nome').map((nome) => ({
    about: 'GET /admin/instances/{nome}/qrcode',
    method: 'GET',
    target: `/admin/instances/${nome}/qrcode`,
    body: null,
  })),
  fc.tuple(segment('nome'), search).map(([nome, query]) => ({
    about: 'GET /dashboard/instances/{nome}',
    method: 'GET',
    target: `/dashboard/instances/${nome}${query}`,
    body: null,
  })),
)

/** Webhook calls, from Evolution or from another program. */
export const webhookCall: fc.Arbitrary<Call> = fc
  .tuple(
    fc.oneof(
      hostileJson,
      fc
        .constantFrom(
          'connection.update',
          'qrcode.updated',
          'remove.instance',
          'logout.instance',
          '__proto__',
        )
        .chain((event) =>
          fc
            .tuple(fc.constantFrom(...(KNOWN.name ?? [])), hostileJson)
            .map(
              ([name, data]) =>
                `{"event":"${event}","instance":${JSON.stringify(name)},"data":${data || 'null'}}`,
            ),
        ),
    ),
    fc.constantFrom('«webhook 0»', 'wrong', ''),
    fc.constantFrom('', '/connection-update', '/%zz', '/..'),
  )
  .map(([json, secret, path]) => ({
    about: 'POST /webhooks/evolution',
    method: 'POST',
    target: `/webhooks/evolution${path}`,
    body: Buffer.from(json),
    headers: [['x-zapfleet-webhook', secret] as const],
  }))

/** Calls of any route, as it was registered. */
export function routeCall({ method, url }: Route): fc.Arbitrary<Call> {
  const fields = [...url.matchAll(/:(\w+)|\*/g)].map(([, field]) => field ?? '*')
  return fc.tuple(fc.tuple(...fields.map(segment)), search, hostileJson).map(([segments, query, json]) => {
    let next = 0
    const path = url.replaceAll(/:\w+|\*/g, () => segments[next++] ?? '')
    const hasBody = method !== 'GET' && method !== 'HEAD'
    return {
      about: `${method} ${url}`,
      method,
      target: path + query,
      body: hasBody ? Buffer.from(json) : null,
    }
  })
}

/** Paths of no route, and methods of no route. */
export const strayCall: fc.Arbitrary<Call> = fc
  .tuple(
    fc.constantFrom(...METHODS),
    fc.array(
      fc.oneof(
        fc.constantFrom(
          'trpc',
          'v1',
          'admin',
          'health',
          'instances',
          'docs',
          '..',
          '%2e%2e',
          '',
          '__proto__',
          'a,b',
          '.env',
          'assets',
        ),
        segment('name'),
      ),
      { maxLength: 4 },
    ),
    search,
  )
  .map(([method, steps, query]) => ({
    about: 'stray',
    method,
    target: `/${steps.join('/')}${query}`,
    body: null,
  }))
