import { z } from 'zod'
import { BackupError } from './backup-error.js'
import { readParts } from './backup-file.js'
import { sealedSecretsSchema } from './sealed-secrets.js'

/** Raised when an older OBB could not read what this one writes. */
export const FORMAT = 1

/** The first part of a backup. */
export const manifestSchema = z.object({
  format: z.literal('obb backup'),
  version: z.number().int(),
  madeAt: z.iso.datetime(),
  /** The version of PostgreSQL that it came from. */
  postgres: z.string(),
  /** The names of all that had run, in their order: what the tables look like. */
  migrations: z.array(z.string()),
  /** Tells which SECRETS_KEY what is sealed in it was sealed with; null where there is none to tell. */
  keyId: z.string().nullable(),
  secrets: sealedSecretsSchema.nullable(),
})
export type Manifest = z.output<typeof manifestSchema>

/** Before the rows of each table. */
export const tableSchema = z.object({ table: z.string(), columns: z.array(z.string()).min(1) })

/** The last part. */
export const summarySchema = z.object({
  rows: z.record(z.string(), z.number().int()),
  sequences: z.array(z.object({ name: z.string(), value: z.string(), called: z.boolean() })),
})

/** Reads all of a file, so that one that is cut or damaged is told before anything is changed. Raises BackupError. */
export async function inspectBackup(path: string): Promise<Manifest> {
  let manifest: Manifest | undefined
  await readParts(path, (part) => {
    if (manifest === undefined) manifest = manifestOf(path, 'json' in part ? part.json : undefined)
  })
  if (manifest === undefined) throw new BackupError(`${path} is no backup of OBB.`)
  return manifest
}

function manifestOf(path: string, json: unknown): Manifest {
  const { version = 0 } = (json ?? {}) as { version?: number }
  if (version > FORMAT)
    throw new BackupError(`${path} was made by a newer OBB than this one. Restore it with that one.`)
  const { data } = manifestSchema.safeParse(json)
  if (data === undefined) throw new BackupError(`${path} is no backup of OBB.`)
  return data
}
