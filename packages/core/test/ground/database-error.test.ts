import { expect, it } from 'vitest'
import { DatabaseError, isBadValue, isMissingTable, mayTryAgain } from '../../src/ground/database-error.ts'
import { statement } from '../../src/ground/statement.ts'
import { testFleet } from '../support/fleet.ts'

const { fleet } = await testFleet()
const thrownBy = (text: string, way: 'run' | 'runClaim' | 'runCount'): Promise<DatabaseError> =>
  fleet.sql[way](statement('fails', way === 'runClaim' ? `${text} where $1::text is null` : text), []).then(
    () => expect.fail('the statement did not fail'),
    (error) => error,
  )

it.each(['run', 'runClaim', 'runCount'] as const)(
  '%s throws a DatabaseError with the SQLSTATE',
  async (way) => {
    const error = await thrownBy('select 1 / 0', way)
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toMatchObject({
      name: 'FleetError',
      code: 'UNEXPECTED',
      sqlState: '22012',
      isUnavailable: false,
    })
    expect(error.cause).toMatchObject({ message: 'division by zero' })
    expect(isBadValue(error)).toBe(true)
    expect(isMissingTable(await thrownBy('select from zapfleet.nothing', way))).toBe(true)
  },
)

it('Prisma throws a DatabaseError with the SQLSTATE too', async () => {
  const error = await fleet.sql.prisma.$queryRaw`select 1 / 0`.catch((cause) => cause)
  expect(error).toBeInstanceOf(DatabaseError)
  expect(error).toMatchObject({ sqlState: '22012', isUnavailable: false })
  await fleet.sql.prisma.setting.create({ data: { key: 'twice', value: '' } })
  const twice = await fleet.sql.prisma.setting
    .create({ data: { key: 'twice', value: '' } })
    .catch((cause) => cause)
  expect(twice).toBeInstanceOf(DatabaseError)
  expect(isBadValue(twice)).toBe(true)
})

it('distinguishes a deadlock from a database that cannot answer', () => {
  const deadlock = new DatabaseError({ code: '40P01' })
  expect(deadlock).toMatchObject({ code: 'DATABASE_UNAVAILABLE', isUnavailable: false })
  expect(mayTryAgain(deadlock)).toBe(true)
  for (const cause of [{ code: '57P03' }, { code: 'ECONNREFUSED' }, { code: 'P1001' }]) {
    const error = new DatabaseError(cause)
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE', isUnavailable: true })
    expect(mayTryAgain(error)).toBe(false)
  }
})
