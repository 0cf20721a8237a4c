import { emptyDatabase, testDatabase } from '@zapfleet/testing'
import { expect, test } from 'vitest'

test('gives each caller a separate database', async () => {
  const [one, other] = await Promise.all([emptyDatabase(), testDatabase()])
  expect(new URL(one.url).pathname).not.toBe(new URL(other.url).pathname)
  await Promise.all([one.drop(), other.drop()])
})
