import { beforeEach, describe, expect, it } from 'vitest'
import type { NewRoute } from '../../src/alert/alert-route.ts'
import { createSealer } from '../../src/ground/seal.ts'
import {
  createRoute,
  deleteRoute,
  getRoute,
  listRoutes,
  newRouteInput,
  openAlertSender,
  testRoute,
  updateRoute,
} from '../../src/index.ts'
import { isSigned, startReceiver } from '../endpoint/receiver.ts'
import { emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, sql, another } = await testFleet({
  sealer: createSealer('test-secret-0123456789-abcdefghijkl'),
  alertSender: openAlertSender({
    smtpUrl: null,
    smtpFrom: null,
    telegramApiUrl: 'http://127.0.0.1:9',
    alertsAllowPrivate: true,
  }),
})

beforeEach(() => emptyTables(sql, 'zapfleet.alert_routes, zapfleet.alert_notices'))

const create = (input: object) => createRoute(fleet, newRouteInput.parse(input) as NewRoute)
const code = (expected: string, message: unknown = expect.any(String)) =>
  expect.objectContaining({ code: expected, message })

describe('alert routes', () => {
  it('show the public part of each address, and nothing of it that is secret', async () => {
    await create({
      name: 'slack',
      kind: 'slack',
      webhookUrl: 'https://hooks.slack.com/services/T0/planted-path',
    })
    await create({ name: 'telegram', kind: 'telegram', botToken: '70:planted-token', chatId: -1001 })
    await create({
      name: 'hook',
      kind: 'webhook',
      url: 'https://bot.example.com/planted?x=1',
      secret: 'planted-secret-16',
    })
    await create({
      name: 'mail',
      kind: 'email',
      to: ['ops@example.com'],
      smtpUrl: 'smtps://u:planted-pw@smtp.example.com',
    })
    await create({ name: 'plain', kind: 'email', to: ['ops@example.com'] })
    const all = await listRoutes(fleet)
    expect(all.map(({ name, kind, address }) => ({ name, kind, address }))).toEqual([
      { name: 'hook', kind: 'webhook', address: { host: 'bot.example.com', chatId: null, to: null } },
      {
        name: 'mail',
        kind: 'email',
        address: { host: 'smtp.example.com', chatId: null, to: ['ops@example.com'] },
      },
      { name: 'plain', kind: 'email', address: { host: null, chatId: null, to: ['ops@example.com'] } },
      { name: 'slack', kind: 'slack', address: { host: 'hooks.slack.com', chatId: null, to: null } },
      { name: 'telegram', kind: 'telegram', address: { host: null, chatId: '-1001', to: null } },
    ])
    expect(all[0]).toMatchObject({
      minSeverity: 'warning',
      quietHours: null,
      language: 'en',
      lastDelivery: null,
      createdAt: expect.stringMatching(/Z$/),
    })
    const stored = JSON.stringify(await sql('select * from zapfleet.alert_routes'))
    expect(JSON.stringify(all) + stored).not.toContain('planted')
  })

  it('return a secret that they made for a webhook once, and none that was chosen', async () => {
    const url = 'https://bot.example.com/'
    const made = await create({ name: 'made', kind: 'webhook', url })
    expect(made.secret).toMatch(/^whsec_/)
    expect(
      (await create({ name: 'chosen', kind: 'webhook', url, secret: 'chosen-secret-0123' })).secret,
    ).toBeNull()
    expect((await create({ name: 'slack', kind: 'slack', webhookUrl: url })).secret).toBeNull()
    expect(await getRoute(fleet, { name: 'made' })).not.toHaveProperty('secret')
  })

  it('have names of their own, are at most 20, and need a ZAPFLEET_SECRET', async () => {
    const slack = (name: string) => ({ name, kind: 'slack', webhookUrl: 'https://hooks.slack.com/x' })
    const withoutSecret = await another({ sealer: null })
    await expect(createRoute(withoutSecret, newRouteInput.parse(slack('a')))).rejects.toEqual(
      code('INVALID_STATE', expect.stringContaining('ZAPFLEET_SECRET is not set')),
    )
    await create(slack('a'))
    await expect(create(slack('a'))).rejects.toEqual(code('CONFLICT'))
    for (let n = 1; n < 20; n++) await create(slack(`route-${n}`))
    await expect(create(slack('b'))).rejects.toEqual(
      code('INVALID_STATE', expect.stringContaining('20 alert routes')),
    )
    await expect(testRoute(withoutSecret, { name: 'a' })).rejects.toEqual(code('INVALID_STATE'))
    await expect(
      updateRoute(withoutSecret, { name: 'a', webhookUrl: 'https://x.example.com' }),
    ).rejects.toEqual(code('INVALID_STATE'))
  })

  it('keep by an update what is not given, the secrets too', async () => {
    const receiver = await startReceiver()
    const { secret } = await create({ name: 'hook', kind: 'webhook', url: 'https://old.example.com/' })
    const quietHours = { from: '22:00', to: '07:00' }
    expect(
      await updateRoute(fleet, { name: 'hook', minSeverity: 'critical', quietHours, language: 'pt-BR' }),
    ).toMatchObject({
      minSeverity: 'critical',
      quietHours,
      language: 'pt-BR',
      address: { host: 'old.example.com' },
    })
    expect(await updateRoute(fleet, { name: 'hook', url: receiver.url })).toMatchObject({
      minSeverity: 'critical',
      quietHours,
      address: { host: `127.0.0.1:${receiver.port}` },
    })
    expect(await testRoute(fleet, { name: 'hook' })).toMatchObject({
      lastDelivery: { ok: true, error: null },
    })
    const [event] = receiver.received
    if (event === undefined) throw new Error('nothing was received')
    expect(isSigned(secret ?? '', event)).toBe(true)
    expect(event.body).toMatchObject({ type: 'alert.test', data: { title: 'Mensagem de teste do zapfleet' } })
    expect(event.body.data.text).not.toContain('http')
    await testRoute({ ...fleet, pageUrl: 'https://zap.example.com' }, { name: 'hook' })
    expect(receiver.received[1]?.body.data.text).toMatch(/\nPágina: https:\/\/zap\.example\.com\/$/)
    expect(await updateRoute(fleet, { name: 'hook', quietHours: null })).toMatchObject({ quietHours: null })
  })

  it('refuse fields of another kind, and another kind', async () => {
    await create({ name: 'team', kind: 'slack', webhookUrl: 'https://hooks.slack.com/x' })
    await expect(updateRoute(fleet, { name: 'team', chatId: '5' })).rejects.toEqual(
      code('INVALID_INPUT', 'chatId: a route of the kind slack does not have it; it has webhookUrl.'),
    )
    await expect(updateRoute(fleet, { name: 'team', kind: 'email' })).rejects.toEqual(code('INVALID_INPUT'))
    await expect(updateRoute(fleet, { name: 'nobody', language: 'en' })).rejects.toEqual(code('NOT_FOUND'))
  })

  it('report a secret that another ZAPFLEET_SECRET sealed, and take a new address in its place', async () => {
    const receiver = await startReceiver((_event, response) => void response.writeHead(200).end('ok'))
    await create({ name: 'team', kind: 'slack', webhookUrl: 'https://hooks.slack.com/x' })
    const changed = await another({ sealer: createSealer('other-secret-0123456789-abcdefghijk') })
    await expect(testRoute(changed, { name: 'team' })).rejects.toEqual(
      code('INVALID_STATE', expect.stringContaining('another ZAPFLEET_SECRET')),
    )
    await updateRoute(fleet, { name: 'team', webhookUrl: receiver.url })
    expect(await testRoute(fleet, { name: 'team' })).toMatchObject({ lastDelivery: { ok: true } })
    expect(receiver.received).toHaveLength(1)
  })

  it('are deleted with what waits for them, and not with what they received', async () => {
    await create({ name: 'team', kind: 'slack', webhookUrl: 'https://hooks.slack.com/x' })
    await sql(
      `insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before, sent_at)
       select gen_random_uuid(), 'team', 'opened', '{}', now(), now(), sent from (values (null::timestamptz), (now())) v(sent)`,
    )
    expect(await deleteRoute(fleet, { name: 'team' })).toMatchObject({ name: 'team', kind: 'slack' })
    expect(await sql('select sent_at is not null is_sent from zapfleet.alert_notices')).toEqual([
      { is_sent: true },
    ])
    await expect(deleteRoute(fleet, { name: 'team' })).rejects.toEqual(code('NOT_FOUND'))
    expect(await listRoutes(fleet)).toEqual([])
  })

  it.each([
    [{ kind: 'slack', webhookUrl: 'ftp://hooks.slack.com' }, /http or https URL/],
    [{ kind: 'slack', webhookUrl: 'http://169.254.169.254/' }, /metadata/],
    [{ kind: 'telegram', botToken: 'a b', chatId: '1' }, /BotFather/],
    [{ kind: 'email', to: [] }, /./],
    [{ kind: 'email', to: ['Ops <ops@example.com>'] }, /e-mail address/],
    [{ kind: 'email', to: ['ops@example.com\r\nBcc: x@example.com'] }, /e-mail address/],
    [
      { kind: 'email', to: ['ops@example.com'], smtpUrl: 'smtps://u:p@host/?tls.rejectUnauthorized=false' },
      /without a path/,
    ],
    [{ kind: 'email', to: ['ops@example.com'], smtpUrl: 'https://mail.example.com' }, /mail server/],
    [
      { kind: 'slack', webhookUrl: 'https://a.example.com', quietHours: { from: '7:00', to: '08:00' } },
      /HH:MM/,
    ],
    [
      { kind: 'slack', webhookUrl: 'https://a.example.com', quietHours: { from: '07:00', to: '07:00' } },
      /two different/,
    ],
    [{ kind: 'slack', webhookUrl: 'https://a.example.com', botToken: '7:a' }, /botToken/],
    [{ kind: 'sms', to: ['+5511987654321'] }, /./],
  ])('refuse %j', (input, words) => {
    const parsed = newRouteInput.safeParse({ name: 'team', ...input })
    expect(parsed.success).toBe(false)
    expect(JSON.stringify(parsed.error?.issues)).toMatch(words)
  })
})
