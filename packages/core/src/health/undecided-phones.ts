/** Numbers that became connected in this process, and whose record did not read `open` yet. */
export type UndecidedPhones = {
  readonly names: Set<string>
  /** Whether they are being read again. */
  isFollowed: boolean
}

export function createUndecidedPhones(): UndecidedPhones {
  return { names: new Set(), isFollowed: false }
}
