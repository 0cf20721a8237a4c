import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'
import { at, commandsOf, run } from './run.ts'

let fleet: TestFleet
const { zapfleet, json } = commandsOf(() => fleet)
const CONTACT = '5511987654321'

beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers('loja-01', 'vendas-01', 'vendas-02')
})
afterAll(() => fleet?.close())

const tagsOf = async (name: string): Promise<string[]> => (await json(`instances get ${name}`)).tags
const namesOf = (instances: { name: string }[]): string[] => instances.map(({ name }) => name)

describe('a fleet without tags', () => {
  it('has no column of tags, no line of tags, and an error that shows how to give one', async () => {
    expect((await zapfleet('instances list')).out).not.toContain('TAGS')
    expect((await zapfleet('instances get loja-01')).out).not.toContain('Tags')
    const { exit, err } = await zapfleet('instances list --tag vendas')
    expect(exit).toBe(3)
    expect(err).toBe(
      [
        'zapfleet: No number has the tag "vendas". No number has a tag.',
        'Give one to a number with: zapfleet instances update <name> --tags <tags>',
      ].join('\n'),
    )
  })
})

describe('the tags of a number', () => {
  it('are set, added, removed and cleared by update', async () => {
    expect(await json('instances update vendas-01 --tags vendas,sp --tags vip')).toMatchObject({
      tags: ['sp', 'vendas', 'vip'],
    })
    expect((await zapfleet('instances update vendas-01 --add-tags sul --remove-tags sp,vip')).out).toMatch(
      /Tags +sul, vendas/,
    )
    await zapfleet('instances update vendas-01 --tags none')
    expect(await tagsOf('vendas-01')).toEqual([])
    await zapfleet('instances update vendas-01 --tags vendas')
    await zapfleet('instances update vendas-02 --tags vendas,sp --priority 2')
    expect(await json('instances get vendas-02')).toMatchObject({ tags: ['sp', 'vendas'], priority: 2 })
  })

  it('are given to a new number by create', async () => {
    expect(await json('instances create nova-01 --tags novos,sp --no-wait')).toMatchObject({
      instance: { name: 'nova-01', tags: ['novos', 'sp'] },
    })
  })

  it('are refused as the API refuses them, before it is called', async () => {
    const nowhere = { env: { ZAPFLEET_URL: 'http://127.0.0.1:1', ZAPFLEET_API_KEY: 'key' } }
    const update = (...flags: string[]) => run(['instances', 'update', 'loja-01', ...flags], nowhere)
    for (const [flags, words] of [
      [['--tags', 'x'.repeat(51)], 'Expected a tag of 1 to 50 characters'],
      [['--add-tags', 'two\nlines'], 'without commas and line ends'],
      [['--remove-tags', ','], 'at least one tag'],
      [['--tags', Array.from({ length: 21 }, (_, at) => `t${at}`).join(',')], 'at most 20 tags, received 21'],
      [['--tags', 'a', '--add-tags', 'b'], 'cannot be used with'],
    ] as const) {
      const { exit, err } = await update(...flags)
      expect([exit, err]).toEqual([2, expect.stringContaining(words)])
    }
    const twenty = Array.from({ length: 20 }, (_, at) => `t${at}`).join(',')
    await zapfleet(`instances update loja-01 --tags ${twenty}`)
    const more = await zapfleet('instances update loja-01 --add-tags one-more')
    expect([more.exit, more.err]).toEqual([2, expect.stringContaining('at most 20 tags, received 21')])
    await zapfleet('instances update loja-01 --tags none')
  })
})

