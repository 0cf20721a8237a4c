import type { ClientIds } from '../ground/client-ids.ts'
import { INSTANT } from '../ground/moment.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { announceContacts } from './announce-contacts.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { APART, idsOfKey } from './contact-ids.ts'
import { clientsOf } from './contact-person.ts'
import { idsKeptChanging, MOST_STEPS } from './contact-state.ts'
import { unlinkOf } from './contact-unlink.ts'
import { readContact } from './read-contact.ts'
import { readLastForm } from './read-last-form.ts'
import { type Contact, getContact } from './read-person.ts'

/** $1 moment, $2 the contact's key, $3 that of the alias. */
const aliasStatement: Statement = statement(
  'unlink_alias',
  `with ${INSTANT} select zapfleet.unlink_alias($2::text, $3::text, moment.at) is_done from moment`,
)

/** $1 moment, $2 the key of both forms; of the form that gets what is stored $3 key, $4 ids in clientes; of the other $5, $6. */
const formsStatement = ({ kind, sqlType }: ClientIds): Statement =>
  statement(
    `unlink_forms_${kind}`,
    `with ${INSTANT},
unlinked as materialized (
  select zapfleet.unlink_forms($2::text, $3::text, $4::${sqlType}[], $5::text, $6::${sqlType}[], moment.at) is_done from moment)
select unlinked.is_done, case when unlinked.is_done then zapfleet.move_pool_contacts($2::text, $3::text) end from unlinked`,
  )

/**
 * Takes `alias` away from the contact of `id`: it is a separate contact from then on, and no rule joins the two again. A block of the
 * contact holds for both.
 *
 * The two Brazilian forms of one number, with and without the ninth digit, become two contacts for ever. What is stored (number,
 * conversations, last inbound message, aliases) goes to the form in which the newest of the last 500,000 reservations was written, else to
 * the one with the ninth digit; the other begins without a number. What is stored of an alias stays with the contact.
 *
 * @throws FleetError NOT_FOUND when they are not linked; CONFLICT for the forms of an alias; DATABASE_UNAVAILABLE; OVERLOADED when others
 * kept changing the ids
 */
export async function unlinkContact(
  fleet: ContactFleet,
  input: { id: string; alias: string },
): Promise<Contact> {
  for (let step = 1; step <= MOST_STEPS; step++) {
    const [id, alias] = [await readContact(fleet, input.id), await readContact(fleet, input.alias)]
    const unlink = unlinkOf({ id, alias }, input)
    const isDone =
      unlink.what === 'alias'
        ? await run(fleet, aliasStatement, [id.key, alias.own])
        : await unlinkForms(fleet, id.key, unlink.forms)
    await announceContacts(fleet, [id.key, alias.own])
    if (isDone) return getContact(fleet, input)
  }
  throw idsKeptChanging('these contacts')
}

async function unlinkForms(
  fleet: ContactFleet,
  key: string,
  forms: readonly [string, string],
): Promise<boolean> {
  const heir = (await readLastForm(fleet, key, forms)) ?? forms[0]
  const other = forms[0] === heir ? forms[1] : forms[0]
  const values = [heir, other].flatMap((form) => [APART + form, clientsOf(idsOfKey(fleet, APART + form))])
  return run(fleet, formsStatement(fleet.clients), [key, ...values])
}

async function run(fleet: ContactFleet, what: Statement, values: unknown[]): Promise<boolean> {
  const [row] = await repeatUndone(() =>
    fleet.sql.run<{ is_done: boolean }>(what, [fleet.clock(), ...values]),
  )
  return row?.is_done ?? false
}
