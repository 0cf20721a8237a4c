import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleProgram } from '@zapfleet/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

const example = (path: string) => new URL(`../../../examples/${path}`, import.meta.url)
const TYPESCRIPT_BOT = await bundleProgram(example('typescript/bot.ts'))
const PYTHON_BOT = fileURLToPath(example('python/bot.py'))
const hasPython = spawnSync('python3', ['--version']).status === 0

/** Each bot as a program, and its arguments for a list. */
const BOTS = [
  ['TypeScript', process.execPath, (list: string) => [TYPESCRIPT_BOT, list, 'Olá!']],
  ['Python', 'python3', (list: string) => [PYTHON_BOT, 'Olá!', '--list', list]],
] as const

let fleet: TestFleet
let folder: string
beforeAll(async () => {
  fleet = await startTestFleet()
  folder = await mkdtemp(join(tmpdir(), 'zapfleet-lists-'))
  await fleet.addNumbers(['ana', 'bia'], { hourlyCapacity: 1_000, dailyCapacity: 1_000 })
})
afterAll(async () => {
  await fleet?.close()
  await rm(folder, { recursive: true, force: true })
})

let sentBefore = 0
beforeEach(() => {
  sentBefore = fleet.simulator.control.sent().length
})
/** The receivers of the messages of this test, one entry a message. */
const texted = () =>
  fleet.simulator.control
    .sent()
    .slice(sentBefore)
    .map(({ number }) => number)
    .sort()

let lists = 0
async function listOf(content: string): Promise<string> {
  const file = join(folder, `list-${++lists}.txt`)
  await writeFile(file, content)
  return file
}

