import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { readHolder, readProcess } from '@zapfleet/holder'
import { freePort, newFolder } from '@zapfleet/testing'
import { expect, test } from 'vitest'
import { STOP_GRACE_MS } from '../src/launch.ts'
import { launchFakes } from './fleet.ts'

const alive = (pids: number[]) => pids.filter((pid) => readProcess(pid))

test('starts simulator, API, and then scheduler and sender, and stops all of them', async () => {
  const fleet = await launchFakes()
  const ready = await fleet.ready
  expect(ready).toMatchObject({ url: fleet.url, simulatorUrl: 'http://127.0.0.1:9', admin: null, bot: null })
  await expect.poll(() => fleet.pids()).toHaveLength(4)
  const started = (): (string | undefined)[] =>
    fleet
      .diary()
      .filter((line) => line.includes('started'))
      .map((line) => line.split(' ')[0])
  await expect.poll(started).toHaveLength(4)
  expect(started().slice(0, 2)).toEqual(['simulator', 'api'])
  expect(started().slice(2).sort()).toEqual(['scheduler', 'sender'])
  expect(alive(fleet.pids())).toHaveLength(4)

  await fleet.stop()
  expect(alive(fleet.pids())).toEqual([])
  const last = fleet.diary().at(-1)
  expect(last).toBe('simulator stopped')
})

test('starts no simulator beside an Evolution server of your own', async () => {
  const fleet = await launchFakes({ EVOLUTION_API_URL: 'http://evolution.example', EVOLUTION_API_KEY: 'k' })
  expect((await fleet.ready).simulatorUrl).toBeNull()
  expect(fleet.diary().filter((line) => line.startsWith('simulator'))).toEqual([])
  expect(fleet.diary().find((line) => line.includes('evolution'))).toContain('http://evolution.example')
})

test('reports the problem of an Evolution of your own, by the code of the API', async () => {
  const env = { EVOLUTION_API_URL: 'http://evolution.example', ADMIN_API_KEY: 'the admin' }
  const well = await launchFakes(env)
  expect((await well.ready).evolutionProblem).toBeNull()
  const ill = await launchFakes({ ...env, FAKE_PROBLEM: 'unreachable' })
  expect((await ill.ready).evolutionProblem).toBe('unreachable')
  expect((await (await launchFakes()).ready).evolutionProblem).toBeNull()
})

test('writes a note of the start, and removes the addresses of an earlier start that it does not use', async () => {
  const dataDir = newFolder()
  for (const name of ['database-url', 'simulator-url', 'admin-key'])
    writeFileSync(join(dataDir, name), 'old\n')
  const fleet = await launchFakes({
    ZAPFLEET_DATA_DIR: dataDir,
    EVOLUTION_API_URL: 'http://evolution.example',
  })
  await fleet.ready
  for (const name of ['database-url', 'simulator-url'])
    expect([name, existsSync(join(dataDir, name))]).toEqual([name, false])
  expect(readFileSync(join(dataDir, 'admin-key'), 'utf8')).toBe('old\n')
  expect(readHolder(dataDir)?.note).toMatchObject({
    url: fleet.url,
    database: 'yours',
    evolutionUrl: 'http://evolution.example',
  })
})

test('with the embedded database makes keys once, readable by the owner only, and stops PostgreSQL last', async () => {
  const dataDir = newFolder()
  const env = { DATABASE_URL: '', SEED_INSTANCES: 'none', ZAPFLEET_DATA_DIR: dataDir }
  const first = await launchFakes(env)
  const made = await first.ready
  expect(made.admin).toMatchObject({ made: true, file: join(dataDir, 'admin-key') })
  expect(made.admin?.value).toMatch(/^zf_admin_.{24,}$/)
  expect(made.bot?.value).toMatch(/^zf_bot_.{24,}$/)
  for (const name of ['admin-key', 'bot-key', 'secret', 'database-url', 'api-url', 'simulator-key']) {
    expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600)
  }
  expect(readFileSync(join(dataDir, 'database-url'), 'utf8')).toMatch(
    /^postgres:\/\/.*@127\.0\.0\.1:\d+\/zapfleet\?sslmode=disable\n$/,
  )
  expect(readFileSync(join(dataDir, 'api-url'), 'utf8')).toBe(`${made.url}\n`)
  expect(first.diary().find((line) => line.includes('evolution'))).toContain(made.admin?.value)
  // The secret that encrypts what the database stores: lost, nothing that is stored could be read.
  const secret = readFileSync(join(dataDir, 'secret'), 'utf8')
  expect(secret).toMatch(/^[\w-]{43}\n$/)
  await first.stop()
  expect(existsSync(join(dataDir, 'api-url'))).toBe(false)

  const second = await launchFakes(env)
  expect((await second.ready).admin).toEqual({ ...made.admin, made: false })
  expect(readFileSync(join(dataDir, 'secret'), 'utf8')).toBe(secret)
})

test('a start that fails removes the address of a killed one', async () => {
  const dataDir = newFolder()
  writeFileSync(join(dataDir, 'api-url'), 'http://127.0.0.1:3333\n')
  const fleet = await launchFakes({ ZAPFLEET_DATA_DIR: dataDir, FAKE: 'api:refuses' })
  await expect(fleet.ready).rejects.toThrow('These variables are wrong')
  expect(existsSync(join(dataDir, 'api-url'))).toBe(false)
})

test('a start that is refused because another one runs keeps the address of that one', async () => {
  const fleet = await launchFakes()
  await fleet.ready
  const other = await launchFakes({ ZAPFLEET_DATA_DIR: fleet.dataDir })
  await expect(other.ready).rejects.toThrow('already running')
  await other.stop()
  expect(readFileSync(join(fleet.dataDir, 'api-url'), 'utf8')).toBe(`${fleet.url}\n`)
})

