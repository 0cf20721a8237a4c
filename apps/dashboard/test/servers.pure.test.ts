import { describe, expect, it } from 'vitest'
import type { Server } from '../src/api/open-client.ts'
import { type OtherServer, othersOf, troubleOf } from '../src/servers/other-servers.ts'
import { countServers, isOfServer } from '../src/servers/server-counts.ts'
import { newServerOf, serverDraftOf, serverProblems, serverUpdateOf } from '../src/settings/server-draft.ts'
import { eventWords, stateWord } from '../src/settings/server-facts.ts'
import { serverSettings as en } from '../src/words/en/server-settings.ts'
import { makeFormat } from '../src/words/format.ts'
import { serverSettings as ptBR } from '../src/words/pt-br/server-settings.ts'

const stored: Server = {
  name: 'eu-2',
  url: 'https://evolution-2.example.com',
  reachable: true,
  problem: null,
  version: '2.3.6',
  licensed: true,
  numbers: 0,
  events: { source: null, coveredNumbers: [], blindNumbers: [], lastEventAt: null },
}

describe('the numbers of servers', () => {
  it('count a number that moves for both, and the default server first', () => {
    const numbers = [
      { server: 'eu-2', movingTo: null },
      { server: 'eu-2', movingTo: 'africa' },
      { server: 'default', movingTo: null },
    ]
    expect([...countServers(numbers, ['empty'])]).toEqual([
      ['default', 1],
      ['africa', 1],
      ['empty', 0],
      ['eu-2', 2],
    ])
    expect(numbers.map((one) => isOfServer(one, 'africa'))).toEqual([false, true, false])
  })

  it('are those of the default one alone where there is no other', () => {
    expect([...countServers([], [])]).toEqual([['default', 0]])
  })
})

describe('a server beside the default one', () => {
  it('can be used, does not answer, or answers with a problem', () => {
    const trouble = (reachable: boolean, problem: OtherServer['problem']) =>
      troubleOf({ name: 'eu-2', reachable, problem })
    expect(trouble(true, null)).toBe(null)
    expect(trouble(false, null)).toBe('away')
    expect(trouble(false, 'unreachable')).toBe('away')
    expect(trouble(true, 'unlicensed')).toBe('unlicensed')
    expect(trouble(true, 'database_away')).toBe('databaseAway')
    expect(trouble(true, 'key_refused')).toBe('unusable')
    expect(trouble(false, 'key_sealed')).toBe('unusable')
  })

  it('is not listed by an older API', () => {
    expect(othersOf({} as never)).toBe(undefined)
  })
})

describe('the form of a server', () => {
  it('requires all fields of a new one, and another name than that of the environment', () => {
    expect([...serverProblems(serverDraftOf(null), false)]).toEqual(['name', 'url', 'apiKey'])
    const draft = { name: ' eu-2 ', url: ' https://e.example.com ', apiKey: ' key ' }
    expect(serverProblems(draft, false).size).toBe(0)
    expect(newServerOf(draft)).toEqual({ name: 'eu-2', url: 'https://e.example.com', apiKey: 'key' })
    expect([...serverProblems({ ...draft, name: 'default' }, false)]).toEqual(['name'])
    expect([...serverProblems({ ...draft, apiKey: 'two words' }, false)]).toEqual(['apiKey'])
  })

  it.each([
    'evolution-2',
    'ftp://e.example.com',
    'https://u:p@e.example.com',
    'https://e.example.com/?key=x',
    'https://e.example.com/#x',
  ])('refuses the address %s', (url) => {
    expect([...serverProblems({ name: 'eu-2', url, apiKey: 'key' }, false)]).toEqual(['url'])
  })

  it('of a stored one sends what was changed alone, and keeps a key that was not typed', () => {
    const draft = serverDraftOf(stored)
    expect(serverProblems(draft, true).size).toBe(0)
    expect(serverUpdateOf(draft, stored)).toBe(null)
    expect(serverUpdateOf({ ...draft, apiKey: 'other' }, stored)).toEqual({ name: 'eu-2', apiKey: 'other' })
    expect(serverUpdateOf({ ...draft, url: 'https://new.example.com' }, stored)).toEqual({
      name: 'eu-2',
      url: 'https://new.example.com',
    })
  })
})

describe('the words of a server', () => {
  it('name its state, also one that only a newer API has', () => {
    expect(stateWord(stored, en)).toBe('Answers')
    expect(stateWord({ problem: 'unreachable' }, ptBR)).toBe('Não responde')
    expect(stateWord({ problem: 'on_the_moon' as never }, en)).toBe('on_the_moon')
  })

  it('name how events arrive and when the last one did', () => {
    const nowMs = Date.parse('2026-11-25T15:30:00Z')
    const f = makeFormat('en-GB', 'America/Sao_Paulo')
    const events = { ...stored.events, source: 'websocket', lastEventAt: '2026-11-25T15:18:00Z' } as const
    expect(eventWords(events, en, f, nowMs)).toMatch(/^events by WebSocket, last 12 min/)
    expect(eventWords(stored.events, en, f, nowMs)).toBe('no events about messages in 24 hours')
  })
})
