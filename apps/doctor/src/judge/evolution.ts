import { foreignNameProblem, hasPhone } from '@zapfleet/core'
import { EvolutionError, type EvolutionInstance } from '@zapfleet/evolution'
import type { EvolutionSight } from '../check-evolution.ts'
import { count, type Finding, fail, ok, skip, some, warn } from '../finding.ts'
import { type ServerWords, sentence } from './server-words.ts'

/** The verdict on whether Evolution answers, and whether it is one. */
export function judgeEvolution(sight: EvolutionSight, where: string, words: ServerWords): Finding {
  const { url, key } = words
  const check = words.check('evolution')
  const { greeting, inventory } = sight
  const error = greeting instanceof EvolutionError ? greeting : null
  if (inventory instanceof EvolutionError) {
    if (error?.code === 'EVOLUTION_UNREACHABLE' && inventory.code === 'EVOLUTION_UNREACHABLE')
      return fail(
        check,
        `nothing answers at ${where} (${error.message})`,
        `Start Evolution, or mend ${url}. After two rounds without an answer its numbers read unknown and nothing is sent through them.${words.ifLost}`,
      )
    if (inventory.code === 'EVOLUTION_UNREACHABLE')
      return fail(
        check,
        `Evolution answers at ${where}, and does not list its instances (${inventory.message})`,
        'Check the PostgreSQL of Evolution (its DATABASE_CONNECTION_URI), and the timeouts of the proxy in front of it. Without the list zapfleet reads the state of each number, and not why one was logged out or banned.',
      )
    if (inventory.refusal === 'unlicensed')
      return fail(
        check,
        `Evolution answers at ${where}, and refuses every call: its licence is not activated`,
        `Open its manager (${inventory.licenceHost ?? `${where}/manager`}) in a browser and activate the licence. Until then all numbers read unknown and nothing is sent; zapfleet needs no restart.`,
      )
    if (inventory.code === 'EVOLUTION_MALFORMED')
      return fail(
        check,
        `what answers at ${where} is no Evolution API (${inventory.message})`,
        `${sentence(url)} must be the address of the Evolution server itself, with the path that a proxy before it wants.`,
      )
    if (inventory.status === 500)
      return fail(
        check,
        `Evolution answers at ${where}, and its own database does not (${inventory.message})`,
        'Get the PostgreSQL of Evolution back (its DATABASE_CONNECTION_URI), then restart Evolution: it loses the events of the time between for good, so a number that was logged out meanwhile reads connected until then.',
      )
  }
  if (greeting instanceof EvolutionError)
    return warn(
      check,
      `Evolution answers at ${where}, without its version (${greeting.message})`,
      `Its greeting queries WhatsApp each time, so it is slow while the internet is down. If it stays so, check the path in ${url}.`,
    )
  if (greeting.simulated)
    return warn(
      check,
      `the simulator ${greeting.version} answers at ${where}: no message reaches anybody`,
      `Fine for trying. To serve people, set ${url} and ${key} to a real server.`,
    )
  if (!/^2\./.test(greeting.version))
    return warn(
      check,
      `Evolution ${greeting.version} answers at ${where}`,
      'Everything was measured on 2.3.6. Answers of version 1 are understood, its own calls are not made: upgrade Evolution to 2.3.6 or newer.',
    )
  return ok(check, `Evolution ${greeting.version} at ${where}`)
}

/** The verdict on the key, by the inventory: with a name, a wrong key gets the same 404 as an unknown name. */
export function judgeKey(sight: EvolutionSight, words: ServerWords): Finding {
  const { url, key } = words
  const check = words.check('evolution key')
  const { inventory } = sight
  if (!(inventory instanceof EvolutionError) && sight.keyProblem === 'key_of_one_instance')
    return fail(
      check,
      `it is the token of one instance and opens that one only: ${some(inventory.map(({ name }) => name))}`,
      `${sentence(key)} must be the server's AUTHENTICATION_API_KEY. Until it is, all other numbers look missing on Evolution: delete none of them.`,
    )
  if (!(inventory instanceof EvolutionError))
    return ok(check, `it opens the inventory: ${count(inventory.length, 'instance')}`)
  if (inventory.refusal === 'unauthorized')
    return fail(
      check,
      'Evolution refuses it (401)',
      `${sentence(key)} must be the server's AUTHENTICATION_API_KEY, exactly; the token of one instance will not do.`,
    )
  if (inventory.refusal === 'unlicensed')
    return skip(check, 'not tried: the licence of Evolution is not activated')
  if (inventory.status === 500) return skip(check, 'not tried: Evolution cannot read its own database')
  if (inventory.code === 'EVOLUTION_REFUSED')
    return fail(check, inventory.message, `Check the path in ${url}, and that the server is of version 2.`)
  const answers = !(sight.greeting instanceof EvolutionError)
  return skip(check, `not tried: Evolution does not ${answers ? 'list its instances' : 'answer'}`)
}

/** Instances of one server. */
export type ServerNames = {
  /** Registered and served by it. */
  registered: readonly string[]
  /** Deleted here and not yet there. */
  removals: readonly string[]
  /** There because of a move. */
  moves: readonly string[]
}

/** Compares the registry with the inventory of a server. */
export function judgeInstances(
  { registered, removals, moves }: ServerNames,
  inventory: readonly Pick<EvolutionInstance, 'name' | 'integration'>[],
  words: ServerWords,
): Finding {
  const check = words.check('instances')
  // Evolution answers in no order.
  const there = inventory.map(({ name }) => name).sort()
  const phones = inventory
    .filter(hasPhone)
    .map(({ name }) => name)
    .sort()
  const missing = registered.filter((name) => !there.includes(name))
  const ours = new Set([...registered, ...removals, ...moves])
  const strangers = phones.filter((name) => !ours.has(name))
  const unknown = strangers.filter((name) => foreignNameProblem(name) === null)
  const unmanageable = strangers.filter((name) => foreignNameProblem(name) !== null)
  const phoneless = registered.filter((name) => there.includes(name) && !phones.includes(name))
  const found = [
    ...(phoneless.length > 0 ? [`without a phone, by another integration: ${some(phoneless)}`] : []),
    ...(missing.length > 0 ? [`not on Evolution: ${some(missing)}`] : []),
    ...(unknown.length > 0 ? [`not registered here: ${some(unknown)}`] : []),
    ...(unmanageable.length > 0
      ? [`with names that cannot be registered: ${some(unmanageable.map((name) => `"${name}"`))}`]
      : []),
    ...(removals.length > 0 ? [`deleted here and not yet there: ${some(removals)}`] : []),
  ]
  if (found.length === 0)
    return ok(
      check,
      registered.length === 0
        ? 'none yet'
        : `${count(registered.length, 'number')}, here and on Evolution alike`,
    )
  const advice = [
    ...(phoneless.length > 0
      ? [
          'delete those without a phone here: only WHATSAPP-BAILEYS pairs one, the others read "open" and texts through them may not arrive',
        ]
      : []),
    ...(missing.length > 0
      ? ['create the missing ones again (instance.create puts them there), or delete them here']
      : []),
    ...(unknown.length > 0
      ? ['adopt the unknown ones by instance.import, or leave them to whom they belong']
      : []),
    ...(unmanageable.length > 0
      ? [
          'create those with other names again on Evolution under a plain one; instance.import reports what is wrong with each',
        ]
      : []),
    ...(removals.length > 0 ? ['a running scheduler completes the deletes'] : []),
  ].join('; ')
  return warn(check, found.join('; '), `${sentence(advice)}.`)
}
