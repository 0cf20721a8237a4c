/** Whether a version of Evolution, as `2.3.6` or `2.4.0-rc1`, is `least` or newer. */
export function isAtLeast(version: string, least: string): boolean {
  const parts = (text: string) => (text.split('-')[0] ?? '').split('.').map(Number)
  const given = parts(version)
  for (const [index, wanted] of parts(least).entries()) {
    const part = given[index] ?? 0
    if (part !== wanted) return part > wanted
  }
  return true
}
