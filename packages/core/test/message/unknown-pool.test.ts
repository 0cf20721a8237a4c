import { expect, it } from 'vitest'
import { callOf, sendMessage, updateInstance } from '../../src/index.ts'
import { addInstances, testFleet } from '../support/fleet.ts'

const { fleet, sql } = await testFleet()
const call = callOf(fleet)
const to = '5511987654321'
const inAnHour = (): Date => new Date(Date.now() + 3_600_000)

it('a message with a tag that no number has is refused before anything is stored', async () => {
  await addInstances(sql, ['a'])
  await sendMessage(call, { to, text: 'later', sendAt: inAnHour() })
  const rows = () =>
    Promise.all(
      ['messages', 'message_lanes', 'message_changes'].map((table) => sql(`select * from zapfleet.${table}`)),
    )
  const before = await rows()
  for (const more of [{}, { validForS: 60 }, { sendAt: new Date(22) }, { idempotencyKey: 'k' }])
    await expect(sendMessage(call, { to, text: 'now', pool: 'none', ...more })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('"none"'),
    })
  expect(await rows()).toEqual(before)
})

it('a repetition is answered with its message, also where no number has the tag any more', async () => {
  await updateInstance(call, { name: 'a', tags: ['vendas'] })
  const input = { to, text: 'hello', pool: 'vendas', idempotencyKey: 'once', sendAt: inAnHour() }
  const first = await sendMessage(call, input)
  await updateInstance(call, { name: 'a', tags: [] })
  expect(await sendMessage(call, input)).toMatchObject({ id: first.id })
})
