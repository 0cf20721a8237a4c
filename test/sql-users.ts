/**
 * The folders and files of core that write SQL, each with the reason. All others read and write through Prisma. A new line needs
 * one of these reasons: rows are locked or fenced; one statement stores an act and its event; many rows are read or written at
 * once; each request, probe or second repeats it; what it reads is no model.
 */
export const SQL_USERS: Readonly<Record<string, string>> = {
  'ground/': 'connections, migrations, the moment, leases by compare-and-set, catalogs of the server',
  'reservation/': 'each reserve: a claim locks, counts and stores a batch in one statement',
  'outcome/': 'stores the events of a quarter of a second in one statement, rows locked in order',
  'health/':
    'one statement for a status and its event, rows locked in order; a round reads and stores all instances',
  'delivery/':
    'sums over thousands of recent reservations each 5 s; one statement for judgements and their events, rows locked in order',
  'message/':
    'the queue: rows locked, taken and ended in batches; one statement for a change and its row of the stream',
  'rights/':
    'walks primary keys in slices; a partial index; a function of the database, under the locks of the claim',
  'events/': 'the live feed polls each second and reads pages of rows as one JSON text',
  'endpoint/':
    'polled each second; a position that only moves forward; skips pages of a stream in one statement',
  'alert/alert-sql.ts':
    'each 5 s: the troubled of 10,000 numbers and thousands of reservations at one moment; one fenced statement for what opens and closes, with its notices',
  'alert/read-alert-facts.ts': 'runs the readings',
  'alert/read-notices.ts': 'polled every 2 s; one step into an index for each route; contains of arrays',
  'alert/store-notices.ts': 'claims by the number of tries; several notices and their route in one statement',
  'alert/evaluate-alerts.ts': 'runs the fenced statement',
  'diagnosis/': 'the doctor reads catalogs of a database that may not be migrated',

  'provisioning/move-sql.ts':
    'one statement for an act and its event, the row locked; the leftover in the same one',
  'instance/read-rows.ts':
    'lists of instances at a moment, as one JSON text: a row through Prisma takes 24 µs',
  'contact/announce-contacts.ts': 'a notification, which Prisma does not send',
  'contact/correct-sends.ts': 'many rows in one statement with a notification, which Prisma does not send',
  'contact/store-inbounds.ts': 'many contacts in one statement, under the locks of the claim',
  'contact/inbound-sql.ts': 'the statements of store-inbounds.ts',
  'contact/link-lids.ts': 'many contacts in one statement, under the locks of the claim',
  'contact/lid-sql.ts': 'the statement of link-lids.ts',
  'contact/conversations.ts':
    'a part of the claim; one statement for the contacts of a batch, on the hot pool; a walk over many rows',
  'contact/pool-preference.ts': 'compare-and-set, which Prisma has no call for',
  'contact/preference.ts': 'compare-and-set over two tables under the locks of the claim',
  'contact/preference-cache.ts': 'each reserve: contacts of a batch',
  'contact/merge-contact-forms.ts': 'functions of the database that lock and merge rows of three tables',
  'contact/count-contacts.ts': 'sums over a million contacts in two tables',
  'contact/read-person.ts': 'the condition of a partial index, in one statement with the row',
  'contact/read-contact-refs.ts': 'a function of the database',
  'contact/block-contact.ts': 'a function of the database, under the locks of the claim',
  'contact/link-contact.ts': 'a function of the database, under the locks of the claim',
  'contact/unlink-contact.ts': 'functions of the database, under the locks of the claim',
  'contact/read-talks.ts': 'walks the primary key of reservations in slices, and returns a few names of each',
  'contact/read-last-form.ts': 'walks the primary key of reservations in slices, and returns one row of each',

  'key/create-key.ts': 'counts the valid keys under a lock, and inserts, in one statement',
  'key/rotate-key.ts': 'ends one key and makes another in one statement, under the same lock',
  'key/revoke-key.ts': 'a function of the database, under the same lock',
  'key/open-key-cache.ts': 'each second: up to 2,000 keys',
  'key/keep-current.ts': 'stores many uses at once, rows locked in order',

  'session/begin-session.ts':
    'inserts a session and removes ended ones, skipping locked rows, in one statement',
  'session/end-sessions.ts': 'deletes under locks in order, and returns the ids',
  'session/open-session-cache.ts': 'each second: the sessions in use',

  'provisioning/register-instance.ts':
    'one statement for an act and its event; columns that another program added',
  'provisioning/removals.ts': 'one statement for an act and its event',
  'provisioning/update-instance.ts': 'one statement for an act and its event, under a lock',
  'provisioning/watch-unfinished.ts':
    'each 15 s, in one statement with the other reads of the leading scheduler',
  'provisioning/with-free-phone.ts': 'compares the last digits of phones that people wrote in any form',

  'schedule/record-run.ts': 'a run begins only under the lease: fencing in the statement that inserts it',
  'schedule/read-runs.ts': 'each probe and scrape; the latest run of each job in one statement',
  'schedule/read-boundaries.ts': 'computes windows in the time zone of the fleet; reads no table',
  'schedule/reset-counters.ts': 'writes all instances at once, rows locked in order',
  'schedule/advance-ramps.ts':
    'compare-and-set of many ramps with their events in one statement, rows locked in order',
  'schedule/read-ramp-evidence.ts': 'sums and events of each local day, in the time zone of the fleet',
  'schedule/prune-sql.ts': 'walks primary keys in steps, skipping locked rows',
  'schedule/prune.ts': 'runs the walks',

  'fleet/stats.ts': 'sums over all instances',
  'fleet/read-activity.ts': 'sums over hours and reservations',
  'fleet/read-readiness.ts': 'each probe of readiness, on the connections of the claims',
  'fleet/open-fleet.ts': 'reads the type of clientes.id from the catalog',
}
