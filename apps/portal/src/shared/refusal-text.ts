import FEW from 'virtual:entrance-refusals'

/**
 * Whether the API said this: it names a refusal by its text, which is constant, in one language or the other. Of those
 * few that are known before anybody is signed in; `causeOf` knows all.
 */
export const isSaid = (msg: string, cause: keyof typeof FEW): boolean =>
  Object.values(FEW[cause]).includes(msg)
