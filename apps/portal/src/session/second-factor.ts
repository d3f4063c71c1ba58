import { ApiFailure } from '../api/failure.js'
import { isSaid } from '../shared/refusal-text.js'

/** Whether sign-in goes on with a code: the password was right. */
export const needsCode = (error: unknown): boolean =>
  isSecondFactorNeeded(error) || isSecondFactorWrong(error)

/** Whether no code was sent, which is nothing that went wrong. */
export const isSecondFactorNeeded = (error: unknown): boolean => isRefusal(error, 'second_factor_needed')

export const isSecondFactorWrong = (error: unknown): boolean => isRefusal(error, 'second_factor_wrong')

const isRefusal = (error: unknown, cause: Parameters<typeof isSaid>[1]): boolean =>
  error instanceof ApiFailure && error.http === 401 && isSaid(error.message, cause)
