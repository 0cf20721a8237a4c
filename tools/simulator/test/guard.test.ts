import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import { baileys, type Json, openSimulator, soon } from './open-simulator.ts'

const NOPE = {
  status: 404,
  error: 'Not Found',
  response: { message: ['The "nope" instance does not exist'] },
}
const WRONG_KEY = { status: 401, error: 'Unauthorized', response: { message: 'Unauthorized' } }

describe('the guards', () => {
  it('answer 404 for an unknown name before they check the key, and 401 for a known one', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'a1' })
    for (const key of [null, 'wrong']) {
      expect((await call('GET', '/instance/connectionState/nope', { key })).body).toEqual(NOPE)
      expect((await call('GET', '/instance/connectionState/a1', { key })).body).toEqual(WRONG_KEY)
      expect((await call('GET', '/instance/fetchInstances?instanceName=nope', { key })).status).toBe(401)
    }
  })

  it('answer 403 for a taken name before they check the key, and 401 for a free one', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'a1' })
    const taken = await call('POST', '/instance/create', { key: null, body: baileys('a1') })
    expect(taken.status).toBe(403)
    expect(taken.body.response.message).toEqual(['This name "a1" is already in use.'])
    expect((await call('POST', '/instance/create', { key: null, body: baileys('a2') })).status).toBe(401)
  })

  it('read the key from the header apikey only', async () => {
    const { call, control, apiKey } = await openSimulator()
    control.addInstance({ name: 'a1' })
    const path = '/instance/connectionState/a1'
    expect((await call('GET', path, { key: null, headers: { ApiKey: apiKey } })).status).toBe(200)
    const bearer = { authorization: `Bearer ${apiKey}` }
    expect((await call('GET', path, { key: null, headers: bearer })).status).toBe(401)
    expect((await call('GET', `${path}?apikey=${apiKey}`, { key: null })).status).toBe(401)
  })

  it('allow an instance token its own name and rows, and no create', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'mine', token: 'T-1' })
    control.addInstance({ name: 'other' })
    const key = 'T-1'
    expect((await call('GET', '/instance/connectionState/mine', { key })).status).toBe(200)
    expect((await call('GET', '/instance/connectionState/other', { key })).status).toBe(401)
    const rows = await call('GET', '/instance/fetchInstances', { key })
    expect(rows.body.map((row: Json) => row.name)).toEqual(['mine'])
    expect((await call('GET', '/instance/fetchInstances?instanceName=other', { key })).status).toBe(401)
    expect((await call('POST', '/instance/create', { key, body: baileys('new') })).status).toBe(401)
  })

  it('allow a query to override the path after the key was checked for the path', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'mine', token: 'T-1', state: 'close' })
    control.addInstance({ name: 'other' })
    const key = 'T-1'
    const state = await call('GET', '/instance/connectionState/mine?instanceName=other', { key })
    expect(state.body).toEqual({ instance: { instanceName: 'other', state: 'open' } })
    await call('DELETE', '/instance/delete/mine?instanceName=other', { key })
    await soon(() => control.instances().map((one) => one.name)).toEqual(['mine'])
    const created = await call('POST', '/instance/create?x=/instance/fetchInstances', {
      key,
      body: baileys('new'),
    })
    expect(created.status).toBe(201)
  })

  it('treat properties of Object.prototype as instances', async () => {
    const { call } = await openSimulator()
    for (const name of ['constructor', 'toString', '__proto__']) {
      expect((await call('GET', `/instance/connectionState/${name}`)).body).toEqual({
        instance: { instanceName: name },
      })
      expect((await call('POST', '/instance/create', { body: baileys(name) })).status).toBe(403)
      expect((await call('DELETE', `/instance/delete/${name}`)).status).toBe(200)
    }
  })

  it('answer an unknown route and a wrong method with 404, never 405', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'a1' })
    const put = await call('PUT', '/instance/restart/a1')
    expect(put.status).toBe(404)
    expect(put.body.response.message).toEqual(['Cannot PUT /instance/restart/a1'])
  })
})

describe('every answer', () => {
  it('is 400 with the text of a 500 for malformed JSON', async () => {
    const { call } = await openSimulator()
    const answer = await call('POST', '/instance/create', { body: '{bad' })
    expect(answer.body).toMatchObject({ status: 400, error: 'Internal Server Error' })
    expect(typeof answer.body.response.message).toBe('string')
  })

  it('has an ETag that gives 304, and the headers of Express', async () => {
    const { call } = await openSimulator()
    const first = await call('GET', '/')
    expect(first.headers.get('x-powered-by')).toBe('Express')
    expect(first.headers.get('keep-alive')).toBe('timeout=5')
    const again = await call('GET', '/', { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
    expect([again.status, again.body]).toEqual([304, ''])
  })

  it('is compressed on request', async () => {
    const { control, url, apiKey } = await openSimulator()
    for (let n = 0; n < 10; n++) control.addInstance({ name: `a${n}` })
    const headers = { apikey: apiKey, 'accept-encoding': 'gzip' }
    const answer = await request(`${url}/instance/fetchInstances`, { headers })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(Buffer.from(await answer.body.arrayBuffer()).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
  })

  it('of GET / needs no key and states that this is a simulator', async () => {
    const { call } = await openSimulator({ version: '2.3.7' })
    const { body } = await call('GET', '/', { key: null })
    expect(body).toMatchObject({ status: 200, version: '2.3.7' })
    expect(body.simulator).toContain('no WhatsApp')
  })
})
