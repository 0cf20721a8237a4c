import type { Numbered } from '../ground/event-ring.ts'
import type { Ground } from '../ground/ground.ts'
import { placeOf } from './change-cursor.ts'
import { type Message, type MessageRow, readMessage } from './message.ts'
import { readMessages } from './message-sql.ts'
import type { Change } from './read-changes.ts'

/** The messages of changes, each as it is now, in the order of the changes; without those that are not stored any more. */
export async function readMessagesOf(
  { sql }: Pick<Ground, 'sql'>,
  changes: readonly Change[],
): Promise<Numbered<Message>[]> {
  const changed = changes.flatMap(({ kind, messageId, position }) =>
    kind === 'message' && messageId !== null ? [{ messageId, id: placeOf(position) }] : [],
  )
  if (changed.length === 0) return []
  const ids = [...new Set(changed.map(({ messageId }) => messageId))]
  const rows = await sql.run<MessageRow>(readMessages, [ids])
  const messages = new Map(rows.map((row) => [row.id, readMessage(row)]))
  return changed.flatMap(({ messageId, id }) => {
    const event = messages.get(messageId)
    return event === undefined ? [] : [{ id, event }]
  })
}
