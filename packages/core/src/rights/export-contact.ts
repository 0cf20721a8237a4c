import type { ContactFleet } from '../contact/contact-fleet.ts'
import { idsOfKey } from '../contact/contact-ids.ts'
import { clientsOf, shownId } from '../contact/contact-person.ts'
import { readContactRefs } from '../contact/read-contact-refs.ts'
import type { ClientIds } from '../ground/client-ids.ts'
import { readInstant } from '../ground/read-moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { ContactExport } from './contact-export.ts'
import { actKeys, isMessageOf, isPersons, type PersonIds } from './person-ids.ts'
import { readPersonIds } from './read-person-ids.ts'
import { type ConversationRow, readStoredConversations } from './read-stored-rows.ts'
import { type AuditRow, type ReservationRow, type StoredMessageRow, walkRows } from './walk-rows.ts'

const clientsStatement = ({ kind, sqlType, table }: ClientIds): Statement =>
  statement(
    `export_clients_${kind}`,
    `select c.id::text id, nullif(c.instancia_preferida, '') preferred from ${table} c where c.id = any($1::${sqlType}[]) order by 1`,
  )

/**
 * Reads everything that is stored of a person, under all ids. It reads the reservations, the messages and the audit completely, in slices: some
 * seconds for a million rows, without a lock.
 *
 * @throws FleetError DATABASE_UNAVAILABLE; OVERLOADED when operators kept changing the ids
 */
export async function exportContact(fleet: ContactFleet, { id }: { id: string }): Promise<ContactExport> {
  const exportedAt = (await readInstant(fleet)).toISOString()
  const { contact, person } = await readPersonIds(fleet, id)
  const row = await fleet.sql.prisma.contact.findUnique({ where: { id: contact.key } })
  return {
    id,
    exportedAt,
    ids: [...person.keys].map((key) => ({ id: shownId(key), isAlias: key !== contact.key })),
    contact: {
      preferredInstance: contact.preferredInstance,
      blocked: contact.isBlocked,
      blockedAt: iso(row?.blockedAt),
      blockedReason: row?.blockedReason ?? null,
      unlinkedAt: iso(row?.unlinkedAt),
      lastInbound:
        row?.lastInboundAt && row.lastInboundInstance
          ? { instanceName: row.lastInboundInstance, at: row.lastInboundAt.toISOString() }
          : null,
    },
    clients: await readClients(fleet, person),
    pools: await readPools(fleet, person),
    conversations: await readConversations(fleet, person),
    reservations: await readReservations(fleet, person),
    messages: await readMessages(fleet, person),
    audit: await readAudit(fleet, person),
  }
}

async function readPools(fleet: ContactFleet, person: PersonIds): Promise<ContactExport['pools']> {
  const rows = await fleet.sql.prisma.poolContact.findMany({
    where: { contactId: { in: [...person.keys] } },
    orderBy: [{ pool: 'asc' }, { contactId: 'asc' }],
  })
  return rows.map(({ pool, preferredInstance, lastInboundAt }) => ({
    pool,
    preferredInstance,
    lastInboundAt: iso(lastInboundAt),
  }))
}

/** Ids of clientes in another format, which no index holds: some 0.8 s for a million rows. $1 the pattern. */
const formattedStatement: Statement = statement(
  'read_formatted_clients',
  'select c.id from public.clientes c where zapfleet.may_be_form(c.id) and c.id ~ $1::text',
)

/** Reads the ids under which a person may be in clientes, formatted ones too; null when there is none. @throws FleetError DATABASE_UNAVAILABLE */
export async function readClientsOfPerson(fleet: ContactFleet, person: PersonIds): Promise<string[] | null> {
  const ids = [...person.keys].flatMap((key) => clientsOf(idsOfKey(fleet, key)) ?? [])
  const plain = person.plain.flatMap((one) => fleet.clients.fit(one) ?? [])
  const formatted =
    fleet.clients.kind === 'text' && person.pattern !== null
      ? await fleet.sql.run<{ id: string }>(formattedStatement, [person.pattern])
      : []
  const all = [...new Set([...ids, ...plain, ...formatted.map(({ id }) => id)])].filter((one) =>
    isPersons(fleet, person, one),
  )
  return all.length === 0 ? null : all
}

