/** The token of an `Authorization` field of the scheme Bearer (RFC 6750 §2.1); undefined without one. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1]
}
