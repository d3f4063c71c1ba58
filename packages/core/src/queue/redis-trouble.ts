const PASSWORD = 'Check REDIS_PASSWORD, or the one in REDIS_URL.'

/** What Redis has against what it is asked, by the first word of its answer, and what the operator can do. */
const ANSWERS: Readonly<Record<string, readonly [detail: string, action: string]>> = {
  NOAUTH: ['Redis wants a password', PASSWORD],
  WRONGPASS: ['Redis does not take the password', PASSWORD],
  NOPERM: [
    'Redis does not allow this user what the queue needs',
    'Give it all keys and commands (ACL SETUSER).',
  ],
  OOM: ['Redis is full', 'Raise its maxmemory, or see what else it holds (redis-cli --bigkeys).'],
  READONLY: ['Redis takes no changes, as a replica', 'Name the one that does in REDIS_URL.'],
  MISCONF: ['Redis cannot write to its disk', 'Make room there; its log says what failed.'],
  LOADING: ['Redis is starting', 'Wait for it; its log says how far it is.'],
}

/** In words, what an answer of Redis means that stands in an error or in its causes; undefined of any other error. */
export function redisTrouble(error: unknown): { detail: string; action: string } | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const word = /^[A-Z]+(?= )/.exec(each.message)?.[0] ?? ''
    const [detail, action] = (Object.hasOwn(ANSWERS, word) && ANSWERS[word]) || []
    if (detail !== undefined && action !== undefined) return { detail, action }
  }
  return undefined
}
