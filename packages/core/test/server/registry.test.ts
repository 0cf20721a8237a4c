import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { freePort } from '@zapfleet/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import {
  addServer,
  addServerInput,
  callOf,
  checkServer,
  createInstance,
  createSealer,
  deleteInstance,
  listServers,
  removeServer,
  resealServerKeys,
  updateServer,
  updateServerInput,
} from '../../src/index.ts'
import { SECRET, severalServers } from './several-servers.ts'

const { fleet, sql, another, simulators } = await severalServers(['b'])
const [first, b] = simulators as [Simulator, Simulator]
const call = callOf(fleet)
let third: Simulator
beforeAll(async () => {
  third = await startSimulator({ apiKey: 'the-key-of-the-third-server' })
})
afterAll(() => third.close())

it('lists the default server first, with figures of each and no key', async () => {
  const listed = await listServers(call)
  expect(listed).toEqual([
    expect.objectContaining({
      name: 'default',
      url: first.url,
      reachable: true,
      problem: null,
      licensed: true,
    }),
    expect.objectContaining({ name: 'b', url: b.url, reachable: true, version: '2.3.6', numbers: 0 }),
  ])
  expect(JSON.stringify(listed)).not.toContain(b.apiKey)
})

it('stores the key encrypted, for its row alone', async () => {
  const [row] = (await sql('select name, sealed_key from zapfleet.servers')) as unknown as {
    name: string
    sealed_key: string
  }[]
  expect(row?.sealed_key).not.toContain(b.apiKey)
  expect(createSealer(SECRET).open(row?.sealed_key ?? '', 'server:b')).toBe(b.apiKey)
  expect(() => createSealer(SECRET).open(row?.sealed_key ?? '', 'server:c')).toThrow('cannot be opened')
})

it('adds no server that does not answer, refuses the key, or is known already', async () => {
  const add = (name: string, url: string, apiKey: string) => addServer(call, { name, url, apiKey })
  const nobody = `http://127.0.0.1:${await freePort()}`
  await expect(add('c', nobody, 'some-key')).rejects.toMatchObject({ code: 'EVOLUTION_UNREACHABLE' })
  await expect(add('c', third.url, 'another-key')).rejects.toMatchObject({
    code: 'EVOLUTION_REFUSED',
    message: expect.stringContaining('AUTHENTICATION_API_KEY'),
  })
  await expect(add('c', `${b.url}/`, b.apiKey)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('"b"'),
  })
  await expect(add('c', first.url, first.apiKey)).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(add('b', third.url, third.apiKey)).rejects.toMatchObject({ code: 'CONFLICT' })
  third.control.unlicensed(true)
  await expect(add('c', third.url, third.apiKey)).rejects.toMatchObject({
    code: 'EVOLUTION_REFUSED',
    nextStep: 'activate_licence',
  })
  third.control.unlicensed(false)
  expect((await listServers(call)).map(({ name }) => name)).toEqual(['default', 'b'])
})

it('takes no name, address or key that cannot be one', () => {
  const server = { name: 'c', url: 'https://c.example.com', apiKey: 'key' }
  expect(addServerInput.safeParse(server).success).toBe(true)
  for (const wrong of [
    { name: 'default' },
    { name: '' },
    { name: 'a b' },
    { name: '../x' },
    { url: 'c.example.com' },
    { url: 'ftp://c.example.com' },
    { url: 'https://user:word@c.example.com' },
    { url: 'https://c.example.com/?x' },
    { apiKey: '' },
    { apiKey: 'two words' },
  ])
    expect(addServerInput.safeParse({ ...server, ...wrong }).success, JSON.stringify(wrong)).toBe(false)
  expect(updateServerInput.safeParse({ name: 'c' }).success).toBe(false)
})

it('needs ZAPFLEET_SECRET to store a key, and reports a key that it cannot open', async () => {
  const bare = await another({ sealer: null })
  await expect(
    addServer(callOf(bare), { name: 'c', url: third.url, apiKey: third.apiKey }),
  ).rejects.toMatchObject({ code: 'INVALID_STATE', message: expect.stringContaining('ZAPFLEET_SECRET') })
  const other = await another({ sealer: createSealer('another-secret-0123456789-abcdefgh') })
  for (const one of [bare, other])
    expect((await listServers(callOf(one)))[1]).toMatchObject({
      name: 'b',
      problem: 'key_sealed',
      reachable: false,
    })
})

it('changes a server whose key it cannot open by a new key alone', async () => {
  const other = callOf(await another({ sealer: createSealer('another-secret-0123456789-abcdefgh') }))
  await expect(updateServer(other, { name: 'b', url: b.url })).rejects.toMatchObject({
    code: 'INVALID_STATE',
    message: expect.stringContaining('Give its apiKey as well'),
  })
  expect(await updateServer(other, { name: 'b', apiKey: b.apiKey })).toMatchObject({ problem: null })
  expect(await updateServer(call, { name: 'b', apiKey: b.apiKey })).toMatchObject({ problem: null })
})

