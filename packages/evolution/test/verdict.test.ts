import fc from 'fast-check'
import { errors } from 'undici'
import { describe, expect, it } from 'vitest'
import type { Exchange } from '../src/exchange.ts'
import { EvolutionError } from '../src/index.ts'
import * as shapes from '../src/shapes.ts'
import { type Asked, judgeExchange, type Verdict } from '../src/verdict.ts'

const KEY = 'evo-key-123456'

function asked<T>(shape: shapes.Shape<T>, facts: Partial<Asked<T>> = {}): Asked<T> {
  return {
    call: 'restart',
    name: 'a1',
    acts: true,
    shape,
    secrets: [KEY],
    timeoutMs: 5_000,
    timedOut: false,
    ...facts,
  }
}

function answer(status: number, body: unknown): Exchange {
  return {
    kind: 'answer',
    status,
    text: typeof body === 'string' ? body : JSON.stringify(body),
    location: null,
  }
}

function errorIn(verdict: Verdict<unknown>): EvolutionError {
  if (verdict.outcome === 'ok') throw new Error(`expected an error, came ${JSON.stringify(verdict.value)}`)
  return verdict.error
}

function refusal(call: string, status: number, message: unknown): EvolutionError {
  const body = { status, error: 'Error', response: { message } }
  return errorIn(judgeExchange(asked(shapes.acknowledgement, { call }), answer(status, body)))
}

describe('a refusal', () => {
  it.each([
    ['create', 403, ['This name "a1" is already in use.'], 'name_taken', false],
    ['connect', 404, ['The "a1" instance does not exist'], 'not_found', false],
    ['fetchInstances', 404, ['Instance "a1" not found'], 'not_found', false],
    ['fetchInstances', 401, 'Unauthorized', 'unauthorized', false],
    ['logout', 400, ['The "a1" instance is not connected'], 'not_connected', false],
    ['create', 400, ['Invalid integration'], 'invalid', false],
    ['create', 400, [['number does not match pattern "x"']], 'invalid', false],
    ['create', 500, 'Invalid `prisma.instance.create()` invocation', 'other', true],
    ['restart', 404, ['Cannot POST /instance/restart/a1'], 'other', false],
    ['create', 409, [], 'other', false],
  ] as const)(
    'of %s with %i and %j is %s (may have acted: %s)',
    (call, status, message, kind, maybeActed) => {
      const error = refusal(call, status, message)
      expect(error).toMatchObject({ code: 'EVOLUTION_REFUSED', refusal: kind, status, call, maybeActed })
    },
  )

  it('contains the texts of every shape of the envelope, as one text', () => {
    expect(refusal('create', 400, 'plain').words).toBe('plain')
    expect(refusal('create', 400, ['one', 'two']).words).toBe('one; two')
    expect(refusal('create', 400, [['one'], ['two', 'three']]).words).toBe('one; two; three')
    expect(refusal('create', 400, [{ exists: false }]).words).toBe('{"exists":false}')
    expect(refusal('create', 400, undefined).words).toBe('')
  })

  it('is also an error that has HTTP 200', () => {
    const error = errorIn(
      judgeExchange(asked(shapes.restartAnswer), answer(200, { error: true, message: '[object Object]' })),
    )
    expect(error).toMatchObject({
      code: 'EVOLUTION_REFUSED',
      refusal: 'other',
      status: 200,
      maybeActed: false,
    })
  })

  it('is not read from a success body, which has "error": false', () => {
    const body = { status: 'SUCCESS', error: false, response: { message: 'Instance deleted' } }
    expect(judgeExchange(asked(shapes.acknowledgement), answer(200, body)).outcome).toBe('ok')
  })

  it('names in its message the call, the refusal and the reason, without numbers and keys', () => {
    const { message } = refusal('create', 400, [`5511977770000 with ${KEY} failed`])
    expect(message).toBe('Evolution refused create of "a1" (400): [number] with [redacted] failed.')
  })
})

describe('an answer that is not Evolution’s', () => {
  it.each([
    ['HTML with 200', answer(200, '<html>login</html>'), true],
    ['truncated JSON', answer(200, '{"instance":{"sta'), true],
    ['an empty body', answer(201, ''), true],
    ['another shape', answer(200, { ok: true }), true],
    ['a list', answer(200, []), true],
    ['a bare null', answer(200, 'null'), true],
    ['a 404 page of a proxy', answer(404, '<h1>Not Found</h1>'), false],
    [
      'a 404 of another program',
      answer(404, { statusCode: 404, error: 'Not Found', message: 'Route not found' }),
      false,
    ],
    ['a 401 page of a proxy', answer(401, 'Authorization required'), false],
    ['a bare 500', answer(500, 'Internal Server Error'), true],
    ['a huge body', { kind: 'too_large', status: 200 } as const, true],
    ['a redirect', { kind: 'answer', status: 301, text: '', location: 'https://x/' } as const, false],
    [
      'an abyss of brackets',
      answer(400, `{"status":400,"response":{"message":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`),
      false,
    ],
    [
      'bytes that are not HTTP',
      { kind: 'broken', sent: true, cause: new errors.HTTPParserError('no') } as const,
      true,
    ],
  ])('is malformed: %s', (_what, exchange, maybeActed) => {
    const error = errorIn(judgeExchange(asked(shapes.connectAnswer), exchange))
    expect(error).toMatchObject({ code: 'EVOLUTION_MALFORMED', refusal: undefined, maybeActed })
    expect(error.message).toContain('expected {"pairingCode"')
    const reading = errorIn(judgeExchange(asked(shapes.connectAnswer, { acts: false }), exchange))
    expect(reading.maybeActed).toBe(false)
  })

  it('shows a short, masked piece of what was received', () => {
    const error = errorIn(
      judgeExchange(asked(shapes.stateReading), answer(200, { token: 'T0K3N-VALUE', echo: KEY })),
    )
    expect(error.words).toBe('{"token":"[redacted]","echo":"[redacted]"}')
    expect(error.message).not.toMatch(/T0K3N|evo-key/)
  })

  it.each([502, 503, 504, 520, 524])(
    'is unreachable, and may be repeated, when a gateway answers %i',
    (status) => {
      const verdict = judgeExchange(asked(shapes.stateReading), answer(status, '<html>Bad Gateway</html>'))
      expect(verdict).toMatchObject({ outcome: 'unreachable', transient: true })
      expect(errorIn(verdict)).toMatchObject({ code: 'EVOLUTION_UNREACHABLE', status, maybeActed: true })
    },
  )
})

