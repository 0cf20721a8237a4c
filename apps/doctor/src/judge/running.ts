import {
  DEFAULT_SERVER,
  isForMachines,
  pageAddress,
  type RegistryDiagnosis,
  type WebhooksDiagnosis,
  webhookUrl,
} from '@zapfleet/core'
import type { ApiSight } from '../check-api.ts'
import type { WebhookAddressReading } from '../check-webhook-address.ts'
import { count, type Finding, fail, lasting, ok, some, warn } from '../finding.ts'

/** A leader's death costs some 20 s; polling that missed three rounds as well is dead. */
const TAKEOVER_MS = 60_000
const ROUNDS_MISSED = 3

/** The verdict on whether a scheduler leads and health rounds begin. */
export function judgePolling({ polling, leader, failedJobs }: RegistryDiagnosis): Finding {
  const check = 'polling'
  const leads = leader && leader.leftMs > 0 ? `${leader.holder} leads` : 'no scheduler leads'
  const last = polling ? `the last round began ${lasting(polling.ageMs)} ago` : 'no round ever began'
  if (polling === null || polling.ageMs > Math.max(TAKEOVER_MS, ROUNDS_MISSED * polling.periodMs))
    return fail(
      check,
      `no scheduler polls: ${last}, ${leads}`,
      'Start a scheduler (apps/scheduler, with the same environment): without one, only webhooks report numbers that disconnect.',
    )
  if (polling.failed !== null)
    return warn(
      check,
      `${last}, and failed: ${polling.failed}; ${leads}`,
      'It is tried again at the next round; the scheduler logs the cause.',
    )
  if (failedJobs.length > 0)
    return warn(
      check,
      `${last}, ${leads}; failed at their last run: ${failedJobs.map(({ job, failed }) => `${job} (${failed})`).join(', ')}`,
      "They are tried again by themselves; the scheduler's log has the cause.",
    )
  return ok(check, `${leads}; ${last}`)
}

/** Messages that wait so long wait for a number and not for a sender. */
const WAITING_MS = 60_000

/** The verdict on the queue of messages. Where nothing waits, no sender is needed. */
export function judgeMessages({ messages }: RegistryDiagnosis): Finding {
  const check = 'messages'
  const { waiting, oldestMs, senders } = messages
  const running =
    senders === 0 ? 'no sender runs' : `${count(senders, 'sender')} ${senders === 1 ? 'runs' : 'run'}`
  if (waiting === 0) return ok(check, `none waits; ${running}`)
  const found = `${count(waiting, 'message')} ${waiting === 1 ? 'waits' : 'wait'}, the oldest for ${lasting(oldestMs ?? 0)}; ${running}`
  if (senders === 0)
    return fail(
      check,
      found,
      'Start a sender (apps/sender, with the same environment): messages that wait are sent by it alone.',
    )
  if ((oldestMs ?? 0) > WAITING_MS)
    return warn(check, found, 'They wait for numbers that can send: message.list shows why each one waits.')
  return ok(check, found)
}