test('shows warnings of children and keeps everything in their logs', async () => {
  const fleet = await launchFakes()
  await fleet.ready
  await expect.poll(() => fleet.shown).toEqual(['api  warning: a warning'])
  expect(readFileSync(join(fleet.dataDir, 'logs', 'api.log'), 'utf8')).toContain('listening quietly')
})

test('shows everything when a log level is set', async () => {
  const fleet = await launchFakes({ LOG_LEVEL: 'info' })
  await fleet.ready
  await expect.poll(() => fleet.shown).toContain('api  listening quietly')
})

test('the message of a child that refuses its environment is shown as it is, and no process is left', async () => {
  const fleet = await launchFakes({ FAKE: 'api:refuses' })
  await expect(fleet.ready).rejects.toThrow(
    /^These variables are wrong:\n {2}FLEET_TIMEZONE is no time zone$/,
  )
  await fleet.stop()
  expect(alive(fleet.pids())).toEqual([])
})

test('a child that dies later is reported with its last output', async () => {
  const fleet = await launchFakes()
  await fleet.ready
  await fetch(`${fleet.url}/die`).catch(() => null)
  const message = await fleet.failed
  expect(message).toContain('The api ended unexpectedly (code 3)')
  expect(message).toContain('fatal: the last output')
})

test('a child that is killed is reported without its usual log lines, and that all is stopped', async () => {
  const fleet = await launchFakes()
  await fleet.ready
  const logFile = join(fleet.dataDir, 'logs', 'sender.log')
  await expect.poll(() => readFileSync(logFile, 'utf8')).toContain('the sender is ready')
  const [, pid] = /^sender started (\d+)$/m.exec(fleet.diary().join('\n')) ?? []
  process.kill(Number(pid), 'SIGKILL')
  expect(await fleet.failed).toBe(
    `The sender ended unexpectedly (signal SIGKILL).\nAll programs stop. Its log: ${logFile}`,
  )
})

test('an API that never gets ready ends the start with a message', async () => {
  const fleet = await launchFakes({ FAKE: 'api:never-ready' }, { readyWithinMs: 600 })
  await expect(fleet.ready).rejects.toThrow(/not ready within 0.6 s .*\nIt answers: the database is asleep\./)
})

test('children that ignore SIGTERM are killed when their grace ends, and a stop takes 5 s at most', async () => {
  const fleet = await launchFakes({ FAKE: 'api:deaf,scheduler:deaf,simulator:deaf' })
  await fleet.ready
  await expect.poll(() => fleet.pids()).toHaveLength(4)
  await fleet.stop()
  expect(alive(fleet.pids())).toEqual([])
  expect(STOP_GRACE_MS.apps + STOP_GRACE_MS.simulator).toBeLessThan(4_000)
})

test('can be stopped in the middle of its start', async () => {
  const fleet = await launchFakes({ FAKE: 'api:never-ready' })
  await expect.poll(() => fleet.pids()).toHaveLength(2)
  await fleet.stop()
  await expect(fleet.ready).rejects.toThrow('stopped')
  expect(alive(fleet.pids())).toEqual([])
})

test('kill ends everything at once', async () => {
  const fleet = await launchFakes({ FAKE: 'api:deaf,scheduler:deaf,simulator:deaf' })
  await fleet.ready
  await expect.poll(() => fleet.pids()).toHaveLength(4)
  fleet.kill()
  await expect.poll(() => alive(fleet.pids())).toEqual([])
})

test('a taken port is reported, with the program that listens on it and another port to take', async () => {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  try {
    const dataDir = newFolder()
    const fleet = await launchFakes({ PORT: String(port), ZAPFLEET_DATA_DIR: dataDir })
    const message = await fleet.ready.then(
      () => '',
      (error: Error) => error.message,
    )
    expect(message).toContain(`Port ${port} is taken by`)
    if (process.platform === 'linux') expect(message).toContain(`(process ${process.pid})`)
    expect(message).toContain(`\n    PORT=${port + 1} ZAPFLEET_DATA_DIR='${dataDir}' npm start`)
    expect(fleet.pids()).toEqual([])
  } finally {
    server.close()
  }
})

test('a data folder serves one start at a time', async () => {
  const one = await launchFakes()
  await one.ready
  const two = await launchFakes({ ZAPFLEET_DATA_DIR: one.dataDir })
  await expect(two.ready).rejects.toThrow(
    `already running with the data folder ${one.dataDir}: process ${process.pid}, ${one.url}`,
  )
  await expect.poll(() => alive(one.pids())).toHaveLength(4)
})

test('children that a killed start left are ended by the next one', async () => {
  const dataDir = newFolder()
  const left = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], {
    detached: true,
    stdio: 'ignore',
  })
  const trace = readProcess(left.pid ?? 0)
  writeFileSync(
    join(dataDir, 'holder.json'),
    JSON.stringify({ pid: process.ppid, startedAt: 'another role', note: { url: null, children: [trace] } }),
  )
  const fleet = await launchFakes({ ZAPFLEET_DATA_DIR: dataDir })
  await fleet.ready
  expect(readProcess(left.pid ?? 0)).toBeNull()
})

test('an invalid PORT is refused, by the API or by the launcher', async () => {
  const fleet = await launchFakes({ PORT: 'many', FAKE: 'api:refuses' })
  await expect(fleet.ready).rejects.toThrow('PORT must be a number from 1 to 65535, and is "many"')
})

test('two fleets run beside each other with separate folders and ports', async () => {
  const [one, two] = await Promise.all([launchFakes({ PORT: String(await freePort()) }), launchFakes()])
  await Promise.all([one.ready, two.ready])
  expect(one.url).not.toBe(two.url)
})
