import type { Command } from 'commander'
import { given, wholeNumber } from '../command.ts'
import type { Pairing } from '../connection/open-client.ts'
import type { Session } from '../session.ts'
import { drawPairing } from './draw-pairing.ts'
import { keepPicture } from './keep-picture.ts'
import { pair } from './pair.ts'
import { type PairingEnd, type PairingReporter, reportByEvents, reportByLines } from './report-pairing.ts'

/** The options of commands that pair a phone. */
export type PairingFlags = { timeout?: number; png?: string; qrDark?: boolean }

/** `--timeout`, `--png` and `--qr-dark` */
export function withPairing(command: Command): Command {
  return command
    .option('--timeout <seconds>', 'wait for the scan at most so long', wholeNumber(1, 86_400))
    .option('--png <file>', 'keep the present code as a picture in this new file')
    .option('--qr-dark', 'without colours, on a light terminal: draw the code dark on light')
}

/**
 * Shows the codes of a number until its phone has scanned one, or the pairing ends: see `pair`.
 *
 * @throws FleetError when the API refuses the pairing
 */
export function showPairing(
  session: Session,
  input: { name: string; phoneNumber?: string },
  { timeout, png, qrDark = false }: PairingFlags,
  first?: Pairing,
): Promise<PairingEnd> {
  const shown = reporterFor(session, input.name, qrDark)
  const reporter = png === undefined ? shown : keepPicture(shown, session.world.cwd, png)
  const timeoutMs = timeout === undefined ? null : timeout * 1000
  return pair(session, reporter, input, given({ timeoutMs, first }))
}

function reporterFor(session: Session, name: string, qrDark: boolean): PairingReporter {
  if (session.json) return reportByEvents(session)
  const { stdout, stderr } = session.world
  const output = [stdout, stderr].find((stream) => stream.isTTY)
  if (output === undefined || session.world.env.TERM === 'dumb')
    return reportByLines(session, name, { qrDark })
  return drawPairing(session, output, name, { qrDark, color: session.colour })
}
