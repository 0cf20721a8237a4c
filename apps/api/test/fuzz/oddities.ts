import fc from 'fast-check'
import { ADMIN_KEY, BOT_KEY, VIEWER_KEY } from '../fleet-api.ts'
import type { Header } from './call.ts'

/** The key of a call: mostly an admin's, so that most calls reach the procedure. */
export const key: fc.Arbitrary<readonly Header[]> = fc.oneof(
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

/** The oddities of a call beside its input: more headers, another content type, a parameter twice, a damaged body. */
export type Oddity = { headers?: readonly Header[]; type?: string; twice?: string; damage?: string }

/** Mostly no oddity. */
export const oddity = fc.oneof(
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
) as fc.Arbitrary<Oddity>

/** The body after such damage. */
export function damaged(body: Buffer | null, how: string | undefined): Buffer | null {
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
