import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Canonical URLs of plain links have a digest in place of their query. What was blocked by such a URL is blocked by the
 * new one as well; a platform that keeps queries has its old one, which stays.
 */
export class Queries1764141000000 implements MigrationInterface {
  readonly name = 'Queries1764141000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      INSERT INTO block (id, kind, value, reason, created_at, enforced_at)
      SELECT gen_random_uuid(), kind,
             split_part(value, '?', 1) || '?sha256-' ||
               left(encode(sha256(convert_to(substr(value, position('?' IN value)), 'UTF8')), 'hex'), 32),
             reason, created_at, enforced_at
        FROM block WHERE kind = 'url' AND value LIKE '%?%'
      ON CONFLICT DO NOTHING`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DELETE FROM block WHERE kind = 'url' AND value ~ '\\?sha256-[0-9a-f]{32}$'")
  }
}
