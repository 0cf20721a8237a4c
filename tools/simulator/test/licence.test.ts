import { describe, expect, it } from 'vitest'
import { openSimulator } from './open-simulator.ts'

const STATE = '/instance/connectionState/w1'

describe('an Evolution server without a licence', () => {
  it.each([
    ['GET', STATE, undefined],
    ['GET', STATE, null],
    ['GET', STATE, 'wrong key'],
    ['GET', '/instance/connectionState/unknown', undefined],
    ['GET', '/instance/fetchInstances', undefined],
    ['POST', '/message/sendText/w1', undefined],
    ['POST', '/instance/create', undefined],
    ['GET', '/metrics', null],
    ['PUT', '/no/such/route', undefined],
  ])('answers %s %s with the key %s by 503 LICENSE_REQUIRED', async (method, path, key) => {
    const { call, control, url } = await openSimulator({ version: '2.4.0' })
    control.addInstance({ name: 'w1' })
    control.unlicensed(true)
    const { status, body } = await call(method, path, key === undefined ? {} : { key })
    expect([status, body]).toEqual([
      503,
      {
        error: 'service not activated',
        code: 'LICENSE_REQUIRED',
        register_url: `${url}/manager/login`,
        instance_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        docs_url: expect.stringContaining('licensing'),
        message: expect.stringContaining('is not activated'),
      },
    ])
  })

  it('answers the open routes, and everything again after the activation', async () => {
    const { call, control } = await openSimulator({ version: '2.4.0' })
    control.addInstance({ name: 'w1' })
    control.unlicensed(true)
    expect((await call('GET', '/', { key: null })).body).toMatchObject({ status: 200, version: '2.4.0' })
    expect((await call('GET', '/health', { key: null })).status).toBe(200)
    const inactive = await call('GET', '/license/status', { key: null })
    expect([inactive.status, inactive.body.status]).toEqual([200, 'inactive'])
    const command = await call('POST', '/__simulator/unlicensed', { body: { on: false } })
    expect(command.body).toEqual({ ok: true, result: null })
    expect((await call('GET', '/license/status')).body.status).toBe('active')
    expect((await call('GET', STATE)).body.instance.state).toBe('open')
  })

  it("is behind its proxy: a proxy's 503 has no licence word", async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    control.unlicensed(true)
    control.fault({ kind: 'html', code: 503, times: 1 })
    const proxy = await call('GET', STATE)
    expect([proxy.status, proxy.headers.get('content-type')]).toEqual([503, 'text/html'])
    expect(proxy.body).toContain('503 Service Unavailable')
    expect((await call('GET', STATE)).body.code).toBe('LICENSE_REQUIRED')
  })

  it('does not exist in 2.3.6: its routes are unknown', async () => {
    const { call } = await openSimulator()
    expect((await call('GET', '/license/status')).status).toBe(404)
    expect((await call('GET', '/health')).status).toBe(404)
  })
})
