/** One fleet that this user has logged in to. */
export type Profile = { url: string; apiKey: string }

/** The contents of the profile file: fleets by name, and the default one. */
export type Profiles = { default: string | null; profiles: Record<string, Profile> }

/** The profiles without a file. */
export const NO_PROFILES: Profiles = { default: null, profiles: {} }

/** Whether a name is short and safe in a shell. */
export function isProfileName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$/.test(name)
}

/** Parses the text of the file; null when it has another format. */
export function parseProfiles(text: string): Profiles | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(value) || !isRecord(value.profiles)) return null
  const profiles: Record<string, Profile> = {}
  for (const [name, one] of Object.entries(value.profiles)) {
    if (!isProfileName(name) || !isRecord(one)) return null
    if (typeof one.url !== 'string' || typeof one.apiKey !== 'string') return null
    profiles[name] = { url: one.url, apiKey: one.apiKey }
  }
  const named = value.default
  return { default: typeof named === 'string' && Object.hasOwn(profiles, named) ? named : null, profiles }
}

/** The same profiles with one added or replaced; the first one is the default. */
export function withProfile(all: Profiles, name: string, profile: Profile): Profiles {
  return { default: all.default ?? name, profiles: { ...all.profiles, [name]: profile } }
}

/** The same profiles without one; if that was the default, there is none. */
export function withoutProfile(all: Profiles, name: string): Profiles {
  const { [name]: _gone, ...profiles } = all.profiles
  return { default: all.default === name ? null : all.default, profiles }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
