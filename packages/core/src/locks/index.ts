import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm'

/**
 * Row locks, in the one order that cannot deadlock: files by ascending id, then accounts by ascending id. No other
 * place takes row locks on these tables. Read committed isolation; a conflict that PostgreSQL reports all
 * the same (deadlock with an operator's own SQL, serialization) is tried again, since nothing was committed.
 */
const RETRIED_CODES = new Set(['40P01', '40001'])

/** One transaction; its work is repeated up to three times if PostgreSQL broke it off. */
export async function transaction<T>(
  database: DataSource,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(work)
    } catch (error) {
      if (attempt >= 3 || !(error instanceof QueryFailedError)) throw error
      if (!RETRIED_CODES.has((error.driverError as { code?: string }).code ?? '')) throw error
    }
  }
}

export async function lockFile(tx: EntityManager, fileId: string): Promise<void> {
  await tx.query('SELECT 1 FROM source_file WHERE id = $1 FOR UPDATE', [fileId])
}

/** Several at once, by ascending id. */
export async function lockFiles(tx: EntityManager, fileIds: readonly string[]): Promise<void> {
  await tx.query('SELECT 1 FROM source_file WHERE id = ANY($1) ORDER BY id FOR UPDATE', [fileIds])
}

/** After the file's lock, never before. */
export async function lockAccounts(tx: EntityManager, accountIds: readonly string[]): Promise<void> {
  await tx.query('SELECT 1 FROM account WHERE id = ANY($1) ORDER BY id FOR UPDATE', [accountIds])
}

/** Who adds to what belongs to a link, one at a time. No other lock is taken after it. */
export async function lockLink(tx: EntityManager, linkId: string): Promise<void> {
  await tx.query('SELECT 1 FROM link WHERE id = $1 FOR NO KEY UPDATE', [linkId])
}

/**
 * No password of an account becomes another one until the transaction is over. Whether it is still that with this hash;
 * without a hash, whether there is any way to sign in.
 */
export async function shareLockSignIn(
  tx: EntityManager,
  accountId: string,
  passwordHash?: string,
): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `SELECT 1 FROM sign_in WHERE account_id = $1 AND ($2::text IS NULL OR password_hash = $2) FOR SHARE`,
    [accountId, passwordHash ?? null],
  )
  return rows.length === 1
}

/** Nobody signs in to the account until the transaction is over; who waits for that looks again. */
export async function lockSignIn(tx: EntityManager, accountId: string): Promise<void> {
  await tx.query('SELECT 1 FROM sign_in WHERE account_id = $1 FOR UPDATE', [accountId])
}

/** Class of the advisory locks on platforms; the second number is the platform's. */
const PLATFORM_LOCK = 0x0bc

/** One worker at a time chooses what a platform fetches next. Before any row lock. */
export async function lockPlatform(tx: EntityManager, platform: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [PLATFORM_LOCK, platform])
}

/** Class of the advisory locks on the operator's accounts of a platform; the second number is the platform's. */
const HOST_ACCOUNTS_LOCK = 0x0be

/** One at a time says that an account is not there yet, and makes it. */
export async function lockHostAccounts(tx: EntityManager, platform: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [HOST_ACCOUNTS_LOCK, platform])
}

/** The advisory lock on the block list. */
const BLOCKS_LOCK = 0x0bd

/** A block is being added: nobody comes to an end of a fetch between reading the list and committing. */
export async function lockBlocks(tx: EntityManager): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, 0)', [BLOCKS_LOCK])
}

/** The block list, read after this, holds until the end of the transaction, but for what is removed. */
export async function readLockBlocks(tx: EntityManager): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock_shared($1, 0)', [BLOCKS_LOCK])
}

/** The advisory lock on who is an operator. */
const OPERATORS_LOCK = 0x0bf

/** One at a time says how many operators there are, and makes it one more or fewer. Before any row lock. */
export async function lockOperators(tx: EntityManager): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, 0)', [OPERATORS_LOCK])
}

/** Class of the advisory locks on what accounts are told of; the second number is the account's. */
const NOTIFICATIONS_LOCK = 0x0c1

/** One change at a time of what an account is told of. Before any row lock. */
export async function lockNotifications(tx: EntityManager, accountId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [NOTIFICATIONS_LOCK, accountId])
}
