import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import ts from '@typescript/typescript6'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Consumer, installConsumer } from './consumer.ts'
import { membersOf } from './documented.ts'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

let consumer: Consumer
let fleet: TestFleet
let environment: Record<string, string>
/** The present compiler, and the last before its rewrite: users have either. */
const COMPILERS = ['typescript/bin/tsc', '@typescript/typescript6/bin/tsc6']
const errors = new Map<string, string[]>()

/** Lines of which each must not compile. */
const WRONG = `import { createFleetClient, isFleetError, notSent } from '@zapfleet/client'
const fleet = createFleetClient({ url: 'http://127.0.0.1:1', apiKey: 'key' })
fleet.reservation.reserve.mutate({ strategy: 'stickyy' })
fleet.reservation.reserve.mutate({ contact: 'ana' })
fleet.reservation.reserve.query({})
fleet.reservation.reserved.mutate({})
fleet.instance.choose.mutate({}).then(({ instanceName }) => instanceName.length)
fleet.instance.get.query({ name: 'one' }).then(({ lastSentAt }) => new Date(lastSentAt))
fleet.withInstance({ fallback: 'moves' }, () => 1)
fleet.withInstance({ idempotencyKey: 'order-1' }, () => 1)
fleet.withInstance({}, async (instance) => instance.phone)
fleet.withInstance({}, () => 1).then((sent: string) => sent)
isFleetError(null, 'NO_ROOM')
try {
  throw notSent(null)
} catch (error) {
  if (isFleetError(error)) error.availableAt.getTime()
}
createFleetClient({ url: 'http://127.0.0.1:1' })
fleet.message.send.mutate({ text: 'Olá!' })
fleet.message.send.mutate({ to: '5511987654321', media: { kind: 'sticker', url: 'https://a.b/c' } })
fleet.message.send.mutate({ to: '5511987654321', text: 'Olá!' }).then((message) => message.instanceName.length)
`
const WRONG_LINES = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 19, 20, 21, 22]

/** Lines that must compile, without \`any\`. */
const RIGHT = `import { createFleetClient, type FleetErrorCode, type FleetOutputs, type Message, type MessageInput, type Reservation } from '@zapfleet/client'
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_same: Same<A, B>): void => {}
same<Reservation['instanceName'], string>(true)
same<FleetOutputs['instance']['choose']['instanceName'], string | null>(true)
same<FleetOutputs['instance']['get']['status'], 'connected' | 'connecting' | 'disconnected' | 'banned' | 'unknown'>(true)
same<Message['state'], 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'expired' | 'canceled' | 'unknown'>(true)
same<NonNullable<MessageInput['media']>['kind'], 'image' | 'video' | 'document' | 'audio'>(true)
same<Extract<FleetErrorCode, 'NO_CAPACITY' | 'NOT_SENT'>, 'NO_CAPACITY' | 'NOT_SENT'>(true)
export const fleet = createFleetClient({ url: 'http://127.0.0.1:1', apiKey: 'key' })
export async function count(): Promise<number> {
  const result = await fleet.withInstance({ contactId: 'ana' }, async (instance) => instance.name.length)
  return result + (await fleet.instance.list.query()).length
}
fleet.watch({ onEvent: (event) => event.type === 'counters' || event.instance.name.length })
export const reservation = {} as Reservation
reservation.
`

const COMMON_JS = `const { createEvolutionSender, createFleetClient, FleetError, isFleetError } = require('@zapfleet/client')
const { FLEET_URL, FLEET_KEY, EVOLUTION_URL, EVOLUTION_KEY } = process.env
const fleet = createFleetClient({ url: FLEET_URL, apiKey: FLEET_KEY })
const evolution = createEvolutionSender({ url: EVOLUTION_URL, apiKey: EVOLUTION_KEY })
async function main() {
  const number = '5511900000002'
  const { messageId } = await fleet.withInstance({ contactId: number }, (instance) =>
    evolution.sendText(instance, { number, text: 'from CommonJS' }),
  )
  console.log(messageId)
  // The other copy of the package, in the same process, recognises errors of this one.
  const esm = await import('@zapfleet/client')
  const error = await fleet.instance.get.query({ name: 'nobody' }).catch((thrown) => thrown)
  console.log(error instanceof FleetError, error instanceof esm.FleetError, esm.isFleetError(error, 'NOT_FOUND'))
  const late = await fleet.withInstance({}, () => { throw esm.notSent(new Error('no')) }).catch((thrown) => thrown)
  console.log(isFleetError(late, 'NOT_SENT'))
}
main()
`

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
    rootDir: 'src',
    outDir: 'out',
  },
  include: ['src'],
}

