import pLimit from 'p-limit'
import { epochMs, INSTANT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { MANAGED } from '../instance/counters-sql.ts'
import { storedPhone } from '../instance/phone-of.ts'
import { onServer } from '../server/on-server.ts'
import { serverOf } from '../server/server-names.ts'
import type { DeliveryCall } from './delivery-fleet.ts'
import { judgeDelivery } from './judge-delivery.ts'

/** A healthy connection answers in some 20 ms; a half-open one in 60 s. */
const ANSWER_WITHIN_MS = 5_000
const AT_A_TIME = 10
/** No phone number has more digits. */
const MOST_DIGITS = 15

/** The connected instances that fail by refused sends, each with its phone. */
const failingStatement: Statement = statement(
  'failing_connections',
  `with ${INSTANT}
select ${epochMs('moment.at')} at_ms, i.nome, i.servidor server, coalesce(i.fone_pareado, i.numero_telefone) phone from moment, public.whatsapp_instances i
where ${MANAGED} and i.status in ('connected', 'open') and i.entrega = 'failing' and i.entrega_motivo is distinct from 'NO_RECEIPTS' order by i.nome`,
)

/**
 * Sends a question through the connection of each number that fails by refused sends, and judges those that WhatsApp answered. A number whose
 * messages get no receipt is not probed: its connection answers all the same.
 *
 * @returns the names that answered
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function probeConnections(call: DeliveryCall, signal?: AbortSignal): Promise<string[]> {
  const { fleet } = call
  const rows = await fleet.sql.readTogether<{
    at_ms: number
    nome: string
    server: string | null
    phone: string | null
  }>(failingStatement, [fleet.clock()])
  const limit = pLimit(AT_A_TIME)
  const answered = await Promise.all(
    rows.map(({ at_ms: atMs, nome: name, server, phone }) =>
      limit(async () => {
        const at = new Date(atMs)
        const own = storedPhone(phone, fleet.defaultCountry)
        if (own === null) return []
        try {
          const { evolution } = await onServer(call, serverOf(server))
          await evolution.whatsappNumbers(name, [questionOf(own.slice(1), at)], {
            timeoutMs: ANSWER_WITHIN_MS,
            ...(signal ? { signal } : {}),
          })
        } catch (error) {
          call.log.debug({ instance: name, err: error }, 'a probe of a connection got no answer')
          return []
        }
        fleet.delivery.probedAt.set(name, at)
        return [name]
      }),
    ),
  )
  const names = answered.flat()
  if (names.length > 0) await judgeDelivery(call, names)
  return names
}

/**
 * A number to look up that Evolution must ask WhatsApp about: its cache keeps numbers of people only. This one is the instance's
 * own, lengthened to 15 digits, which no person of its country has; the end differs from probe to probe.
 */
function questionOf(ownDigits: string, at: Date): string {
  const end = String(Math.floor(at.getTime() / 1_000) % 100).padStart(2, '0')
  return `${ownDigits.slice(0, MOST_DIGITS - 2).padEnd(MOST_DIGITS - 2, '0')}${end}`
}
