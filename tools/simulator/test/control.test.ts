import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { baileys, openSimulator, soon } from './open-simulator.ts'

const folders: string[] = []
/** An outage over HTTP begins when its call is answered. */
const BEGINS_AFTER_MS = 40

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  folders.push(folder)
  return join(folder, 'state.json')
}

describe('the control over HTTP', () => {
  it('does what the control in the process does', async () => {
    const { call, control } = await openSimulator()
    const act = (command: string, body: object) => call('POST', `/__simulator/${command}`, { body })
    await act('add-instances', { instances: [{ name: 'w1' }, { name: 'w2', state: 'connecting' }] })
    await act('scan', { name: 'w2', phone: '5511988887777' })
    await act('ban', { name: 'w1', code: 402 })
    expect((await call('GET', '/__simulator/instances')).body).toMatchObject([
      { name: 'w1', memory: 'close', database: { disconnectionReasonCode: 402 } },
      { name: 'w2', memory: 'open', database: { ownerJid: '5511988887777@s.whatsapp.net' } },
    ])
    const { body } = await act('fault', { kind: 'status', code: 500, match: { name: 'w2' } })
    expect(control.faults()).toMatchObject([{ id: body.result.id, kind: 'status' }])
    await act('remove-fault', { id: body.result.id })
    expect((await call('GET', '/instance/connectionState/w2')).status).toBe(200)
    expect((await call('GET', '/__simulator/calls?name=w2')).body).toMatchObject([
      { method: 'GET', path: '/instance/connectionState/w2', name: 'w2' },
    ])
    await act('set-memory', { name: 'w2', state: null })
    expect((await call('GET', '/instance/connectionState/w2')).body).toEqual({
      instance: { instanceName: 'w2' },
    })
  })

  it('requires the key, and answers a wrong call with a sentence about what to do', async () => {
    const { call } = await openSimulator()
    expect((await call('GET', '/__simulator/instances', { key: 'wrong' })).status).toBe(401)
    const unknown = await call('POST', '/__simulator/scann', { body: {} })
    expect([unknown.status, unknown.body.error]).toEqual([
      400,
      expect.stringContaining('There are: add-instances'),
    ])
    const missing = await call('POST', '/__simulator/scan', { body: { name: 'nope' } })
    expect(missing.body.error).toContain('There is no instance "nope"')
    const misspelt = await call('POST', '/__simulator/drop', { body: { nome: 'w1' } })
    expect([misspelt.status, misspelt.body.error]).toEqual([400, expect.stringContaining('name')])
  })

  it('can begin an outage with a given duration', async () => {
    const { call } = await openSimulator()
    const endless = await call('POST', '/__simulator/outage', { body: { kind: 'refuse' } })
    expect(endless.body.error).toContain('forMs')
    const isUp = () =>
      call('GET', '/').then(
        () => true,
        () => false,
      )
    // A short outage may end before the next call on a busy machine.
    let wasDown = false
    for (let forMs = 100; !wasDown; forMs *= 2) {
      await call('POST', '/__simulator/outage', { body: { kind: 'refuse', forMs } })
      await setTimeout(BEGINS_AFTER_MS)
      wasDown = !(await isUp())
    }
    await soon(isUp).toBe(true)
  })
})

describe('the control in the process', () => {
  it('replaces an outage by a later one: the end of the earlier one does not end it', async () => {
    const { call, control } = await openSimulator()
    await control.outage('refuse', { forMs: 40 })
    await control.outage(null)
    await control.outage('refuse')
    await setTimeout(80)
    await expect(call('GET', '/')).rejects.toThrow()
    await control.outage(null)
    expect((await call('GET', '/')).status).toBe(200)
  })

  it('sets memory and database separately, to any word', async () => {
    const { call, control } = await openSimulator()
    control.addInstance({ name: 'w1' })
    control.setMemory('w1', 'refused')
    control.setDatabase('w1', { connectionStatus: 'open', disconnectionReasonCode: 401 })
    expect((await call('GET', '/instance/connectionState/w1')).body.instance.state).toBe('refused')
    const [row] = (await call('GET', '/instance/fetchInstances')).body
    expect(row).toMatchObject({ connectionStatus: 'open', disconnectionReasonCode: 401 })
  })

  it('lists the calls received, filters and resets them', async () => {
    const { call, control } = await openSimulator()
    await call('POST', '/instance/create', { body: baileys('w1') })
    await call('GET', '/instance/connect/w1?number=55')
    await call('GET', '/nowhere')
    expect(control.calls().map((one) => `${one.method} ${one.path} ${one.name}`)).toEqual([
      'POST /instance/create w1',
      'GET /instance/connect/w1 w1',
      'GET /nowhere null',
    ])
    expect(control.calls({ route: 'instance/connect/' })).toMatchObject([{ query: 'number=55' }])
    control.resetCalls()
    expect(control.calls()).toEqual([])
  })

  it('adds latency to every answer', async () => {
    const { call } = await openSimulator({ latencyMs: 60 })
    expect((await call('GET', '/')).tookMs).toBeGreaterThan(55)
  })

  it('refuses an invalid option and names it', async () => {
    await expect(openSimulator({ timeScale: -1 })).rejects.toThrow(/timeScale must be a number of 0 or more/)
  })
})

describe('the state file', () => {
  it('keeps instances, owners and reasons for the next start, readable by its owner only', async () => {
    const stateFile = newFile()
    const first = await openSimulator({ stateFile })
    first.control.addInstance({ name: 'w1', number: '5511900000001' })
    first.control.addInstance({ name: 'w2' })
    first.control.ban('w2')
    await first.close()
    expect(statSync(stateFile).mode & 0o777).toBe(0o600)
    const second = await openSimulator({ stateFile })
    expect(second.control.instances()).toMatchObject([
      { name: 'w1', memory: 'open', database: { ownerJid: '5511900000001@s.whatsapp.net' } },
      { name: 'w2', memory: 'close', database: { disconnectionReasonCode: 403 } },
    ])
    expect(second.control.instance('w1').token).toBe(first.control.instance('w1').token)
  })

  it('that is broken is renamed and logged, and the simulator starts empty', async () => {
    const stateFile = newFile()
    writeFileSync(stateFile, '{"simulator":1,"inst')
    const logged: string[] = []
    const { control } = await openSimulator({ stateFile, log: (message) => logged.push(message) })
    expect(control.instances()).toEqual([])
    expect(readFileSync(`${stateFile}.broken`, 'utf8')).toContain('inst')
    expect(logged[0]).toContain('set aside')
  })

  it('is written a moment after a change, not only at the end', async () => {
    const stateFile = newFile()
    const { control } = await openSimulator({ stateFile })
    control.addInstance({ name: 'w1' })
    const kept = () => {
      try {
        return JSON.parse(readFileSync(stateFile, 'utf8')).instances.length
      } catch {
        return 0
      }
    }
    await soon(kept).toBe(1)
  })
})
