import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_KEY, call, type FleetApi, mutate, query, startFleetApi } from './fleet-api.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
})
afterAll(() => api?.close())

let made = 0
const newName = () => `n${++made}`
const post = (body: unknown) => call(`${api.address}/admin/instances`, { key: ADMIN_KEY, body })

describe('a phone number over tRPC', () => {
  it.each([
    ['11987650001', '+5511987650001'],
    ['(21) 98765-0002', '+5521987650002'],
    ['5531987650003', '+5531987650003'],
    ['+5541987650004', '+5541987650004'],
    ['+14155550123', '+14155550123'],
    ['5491123456789', '+5491123456789'],
  ])('%s is answered as %s', async (phoneNumber, phone) => {
    const name = newName()
    const created = await mutate(api, 'instance.create', { name, phoneNumber })
    expect(created.body.result.data.instance.phoneNumber).toBe(phone)
    await mutate(api, 'instance.update', { name, phoneNumber: null })
    const updated = await mutate(api, 'instance.update', { name, phoneNumber })
    expect(updated.body.result.data.phoneNumber).toBe(phone)
  })

  it.each(['', '119', '98765-0001', '+11987650001', '+1234567890123456', '٣٣٣٣٣٣٣٣', 'x'.repeat(41), 'a\0b'])(
    '%j is refused, and nothing is made',
    async (phoneNumber) => {
      const name = newName()
      for (const procedure of ['instance.create', 'instance.update', 'instance.qrCode']) {
        const { status, body } = await mutate(api, procedure, { name, phoneNumber })
        expect([status, body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
        expect(body.error.message).toContain('phoneNumber: expected')
      }
      expect((await query(api, 'instance.get', { name })).status).toBe(404)
    },
  )

  it.each([
    [{ name: 'nobody', phoneNumber: '119' }, 400, 'INVALID_INPUT'],
    [{ name: 'nobody', phoneNumber: '11987650001' }, 404, 'NOT_FOUND'],
  ])(
    'and other refusals end the stream of a pairing with their own kind: %j',
    async (input, httpStatus, code) => {
      const search = encodeURIComponent(JSON.stringify(input))
      const response = await fetch(`${api.address}/trpc/instance.onPairing?input=${search}`, {
        headers: { 'x-api-key': ADMIN_KEY },
      })
      const [, data = ''] = /serialized-error\ndata: (.*)/.exec(await response.text()) ?? []
      expect(JSON.parse(data).data).toMatchObject({ httpStatus, fleet: { code } })
    },
  )

  it('has its default country in fleet.conditions', async () => {
    expect((await query(api, 'fleet.conditions', {})).body.result.data.defaultCountry).toBe('BR')
  })
})

describe('numero_telefone', () => {
  it('is returned as it was read, where one was sent', async () => {
    const nome = newName()
    expect((await post({ nome, numero_telefone: '(51) 98765-0005' })).body).toEqual({
      nome,
      numero_telefone: '+5551987650005',
      qrcode: expect.any(Object),
      message: 'Escaneie o QR Code para conectar',
    })
    expect((await query(api, 'instance.get', { name: nome })).body.result.data.phoneNumber).toBe(
      '+5551987650005',
    )
  })

  it('that cannot be one is refused with what was expected, what was received and what to do', async () => {
    const nome = newName()
    const { status, body } = await post({ nome, numero_telefone: '98765-0001' })
    expect([status, body]).toEqual([
      422,
      {
        detail:
          'numero_telefone: esperado um número de telefone, recebido "98765-0001". Envie-o com o código do país, como +5511987654321; sem ele, é lido como número de BR (DEFAULT_COUNTRY) e precisa do DDD.',
      },
    ])
    expect((await query(api, 'instance.get', { name: nome })).status).toBe(404)
  })
})
