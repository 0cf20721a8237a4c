import type { Ground } from '../ground/ground.ts'
import { registerInstance } from './register-instance.ts'

/** Registers the initial instances that are missing; running it again changes nothing. @returns the names it added */
export async function seedInstances(fleet: Ground, names: readonly string[]): Promise<string[]> {
  const added: string[] = []
  for (const name of new Set(names)) {
    const row = await fleet.sql.prisma.instance.findUnique({ where: { name }, select: { name: true } })
    if (row) continue
    if ((await registerInstance(fleet, { name })) === 'created') added.push(name)
  }
  return added
}
