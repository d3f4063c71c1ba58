import type { CustomFetch } from 'openid-client'

/** Of an answer, bytes: those of providers are a few KB. */
const MAX_ANSWER = 1024 * 1024

/** The provider does not answer, or not like one; its message is for logs. */
export class ProviderAway extends Error {
  override readonly name = 'ProviderAway'
}

/**
 * How the gateway asks the provider, bounded in time by the signal that it is given, and here in size; redirects are not
 * followed. The address guard of fetchers has no part in it: that keeps users from choosing what is asked, and here it is
 * the operator who has chosen, by OIDC_ISSUER. Providers are often in the operator's own network, and what else is asked
 * (keys, tokens, claims) is where the provider says, over HTTPS where its own address is.
 */
export const boundedFetch: CustomFetch = async (url, options) => {
  try {
    const response = await fetch(url, options as RequestInit)
    if (response.status >= 500) throw new ProviderAway(`HTTP ${response.status} of ${new URL(url).pathname}`)
    const body = await bounded(response)
    const { status, statusText, headers } = response
    return new Response(body, { status, statusText, headers })
  } catch (error) {
    if (error instanceof ProviderAway) throw error
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
    throw new ProviderAway([message, cause?.code ?? cause?.message].filter(Boolean).join(': '))
  }
}

/** null where an answer may have no body. */
async function bounded(response: Response): Promise<Buffer | null> {
  if (response.body === null) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > MAX_ANSWER) throw new ProviderAway(`an answer of more than ${MAX_ANSWER} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
