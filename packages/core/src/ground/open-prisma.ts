import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { toFleetError } from './database-error.ts'
import { PrismaClient } from './generated/client.ts'

/**
 * Prisma's client on a pool. Its calls throw FleetErrors, and its instants are right in every time zone of the session: a
 * server may have any, and behind a transaction pooler no session setting is sent.
 */
export function openPrisma(pool: pg.Pool): PrismaClient {
  pool.on('connect', readWithOffsets)
  return withFleetErrors(new PrismaClient({ adapter: new Adapter(pool, { disposeExternalPool: false }) }))
}

type Query = Parameters<Awaited<ReturnType<PrismaPg['connect']>>['queryRaw']>[0]
type Queryable = {
  queryRaw(query: Query): Promise<unknown>
  executeRaw(query: Query): Promise<unknown>
}

/** Sends instants with their offset. PrismaPg (7.10) sends them in UTC without it: prisma/prisma#28629. */
class Adapter extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = sendOffsets(await super.connect())
    const startTransaction = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (level) => sendOffsets(await startTransaction(level))
    return adapter
  }
}

function sendOffsets<Kind extends Queryable>(queryable: Kind): Kind {
  const queryRaw = queryable.queryRaw.bind(queryable)
  const executeRaw = queryable.executeRaw.bind(queryable)
  queryable.queryRaw = (query) => queryRaw(withOffsets(query))
  queryable.executeRaw = (query) => executeRaw(withOffsets(query))
  return queryable
}

function withOffsets(query: Query): Query {
  const isInstant = query.argTypes.map((type) => type.scalarType === 'datetime')
  if (!isInstant.includes(true)) return query
  return {
    ...query,
    args: query.args.map((arg, at) => (isInstant[at] ? textOf(arg) : arg)),
    argTypes: query.argTypes.map((type, at) => (isInstant[at] ? { ...type, scalarType: 'string' } : type)),
  }
}

/** An instant, or a list of them, in ISO 8601; null stays null. */
function textOf(arg: unknown): unknown {
  if (Array.isArray(arg)) return arg.map(textOf)
  return arg === null ? null : new Date(arg as string | Date).toISOString()
}

type TypeParsers = pg.CustomTypesConfig
type Config = { types?: TypeParsers }

const parseInstant: (text: string) => Date | number = pg.types.getTypeParser(
  pg.types.builtins.TIMESTAMPTZ,
  'text',
)

/** The instant in UTC. What no Date can hold, such as infinity, stays as it is. */
function inUtc(text: string): string {
  const at = parseInstant(text)
  return at instanceof Date && !Number.isNaN(at.getTime()) ? at.toISOString() : text
}

/** Reads instants by their offset. The parsers of PrismaPg (7.10) replace it by that of UTC: prisma/prisma#26786. */
function readWithOffsets(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  client.query = ((config: Config, ...rest: unknown[]) =>
    query(
      config.types === undefined ? config : { ...config, types: withInstants(config.types) },
      ...rest,
    )) as typeof client.query
}

function withInstants(types: TypeParsers): TypeParsers {
  return {
    getTypeParser: ((oid, format) =>
      oid === pg.types.builtins.TIMESTAMPTZ && format !== 'binary'
        ? inUtc
        : types.getTypeParser(oid, format)) as TypeParsers['getTypeParser'],
  }
}

function withFleetErrors(client: PrismaClient): PrismaClient {
  const extended = client.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return await query(args)
        } catch (error) {
          throw toFleetError(error)
        }
      },
    },
  })
  // The extension adds no method and changes no type.
  return extended as unknown as PrismaClient
}
