import { describe, expect, it, test } from 'vitest'
import type { FleetReading, NumberReading } from '../../src/alert/fleet-reading.ts'
import { RULE_TABLE } from '../../src/alert/rules.ts'
import { TEXT_LANGUAGES, type TextAlert } from '../../src/alert/text-alert.ts'
import { alertText, noticeText } from '../../src/alert/texts.ts'
import {
  ago,
  HOUR,
  MINUTE,
  NOW,
  number,
  oneServer,
  SECOND,
  StoredAlerts,
  wellFleet,
} from './fleet-readings.ts'

type Server = FleetReading['servers'][number]

const both = (home: Server['problem'], south: Server['problem']): Server[] => [
  { name: 'default', problem: home },
  { name: 'south', problem: south },
]
const onSouth = (name: string, given: Partial<NumberReading> = {}) =>
  number(name, { server: 'south', lastSentAt: ago(HOUR), ...given })
const none = { numbers: 0, dailyCapacity: 0, sentToday: 0 }

/** Evaluations each 5 s, from `fromMs` after NOW on, before `toMs`. */
function run(stored: StoredAlerts, fromMs: number, toMs: number, reading: Partial<FleetReading>): void {
  for (let ms = fromMs; ms < toMs; ms += 5 * SECOND)
    stored.evaluate(wellFleet({ ...reading, at: new Date(NOW.getTime() + ms) }))
}

/** Rule, subject, and the subject of the alert that explains it, after a minute. */
const TABLE: [what: string, reading: Partial<FleetReading>, open: string[]][] = [
  ['one server fails', { servers: both(null, 'unreachable') }, ['evolution_unreachable server:south']],
  ['the default one fails', { servers: both('key_refused', null) }, ['evolution_unreachable evolution']],
  [
    'each fails in its way',
    { servers: both('unlicensed', 'key_sealed') },
    ['evolution_unlicensed evolution', 'evolution_unreachable server:south'],
  ],
  ['none fails', { servers: both(null, null) }, []],
  [
    'a number of the server that fails is down, and one of the other',
    { servers: both(null, 'unreachable'), troubled: [number('home'), onSouth('far')] },
    ['evolution_unreachable server:south', 'number_down far < server:south', 'number_down home'],
  ],
  [
    'the default one fails: a number of the other is no part of it',
    { servers: both('unreachable', null), troubled: [number('home'), onSouth('far')] },
    ['evolution_unreachable evolution', 'number_down far', 'number_down home < evolution'],
  ],
  [
    'no number is connected, and one of two servers fails',
    { servers: both(null, 'unreachable'), connected: none, troubled: [number('home'), onSouth('far')] },
    [
      'all_numbers_down fleet',
      'evolution_unreachable server:south',
      'number_down far < server:south',
      'number_down home < fleet',
    ],
  ],
  [
    'no number is connected, and both servers fail',
    {
      servers: both('unlicensed', 'unreachable'),
      connected: none,
      troubled: [number('home'), onSouth('far')],
    },
    [
      'all_numbers_down fleet < evolution',
      'evolution_unlicensed evolution',
      'evolution_unreachable server:south',
      'number_down far < server:south',
      'number_down home < evolution',
    ],
  ],
  [
    'sends and events fail on both, and one fails',
    {
      servers: both(null, 'unlicensed'),
      failedSends: [
        { name: 'far', server: 'south', failed: 6, since: ago(MINUTE) },
        { name: 'home', server: 'default', failed: 6, since: ago(MINUTE) },
      ],
      blind: [
        { name: 'far', server: 'south', since: ago(20 * MINUTE) },
        { name: 'home', server: 'default', since: ago(20 * MINUTE) },
      ],
    },
    [
      'evolution_unlicensed server:south',
      'no_events evolution',
      'no_events server:south < server:south',
      'sends_failing far < server:south',
      'sends_failing home',
    ],
  ],
  [
    'messages of a number do not arrive, and a ban is always reported',
    {
      servers: both(null, 'unreachable'),
      troubled: [
        onSouth('far', { status: 'connected', reason: null, failing: { reason: 'NO_RECEIPTS', since: NOW } }),
        onSouth('gone', { status: 'banned', reason: 'BANNED', since: NOW }),
      ],
    },
    ['evolution_unreachable server:south', 'number_banned gone', 'number_failing far < server:south'],
  ],
  [
    'a number has the name that a subject of a server has',
    { servers: both(null, 'unreachable'), troubled: [number('server:south')] },
    ['evolution_unreachable server:south', 'number_down server:south'],
  ],
]

