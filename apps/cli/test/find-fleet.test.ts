import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { holdFolder } from '@zapfleet/holder'
import { newFolder } from '@zapfleet/testing'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type FleetFlags, findFleet } from '../src/connection/find-fleet.ts'
import type { World } from '../src/world.ts'

let home: string
let cwd: string
let clone: string

beforeEach(() => {
  const folder = newFolder()
  home = join(folder, 'home')
  cwd = join(folder, 'work')
  clone = join(folder, 'clone')
  for (const one of [home, cwd, clone]) mkdirSync(one)
})

const find = (flags: FleetFlags = {}, env: Record<string, string> = {}) =>
  findFleet({ env, cwd, home, clone } as unknown as World, flags)

function put(file: string, text: string, mode = 0o600): string {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

const profiles = (mode = 0o600) =>
  put(
    join(home, '.config', 'zapfleet', 'profiles.json'),
    JSON.stringify({
      default: 'prod',
      profiles: {
        prod: { url: 'https://prod.example.com', apiKey: 'key-of-prod' },
        shop: { url: 'https://shop.example.com', apiKey: 'key-of-shop' },
      },
    }),
    mode,
  )

/** The data folder of a running `npm start`; the returned function ends it as a kill does, and leaves the files. */
function started(folder: string, url = 'http://127.0.0.1:4000', data = '.zapfleet'): () => void {
  const files = join(folder, data)
  put(join(files, 'api-url'), `${url}\n`)
  put(join(files, 'admin-key'), 'key-of-the-clone\n')
  const hold = holdFolder(files)
  onTestFinished(() => hold.release())
  return () => {
    const holder = join(files, 'holder.json')
    const record = JSON.parse(readFileSync(holder, 'utf8')) as { pid: number; startedAt: string }
    const gone = spawnSync(process.execPath, ['--version'])
    writeFileSync(holder, JSON.stringify({ ...record, pid: gone.pid }))
  }
}

describe('the fleet that is called', () => {
  it('address and key come from the first of: flags, --profile, environment, default profile, npm start, the default', () => {
    const says = (flags: FleetFlags, env: Record<string, string> = {}) => {
      const { url, key } = find(flags, env)
      return [url, key]
    }
    expect(says({})).toEqual(['http://127.0.0.1:3333', null])
    started(clone)
    expect(says({})).toEqual(['http://127.0.0.1:4000', 'key-of-the-clone'])
    profiles()
    expect(says({})).toEqual(['https://prod.example.com', 'key-of-prod'])
    const env = { ZAPFLEET_URL: 'https://env.example.com', ZAPFLEET_API_KEY: 'key-of-env' }
    expect(says({}, { ZAPFLEET_PROFILE: 'shop' })).toEqual(['https://shop.example.com', 'key-of-shop'])
    expect(says({}, env)).toEqual(['https://env.example.com', 'key-of-env'])
    expect(says({ profile: 'shop' }, env)).toEqual(['https://shop.example.com', 'key-of-shop'])
    const keyFile = put(join(cwd, 'key'), 'key-of-file\n')
    expect(says({ profile: 'shop', url: 'https://flag.example.com/trpc/', keyFile: 'key' }, env)).toEqual([
      'https://flag.example.com',
      'key-of-file',
    ])
    expect(find({ keyFile }).keyFrom).toBe('--key-file')
  })

  it('a stored key is never sent to another address than its own', () => {
    profiles()
    started(cwd)
    expect(find({ url: 'https://evil.example.com' })).toMatchObject({
      url: 'https://evil.example.com',
      key: null,
    })
    expect(find({ url: 'https://evil.example.com', profile: 'prod' }).key).toBeNull()
    expect(find({}, { ZAPFLEET_URL: 'https://evil.example.com' }).key).toBeNull()
    expect(find({ url: 'https://prod.example.com/' }).key).toBe('key-of-prod')
    expect(find({ url: 'http://127.0.0.1:4000' }).key).toBe('key-of-the-clone')
    expect(find({ url: 'http://127.0.0.1:4001' }).key).toBeNull()
  })

  it('npm start is found in the working directory before the clone of the program', () => {
    started(clone, 'http://127.0.0.1:4001')
    expect(find().url).toBe('http://127.0.0.1:4001')
    started(cwd, 'http://127.0.0.1:4002')
    expect(find().url).toBe('http://127.0.0.1:4002')
    started(cwd, 'http://127.0.0.1:4003', 'other')
    expect(find({}, { ZAPFLEET_DATA_DIR: 'other' }).url).toBe('http://127.0.0.1:4003')
  })

  it('ADMIN_API_KEY of the environment comes before that of .env, and that before the key that npm start made', () => {
    started(cwd)
    expect(find()).toMatchObject({ key: 'key-of-the-clone', keyFrom: join(cwd, '.zapfleet', 'admin-key') })
    put(join(cwd, '.env'), 'ADMIN_API_KEY=key-of-dotenv\nPORT=4004\n')
    expect(find()).toMatchObject({
      url: 'http://127.0.0.1:4000',
      key: 'key-of-dotenv',
      keyFrom: 'ADMIN_API_KEY',
    })
    expect(find({}, { ADMIN_API_KEY: 'key-of-shell', PORT: '4005' })).toMatchObject({
      url: 'http://127.0.0.1:4000',
      key: 'key-of-shell',
    })
  })

  it.each([
    ['the key that npm start made', {}],
    ['ADMIN_API_KEY', { ADMIN_API_KEY: 'key-of-shell', PORT: '4000' }],
  ])('where a fleet was stopped or killed, %s is not sent', (_, env) => {
    const kill = started(cwd)
    expect(find({}, env).key).not.toBeNull()
    kill()
    const stopped = { url: 'http://127.0.0.1:3333', urlFrom: 'the default', key: null, keyFrom: null }
    expect(find({}, env)).toEqual(stopped)
    expect(find({ url: 'http://127.0.0.1:4000' }, env).key).toBeNull()
    rmSync(join(cwd, '.zapfleet', 'api-url'))
    rmSync(join(cwd, '.zapfleet', 'holder.json'))
    expect(find({}, env)).toEqual(stopped)
  })

  it.runIf(process.getuid?.() === 0)('a folder of another user is ignored, and its .env too', () => {
    started(cwd, 'http://127.0.0.1:4002')
    chownSync(join(cwd, '.zapfleet'), 12_345, 12_345)
    expect(find({}, { ADMIN_API_KEY: 'key-of-shell' })).toMatchObject({
      url: 'http://127.0.0.1:3333',
      key: null,
    })
    started(clone, 'http://127.0.0.1:4001')
    expect(find().url).toBe('http://127.0.0.1:4001')
    put(join(clone, '.env'), 'ADMIN_API_KEY=key-of-another-user\n')
    chownSync(join(clone, '.env'), 12_345, 12_345)
    expect(find().key).toBe('key-of-the-clone')
    // The owner of the clone wrote the program.
    for (const path of [clone, join(clone, '.zapfleet'), join(clone, '.env')]) chownSync(path, 12_345, 12_345)
    expect(find()).toMatchObject({ url: 'http://127.0.0.1:4001', key: 'key-of-another-user' })
  })

  it('a folder that every user may write is not used', () => {
    started(cwd)
    chmodSync(join(cwd, '.zapfleet'), 0o777)
    expect(find().key).toBeNull()
  })

  it('a folder that names another machine is not used: the key of the admin is not sent there', () => {
    started(cwd, 'https://evil.example.com')
    expect(find({}, { ADMIN_API_KEY: 'key-of-shell' })).toMatchObject({
      url: 'http://127.0.0.1:3333',
      key: null,
    })
  })
})

describe('what is refused, with what to do', () => {
  it('a profile file that others can read', () => {
    const file = profiles(0o644)
    expect(() => find()).toThrow(`${file} holds API keys and others can read it`)
    try {
      find()
    } catch (error) {
      expect((error as { hints: string[] }).hints[0]).toContain(`chmod 600 '${file}'`)
    }
    // With address and key in the environment the file is not read.
    const env = { ZAPFLEET_URL: 'https://env.example.com', ZAPFLEET_API_KEY: 'key-of-env' }
    expect(find({}, env).key).toBe('key-of-env')
    chmodSync(file, 0o600)
    expect(find().key).toBe('key-of-prod')
  })

  it('a broken profile file, and an unknown profile', () => {
    put(profiles(), '{"profiles": []')
    expect(() => find()).toThrow('has another format than zapfleet login writes')
    profiles()
    expect(() => find({ profile: 'shpo' })).toThrow('there is no profile "shpo"')
    try {
      find({ profile: 'shpo' })
    } catch (error) {
      expect((error as { hints: string[] }).hints).toEqual(['Did you mean shop?'])
    }
    expect(() => find({}, { ZAPFLEET_PROFILE: '__proto__' })).toThrow('there is no profile "__proto__"')
  })

  it.each(['fleet', 'ftp://user:secret@fleet', 'http://user:secret@fleet.example.com'])(
    'the address %s',
    (url) => {
      expect(() => find({ url })).toThrow('--url must')
      expect(() => find({ url })).not.toThrow('secret')
    },
  )

  it('a key with invalid characters, without showing it', () => {
    const env = { ZAPFLEET_URL: 'https://env.example.com', ZAPFLEET_API_KEY: 'two words' }
    expect(() => find({}, env)).toThrow('The key from ZAPFLEET_API_KEY is no key')
    expect(() => find({}, env)).not.toThrow('two words')
    put(join(cwd, 'empty'), '\n')
    expect(() => find({ keyFile: 'empty' })).toThrow('empty is empty')
  })
})

it.each(['', '/', '/trpc', '/v1', '/v1/'])('an address may end in %j', (end) => {
  expect(find({ url: `https://fleet.example.com${end}` }).url).toBe('https://fleet.example.com')
})
