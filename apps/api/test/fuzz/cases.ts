import fc from 'fast-check'
import { z } from 'zod'
import { DOORS, type Door, pathFields } from '../../src/doors/door.ts'
import { type ProcedureContract, procedureContracts } from '../../src/doors/procedure-contract.ts'
import { newInstanceBody } from '../../src/rest/new-instance.ts'
import { ADMIN_KEY, BOT_KEY, VIEWER_KEY } from '../fleet-api.ts'
import { anyInput, hostileJson, hostileText, type Schema } from './json-arbitrary.ts'
import type { Route } from './routes.ts'
import type { WireRequest } from './wire.ts'
import { KNOWN } from './world.ts'

/** One call of a run. `about` is what it aims at; a `malformed` one is no HTTP that a server must understand. */
export type Case = { about: string; request: WireRequest; malformed?: true }

type Header = readonly [string, string]
type Half = {
  about: string
  method: string
  target: string
  body: Buffer | null
  headers?: readonly Header[]
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'QUERY']

/**
 * Acts that wait for Evolution until it has done them, a second or more each. They come as often as the others, mostly
 * with names that are nobody's; else a run would consist of them.
 */
const SLOW = /^instance\.(create|qrCode|restart|logout|delete|import|onPairing)$|^health\./

/** Every call that a run may make: derived from the router, the doors and the routes, so that new ones are in it by being there. */
export function anyCase(routes: readonly Route[]): fc.Arbitrary<Case> {
  const procedures = [...procedureContracts()].map(([path, contract]) => ({
    path,
    contract,
    weight: SLOW.test(path) ? 1 : 3,
    input: inputOf(path, contract),
  }))
  const one = fc.oneof(
    ...procedures.map(({ path, contract, input, weight }) => ({
      weight,
      arbitrary: procedureCall(path, contract, input),
    })),
  )
  const door = fc.oneof(...DOORS.map(doorCall))
  const route = fc.constantFrom(...routes).chain(routeCall)
  const good = fc.oneof(
    { weight: 12, arbitrary: one },
    { weight: 3, arbitrary: batch(procedures) },
    { weight: 6, arbitrary: door },
    { weight: 2, arbitrary: portugueseCall },
    { weight: 1, arbitrary: webhookCall },
    { weight: 3, arbitrary: route },
    { weight: 2, arbitrary: strayCall },
  )
  return fc.oneof(
    {
      weight: 40,
      arbitrary: fc.tuple(good, key, oddity).map(([half, held, odd]) => finished(half, held, odd)),
    },
    { weight: 1, arbitrary: malformed },
  )
}

function inputOf(path: string, { input }: ProcedureContract): fc.Arbitrary<string> {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Schema
  const known = SLOW.test(path) ? { ...KNOWN, name: [...(KNOWN.name ?? []), ...NOBODY] } : KNOWN
  return anyInput(schema, known)
}

const NOBODY = Array.from({ length: 150 }, (_, index) => `nobody-${index}`)

function procedureCall(
  path: string,
  { type }: ProcedureContract,
  input: fc.Arbitrary<string>,
): fc.Arbitrary<Half> {
  return fc.tuple(input, fc.nat(19), fc.nat(9)).map(([json, otherMethod, noInput]) => {
    const isGet = otherMethod === 0 ? type === 'mutation' : type !== 'mutation'
    if (noInput === 0)
      return { about: path, method: isGet ? 'GET' : 'POST', target: `/trpc/${path}`, body: null }
    return isGet
      ? { about: path, method: 'GET', target: `/trpc/${path}?input=${encoded(json)}`, body: null }
      : { about: path, method: 'POST', target: `/trpc/${path}`, body: Buffer.from(json) }
  })
}

type Procedure = { path: string; contract: ProcedureContract; input: fc.Arbitrary<string> }

/** Calls of a batch: of one kind or mixed, their inputs where they belong or not. */
function batch(procedures: readonly Procedure[]): fc.Arbitrary<Half> {
  const quick = procedures.filter(({ path }) => !SLOW.test(path))
  const part = fc
    .constantFrom(...quick)
    .chain(({ path, contract, input }) => input.map((json) => ({ path, contract, json })))
  return fc
    .tuple(fc.array(part, { minLength: 1, maxLength: 6 }), fc.boolean(), fc.nat(9), hostileJson)
    .map(([parts, isGet, shift, hostile]) => {
      const paths = parts.map(({ path }) => path)
      const lines = parts.map(({ json }, index) => `"${shift === 0 ? index - 1 : index}":${json}`)
      const inputs = shift === 1 ? hostile : `{${lines.join()}}`
      const path = `/trpc/${shift === 2 ? Array(200).fill(paths[0]).join() : paths.join()}?batch=1`
      return isGet
        ? { about: 'batch', method: 'GET', target: `${path}&input=${encoded(inputs)}`, body: null }
        : { about: 'batch', method: 'POST', target: path, body: Buffer.from(inputs) }
    })
}

