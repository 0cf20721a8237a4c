import type { MessageRow } from './traffic.ts'

/** The parts of a query that Evolution reads; everything else in the body is ignored. */
export type StoredQuery = { where: Record<string, unknown>; size: number; page: number }

const PAGE_SIZE = 50

/** Reads a query: `offset` is the size of a page (50 by default, without a maximum), `page` counts from 1. */
export function storedQuery(body: Record<string, unknown>): StoredQuery {
  const size = Number(body.offset) > 0 ? Number(body.offset) : PAGE_SIZE
  const page = Number(body.page) > 0 ? Number(body.page) : 1
  return { where: objectOf(body.where), size, page }
}

/**
 * findMessages: newest first, with their updates. It filters by fields of `key` (`fromMe: false` is ignored) and by
 * `messageTimestamp`, of which both ends are needed.
 */
export function foundMessages(rows: Iterable<MessageRow>, { where, size, page }: StoredQuery): object {
  const key = objectOf(where.key)
  const wanted = (['id', 'remoteJid', 'remoteJidAlt', 'participant'] as const).filter((field) => key[field])
  const { gte, lte } = objectOf(where.messageTimestamp)
  const window =
    gte && lte ? [secondsOf(gte), secondsOf(lte)] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const [from = 0, to = 0] = window
  const found = [...rows]
    .filter(({ message, isStored }) => {
      if (!isStored || (key.fromMe === true && !message.key.fromMe)) return false
      if (wanted.some((field) => message.key[field] !== key[field])) return false
      return message.messageTimestamp >= from && message.messageTimestamp <= to
    })
    .reverse()
    .sort((a, b) => b.message.messageTimestamp - a.message.messageTimestamp)
  return {
    messages: {
      total: found.length,
      pages: Math.ceil(found.length / size),
      currentPage: page,
      records: found.slice((page - 1) * size, page * size).map(({ id, message, updates }) => ({
        id,
        key: message.key,
        pushName: message.pushName,
        messageType: message.messageType,
        message: message.message,
        messageTimestamp: message.messageTimestamp,
        instanceId: message.instanceId,
        source: message.source,
        contextInfo: message.contextInfo ?? null,
        MessageUpdate: updates.map(({ status }) => ({ status })),
      })),
    },
  }
}

/** findStatusMessage: the rows of updates, filtered by `where.id` (the id of the message) and `where.remoteJid` only. */
export function foundStatuses(rows: Iterable<MessageRow>, { where, size, page }: StoredQuery): object[] {
  return [...rows]
    .filter(
      ({ message, receiptJid }) =>
        (!where.id || message.key.id === where.id) && (!where.remoteJid || receiptJid === where.remoteJid),
    )
    .flatMap(({ id: messageId, message, receiptJid, updates }) =>
      updates.map(({ id, status }) => ({
        id,
        keyId: message.key.id,
        remoteJid: receiptJid,
        fromMe: message.key.fromMe,
        participant: null,
        pollUpdates: null,
        status,
        messageId,
        instanceId: message.instanceId,
      })),
    )
    .slice((page - 1) * size, page * size)
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const secondsOf = (iso: unknown) => Math.floor(new Date(String(iso)).getTime() / 1000)
