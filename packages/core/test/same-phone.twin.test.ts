import { readPhone } from '@zapfleet/phone'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { resolveDuplicatePhones } from '../src/health/resolve-duplicate-phones.ts'
import { callOf, updateInstance } from '../src/index.ts'
import { isSamePhone } from '../src/instance/phone-of.ts'
import { testEvolution } from './support/evolution.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { evolution } = await testEvolution()
const { fleet, sql } = await testFleet({ evolution })

/** One phone, and the forms in digits that WhatsApp and people write it in. Two phones differ in every form. */
type Phone = { forms: readonly string[] }

// Few numbers, so that some phones differ in one digit only.
const area = fc.constantFrom('11', '21', '55')
const tail = fc.constantFrom('4567890', '4567891')
const brazilian = fc.tuple(area, fc.constantFrom('2', '3', '5', '6', '8', '9'), tail)
const phone: fc.Arbitrary<Phone> = fc.oneof(
  brazilian.map(([ddd, first, rest]) => ({
    forms:
      first < '6' ? [`55${ddd}${first}${rest}`] : [`55${ddd}9${first}${rest}`, `55${ddd}${first}${rest}`],
  })),
  // Mobiles of the new ranges never had eight digits.
  brazilian
    .filter(([, first]) => first < '6')
    .map(([ddd, first, rest]) => ({ forms: [`55${ddd}9${first}${rest}`] })),
  tail.map((rest) => ({ forms: [`52551${rest}`, `521551${rest}`] })),
  tail.map((rest) => ({ forms: [`5411${rest}8`, `54911${rest}8`] })),
  tail.map((rest) => ({ forms: [`1415${rest}`] })),
)
const spelling = phone.chain((one) => fc.constantFrom(...one.forms).map((digits) => ({ ...one, digits })))
const keyOf = (one: Phone): string => one.forms.join(' ')

beforeEach(async () => {
  await clearFleet(sql)
  await fleet.engine.snapshot.refresh()
})

describe('two phones are the same', () => {
  it('in TypeScript exactly when they are one phone in two forms', () => {
    fc.assert(
      fc.property(spelling, spelling, (one, other) => {
        expect(isSamePhone(one.digits, `+${other.digits}`)).toBe(keyOf(one) === keyOf(other))
      }),
      { numRuns: 3_000 },
    )
  })

  it('in settle_phones exactly when TypeScript has them equal: one instance serves each phone', async () => {
    const phones = fc.sample(spelling, 250)
    const names = phones.map((_, index) => `n${String(index).padStart(3, '0')}`)
    await addInstances(sql, names)
    await resolveDuplicatePhones(
      callOf(fleet),
      new Map(names.map((name, index) => [name, `+${phones[index]?.digits}`])),
    )
    const rows = await sql('select nome, duplicata_de from whatsapp_instances order by nome')
    const holder = new Map<string, string>()
    const expected = names.map((name, index) => {
      const key = keyOf(phones[index] as Phone)
      const first = holder.get(key)
      if (first === undefined) holder.set(key, name)
      return { nome: name, duplicata_de: first ?? null }
    })
    expect(holder.size).toBeGreaterThan(20)
    expect(holder.size).toBeLessThan(phones.length)
    expect(rows).toEqual(expected)
  })

  it('for create and update exactly when TypeScript has them equal, in any spelling that an adopted row holds', async () => {
    await addInstances(sql, ['holder', 'taker'], { status: 'disconnected' })
    const written = (digits: string): string[] => [
      digits,
      `+${digits}`,
      ...(digits.startsWith('55')
        ? [digits.slice(2), `(${digits.slice(2, 4)}) ${digits.slice(4, -4)}-${digits.slice(-4)}`]
        : []),
    ]
    const stored = spelling.chain((one) =>
      fc.constantFrom(...written(one.digits)).map((text) => ({ ...one, text })),
    )
    let refused = 0
    for (const [one, other] of fc.sample(fc.tuple(stored, spelling), 150)) {
      if (readPhone(other.digits, 'BR') === null) continue
      await sql(`update whatsapp_instances set numero_telefone = case when nome = 'holder' then $1 end`, [
        one.text,
      ])
      const isSame = keyOf(one) === keyOf(other)
      const end = await updateInstance(callOf(fleet), { name: 'taker', phoneNumber: other.digits }).then(
        () => 'taken',
        (error: { code: string }) => error.code,
      )
      expect([one.text, other.digits, end]).toEqual([one.text, other.digits, isSame ? 'CONFLICT' : 'taken'])
      if (isSame) refused++
    }
    expect(refused).toBeGreaterThan(0)
  })
})
