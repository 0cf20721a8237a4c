import { describe, expect, it } from 'vitest'
import { breach, isRefusal } from './fuzz/verdict.ts'

const CALL = {
  about: 'fleet.stats',
  request: { method: 'GET', target: '/trpc/fleet.stats', headers: [], body: null },
}
const answer = (status: number, body: unknown, tookMs = 1) => ({
  status,
  headers: new Map<string, string>(),
  body: typeof body === 'string' ? body : JSON.stringify(body),
  tookMs,
})

describe('the rules for answers in the fuzz test', () => {
  it.each([
    ['a good answer', 200, {}],
    [
      'a refusal of tRPC',
      404,
      { error: { message: 'no', code: -32004, data: { fleet: { code: 'NOT_FOUND' } } } },
    ],
    [
      'a batch of which every call was refused',
      400,
      [{ error: { message: 'no', data: { fleet: { code: 'CONFLICT' } } } }],
    ],
    ['a refusal over REST', 429, { error: { code: 'NO_CAPACITY', message: 'no' } }],
    ['a refusal in Portuguese', 422, { detail: 'não' }],
  ])('accept %s', (_what, status, body) => {
    expect(breach(CALL, answer(status, body))).toBeNull()
  })

  it.each([
    ['a defect', 500, { error: { code: 'UNEXPECTED', message: 'no' } }],
    ['a defect within a batch', 207, [{ result: {} }, { error: { data: { httpStatus: 500 } } }]],
    ['a refusal without a reason', 404, { message: 'not found' }],
    ['a refusal of a code that is not on the list', 400, { error: { code: 'BAD', message: 'no' } }],
    ['a refusal without words', 400, { error: { code: 'INVALID_INPUT' } }],
    ['a page where JSON was due', 404, '<h1>Not Found</h1>'],
    ['a stack', 400, { error: { code: 'INVALID_INPUT', message: 'at Object.x (/a/node_modules/b.js)' } }],
    ['silence', 0, ''],
  ])('reject %s', (_what, status, body) => {
    expect(breach(CALL, answer(status, body))).not.toBeNull()
  })

  it('reject an answer that takes too long', () => {
    expect(breach(CALL, answer(200, {}, 600_000))).toContain('600000 ms')
  })

  it('accept 503 for a late code at the Portuguese routes only', () => {
    const late = {
      ...answer(503, { detail: 'O QR Code ainda não está pronto' }),
      headers: new Map([['retry-after', '5']]),
    }
    const route = { ...CALL, request: { ...CALL.request, target: '/admin/instances/a/qrcode' } }
    expect(breach(route, late)).toBeNull()
    expect(breach(CALL, late)).not.toBeNull()
  })

  it('require of refusals alone that no row changed', () => {
    expect(isRefusal(answer(409, { detail: 'Já existe uma instância com este nome' }))).toBe(true)
    expect(isRefusal(answer(200, {}))).toBe(false)
    expect(isRefusal(answer(409, { detail: 'A instância a já está conectada' }))).toBe(false)
  })
})
