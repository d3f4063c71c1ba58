import { ROLE_HOLDERS } from '@obb/core/config'
import { randomBytes, randomInt } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { readJson, writePrivateJson } from './private-file.js'
import { StartError } from './start-error.js'

/** Those that a backup may bring. */
const broughtSchema = z.object({
  secretsKey: z.string().optional(),
  adminToken: z.string().optional(),
  apiKey: z.string().optional(),
})

const schema = broughtSchema.extend({
  setupCode: z.string().optional(),
  databasePassword: z.string().optional(),
  rolePasswords: z.partialRecord(z.enum(ROLE_HOLDERS), z.string()).optional(),
  /** What a restore brings, by the id of its backup: right once the rows of that are in the database. */
  restoring: broughtSchema.extend({ backup: z.string() }).optional(),
})

/**
 * Secrets are what the stack made up at its first start; kept in `$OBB_HOME/secrets.json`, readable by its owner only.
 */
export type Secrets = z.infer<typeof schema>

const path = (home: string) => join(home, 'secrets.json')

/** Raises StartError if the file is there and cannot be read. */
export function readSecrets(home: string): Secrets {
  try {
    return schema.parse(readJson(path(home)) ?? {})
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error
    throw new StartError(`${path(home)} is damaged. Restore it: without it nothing can be decrypted.`)
  }
}

export function writeSecrets(home: string, secrets: Secrets): void {
  writePrivateJson(path(home), secrets)
}

/** The secrets once a restore is over; `restored`: the id of the backup whose rows are there, if of any. */
export function afterRestore(secrets: Secrets, restored: string | undefined): Secrets {
  const { restoring, ...own } = secrets
  if (restoring === undefined) return secrets
  const { backup, ...brought } = restoring
  return backup === restored ? { ...own, ...brought } : own
}

export const newSecret = (): string => randomBytes(32).toString('hex')

/** No letters that are taken for one another or for digits. */
const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A code that somebody types: `ABCD-EFGH-JKLM`, 60 bits. */
export const newSetupCode = (): string =>
  Array.from({ length: 3 }, () =>
    Array.from({ length: 4 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join(''),
  ).join('-')
