import type { RefusalCause } from '@obb/contracts'
import { ApiFailure } from '../api/failure.js'
import { causeOf } from '../shared/refusals.js'

/** Whether sign-in goes on with a code: the password was right. */
export const needsCode = (error: unknown): boolean =>
  isSecondFactorNeeded(error) || isSecondFactorWrong(error)

/** Whether no code was sent, which is nothing that went wrong. */
export const isSecondFactorNeeded = (error: unknown): boolean => isOfCause(error, 'second_factor_needed')

export const isSecondFactorWrong = (error: unknown): boolean => isOfCause(error, 'second_factor_wrong')

const isOfCause = (error: unknown, cause: RefusalCause): boolean =>
  error instanceof ApiFailure && error.http === 401 && causeOf(error.message) === cause
