import { describe, expect, it } from 'vitest'
import { openSimulator, soon } from './open-simulator.ts'

const MARIA = '5511977776666'

async function simulatorWithW1() {
  const simulator = await openSimulator()
  simulator.control.addInstance({ name: 'w1' })
  const command = async (word: string, body: object) => {
    const answer = await simulator.call('POST', `/__simulator/${word}`, { body })
    expect([answer.status, answer.body.error], word).toEqual([200, undefined])
    return answer.body.result
  }
  const send = (number = MARIA) =>
    simulator.call('POST', '/message/sendText/w1', { body: { number, text: 'um' } })
  const read = async (path: string) => (await simulator.call('GET', `/__simulator/${path}`)).body
  return { ...simulator, command, send, read }
}

describe('the commands about messages over HTTP', () => {
  it('set outcomes, send receipts, and list messages and updates', async () => {
    const { command, send, read } = await simulatorWithW1()
    await command('outcomes', { name: 'w1', to: MARIA, policy: { delivery: { afterMs: 0 }, read: 'none' } })
    const { id } = (await send()).body.key
    await soon(() => read('updates?name=w1')).toMatchObject([{ id, status: 'DELIVERY_ACK' }])
    await command('receipts', { name: 'w1', id, statuses: ['READ', 'PLAYED'] })
    expect(await read('messages?name=w1')).toMatchObject([{ id, statuses: ['DELIVERY_ACK', 'PLAYED'] }])
    await command('outcomes', { name: 'w1', to: MARIA, policy: null })
    await send()
    expect(await read('messages?name=w1')).toMatchObject([{ id }, { statuses: [] }])
  })

  it('let people write, restrict a number, and make people known', async () => {
    const { command, control, send, read } = await simulatorWithW1()
    const { id } = await command('inbound', { name: 'w1', message: { from: MARIA, text: 'oi' } })
    expect(await read('messages?name=w1')).toMatchObject([{ id, fromMe: false }])
    await command('restrict', { name: 'w1', on: true })
    await command('set-known', { name: 'w1', number: '5511966665555', known: true })
    const told = ['DELIVERY_ACK', 'DELIVERY_ACK', 'ERROR']
    for (const [index, number] of [MARIA, '5511966665555', '5511955554444'].entries()) {
      await send(number)
      await soon(() => control.updates().map((one) => one.status)).toEqual(told.slice(0, index + 1))
    }
    await command('set-inbound-dead', { name: 'w1', dead: true })
    await command('inbound', { name: 'w1', message: { from: MARIA, id: 'DEAD' } })
    expect(JSON.stringify(await read('messages?name=w1'))).not.toContain('DEAD')
  })

  it('change connection, numbers and timing', async () => {
    const { command, control, send } = await simulatorWithW1()
    await command('set-whatsapp-jid', { number: '551199993333', jid: '5511999993333@s.whatsapp.net' })
    expect((await send('551199993333')).body.key.remoteJid).toBe('5511999993333@s.whatsapp.net')
    await command('set-lid', { number: MARIA, lid: '77001122334455@lid' })
    await command('outcomes', { policy: { receiptJid: 'lid', delivery: { afterMs: 0 } } })
    await command('row-late', { ms: 1 })
    await command('buffer-after-login', { ms: 1 })
    await command('event-copies', { times: 2, withinMs: 1 })
    await command('drop-websockets', {})
    await command('dead-connection', { name: 'w1', kind: 'closed' })
    expect((await send('5511955554444')).status).toBe(500)
    await command('dead-connection', { name: 'w1', kind: null })
    expect((await send('5511955554444')).status).toBe(201)
    expect(control.sent('w1')).toHaveLength(2)
  })

  it.each([
    ['outcomes', { policy: { delivered: { afterMs: 0 } } }, 'delivered'],
    ['receipts', { name: 'w1', id: 'NONE', statuses: ['READ'] }, 'has no message "NONE"'],
    ['receipts', { name: 'w1', id: 'NONE', statuses: ['SEEN'] }, 'statuses'],
    ['inbound', { name: 'w1', message: { from: MARIA, group: 'no group' } }, 'group'],
    ['dead-connection', { name: 'w2', kind: 'closed' }, 'There is no instance "w2"'],
  ])('refuse a wrong %s with a sentence', async (word, body, sentence) => {
    const { call } = await simulatorWithW1()
    const answer = await call('POST', `/__simulator/${word}`, { body })
    expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(sentence)])
  })
})
