import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Folders outside the project that may hold what cannot live in it, best first: a place for system services when we
 * are root, the user's own state folder else, and the temporary folder (which may be emptied at boot) as the last.
 */
export function stateFolders(root: boolean): string[] {
  return root
    ? ['/var/lib/zapfleet', '/var/tmp/zapfleet', join(tmpdir(), 'zapfleet')]
    : [join(homedir(), '.local', 'state', 'zapfleet'), join(tmpdir(), `zapfleet-${process.getuid?.() ?? 0}`)]
}
