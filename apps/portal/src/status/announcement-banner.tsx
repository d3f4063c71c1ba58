import { Stack } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { AnnouncementNotice } from './announcement.js'
import { MaintenanceNotice } from './maintenance.js'
import { announcementQuery } from './queries.js'

/** Above each page: a maintenance while it lasts, and what is announced until this browser has closed it. */
export function AnnouncementBanner() {
  const { data } = useQuery(announcementQuery)
  const [read, setRead] = useLocalStorage({ key: 'obb-announcement-read', defaultValue: '' })
  const { announcement, maintenance } = data ?? {}
  const unread = announcement && announcement.since !== read ? announcement : undefined
  if (!unread && !maintenance) return null
  return (
    <Stack gap="sm" mb="lg">
      {maintenance && <MaintenanceNotice maintenance={maintenance} />}
      {unread && <AnnouncementNotice announcement={unread} onClose={() => setRead(unread.since)} />}
    </Stack>
  )
}
