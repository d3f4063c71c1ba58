import { isDatabaseAway } from './away.js'

/** What PostgreSQL has, in words that stand behind its name, and what the operator can do. */
interface DatabaseTrouble {
  detail: string
  action: string
}

type Words = readonly [detail: string | ((role: string, database: string) => string), action: string]

/** What it means that PostgreSQL does not do what it is asked, by SQLSTATE. */
const STATES: Readonly<Record<string, Words>> = {
  '28P01': [
    (role) => `does not take the password of ${role}`,
    "Check the one in DATABASE_URL, DATABASE_PASSWORD, or the process's own, such as API_DATABASE_PASSWORD.",
  ],
  '28000': [
    (role) => `does not let ${role} in`,
    'Check its pg_hba.conf, and that the role is there (docs/operations.md, Roles).',
  ],
  '3D000': [(_role, database) => `has no database ${database}`, 'Make it, or name another one.'],
  '42501': [
    (role) => `denies ${role} what it needs`,
    'Run the migration: it grants the rights anew (docs/operations.md, Roles).',
  ],
  '25006': [
    'takes no changes, as a standby',
    'Name the one that does in DATABASE_URL, or look at its default_transaction_read_only.',
  ],
  '53100': ['has no room on its disk', 'Make room there; what waits goes on by itself.'],
  '53300': [
    'has no connection left',
    'Raise its max_connections, or have OBB take fewer by API_DATABASE_POOL and the others (docs/scale.md).',
  ],
  '57P03': ['is starting or stopping', 'Wait for it; its log says what it is at.'],
}

/** A name that nobody knows is no firewall. */
const UNKNOWN_NAME = /^(ENOTFOUND|EAI_AGAIN)$/
const WITHOUT_TLS = /does not support SSL/

function stateOf(error: unknown): string {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } }
  return String(code ?? driverError?.code ?? '')
}

/**
 * What an error of PostgreSQL means, where that is more than that it cannot be reached; undefined of any other error.
 * Without address, password and query.
 */
export function databaseTrouble(
  error: unknown,
  role = 'this process',
  database = 'of that name',
): DatabaseTrouble | undefined {
  const state = stateOf(error)
  if (Object.hasOwn(STATES, state)) {
    const [detail = '', action = ''] = STATES[state] ?? []
    return { detail: typeof detail === 'string' ? detail : detail(role, database), action }
  }
  if (!(error instanceof Error) || !WITHOUT_TLS.test(error.message)) return undefined
  return { detail: 'speaks no TLS', action: 'Take sslmode out of DATABASE_URL, or turn ssl on there.' }
}

/**
 * What an error of PostgreSQL at the start means for the operator, in words of ours that name DATABASE_URL, with
 * neither password nor query; undefined of any other error.
 */
export function databaseFault(error: unknown, databaseUrl: string): string | undefined {
  const url = new URL(databaseUrl)
  const where = `DATABASE_URL: PostgreSQL at ${url.hostname}:${url.port || '5432'}`
  const trouble = databaseTrouble(error, url.username, decodeURIComponent(url.pathname.slice(1)))
  if (trouble !== undefined) return `${where} ${trouble.detail}. ${trouble.action}`
  if (!isDatabaseAway(error)) return undefined
  const state = stateOf(error)
  const how = state === '' ? 'no answer in time' : state
  const action = UNKNOWN_NAME.test(state)
    ? 'Check the name, and the DNS of this machine.'
    : 'Check that it runs there, and that no firewall is between.'
  return `${where} cannot be reached (${how}). ${action}`
}
