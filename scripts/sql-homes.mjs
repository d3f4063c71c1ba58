/*
 * SQL that has one home: who needs it elsewhere calls a function of that home, or puts its fragment into the statement.
 * ESLint refuses it in other production sources (eslint.config.mjs), and scripts/boundaries.mjs proves that it does.
 */
export const SQL_HOMES = [
  {
    what: 'writing to a file’s row',
    instead: 'a function of files/transitions',
    homes: ['packages/core/src/files/transitions/**'],
    sql: String.raw`\b(UPDATE|(INSERT|MERGE)\s+INTO|DELETE\s+FROM|TRUNCATE)\s+(TABLE\s+|ONLY\s+)*\W?source_file\b`,
    calls: {
      methods: '^(insert|into|update|upsert|save|delete|softDelete|remove|increment|decrement|clear)$',
      entity: 'SourceFile',
    },
    violations: [
      "tx.query('UPDATE source_file SET state = $1')",
      'tx.query(`WITH x AS (SELECT 1) UPDATE source_file f SET state = ${state}`)',
      'tx.query(`DELETE\n  FROM source_file WHERE id = ${id}`)',
      'tx.query(\'insert into "source_file" (id) values ($1)\')',
      'tx.update(SourceFile, { id }, { state })',
      'database.createQueryBuilder().insert().into(SourceFile).values(file)',
    ],
  },
  {
    what: 'a link is unended',
    instead: 'isUnendedSql, isLiveSql or isWantedSql of links/liveness',
    homes: ['packages/core/src/links/liveness.ts', 'packages/core/src/links/link.table.ts'],
    sql: String.raw`\bended_at\s+IS\s+(NOT\s+)?NULL\b`,
    violations: [
      "tx.query('SELECT 1 FROM link WHERE ended_at IS NULL')",
      'tx.query(`${x} AND l.ended_at is not null`)',
    ],
  },
  {
    what: 'a link ends',
    instead: 'a function of links/endings',
    homes: ['packages/core/src/links/endings.ts'],
    sql: String.raw`\bSET\s+ended_at\b`,
    violations: ["tx.query(`UPDATE link SET ended_at = $2, end_reason = 'expired' WHERE id = $1`)"],
  },
  {
    what: 'an account may act',
    instead: 'mayActSql of accounts/standing',
    homes: ['packages/core/src/accounts/standing.ts'],
    sql: String.raw`\bstate\s*(=|<>|!=)\s*'active'`,
    violations: [
      `tx.query("SELECT 1 FROM account WHERE state = 'active'")`,
      "tx.query(`${x} AND a.state <> 'active'`)",
    ],
  },
  {
    what: 'a file is due',
    instead: 'isDueSql or isLeasedSql of files/file-states',
    homes: ['packages/core/src/files/file-states.ts'],
    sql: String.raw`\b(next_attempt_at|lease_until)\s*[<>]`,
    violations: [
      "tx.query('SELECT 1 FROM source_file WHERE lease_until > $1')",
      'tx.query(`f.next_attempt_at <= ${now}`)',
    ],
  },
]
