import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What made a link: the request, and its span where that was traced. */
export class RequestIds1764350000000 implements MigrationInterface {
  readonly name = 'RequestIds1764350000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE link ADD COLUMN request_id text, ADD COLUMN traceparent text')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE link DROP COLUMN request_id, DROP COLUMN traceparent')
  }
}
