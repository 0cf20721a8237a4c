import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_KEY, call, type FleetApi, startFleetApi } from './fleet-api.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
})
afterAll(() => api?.close())

const create = (body: unknown) => call(`${api.address}/admin/instances`, { key: ADMIN_KEY, body })
const qrcode = (nome: string) => call(`${api.address}/admin/instances/${nome}/qrcode`, { key: ADMIN_KEY })

describe('POST /admin/instances', () => {
  it('creates the number and returns a QR code, in the format of the Portuguese routes', async () => {
    const { status, body } = await create({
      nome: 'loja',
      numero_telefone: '+5511987654321',
      criado_por: 'script',
    })
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['message', 'nome', 'numero_telefone', 'qrcode'])
    expect(body).toMatchObject({ nome: 'loja', message: 'Escaneie o QR Code para conectar' })
    expect(Object.keys(body.qrcode).sort()).toEqual(['base64', 'code', 'count', 'pairingCode'])
    expect(body.qrcode.base64).toMatch(/^data:image\/png;base64,iVBORw0KGgo/)
    expect(body.qrcode.count).toBeGreaterThan(0)
  })

  it('returns 409 for a name that is taken', async () => {
    const first = await create({ nome: 'taken' })
    expect(Object.keys(first.body).sort()).toEqual(['message', 'nome', 'qrcode'])
    const { status, body } = await create({ nome: 'taken' })
    expect([status, Object.keys(body)]).toEqual([409, ['detail']])
    expect(body.detail).toContain('Já existe')
  })

  it.each([
    ['no nome', {}],
    ['a bad name', { nome: 'a b' }],
    ['a number for a name', { nome: 7 }],
    ['a bad phone', { nome: 'ok', numero_telefone: '98765' }],
    ['an array', []],
  ])('returns 422 for %s', async (_what, body) => {
    const answer = await create(body)
    expect([answer.status, Object.keys(answer.body)]).toEqual([422, ['detail']])
  })

  it.each([
    ['broken JSON', '{"nome":', 'application/json', 422],
    ['an empty body', '', 'application/json', 422],
    ['a __proto__ field', '{"nome":"ok","__proto__":{"a":1}}', 'application/json', 422],
    ['plain text', 'nome=a', 'text/plain', 415],
    ['a huge body', `{"nome":"${'a'.repeat(1_048_576)}"}`, 'application/json', 413],
  ])('returns %s with a detail and no stack', async (_what, raw, type, status) => {
    const answer = await call(`${api.address}/admin/instances`, {
      method: 'POST',
      key: ADMIN_KEY,
      raw,
      headers: { 'content-type': type },
    })
    expect([answer.status, Object.keys(answer.body)]).toEqual([status, ['detail']])
  })

  it('returns 502 when Evolution refuses, and registers nothing', async () => {
    const fault = api.simulator.control.fault({
      kind: 'status',
      code: 500,
      match: { route: 'instance/create' },
    })
    const { status, body } = await create({ nome: 'unlucky' })
    fault.remove()
    expect([status, Object.keys(body)]).toEqual([502, ['detail']])
    expect((await qrcode('unlucky')).status).toBe(404)
  })
})

describe('GET /admin/instances/{nome}/qrcode', () => {
  it('returns the four fields, and 409 once the number is connected', async () => {
    await create({ nome: 'pairing' })
    const { status, body } = await qrcode('pairing')
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['base64', 'code', 'count', 'pairingCode'])
    api.simulator.control.scan('pairing')
    const again = await qrcode('pairing')
    expect([again.status, again.body]).toEqual([409, { detail: 'A instância pairing já está conectada' }])
  })

  it('returns 502 with Retry-After and the next step when Evolution is down', async () => {
    await create({ nome: 'lonely' })
    await api.simulator.control.outage('refuse')
    const { status, headers, body } = await qrcode('lonely')
    await api.simulator.control.outage(null)
    expect(status).toBe(502)
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    expect(body.detail).toContain('GET /admin/instances/lonely/qrcode')
  })

  it('returns 404 for an instance that does not exist', async () => {
    const { status, body } = await qrcode('nobody')
    expect([status, body]).toEqual([404, { detail: 'Instância não encontrada' }])
  })

  it.each([
    ['slashes', 'a%2Fb', 404],
    ['dots', '%2E%2E', 404],
    ['unicode', encodeURIComponent('São Paulo 🏬'), 404],
    ['an object’s own word', '__proto__', 404],
    ['300 characters', 'a'.repeat(300), 422],
    ['NUL', 'a%00', 422],
    ['bad encoding', '%zz', 422],
  ])('answers a name of %s with a typed refusal', async (_what, nome, status) => {
    const answer = await qrcode(nome)
    expect([answer.status, Object.keys(answer.body)]).toEqual([status, ['detail']])
  })
})

describe('GET /health/instances', () => {
  it('answers in the format of the Portuguese routes', async () => {
    // Without a phone number: its QR codes last longer than the six codes of a pairing by number.
    await create({ nome: 'esperando' })
    const { status, body } = await call(`${api.address}/health/instances`)
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['instances', 'online', 'status', 'total'])
    expect(body.total).toBe(body.instances.length)
    expect(body.online).toBe(body.instances.filter((one: { online: boolean }) => one.online).length)
    const waiting = body.instances.find((one: { nome: string }) => one.nome === 'esperando')
    expect(waiting).toEqual({ nome: 'esperando', status: 'connecting', online: false })
    const paired = body.instances.find((one: { nome: string }) => one.nome === 'pairing')
    expect(paired).toEqual({ nome: 'pairing', status: 'open', online: true })
    expect(body.status).toBe('healthy')
  })
})

describe('other routes', () => {
  it('answer orchestrators', async () => {
    expect((await call(`${api.address}/health/live`)).body).toEqual({ status: 'ok' })
    expect((await call(`${api.address}/health/ready`)).body).toEqual({ status: 'ready' })
  })

  it('describe the API', async () => {
    expect((await call(`${api.address}/`)).body).toMatchObject({
      name: 'zapfleet',
      version: '1.2.3',
      trpc: '/trpc',
    })
  })

  it('answer 404 in Portuguese for an unknown path, and accept a slash at the end', async () => {
    const { status, body } = await call(`${api.address}/nada`)
    expect([status, body]).toEqual([404, { detail: 'Rota não encontrada' }])
    expect((await call(`${api.address}/health/live/`)).status).toBe(200)
  })
})
