import { spawnSync } from 'node:child_process'

/** Who runs the server. Empty: whoever runs us. */
export interface Identity {
  uid?: number
  gid?: number
}

const ACCOUNT = 'postgres'

function lookUp(flag: '-u' | '-g'): number | undefined {
  const result = spawnSync('id', [flag, ACCOUNT], { encoding: 'utf8', cwd: '/' })
  const id = Number.parseInt(result.stdout ?? '', 10)
  return result.status === 0 && Number.isInteger(id) ? id : undefined
}

function systemAccount(): Identity | undefined {
  const [uid, gid] = [lookUp('-u'), lookUp('-g')]
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/**
 * PostgreSQL refuses to run as root, so root hands it to the system account `postgres`, which is created
 * when it is missing. Everybody else runs it as themselves.
 */
export function serverIdentity(): Identity {
  if (process.getuid?.() !== 0) return {}
  const existing = systemAccount()
  if (existing) return existing
  const created = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', ACCOUNT],
    { encoding: 'utf8', cwd: '/' },
  )
  const identity = systemAccount()
  if (identity) return identity
  throw new Error(
    `PostgreSQL does not run as root, and the account "${ACCOUNT}" could not be created` +
      ` (${created.error?.message ?? created.stderr.trim()}). Run as another user, or set DATABASE_URL.`,
  )
}

/** Whether the server's account may enter and write this directory; the kernel's answer, not the mode bits. */
export function mayUse(directory: string, identity: Identity): boolean {
  const script = 'test -x "$1" && test -w "$1"'
  return spawnSync('/bin/sh', ['-c', script, 'sh', directory], { ...identity, cwd: '/' }).status === 0
}