beforeAll(async () => {
  const [installed, started] = await Promise.allSettled([installConsumer(), startTestFleet()])
  if (installed.status === 'fulfilled') consumer = installed.value
  if (started.status === 'fulfilled') fleet = started.value
  for (const one of [installed, started]) if (one.status === 'rejected') throw one.reason
  await fleet.addNumbers(['one', 'two'])
  environment = {
    FLEET_URL: fleet.url,
    FLEET_KEY: BOT_KEY,
    EVOLUTION_URL: fleet.simulator.url,
    EVOLUTION_KEY: fleet.simulator.apiKey,
  }
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const [, tenLines = ''] = /```ts\n(import [\s\S]*?)```/.exec(readme) ?? []
  await Promise.all([
    consumer.write('tsconfig.json', JSON.stringify(TSCONFIG)),
    consumer.write('src/bot.ts', tenLines),
    consumer.write('src/wrong.ts', WRONG),
    consumer.write('src/right.mts', RIGHT.replace(/^reservation\.$/m, '')),
    consumer.write('src/right.cts', RIGHT.replace(/^reservation\.$/m, '')),
    consumer.write('common.cjs', COMMON_JS),
  ])
  for (const compiler of COMPILERS) {
    errors.set(compiler, await consumer.tsc(compiler))
  }
})
afterAll(async () => {
  await Promise.all([consumer?.remove(), fleet?.close()])
})

