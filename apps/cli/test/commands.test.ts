import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { newFolder } from '@zapfleet/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'
import { at, commandsOf, opened, run, start } from './run.ts'

let fleet: TestFleet
const { zapfleet, json } = commandsOf(() => fleet)

beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers('vendas-01', 'vendas-02', 'vendas-03')
})
afterAll(() => fleet?.close())

describe('instances', () => {
  it('are listed as a table within 80 columns, titles first', async () => {
    const { exit, out } = await zapfleet('instances list', { terminal: [80, 24] })
    const [titles = '', ...rows] = out.split('\n')
    expect(exit).toBe(0)
    expect(titles.split(/ {2,}/)).toEqual(['NAME', 'STATUS', 'HOUR', 'DAY', 'PRIO', 'LAST SENT'])
    expect(rows.slice(0, 3).map((row) => row.split(/ +/).slice(0, 4))).toEqual([
      ['vendas-01', 'connected', '0/20', '0/100'],
      ['vendas-02', 'connected', '0/20', '0/100'],
      ['vendas-03', 'connected', '0/20', '0/100'],
    ])
    expect(rows[3]).toBe('3 numbers, 3 available.')
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('are printed as JSON as the API answers them, with nothing else on stdout', async () => {
    expect(await json('instances list')).toEqual(await fleet.admin.instance.list.query({}))
    expect(await json('instances get vendas-01')).toEqual(
      await fleet.admin.instance.get.query({ name: 'vendas-01' }),
    )
    expect(await json('instances history vendas-01')).toEqual(
      await fleet.admin.instance.history.query({ name: 'vendas-01', limit: 20 }),
    )
  })

  it('are filtered by status and by availability', async () => {
    expect(await json('instances list --status banned disconnected')).toEqual([])
    expect((await zapfleet('instances pause vendas-03 --reason repair')).out).toBe('vendas-03 is paused.')
    const available = await json('instances list --available')
    expect(available.map((one: { name: string }) => one.name)).toEqual(['vendas-01', 'vendas-02'])
    const paused = await zapfleet('instances list')
    expect(paused.out).toMatch(/vendas-03 .*paused: repair/)
    expect((await zapfleet('instances get vendas-03')).out).toMatch(
      /Status +connected for .*, paused: repair/,
    )
    expect((await zapfleet('instances resume vendas-03')).out).toBe('vendas-03 serves again.')
    const nobody = await zapfleet('instances list --status banned')
    expect([nobody.exit, nobody.out]).toEqual([0, ''])
    expect(nobody.err).toContain('zapfleet instances list')
  })

  it('stores a restriction by WhatsApp, shows whom the number serves, and ends it', async () => {
    const restricted = await zapfleet('instances restrict vendas-03 --until 2099-01-31T12:00:00Z')
    expect(restricted.out).toMatch(/^vendas-03 serves only people who know it, until .*2099/)
    expect((await zapfleet('instances list')).out).toMatch(/vendas-03 .*may write only to people who know it/)
    const sheet = (await zapfleet('instances get vendas-03')).out
    expect(sheet).toMatch(/Delivery +no evidence yet/)
    expect(sheet).toMatch(/Restricted +until .*2099/)
    expect(sheet).toMatch(/To do +WhatsApp lets it write only to people who know it/)
    expect((await zapfleet('instances restrict vendas-03 --until 2020-01-01')).err).toMatch(/in the future/)
    expect((await zapfleet('instances unrestrict vendas-03')).out).toBe(
      'vendas-03 serves new contacts again.',
    )
    expect((await zapfleet('instances get vendas-03')).out).not.toContain('Restricted')
    expect((await zapfleet('instances history vendas-03')).out).toContain('may write to all contacts again')
  })

  it('are changed by update, which refuses a call without a change', async () => {
    const { exit, out } = await zapfleet(
      'instances update vendas-01 --phone +5511987650001 --hourly 30 --daily 200 --priority 7',
    )
    expect(exit).toBe(0)
    expect(out).toContain('+5511987650001')
    expect(await json('instances get vendas-01')).toMatchObject({
      phoneNumber: '+5511987650001',
      hourlyCapacity: 30,
      dailyCapacity: 200,
      priority: 7,
    })
    expect(await json('instances update vendas-01 --no-phone')).toMatchObject({
      phoneNumber: null,
      priority: 7,
    })
    const nothing = await zapfleet('instances update vendas-01')
    expect([nothing.exit, nothing.err]).toEqual([2, expect.stringContaining('--hourly')])
    const wrong = await zapfleet('instances update vendas-01 --priority 101')
    expect([wrong.exit, wrong.err]).toEqual([2, expect.stringContaining('from 1 to 100')])
    const refused = await zapfleet('instances update vendas-01 --phone 12')
    expect([refused.exit, refused.err]).toEqual([2, expect.stringContaining('phone number')])
  })

  it('get limits for new people, a gap, a ramp and hours, which get and list show, and lose them with none', async () => {
    const update = (...flags: string[]) =>
      run(['instances', 'update', 'vendas-02', ...flags], { env: at(fleet) })
    const { exit, out } = await update(
      ...['--new-contacts-per-hour', '5', '--new-contacts-per-day', '20', '--min-gap', '20s'],
      ...['--ramp', '10:100:21', '--hours', 'seg-sex 08:00-20:00; sat 09:00-13:00'],
    )
    expect(exit).toBe(0)
    expect(out).toMatch(/Today +0 of 10 \(0 %\)/)
    expect(out).toMatch(/New people +0 of 5 this hour, 0 of 20 today/)
    expect(out).toMatch(/Gap +at least 20 s between two messages/)
    expect(out).toMatch(/Ramp +10 to 100, day 1 of 21: 10 today\n/)
    expect(out).toMatch(/Hours +mon-fri 08:00-20:00; sat 09:00-13:00 in the fleet’s time zone/)
    expect((await zapfleet('instances get vendas-02')).out).toMatch(/Ramp +10 to 100, day 1 of 21/)
    expect((await zapfleet('instances list')).out).toMatch(/vendas-02 .* 0\/10 /)
    expect(await json('instances get vendas-02')).toMatchObject({
      newContactsPerHour: 5,
      newContactsPerDay: 20,
      minGapMs: 20_000,
      ramp: { from: 10, to: 100, days: 21, day: 1, limitToday: 10 },
      hours: [
        { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' },
        { days: ['sat'], from: '09:00', to: '13:00' },
      ],
    })
    const none = ['--new-contacts-per-hour', '--new-contacts-per-day', '--min-gap', '--ramp', '--hours']
    const lost = await update(...none.flatMap((flag) => [flag, 'none']))
    expect([lost.exit, lost.err]).toEqual([0, ''])
    expect(lost.out).not.toMatch(/New people|Gap|Ramp|Hours/)
    expect(await json('instances get vendas-02')).toMatchObject({
      newContactsPerHour: null,
      newContactsPerDay: null,
      minGapMs: 0,
      ramp: null,
      hours: null,
    })
    const wrong = await update('--min-gap', '20')
    expect([wrong.exit, wrong.err]).toEqual([2, expect.stringMatching(/--min-gap.*'20'.*such as 20s/)])
    const portuguese = await run(['instances', 'update', 'vendas-02', '--hours', 'sempre'], {
      env: { ...at(fleet), LANG: 'pt_BR.UTF-8' },
    })
    expect(portuguese.err).toMatch(
      /'sempre' não serve para a opção '--hours <spans>'\. "sempre" não é um dia: use/,
    )
  })

  it('print how a phone number is read before it is used, and answer with it', async () => {
    const read = 'Phone: +5511987650009, read from "11987650009"'
    const updated = await zapfleet('instances update vendas-02 --phone 11987650009')
    expect([updated.exit, updated.err]).toEqual([0, read])
    expect(updated.out).toMatch(/Phone +\+5511987650009/)
    // Printed before the act, which is refused here.
    const taken = await zapfleet('instances create loja-09 --phone (11)98765-0009')
    expect([taken.exit, taken.out]).toEqual([4, ''])
    expect(taken.err).toMatch(/^Phone: \+5511987650009, read from "\(11\)98765-0009"\n.*vendas-02/)
    const whole = await zapfleet('instances update vendas-02 --phone +14155550123')
    expect([whole.exit, whole.err]).toEqual([0, 'Phone: +14155550123'])
    expect(await json('instances update vendas-02 --phone 5511987650009')).toMatchObject({
      phoneNumber: '+5511987650009',
    })
    const none = await zapfleet('instances update vendas-02 --phone 98765-0009')
    expect([none.exit, none.err]).toEqual([2, expect.stringMatching(/^zapfleet: .*got "98765-0009"/)])
    await zapfleet('instances update vendas-02 --no-phone')
  })

  it('print what to do about a number that needs a person', async () => {
    fleet.simulator.control.addInstance({ name: 'caida', state: 'close' })
    const dry = await zapfleet('instances import --dry-run')
    expect(dry.out).toBe('caida  would be adopted')
    const unsaid = await zapfleet('instances import')
    expect([unsaid.exit, unsaid.err]).toEqual([2, expect.stringContaining('zapfleet instances import --yes')])
    expect(await json('instances import --yes')).toMatchObject({ imported: ['caida'] })
    const nothing = await zapfleet('instances import')
    expect([nothing.exit, nothing.err]).toEqual([
      0,
      'There is nothing to adopt: 4 numbers of Evolution known already.',
    ])
    const { out } = await zapfleet('instances get caida')
    const [instance] = (await json('instances list --status disconnected')) as { action: string }[]
    expect(out.replaceAll(/\s+/g, ' ')).toContain(`To do ${instance?.action}`)
    expect(out).toContain('zapfleet instances connect caida')
    const history = await zapfleet('instances history caida')
    expect(history.out).toMatch(/^WHEN .*TO/)
    expect(history.out).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}new +disconnected/)
  })

  it('are restarted, logged out and deleted only after a confirmation, and each act is verified', async () => {
    for (const act of ['restart', 'logout', 'delete']) {
      const unsaid = await zapfleet(`instances ${act} vendas-03`)
      expect([act, unsaid.exit]).toEqual([act, 2])
      expect(unsaid.err).toContain(`zapfleet instances ${act} vendas-03 --yes`)
      expect(await json(`instances ${act} vendas-03 --yes`)).toEqual({ name: 'vendas-03', verified: true })
    }
    expect((await zapfleet('instances get vendas-03')).exit).toBe(3)
  })

  it('are confirmed on a terminal; no and Enter change nothing', async () => {
    for (const answer of ['n', '']) {
      const running = start(['instances', 'delete', 'vendas-02'], {
        env: at(fleet),
        terminal: [80, 24],
      })
      await expect.poll(() => running.stderr.text(), { timeout: 60_000 }).toContain('Delete vendas-02')
      expect(running.stderr.text()).toContain(fleet.url)
      running.type(`${answer}\r`)
      expect(await running.exit).toBe(130)
      expect(running.stderr.text()).toContain('Nothing was done.')
    }
    expect((await zapfleet('instances get vendas-02')).exit).toBe(0)
  })

  it('suggest the nearest name for an unknown one', async () => {
    const { exit, out, err } = await zapfleet('instances get vendas-1')
    expect([exit, out]).toEqual([3, ''])
    expect(err).toContain('no instance named "vendas-1"')
    expect(err).toContain('Did you mean vendas-01?')
  })
})

describe('choosing', () => {
  it('prints the name alone, for scripts', async () => {
    const { exit, out } = await zapfleet('choose ana')
    expect([exit, /^vendas-0[12]$/.test(out)]).toEqual([0, true])
    expect(await json('choose ana')).toEqual({ instanceName: out })
    expect(await json('contacts get ana')).toMatchObject({ id: 'ana', preferredInstance: out })
  })

  it('reserves, confirms, releases, and refuses the opposite afterwards', async () => {
    const { exit, out } = await zapfleet('reserve bia --strategy round_robin --exclude vendas-01')
    expect(exit).toBe(0)
    expect(out).toContain('vendas-02  reserved for bia (its number from now on)')
    const id = /id (\S+)/.exec(out)?.[1] ?? ''
    expect(await json(`confirm ${id}`)).toMatchObject({ id, state: 'confirmed', instanceName: 'vendas-02' })
    const opposite = await zapfleet(`release ${id}`)
    expect([opposite.exit, opposite.out]).toEqual([4, ''])
    expect(await json('reserve dora --max-wait 30s')).toMatchObject({ notBefore: null, state: 'reserved' })
    const long = await zapfleet('reserve dora --max-wait 3m')
    expect([long.exit, long.err]).toEqual([2, expect.stringContaining('at most two minutes')])
    // No message waits past the end of its hour.
    const leftMs = 3_600_000 - (Date.now() % 3_600_000)
    if (leftMs < 30_000) await pause(leftMs + 500)
    await zapfleet('instances update vendas-02 --min-gap 2s --new-contacts-per-day 9')
    const turns = await Promise.all(
      ['eli', 'fabi'].map((name) => zapfleet(`reserve ${name} --exclude vendas-01 --max-wait 60s`)),
    )
    expect(turns.map((one) => one.out).join('\n')).toMatch(
      /vendas-02 {2}reserved for (eli|fabi) .*\n {2}send it in \d+ s, not before \d{4}-.*\n.*\n {2}new people left there: [5-8]\n/,
    )
    await zapfleet('instances update vendas-02 --min-gap none --new-contacts-per-day none')
    const twice = [await json('reserve --idempotency-key one'), await json('reserve --idempotency-key one')]
    expect(twice[0].id).toBe(twice[1].id)
  })

  it('why names the number that reserve then takes, and the reason of each other', async () => {
    await zapfleet('contacts set carla vendas-01')
    await zapfleet('instances pause vendas-01')
    const { out } = await zapfleet('why carla', { terminal: [80, 24] })
    const explanation = await json('why carla')
    expect(explanation).toEqual(await fleet.admin.instance.explain.query({ contactId: 'carla' }))
    expect(out).toContain(`${explanation.chosen} serves carla now.`)
    expect(out).toContain('The contact’s own number, vendas-01, is paused.')
    expect(out).toMatch(/- {2}vendas-01 {2}is paused +not by waiting/)
    expect(out).toMatch(/- {2}caida +is disconnected +not by waiting/)
    expect((await json('reserve carla')).instanceName).toBe(explanation.chosen)
    await zapfleet('instances resume vendas-01')
  })

  it('prints when capacity is free again, and exits with 5', async () => {
    await zapfleet('instances update vendas-01 --hourly 0')
    await zapfleet('instances update vendas-02 --daily 0')
    const none = await zapfleet('reserve duda')
    expect([none.exit, none.out]).toEqual([5, ''])
    expect(none.err).toContain('zapfleet why')
    const asJson = await zapfleet('reserve duda --json')
    expect(JSON.parse(asJson.err)).toEqual({
      error: {
        code: 'NO_CAPACITY',
        message: expect.any(String),
        availableAt: null,
        reasons: { DISCONNECTED: 1, HOURLY_LIMIT: 1, DAILY_LIMIT: 1 },
      },
      exit: 5,
    })
    expect((await zapfleet('choose duda')).exit).toBe(5)
    const { exit, out } = await zapfleet('why duda')
    expect([exit, out.split('\n')[0]]).toEqual([0, 'No number can serve duda now.'])
    expect(out).toMatch(/vendas-01 +reached its hourly limit/)
    await zapfleet('instances update vendas-01 --hourly 20')
    await zapfleet('instances update vendas-02 --daily 100')
  })

  it('sets, clears and prints the number of a contact', async () => {
    expect((await zapfleet('contacts set eva vendas-02')).out).toBe('eva hears from vendas-02.')
    expect(await json('contacts get eva')).toMatchObject({ id: 'eva', preferredInstance: 'vendas-02' })
    expect((await zapfleet('contacts clear eva')).out).toContain('has no number yet')
    expect((await zapfleet('contacts set eva nobody')).exit).toBe(3)
  })
})

describe('the rights of a contact', () => {
  it('block and unblock it', async () => {
    const blocked = await zapfleet('contacts block +5547988887777 --reason STOP')
    expect(blocked.out).toContain('Blocked: it opted out')
    expect((await zapfleet('reserve 554788887777')).exit).not.toBe(0)
    expect(await json('contacts get 5547988887777')).toMatchObject({ blocked: true })
    expect((await zapfleet('contacts unblock 5547988887777')).out).not.toContain('Blocked')
    expect((await zapfleet('reserve 554788887777')).exit).toBe(0)
  })

  it('link and unlink its ids', async () => {
    expect((await zapfleet('contacts link 5547988887777 crm-1042')).out).toContain('Other ids: crm-1042')
    expect((await zapfleet('contacts get crm-1042')).out).toContain('Other ids: 5547988887777')
    expect((await zapfleet('contacts unlink 5547988887777 crm-1042')).out).not.toContain('Other ids')
    expect((await zapfleet('contacts unlink 5547988887777 crm-1042')).exit).toBe(3)
  })

  it('export it to a new file that only its owner reads, or to stdout', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zapfleet-export-'))
    const file = join(folder, 'person.json')
    expect((await zapfleet(`contacts export 554788887777 --output ${file}`)).out).toContain(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const written = JSON.parse(readFileSync(file, 'utf8'))
    expect(written).toMatchObject({ id: '554788887777', reservations: [{ contactId: '554788887777' }] })
    const { exportedAt: _at, ...printed } = await json('contacts export 554788887777')
    expect(written).toMatchObject(printed)
    const again = await zapfleet(`contacts export 554788887777 -o ${file}`)
    expect([again.exit, again.err]).toEqual([2, expect.stringContaining('exists already')])
    rmSync(folder, { recursive: true })
  })

  it('forget it, after a confirmation', async () => {
    const refused = await zapfleet('contacts forget 5547988887777')
    expect([refused.exit, refused.err]).toEqual([
      2,
      expect.stringContaining('contacts forget 5547988887777 --yes'),
    ])
    expect(await json('contacts get 5547988887777')).toMatchObject({ preferredInstance: expect.any(String) })
    expect((await zapfleet('contacts forget 5547988887777 --yes')).out).toContain(
      'is removed from every table',
    )
    expect(await json('contacts get 5547988887777')).toMatchObject({ preferredInstance: null })
    expect(await json('contacts export 5547988887777')).toMatchObject({ reservations: [], conversations: [] })
  })
})

describe('the fleet', () => {
  it('is printed in figures', async () => {
    const { out } = await zapfleet('stats')
    expect(out).toContain('3 numbers: 2 connected, 1 disconnected')
    expect(out).toMatch(/This hour +[█░]{20} \d+ sent, \d+ of \d+ left \(\d+(\.\d)? % used\)/)
    expect(await json('stats')).toEqual(await fleet.admin.fleet.stats.query({}))
    expect(out).not.toContain('new contacts')
    const limit = (newContactsPerDay: number | null) =>
      fleet.admin.instance.update.mutate({ name: 'vendas-01', newContactsPerDay })
    await limit(1_000)
    expect((await zapfleet('stats')).out).toMatch(
      /New +[█░]{20} \d+ new contacts, \d+ of 1000 left today, and 1 number without a limit/,
    )
    await limit(null)
  })

  it('has a forecast for a plan, with those who wait and what keeps it from more', async () => {
    await fleet.admin.instance.update.mutate({ name: 'vendas-01', newContactsPerDay: 20 })
    const { out } = await zapfleet('forecast --new-contacts 100000 --waiting 5')
    expect(out).toMatch(/The fleet can take \d+ new contacts today, \d+ of them now\./)
    expect(out).toContain('100000 a day: too little room today.')
    expect(out).toContain('5 waiting: the room left by new contacts never serves them all.')
    expect(out).toMatch(/\+\d+ +limit for new contacts +vendas-01/)
    expect(out).toMatch(/\+\d+ +is disconnected/)
    expect(out).toMatch(/1 number without a limit for new contacts, counted with all messages: /)
    const { out: enough } = await zapfleet('forecast --new-contacts 1')
    expect(enough).toContain('1 a day: enough room on every day of a year.')
    expect(enough).not.toContain('waiting')
    const plan = { newContactsPerDay: 1, waiting: 9 }
    expect(await json('forecast --new-contacts 1 --waiting 9')).toEqual(
      await fleet.admin.fleet.forecast.query(plan),
    )
    expect((await zapfleet('forecast')).exit).toBe(2)
    await fleet.admin.instance.update.mutate({ name: 'vendas-01', newContactsPerDay: null })
  })

  it('is healthy while one number is online, and degraded, with an exit code of its own, when none is', async () => {
    const { exit, out } = await zapfleet('health --check')
    expect(exit).toBe(0)
    expect(out).toMatch(/vendas-01 +connected +open/)
    expect(await json('health')).toMatchObject({ status: 'healthy', online: 2, total: 3 })
    const { out: partly } = await zapfleet('health')
    expect(partly).toContain('healthy: 2 of 3 online')
    expect(partly).toContain('"healthy" means that at least one number is online.')
    const one = await zapfleet('health caida --check')
    expect([one.exit, one.out]).toEqual([12, expect.stringMatching(/caida +disconnected +close/)])
    const wrong = await zapfleet('health caida')
    expect([wrong.exit, wrong.out]).toEqual([12, expect.stringMatching(/caida/)])
    for (const name of ['vendas-01', 'vendas-02']) fleet.simulator.control.logoutFromPhone(name)
    expect((await zapfleet('health --check')).exit).toBe(12)
    const degraded = await zapfleet('health')
    expect([degraded.exit, degraded.out]).toEqual([12, expect.stringContaining('degraded: 0 of 3 online')])
    expect(degraded.out).not.toContain('means that')
  })
})

describe('webhook endpoints', () => {
  it('are added with a secret that alone is on stdout, tested, listed and removed', async () => {
    const statuses = [500, 204]
    const receiver = createServer((_request, response) => response.writeHead(statuses.shift() ?? 204).end())
    await once(receiver.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    try {
      expect((await zapfleet('webhook-endpoints list')).out).toBe('There are no webhook endpoints.')
      const made = await zapfleet(`webhook-endpoints add bot ${url} --events outcome,instance`)
      expect(made.out).toMatch(/^whsec_\S{44}$/)
      expect(made.err).toContain(`bot: events from now on are posted to ${url}.`)
      const refused = await zapfleet('webhook-endpoints test bot')
      expect([refused.exit, refused.out]).toEqual([1, 'bot did not accept it: HTTP 500'])
      const listed = await zapfleet('webhook-endpoints list', { terminal: [100, 24] })
      expect(listed.out).toMatch(/bot +http:\/\/127\S+ +outcome, instance +.*HTTP 500/)
      expect(listed.out).not.toContain(made.out)
      const accepted = await zapfleet('webhook-endpoints test bot')
      expect([accepted.exit, accepted.out]).toEqual([0, 'bot accepted the test event.'])
      expect(await json('webhook-endpoints list')).toEqual(await fleet.admin.webhookEndpoint.list.query({}))
      expect((await zapfleet('webhook-endpoints remove bot')).exit).toBe(2)
      const removed = await zapfleet('webhook-endpoints remove bot --yes')
      expect(removed.out).toBe('The webhook endpoint bot is removed.')
      const gone = await zapfleet('webhook-endpoints test bot')
      expect([gone.exit, gone.err]).toEqual([
        3,
        expect.stringContaining('There is no webhook endpoint "bot"'),
      ])
    } finally {
      receiver.close()
    }
  })

  it('take a secret from a file, and no kind of event that does not exist', async () => {
    const file = join(newFolder(), 'secret')
    writeFileSync(file, 'uma-senha-escolhida-pelo-bot\n')
    const add = (secretFile: string, events: string, ...more: string[]) => {
      const words = ['webhook-endpoints', 'add', 'panel', 'http://127.0.0.1:9/', '--events', events]
      return run([...words, '--secret-file', secretFile, ...more], { env: at(fleet) })
    }
    const made = await add(file, 'message', '--json')
    expect(JSON.parse(made.out)).toMatchObject({ name: 'panel', events: ['message'], secret: null })
    const wrong = await add(file, 'inbound')
    expect([wrong.exit, wrong.err]).toEqual([
      2,
      expect.stringContaining('Expected some of message, outcome, instance.'),
    ])
    const missing = await add(`${file}x`, 'message')
    expect([missing.exit, missing.err]).toEqual([
      2,
      expect.stringMatching(/--secret-file: .*cannot be read \(ENOENT\)/),
    ])
    await zapfleet('webhook-endpoints remove panel --yes')
  })
})

describe('alert routes', () => {
  const file = (text: string): string => {
    const path = join(newFolder(), 'secret')
    writeFileSync(path, `${text}\n`)
    return path
  }

  it('are added by secrets of a file or a variable, listed, changed, tested and removed', async () => {
    expect((await zapfleet('alert-routes list')).out).toBe('There are no alert routes.')
    const address = file('http://127.0.0.1:9/planted-path')
    const withFile = (line: string, path: string, ...more: string[]) =>
      run(['alert-routes', ...line.split(' '), '--address-file', path, ...more], { env: at(fleet) })
    const slack = await withFile('add slack team --quiet 22:00-7:00', address)
    expect([slack.exit, slack.out]).toEqual([0, ''])
    expect(slack.err).toContain('team: alerts from now on are sent to 127.0.0.1:9.')
    const token = { env: { ...at(fleet), ZAPFLEET_ROUTE_TOKEN: '7:planted-token' } }
    const telegram = await zapfleet(
      'alert-routes add telegram night --chat=-1001 --min-severity critical',
      token,
    )
    expect(telegram.err).toContain('night: alerts from now on are sent to Telegram -1001.')
    const hook = await withFile('add webhook panel', address)
    expect(hook.out).toMatch(/^whsec_\S{44}$/)
    const mail = await zapfleet(
      'alert-routes add email mail --to a@example.com,b@example.com --language pt-BR',
    )
    expect(mail.err).toContain('mail: alerts from now on are sent to a@example.com, b@example.com.')

    const listed = await zapfleet('alert-routes list', { terminal: [110, 24] })
    expect(listed.out).toMatch(/team +slack +127\.0\.0\.1:9 +warning +22:00-07:00 +never/)
    expect(listed.out).toMatch(/night +telegram +Telegram -1001 +critical/)
    expect(await json('alert-routes list')).toEqual(await fleet.admin.alertRoute.list.query({}))

    const changed = await zapfleet('alert-routes change team --quiet off --min-severity info')
    expect(changed.out).toBe('The alert route team is changed.')
    const nothing = await zapfleet('alert-routes change team')
    expect([nothing.exit, nothing.err]).toEqual([2, expect.stringContaining('There is nothing to change')])
    const chat = await zapfleet('alert-routes change night --chat oncall')
    expect([chat.exit, chat.err]).toEqual([2, expect.stringContaining('expected the id of a chat')])
    const server = file('smtps://u:planted-pw@smtp.example.com')
    const served = await withFile('change mail', server, '--json')
    expect(JSON.parse(served.out)).toMatchObject({
      address: { host: 'smtp.example.com' },
    })
    expect(await json('alert-routes change mail --fleet-mail-server')).toMatchObject({
      address: { host: null },
    })
    const tested = await zapfleet('alert-routes test team')
    expect([tested.exit, tested.out]).toEqual([
      1,
      expect.stringMatching(
        /^team did not accept it: (no answer: ECONNREFUSED|127\.0\.0\.1 is a private address.*)$/,
      ),
    ])
    expect((await zapfleet('alert-routes remove team')).exit).toBe(2)
    for (const name of ['team', 'night', 'panel', 'mail'])
      expect((await zapfleet(`alert-routes remove ${name} --yes`)).out).toBe(
        `The alert route ${name} is removed.`,
      )
    const gone = await zapfleet('alert-routes test team')
    expect([gone.exit, gone.err]).toEqual([3, expect.stringContaining('There is no alert route "team"')])
    const shown = [slack, telegram, mail, listed, changed, tested].map(({ out, err }) => out + err).join()
    expect(shown).not.toContain('planted')
  })

  it('need their secret from a file, a variable or a terminal, and hours that are hours', async () => {
    const without = await zapfleet('alert-routes add slack team')
    expect([without.exit, without.err]).toEqual([
      2,
      expect.stringContaining('in a file with --address-file, in the variable ZAPFLEET_ROUTE_ADDRESS'),
    ])
    const hours = await zapfleet('alert-routes change team --quiet night')
    expect([hours.exit, hours.err]).toEqual([
      2,
      expect.stringContaining('Expected hours as 22:00-07:00, or off.'),
    ])
  })
})

describe('keys and the audit', () => {
  it('creates a key, whose secret alone is on stdout, and revokes it', async () => {
    const made = await zapfleet('keys create shop --role bot')
    expect(made.out).toMatch(/^\S{24,}$/)
    expect(made.err).toContain('shop: a key of role bot')
    const whoami = await zapfleet('whoami --json', { env: at(fleet, made.out) })
    expect(JSON.parse(whoami.out)).toMatchObject({ role: 'bot', label: 'shop', url: fleet.url })

    const bound = await zapfleet('keys create sales --role viewer --pools suporte,vendas')
    expect(bound.err).toContain('It sees and uses the numbers of these pools alone: suporte, vendas')
    expect((await zapfleet('whoami', { env: at(fleet, bound.out) })).out).toMatch(/Pools +suporte, vendas/)
    expect((await zapfleet('instances list', { env: at(fleet, bound.out) })).exit).toBe(0)
    expect((await zapfleet('keys list', { terminal: [120, 24] })).out).toMatch(
      /sales +viewer +suporte, vendas/,
    )
    expect((await zapfleet('keys create boss --role admin --pools vendas')).err).toContain('pools')

    const listed = await zapfleet('keys list', { terminal: [80, 24] })
    expect(listed.out).toMatch(/ shop +bot +active/)
    expect(listed.out).not.toContain(made.out)
    const { id } = (await json('keys list')).find((one: { label: string }) => one.label === 'shop')

    const rotated = await zapfleet(`keys rotate ${id} --grace 0`)
    expect(rotated.out).not.toBe(made.out)
    const fresh = (await json('keys list')).find((one: { replaces: string | null }) => one.replaces === id)
    expect((await zapfleet(`keys revoke ${fresh.id}`)).exit).toBe(2)
    expect((await zapfleet(`keys revoke ${fresh.id} --yes`)).out).toBe('The key shop is ended.')
    expect((await zapfleet('whoami', { env: at(fleet, rotated.out) })).exit).toBe(6)
  })

  it('prints the acts of admins', async () => {
    const { exit, out } = await zapfleet('audit --act instance.delete', { terminal: [80, 24] })
    expect(exit).toBe(0)
    expect(out).toMatch(/instance\.delete +vendas-03 +done/)
    expect(await json('audit --act instance.delete')).toEqual(
      await fleet.admin.audit.list.query({ act: 'instance.delete' }),
    )
  })

  it('refuses a bot the commands of admins', async () => {
    const { exit, err } = await zapfleet('instances pause vendas-01', { env: at(fleet, BOT_KEY) })
    expect([exit, err]).toEqual([6, expect.stringContaining('role admin')])
    expect((await zapfleet('instances get vendas-01', { env: at(fleet, BOT_KEY) })).exit).toBe(0)
  })
})

describe('the order of the list', () => {
  const names = async (line: string): Promise<string[]> =>
    (await zapfleet(line)).out
      .split('\n')
      .slice(1)
      .map((row) => row.split(' ')[0] ?? '')
      .filter((name) => name.startsWith('ordem'))

  beforeAll(() => fleet.addNumbers('ordem-1', 'ordem-2', 'ordem-10'))

  it('is that of the page: numbers that need a person first; --sort and --reverse change it', async () => {
    fleet.simulator.control.ban('ordem-2')
    await fleet.admin.health.checkAll.mutate({})
    await fleet.admin.instance.update.mutate({ name: 'ordem-10', priority: 9 })
    const first = await names('instances list')
    expect(first[0]).toBe('ordem-2')
    expect((await names('instances list --sort name')).slice(0, 3)).toEqual([
      'ordem-1',
      'ordem-2',
      'ordem-10',
    ])
    expect((await names('instances list --sort name --reverse')).at(-1)).toBe('ordem-1')
    expect((await names('instances list --sort priority --reverse'))[0]).toBe('ordem-10')
    const wrong = await zapfleet('instances list --sort size')
    expect([wrong.exit, wrong.err]).toEqual([
      2,
      expect.stringContaining('attention, name, hour, day, priority, last-sent'),
    ])
    // JSON stays in the order of the API.
    expect((await json('instances list')).map((one: { name: string }) => one.name)).toEqual(
      (await fleet.admin.instance.list.query({})).map((one) => one.name),
    )
  })

  it('accepts statuses with commas, and refuses an unknown one', async () => {
    expect(await names('instances list --status banned,disconnected')).toContain('ordem-2')
    expect(await names('instances list --status banned disconnected')).toContain('ordem-2')
    expect(await names('instances list --status connected,connecting')).not.toContain('ordem-2')
    const wrong = await zapfleet('instances list --status banned,gone')
    expect([wrong.exit, wrong.err]).toEqual([
      2,
      expect.stringContaining('connected, connecting, disconnected, banned, unknown'),
    ])
  })
})

describe('health of one number', () => {
  it('is the last reading without --check, with its exit code', async () => {
    const one = await zapfleet('health ordem-1')
    expect([one.exit, one.out]).toEqual([0, expect.stringContaining('ordem-1')])
    expect(one.out).not.toContain('ordem-10')
    expect((await zapfleet('health ordem-2')).exit).toBe(12)
    expect(await json('health ordem-1')).toMatchObject({ name: 'ordem-1', online: true })
    const nobody = await zapfleet('health ordem-11')
    expect([nobody.exit, nobody.err]).toEqual([3, expect.stringContaining('Did you mean ordem-1')])
  })
})

describe('the audit', () => {
  it('refuses an unknown act with the list of acts, and reports a known one without entries', async () => {
    const unknown = await zapfleet('audit --act instance.pause')
    expect([unknown.exit, unknown.out]).toEqual([2, ''])
    for (const act of ['instance.update', 'key.rotate', 'a pause is an instance.update'])
      expect(unknown.err).toContain(act)
    const nothing = await zapfleet('audit --act contact.clearPreference --outcome failed')
    expect([nothing.exit, nothing.err]).toEqual([
      0,
      'The audit has no entry with act contact.clearPreference, outcome failed.',
    ])
    expect((await zapfleet('audit --act instance')).exit).toBe(0)
  })
})

describe('open and version', () => {
  it('open prints the address of the page, or of one number on it, and opens it', async () => {
    expect((await zapfleet('open')).out).toBe(`${fleet.url}/`)
    const one = await zapfleet('open ordem-1')
    expect([one.exit, one.out]).toEqual([0, `${fleet.url}/#/numbers/ordem-1`])
    expect(opened.slice(-2)).toEqual([`${fleet.url}/`, `${fleet.url}/#/numbers/ordem-1`])
    expect((await zapfleet('open nobody')).exit).toBe(3)
    expect(opened.at(-1)).toBe(`${fleet.url}/#/numbers/ordem-1`)
    expect(await json('open')).toEqual({ url: `${fleet.url}/` })
  })

  it('version is what --version prints', async () => {
    expect((await zapfleet('version')).out).toBe('1.2.3')
    expect(await json('version')).toEqual({ version: '1.2.3' })
  })
})
