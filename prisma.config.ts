import { defineConfig } from 'prisma/config'

/** For Prisma's own commands (`prisma migrate status`, `prisma studio`) against a database named by DATABASE_URL. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', seed: 'node --import tsx -C @zapfleet/source prisma/seed.ts' },
  ...(process.env.DATABASE_URL ? { datasource: { url: process.env.DATABASE_URL } } : {}),
})
