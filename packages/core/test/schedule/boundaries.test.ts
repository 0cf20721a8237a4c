import { expect, it } from 'vitest'
import { readBoundaries } from '../../src/index.ts'
import { testFleet } from '../support/fleet.ts'

const { fleet, clock } = await testFleet()

it.each([
  [
    'America/Sao_Paulo',
    'an hour and a day',
    '2026-05-05T12:34:56.789Z',
    '2026-05-05T13:00Z',
    '2026-05-06T03:00Z',
  ],
  [
    'America/Sao_Paulo',
    'the boundary itself',
    '2026-05-06T03:00:00Z',
    '2026-05-06T04:00Z',
    '2026-05-07T03:00Z',
  ],
  [
    'America/Sao_Paulo',
    'a midnight that does not exist',
    '2018-11-04T02:10Z',
    '2018-11-04T03:00Z',
    '2018-11-04T03:00Z',
  ],
  ['America/Sao_Paulo', 'a day of 23 hours', '2018-11-04T03:10Z', '2018-11-04T04:00Z', '2018-11-05T02:00Z'],
  ['America/Sao_Paulo', 'a day of 25 hours', '2019-02-16T02:10Z', '2019-02-16T03:00Z', '2019-02-17T03:00Z'],
  ['America/Sao_Paulo', 'its doubled hour', '2019-02-17T01:30Z', '2019-02-17T02:00Z', '2019-02-17T03:00Z'],
  [
    'Asia/Kathmandu',
    'hours that begin at a quarter',
    '2026-05-05T12:34Z',
    '2026-05-05T13:15Z',
    '2026-05-05T18:15Z',
  ],
  [
    'Asia/Kolkata',
    'hours that begin at the half',
    '2026-05-05T12:34Z',
    '2026-05-05T13:30Z',
    '2026-05-05T18:30Z',
  ],
  ['UTC', 'no offset', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00Z', '2027-01-01T00:00Z'],
])('in %s it computes when the windows end: %s', async (timeZone, _what, at, nextHour, nextDay) => {
  clock.set(at)
  expect(await readBoundaries({ ...fleet, timeZone })).toEqual({
    at: new Date(at),
    nextHour: new Date(nextHour),
    nextDay: new Date(nextDay),
  })
})