describe('in an empty project, with the packed client', () => {
  it('the ten lines of the README compile, and send a message', async () => {
    const printed = await consumer.run('out/bot.js', environment)
    const [sent, ...others] = fleet.simulator.control.sent().filter((one) => one.number === '5511987654321')
    expect(others).toEqual([])
    expect(sent).toMatchObject({ text: 'Olá!' })
    expect(printed).toBe(`sent: ${sent?.id}\n`)
  })

  it('CommonJS sends as well, and both copies in one program recognise each other’s errors', async () => {
    const [id, ...rest] = (await consumer.run('common.cjs', environment)).trim().split('\n')
    expect(fleet.simulator.control.sent().find((one) => one.id === id)).toMatchObject({
      text: 'from CommonJS',
    })
    expect(rest).toEqual(['true false true', 'true'])
  })

  it.each(COMPILERS)('exactly the wrong lines do not compile, by %s', (compiler) => {
    const said = errors.get(compiler) ?? []
    const lines = said.map((line) => /^src\/wrong\.ts\((\d+),/.exec(line)?.[1] ?? line)
    expect([...new Set(lines)].map(Number)).toEqual(WRONG_LINES)
    const wrongStrategy = said.find((line) => line.startsWith('src/wrong.ts(3,'))
    for (const strategy of ['sticky', 'round_robin', 'least_loaded'])
      expect(wrongStrategy).toContain(`"${strategy}"`)
  })

  it('an editor offers instanceName and the other fields of a reservation', () => {
    const { service, file } = editorWith(RIGHT)
    const offered = service.getCompletionsAtPosition(
      file,
      RIGHT.lastIndexOf('reservation.') + 'reservation.'.length,
      {},
    )
    expect(offered?.entries.map((entry) => entry.name).sort()).toEqual([
      'contactId',
      'id',
      'instanceName',
      'kind',
      'messageId',
      'notBefore',
      'outcome',
      'pool',
      'preference',
      'remaining',
      'reservedAt',
      'server',
      'state',
      'strategy',
    ])
  })
})

describe('what is published', () => {
  it('is the built files, a README and a licence', async () => {
    const folder = join(consumer.folder, 'node_modules/@zapfleet/client')
    const files = await readdir(folder, { recursive: true, withFileTypes: true })
    const names = files
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    expect(names.filter((name) => !name.startsWith('node_modules/')).sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/index.cjs',
      'dist/index.d.cts',
      'dist/index.d.ts',
      'dist/index.js',
      'package.json',
    ])
    const text = await readFile(join(folder, 'package.json'), 'utf8')
    expect(text).not.toMatch(/catalog:|workspace:|source/)
    const { dependencies, devDependencies, scripts, ...manifest } = JSON.parse(text)
    expect({ dependencies, devDependencies, scripts }).toEqual({})
    expect(manifest).toMatchObject({
      name: '@zapfleet/client',
      license: 'MIT',
      engines: { node: '>=20.19' },
      sideEffects: false,
      publishConfig: { access: 'public' },
    })
  })

  it('imports nothing: no tRPC, no server, no zod, no Prisma, no module of Node', async () => {
    for (const file of ['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts']) {
      const text = await readFile(join(consumer.folder, 'node_modules/@zapfleet/client/dist', file), 'utf8')
      const imported = [...text.matchAll(/(?:from |require\(|import\()['"]([^'"]+)['"]/g)].map(
        ([, name = '']) => name,
      )
      expect(imported).toEqual([])
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
      expect(code).not.toMatch(/\b([Zz]od|[Pp]risma|[Ff]astify|Buffer\.|process\.|node:)/)
    }
  })

  it('names the licence of each package whose code is inside', async () => {
    const folder = join(consumer.folder, 'node_modules/@zapfleet/client/dist')
    const licences = await readFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const name of ['@trpc/client', '@trpc/server', 'eventsource-parser'])
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'))
  })

  it('has documentation on every exported name, option, procedure, input and output field', async () => {
    for (const file of ['index.d.ts', 'index.d.cts']) {
      const folder = join(consumer.folder, 'node_modules/@zapfleet/client/dist')
      const { documented, undocumented } = membersOf(await readFile(join(folder, file), 'utf8'))
      expect(undocumented).toEqual([])
      // The walk over the declarations must have met these.
      expect(documented).toEqual(
        expect.arrayContaining([
          'createFleetClient',
          'FleetClient.withInstance',
          'FleetClientOptions.onRetry',
          'WithInstanceOptions.failover',
          'reservation.reserve',
          'reservation.reserve.input.contactId',
          'instance.update.input.hourlyCapacity',
          'instance.onChange.output.instance.status',
          'fleet.stats.output.hour.remaining',
        ]),
      )
    }
  })

  it('shows that documentation in an editor, on withInstance, an option and a procedure', () => {
    expect(hover('export const withIt = fleet.withInstance', 'withInstance')).toContain('Reserves a number')
    expect(hover('fleet.withInstance({ failover: 2 }, () => 1)', 'failover')).toContain('other numbers')
    expect(hover('fleet.reservation.reserve.mutate({})', 'reserve.')).toContain('Reserves one message')
    expect(
      hover("fleet.instance.update.mutate({ name: 'a', hourlyCapacity: 1 })", 'hourlyCapacity'),
    ).toContain('Messages per clock hour.')
  })

  it('equals the files of npm’s own dry run', async () => {
    const { stdout } = await promisify(execFile)(
      'npm',
      ['publish', consumer.tarball, '--dry-run', '--json', '--offline', '--ignore-scripts'],
      { cwd: consumer.folder },
    )
    const said = JSON.parse(stdout) as Record<string, unknown>
    const { name, files } = ('files' in said ? said : said['@zapfleet/client']) as {
      name: string
      files: { path: string }[]
    }
    expect(name).toBe('@zapfleet/client')
    expect(files.map(({ path }) => path)).toContain('dist/index.d.ts')
  })

  it('has no finding of publint', async () => {
    const tarball = new Uint8Array(await readFile(consumer.tarball)).buffer
    const { messages } = await publint({ pack: { tarball }, strict: true })
    expect(messages).toEqual([])
  })

  it('has correct types in every mode of resolution', async () => {
    const packed = createPackageFromTarballData(new Uint8Array(await readFile(consumer.tarball)))
    const checked = await checkPackage(packed)
    if (!checked.types) throw new Error('no types were found')
    expect(checked.problems).toEqual([])
  })
})

let editor: { service: ts.LanguageService; file: string; text: string; version: number } | undefined

/** An editor with one file that now holds `text`, in the project that installed the client. */
function editorWith(text: string): { service: ts.LanguageService; file: string } {
  editor ??= openEditor()
  editor.text = text
  editor.version++
  return editor
}

function openEditor() {
  const file = join(consumer.folder, 'src/editing.mts')
  const now = { file, text: '', version: 0 }
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      strict: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
    }),
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(now.version) : '1'),
    getScriptSnapshot: (name) => {
      const content = name === file ? now.text : ts.sys.readFile(name)
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
    },
    getCurrentDirectory: () => consumer.folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
    ...(ts.sys.realpath ? { realpath: ts.sys.realpath } : {}),
  })
  return Object.assign(now, { service })
}

/** The documentation that an editor shows over a word of a line. */
function hover(line: string, word: string): string {
  const text = `import { createFleetClient } from '@zapfleet/client'
const fleet = createFleetClient({ url: 'http://127.0.0.1:1', apiKey: 'key' })
${line}
`
  const { service, file } = editorWith(text)
  const shown = service.getQuickInfoAtPosition(file, text.indexOf(word, text.indexOf(line)))
  return (shown?.documentation ?? []).map((part) => part.text).join('')
}
