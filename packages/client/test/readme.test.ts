import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { linkCompilers } from './consumer.ts'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

const clone = fileURLToPath(new URL('../../..', import.meta.url))
/** The only command of the README that needs a registry; the compilers of this workspace replace its packages. */
const FROM_THE_REGISTRY = 'npm install --save-dev typescript @types/node'

let fleet: TestFleet
let bot: string
beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers(['one', 'two'])
  bot = await realpath(await mkdtemp(join(tmpdir(), 'zapfleet-my-bot-')))
})
afterAll(async () => {
  await fleet?.close()
  await rm(bot, { recursive: true, force: true })
})

const shell = (command: string, cwd: string, env: Record<string, string> = {}) =>
  promisify(execFile)('sh', ['-c', command], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, npm_config_offline: 'true', ...env },
  })

it('in an empty folder, the commands of the README alone make a bot that sends', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const packing = /^npm run pack:client -- \.\.\/my-bot$/m.exec(readme)?.[0] ?? 'the README does not pack'
  const commands = [...readme.matchAll(/<!-- in the bot -->\n```sh\n([\s\S]*?)```/g)].flatMap(
    ([, block = '']) => block.trim().split('\n'),
  )
  expect(commands).toContain(FROM_THE_REGISTRY)
  expect(commands.find((one) => one.startsWith('npx tsc'))).toMatch(/--strict --skipLibCheck false/)
  const [, program = ''] = /```ts\n(import [\s\S]*?)```/.exec(readme) ?? []
  await writeFile(join(bot, 'bot.ts'), program)

  await shell(packing.replace('../my-bot', bot), clone)
  let printed = ''
  for (const command of commands) {
    if (command === FROM_THE_REGISTRY) await linkCompilers(bot)
    else
      printed = (
        await shell(command.replace(/^npx tsc/, 'node_modules/typescript/bin/tsc'), bot, {
          FLEET_URL: fleet.url,
          FLEET_KEY: BOT_KEY,
          EVOLUTION_URL: fleet.simulator.url,
          EVOLUTION_KEY: fleet.simulator.apiKey,
        })
      ).stdout
  }
  const [sent] = fleet.simulator.control.sent()
  expect(sent).toMatchObject({ text: 'Olá!' })
  expect(printed).toBe(`sent: ${sent?.id}\n`)
  // Nothing else was installed.
  expect((await readdir(join(bot, 'node_modules', '@zapfleet'))).sort()).toEqual(['client'])
  expect(await readFile(join(bot, 'package-lock.json'), 'utf8')).not.toMatch(/trpc|catalog:|workspace:/)
})

it('npm pack in the folder of the sources is refused, and names the command that packs', async () => {
  const sources = fileURLToPath(new URL('..', import.meta.url))
  const target = join(bot, 'packed')
  await mkdir(target)
  const failed = await shell(`npm pack --pack-destination ${target}`, sources).catch((error) => error)
  expect(failed.stderr).toContain('npm run pack:client')
  expect(await readdir(target)).toEqual([])
})
