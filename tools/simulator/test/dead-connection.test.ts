import { describe, expect, it } from 'vitest'
import { openSimulator, soon } from './open-simulator.ts'
import { openReceiver } from './receiver.ts'

const MARIA = '5511977776666'
const JOAO = '5511966665555'

async function simulatorWithW1(timeScale = 0) {
  const simulator = await openSimulator({ timeScale })
  simulator.control.addInstance({ name: 'w1' })
  const send = async (number: string) => {
    const { status, body } = await simulator.call('POST', '/message/sendText/w1', {
      body: { number, text: 'um' },
    })
    return [status, body.response?.message]
  }
  const look = async (number: string) => {
    const { status, body } = await simulator.call('POST', '/chat/whatsappNumbers/w1', {
      body: { numbers: [number] },
    })
    return [status, body]
  }
  const state = async () => (await simulator.call('GET', '/instance/connectionState/w1')).body.instance.state
  return { ...simulator, send, look, state }
}

describe('a connection that is open and dead', () => {
  it('fails at once while it is closed unseen, and works again', async () => {
    const { control, send, look, state } = await simulatorWithW1()
    expect((await send(MARIA))[0]).toBe(201)
    control.deadConnection('w1', 'closed')
    expect(await send(MARIA)).toEqual([400, ['Error: Connection Closed']])
    expect(await send(JOAO)).toEqual([500, 'Connection Closed'])
    expect(await look(JOAO)).toEqual([400, {}])
    expect(await look(MARIA)).toMatchObject([200, [{ exists: true }]])
    // WhatsApp has no number of 15 digits, so each search for one needs the connection.
    expect(await look('551196666555500')).toEqual([400, {}])
    expect(await state()).toBe('open')
    control.deadConnection('w1', null)
    expect(await look('551196666555500')).toMatchObject([200, [{ exists: false }]])
    control.deadConnection('w1', 'closed')
    expect(await look('551196666555500')).toEqual([400, {}])
    control.deadConnection('w1', null)
    expect((await send(JOAO))[0]).toBe(201)
    expect(control.sent('w1')).toHaveLength(2)
  })

  it('hangs for a minute, scaled, while it is half-open: nothing is written', async () => {
    const { control, send, look, state } = await simulatorWithW1(0.002)
    expect((await send(MARIA))[0]).toBe(201)
    control.deadConnection('w1', 'half_open')
    const begun = performance.now()
    const answers = await Promise.all([send(MARIA), send(JOAO), look(JOAO)])
    expect(performance.now() - begun).toBeGreaterThan(115)
    expect(answers).toEqual([
      [400, ['Error: Connection Closed']],
      [500, "Cannot read properties of undefined (reading 'find')"],
      [400, {}],
    ])
    expect([await state(), control.sent('w1').length]).toEqual(['open', 1])
  })

  it('receives nothing meanwhile; what waited arrives when it works again', async () => {
    const { control, call } = await simulatorWithW1()
    const { body } = await call('POST', '/message/sendText/w1', { body: { number: MARIA, text: 'um' } })
    control.deadConnection('w1', 'half_open')
    control.receipts('w1', body.key.id, ['DELIVERY_ACK'])
    expect(control.updates()).toEqual([])
    control.deadConnection('w1', null)
    expect(control.updates()).toMatchObject([{ status: 'DELIVERY_ACK' }])
  })

  it('is noticed by Evolution, which logs in again', async () => {
    const { call, control, send } = await simulatorWithW1()
    const receiver = await openReceiver()
    const webhook = { enabled: true, url: receiver.url, events: ['CONNECTION_UPDATE'] }
    await call('POST', '/webhook/set/w1', { body: { webhook } })
    control.deadConnection('w1', 'half_open', { noticedAfterMs: 20, backAfterMs: 60 })
    await soon(receiver.words).toContain('connection.update open')
    await soon(receiver.words).toContain('connection.update connecting')
    expect((await send(MARIA))[0]).toBe(201)
    expect(() => control.deadConnection('nobody', 'closed')).toThrow('There is no instance')
  })
})

describe('a restricted number', () => {
  it('is refused by new contacts, and reaches people who wrote to it or whom it reached before', async () => {
    const { control, send } = await simulatorWithW1()
    control.addInstance({ name: 'w2' })
    control.outcomes({ delivery: { afterMs: 0 } }, { to: JOAO })
    await send(JOAO)
    await soon(() => control.updates()).toHaveLength(1)
    control.outcomes(null, { to: JOAO })
    control.restrict('w1', true)
    const statusOf = async (number: string) => {
      await send(number)
      const { id = '' } = control.sent('w1').at(-1) ?? {}
      await soon(() => control.updates('w1').some((one) => one.id === id)).toBe(true)
      return control.updates('w1').find((one) => one.id === id)?.status
    }
    expect(await statusOf(JOAO)).toBe('DELIVERY_ACK')
    expect(await statusOf(MARIA)).toBe('ERROR')
    control.inbound('w1', { from: MARIA })
    expect(await statusOf(MARIA)).toBe('DELIVERY_ACK')
    expect(await statusOf('5547988887777')).toBe('ERROR')
    control.setKnown('w1', '5547988887777', true)
    expect(await statusOf('5547988887777')).toBe('DELIVERY_ACK')
    control.setKnown('w1', MARIA, false)
    expect(await statusOf(MARIA)).toBe('ERROR')
    control.restrict('w1', false)
    control.outcomes({ read: { afterMs: 0 } })
    expect(await statusOf(MARIA)).toBe('READ')
  })
})
