import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { tellDone } from './done.js'
import { ADMIN } from './queries.js'

interface Told<Given, Answer> {
  /** What was done, in a sentence; left out where the page shows it. */
  done?: (answer: Answer, given: Given) => string
  onSuccess?: (answer: Answer, given: Given) => void
}

/** An operation of the admin API: afterwards the pages ask anew, and who did it reads that it is done. */
export function useOperation<Given, Answer>(
  run: (given: Given) => Promise<Answer>,
  { done, onSuccess }: Told<Given, Answer> = {},
): UseMutationResult<Answer, Error, Given> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: (answer, given) => {
      if (done) tellDone(done(answer, given))
      onSuccess?.(answer, given)
    },
    // Also after a failure: the page may have shown what is no longer so.
    onSettled: () => client.invalidateQueries({ queryKey: [ADMIN] }),
  })
}
