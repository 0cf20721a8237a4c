import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { newFolder } from '@zapfleet/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'
import { at, commandsOf, run, start } from './run.ts'

const BRAZIL = { LANG: 'pt_BR.UTF-8' }

let fleet: TestFleet
let second: Simulator
const { zapfleet, json } = commandsOf(() => fleet)
const namesOf = (instances: { name: string }[]): string[] => instances.map(({ name }) => name)

beforeAll(async () => {
  fleet = await startTestFleet()
  second = await startSimulator({ timeScale: 0, version: '2.3.7' })
  await fleet.addNumbers('loja-01', 'loja-02')
})
afterAll(async () => {
  await second?.close()
  await fleet?.close()
})

/** The option with a new file that holds the key of the second server. */
function withKeyFile(): string {
  const file = join(newFolder('zapfleet-servers-'), 'key')
  writeFileSync(file, `${second.apiKey}\n`)
  return `--server-key-file ${file}`
}

describe('a fleet with one server', () => {
  it('has it as default, and no word about servers in the list and the sheet of numbers', async () => {
    const { exit, out } = await zapfleet('servers list', { terminal: [110, 24] })
    const [titles = '', row = ''] = out.split('\n')
    expect([exit, titles.split(/ {2,}/)]).toEqual([
      0,
      ['NAME', 'ADDRESS', 'STATE', 'VERSION', 'NUMBERS', 'EVENTS'],
    ])
    expect(row.split(/ {2,}/)).toEqual([
      'default',
      fleet.simulator.url,
      'answers',
      '2.3.6',
      '2',
      'none in 24 hours',
    ])
    expect(await json('servers list')).toEqual(await fleet.admin.server.list.query({}))
    expect((await zapfleet('instances list')).out.split('\n')[0]).not.toContain('SERVER')
    expect((await zapfleet('instances get loja-01')).out).not.toMatch(/server/i)
  })
})

describe('servers add', () => {
  it('needs the key from a file, a variable or a terminal, and the address as an argument', async () => {
    const without = await zapfleet(`servers add evolution-2 ${second.url}`)
    expect([without.exit, without.err]).toEqual([
      2,
      expect.stringContaining('in a file with --server-key-file, in the variable ZAPFLEET_SERVER_KEY'),
    ])
    const mistaken = await zapfleet(`servers add evolution-2 --url ${second.url}`)
    expect([mistaken.exit, mistaken.err]).toEqual([
      2,
      expect.stringContaining("missing required argument 'address'"),
    ])
    expect(second.control.calls()).toEqual([])
  })

  it('adds nothing that refuses the key or does not answer', async () => {
    const refused = await zapfleet(`servers add evolution-2 ${second.url}`, {
      env: { ...at(fleet), ZAPFLEET_SERVER_KEY: 'planted-wrong-key' },
    })
    expect([refused.exit, refused.err]).toEqual([
      9,
      'zapfleet: This Evolution refuses the key: expected its AUTHENTICATION_API_KEY. Nothing was changed.',
    ])
    const away = await zapfleet(`servers add evolution-2 http://127.0.0.1:1 ${withKeyFile()}`)
    expect([away.exit, away.err]).toEqual([9, expect.stringContaining('No Evolution API answers at')])
    expect(await json('servers list')).toHaveLength(1)
  })

  it('adds a server by a key that is typed unseen, and prints how it is', async () => {
    const running = start(['servers', 'add', 'evolution-2', second.url], {
      env: at(fleet),
      terminal: [80, 24],
    })
    await expect
      .poll(() => running.stderr.text(), { timeout: 60_000 })
      .toContain('AUTHENTICATION_API_KEY of evolution-2 (not shown):')
    running.type(`${second.apiKey}\r`)
    expect(await running.exit).toBe(0)
    const shown = running.stdout.text()
    expect(shown).toContain('The server evolution-2 is added. New numbers go to the server with the fewest.')
    expect(shown).toContain('zapfleet instances import')
    expect(shown).toMatch(/Version +2\.3\.7/)
    expect(shown).not.toContain(second.apiKey)
    const again = await zapfleet(`servers add evolution-3 ${second.url}/ ${withKeyFile()}`)
    expect([again.exit, again.err]).toEqual([4, expect.stringContaining('got that of "evolution-2"')])
    const taken = await zapfleet(
      `servers add evolution-2 ${second.url.replace('127.0.0.1', 'localhost')} ${withKeyFile()}`,
    )
    expect([taken.exit, taken.err]).toEqual([4, expect.stringContaining('Use zapfleet servers update')])
  })
})