async function readClients(fleet: ContactFleet, person: PersonIds): Promise<ContactExport['clients']> {
  const ids = await readClientsOfPerson(fleet, person)
  if (ids === null) return []
  const rows = await fleet.sql.run<{ id: string; preferred: string | null }>(
    clientsStatement(fleet.clients),
    [ids],
  )
  return rows.map(({ id, preferred }) => ({ id, preferredInstance: preferred }))
}

async function readConversations(
  fleet: ContactFleet,
  person: PersonIds,
): Promise<ContactExport['conversations']> {
  const rows = await readStoredConversations(fleet, person)
  return rows.filter((row) => isPersons(fleet, person, row.contactId)).map(toConversation)
}

async function readReservations(
  fleet: ContactFleet,
  person: PersonIds,
): Promise<ContactExport['reservations']> {
  const found: ContactExport['reservations'] = []
  for await (const rows of walkRows(fleet, 'reservations', person))
    found.push(
      ...rows
        .filter((row) => row.contactId !== null && isPersons(fleet, person, row.contactId, row.contactAs))
        .map(toReservation),
    )
  return found
}

async function readMessages(fleet: ContactFleet, person: PersonIds): Promise<ContactExport['messages']> {
  const found: ContactExport['messages'] = []
  for await (const rows of walkRows(fleet, 'messages', person))
    found.push(...rows.filter((row) => isMessageOf(fleet, person, row)).map(toMessage))
  return found
}

async function readAudit(fleet: ContactFleet, person: PersonIds): Promise<ContactExport['audit']> {
  const refs = await readContactRefs(fleet, actKeys(person))
  const found: ContactExport['audit'] = []
  for await (const rows of walkRows(fleet, 'audit', person, refs))
    found.push(...rows.filter((row) => row.ref !== null && refs.includes(row.ref)).map(toAct))
  return found
}

/** What is read as JSON has the offset of the session. */
function iso(at: string | Date | null | undefined): string | null {
  return at ? new Date(at).toISOString() : null
}

function toConversation({ instanceName, lastSentAt, lastInboundAt, newContactAt }: ConversationRow) {
  return {
    instanceName,
    lastSentAt: iso(lastSentAt),
    lastInboundAt: iso(lastInboundAt),
    newContactAt: iso(newContactAt),
  }
}

function toReservation(row: ReservationRow): ContactExport['reservations'][number] {
  const {
    contactId,
    contactAs,
    reservedAt,
    notBefore,
    completedAt,
    outcome,
    outcomeAt,
    outcomeError,
    ...rest
  } = row
  return {
    ...rest,
    contactId: contactAs ?? contactId ?? '',
    reservedAt: new Date(reservedAt).toISOString(),
    notBefore: iso(notBefore),
    completedAt: iso(completedAt),
    outcome: outcome === null ? null : { status: outcome, at: iso(outcomeAt), error: outcomeError },
  }
}

function toMessage(row: StoredMessageRow): ContactExport['messages'][number] {
  const { contactId, contactAs, content, hasFile, createdAt, dueAt, validUntil, ...rest } = row
  const { media } = content ?? {}
  return {
    ...rest,
    contactId: contactAs ?? contactId,
    text: content?.text ?? null,
    media:
      media === undefined
        ? null
        : {
            kind: media.kind ?? '',
            url: media.url ?? null,
            fileName: media.fileName ?? null,
            mimeType: media.mimeType ?? null,
            caption: media.caption ?? null,
            isStored: hasFile,
          },
    createdAt: new Date(createdAt).toISOString(),
    dueAt: new Date(dueAt).toISOString(),
    validUntil: new Date(validUntil).toISOString(),
    sentAt: iso(row.sentAt),
    deliveredAt: iso(row.deliveredAt),
    readAt: iso(row.readAt),
    endedAt: iso(row.endedAt),
  }
}

function toAct({ at, act, target, before, after, outcome }: AuditRow): ContactExport['audit'][number] {
  const values = (part: object | null) => part as Record<string, unknown> | null
  return {
    at: new Date(at).toISOString(),
    act,
    target,
    before: values(before),
    after: values(after),
    outcome,
  }
}
