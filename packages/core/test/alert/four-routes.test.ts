import type { Evolution } from '@zapfleet/evolution'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { NewRoute } from '../../src/alert/alert-route.ts'
import { createSealer } from '../../src/ground/seal.ts'
import {
  callOf,
  createRoute,
  evaluateAlerts,
  listAlerts,
  newRouteInput,
  openAlertSender,
  watchRoutes,
} from '../../src/index.ts'
import { isSigned, startReceiver } from '../endpoint/receiver.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'
import { startMailServer, startTelegram } from './receivers.ts'

const evolution = {
  connectionState: async () => ({ state: 'open' }),
  findWebhook: async () => null,
  forRequest: () => evolution,
} as unknown as Evolution
const { fleet, sql, clock, another } = await testFleet({
  evolution,
  sealer: createSealer('test-secret-0123456789-abcdefghijkl'),
})

const BOT = { token: '7000000001:AAtest', chatId: '-1001' }
const WITHIN = { timeout: 60_000, interval: 20 }

it('a banned number is reported by all four routes, once, and its end once', async () => {
  const [slack, hook] = [await startReceiver(), await startReceiver()]
  const telegram = await startTelegram(BOT)
  const mail = await startMailServer({ hideSTARTTLS: true })
  const sending = await another({
    alertSender: openAlertSender({
      smtpUrl: `smtp://127.0.0.1:${mail.port}`,
      smtpFrom: 'alerts@example.com',
      telegramApiUrl: telegram.url,
      alertsAllowPrivate: true,
    }),
  })
  clock.set('2026-05-05T12:00:00Z')
  await clearFleet(sql)
  await addInstances(sql, ['loja', 'vendas'])
  const create = (input: object) =>
    createRoute(sending, newRouteInput.parse({ minSeverity: 'critical', ...input }) as NewRoute)
  await create({ name: 'slack', kind: 'slack', webhookUrl: slack.url })
  await create({
    name: 'telegram',
    kind: 'telegram',
    botToken: BOT.token,
    chatId: BOT.chatId,
    language: 'pt-BR',
  })
  await create({ name: 'mail', kind: 'email', to: ['ops@example.com'] })
  const { secret } = await create({ name: 'hook', kind: 'webhook', url: hook.url })

  const ending = new AbortController()
  const ended = watchRoutes(callOf(sending), ending.signal, { pollEveryMs: 20 })
  onTestFinished(async () => {
    ending.abort()
    await ended
  })
  const turn = async (status: string, reason: string | null): Promise<void> => {
    await sql(
      `update whatsapp_instances set status = $1, status_motivo = $2, status_desde = $3, verificada_em = $3 where nome = 'loja'`,
      [status, reason, clock.at],
    )
    await evaluateAlerts(callOf(fleet))
  }
  /** How many messages about the number each route got. */
  const counts = () => [
    slack.received.filter(({ text }) => text.includes('loja')).length,
    telegram.sent.filter(({ text }) => text.includes('loja')).length,
    mail.mails.filter(({ raw }) => raw.includes('loja')).length,
    hook.received.filter(({ text }) => text.includes('loja')).length,
  ]

  await turn('banned', 'BANNED')
  await vi.waitFor(() => expect(counts()).toEqual([1, 1, 1, 1]), WITHIN)
  await vi.waitFor(async () => {
    const [alert] = await listAlerts(fleet, { open: true, limit: 10 })
    expect(alert).toMatchObject({ rule: 'number_banned', notified: ['hook', 'mail', 'slack', 'telegram'] })
  }, WITHIN)
  const pass = async (minutes: number): Promise<void> => {
    for (let n = 0; n < minutes; n++) {
      clock.at = new Date((clock.at as Date).getTime() + 60_000)
      await evaluateAlerts(callOf(fleet))
    }
  }
  await pass(3)
  clock.at = new Date((clock.at as Date).getTime() + 1_000)
  await turn('connected', null)
  await pass(7)
  await vi.waitFor(() => expect(counts()).toEqual([2, 2, 2, 2]), WITHIN)
  await pass(3)
  const pending = await sql('select count(*)::int n from zapfleet.alert_notices where sent_at is null')
  expect(pending).toEqual([{ n: 0 }])
  expect(counts()).toEqual([2, 2, 2, 2])

  const [opened, closed] = hook.received.filter(({ text }) => text.includes('loja'))
  expect([opened?.body.type, closed?.body.type]).toEqual(['alert.opened', 'alert.closed'])
  for (const event of [opened, closed]) expect(event && isSigned(secret ?? '', event)).toBe(true)
  expect(opened?.body.data).toMatchObject({
    severity: 'critical',
    alerts: [{ rule: 'number_banned', subject: 'loja', closedAt: null }],
  })
  expect(telegram.sent[0]?.text).toContain('O que fazer')
  expect(slack.received[0]?.body.text).toContain('What to do')
})