describe('servers update', () => {
  it('changes the address or the key, by words that name what is missing', async () => {
    const nothing = await zapfleet('servers update evolution-2')
    expect([nothing.exit, nothing.err]).toEqual([
      2,
      expect.stringMatching(/There is nothing to change.*--new-key[\s\S]*--url is the address of zapfleet/),
    ])
    const local = second.url.replace('127.0.0.1', 'localhost')
    const moved = await zapfleet(`servers update evolution-2 ${local}`)
    expect([moved.exit, moved.err]).toEqual([0, 'The server evolution-2 is changed.'])
    expect(moved.out).toMatch(new RegExp(`Address +${local}\\n +State +answers`))
    expect((await fleet.admin.server.list.query({})).map(({ url }) => url)).toContain(local)
    const key = await zapfleet('servers update evolution-2 --new-key', {
      env: { ...at(fleet), ZAPFLEET_SERVER_KEY: 'planted-wrong-key' },
    })
    expect([key.exit, key.err]).toEqual([9, expect.stringContaining('refuses the key')])
    const back = await zapfleet(`servers update evolution-2 ${second.url} ${withKeyFile()} --json`)
    expect(JSON.parse(back.out)).toMatchObject({ name: 'evolution-2', url: second.url, problem: null })
  })

  it.each([
    ['update default --new-key', 2, 'which is the server of EVOLUTION_API_URL'],
    ['update evolution-9 --new-key', 3, 'zapfleet servers list names them all'],
    ['check evolution-9', 3, 'There is no server named "evolution-9"'],
    ['remove evolution-9 --yes', 3, 'There is no server named "evolution-9"'],
  ])('%s is refused', async (line, exit, words) => {
    const refused = await zapfleet(`servers ${line}`, {
      env: { ...at(fleet), ZAPFLEET_SERVER_KEY: second.apiKey },
    })
    expect([refused.exit, refused.err]).toEqual([exit, expect.stringContaining(words)])
    expect(refused.err).not.toContain('Did you mean')
  })
})

describe('servers update and its numbers', () => {
  it('refuses another Evolution, and names the command that moves a number to it', async () => {
    const third = await startSimulator({ timeScale: 0, apiKey: second.apiKey })
    try {
      await zapfleet('instances create loja-09 --no-wait --server evolution-2')
      const refused = await zapfleet(`servers update evolution-2 ${third.url}`)
      expect([refused.exit, refused.err]).toEqual([
        4,
        expect.stringMatching(
          /does not have 1 of its 1 numbers: loja-09\. Nothing was changed\..*zapfleet servers add.*zapfleet instances move/,
        ),
      ])
    } finally {
      await zapfleet('instances delete loja-09 --yes')
      await third.close()
    }
  })
})

describe('servers check', () => {
  it('prints a problem and what to do, in both languages, and exits with 9', async () => {
    second.control.unlicensed(true)
    try {
      const checked = await zapfleet('servers check evolution-2')
      expect(checked.exit).toBe(9)
      expect(checked.out).toMatch(/State +its licence is not activated[\s\S]*To do +Activate its licence/)
      const portuguese = await zapfleet('servers check evolution-2', { env: { ...at(fleet), ...BRAZIL } })
      expect(portuguese.out).toMatch(/Estado +a licença não está ativada[\s\S]*A fazer +Ative a licença/)
      const listed = await zapfleet('servers list')
      expect(listed.out).toMatch(/^default .*answers/m)
      expect(listed.out).toMatch(/^evolution-2 .*its licence is not activated/m)
      expect(listed.err).toBe('What to do: zapfleet servers check evolution-2')
    } finally {
      second.control.unlicensed(false)
    }
    const checked = await run(['servers', 'check', 'evolution-2', '--json'], { env: at(fleet) })
    expect(checked.exit).toBe(0)
    expect(JSON.parse(checked.out)).toMatchObject({ name: 'evolution-2', problem: null, reachable: true })
  })
})