describe('a 503', () => {
  const LICENCE = {
    error: 'service not activated',
    code: 'LICENSE_REQUIRED',
    register_url: 'https://evolution.example.com:8443/manager/login',
    instance_id: '0a2c7f0e-5c8d-4d0f-9b8e-1f2e3d4c5b6a',
    docs_url: 'https://docs.example.com/licensing',
    message: 'This Evolution API instance is not activated. Open … to activate.',
  }
  const without = (field: keyof typeof LICENCE): object => ({ ...LICENCE, [field]: undefined })

  it.each<[string, unknown, string | undefined]>([
    ['as Evolution 2.4 sends it', LICENCE, 'evolution.example.com:8443'],
    ['by its code alone', { code: 'LICENSE_REQUIRED' }, undefined],
    ['without an address', without('register_url'), undefined],
    ['with an address that is none', { ...LICENCE, register_url: 'somewhere' }, undefined],
    ['with an address of another scheme', { ...LICENCE, register_url: 'javascript:alert(1)' }, undefined],
    ['with an address that is no text', { ...LICENCE, register_url: { a: 1 } }, undefined],
    [
      'whose address has a password, a path and a query',
      { ...LICENCE, register_url: `https://me:hidden@evo.example.com/manager?key=${KEY}` },
      'evo.example.com',
    ],
  ])('reports that the licence is not activated, and is final: %s', (_what, body, licenceHost) => {
    for (const acts of [true, false]) {
      const verdict = judgeExchange(asked(shapes.stateReading, { acts }), answer(503, body))
      expect(verdict).toMatchObject({ outcome: 'unlicensed', transient: false })
      const error = errorIn(verdict)
      expect(error).toMatchObject({
        code: 'EVOLUTION_REFUSED',
        refusal: 'unlicensed',
        status: 503,
        licenceHost,
        maybeActed: false,
      })
      expect(error.message).toContain(licenceHost ?? "Evolution's manager")
      expect(`${error.message} ${error.licenceHost}`).not.toMatch(/hidden|evo-key|0a2c7f0e|\?key/)
    }
  })

  it.each<[string, number, unknown]>([
    ["a proxy's page", 503, '<html>Service Unavailable</html>'],
    ["a proxy's JSON", 503, { error: 'service unavailable', code: 503 }],
    ['a bare one', 503, ''],
    ['the words without the code', 503, without('code')],
    ['another code', 503, { ...LICENCE, code: 'license_required' }],
    ['a list', 503, ['LICENSE_REQUIRED']],
    ['the code in a text', 503, '"LICENSE_REQUIRED"'],
    ['another status of a gateway', 502, LICENCE],
  ])('stays unreachable otherwise: %s', (_what, status, body) => {
    const verdict = judgeExchange(asked(shapes.stateReading), answer(status, body))
    expect(verdict).toMatchObject({ outcome: 'unreachable', transient: true })
    expect(errorIn(verdict)).toMatchObject({ code: 'EVOLUTION_UNREACHABLE', refusal: undefined, status })
  })
})

describe('any answer at all', () => {
  it('ends in a value or an EvolutionError, and never shows the key', () => {
    const every = [
      shapes.stateReading,
      shapes.createdInstance,
      shapes.connectAnswer,
      shapes.restartAnswer,
      shapes.inventory,
      shapes.foundWebhook,
      shapes.greeting,
      shapes.acknowledgement,
    ] as shapes.Shape<unknown>[]
    const key = fc.constantFrom(
      'instance',
      'state',
      'count',
      'code',
      'key',
      'id',
      'error',
      'message',
      'response',
      'status',
      'name',
      'webhook',
      'url',
      '__proto__',
    )
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, '', KEY, 'open', 'x'),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(key, tie('node'), { maxKeys: 4 }),
      ),
    })).node
    fc.assert(
      fc.property(
        fc.constantFrom(...every),
        fc.constantFrom(200, 201, 400, 403, 404, 500),
        tree,
        (shape, status, body) => {
          const verdict = judgeExchange(asked(shape), answer(status, body))
          if (verdict.outcome === 'ok') return
          expect(verdict.error).toBeInstanceOf(EvolutionError)
          expect(JSON.stringify([verdict.error.message, verdict.error])).not.toContain(KEY)
        },
      ),
      { numRuns: 500 },
    )
  })
})
