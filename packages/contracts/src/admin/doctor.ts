import { z } from 'zod'
import { readinessSchema } from '../readiness.js'
import { isoTime } from './fields.js'
import { mailStateSchema } from './mail.js'

const count = z.number().int().nonnegative()

export const doctorSchema = z.object({
  readiness: readinessSchema.describe('As `/health/ready` tells it'),
  secrets: z
    .object({
      checked: count.describe('Secrets that were looked at'),
      unreadable: count.describe('Sealed with a key that is not configured, or damaged'),
      older: count.describe('Sealed with an older key; `secrets reseal` seals them with the current one'),
    })
    .nullable()
    .describe('What operators sealed; null while the database is away'),
  mail: mailStateSchema.nullable().describe('Mails; null without SMTP_URL, and while the database is away'),
  webhooks: z
    .array(
      z.object({
        email: z.string().describe('Whose it is'),
        since: z.string().describe('Since when; ISO 8601, UTC'),
        error: z.string().nullable().describe('How it failed last'),
      }),
    )
    .nullable()
    .describe('Webhooks that fail for an hour, the first 20; null while the database is away'),
  nightlyBackup: z
    .object({
      since: isoTime('Since when the process runs that makes them'),
      madeAt: isoTime('When the newest one was made; null: there is none').nullable(),
      failedAt: isoTime('When one failed last that none has followed; null: none').nullable(),
      failure: z.string().nullable().describe('Why'),
    })
    .nullable()
    .describe('How nightly backups do; null where they are off, and while the database is away'),
  oidc: z
    .object({
      issuer: z.string().describe('OIDC_ISSUER'),
      fault: z.string().nullable().describe('Why it cannot be used; null: it can'),
    })
    .nullable()
    .describe('The OpenID provider for sign-in; null: none is set'),
  addresses: z
    .object({
      api: z.string().nullable().describe('PUBLIC_API_URL'),
      proxy: z.string().nullable().describe('PUBLIC_PROXY_URL'),
    })
    .describe(
      'PUBLIC_API_URL and PUBLIC_PROXY_URL; null where links follow the address that a client came by',
    ),
})
export type DoctorView = z.infer<typeof doctorSchema>
