import { t } from '../language.ts'
import type { Session } from '../session.ts'
import { qrLines } from '../terminal/qr.ts'
import { notReadyWords } from '../words.ts'
import type { PairingTeller } from './pairing-teller.ts'
import { inkFor, pairingCodeWords, phoneSteps } from './pairing-words.ts'

/** Tells where nothing can be drawn over (a log, a pipe): each change as it comes, the code as a picture of characters. */
export function tellByLines(session: Session, name: string, options: { qrDark: boolean }): PairingTeller {
  const { say } = session
  return {
    code(code, expiresAtMs) {
      const left = Math.max(0, Math.round((expiresAtMs - session.world.now()) / 1000))
      say(t`Code ${code.count} for ${name}, good for ${left} s. ${phoneSteps()}`)
      if (code.pairingCode !== null) say(pairingCodeWords(code.pairingCode))
      if (code.code !== null)
        for (const line of qrLines(code.code, inkFor(session.paintTalk, options.qrDark))) say(line)
    },
    waiting(reason) {
      // That is the end, which is told by whoever began.
      if (reason !== 'qr_limit_reached') say(notReadyWords(reason))
    },
    away: () => say(t`The API does not answer; trying again.`),
    back: () => say(t`The API is back.`),
    end: () => {},
  }
}
