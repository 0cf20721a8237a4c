/** A migration of this release. `checksum`: SHA-256 of its SQL, as Prisma keeps it. */
export type Migration = { name: string; sql: string; checksum: string }

/** A row of Prisma's table that was not rolled back. */
export type RecordedMigration = { migration_name: string; checksum: string; finished_at: Date | null }

/** The difference between a release and a database, by the names of migrations, each list in order. */
export type MigrationState = {
  /** Not applied yet. */
  missing: string[]
  /** Begun and not finished. */
  failed: string[]
  /** Applied from another text than this release has. */
  edited: string[]
  /** Applied by a release that is newer than this one. */
  unknown: string[]
}

/** Compares the migrations of this release with those that a database records. */
export function compareMigrations(
  ours: readonly Migration[],
  recorded: readonly RecordedMigration[],
): MigrationState {
  const known = new Map(recorded.map((row) => [row.migration_name, row]))
  const names = (keep: (row: RecordedMigration | undefined, migration: Migration) => boolean): string[] =>
    ours.filter((migration) => keep(known.get(migration.name), migration)).map(({ name }) => name)
  const own = new Set(ours.map(({ name }) => name))
  return {
    missing: names((row) => row === undefined),
    failed: names((row) => row !== undefined && row.finished_at === null),
    edited: names(
      (row, { checksum }) => row !== undefined && row.finished_at !== null && row.checksum !== checksum,
    ),
    unknown: [...known.keys()].filter((name) => !own.has(name)).sort(),
  }
}
