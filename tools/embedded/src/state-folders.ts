import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Folders outside the project for data that cannot be in it, best first: a folder for system services as root, else the user's
 * state folder; last the temporary folder, which may be emptied at boot.
 */
export function stateFolders(root: boolean): string[] {
  return root
    ? ['/var/lib/zapfleet', '/var/tmp/zapfleet', join(tmpdir(), 'zapfleet')]
    : [join(homedir(), '.local', 'state', 'zapfleet'), join(tmpdir(), `zapfleet-${process.getuid?.() ?? 0}`)]
}
