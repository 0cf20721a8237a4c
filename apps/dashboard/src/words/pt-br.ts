import type { Words } from './en.ts'
import { ask } from './pt-br/ask.ts'
import { budget } from './pt-br/budget.ts'
import { contacts } from './pt-br/contacts.ts'
import { failure } from './pt-br/failure.ts'
import { fleet } from './pt-br/fleet.ts'
import { frame } from './pt-br/frame.ts'
import { messages } from './pt-br/messages.ts'
import { number } from './pt-br/number.ts'
import { pairing } from './pt-br/pairing.ts'
import { servers } from './pt-br/servers.ts'
import { session } from './pt-br/session.ts'
import { status } from './pt-br/status.ts'
import { tags } from './pt-br/tags.ts'

/** Os textos da página, em português do Brasil, um arquivo por lugar. */
export const ptBR: Words = {
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
