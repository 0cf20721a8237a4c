import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@zapfleet/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestFleet, type TestFleet } from './fleet.ts'
import { at, commandsOf, run } from './run.ts'

let fleet: TestFleet
const { zapfleet, json } = commandsOf(() => fleet)

beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers('vendas-01', 'vendas-02')
})
afterAll(() => fleet?.close())

describe('messages', () => {
  const to = '5511900000001'
  const send = (...words: string[]) => run(['send', ...words], { env: at(fleet) })
  const arrived = (number: string) =>
    fleet.simulator.control.sent().filter((one) => one.number === number).length

  it('are sent by the number that should send them, with what became of them', async () => {
    const { exit, out } = await send(to, 'Olá, tudo bem?')
    expect([exit, out]).toEqual([
      0,
      expect.stringMatching(/^vendas-0\d {2}sent {2}to 5511900000001\n {2}sent \d{4}-/),
    ])
    const id = /id (\S+)/.exec(out)?.[1] ?? ''
    expect(await json(`messages show ${id}`)).toEqual(await fleet.admin.message.get.query({ id }))
    const twice = await Promise.all([1, 2].map(() => send(to, 'pedido', '--key', 'order-1', '--json')))
    expect(new Set(twice.map((one) => JSON.parse(one.out).id)).size).toBe(1)
    expect(arrived(to)).toBe(2)
    const listed = await zapfleet(`messages --contact ${to}`, { terminal: [100, 24] })
    expect(listed.out).toMatch(/^WHEN +TO +NUMBER +STATE\n.*5511900000001 +vendas-0\d +sent\n/)
    expect(await json(`messages list --contact ${to} --limit 1`)).toHaveLength(1)
    expect((await zapfleet('messages --state unknown')).err).toBe('There are no such messages.')
  })

  it('have a file by its path or its address, and a caption', async () => {
    const file = join(newFolder(), 'contrato.pdf')
    writeFileSync(file, 'um contrato')
    const document = await send(to, '--document', file, '--caption', 'Segue o contrato')
    expect([document.exit, document.err]).toEqual([0, ''])
    expect(fleet.simulator.control.sent().at(-1)).toMatchObject({ number: to })
    expect((await send(to, '--image', 'https://example.com/a.png')).exit).toBe(0)
    for (const [words, problem] of [
      [[], 'Give a text, or a file'],
      [['oi', '--image', file], 'The text below a file is --caption'],
      [['--image', file, '--video', file], 'A message has one file'],
      [['oi', '--caption', 'a'], 'give a file too'],
      [['--image', `${file}x`], `cannot be read (ENOENT)`],
      [['oi', '--valid-for', '8d'], 'at most seven days'],
    ] as const) {
      const { exit, err } = await send(to, ...words)
      expect([exit, err]).toEqual([2, expect.stringContaining(problem)])
    }
    writeFileSync(file, Buffer.alloc(16 * 1_048_576 + 1))
    expect((await send(to, '--video', file)).err).toContain('has more than 16 MiB')
  })

  it('wait in the queue, are canceled there, and end with an error where they are not sent', async () => {
    const queued = await send(
      to,
      'depois',
      '--at',
      new Date(Date.now() + 3_600_000).toISOString(),
      '--valid-for',
      '1h',
    )
    expect([queued.exit, queued.out]).toEqual([
      0,
      expect.stringMatching(
        /^queued {2}to 5511900000001\n {2}not before \S+ \S+\n {2}until \S+ \S+ at most\n {2}id /,
      ),
    ])
    const id = /id (\S+)/.exec(queued.out)?.[1] ?? ''
    expect((await zapfleet(`messages cancel ${id}`)).out).toMatch(/^canceled {2}to/)
    const sent = (await json(`messages --contact ${to} --state sent --limit 1`))[0].id
    const late = await zapfleet(`messages cancel ${sent}`)
    expect([late.exit, late.err]).toEqual([
      4,
      expect.stringContaining('only messages in state queued are canceled'),
    ])
    fleet.simulator.control.setNumberMissing('5511900000002', true)
    const missing = await send('5511900000002', 'oi')
    expect([missing.exit, missing.out]).toEqual([
      1,
      expect.stringMatching(/^vendas-0\d {2}failed {2}to 5511900000002\n[\s\S]*no_whatsapp/),
    ])
    const full = await send(to, 'oi', '--exclude', 'vendas-01,vendas-02')
    expect([full.exit, full.out]).toEqual([5, ''])
    const fault = fleet.simulator.control.fault({ kind: 'reset', match: { route: 'message/sendText' } })
    const unsure = await send('5511900000003', 'oi')
    fault.remove()
    expect([unsure.exit, unsure.out]).toEqual([10, expect.stringContaining('It may have arrived.')])
  })
})
