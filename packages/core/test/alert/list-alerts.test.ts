import { beforeEach, expect, it } from 'vitest'
import { listAlerts, prune } from '../../src/index.ts'
import { emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, sql, clock } = await testFleet()

beforeEach(async () => {
  clock.set('2026-05-05T12:00:00Z')
  await emptyTables(sql, 'zapfleet.alerts, zapfleet.alert_notices')
})

const idOf = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`

async function addAlert(n: number, openedAt: string, closedAt: string | null = null): Promise<void> {
  await sql(
    `insert into zapfleet.alerts (id, rule, severity, subject, facts, opened_at, closed_at)
     values ($1, 'number_down', 'warning', $2, '{}', $3, $4)`,
    [idOf(n), `n${n}`, openedAt, closedAt],
  )
}

async function addNotice(n: number, route: string, kind: string, alerts: number[], sentAt: string | null) {
  await sql(
    `insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before, sent_at)
     values ($1, $2, $3, $4, '2026-05-05T11:00:00Z', '2026-05-05T11:00:00Z', $5)`,
    [idOf(n), route, kind, alerts.map(idOf), sentAt],
  )
}

it('lists the newest first: all, open or closed ones', async () => {
  await addAlert(1, '2026-05-05T10:00:00Z', '2026-05-05T10:10:00Z')
  await addAlert(2, '2026-05-05T11:00:00Z')
  await addAlert(3, '2026-05-05T09:00:00Z')
  const subjects = async (filter: { open?: boolean; limit?: number }): Promise<string[]> =>
    (await listAlerts(fleet, { limit: 50, ...filter })).map(({ subject }) => subject)
  expect(await subjects({})).toEqual(['n2', 'n1', 'n3'])
  expect(await subjects({ open: true })).toEqual(['n2', 'n3'])
  expect(await subjects({ open: false })).toEqual(['n1'])
  expect(await subjects({ limit: 1 })).toEqual(['n2'])
})

it('links to the page of the number where people open it, and not to the address of the webhook', async () => {
  await addAlert(1, '2026-05-05T11:00:00Z')
  const textOf = async (addresses: { pageUrl: string | null; publicUrl: string | null }) =>
    (await listAlerts({ ...fleet, ...addresses }, { limit: 1 }))[0]?.text
  const text = await textOf({ pageUrl: 'https://zap.example.com', publicUrl: 'http://api:3333' })
  expect(text?.en).toMatch(/\nPage: https:\/\/zap\.example\.com\/#\/numbers\/n1$/)
  expect(text?.['pt-BR']).toContain('https://zap.example.com/#/numbers/n1')
  const none = await textOf({ pageUrl: null, publicUrl: 'http://api:3333' })
  expect(none?.en).not.toContain('http')
})

it('names the routes that were notified when an alert opened, and no others', async () => {
  const at = '2026-05-05T11:00:05Z'
  await addAlert(1, '2026-05-05T11:00:00Z')
  await addAlert(2, '2026-05-05T11:00:00Z')
  await addNotice(10, 'ops', 'opened', [1, 2], at)
  await addNotice(11, 'mail', 'digest', [2], at)
  await addNotice(12, 'down', 'opened', [1, 2], null)
  await addNotice(13, 'late', 'closed', [1], at)
  expect(
    (await listAlerts(fleet, { limit: 50 })).map(({ subject, notified }) => [subject, notified]),
  ).toEqual([
    ['n2', ['mail', 'ops']],
    ['n1', ['ops']],
  ])
})

it('is kept for 400 days after it opened, and as long as it is open', async () => {
  await addAlert(1, '2025-03-30T12:00:00Z', '2025-03-30T12:10:00Z')
  await addAlert(2, '2025-03-30T12:00:00Z')
  await addAlert(3, '2025-04-02T12:00:00Z', '2025-04-02T12:10:00Z')
  await addNotice(10, 'ops', 'opened', [3], '2026-05-05T11:00:05Z')
  await sql(`insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before)
    values ('${idOf(11)}', 'ops', 'opened', '{}', '2025-03-30T12:00:00Z', '2025-03-30T12:00:00Z')`)
  expect((await prune(fleet)).alerts).toBe(1)
  expect((await listAlerts(fleet, { limit: 50 })).map(({ subject }) => subject)).toEqual(['n3', 'n2'])
  expect(await sql('select id from zapfleet.alert_notices')).toEqual([{ id: idOf(10) }])
})
