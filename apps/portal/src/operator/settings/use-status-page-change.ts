import { useQueryClient } from '@tanstack/react-query'
import type { StatusPageUpdate, StatusPageView } from '@obb/contracts'
import { call } from '../../api/call.js'
import { PUBLIC } from '../../status/queries.js'
import { useOperation } from '../use-operation.js'

/** Changes what everybody is told; everybody's pages that this browser knows ask anew. */
export function useStatusPageChange(done: (now: StatusPageView) => string) {
  const client = useQueryClient()
  return useOperation((body: StatusPageUpdate) => call('PATCH admin/status-page', { body }), {
    done,
    onSuccess: () => void client.invalidateQueries({ queryKey: [PUBLIC] }),
  })
}
