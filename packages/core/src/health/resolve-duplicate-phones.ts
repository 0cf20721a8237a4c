import { statement } from '../ground/statement.ts'
import { canonicalPhone } from '../instance/phone-of.ts'
import type { HealthCall } from './health-fleet.ts'

const resolveStatement = statement(
  'settle_phones',
  'select instance_name, serves_instead from zapfleet.settle_phones($1::timestamptz, $2::text[], $3::text[])',
)

/**
 * Stores which phone is paired with which instance and, of several instances with one phone, which one serves: the one that was
 * connected first. The others are `DUPLICATE_PHONE` until its session ends. Without phones it only decides again, after a status
 * changed or an instance was removed. Writes nothing when nothing changed; every change has its event.
 *
 * @param phones the phones that were just read, by instance name
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function resolveDuplicatePhones(
  call: HealthCall,
  phones: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const names = [...phones.keys()]
  const digits = names.map((name) => canonicalPhone(phones.get(name) ?? ''))
  const changed = await call.fleet.sql.run<{ instance_name: string; serves_instead: string | null }>(
    resolveStatement,
    [call.fleet.clock(), names, digits],
  )
  if (changed.length === 0) return
  await call.fleet.engine.snapshot.refreshNames(changed.map((one) => one.instance_name))
  for (const { instance_name: instance, serves_instead: other } of changed) {
    if (other === null) call.log.info({ instance }, 'this instance serves its phone again')
    else
      call.log.warn(
        { instance, other },
        'this instance has the same phone as another one, which serves it; log out or delete one of the two',
      )
  }
}
