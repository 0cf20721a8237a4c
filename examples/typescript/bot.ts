/**
 * A bot that writes to a list of contacts, each through the number that zapfleet returns.
 *
 *     export FLEET_URL=http://127.0.0.1:3333 FLEET_KEY=…         # a bot's key
 *     export EVOLUTION_URL=http://127.0.0.1:8080 EVOLUTION_KEY=…
 *     npx tsx bot.ts contacts.txt "Olá!"                         # one contact a line
 *
 * Further Evolution servers, by their names in the fleet: EVOLUTION_SERVERS='{"evolution-2":{"url":"https://…","apiKey":"…"}}'
 *
 * A line begins with a phone number, such as `(31) 98765-4321` or `5531987654321;Maria`; contact-list.ts has the rules. A line without
 * one is reported with its number and skipped. Each phone gets the message once, also if it is in the list several times or in
 * several forms. A message that was surely not sent is tried through other numbers, and later when there is capacity; one that may
 * have been sent is not tried again. `contacts.txt.log` stores the result of each contact, so the bot can be stopped, even killed,
 * and started again. Exit codes: 0 if every line was served, 1 if one was not, 2 if the bot could not start.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import {
  createEvolutionSender,
  createFleetClient,
  isFleetError,
  isNotSent,
  SendFailure,
  type ServingInstance,
} from '@zapfleet/client'
import { phoneKey, readContactList } from './contact-list.ts'

/** Contacts that are written to at once. The fleet limits the messages per hour. */
const AT_ONCE = 8
/** The number of other numbers that are tried if one cannot send. */
const FAILOVER = 3
/** How long a message waits for its turn where the numbers have a gap between messages (`minGapMs`). */
const MAX_WAIT_MS = 60_000
/** Attempts for a contact if the error has no `availableAt`, and the pause before each. */
const ROUNDS = 3
const ROUND_PAUSE_MS = 5_000
/** Errors that neither another number nor waiting can fix. */
const FINAL = ['no_whatsapp', 'invalid_message', 'key_refused', 'wrong_address']

const {
  FLEET_URL = 'http://127.0.0.1:3333',
  FLEET_KEY = '',
  EVOLUTION_URL = '',
  EVOLUTION_KEY = '',
  EVOLUTION_SERVERS,
} = process.env
const [file = '', text = ''] = process.argv.slice(2)
if (file === '' || text === '') {
  console.error('Usage: npx tsx bot.ts <file with one contact a line> <text>')
  process.exit(2)
}

/** `sending` is stored before the send: after a crash the contact is `in doubt` and gets no second message. */
type Fate = 'sending' | 'sent' | 'not sent' | 'in doubt'

const journal = `${file}.log`
const fates = readJournal()
const { fleet, evolution } = open()
const leaving = new AbortController()
process.once('SIGINT', () => leaving.abort()).once('SIGTERM', () => leaving.abort())

const { contacts, problems } = readContactList(readList())
for (const problem of problems) console.error(problem)
for (const contact of contacts) {
  if (fates.get(phoneKey(contact)) === 'sending')
    note(contact, 'in doubt', 'the bot died while it was sending')
}
const waiting = contacts.filter((one) => (fates.get(phoneKey(one)) ?? 'not sent') === 'not sent')
await Promise.all(Array.from({ length: AT_ONCE }, serveNext))
const served = contacts.filter((one) => fates.get(phoneKey(one)) === 'sent').length
const skipped = problems.length === 0 ? '' : `, ${problems.length} lines skipped`
console.log(`${served} of ${contacts.length} served${skipped}`)
process.exitCode = served === contacts.length && problems.length === 0 ? 0 : 1

function open() {
  try {
    return {
      fleet: createFleetClient({
        url: FLEET_URL,
        apiKey: FLEET_KEY,
        onRetry: ({ error, waitMs }) => console.error(`${error.message} Next try in ${waitMs} ms.`),
      }),
      evolution: createEvolutionSender({
        url: EVOLUTION_URL,
        apiKey: EVOLUTION_KEY,
        servers: JSON.parse(EVOLUTION_SERVERS || '{}'),
      }),
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  }
}

/** One worker: serves the next contact until none is left or the bot is stopped. It completes a contact that it has begun. */
async function serveNext(): Promise<void> {
  for (let contact = waiting.shift(); contact; contact = waiting.shift()) {
    if (leaving.signal.aborted) return
    await serve(contact)
  }
}

async function serve(contact: string): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      const { name } = await fleet.withInstance(
        { contactId: contact, failover: FAILOVER, maxWaitMs: MAX_WAIT_MS },
        (instance) => send(contact, instance),
      )
      return note(contact, 'sent', `by ${name}`)
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      if (fates.get(phoneKey(contact)) === 'sending') return note(contact, 'in doubt', words)
      const waitMs = leaving.signal.aborted ? null : pauseBefore(error, round)
      if (waitMs === null) return note(contact, 'not sent', words)
      note(contact, 'not sent', `tried again in ${Math.ceil(waitMs / 1_000)} s: ${words}`)
      await pause(waitMs, null, { signal: leaving.signal }).catch(() => {})
    }
  }
}

/** Sends one text through one number. The `messageId` in the result goes with the confirm. */
async function send(
  contact: string,
  instance: ServingInstance,
): Promise<{ name: string; messageId: string }> {
  note(contact, 'sending', `by ${instance.name}${instance.attempt > 1 ? ', instead' : ''}`)
  try {
    const { messageId } = await evolution.sendText(instance, { number: contact, text })
    return { name: instance.name, messageId }
  } catch (error) {
    if (isNotSent(error)) note(contact, 'not sent', error.message)
    throw error
  }
}

/** The pause before a contact without a message is tried again; null: do not try again. */
function pauseBefore(error: unknown, round: number): number | null {
  if (!isFleetError(error) || isFleetError(error, 'INVALID_INPUT', 'UNAUTHORIZED', 'FORBIDDEN')) return null
  const { availableAt, cause } = error
  // Add a random delay, because all callers get the same moment.
  if (availableAt !== null) return Math.max(0, availableAt.getTime() - Date.now()) + Math.random() * 1_000
  if (cause instanceof SendFailure && FINAL.includes(cause.verdict.why)) return null
  return round < ROUNDS ? ROUND_PAUSE_MS : null
}

/** Stores the result for the next start, before the next step, and prints it. */
function note(contact: string, fate: Fate, words: string): void {
  fates.set(phoneKey(contact), fate)
  appendFileSync(journal, `${JSON.stringify({ contact, fate })}\n`)
  console.log(`${new Date().toISOString()} ${contact.slice(0, 4)}…${contact.slice(-4)} ${fate} ${words}`)
}

function readList(): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    console.error(`The list ${file} could not be read: ${error instanceof Error ? error.message : error}`)
    process.exit(2)
  }
}

function readJournal(): Map<string, Fate> {
  const known = new Map<string, Fate>()
  for (const line of existsSync(journal) ? readFileSync(journal, 'utf8').split('\n') : []) {
    try {
      const { contact, fate } = JSON.parse(line) as { contact: string; fate: Fate }
      known.set(phoneKey(contact), fate)
    } catch {
      // The end of the file, or the last line of a bot that was killed while it wrote.
    }
  }
  return known
}
