/*
 * When a link counts: pairs of a function over a row that was read and `…Sql`, the same as a condition. A leaf that
 * imports no feature, so that every one may ask; files do, on which links build.
 */

interface Ends {
  endedAt: Date | null
}

interface Expires extends Ends {
  expiresAt: Date
}

/** It takes a slot, keeps its file, and its account gets no second one; also past its time, until that is noted. */
export function isUnended({ endedAt }: Ends): boolean {
  return endedAt === null
}

export function isUnendedSql(alias: string): string {
  return `${alias}.ended_at IS NULL`
}

/** Somebody has a right to the file: one of its links is unended. */
export function isWanted(links: readonly Ends[]): boolean {
  return links.some(isUnended)
}

/** `fileId`: an SQL expression. */
export function isWantedSql(fileId: string): string {
  return `EXISTS (SELECT FROM link WHERE link.file_id = ${fileId} AND ${isUnendedSql('link')})`
}

/** Its time is over, which does not begin to count before its file is whole. `now`: epoch ms. */
export function isExpired(
  { expiresAt }: Pick<Expires, 'expiresAt'>,
  file: { state: string },
  now: number,
): boolean {
  return file.state === 'done' && expiresAt.getTime() <= now
}

export function isExpiredSql(link: string, file: string, now: string): string {
  return `(${file}.state = 'done' AND ${link}.expires_at <= ${now})`
}

/** Its account may use it. `now`: epoch ms. */
export function isLive(link: Expires, file: { state: string }, now: number): boolean {
  return isUnended(link) && !isExpired(link, file, now)
}

export function isLiveSql(link: string, file: string, now: string): string {
  return `(${isUnendedSql(link)} AND NOT ${isExpiredSql(link, file, now)})`
}
