import { expect, vi } from 'vitest'
import type { TestFleet } from './fleet.ts'

/** Makes sure that a number is connected, whatever earlier scenes left of it: one that is not is created again. */
export async function haveConnected(fleet: TestFleet, name: string, phoneNumber?: string): Promise<void> {
  const { admin, simulator } = fleet
  const there = await find(fleet, name)
  if (there?.status === 'connected') return
  if (there !== undefined) await admin.instance.delete.mutate({ name })
  await admin.instance.create.mutate({ name, ...(phoneNumber ? { phoneNumber } : {}) })
  simulator.control.scan(name, phoneNumber ? { phone: phoneNumber.replace('+', '') } : {})
  await becomes(fleet, name, 'connected')
}

/** Makes sure that a number was logged out on its phone. */
export async function haveLoggedOut(fleet: TestFleet, name: string): Promise<void> {
  if ((await find(fleet, name))?.status === 'disconnected') return
  await haveConnected(fleet, name)
  fleet.simulator.control.logoutFromPhone(name)
  await becomes(fleet, name, 'disconnected')
}

/** Makes sure that there is no number of this name. */
export async function haveNone(fleet: TestFleet, name: string): Promise<void> {
  if ((await find(fleet, name)) !== undefined) await fleet.admin.instance.delete.mutate({ name })
}

/** `expect.poll` works in tests alone, and this is called in hooks, too. */
async function becomes(fleet: TestFleet, name: string, status: string): Promise<void> {
  await vi.waitFor(async () => expect((await find(fleet, name))?.status).toBe(status), {
    timeout: 60_000,
    interval: 100,
  })
}

async function find({ admin }: TestFleet, name: string) {
  return (await admin.instance.list.query({})).find((one) => one.name === name)
}
