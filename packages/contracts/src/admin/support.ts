import { z } from 'zod'
import { readinessSchema } from '../readiness.js'
import { isoTime } from './fields.js'
import { settingViewSchema } from './settings.js'

const counts = z.record(z.string(), z.number().int().nonnegative())

export const supportBundleSchema = z.object({
  format: z.literal('obb support 1').describe('What kind of file this is, and its version'),
  madeAt: isoTime('When it was made'),
  versions: z.record(z.string(), z.string()).describe('Of OBB, Node, the system and PostgreSQL'),
  settings: z.array(settingViewSchema).describe('Every setting, without secrets'),
  readiness: readinessSchema.describe('What the gateway needs, as `/health/ready` tells it'),
  findings: z
    .array(
      z.object({
        status: z.enum(['failing', 'warning']).describe('`failing`: nobody gets files before it is cured'),
        kind: z.string().describe('What is wrong, as on the Overview'),
        about: z.string().nullable().describe('A check, a platform or the state of an account; no names'),
        words: z.string().nullable().describe('As the server or a host put it, scrubbed'),
      }),
    )
    .nullable()
    .describe('What needs a human; null while the database is away'),
  counts: z
    .object({
      links: counts.describe('Links that are not finished, by state of their file'),
      fetches: counts.describe('Files that are fetched or wait for it, by state'),
      users: counts.describe('Users by state'),
      hostAccounts: counts.describe('Host accounts by platform and state'),
      fetchers: z.number().int().nonnegative().describe('Fetchers that are alive'),
    })
    .nullable()
    .describe('Null while the database is away'),
  migrations: z
    .object({
      applied: z.array(z.string()).describe('Those that were made'),
      missing: z.array(z.string()).describe('Those that this version wants and that were not made'),
    })
    .nullable()
    .describe('Of the tables, by name; null while the database is away'),
  log: z
    .record(z.string(), z.array(z.string()))
    .nullable()
    .describe(
      'Last warnings and worse by process, which `./obb support` adds beside `npm start`; null: the gateway keeps none',
    ),
})
export type SupportBundle = z.infer<typeof supportBundleSchema>
