// `npm start`: installs and builds what is missing, then becomes the launcher (tools/launcher). `--watch`: `pnpm dev`.
import { prepare, runScript } from './bootstrap.mjs'
import { checkPort } from './check-port.mjs'

await runScript(async ({ release }) => {
  await prepare({ before: checkPort })
  // From here on the launcher answers the signals.
  release()
  await import(new URL('../launcher/dist/main.js', import.meta.url))
})