function doorCall(door: Door): fc.Arbitrary<Half> {
  const contract = procedureContracts().get(door.procedure)
  if (contract === undefined) throw new Error(`no procedure ${door.procedure}`)
  const schema = z.toJSONSchema(contract.input, { io: 'input' }) as Schema
  const fields = pathFields(door.path)
  const rest = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => !fields.includes(name)),
  )
  const body = anyInput({ type: 'object', properties: rest }, KNOWN)
  const about = `${door.method} ${door.path}`
  return fc.tuple(fc.tuple(...fields.map(segment)), body, search).map(([segments, json, query]) => {
    const path = fields.reduce(
      (path, field, index) => path.replace(`{${field}}`, segments[index] ?? ''),
      door.path,
    )
    return door.method === 'GET'
      ? { about, method: 'GET', target: path + query, body: null }
      : { about, method: 'POST', target: path, body: Buffer.from(json) }
  })
}

/** Something for a parameter of a path: a thing that exists, or what decoders stumble over. */
function segment(field: string): fc.Arbitrary<string> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(...(KNOWN[field] ?? ['a']), ...(field === 'nome' ? NOBODY : []))
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

const portugueseCall: fc.Arbitrary<Half> = fc.oneof(
  anyInput(z.toJSONSchema(newInstanceBody, { io: 'input' }) as Schema, {
    ...KNOWN,
    nome: [...(KNOWN.nome ?? []), ...NOBODY],
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
)

const webhookCall: fc.Arbitrary<Half> = fc
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

function routeCall({ method, url }: Route): fc.Arbitrary<Half> {
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

/** Paths that are nobody's, and methods that nobody asked for. */
const strayCall: fc.Arbitrary<Half> = fc
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

const key: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 24, arbitrary: fc.constant([['x-api-key', ADMIN_KEY]] as const) },
  { weight: 2, arbitrary: fc.constant([['authorization', `Bearer ${BOT_KEY}`]] as const) },
  { weight: 2, arbitrary: fc.constant([['x-api-key', VIEWER_KEY]] as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<readonly Header[]>(
      [],
      [['x-api-key', 'wrong']],
      [['x-api-key', `${ADMIN_KEY}, ${BOT_KEY}`]],
      [
        ['x-api-key', ADMIN_KEY],
        ['x-api-key', BOT_KEY],
      ],
      [['authorization', 'Basic Og==']],
      [['x-api-key', '\xff\xfe'.repeat(200)]],
      [['x-api-key', 'k'.repeat(5_000)]],
    ),
  },
)

/** What may be odd about any call beside its input. */
const oddity = fc.oneof(
  { weight: 7, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.oneof(
      fc
        .constantFrom<readonly Header[]>(
          [['x-request-id', '../../etc\t$jndi']],
          [
            ['x-request-id', 'a'],
            ['x-request-id', 'b'],
          ],
          [['content-encoding', 'gzip']],
          [['expect', '100-continue']],
          [['expect', '200-ok']],
          [['upgrade', 'websocket']],
          [['accept', 'text/html;q=0.9, */*']],
          [['accept-encoding', 'br;q=nan']],
          [['trpc-accept', 'application/jsonl']],
          [['origin', 'https://evil.example']],
          [['x-forwarded-for', "1.2.3.4, ' or 1=1"]],
          [['range', 'bytes=0-1,5-']],
          [['if-none-match', '*']],
          [['last-event-id', '\xff']],
          [['x-trpc-source', '\xe9']],
          [['cookie', '='.repeat(4_000)]],
          Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'v'] as const),
        )
        .map((headers) => ({ headers })),
      fc
        .constantFrom(
          'application/json; charset=utf-16',
          'application/json;charset',
          'text/plain',
          'text/json',
          '',
          'multipart/form-data',
          'multipart/form-data; boundary=x',
          'application/x-www-form-urlencoded',
          'application/octet-stream',
          'application/jsonp',
          '/',
          'application/json, text/plain',
        )
        .map((type) => ({ type })),
      fc
        .constantFrom(
          '&input=%7B%7D',
          '&batch=1',
          '&connectionParams=%7B',
          '&lastEventId=1',
          '&input',
          '&status=open',
        )
        .map((twice) => ({ twice })),
      fc.constantFrom('invalid utf-8', 'cut', 'larger than the limit', 'bom').map((damage) => ({ damage })),
    ),
  },
) as fc.Arbitrary<{ headers?: readonly Header[]; type?: string; twice?: string; damage?: string }>

