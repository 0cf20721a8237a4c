import { describe, expect, it } from 'vitest'
import { openSimulator } from './open-simulator.ts'

async function simulatorWithW1() {
  const simulator = await openSimulator()
  simulator.control.addInstance({ name: 'w1' })
  const jidOfSend = async (number: string): Promise<string> =>
    (await simulator.call('POST', '/message/sendText/w1', { body: { number, text: 'um' } })).body.key
      .remoteJid
  const look = (body: unknown) => simulator.call('POST', '/chat/whatsappNumbers/w1', { body })
  return { ...simulator, jidOfSend, look }
}

describe('the jid that comes back', () => {
  it.each([
    ['5547988887777', '554788887777@s.whatsapp.net'],
    ['554788887777', '554788887777@s.whatsapp.net'],
    ['+55 (47) 98888-7777', '554788887777@s.whatsapp.net'],
    ['5547988887777@s.whatsapp.net', '5547988887777@s.whatsapp.net'],
    ['5547968887777', '5547968887777@s.whatsapp.net'],
    ['5511977776666', '5511977776666@s.whatsapp.net'],
    ['5215512345678', '525512345678@s.whatsapp.net'],
    ['5491112345678', '541112345678@s.whatsapp.net'],
    ['15551234567', '15551234567@s.whatsapp.net'],
    ['77001122334455@lid', '77001122334455@lid'],
  ])('of %s is %s', async (number, jid) => {
    const { jidOfSend } = await simulatorWithW1()
    expect(await jidOfSend(number)).toBe(jid)
  })

  it('is the cached one for a full jid, and the one of WhatsApp before the built one', async () => {
    const { control, jidOfSend } = await simulatorWithW1()
    await jidOfSend('5547988887777')
    expect(await jidOfSend('5547988887777@s.whatsapp.net')).toBe('554788887777@s.whatsapp.net')
    control.setWhatsappJid('5511999993333', '5511999993333@s.whatsapp.net')
    expect(await jidOfSend('551199993333')).toBe('5511999993333@s.whatsapp.net')
    control.setWhatsappJid('5547999994444', '5547999994444@s.whatsapp.net')
    expect(await jidOfSend('5547999994444')).toBe('5547999994444@s.whatsapp.net')
  })

  it('of a LID is the phone when a message to the phone contained the pair', async () => {
    const { control, jidOfSend } = await simulatorWithW1()
    control.inbound('w1', { from: '77001122334455@lid', alt: '5511977776666' })
    expect(await jidOfSend('77001122334455@lid')).toBe('77001122334455@lid')
    control.inbound('w1', { from: '5511977776666', alt: '77001122334455@lid' })
    expect(await jidOfSend('77001122334455@lid')).toBe('5511977776666@s.whatsapp.net')
  })

  it('is not cached for other countries: a dead connection then fails as for a new number', async () => {
    const { call, control, jidOfSend } = await simulatorWithW1()
    const numbers = ['5511977776666', '15551234567']
    for (const number of numbers) await jidOfSend(number)
    control.deadConnection('w1', 'closed')
    const statuses = []
    for (const number of numbers)
      statuses.push((await call('POST', '/message/sendText/w1', { body: { number, text: 'um' } })).status)
    expect(statuses).toEqual([400, 500])
  })
})

describe('whatsappNumbers', () => {
  it('answers broadcasts, groups and users in this order, with the name and the flag of a LID', async () => {
    const { control, look } = await simulatorWithW1()
    control.inbound('w1', { from: '5547988887777', pushName: 'Maria' })
    control.inbound('w1', { from: '5511966665555', group: '1203@g.us' })
    control.setLid('5547988887777', '77001122334455@lid')
    const numbers = [
      '5547988887777',
      '5511977770000',
      '1203@g.us',
      '999@g.us',
      '88001122334455@lid',
      'status@broadcast',
    ]
    const { status, body } = await look({ numbers })
    expect(status).toBe(200)
    expect(body).toEqual([
      { jid: 'status@broadcast', exists: false, number: 'status@broadcast' },
      { jid: '1203@g.us', exists: true, number: '1203@g.us' },
      { jid: '999@g.us', exists: false, number: '999@g.us' },
      {
        jid: '554788887777@s.whatsapp.net',
        exists: true,
        number: '5547988887777',
        name: 'Maria',
        lid: 'lid',
      },
      { jid: '5511977770000@s.whatsapp.net', exists: false, number: '5511977770000' },
      { jid: '88001122334455@lid', exists: true, number: '88001122334455@lid' },
    ])
  })

  it('has another envelope for errors', async () => {
    const { look } = await simulatorWithW1()
    const empty = await look({ numbers: [] })
    expect([empty.status, empty.body]).toEqual([
      400,
      { status: 400, error: 'Bad Request', message: [['numbers does not meet minimum length of 1']] },
    ])
    const none = await look({})
    expect([none.status, none.body]).toEqual([400, {}])
  })

  it('keeps a number in the cache that left WhatsApp, and needs a connection for one that is not in it', async () => {
    const { control, look } = await simulatorWithW1()
    await look({ numbers: ['5511977776666'] })
    control.setNumberMissing('5511977776666', true)
    expect((await look({ numbers: ['5511977776666'] })).body).toMatchObject([{ exists: true }])
    control.drop('w1')
    expect((await look({ numbers: ['5511977776666'] })).status).toBe(200)
    expect((await look({ numbers: ['5511966665555'] })).status).toBe(400)
  })
})
