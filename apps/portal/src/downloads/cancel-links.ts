import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.js'

/** Ended at once. */
const AT_ONCE = 4

/** useCancelLinks ends links, several at once; fails with the first failure once all were tried. */
export function useCancelLinks() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      const waiting = [...ids]
      const failures: unknown[] = []
      const work = async () => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          await call('DELETE link/{id}', { params: { id } }).catch((error: unknown) => failures.push(error))
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      if (failures.length > 0) throw failures[0]
    },
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
  })
}