function finished(
  half: Half,
  held: readonly Header[],
  odd: { headers?: readonly Header[]; type?: string; twice?: string; damage?: string },
): Case {
  const target =
    odd.twice === undefined
      ? half.target
      : half.target + (half.target.includes('?') ? odd.twice : `?${odd.twice.slice(1)}`)
  const type: Header[] =
    half.body === null && odd.type === undefined ? [] : [['content-type', odd.type ?? 'application/json']]
  const headers: Header[] = [
    ['host', '127.0.0.1'],
    ...held,
    ...type,
    ...(half.headers ?? []),
    ...(odd.headers ?? []),
  ]
  return {
    about: half.about,
    request: { method: half.method, target, headers, body: damaged(half.body, odd.damage) },
  }
}

function damaged(body: Buffer | null, how: string | undefined): Buffer | null {
  if (body === null || how === undefined) return body
  if (how === 'invalid utf-8')
    return Buffer.concat([
      body.subarray(0, body.length >> 1),
      Buffer.from([0xff, 0xc0, 0x80]),
      body.subarray(body.length >> 1),
    ])
  if (how === 'cut') return body.subarray(0, body.length >> 1)
  if (how === 'bom') return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body])
  return Buffer.concat([body, Buffer.alloc(1_048_577, ' ')])
}

/** What is hardly HTTP. A server may hang up or say 4xx, and must live on. */
const malformed: fc.Arbitrary<Case> = fc
  .constantFrom<{ method?: string; target?: string; headers?: readonly Header[]; body?: string }>(
    { method: 'G\0T' },
    { method: 'get' },
    { target: 'trpc/fleet.stats' },
    { target: '*' },
    { target: '//' },
    { target: 'http://u:p@h/trpc/fleet.stats' },
    { target: '/trpc/fleet.stats#a b' },
    { target: `/${'a'.repeat(20_000)}` },
    { target: '/trpc/fleet.stats\0' },
    {
      headers: [
        ['host', 'u:p@h'],
        ['x-api-key', ADMIN_KEY],
      ],
    },
    {
      headers: [
        ['host', '['],
        ['x-api-key', ADMIN_KEY],
      ],
    },
    { headers: [] },
    {
      headers: [
        ['host', 'h'],
        ['host', 'i'],
      ],
    },
    {
      headers: [
        ['host', 'h'],
        ['x', 'a'.repeat(20_000)],
      ],
    },
    {
      headers: [
        ['host', 'h'],
        ['bad header', 'x'],
      ],
    },
    {
      headers: [
        ['host', 'h'],
        ['content-length', 'abc'],
      ],
    },
    {
      headers: [
        ['host', 'h'],
        ['content-length', '5'],
        ['transfer-encoding', 'chunked'],
      ],
      method: 'POST',
      body: '0\r\n\r\n',
    },
    {
      headers: [
        ['host', 'h'],
        ['x-api-key', ADMIN_KEY],
        ['content-type', 'application/json'],
        ['transfer-encoding', 'chunked'],
      ],
      method: 'POST',
      target: '/v1/choose',
      body: 'zz\r\n',
    },
    {
      headers: [
        ['host', 'h'],
        ['x-api-key', ADMIN_KEY],
        ['content-type', 'application/json'],
        ['content-length', '1'],
      ],
      method: 'POST',
      target: '/v1/choose',
      body: '{}',
    },
  )
  .map(
    ({
      method = 'GET',
      target = '/trpc/fleet.stats',
      headers = [
        ['host', 'h'],
        ['x-api-key', ADMIN_KEY],
      ],
      body,
    }) => ({
      about: 'malformed',
      malformed: true as const,
      request: { method, target, headers, body: body === undefined ? null : Buffer.from(body) },
    }),
  )

/** Percent-encoding of any text; half a surrogate pair, which has none, becomes what UTF-8 would make of it. */
function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
}