describe('with two servers', () => {
  test.each(TABLE)('%s', (_what, reading, open) => {
    const stored = new StoredAlerts()
    // The server fails before its numbers are read.
    run(stored, 0, 30 * SECOND, { servers: reading.servers ?? [] })
    run(stored, 30 * SECOND, MINUTE, reading)
    const subjects = new Map(stored.open.map(({ id, subject }) => [id, subject]))
    const shown = stored.open.map(
      ({ rule, subject, cause }) => `${rule} ${subject}${cause === null ? '' : ` < ${subjects.get(cause)}`}`,
    )
    expect(shown.sort()).toEqual(open)
  })

  it('a number that stays down when its server is back is reported 2 minutes later', () => {
    const stored = new StoredAlerts()
    run(stored, 0, 30 * SECOND, { servers: both(null, 'unreachable') })
    run(stored, 30 * SECOND, 5 * MINUTE, { servers: both(null, 'unreachable'), troubled: [onSouth('far')] })
    run(stored, 5 * MINUTE, 6.9 * MINUTE, { servers: both(null, null), troubled: [onSouth('far')] })
    expect(stored.reported.at(-1)).toEqual(['+ evolution_unreachable server:south'])
    run(stored, 6.9 * MINUTE, 8 * MINUTE, { servers: both(null, null), troubled: [onSouth('far')] })
    expect(stored.reported.at(-1)).toEqual(['+ number_down far'])
  })
})

it('facts name the default server only beside another one', () => {
  const factsOf = (servers: FleetReading['servers']) =>
    RULE_TABLE.evolution_unreachable.find(wellFleet({ servers })).map(({ facts }) => facts)
  expect(factsOf(oneServer('unreachable'))).toEqual([{ problem: 'unreachable' }])
  expect(factsOf(both('unreachable', null))).toEqual([{ problem: 'unreachable', server: 'default' }])
  expect(factsOf([{ name: 'south', problem: 'unreachable' }])).toEqual([
    { problem: 'unreachable', server: 'south' },
  ])
})

const OPTIONS = { timeZone: 'America/Sao_Paulo', pageUrl: null }
const alert = (given: Partial<TextAlert> = {}): TextAlert => ({
  rule: 'evolution_unreachable',
  severity: 'critical',
  subject: 'server:south',
  facts: { problem: 'unreachable', server: 'south' },
  openedAt: NOW,
  closedAt: null,
  seenOkAt: null,
  ...given,
})

it('texts name the server, what it means for its numbers alone, and what to do there', () => {
  expect(alertText(alert(), { ...OPTIONS, language: 'en' })).toEqual({
    title: 'The Evolution server "south" does not answer',
    text: [
      'Since 05/05/2026, 09:00 GMT-3',
      'For customers: Its numbers send nothing, and what customers write to them may arrive late at the bot. Numbers of other servers are not affected.',
      'What to do: Check that it runs and that the address stored in zapfleet leads to it. Restart it if it hangs.',
    ].join('\n'),
  })
  const title = (one: TextAlert) => alertText(one, { ...OPTIONS, language: 'pt-BR' }).title
  expect(title(alert())).toBe('O servidor "south" da Evolution não responde')
  expect(title(alert({ rule: 'evolution_unlicensed' }))).toBe(
    'A licença do servidor "south" da Evolution não está ativada',
  )
  expect(title(alert({ closedAt: NOW }))).toBe('O servidor "south" da Evolution voltou a funcionar')
})

test.each([
  'unreachable',
  'not_evolution',
  'key_refused',
  'key_of_one_instance',
  'key_sealed',
  'database_away',
  'not_understood',
])(
  'a text about %s names the server and no setting of the default one; that of the default one alone is as for one server',
  (problem) => {
    for (const language of TEXT_LANGUAGES) {
      const options = { ...OPTIONS, language }
      const added = alertText(alert({ facts: { problem, server: 'south' } }), options)
      expect(added.title).toContain('"south"')
      expect(added.text).not.toContain('EVOLUTION_API_')
      const alone = alertText(alert({ subject: 'evolution', facts: { problem } }), options)
      expect(`${alone.title} ${alone.text}`).not.toMatch(/"|servers|outros servidores/)
    }
  },
)

it('a list of servers has their names, and what to do for each', () => {
  const { title, text } = noticeText(
    'opened',
    [alert(), alert({ subject: 'evolution', facts: { problem: 'unreachable', server: 'default' } })],
    { ...OPTIONS, language: 'en' },
  )
  expect(title).toBe('2 servers of Evolution cannot be used')
  expect(text).toMatch(/^south, default\n/)
  expect(text).toContain(
    'What to do (default): Check that the server of Evolution runs and that EVOLUTION_API_URL',
  )
})
