// `npm run doctor`: installs and builds what is missing, then looks at what the fleet stands on (apps/doctor).
import { prepare, runScript } from './bootstrap.mjs'

await runScript(async ({ release }) => {
  await prepare()
  release()
  await import(new URL('../apps/doctor/dist/main.js', import.meta.url))
})
