/** Raised by `within`. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** The outcome of `work`, or DeadlineError after `ms`. The work itself goes on and may end unobserved. */
export function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineError(`${what} took over ${ms} ms`)), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