/** The verdict on how many numbers can send. */
export function judgeNumbers({ instances }: RegistryDiagnosis): Finding {
  const check = 'numbers'
  if (instances.length === 0)
    return warn(
      check,
      'none is registered',
      'Create one (instance.create), or adopt those that Evolution has (instance.import).',
    )
  const by = new Map<string, string[]>()
  for (const { name, status } of instances) by.set(status, [...(by.get(status) ?? []), name])
  const told = [...by].map(([status, names]) => `${names.length} ${status}`).join(', ')
  const paused = instances.filter((one) => one.paused).length
  const duplicates = instances.flatMap(({ name, duplicateOf }) =>
    duplicateOf === null ? [] : [`${name} (${duplicateOf})`],
  )
  const connected = instances.filter((one) => one.status === 'connected')
  const failing = connected.filter((one) => one.isFailing).map(({ name }) => name)
  const restricted = connected.filter((one) => one.isRestricted).map(({ name }) => name)
  const namesWith = (wanted: 'WRONG_PHONE' | 'FLAPPING'): string[] =>
    connected.filter(({ reason }) => reason === wanted).map(({ name }) => name)
  const misPaired = namesWith('WRONG_PHONE')
  const flapping = namesWith('FLAPPING')
  const found = [
    `${count(instances.length, 'number')}: ${told}`,
    ...(paused > 0 ? [`${paused} paused`] : []),
    ...(failing.length > 0 ? [`out of rotation, since their messages do not arrive: ${some(failing)}`] : []),
    ...(restricted.length > 0 ? [`restricted by WhatsApp to people who know them: ${some(restricted)}`] : []),
    ...(misPaired.length > 0
      ? [`paired with another phone than the registered one: ${some(misPaired)}`]
      : []),
    ...(flapping.length > 0 ? [`losing their connection again and again: ${some(flapping)}`] : []),
    ...(duplicates.length > 0 ? [`with the phone of another, which serves it: ${some(duplicates)}`] : []),
  ].join('; ')
  const unwell = instances
    .filter(
      (one) =>
        one.status !== 'connected' ||
        one.duplicateOf !== null ||
        one.isFailing ||
        one.isRestricted ||
        one.reason === 'WRONG_PHONE' ||
        one.reason === 'FLAPPING',
    )
    .map(({ name }) => name)
  if (!connected.some((one) => !one.paused && one.duplicateOf === null && !one.isFailing))
    return fail(
      check,
      `${found}: none can send`,
      `Call instance.get for the action of each: ${some(unwell.length > 0 ? unwell : instances.map(({ name }) => name))}.`,
    )
  return unwell.length > 0
    ? warn(check, found, `Call instance.get for the action of each: ${some(unwell)}.`)
    : ok(check, found)
}

/** The verdict on whether each phone belongs to one number alone: two would each count a limit of its own. */
export function judgePhones({ instances }: RegistryDiagnosis): Finding {
  const check = 'phones'
  const paired = instances.filter((one) => one.duplicateOf !== null)
  const byPhone = new Map<string, string[]>()
  for (const { name, registeredPhone, duplicateOf } of instances)
    if (registeredPhone !== null && duplicateOf === null)
      byPhone.set(registeredPhone, [...(byPhone.get(registeredPhone) ?? []), name])
  const registered = [...byPhone.values()].filter((names) => names.length > 1)
  if (paired.length === 0 && registered.length === 0) return ok(check, 'no two numbers have one phone')
  const found = [
    ...(paired.length > 0
      ? [
          `DUPLICATE_PHONE, sends nothing: ${some(paired.map(({ name, duplicateOf }) => `${name} (${duplicateOf} serves its phone)`))}`,
        ]
      : []),
    ...(registered.length > 0
      ? [`registered with one phone: ${some(registered.map((names) => names.join(' and ')))}`]
      : []),
  ]
  const advice = [
    ...(paired.length > 0 ? ['Log out or delete one of the two, or pair it with a phone of its own.'] : []),
    ...(registered.length > 0
      ? [
          'Correct the registered phone of one by instance.update, or delete it: of two that are connected one does not serve.',
        ]
      : []),
  ]
  return warn(check, found.join('; '), advice.join(' '))
}

/**
 * The verdict on the address of Evolution's events: whether this fleet answers there, and whose webhooks the numbers
 * have.
 */
export function judgeWebhook(
  publicUrl: string | null,
  reading: WebhookAddressReading | null,
  hooks: WebhooksDiagnosis | null,
): Finding {
  const check = 'webhook'
  if (publicUrl === null || reading === null)
    return ok(check, 'PUBLIC_URL is not set: no webhook, and changes are found by polling')
  const where = webhookUrl(publicUrl.replace(/\/+$/, ''), DEFAULT_SERVER)
  switch (reading.kind) {
    case 'unreachable':
      return fail(
        check,
        `${where} cannot be reached from here (${reading.words})`,
        "PUBLIC_URL must be an address at which Evolution reaches the API: start the API, or mend PUBLIC_URL or the proxy. From Evolution's machine, try it with curl.",
      )
    case 'stranger':
      return fail(
        check,
        `${where} is answered by something else than zapfleet (${reading.words})`,
        'Let the proxy pass /webhooks/evolution on to the API, with its path and the header x-zapfleet-webhook unchanged.',
      )
    case 'foreign':
      return fail(
        check,
        `${where} is a zapfleet of another fleet: it has another secret`,
        'Mend PUBLIC_URL, or let both use one database. After the secret was changed, restart the API.',
      )
    default:
      return judgeOwners(check, `${where} answers`, hooks)
  }
}

