import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.js'
import type { NotificationsSet } from '../api/portal-types.js'
import { notificationsQuery } from './notifications-query.js'

/** Changes what the user is told of; what is left out stays. */
export function useSetNotifications() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: NotificationsSet) => call('PATCH notifications', { body: change }),
    onSuccess: ({ secret: _, ...view }) => client.setQueryData(notificationsQuery.queryKey, view),
    onError: () => client.invalidateQueries({ queryKey: notificationsQuery.queryKey }),
  })
}