describe('numbers on several servers', () => {
  it('are created on the server that is named, else on the one with the fewest', async () => {
    const named = await zapfleet('instances create loja-03 --no-wait --server default --json')
    expect(JSON.parse(named.out).instance).toMatchObject({ name: 'loja-03', server: 'default' })
    const emptiest = await zapfleet('instances create loja-04 --no-wait')
    expect(emptiest.out).toMatch(/^loja-04\n[\s\S]*Server +evolution-2/)
    const unknown = await zapfleet('instances create loja-05 --no-wait --server evolution-9')
    expect([unknown.exit, unknown.err]).toEqual([
      3,
      'zapfleet: There is no server named "evolution-9". zapfleet servers list names them all.',
    ])
    const portuguese = await zapfleet('instances create loja-05 --no-wait --server evolution-9', {
      env: { ...at(fleet), ...BRAZIL },
    })
    expect(portuguese.err).toBe(
      'zapfleet: Não existe um servidor chamado "evolution-9". Veja todos com: zapfleet servers list',
    )
    const elsewhere = await zapfleet('instances create loja-04 --no-wait --server default')
    expect([elsewhere.exit, elsewhere.err]).toEqual([
      4,
      expect.stringMatching(/on the server "evolution-2". Move it with zapfleet instances move/),
    ])
  })

  it('are listed with their server', async () => {
    const { out } = await zapfleet('instances list', { terminal: [80, 24] })
    expect(out.split('\n')[0]?.split(/ {2,}/).slice(0, 3)).toEqual(['NAME', 'STATUS', 'SERVER'])
    expect(out).toMatch(/^loja-01 +connected +default /m)
    expect(out).toMatch(/^loja-04 +\S+ +evolution-2 /m)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('are listed by server, with those that move to it', async () => {
    expect(namesOf(await json('instances list --server evolution-2'))).toEqual(['loja-04'])
    expect(namesOf(await json('instances list --server default'))).toEqual(['loja-01', 'loja-02', 'loja-03'])
    expect(namesOf(await json('instances list --server default,evolution-2'))).toHaveLength(4)
    const none = await zapfleet('instances list --server evolution-2 --status banned')
    expect([none.exit, none.err]).toEqual([0, expect.stringContaining('No number matches')])
    const wrong = await zapfleet('instances list --server evolutoin-2')
    expect([wrong.exit, wrong.err]).toEqual([
      3,
      'zapfleet: No number is on a server named "evolutoin-2". The servers that have numbers are default, evolution-2.\nDid you mean evolution-2?',
    ])
    const empty = await zapfleet('instances list --server ,', { env: { ...at(fleet), ...BRAZIL } })
    expect([empty.exit, empty.err]).toEqual([2, expect.stringContaining('Informe ao menos um servidor.')])

    await fleet.admin.instance.move.mutate({ name: 'loja-04', server: 'default' })
    expect(namesOf(await json('instances list --server default'))).toContain('loja-04')
    await fleet.admin.instance.move.mutate({ name: 'loja-04', server: 'evolution-2' })
  })

  it('are an empty list on a server without numbers, whose name is suggested as well', async () => {
    const third = await startSimulator({ timeScale: 0, apiKey: second.apiKey })
    try {
      expect((await zapfleet(`servers add south ${third.url} ${withKeyFile()}`)).exit).toBe(0)
      expect(await json('instances list --server south')).toEqual([])
      const portuguese = await zapfleet('instances list --server south', {
        env: { ...at(fleet), ...BRAZIL },
      })
      expect([portuguese.exit, portuguese.err]).toEqual([0, expect.stringContaining('Nenhum número')])
      const misspelt = await zapfleet('instances list --server south,suoth')
      expect([misspelt.exit, misspelt.err]).toEqual([3, expect.stringContaining('Did you mean south?')])
      // A key that may not read the servers sees only those that have numbers.
      const bot = { ...at(fleet), ZAPFLEET_API_KEY: BOT_KEY }
      expect((await zapfleet('instances list --server south', { env: bot })).exit).toBe(3)
    } finally {
      await zapfleet('servers remove south --yes')
      await third.close()
    }
  })

  it('are imported from all servers; two with one name are skipped, and a server that fails is reported', async () => {
    second.control.addInstance({ name: 'nova-01' })
    second.control.addInstance({ name: 'loja-01' })
    const plan = await zapfleet('instances import --dry-run')
    expect(plan.exit).toBe(0)
    expect(plan.out).toMatch(/^nova-01 +would be adopted$/m)
    expect(plan.out).toMatch(/^loja-01 +is skipped: the servers "default" and "evolution-2" both have/m)
    await second.control.outage('refuse')
    try {
      const partial = await zapfleet('instances import --yes')
      expect([partial.exit, partial.out]).toEqual([9, ''])
      expect(partial.err).toMatch(
        /The server evolution-2 could not be read, so its numbers are not in this report: \S/,
      )
      const asJson = await run(['instances', 'import', '--yes', '--json'], { env: at(fleet) })
      expect(asJson.exit).toBe(9)
      expect(JSON.parse(asJson.out)).toMatchObject({ imported: [], unread: [{ server: 'evolution-2' }] })
    } finally {
      await second.control.outage(null)
    }
    expect((await zapfleet('instances import --yes')).out).toMatch(/^nova-01 +is adopted$/m)
    expect(await fleet.admin.instance.get.query({ name: 'nova-01' })).toMatchObject({ server: 'evolution-2' })
  })
})

describe('servers remove', () => {
  it('needs a confirmation, and a server without numbers', async () => {
    const unconfirmed = await zapfleet('servers remove evolution-2')
    expect([unconfirmed.exit, unconfirmed.err]).toEqual([
      2,
      expect.stringContaining('zapfleet servers remove evolution-2 --yes'),
    ])
    const used = await zapfleet('servers remove evolution-2 --yes')
    expect([used.exit, used.err]).toEqual([4, expect.stringContaining('has 2 numbers. Move or delete them')])
    for (const name of ['loja-04', 'nova-01']) await zapfleet(`instances delete ${name} --yes`)
    const removed = await zapfleet('servers remove evolution-2 --yes')
    expect([removed.exit, removed.out]).toEqual([0, 'The server evolution-2 is removed.'])
    expect(await json('servers list')).toHaveLength(1)
  })
})
