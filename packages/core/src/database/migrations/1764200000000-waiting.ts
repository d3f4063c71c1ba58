import type { MigrationInterface, QueryRunner } from 'typeorm'
import { takeIndex } from './built-ahead.js'

/**
 * Who looks for one file, and not for those whose time has come, never goes through all that wait: to statistics of a time
 * when nothing waited, their index was the quickest way. The smallest file that waits is found in an index.
 */
export class Waiting1764200000000 implements MigrationInterface {
  readonly name = 'Waiting1764200000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

const UP = [
  `DROP INDEX source_file_wanted`,
  takeIndex('source_file_wanted'),
  `CREATE INDEX waiting_fetch_missing ON waiting_fetch (missing) WHERE missing > 0`,
]

const DOWN = [
  `DROP INDEX waiting_fetch_missing`,
  `DROP INDEX source_file_wanted`,
  `CREATE INDEX source_file_wanted ON source_file (next_attempt_at) WHERE state = 'pending'`,
]
