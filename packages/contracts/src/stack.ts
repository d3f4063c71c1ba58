import { z } from 'zod'
import { readinessSchema } from './readiness.js'

/** restartedSchema is what `npm start` answers to POST /restart on its socket (`control` of ready.json). */
export const restartedSchema = z.array(
  z.object({
    app: z.string(),
    processes: z.number().int().describe('How many of them were replaced'),
  }),
)
export type Restarted = z.infer<typeof restartedSchema>

/** What `./obb backup` and `./obb restore` have done, by a process that is the owner of the database. */
export const backupOrderSchema = z.object({
  /** Absolute. */
  path: z.string(),
  /** Without SECRETS_KEY, and so without a passphrase. */
  withoutSecrets: z.boolean(),
  command: z.enum(['backup', 'restore', 'show-secrets']),
  /** Of a backup: a file that is there may go. Of a restore: what is in the database may. */
  replace: z.boolean(),
})
export type BackupOrder = z.infer<typeof backupOrderSchema>

/** What that process says: that it needs the passphrase, and what came of it. */
export const backupMessageSchema = z.union([
  z.object({ needs: z.literal('passphrase') }),
  z.object({ failed: z.string() }),
  z.object({
    done: z.object({
      /** When the rows were as they are in the backup. */
      madeAt: z.iso.datetime(),
      /** How many of each table; of a backup and a restore. */
      rows: z.record(z.string(), z.number()).optional(),
      /** Whether SECRETS_KEY is in the file. */
      hasSecrets: z.boolean(),
      /** Of a restore: whether what is sealed in the database can be opened now. */
      isKeyRight: z.boolean().optional(),
      /** Of show-secrets. */
      secretsKey: z.string().optional(),
    }),
  }),
])
export type BackupMessage = z.infer<typeof backupMessageSchema>
export type BackupDone = Extract<BackupMessage, { done: unknown }>['done']

/** How a process of the stack stands. */
export const processHealthSchema = z.object({
  app: z.string(),
  pid: z.number().int().nullable(),
  readiness: readinessSchema.nullable().describe('null while it does not answer'),
})
export type ProcessHealth = z.infer<typeof processHealthSchema>

/** The last warnings of each process, and worse, as it wrote them: to GET /log on the socket. */
export const recentLogSchema = z.array(z.object({ app: z.string(), lines: z.array(z.string()) }))
export type RecentLog = z.infer<typeof recentLogSchema>
