import { FleetError } from '@zapfleet/core'
import { describe, expect, it } from 'vitest'
import { readFailure } from '../src/errors/failure.ts'
import { nameFromPath, newInstanceFrom } from '../src/legacy/new-instance.ts'
import { PortugueseRefusal, portugueseError } from '../src/legacy/portuguese-answer.ts'
import { qrcodeOf } from '../src/legacy/qrcode.ts'

function refusal(act: () => unknown): PortugueseRefusal['answer'] {
  try {
    act()
  } catch (error) {
    if (error instanceof PortugueseRefusal) return error.answer
    throw error
  }
  throw new Error('nothing was refused')
}

describe('errors of the REST routes', () => {
  it.each([
    ['UNAUTHORIZED', 401],
    ['FORBIDDEN', 403],
    ['NOT_FOUND', 404],
    ['CONFLICT', 409],
    ['INVALID_INPUT', 422],
    ['EVOLUTION_UNREACHABLE', 502],
    ['EVOLUTION_REFUSED', 502],
    ['EVOLUTION_MALFORMED', 502],
    ['DATABASE_UNAVAILABLE', 503],
    ['UNEXPECTED', 500],
  ] as const)('%s is %i', (code, status) => {
    expect(portugueseError(readFailure(new FleetError(code, 'words')), 'id').status).toBe(status)
  })

  it('state that the licence of Evolution is not activated', () => {
    const unlicensed = new FleetError('EVOLUTION_REFUSED', 'words', {
      nextStep: 'activate_licence',
      isRegistered: true,
    })
    const { status, detail } = portugueseError(readFailure(unlicensed), 'id')
    expect(status).toBe(502)
    expect(detail).toMatch(/licença da Evolution API não está ativada.*\/manager.*ficou registrada/)
  })

  it('contain nothing of internal errors but the request id', () => {
    expect(portugueseError(readFailure(new Error('SELECT 1')), 'id-7')).toEqual({
      status: 500,
      detail: 'Erro interno. O log tem os detalhes sob o id id-7.',
    })
  })
})

describe('the body of POST /admin/instances', () => {
  it('ignores unknown fields and treats null as no number', () => {
    expect(newInstanceFrom({ nome: 'a', numero_telefone: null, extra: 1 }, 'BR')).toEqual({
      name: 'a',
      phoneNumber: undefined,
    })
    expect(newInstanceFrom({ nome: 'a', numero_telefone: '5511987654321' }, 'BR').phoneNumber).toBe(
      '+5511987654321',
    )
  })

  it.each([
    [{}, 'nome'],
    [{ nome: 7 }, 'nome'],
    [{ nome: '..' }, 'nome'],
    [{ nome: '__proto__' }, 'nome'],
    [{ nome: 'a', numero_telefone: 'abc' }, 'numero_telefone'],
    [{ nome: 'a', numero_telefone: 5511 }, 'numero_telefone'],
    [null, 'objeto JSON'],
    [[], 'objeto JSON'],
    ['a', 'objeto JSON'],
  ])('refuses %j with 422 and names the field', (body, word) => {
    const { status, detail } = refusal(() => newInstanceFrom(body, 'BR'))
    expect(status).toBe(422)
    expect(detail).toContain(word)
  })

  it('refuses a name in a path that no instance can have', () => {
    expect(refusal(() => nameFromPath('a'.repeat(51))).status).toBe(422)
    expect(nameFromPath('Loja São Paulo/1')).toBe('Loja São Paulo/1')
  })
})

describe('a name that is refused', () => {
  it.each([
    ['registered', 'Já existe uma instância'],
    ['foreign', 'não está registrada aqui'],
    ['phoneless', 'sem telefone'],
    ['leaving', 'foi excluída'],
    ['busy', 'Outra chamada'],
  ] as const)('%s has its own text', (conflict, words) => {
    const { status, detail } = portugueseError(
      readFailure(new FleetError('CONFLICT', 'x', { conflict })),
      'id',
    )
    expect(status).toBe(409)
    expect(detail).toContain(words)
  })
})

describe('a QR code of the REST routes', () => {
  it('is Evolution’s four fields', () => {
    const pairing = {
      state: 'qr',
      base64: 'data:image/png;base64,AA',
      code: '2@x',
      pairingCode: null,
      count: 1,
      expiresAt: '2026-01-02T03:04:05.000Z',
    } as const
    expect(qrcodeOf('a', pairing)).toEqual({
      pairingCode: null,
      code: '2@x',
      base64: 'data:image/png;base64,AA',
      count: 1,
    })
  })

  it('is 409 when the number is connected', () => {
    expect(refusal(() => qrcodeOf('a', { state: 'already_connected' }))).toEqual({
      status: 409,
      detail: 'A instância a já está conectada',
    })
  })

  it('is 503 with the next route and Retry-After when it is late, and 502 when Evolution is down', () => {
    const late = refusal(() =>
      qrcodeOf('a b', { state: 'not_ready', reason: 'qr_pending', retryAfterMs: 2_100 }),
    )
    expect(late).toMatchObject({ status: 503, retryAfterSeconds: 3 })
    expect(late.detail).toContain('GET /admin/instances/a%20b/qrcode')
    const away = refusal(() =>
      qrcodeOf('a', { state: 'not_ready', reason: 'evolution_unreachable', retryAfterMs: 0 }),
    )
    expect(away).toMatchObject({ status: 502, retryAfterSeconds: 1 })
  })
})