describe('instances list', () => {
  it('shows tags in the table, in 80 columns, and filters by one of several tags', async () => {
    const { out } = await zapfleet('instances list', { terminal: [80, 24] })
    expect(out).toMatch(/TAGS/)
    expect(out).toMatch(/vendas-02 .* sp, vendas/)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(namesOf(await json('instances list --tag vendas'))).toEqual(['vendas-01', 'vendas-02'])
    expect(namesOf(await json('instances list --tag novos,sp'))).toEqual(['nova-01', 'vendas-02'])
    expect(namesOf(await json('instances list -t novos vendas --available'))).toEqual([
      'vendas-01',
      'vendas-02',
    ])
  })

  it('reports that nothing matches where the tag exists, and names the tags where it does not', async () => {
    const none = await zapfleet('instances list --tag vendas --status banned')
    expect([none.exit, none.err]).toEqual([0, expect.stringContaining('No number matches')])
    const wrong = await zapfleet('instances list --tag vendsa --status banned')
    expect([wrong.exit, wrong.err]).toEqual([
      3,
      'zapfleet: No number has the tag "vendsa". The tags are novos, sp, vendas.\nDid you mean vendas?',
    ])
  })
})

describe('--pool', () => {
  it('makes stats, forecast and health those of the pool', async () => {
    expect(await json('stats --pool vendas')).toEqual(await fleet.admin.fleet.stats.query({ pool: 'vendas' }))
    expect((await json('stats')).total).toBe(4)
    expect((await zapfleet('stats --pool vendas')).out).toMatch(/^2 numbers/)
    expect((await zapfleet('forecast --new-contacts 5 --pool vendas')).out).toMatch(
      /^The pool vendas can take 200 new contacts today/,
    )
    expect(await json('health --pool sp')).toMatchObject({ total: 2, online: 1 })
    expect(namesOf(await json('health --check --pool novos'))).toEqual(['nova-01'])
    expect((await zapfleet('health --pool novos')).exit).toBe(12)
    const both = await zapfleet('health vendas-01 --pool novos')
    expect([both.exit, both.err]).toEqual([2, expect.stringContaining('one of the two')])
  })

  it('makes why, choose, reserve and send use its numbers alone', async () => {
    const why = await zapfleet(`why ${CONTACT} --pool sp`)
    expect(why.out).toMatch(/^vendas-02 serves .* now\./)
    expect(why.out).not.toContain('loja-01')
    expect(why.out).toContain('Not in this pool: 2 numbers.')
    expect((await zapfleet(`choose ${CONTACT} --pool sp`)).out).toBe('vendas-02')
    expect(await json(`reserve ${CONTACT} --pool sp`)).toMatchObject({
      instanceName: 'vendas-02',
      pool: 'sp',
      preference: 'kept',
    })
    expect((await zapfleet(`why ${CONTACT} --pool sp`)).out).toContain('It is the contact’s own number.')
    const sent = await json(`send ${CONTACT} olá --pool sp`)
    expect(sent).toMatchObject({ instanceName: 'vendas-02', pool: 'sp' })
    expect((await zapfleet(`messages show ${sent.id}`)).out).toContain('  in the pool sp\n')
    await zapfleet('instances pause vendas-02')
    const full = await zapfleet(`choose ${CONTACT} --pool sp`)
    expect([full.exit, full.err]).toEqual([5, expect.stringContaining(`zapfleet why ${CONTACT} --pool "sp"`)])
    await zapfleet('instances resume vendas-02')
  })

  it('names the tags that exist where no number has the tag, for every key and command', async () => {
    for (const command of [
      'stats',
      'forecast --new-contacts 5',
      'health',
      'health --check',
      'why',
      `choose ${CONTACT}`,
      `reserve ${CONTACT}`,
      `send ${CONTACT} olá`,
    ]) {
      const { exit, err } = await zapfleet(`${command} --pool vndas`)
      expect([exit, err], command).toEqual([3, expect.stringContaining('The tags are novos, sp, vendas.')])
      expect(err).toMatch(/Did you mean vendas\?$/)
    }
    const bot = await run(['reserve', '--pool', 'vndas', '--json'], { env: at(fleet, BOT_KEY) })
    expect([bot.exit, JSON.parse(bot.err).error]).toEqual([
      3,
      { code: 'NOT_FOUND', message: 'No number has the tag "vndas". The tags are novos, sp, vendas.' },
    ])
    const env = { ...at(fleet), LANG: 'pt_BR.UTF-8' }
    expect((await run(['why', '--pool', 'vndas'], { env })).err).toBe(
      'zapfleet: Nenhum número tem a etiqueta "vndas". As etiquetas são novos, sp, vendas.\nVocê quis dizer vendas?',
    )
  })
})
