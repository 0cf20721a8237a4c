import { expect, test } from 'vitest'
import { planStart } from '../src/plan.ts'
import { summarize } from '../src/summary.ts'

const url = 'http://127.0.0.1:3333'
const key = (made: boolean) => ({ value: 'zf_admin_secret', made, file: "/clone's/.zapfleet/admin-key" })

test('shows the keys on the first start only', () => {
  const plan = planStart({}, [], '/clone')
  const summaryOf = (made: boolean) =>
    summarize(
      plan,
      {
        url,
        simulatorUrl: 'http://127.0.0.1:9',
        evolutionProblem: null,
        demo: null,
        admin: key(made),
        bot: key(made),
      },
      1234,
    )
  expect(summaryOf(true)).toContain('zf_admin_secret')
  expect(summaryOf(false)).not.toContain('zf_admin_secret')
  // The start that made the keys may have failed before it showed them.
  expect(summaryOf(false)).toMatch(/^ {2}Keys {7}in \/clone\/\.zapfleet: admin-key and admin-key$/m)
})

test('its commands read the key from its file, whatever the name of the folder', () => {
  const plan = planStart({}, [], '/clone')
  const text = summarize(
    plan,
    { url, simulatorUrl: null, evolutionProblem: null, demo: null, admin: key(false), bot: key(false) },
    1,
  )
  expect(text).toContain(`-H "x-api-key: $(cat '/clone'\\''s/.zapfleet/admin-key')"`)
})

test('names your own servers, and reads your keys from the environment', () => {
  const plan = planStart({ DATABASE_URL: 'postgres://x', EVOLUTION_API_URL: 'http://x' }, [], '/clone')
  const text = summarize(
    plan,
    { url, simulatorUrl: null, evolutionProblem: null, demo: null, admin: null, bot: null },
    1,
  )
  expect(text).toContain('yours (DATABASE_URL)')
  expect(text).toContain('yours (EVOLUTION_API_URL)')
  expect(text).toContain('"x-api-key: $ADMIN_API_KEY"')
  expect(text).not.toMatch(/simulated|example numbers/)
})

test('names the dashboard first', () => {
  const text = summarize(
    planStart({}, [], '/clone'),
    { url, simulatorUrl: null, evolutionProblem: null, demo: null, admin: key(true), bot: key(true) },
    1,
  )
  expect(text).toMatch(/Dashboard {2}http:\/\/127\.0\.0\.1:3333 /)
})

test.each([
  ['unreachable', /nothing answers at EVOLUTION_API_URL\.\nStart Evolution/],
  ['not_evolution', /no Evolution API/],
  ['unlicensed', /its licence is not activated[\s\S]*\/manager/],
  ['database_away', /its own database does not answer[\s\S]*restart Evolution/],
  ['key_refused', /refuses EVOLUTION_API_KEY/],
  ['key_of_one_instance', /token of one instance[\s\S]*do not delete them/],
])('does not report ready with an Evolution that cannot be used: %s', (evolutionProblem, expected) => {
  const plan = planStart({ EVOLUTION_API_URL: 'http://x' }, [], '/clone')
  const text = summarize(
    plan,
    { url, simulatorUrl: null, demo: null, evolutionProblem, admin: null, bot: null },
    1,
  )
  expect(text).not.toContain('zapfleet is ready')
  expect(text).toContain('zapfleet runs (0.0 s), but cannot use Evolution')
  expect(text).toMatch(expected)
  expect(text).toContain('npm run doctor')
})
