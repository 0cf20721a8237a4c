import { AUDIT_FIELDS, type AuditField, COLUMNS } from '../instance/columns.ts'
import type { Instance } from '../instance/instance.ts'

/**
 * What the audit stores of an instance before and after an act.
 *
 * @param masked hides the middle of a text that is personal data
 */
export function instanceSnapshot(
  instance: Instance,
  masked: (text: string) => string,
): Record<AuditField, Instance[AuditField]> {
  const cells = AUDIT_FIELDS.map((field) => {
    const value = instance[field]
    return [field, COLUMNS[field].audit === 'masked' && typeof value === 'string' ? masked(value) : value]
  })
  return Object.fromEntries(cells)
}
