import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'
import { BackupError } from './backup-error.js'

/** What an installation was told or made up, without which its database is not worth much. */
export interface InstallationSecrets {
  /** SECRETS_KEY, as hex. */
  secretsKey: string
  adminToken?: string | undefined
  /** Of the user whom `npm start` made. */
  apiKey?: string | undefined
}

const secretsSchema = z.object({
  secretsKey: z.string(),
  adminToken: z.string().optional(),
  apiKey: z.string().optional(),
})

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'))

/** The bounds keep a file of somebody else from taking all memory. */
export const sealedSecretsSchema = z.object({
  scrypt: z.object({
    N: z
      .number()
      .int()
      .min(1024)
      .max(2 ** 18),
    r: z.number().int().min(1).max(16),
    p: z.number().int().min(1).max(4),
    salt: base64,
  }),
  iv: base64,
  tag: base64,
  text: base64,
})

/** 64 MiB and some tenths of a second for each guess. */
const COST = { N: 2 ** 16, r: 8, p: 1 }
const PURPOSE = Buffer.from('obb backup secrets 1')

type Cost = typeof COST

function keyOf(passphrase: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 32, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}

/** By a key that scrypt makes of the passphrase, with AES-256-GCM; as it stands in JSON. */
export async function sealSecrets(
  passphrase: string,
  secrets: InstallationSecrets,
): Promise<z.input<typeof sealedSecretsSchema>> {
  const [salt, iv] = [randomBytes(16), randomBytes(12)]
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt, COST), iv).setAAD(PURPOSE)
  const text = Buffer.concat([cipher.update(JSON.stringify(secrets)), cipher.final()])
  return {
    scrypt: { ...COST, salt: salt.toString('base64') },
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    text: text.toString('base64'),
  }
}

/** Raises BackupError for another passphrase. */
export async function openSecrets(
  passphrase: string,
  { scrypt: { salt, ...cost }, iv, tag, text }: z.output<typeof sealedSecretsSchema>,
): Promise<InstallationSecrets> {
  const key = await keyOf(passphrase, salt, cost)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
    decipher.setAAD(PURPOSE).setAuthTag(tag)
    return secretsSchema.parse(
      JSON.parse(Buffer.concat([decipher.update(text), decipher.final()]).toString()),
    )
  } catch {
    throw new BackupError('The passphrase is not the one of this backup; nothing was changed.')
  }
}