async function run(
  program: string,
  args: string[],
): Promise<{ code: number; output: string; problems: string[] }> {
  const child = spawn(program, args, {
    env: {
      PATH: process.env.PATH,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONIOENCODING: 'utf-8',
      FLEET_URL: fleet.url,
      FLEET_KEY: BOT_KEY,
      EVOLUTION_URL: fleet.simulator.url,
      EVOLUTION_KEY: fleet.simulator.apiKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const [code] = await once(child, 'close')
  return { code, output, problems: output.split('\n').filter((line) => line.includes(' skipped: ')) }
}

describe.each(BOTS)('the bot in %s', (language, program, argsOf) => {
  const skipped = language === 'Python' && !hasPython

  it.skipIf(skipped)(
    'reads one line as one contact: four people, one message each, bad lines by their number',
    async () => {
      const list = await listOf(
        [
          '\ufefftelefone;nome',
          '+55 31 98765-2222',
          '(31) 98765-3333',
          '5531987654444;Maria',
          '',
          // The same three in other forms: without the ninth digit, with a trunk 0, in quotes.
          '553187652222',
          '031 98765 3333',
          '"+55 (31) 98765-4444","Maria"',
          'Maria;5531987654444',
          '98765-3333',
          '5531987655555\tJoão',
          '5531987656666 5531987657777',
        ].join('\r\n'),
      )
      const { code, output, problems } = await run(program, argsOf(list))
      expect(texted(), output).toEqual(['5531987652222', '5531987653333', '5531987654444', '5531987655555'])
      const expected = 'expected a phone number at its start, such as (31) 98765-4321 or +5531987654321'
      expect(problems).toEqual([
        `line 1 skipped: ${expected}, got "telefone"`,
        `line 9 skipped: ${expected}, got "Maria"`,
        `line 10 skipped: ${expected}, got "98765-3333"`,
        `line 12 skipped: ${expected}, got "5531987656666 5531987657777"`,
      ])
      expect(code).toBe(1)
    },
  )

  it.skipIf(skipped)(
    'serves a list without a bad line, with a BOM and any line ends, and ends with 0',
    async () => {
      const list = await listOf('\ufeff5532987650001\r5532987650002\n\n  \r\n5532987650003\r\n')
      expect(await run(program, argsOf(list))).toMatchObject({ code: 0, problems: [] })
      expect(texted()).toEqual(['5532987650001', '5532987650002', '5532987650003'])
    },
  )

  it.skipIf(skipped)('prints in one line that there is no such list', async () => {
    const { code, output } = await run(program, argsOf(join(folder, 'missing.txt')))
    expect([code, output.trim().split('\n')]).toEqual([2, [expect.stringContaining('could not be read')]])
  })
})

/** Lines of a list with the phone number that is texted; each is another phone. */
const GOOD: readonly [line: string, number: string][] = [
  ['+5533987650001', '5533987650001'],
  ['5533987650002', '5533987650002'],
  ['33987650003', '5533987650003'],
  ['(33) 98765-0004', '5533987650004'],
  ['(033) 98765-0005', '5533987650005'],
  ['+55 (0)33 98765.0006', '5533987650006'],
  ['0055 33 98765/0007', '5533987650007'],
  ['(+55) 33 98765\u20110008', '5533987650008'],
  ['\u202a+55 33 98765\u20110009\u202c', '5533987650009'],
  ['  33\u00a098765\u00a00010 ,x', '5533987650010'],
  // Landlines, one of which is a mobile with another first digit, and an old mobile.
  ['(33) 3456-7890', '553334567890'],
  ['33 93456-7890', '5533934567890'],
  ['553387650012', '553387650012'],
  // Area code 55.
  ['55987650013', '5555987650013'],
  ['+351 912 345 678', '351912345678'],
  ['00351 912 345 679', '351912345679'],
  ['+1 (415) 555-0123', '14155550123'],
  ['+52 1 55 1234 5678', '5215512345678'],
  ['+54 11 2345 6789', '541123456789'],
]
/** The same phones in other forms, and lines without a phone. */
const AGAIN = [
  '553387650001',
  '+55 33 98765-0012',
  '+52 55 1234 5678',
  '+54 9 11 2345-6789',
  '5533987650002;again',
]
const BAD = [
  'Maria',
  ';5533987650001',
  '5533 98765',
  '119876500012',
  '5533987650001x',
  '+55+33987650001',
  '+11987650001',
  '+55 10 98765-0001',
  '5533187650001',
  '14155550123',
  '120363012345678901@g.us',
  '5533987650001@s.whatsapp.net',
  '5,53398E+12',
  '+1234567890123456',
  '٣٣٩٨٧٦٥٠٠٠١',
]

describe.skipIf(!hasPython)('both bots', () => {
  it.each(BOTS)('read every spelling in the same way: %s', async (_, program, argsOf) => {
    const list = await listOf([...GOOD.map(([line]) => line), ...AGAIN, ...BAD].join('\n'))
    const { problems, output } = await run(program, argsOf(list))
    expect(texted(), output).toEqual(GOOD.map(([, number]) => number).sort())
    const first = GOOD.length + AGAIN.length + 1
    expect(problems.map((one) => one.split(' skipped')[0])).toEqual(
      BAD.map((_, index) => `line ${first + index}`),
    )
  })
})

it('the bot in TypeScript reads from its journal which phones it has served, in any form that the list has them', async () => {
  const [, program, argsOf] = BOTS[0]
  const list = await listOf('5534987650001\n+55 34 98765-0002')
  expect((await run(program, argsOf(list))).code).toBe(0)
  await writeFile(list, '553487650001\n(34) 98765-0002\n34987650003')
  expect((await run(program, argsOf(list))).output).toContain('3 of 3 served')
  expect(texted()).toEqual(['5534987650001', '5534987650002', '5534987650003'])
})

it.skipIf(!hasPython)('the bot in Python reads its arguments by the same rules', async () => {
  const args = [PYTHON_BOT, 'Olá!', '(35) 98765-0001', '5535987650001', 'Maria']
  const { code, problems } = await run('python3', args)
  expect(texted()).toEqual(['5535987650001'])
  expect([code, problems]).toEqual([
    1,
    [expect.stringMatching(/^contact 3 skipped: expected a phone number/)],
  ])
})
