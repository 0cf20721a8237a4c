import { call } from './demo-api.ts'

/**
 * Why Evolution cannot be used, as a word of `fleet.conditions`; null where it can, or where the API does not tell. Takes some
 * 4 s where Evolution does not answer.
 */
export async function readEvolutionProblem(
  url: string,
  adminKey: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const headers = { 'x-api-key': adminKey }
    const answer = (await call(`${url}/trpc/fleet.conditions?input=%7B%7D`, { headers, signal })) as {
      result?: { data?: { evolution?: { problem?: string | null } } }
    }
    return answer.result?.data?.evolution?.problem ?? null
  } catch {
    return null
  }
}
