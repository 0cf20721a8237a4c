import { join } from 'node:path'
import { keepKey, writeSecret } from './keep-keys.ts'
import type { Child } from './run-child.ts'

/** A simulated Evolution that runs. */
export type SimulatorAt = { url: string; apiKey: string }

/** Starts a child of the start. */
export type RunChild = (
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onRaw: (raw: string) => void,
) => Child

/** The time between a QR code and the scan of a simulated phone. */
const AUTO_SCAN_MS = 8000

/**
 * Starts a simulated Evolution and waits for its address, which goes to the file `<name>-url`, as its key to `<name>-key`.
 *
 * @param options.unscanned the numbers whose QR codes no simulated phone scans
 * @returns the child alone where it ended before it printed an address
 */
export async function runSimulator(
  name: string,
  options: {
    dataDir: string
    env: Readonly<Record<string, string>>
    apiKey: string | undefined
    args: readonly string[]
    unscanned: readonly string[]
    run: RunChild
  },
): Promise<{ child: Child; at: SimulatorAt | null }> {
  const { dataDir, env, args, unscanned, run } = options
  const { value: apiKey } = keepKey(dataDir, `${name}-key`, 'sim_', options.apiKey)
  let found: (address: string) => void = () => undefined
  const printed = new Promise<string>((resolve) => {
    found = resolve
  })
  const child = run(
    name,
    args,
    {
      ...env,
      PORT: '0',
      HOST: '127.0.0.1',
      SIMULATOR_API_KEY: apiKey,
      SIMULATOR_AUTO_SCAN_MS: env.SIMULATOR_AUTO_SCAN_MS ?? String(AUTO_SCAN_MS),
      SIMULATOR_STATE_FILE: join(dataDir, `${name}.json`),
      ...(unscanned.length > 0 && {
        SIMULATOR_AUTO_SCAN_EXCEPT: unscanned.join(','),
        SIMULATOR_QR_LIMIT: '100000',
      }),
    },
    (raw) => {
      const address = /"url":"(http[^"]+)"/.exec(raw)?.[1]
      if (address) found(address)
    },
  )
  const url = await Promise.race([printed, child.ended.then(() => null)])
  if (url === null) return { child, at: null }
  writeSecret(join(dataDir, `${name}-url`), url)
  return { child, at: { url, apiKey } }
}
