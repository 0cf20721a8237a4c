import { type Command, Option } from 'commander'
import { acts, type Cli, examples, given, instantArgument, wholeNumber } from '../command.ts'
import { t } from '../language.ts'
import { contentOf, type MediaFlags, validForArgument } from '../message-arguments.ts'
import { endingOf, showMessage } from '../message-words.ts'
import { poolOption } from '../tag-arguments.ts'
import { plain } from '../terminal/text-width.ts'
import { excludeOption, POOL, type Strategy, strategyOption } from './reservations.ts'

type SendFlags = MediaFlags & {
  caption?: string
  as?: string
  strategy?: Strategy
  validFor?: number
  at?: string
  exclude?: string[]
  pool?: string
  failover?: number
  key?: string
}

/** `send` */
export function addSend(parent: Command, cli: Cli): void {
  const send = parent
    .command('send')
    .argument('<to>', 'a phone number with its country code, or the JID of a group')
    .argument('[text]', 'the text; none with a file')
    .description('send one message by the number that should send it, once')
    .option('--image <file>', 'send an image: a path, or an address that Evolution reads')
    .option('--video <file>', 'send a video')
    .option('--document <file>', 'send a document')
    .option('--audio <file>', 'send a voice message')
    .option('--caption <text>', 'the text below a file')
    .option('--as <contact>', 'the contact whose number and limits count (default: the recipient)')
    .addOption(strategyOption())
    .option(
      '--valid-for <duration>',
      'wait so long for a number, as 1h (default: now or not at all)',
      validForArgument,
    )
    .addOption(new Option('--at <instant>', 'not before then').argParser(instantArgument))
    .addOption(excludeOption())
    .addOption(poolOption(POOL))
    .option('--failover <numbers>', 'try so many other numbers (default: 2)', wholeNumber(0, 10))
    .option('--key <key>', 'the same key and message: sent once, however often it is called')
    .action(
      acts(cli, async (session, to: string, text: string | undefined, flags: SendFlags) => {
        const { as: contactId, validFor: validForS, at: sendAt, key: idempotencyKey } = flags
        const { strategy, exclude, pool, failover } = flags
        const input = {
          to,
          ...contentOf(session.world.cwd, text, flags),
          ...given({ contactId, strategy, validForS, sendAt, exclude, pool, failover, idempotencyKey }),
        }
        const message = await session.during(t`Sending to ${plain(to)}`, () =>
          session.client().message.send.mutate(input, session.call),
        )
        showMessage(session, message)
        return endingOf(message.state)
      }),
    )
  examples(
    send,
    'send 5511987654321 "Olá!"',
    'send 5511987654321 "Olá!" --pool vendas',
    'send 5511987654321 "Olá!" --valid-for 1h --key order-1042',
    'send 5511987654321 --document contrato.pdf --caption "Segue o contrato"',
  )
}