it('adds no server under another address of a known one', async () => {
  b.control.addInstance({ name: 'elsewhere' })
  const { port } = new URL(b.url)
  await expect(
    addServer(call, { name: 'same', url: `http://localhost:${port}`, apiKey: b.apiKey }),
  ).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('another address of "b"') })
  b.control.removeInstance('elsewhere')
})

it('finds a server that another process added a moment ago', async () => {
  const second = await another()
  expect(await second.servers.list()).toHaveLength(2)
  await addServer(call, { name: 'c', url: third.url, apiKey: third.apiKey })
  expect(await second.servers.find('c')).toMatchObject({ url: third.url })
  await removeServer(call, { name: 'c' })
})

it('opens keys of the previous ZAPFLEET_SECRET, and encrypts them by the present one', async () => {
  const present = 'a-newer-secret-0123456789-abcdefgh'
  const rotating = await another({ sealer: createSealer(present, SECRET) })
  expect((await listServers(callOf(rotating)))[1]).toMatchObject({ name: 'b', problem: null })
  expect(await resealServerKeys(rotating)).toBe(1)
  expect(await resealServerKeys(rotating)).toBe(0)
  const rotated = await another({ sealer: createSealer(present) })
  expect((await listServers(callOf(rotated)))[1]).toMatchObject({ name: 'b', problem: null })
  const back = await another({ sealer: createSealer(SECRET, present) })
  expect(await resealServerKeys(back)).toBe(1)
})

it('uses a changed key in every process, and refuses one that is wrong', async () => {
  const second = await another()
  await addServer(call, { name: 'c', url: third.url, apiKey: third.apiKey })
  expect((await listServers(callOf(second))).map(({ name }) => name)).toContain('c')
  await expect(updateServer(call, { name: 'c', apiKey: 'wrong-key' })).rejects.toMatchObject({
    code: 'EVOLUTION_REFUSED',
  })
  const moved = await startSimulator({ apiKey: 'a-key-after-the-move' })
  try {
    expect(await updateServer(call, { name: 'c', url: moved.url, apiKey: moved.apiKey })).toMatchObject({
      url: moved.url,
      problem: null,
    })
    await vi.waitFor(async () => expect((await second.servers.find('c'))?.url).toBe(moved.url), {
      timeout: 20_000,
      interval: 500,
    })
    expect(await checkServer(callOf(second), { name: 'c' })).toMatchObject({ url: moved.url, problem: null })
  } finally {
    await removeServer(call, { name: 'c' })
    await moved.close()
  }
  await expect(checkServer(call, { name: 'c' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(updateServer(call, { name: 'c', apiKey: 'key' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(removeServer(call, { name: 'c' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('refuses the address of an Evolution that does not have the numbers of the server', async () => {
  const old = await startSimulator({ apiKey: 'the-key-of-the-old-server' })
  const moved = await startSimulator({ apiKey: old.apiKey })
  const update = () => updateServer(call, { name: 'c', url: moved.url })
  try {
    await addServer(call, { name: 'c', url: old.url, apiKey: old.apiKey })
    for (const name of ['n1', 'n2', 'gone']) await createInstance(call, { name, server: 'c' })
    await createInstance(call, { name: 'elsewhere', server: 'b' })
    moved.control.addInstance({ name: 'n1' })
    old.control.removeInstance('gone')

    await expect(update()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(
        /^url: expected the address of the server "c", got an Evolution that does not have 1 of its 3 numbers: n2\. Nothing was changed\. .*server\.add.*instance\.move/,
      ),
    })
    expect((await fleet.servers.find('c'))?.url).toBe(old.url)
    // The key of the same address needs no number.
    expect(await updateServer(call, { name: 'c', url: old.url, apiKey: old.apiKey })).toMatchObject({
      problem: null,
    })
    // The answer that shows what the key opens, and none of its list.
    const match = { route: 'instance/fetchInstances' }
    moved.control.fault({ kind: 'status', code: 404, match, times: 1 })
    moved.control.fault({ kind: 'status', code: 500, match })
    await expect(update()).rejects.toMatchObject({
      code: 'EVOLUTION_UNREACHABLE',
      message: expect.stringContaining('could not be read'),
    })
    moved.control.clearFaults()

    // What its present address does not have either need not be at the new one.
    moved.control.addInstance({ name: 'n2' })
    expect(await update()).toMatchObject({ url: moved.url, numbers: 3 })

    await moved.close()
    const last = await startSimulator({ apiKey: old.apiKey })
    await expect(updateServer(call, { name: 'c', url: last.url })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('3 of its 3 numbers: gone, n1, n2'),
    })
    await last.close()
  } finally {
    await deleteInstance(call, { name: 'elsewhere' })
    await sql("delete from whatsapp_instances where servidor = 'c'")
    await removeServer(call, { name: 'c' })
    await Promise.all([old.close(), moved.close()])
  }
})

it('removes no server that has numbers', async () => {
  await createInstance(call, { name: 'on-b', server: 'b' })
  await expect(removeServer(call, { name: 'b' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('1 number'),
  })
  await deleteInstance(call, { name: 'on-b' })
  expect(b.control.instances()).toEqual([])
  await removeServer(call, { name: 'b' })
  expect(await listServers(call)).toHaveLength(1)
})
