import type { Session } from '../session.ts'
import { qrLines } from '../terminal/qr.ts'
import { NOT_READY_WORDS } from '../words.ts'
import type { PairingTeller } from './pairing-teller.ts'
import { inkFor, PHONE_STEPS, pairingCodeWords } from './pairing-words.ts'

/** Tells where nothing can be drawn over (a log, a pipe): each change as it comes, the code as a picture of characters. */
export function tellByLines(session: Session, name: string, options: { qrDark: boolean }): PairingTeller {
  const { say } = session
  return {
    code(code, expiresAtMs) {
      const left = Math.max(0, Math.round((expiresAtMs - session.world.now()) / 1000))
      say(`Code ${code.count} for ${name}, good for ${left} s. ${PHONE_STEPS}`)
      if (code.pairingCode !== null) say(pairingCodeWords(code.pairingCode))
      if (code.code !== null)
        for (const line of qrLines(code.code, inkFor(session.paintTalk, options.qrDark))) say(line)
    },
    waiting(reason) {
      // That is the end, which is told by whoever began.
      if (reason !== 'qr_limit_reached') say(NOT_READY_WORDS[reason] ?? reason)
    },
    away: () => say('The API does not answer; trying again.'),
    back: () => say('The API is back.'),
    end: () => {},
  }
}
