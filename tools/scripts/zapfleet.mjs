#!/usr/bin/env node
// `./zapfleet`, `npx zapfleet`, `npm run zapfleet -- …`: installs and builds what is missing, then becomes the command line
// (apps/cli), or, by `zapfleet doctor`, the doctor (apps/doctor). Whatever it says on the way goes to stderr: stdout is for
// the command's data.
import { prepare, runScript } from './bootstrap.mjs'

// npm runs scripts in the clone's folder; the person stands elsewhere, and files are named from there.
const folder = process.env.INIT_CWD ?? process.cwd()

await runScript(async ({ release }) => {
  const write = process.stdout.write
  process.stdout.write = process.stderr.write.bind(process.stderr)
  try {
    await prepare()
  } finally {
    process.stdout.write = write
  }
  // From here on the command answers the signals.
  release()
  process.chdir(folder)
  const doctor = process.argv.indexOf('doctor')
  // Flags of all commands may be before the command.
  if (doctor > 1 && process.argv.slice(2, doctor).every((word) => ['--json', '--no-color'].includes(word))) {
    process.argv.splice(doctor, 1)
    await import(new URL('../../apps/doctor/dist/main.js', import.meta.url))
  } else await import(new URL('../../apps/cli/dist/main.js', import.meta.url))
})
