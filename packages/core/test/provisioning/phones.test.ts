import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkInstance,
  createInstance,
  getInstance,
  pairInstance,
  updateInstance,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const { simulator, evolution } = await testEvolution()
const { control } = simulator
/** The numbers that Evolution received, in digits, by create and connect. */
const received: (string | undefined)[] = []
const { fleet, sql, another } = await testFleet({
  evolution: {
    ...evolution,
    create(input) {
      received.push(input.number)
      return evolution.create(input)
    },
    connect(name, more) {
      received.push(more?.number)
      return evolution.connect(name, more)
    },
  },
})

/** A code that a slow machine lets expire is requested again; a read of the present code names no number. */
const numbersReceived = (): unknown[] => [...new Set(received.filter((number) => number !== undefined))]

let names = 0
/** A test of its own: what is stored of a name on Evolution would delay the next test. */
let name = ''
beforeEach(async () => {
  for (const one of control.instances()) control.removeInstance(one.name)
  await clearFleet(sql)
  await fleet.engine.snapshot.refresh()
  received.length = 0
  name = `n${++names}`
})

/** A row as an older program wrote it, and the closed instance on Evolution. */
async function adopt(name: string, phone: string): Promise<void> {
  await addInstances(sql, [name], { status: 'disconnected' })
  await sql('update whatsapp_instances set numero_telefone = $2 where nome = $1', [name, phone])
  control.addInstance({ name, state: 'close' })
}

describe('a phone number without its country code', () => {
  it.each(['11987650001', '(11) 98765-0001', '5511987650001', '+55 11 98765-0001'])(
    'is one of the default country: create and update store %s as E.164, and Evolution gets its digits',
    async (phoneNumber) => {
      const { instance } = await createInstance(callOf(fleet), { name, phoneNumber })
      expect(instance.phoneNumber).toBe('+5511987650001')
      expect(numbersReceived()).toEqual(['5511987650001'])
      await updateInstance(callOf(fleet), { name, phoneNumber: null })
      expect(await updateInstance(callOf(fleet), { name, phoneNumber })).toMatchObject({
        phoneNumber: '+5511987650001',
      })
    },
  )

  it('is one of another country where the fleet is configured for it', async () => {
    const portuguese = await another({ defaultCountry: 'PT' })
    const { instance } = await createInstance(callOf(portuguese), { name, phoneNumber: '912 345 678' })
    expect(instance.phoneNumber).toBe('+351912345678')
    await expect(
      updateInstance(callOf(portuguese), { name, phoneNumber: '11987650001' }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('of PT'),
    })
  })

  it('makes the code to type for that phone', async () => {
    await addInstances(sql, [name], { status: 'disconnected' })
    control.addInstance({ name, state: 'close' })
    const pairing = await pairInstance(callOf(fleet), { name, phoneNumber: '(11) 98765-0001' })
    expect(pairing).toMatchObject({ state: 'qr', pairingCode: expect.any(String) })
    expect(numbersReceived()).toEqual(['5511987650001'])
  })

  it('in an adopted row is that phone for the code to type, and for the phone that is paired', async () => {
    await adopt(name, '(11) 98765-0001')
    await pairInstance(callOf(fleet), { name })
    expect(numbersReceived()).toEqual(['5511987650001'])
    control.scan(name, { phone: '5511987650001' })
    await checkInstance(callOf(fleet), { name })
    expect(await getInstance(fleet, { name })).toMatchObject({ status: 'connected', statusReason: null })
  })

  it('in an adopted row is not the phone that is paired when they differ', async () => {
    await adopt(name, '11987650001')
    await pairInstance(callOf(fleet), { name })
    control.scan(name, { phone: '11987650001' })
    await checkInstance(callOf(fleet), { name })
    expect(await getInstance(fleet, { name })).toMatchObject({ statusReason: 'WRONG_PHONE' })
  })
})

describe('a text that cannot be a phone', () => {
  it('is refused by create, update and pairing, with what was expected, what was received and what to do', async () => {
    await addInstances(sql, ['there'], { status: 'disconnected' })
    control.addInstance({ name: 'there', state: 'close' })
    const refused = {
      code: 'INVALID_INPUT',
      message:
        'phoneNumber: expected a phone number, got "98765-0001". Write it with its country code, as +5511987654321; without one it is read as a number of BR (DEFAULT_COUNTRY) and needs its area code.',
    }
    const phoneNumber = '98765-0001'
    await expect(createInstance(callOf(fleet), { name, phoneNumber })).rejects.toMatchObject(refused)
    await expect(updateInstance(callOf(fleet), { name: 'there', phoneNumber })).rejects.toMatchObject(refused)
    await expect(pairInstance(callOf(fleet), { name: 'there', phoneNumber })).rejects.toMatchObject(refused)
    expect(received).toEqual([])
    expect(control.instances().map(({ name }) => name)).toEqual(['there'])
    expect(await sql('select nome, numero_telefone from whatsapp_instances')).toEqual([
      { nome: 'there', numero_telefone: null },
    ])
  })
})
