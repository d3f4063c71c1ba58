import { TRANSITIONS, isInSql } from '../files/index.js'
import { isUnendedSql, isWantedSql } from '../links/index.js'
import { NIL_ID } from '../walk/index.js'

/*
 * Walks of new name patterns over all names that are there already, in the order of the ids. Patterns are at different
 * places; the one furthest behind says where a page begins.
 */

/** A file `f` with bytes, a fetch or links. */
export const AFFECTED = `(${isInSql(TRANSITIONS.block.from, 'f')} OR ${isWantedSql('f.id')})`

export interface NamedRow {
  id: string
  /** null: there is nothing to revoke. */
  name: string | null
}

export interface NamedLink extends NamedRow {
  fileId: string
}

/** Statements; `$1` are the ids of patterns. */
export interface NameWalk {
  /** The next page, at most `$2` rows. */
  page: string
  /** Notes that `$2` is how far the patterns are; they never go back. */
  goOn: string
  /** Notes that there is no more; undefined: with that the patterns are enforced. */
  end?: string
}

const leastSql = (column: string): string =>
  `(SELECT ${column} FROM block WHERE id = ANY($1) ORDER BY ${column} NULLS FIRST LIMIT 1)`

export const FILES: NameWalk = {
  page: `
    SELECT id, CASE WHEN ${AFFECTED} THEN name END AS name
      FROM (SELECT id, name, state, object_key FROM source_file
             WHERE id > coalesce(${leastSql('enforced_to')}, '${NIL_ID}') ORDER BY id LIMIT $2) f
     ORDER BY id`,
  goOn: `UPDATE block SET enforced_to = $2 WHERE id = ANY($1) AND (enforced_to IS NULL OR enforced_to < $2)`,
  end: `UPDATE block SET enforced_links_to = '' WHERE id = ANY($1) AND enforced_links_to IS NULL`,
}

/** Links whose users' own documents name the file. */
export const LINKS: NameWalk = {
  page: `
    SELECT id, file_id AS "fileId", name FROM link
     WHERE ${isUnendedSql('link')} AND name IS NOT NULL AND id > ${leastSql('enforced_links_to')}
     ORDER BY id LIMIT $2`,
  goOn: `UPDATE block SET enforced_links_to = $2 WHERE id = ANY($1) AND enforced_links_to < $2`,
}
