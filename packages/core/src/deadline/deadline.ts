/** Raised by `within`, unless it is told another error. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/**
 * The outcome of `work`, or an error if there is none after `ms`: what `late` makes, or a DeadlineError about the
 * work that it names. The work itself goes on and may end unobserved.
 */
export async function within<T>(ms: number, work: Promise<T>, late: string | (() => Error)): Promise<T> {
  const error = (): Error =>
    typeof late === 'string' ? new DeadlineError(`${late} took over ${ms} ms`) : late()
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(error()), ms)
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
  }
}
