/** Everything an error could put into a log: messages, stacks, own properties, the whole chain of causes. */
export function everythingAbout(error: unknown): string {
  const parts: string[] = []
  for (let link = error, depth = 0; link !== undefined && depth < 10; depth++) {
    if (!(link instanceof Error)) {
      parts.push(JSON.stringify(link) ?? '')
      break
    }
    parts.push(
      link.name,
      link.message,
      link.stack ?? '',
      JSON.stringify(link, Object.getOwnPropertyNames(link)),
    )
    link = link.cause
  }
  return parts.join('\n')
}

/** secretsIn returns what must not be told of a session token: itself, or the values of cookies and fields in it. */
export function secretsIn(token: string | undefined): string[] {
  if (token === undefined) return []
  let json: unknown
  try {
    json = JSON.parse(token)
  } catch {
    return [token]
  }
  const cookies = (json as { cookies?: { value?: unknown }[] } | null)?.cookies
  const values = Array.isArray(cookies)
    ? cookies.map(({ value }) => value)
    : Object.values(Object(json) as object)
  return [token, ...values.filter((value): value is string => typeof value === 'string' && value.length >= 6)]
}
