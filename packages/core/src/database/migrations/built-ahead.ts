/*
 * Indexes of tables with millions of rows, built before the migration that makes them (build-ahead.ts): while they are
 * built everybody goes on reading and writing, and the migration, which keeps writers out, only renames them. Where
 * that did not happen, as in a database that is new, the migration builds them itself.
 */

interface LargeIndex {
  /** The migration that makes it, by its name. */
  migration: string
  /** What stands behind ON. */
  definition: string
}

const of = (migration: string, definitions: Readonly<Record<string, string>>): [string, LargeIndex][] =>
  Object.entries(definitions).map(([name, definition]) => [name, { migration, definition }])

/** By their names. */
export const BUILT_AHEAD: ReadonlyMap<string, LargeIndex> = new Map([
  ...of('Growth1764120000000', {
    source_file_leased: `source_file (platform) WHERE state = 'downloading'`,
    source_file_stored: `source_file (last_access_at, id)
      WHERE state = 'done' AND object_key IS NOT NULL AND NOT pinned`,
    source_file_evicted: `source_file (last_access_at, id)
      WHERE state = 'done' AND object_key IS NULL AND NOT pinned`,
    source_file_upload: `source_file (upload_id) WHERE upload_id IS NOT NULL`,
    source_file_sha256: `source_file USING hash (sha256) WHERE sha256 IS NOT NULL`,
    source_file_url: `source_file USING hash (canonical_url)`,
    source_file_blocked: `source_file (refused_until) WHERE refusal = 'file_blocked'`,
    source_file_unlinked: `source_file (updated_at)
      WHERE wanted_at IS NULL AND state IN ('idle', 'error') AND NOT pinned AND refusal IS DISTINCT FROM 'file_blocked'`,
    link_expiry: `link (expires_at, id) WHERE ended_at IS NULL`,
    link_file: `link (file_id, ended_at)`,
    link_ended: `link (ended_at) WHERE ended_at IS NOT NULL`,
  }),
  ...of('Usage1764130000000', {
    source_file_listed: `source_file (updated_at, id)`,
    traffic_entry_listed: `traffic_entry (account_id, id)`,
  }),
  ...of('Waiting1764200000000', {
    source_file_wanted: `source_file (next_attempt_at) WHERE state = 'pending' AND next_attempt_at IS NOT NULL`,
  }),
  ...of('LinkLists1764270000000', {
    link_listed: `link (account_id, created_at, id)`,
    link_unended: `link (account_id, created_at, id) WHERE ended_at IS NULL`,
  }),
])

/**
 * The first statement of a migration that changes several of the tables that every request writes: one that holds some
 * and waits for others while it is at work would be in a deadlock with them.
 */
export const LOCK_BUSY_TABLES =
  'LOCK TABLE source_file, account, link, traffic_entry IN ACCESS EXCLUSIVE MODE'

/** Its name until the migration takes it. */
export const aheadName = (name: string): string => `ahead_${name}`

/** The statement by which a migration makes one of them. */
export function takeIndex(name: string): string {
  const index = BUILT_AHEAD.get(name)
  if (index === undefined) throw new Error(`${name} is not built ahead`)
  return `DO $$ BEGIN
    IF to_regclass('${aheadName(name)}') IS NOT NULL THEN ALTER INDEX ${aheadName(name)} RENAME TO ${name};
    ELSE CREATE INDEX ${name} ON ${index.definition};
    END IF;
  END $$`
}
