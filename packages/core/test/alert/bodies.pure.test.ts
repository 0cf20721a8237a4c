import { expect, it } from 'vitest'
import { headlineOf, type Notice } from '../../src/alert/notice.ts'
import { emailOf } from '../../src/alert/send-email.ts'
import { slackBody } from '../../src/alert/send-slack.ts'
import { telegramBody } from '../../src/alert/send-telegram.ts'

const LONG = Array.from({ length: 2_000 }, (_, n) => `line ${n} 😀`).join('\n')
const notice: Notice = {
  id: '01920000-0000-7000-8000-000000000001',
  kind: 'digest',
  severity: 'warning',
  at: new Date('2026-11-30T02:00:00Z'),
  title: 'Summary',
  text: LONG,
  alerts: [],
}

it('cuts what Slack and Telegram would refuse, at the end of a line', () => {
  const slack: string = JSON.parse(slackBody(notice)).text
  const telegram: string = JSON.parse(telegramBody('-1001', notice)).text
  for (const [text, most] of [
    [slack, 4_000],
    [telegram, 4_096],
  ] as const) {
    expect([...text].length).toBeLessThan(most)
    expect(text).toMatch(/line \d+ 😀\n…$/)
  }
  expect(JSON.parse(slackBody({ ...notice, kind: 'test', title: 'a', text: '' })).text).toBe('*a*')
})

it('marks the title of a Telegram message, and only it', () => {
  const body = JSON.parse(
    telegramBody('-1001', { ...notice, kind: 'opened', title: 'Number 😀 down', text: 'Since 10:00' }),
  )
  const [{ offset, length }] = body.entities
  expect(body.text.slice(offset, offset + length)).toBe('🟠 Number 😀 down')
})

const severities = ['critical', 'warning', 'info'] as const
const about = (severity: Notice['severity'], closedAt: string | null = null): Notice['alerts'][number] => ({
  id: notice.id,
  rule: 'number_down',
  severity,
  subject: 'loja',
  openedAt: '2026-11-30T01:00:00.000Z',
  closedAt,
})
const OVER = '2026-11-30T02:00:00.000Z'

it('marks how urgent a message is before its title, and the end of alerts', () => {
  const opened = severities.map((severity) => headlineOf({ ...notice, kind: 'opened', severity }))
  expect(opened).toEqual(['🔴 Summary', '🟠 Summary', '🔵 Summary'])
  expect(headlineOf({ ...notice, kind: 'wave', severity: 'critical' })).toBe('🔴 Summary')
  expect(headlineOf({ ...notice, kind: 'closed', severity: 'critical' })).toBe('🟢 Summary')
  expect(headlineOf({ ...notice, kind: 'test' })).toBe('Summary')
  const digest = (...alerts: Notice['alerts']) => headlineOf({ ...notice, severity: 'critical', alerts })
  expect(digest(about('critical', OVER), about('info'), about('warning'))).toBe('🟠 Summary')
  expect(digest(about('critical', OVER))).toBe('🟢 Summary')
  for (const text of [
    JSON.parse(slackBody({ ...notice, kind: 'opened' })).text,
    JSON.parse(telegramBody('1', { ...notice, kind: 'opened' })).text,
    emailOf({ ...notice, kind: 'opened' }, { from: 'a@example.com', to: [] }).subject,
  ])
    expect(text).toMatch(/^\*?🟠 Summary/)
})

it('marks an e-mail about an open critical alert as urgent, and no other, the end of one neither', () => {
  const people = { from: 'Zapfleet <alerts@example.com>', to: ['ops@example.com'] }
  const critical = { ...notice, severity: 'critical' } as const
  expect(emailOf({ ...critical, kind: 'opened' }, people)).toMatchObject({
    priority: 'high',
    messageId: `<${notice.id}@example.com>`,
  })
  expect(emailOf({ ...critical, alerts: [about('critical')] }, people)).toHaveProperty('priority', 'high')
  expect(emailOf({ ...critical, alerts: [about('critical', OVER)] }, people)).not.toHaveProperty('priority')
  expect(emailOf({ ...critical, kind: 'closed' }, people)).not.toHaveProperty('priority')
  expect(emailOf({ ...notice, kind: 'opened' }, people)).not.toHaveProperty('priority')
})
