import { ask } from './en/ask.ts'
import { budget } from './en/budget.ts'
import { contacts } from './en/contacts.ts'
import { failure } from './en/failure.ts'
import { fleet } from './en/fleet.ts'
import { frame } from './en/frame.ts'
import { messages } from './en/messages.ts'
import { number } from './en/number.ts'
import { pairing } from './en/pairing.ts'
import { servers } from './en/servers.ts'
import { session } from './en/session.ts'
import { status } from './en/status.ts'
import { tags } from './en/tags.ts'

/** The texts of the page in English, one file a place. The type of every other language. */
export const en = {
  ...frame,
  ...session,
  ...status,
  ...fleet,
  ...number,
  ...tags,
  ...budget,
  ...pairing,
  ...ask,
  ...contacts,
  ...messages,
  ...servers,
  ...failure,
}

/** The texts of the page in any language. */
export type Words = typeof en
