import { expect, it } from 'vitest'
import type { Notice } from '../../src/alert/notice.ts'
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
  expect(JSON.parse(slackBody({ title: 'a', text: '' })).text).toBe('*a*')
})

it('marks the title of a Telegram message, and only it', () => {
  const body = JSON.parse(telegramBody('-1001', { title: 'Number 😀 down', text: 'Since 10:00' }))
  const [{ offset, length }] = body.entities
  expect(body.text.slice(offset, offset + length)).toBe('Number 😀 down')
})

it('marks a critical e-mail as urgent, and no other', () => {
  const people = { from: 'Zapfleet <alerts@example.com>', to: ['ops@example.com'] }
  expect(emailOf({ ...notice, severity: 'critical' }, people)).toMatchObject({
    priority: 'high',
    messageId: `<${notice.id}@example.com>`,
  })
  expect(emailOf(notice, people)).not.toHaveProperty('priority')
})
