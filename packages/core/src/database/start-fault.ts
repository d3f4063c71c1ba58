import { isDatabaseAway } from './away.js'

/** What it means that PostgreSQL does not let somebody in, by SQLSTATE. */
const REFUSED: Readonly<Record<string, (where: string, url: URL) => string>> = {
  '28P01': (where, { username }) =>
    `${where} does not take the password of ${username}. Check the one in DATABASE_URL, DATABASE_PASSWORD, or the ` +
    `process's own, such as API_DATABASE_PASSWORD.`,
  '28000': (where, { username }) =>
    `${where} does not let ${username} in. Check its pg_hba.conf, and that the role is there ` +
    '(docs/operations.md, Roles).',
  '3D000': (where, { pathname }) =>
    `${where} has no database ${decodeURIComponent(pathname.slice(1))}. Make it, or name another one.`,
  '42501': (where, { username }) =>
    `${where} denies ${username} what it needs. Run the migration: it grants the rights anew ` +
    '(docs/operations.md, Roles).',
}

/**
 * What an error of PostgreSQL at the start means for the operator, in words of ours that name DATABASE_URL, with
 * neither password nor query; undefined of any other error.
 */
export function databaseFault(error: unknown, databaseUrl: string): string | undefined {
  const url = new URL(databaseUrl)
  const where = `DATABASE_URL: PostgreSQL at ${url.hostname}:${url.port || '5432'}`
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } }
  const state = String(code ?? driverError?.code ?? '')
  const refused = Object.hasOwn(REFUSED, state) ? REFUSED[state] : undefined
  if (refused !== undefined) return refused(where, url)
  if (!isDatabaseAway(error)) return undefined
  const how = state === '' ? 'no answer in time' : state
  return `${where} cannot be reached (${how}). Check that it runs there, and that no firewall is between.`
}
