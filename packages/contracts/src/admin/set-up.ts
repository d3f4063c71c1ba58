import { z } from 'zod'

const address = z.object({
  url: z.string().describe('Without a slash at the end'),
  source: z
    .enum(['setting', 'proxy', 'host', 'connection'])
    .describe(
      '`setting`: PUBLIC_API_URL or PUBLIC_PROXY_URL. `proxy`: as a reverse proxy of TRUSTED_PROXIES tells. `host`: by the name in the address of this request. `connection`: where this request came to',
    ),
})

export const setUpViewSchema = z.object({
  addresses: z
    .object({
      api: address.describe('Where programs find the API'),
      proxy: address.describe('What links to files begin with'),
      unbelievedProxy: z
        .string()
        .nullable()
        .describe('A reverse proxy that passed this request on and is not in TRUSTED_PROXIES'),
    })
    .describe('As whoever sends this request is told of them'),
  steps: z
    .object({
      storage: z.boolean().describe('A fetcher has found the store, and it takes files'),
      hostAccount: z.boolean().describe('There is a host account that is on'),
      user: z.boolean().describe('Somebody beside the first operator can sign in, or is invited'),
      file: z.boolean().describe('A file has come in'),
    })
    .describe('What is done, by what there is'),
  dismissed: z.boolean().describe('Nobody wants to be reminded of what is left'),
})
export type SetUpView = z.infer<typeof setUpViewSchema>

export const setUpChangeSchema = z.strictObject({
  dismissed: z.boolean().describe('Whether the overview leaves out what is left of the set-up'),
})
export type SetUpChange = z.infer<typeof setUpChangeSchema>
