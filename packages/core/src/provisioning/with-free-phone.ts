import { createHash } from 'node:crypto'
import { FleetError } from '../ground/fleet-error.ts'
import { statement } from '../ground/statement.ts'
import { canonicalPhone, isSamePhone, storedPhone } from '../instance/phone-of.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { ProvisioningCall, ProvisioningFleet } from './provisioning-fleet.ts'

/** $1 the name that is left out, $2 the last eight digits of the phone, which all forms of one phone share. */
const sharingStatement = statement(
  'instances_with_digits',
  `select i.nome, i.numero_telefone registered, i.fone_pareado paired from public.whatsapp_instances i
  where i.removida_em is null and i.nome is distinct from $1::text
    and (right(regexp_replace(i.numero_telefone, '\\D', '', 'g'), 8) = $2::text or right(i.fone_pareado, 8) = $2::text)
  order by i.nome`,
)

/**
 * Runs `act`, which gives the phone to an instance, unless another instance has it, registered or paired, in any of its
 * forms: two instances of one phone would each count a limit of their own. Calls with one phone run one after the other,
 * over all processes.
 *
 * @param name the instance that receives the phone
 * @param phone E.164
 * @throws FleetError CONFLICT naming the other instance; DATABASE_UNAVAILABLE
 */
export function withFreePhone<Result>(
  call: ProvisioningCall,
  name: string,
  phone: string,
  act: () => Promise<Result>,
): Promise<Result> {
  // The name of a lease is stored and logged, so it holds no phone.
  const lease = createHash('sha256').update(canonicalPhone(phone)).digest('hex').slice(0, 16)
  return oneAtATime(call, `phone:${lease}`, async () => {
    await assertFreePhone(call.fleet, name, phone)
    return act()
  })
}

/** @throws FleetError CONFLICT naming another instance that has the phone, registered or paired, in any of its forms */
export async function assertFreePhone(fleet: ProvisioningFleet, name: string, phone: string): Promise<void> {
  const tail = phone.replace(/\D/g, '').slice(-8)
  const rows = await fleet.sql.run<{ nome: string; registered: string | null; paired: string | null }>(
    sharingStatement,
    [name, tail],
  )
  const other = rows.find(({ registered, paired }) =>
    [storedPhone(registered, fleet.defaultCountry), paired].some(
      (one) => one !== null && isSamePhone(one, phone),
    ),
  )
  if (other === undefined) return
  const message = `phoneNumber: expected a phone that no other instance has, got the phone of "${other.nome}". Use that instance, or delete it or change its phone number first.`
  throw new FleetError('CONFLICT', message, { conflict: 'phone' })
}
