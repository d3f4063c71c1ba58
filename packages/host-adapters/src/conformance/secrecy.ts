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
