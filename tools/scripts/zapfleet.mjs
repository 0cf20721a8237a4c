#!/usr/bin/env node
// `./zapfleet`, `npx zapfleet`, `npm run zapfleet -- …`: installs and builds what is not up to date, then becomes the command line
// (apps/cli) or, for `zapfleet doctor`, the doctor (apps/doctor). Progress goes to stderr; stdout is for the output of the command.
import { prepare } from './bootstrap.mjs'
import { runScript } from './run-script.mjs'

// npm runs scripts in the folder of the clone. Relative paths in arguments belong to the folder of the user's shell.
const folder = process.env.INIT_CWD ?? process.cwd()

await runScript(async ({ release }) => {
  const write = process.stdout.write
  process.stdout.write = process.stderr.write.bind(process.stderr)
  try {
    await prepare()
  } finally {
    process.stdout.write = write
  }
  // The command handles the signals from here on.
  release()
  process.chdir(folder)
  const doctor = process.argv.indexOf('doctor')
  // Global flags may come before the command.
  if (doctor > 1 && process.argv.slice(2, doctor).every((word) => ['--json', '--no-color'].includes(word))) {
    process.argv.splice(doctor, 1)
    await import(new URL('../../apps/doctor/dist/main.js', import.meta.url))
  } else await import(new URL('../../apps/cli/dist/main.js', import.meta.url))
})
