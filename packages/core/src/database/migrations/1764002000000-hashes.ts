import type { MigrationInterface, QueryRunner } from 'typeorm'

/** More hashes of a stored file, and files that stay. */
export class Hashes1764002000000 implements MigrationInterface {
  readonly name = 'Hashes1764002000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

const UP = [
  `ALTER TABLE source_file ADD crc32c text, ADD pinned boolean NOT NULL DEFAULT false`,
  `CREATE TABLE file_pieces (
    file_id uuid NOT NULL,
    generation integer NOT NULL,
    digests bytea NOT NULL,
    CONSTRAINT file_pieces_pkey PRIMARY KEY (file_id)
  )`,
]

const DOWN = [`DROP TABLE file_pieces`, `ALTER TABLE source_file DROP crc32c, DROP pinned`]
