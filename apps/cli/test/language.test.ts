import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { languageOf } from '../src/language.ts'
import { makeProgram } from '../src/program.ts'
import { PT_BR, TABLES_PT_BR } from '../src/words/pt-br.ts'
import type { World } from '../src/world.ts'
import { startTestFleet, type TestFleet } from './fleet.ts'
import { at, run } from './run.ts'
import { sentences, untranslated } from './sentences.ts'

const BRAZIL = { LANG: 'pt_BR.UTF-8' }

let fleet: TestFleet
beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers('loja-01', 'loja-02')
  fleet.simulator.control.ban('loja-02')
  await fleet.admin.health.checkAll.mutate({})
})
afterAll(() => fleet?.close())

const inPortuguese = (line: string, env: Record<string, string> = BRAZIL) =>
  run(line.split(' '), { env: { ...at(fleet), ...env } })

it.each([
  [{}, 'en'],
  [{ LANG: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'C' }, 'en'],
  [{ LANG: 'pl_PL.UTF-8' }, 'en'],
  [{ LANG: 'pt_BR.UTF-8' }, 'pt-BR'],
  [{ LANG: 'pt_BR' }, 'pt-BR'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'pt_BR.UTF-8' }, 'pt-BR'],
  [{ LANG: 'pt_BR.UTF-8', LC_MESSAGES: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'pt_BR.UTF-8', LC_ALL: '' }, 'pt-BR'],
])('the environment %j is %s', (env, language) => {
  expect(languageOf(env)).toBe(language)
})

describe('the dictionary', () => {
  it('has every sentence of the sources and every text of the help, and no other text is shown', () => {
    expect(sentences().filter((sentence) => !Object.hasOwn(PT_BR, sentence))).toEqual([])
    expect(untranslated()).toEqual([])
    expect(sentences().length).toBeGreaterThan(150)
    expect(helpTexts().filter((text) => !Object.hasOwn(PT_BR, text))).toEqual([])
  })

  it('has a sentence in one table only', () => {
    const keys = TABLES_PT_BR.flatMap((table) => Object.keys(table))
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
    expect(keys.length).toBe(Object.keys(PT_BR).length)
  })

  it('keeps each value, command, option and variable of a sentence', () => {
    const named =
      /\{\d\}|--[a-z][a-z-]+|ZAPFLEET_[A-Z_]+|zapfleet (?:(?:instances|keys|profiles) [a-z]+|login|why|whoami|release)|npm (start|run \w+)/g
    const namesOf = (text: string) => (text.match(named) ?? []).map((one) => one.trim()).sort()
    const wrong = Object.entries(PT_BR).filter(
      ([english, portuguese]) => JSON.stringify(namesOf(english)) !== JSON.stringify(namesOf(portuguese)),
    )
    expect(wrong).toEqual([])
  })
})

function helpTexts(): string[] {
  const world = { args: [], env: {}, stdout: { write() {} }, stderr: { write() {} }, version: '1' }
  const texts = new Set(['Usage:', 'Arguments:', 'Options:', 'Global Options:', 'Commands:', 'Examples:'])
  const visit = (command: ReturnType<typeof makeProgram>): void => {
    for (const one of [command, ...command.registeredArguments, ...command.options])
      texts.add(typeof one.description === 'function' ? one.description() : one.description)
    for (const one of command.commands) visit(one as ReturnType<typeof makeProgram>)
  }
  visit(makeProgram(world as unknown as World, { exit: 0, called: null }))
  return [...texts].filter((text) => text !== '')
}

describe('in Portuguese, by LANG', () => {
  it('tables, states and advice', async () => {
    const list = await inPortuguese('instances list')
    expect(list.out.split('\n')[0]?.split(/ {2,}/).slice(0, 4)).toEqual(['NOME', 'STATUS', 'HORA', 'DIA'])
    expect(list.out).toMatch(/^loja-02 +banido/m)
    expect(list.out).toMatch(/^loja-01 +conectado .*nunca/m)
    const one = await inPortuguese('instances get loja-02')
    expect(one.out).toMatch(/Envia +não: está banido/)
    expect(one.out).toMatch(/A fazer +Peça revisão no WhatsApp/)
    expect((await inPortuguese('health')).out).toContain('saudável: 1 de 2 online')
    expect((await inPortuguese('stats')).out).toMatch(
      /2 números: 1 conectado, 1 banido[\s\S]+Nesta hora .* enviadas, restam/,
    )
    expect((await inPortuguese('why ana')).out).toMatch(
      /loja-01 atende ana agora\.[\s\S]*loja-02 +está banido/,
    )
  })

  it('acts, errors and hints, with the same exit codes', async () => {
    expect((await inPortuguese('instances pause loja-01')).out).toBe('loja-01 está pausado.')
    expect((await inPortuguese('instances resume loja-01')).out).toBe('loja-01 voltou a enviar.')
    const nobody = await inPortuguese('instances get loja-1')
    expect([nobody.exit, nobody.err]).toEqual([3, expect.stringContaining('Você quis dizer loja-01?')])
    expect(nobody.err).toContain('Não existe um número chamado "loja-1".')
    const wrong = await inPortuguese('instances lsit')
    expect([wrong.exit, wrong.err]).toEqual([
      2,
      expect.stringMatching(/comando desconhecido 'lsit'.*Você quis dizer list\?/),
    ])
    const dead = await inPortuguese('stats', { ...BRAZIL, ZAPFLEET_URL: 'http://127.0.0.1:1' })
    expect([dead.exit, dead.err]).toEqual([
      7,
      expect.stringContaining('Nenhum zapfleet responde em http://127.0.0.1:1'),
    ])
    fleet.simulator.control.unlicensed(true)
    const unlicensed = await inPortuguese('instances restart loja-01 --yes')
    const inEnglish = await inPortuguese('instances restart loja-01 --yes', {})
    fleet.simulator.control.unlicensed(false)
    expect(unlicensed.err).toMatch(/A licença da Evolution não está ativada.*\/manager/)
    expect(inEnglish.err).toMatch(/The licence of Evolution is not activated.*\(127\.0\.0\.1:\d+\)/)
    expect([unlicensed.exit, inEnglish.exit]).toEqual([9, 9])
    const refused = await inPortuguese('instances delete loja-01')
    expect([refused.exit, refused.err]).toEqual([2, expect.stringContaining('É preciso confirmar')])
  })

  it('the help of every command, in 80 columns', async () => {
    const help = async (...path: string[]): Promise<void> => {
      const { out } = await run([...path, '--help'], { env: BRAZIL, terminal: [200, 200] })
      expect(out, path.join(' ')).toMatch(/^Uso: zapfleet/)
      const [words = ''] = out.split('Exemplos:')
      expect(words).not.toMatch(/\b(Options|Commands|the|and|this|with|when)\b/)
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
      const commands = /Comandos:\n([\s\S]*?)\n\n/.exec(out)?.[1] ?? ''
      for (const [, name = ''] of commands.matchAll(/^ {2}([a-z-]+)/gm))
        if (name !== 'help') await help(...path, name)
    }
    await help()
  })

  it('--json is the same, answers and errors', async () => {
    for (const line of [
      'instances list --json',
      'stats --json',
      'instances get nobody --json',
      'instances lsit --json',
    ]) {
      const portuguese = await inPortuguese(line)
      const english = await inPortuguese(line, {})
      expect(portuguese).toEqual(english)
    }
  })
})