/** The verdict on whose webhooks the numbers of a server have. @param address the address of ours, and how it is */
export function judgeOwners(check: string, address: string, hooks: WebhooksDiagnosis | null): Finding {
  if (hooks === null) return ok(check, address)
  const { ours, moved, another, none, unread } = hooks
  const total = ours.length + moved.length + another.length + none.length + unread.length
  const found = `${address}; ${ours.length} of ${count(total, 'number')} report there`
  const lacking = [
    ...(moved.length > 0 ? [`at an old address: ${some(moved)}`] : []),
    ...(none.length > 0 ? [`without webhook: ${some(none)}`] : []),
    ...(another.length > 0 ? [`with another program's: ${some(another)}`] : []),
    ...(unread.length > 0 ? [`not read: ${some(unread)}`] : []),
  ]
  if (lacking.length === 0) return ok(check, found)
  const advice =
    moved.length + none.length > 0
      ? 'instance.import sets ours wherever no other program has one. The rest is polled.'
      : "They are watched by polling: an instance has one webhook, and another program's is never replaced."
  return warn(check, `${found}; ${lacking.join('; ')}`, advice)
}

/** The verdict on what answers at the API's own port. */
export function judgeApi(sight: ApiSight, url: string, version: string): Finding {
  const check = 'api'
  if (sight.kind === 'unreachable')
    return warn(
      check,
      `no API answers at ${url} (${sight.words})`,
      'Start it with npm start, or leave it where it runs: then HOST and PORT here are not its own.',
    )
  if (sight.kind === 'stranger')
    return fail(
      check,
      `another program answers there (${sight.words})`,
      'Choose a free port with PORT, or stop that program.',
    )
  if (!sight.ready)
    return fail(
      check,
      `the API at ${url} is not ready: ${sight.reason ?? 'it gives no reason'}`,
      'The findings above should name the cause.',
    )
  if (sight.version !== null && sight.version !== version)
    return warn(
      check,
      `the API at ${url} is release ${sight.version}, this is ${version}`,
      'Restart it after an upgrade, or run the doctor of its own release.',
    )
  return ok(check, `zapfleet ${sight.version ?? ''} is ready at ${url}`)
}

/** The verdict on the address of the page in alerts. */
export function judgePage(environment: { pageUrl: string | null; publicUrl: string | null }): Finding {
  const check = 'page'
  const { pageUrl, publicUrl } = environment
  const address = pageAddress(environment)
  if (address === null)
    return ok(
      check,
      `PAGE_URL is not set${publicUrl === null ? '' : `, and people cannot open ${new URL(publicUrl).host} (PUBLIC_URL)`}: alerts hold no link to the page`,
    )
  if (pageUrl === null) return ok(check, `alerts link to ${address} (PUBLIC_URL; PAGE_URL is not set)`)
  if (isForMachines(pageUrl))
    return warn(
      check,
      `alerts link to ${address}, which people on other machines cannot open`,
      'Set PAGE_URL to the address that people type in a browser, or unset it: alerts then hold no link.',
    )
  return ok(check, `alerts link to ${address}`)
}

/** The verdict on whether alerts reach people; null where no delivery failed. */
export function judgeRoutes({ failingRoutes }: RegistryDiagnosis): Finding | null {
  const [first] = failingRoutes
  if (first === undefined) return null
  const others = failingRoutes.length - 1
  return warn(
    'alert routes',
    `the last message by ${first.name} failed: ${first.error}${others > 0 ? `; and those by ${count(others, 'other route')}` : ''}`,
    `Repair it, then: zapfleet alert-routes test ${first.name}`,
  )
}
