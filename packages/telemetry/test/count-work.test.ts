import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { countEvolutionCalls } from '../src/count-work.ts'

it('counts calls of Evolution by server, and gives no more than 100 servers a label of their own', async () => {
  const registry = new Registry()
  const count = countEvolutionCalls(registry)
  const call = { call: 'connectionState', outcome: 'ok', tookMs: 3 } as Parameters<typeof count>[1]
  for (let n = 0; n < 150; n++) count(`server-${n}`, call)
  count('server-0', call)
  const [calls, took] = await registry.getMetricsAsJSON()
  expect(calls?.values).toHaveLength(101)
  expect(calls?.values).toContainEqual({
    value: 2,
    labels: { server: 'server-0', call: 'connectionState', outcome: 'ok' },
  })
  expect(calls?.values).toContainEqual({
    value: 50,
    labels: { server: 'other', call: 'connectionState', outcome: 'ok' },
  })
  expect(new Set(took?.values.map(({ labels }) => labels.server)).size).toBe(101)
})
